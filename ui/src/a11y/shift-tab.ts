/**
 * Gives Shift+Tab its name, before anybody else looks: GTK's key is `ISO_Left_Tab`, which WebKitGTK calls `Unidentified`.
 *
 * React puts that right for its own handlers alone; those of the page and of dialogs' focus scopes look at the event itself.
 */
export function nameShiftTab(): () => void {
  const keyDown = (event: KeyboardEvent) => {
    if (event.code === 'Tab' && event.key === 'Unidentified') Object.defineProperty(event, 'key', { value: 'Tab' });
  };
  window.addEventListener('keydown', keyDown, true);
  return () => window.removeEventListener('keydown', keyDown, true);
}
