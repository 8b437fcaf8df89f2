import { useEffect } from 'react';
import { focusables, LAYER } from './focus-keeper';

/** A toolbar is left at once by Tab, whichever of its keys has the focus. */
const UNIT = '[role="toolbar"]';

/** What Tab comes to, in order; of radio buttons, the chosen one. */
function stops(): HTMLElement[] {
  const takes = (thing: HTMLElement) => {
    if (thing.tabIndex < 0 || thing.matches(':disabled')) return false;
    if (!(thing instanceof HTMLInputElement) || thing.type !== 'radio' || thing.checked) return true;
    return thing.name === '' || [...document.querySelectorAll<HTMLInputElement>('input[type="radio"]')].every((other) => other.name !== thing.name || !other.checked);
  };
  return focusables(document.body).filter(takes);
}

/** Where Tab goes on from `from` because the page ends there; `null`: it does not, or a dialog or menu sees to it. */
export function roundFrom(from: Element | null, backwards: boolean): HTMLElement | null {
  if (from === null || from === document.body || document.querySelector(LAYER) !== null) return null;
  const all = stops();
  const toolbar = from.closest(UNIT);
  // What is within a tile comes after it.
  const mine = toolbar === null ? [from] : all.filter((stop) => toolbar.contains(stop));
  const edge = backwards ? all[0] : all.at(-1);
  if (edge === undefined || !mine.includes(edge)) return null;
  return (backwards ? all.at(-1) : all[0]) ?? null;
}

/** What Shift+Tab comes to last within a tile, and so first of it from what follows: its keys are there only while the focus is. `from`: where it was. */
export function lastOfTile(from: Element | null, now: Element | null): HTMLElement | null {
  if (!(now instanceof HTMLElement) || now.dataset['tile'] === undefined || from === null || now.contains(from)) return null;
  const follows = (now.compareDocumentPosition(from) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return follows ? (focusables(now).filter((key) => key !== now && key.tabIndex >= 0).at(-1) ?? null) : null;
}

/**
 * Goes round where the page ends: WebKitGTK gives the focus to the window there, and for one press it is nowhere. On the way back it comes to a tile's keys before the tile, as the way on does after it.
 *
 * Looked at before all others, for a toolbar keeps the key to itself; moved after them, for it moves the focus within.
 */
export function tabRound(): () => void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const from = document.activeElement;
    const next = roundFrom(from, event.shiftKey);
    clearTimeout(soon);
    if (next === null) {
      // When the tile has its keys.
      if (event.shiftKey) soon = setTimeout(() => lastOfTile(from, document.activeElement)?.focus());
      return;
    }
    event.preventDefault();
    soon = setTimeout(() => {
      const toolbar = from?.closest(UNIT) ?? null;
      const stays = toolbar === null ? document.activeElement === from : toolbar.contains(document.activeElement);
      if (stays) next.focus();
    });
  };
  window.addEventListener('keydown', keyDown, true);
  return () => {
    clearTimeout(soon);
    window.removeEventListener('keydown', keyDown, true);
  };
}

export function useTabRound(): void {
  useEffect(tabRound, []);
}
