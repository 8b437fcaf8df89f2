import { type RefObject, useEffect } from 'react';
import { focusables } from './focus-keeper';

/** Home and End in a row of keys go to its first and its last; its arrows are React Aria's. */
export function useEnds(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const row = ref.current;
    if (row === null) return;
    const keyDown = (event: KeyboardEvent) => {
      if ((event.key !== 'Home' && event.key !== 'End') || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
      const keys = focusables(row).filter((key) => key.tabIndex >= 0);
      event.preventDefault();
      keys.at(event.key === 'Home' ? 0 : -1)?.focus();
    };
    row.addEventListener('keydown', keyDown);
    return () => row.removeEventListener('keydown', keyDown);
  }, [ref]);
}
