import { type RefObject, useEffect, useRef } from 'react';

/**
 * Whoever takes a row out of a list goes on with the next one, else with the one before, else with the
 * title of the view. Returns what says that the row at an index is about to go.
 *
 * `count` is the number of rows; each has one element with `data-row`: a key, or what its keys are in.
 */
export function useNextFocus(list: RefObject<HTMLElement | null>, count: number): (index: number) => void {
  const leaving = useRef<number | null>(null);
  useEffect(() => {
    const index = leaving.current;
    if (index === null) return;
    leaving.current = null;
    // Whoever has gone elsewhere meanwhile stays there.
    if (document.activeElement !== null && document.activeElement !== document.body) return;
    const rows = list.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [];
    const row = rows[Math.min(index, rows.length - 1)];
    (row?.querySelector<HTMLElement>('button') ?? row ?? document.querySelector('h1'))?.focus();
  }, [list, count]);
  return (index) => {
    leaving.current = index;
  };
}
