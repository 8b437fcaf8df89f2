/**
 * Marks the page with `data-keys` while the last input was a key.
 *
 * WebKit's arrows in a group of radios move the focus as a pointer does, after which `:focus-visible` does not match: the rings of radios ask this too.
 */
export function markLastInput(): () => void {
  const { dataset } = document.documentElement;
  const keyDown = (event: KeyboardEvent) => {
    // Keys for another thing than to go on in the page.
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    dataset['keys'] = '';
  };
  const pointerDown = () => delete dataset['keys'];
  window.addEventListener('keydown', keyDown, true);
  window.addEventListener('pointerdown', pointerDown, true);
  return () => {
    window.removeEventListener('keydown', keyDown, true);
    window.removeEventListener('pointerdown', pointerDown, true);
  };
}
