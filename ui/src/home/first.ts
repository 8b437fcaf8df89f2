import type { Snapshot } from '../engine/contract';
import { concernsLink } from './link-issue';

/**
 * Whether the first start asks anything: nobody does who came by a link or a file (also one that leads nowhere yet), was there before, or is looked
 * after by an organisation. Pure.
 *
 * `automation`: nothing happens by itself there.
 */
export function isFirstStart(
  { phase, settings, home, policy, issues }: Pick<Snapshot, 'phase' | 'settings' | 'home' | 'policy' | 'issues'>,
  automation: boolean,
): boolean {
  if (automation || phase.kind !== 'home' || settings.welcomed || issues.some(concernsLink)) return false;
  return home.recent.length === 0 && policy.rules.length === 0 && home.calendar.place === null;
}
