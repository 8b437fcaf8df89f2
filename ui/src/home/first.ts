import type { Snapshot } from '../engine/contract';

/**
 * Whether the first start asks anything: nobody does who came by a link, was there before, or is looked after by an organisation. Pure.
 *
 * `automation`: nothing happens by itself there.
 */
export function isFirstStart({ phase, settings, home, policy }: Pick<Snapshot, 'phase' | 'settings' | 'home' | 'policy'>, automation: boolean): boolean {
  if (automation || phase.kind !== 'home' || settings.welcomed) return false;
  return home.recent.length === 0 && policy.rules.length === 0 && home.calendar.place === null;
}
