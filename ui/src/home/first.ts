import type { Snapshot } from '../engine/contract';
import { concernsLink } from './link-issue';

/** What decides whether there is a welcome. */
type Start = Pick<Snapshot, 'phase' | 'settings' | 'home' | 'policy' | 'issues'>;

/**
 * Whether the first start asks anything: nobody does who came by a link or a file (also one that leads nowhere yet), was there before, or is looked
 * after by an organisation. Pure.
 *
 * `automation`: nothing happens by itself there.
 */
export function isFirstStart(start: Start, automation: boolean): boolean {
  const { phase, home, policy } = start;
  if (automation || phase.kind !== 'home' || isWelcomeOver(start)) return false;
  return home.recent.length === 0 && policy.rules.length === 0 && home.calendar.place === null;
}

/** Whether a welcome that is shown has had its end: its key, or a link. What else is set there meanwhile (its own row connects a calendar) is no end of it. Pure. */
export function isWelcomeOver({ settings, issues }: Pick<Start, 'settings' | 'issues'>): boolean {
  return settings.welcomed || issues.some(concernsLink);
}
