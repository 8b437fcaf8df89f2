import { useLayoutEffect, useRef } from 'react';
import { usePanelsThatFit, useShownPanels } from '../panels/shown';
import { type LoneShare, useUiStore } from '../ui-state';
import { LEAST_REM, type StagePlan } from './compose';
import { screenKey } from './model';

/** A window lower than this, in rem, has no room for a bar with words: a row of icons is there instead. */
const BAR_REM = 30;
/** So much of a stage goes to that row, in rem, with what is between the two. */
const ROW_REM = 2.75;

/**
 * The one thing that is large, where it is what somebody shares. Pure.
 *
 * A bar above makes the stage lower, and a lower stage never has more that is large: it does not take itself away.
 */
export function loneShare({ tiles }: Pick<StagePlan, 'tiles'>): LoneShare | null {
  const [first, ...others] = tiles.filter(({ large }) => large);
  if (first === undefined || others.length > 0 || !first.key.startsWith(screenKey(''))) return null;
  return { key: first.key, w: first.box.w, h: first.box.h };
}

/** Whether a stage that is so high, in rem, has room for the row and a tile; where it is there, the stage is lower by it. Pure. */
export function rowFits(height: number, there: boolean): boolean {
  return height >= LEAST_REM + (there ? 0 : ROW_REM);
}

/** What is shared alone in a low window: nothing of its name and its keys lies over it. */
export interface LowShare {
  place: LoneShare;
  /** There is room for the row. */
  row: boolean;
}

/**
 * Tells the bar above the stage of the share that is large alone, where the window has room for that bar.
 *
 * In a lower one the stage itself has a row for it, also under a message; `null` where it has none.
 */
export function useLoneShare(plan: StagePlan, h: number, rem: number): LowShare | null {
  const ui = useUiStore();
  const there = useRef(false);
  const alone = usePanelsThatFit() === 1;
  const panels = useShownPanels();
  // A panel has all of the window but for a strip.
  const free = !(alone && panels.length > 0);
  const high = window.innerHeight / rem >= BAR_REM;
  const room = high && free;
  useLayoutEffect(() => {
    // Nothing is laid out yet, or just now: what was known holds.
    if (plan.kind === 'empty' && plan.tiles.length === 0 && room) return;
    const now = room ? loneShare(plan) : null;
    const { shareLarge: before } = ui.getState();
    if (now?.key !== before?.key || now?.w !== before?.w || now?.h !== before?.h) ui.setState({ shareLarge: now });
  });
  const place = !high && free ? loneShare(plan) : null;
  there.current = place !== null && rowFits(h / rem, there.current);
  return place === null ? null : { place, row: there.current };
}
