import { useLayoutEffect } from 'react';
import { usePanelsThatFit, useShownPanels } from '../panels/shown';
import { type LoneShare, useUiStore } from '../ui-state';
import type { StagePlan } from './compose';
import { screenKey } from './model';

/** A window lower than this, in rem, has no room for a bar above the picture: pointer and focus bring the keys there. */
const BAR_REM = 30;

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

/** Tells the bar above the stage of it, where the window has room for that bar. */
export function useLoneShare(plan: StagePlan, rem: number): void {
  const ui = useUiStore();
  const alone = usePanelsThatFit() === 1;
  const panels = useShownPanels();
  const room = window.innerHeight / rem >= BAR_REM && !(alone && panels.length > 0);
  useLayoutEffect(() => {
    // Nothing is laid out yet, or just now: what was known holds.
    if (plan.kind === 'empty' && plan.tiles.length === 0 && room) return;
    const now = room ? loneShare(plan) : null;
    const { shareLarge: before } = ui.getState();
    if (now?.key !== before?.key || now?.w !== before?.w || now?.h !== before?.h) ui.setState({ shareLarge: now });
  });
}
