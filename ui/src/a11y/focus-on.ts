/** Gives the focus to this very thing: a toolbar hands what comes from outside on to the key of it that had the focus last. */
export function focusOn(thing: HTMLElement): void {
  thing.focus();
  // From within, it hands on nothing.
  if (document.activeElement !== thing) thing.focus();
}
