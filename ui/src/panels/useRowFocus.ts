import { type FocusEvent, type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useState } from 'react';

/** What of a row can have the focus: each of its keys, or the row itself where it has none (`PersonRow`). All bring `tabIndex` -1. */
const STOP = 'data-stop';

const ROW = '[data-participant]';

/** The stops of each row, where the `from`th of the `row`th leads by a key; `null`: nowhere. A stop keeps its column: the last one of each row is its menu. */
export function ledTo<T>(rows: readonly (readonly T[])[], row: number, from: number, key: string): T | null {
  const here = rows[row] ?? [];
  if (key === 'ArrowLeft') return here[from - 1] ?? null;
  if (key === 'ArrowRight') return here[from + 1] ?? null;
  const to = { ArrowUp: row - 1, ArrowDown: row + 1, Home: 0, End: rows.length - 1 }[key];
  const there = to === undefined ? undefined : rows[to];
  if (there === undefined || to === row) return null;
  return there[Math.max(0, there.length - (here.length - from))] ?? null;
}

/** Which stop of a list Tab comes to: the last one that had the focus, at first the first. */
class RowFocus {
  readonly #list: RefObject<HTMLElement | null>;
  #held: HTMLElement | null = null;
  /** Whose row that is, and its place among all stops, for where it goes. */
  #person: string | undefined;
  #place = 0;

  constructor(list: RefObject<HTMLElement | null>) {
    this.#list = list;
  }

  /** Marks the stop of Tab, after anything in the list may have come or gone. */
  settle(): void {
    const stops = this.#stops();
    const stays = this.#held !== null && stops.includes(this.#held);
    this.#hold(stays ? this.#held : (stops.find((stop) => personOf(stop) === this.#person) ?? stops[Math.min(this.#place, stops.length - 1)] ?? null), stops);
  }

  /** The list is seen no more: whoever opens it again begins at its top. */
  forget(): void {
    this.#hold(null, []);
  }

  readonly onFocus = ({ target }: FocusEvent): void => {
    const stops = this.#stops();
    if (target instanceof HTMLElement && stops.includes(target)) this.#hold(target, stops);
  };

  readonly onKeyDown = (event: KeyboardEvent): void => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const stops = this.#stops();
    if (!stops.includes(target)) return;
    const rows = [...new Set(stops.map((stop) => stop.closest(ROW)))].map((row) => stops.filter((stop) => row?.contains(stop) === true));
    const row = rows.findIndex((those) => those.includes(target));
    const next = ledTo(rows, row, rows[row]?.indexOf(target) ?? 0, event.key);
    if (next === null) return;
    event.preventDefault();
    next.focus();
  };

  #stops(): HTMLElement[] {
    return [...(this.#list.current?.querySelectorAll<HTMLElement>(`[${STOP}]`) ?? [])];
  }

  #hold(stop: HTMLElement | null, stops: readonly HTMLElement[]): void {
    if (this.#held !== stop && this.#held !== null) {
      if (this.#held.hasAttribute(STOP)) this.#held.tabIndex = -1;
      this.#held.removeAttribute('data-first-focus');
    }
    this.#held = stop;
    this.#person = stop === null ? undefined : personOf(stop);
    this.#place = stop === null ? 0 : stops.indexOf(stop);
    if (stop === null) return;
    if (stop.tabIndex !== 0) stop.tabIndex = 0;
    if (!stop.hasAttribute('data-first-focus')) stop.setAttribute('data-first-focus', '');
  }
}

const personOf = (stop: HTMLElement) => stop.closest<HTMLElement>(ROW)?.dataset['participant'];

/**
 * One stop of Tab in a whole list, and arrows from row to row.
 *
 * No row is rendered again for it: there are a hundred and fifty.
 */
export function useRowFocus(list: RefObject<HTMLElement | null>): RowFocus {
  const [focus] = useState(() => new RowFocus(list));
  useLayoutEffect(() => focus.settle());
  useEffect(() => () => focus.forget(), [focus]);
  return focus;
}
