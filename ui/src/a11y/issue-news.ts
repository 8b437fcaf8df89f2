import { same } from '../call/kept-messages';
import type { Issue, Snapshot } from '../engine/contract';
import { recordingOf } from '../together/recording';
import type { Announcement } from './queue';

/** These have news of their own (`newsBetween`): the lost link, who muted us, that one is alone for long, the end of a recording. */
const TOLD: readonly string[] = ['VIS-CALL-RESUME-43', 'VIS-CALL-MUTED-45', 'VIS-CALL-ALONE-69', 'VIS-REC-OFF-63'];
const RECORDED = 'VIS-REC-ON-62';
const SILENT = 'VIS-MIC-SILENT-53';
/** A headset is two devices, a loose plug goes and comes, and a key that mutes is pressed twice: what is said of them is right a moment later. */
const SETTLES: readonly string[] = ['VIS-DEV-MOVED-78', 'VIS-DEV-NEW-75', 'VIS-OUT-OSMUTE-79'];
/** That moment, in milliseconds. */
const SETTLE_MS = 300;

/**
 * The issues of a meeting that are said now: each once, when it comes, wherever it stands in the queue of banners. Pure.
 *
 * What was there before the meeting is told with the entry: it holds in there too.
 */
export function issuesToSay(before: Snapshot, after: Snapshot): Issue[] {
  if (after.phase.kind !== 'in_meeting') return [];
  const known = before.phase.kind === 'in_meeting' ? before.issues : [];
  if (known === after.issues) return [];
  const isTold = ({ code }: Issue) =>
    TOLD.includes(code) ||
    (code === RECORDED && recordingOf(after).live) ||
    // Silence is heard before it is long enough to be asked about.
    (code === SILENT && before.me.hearing === 'silent');
  return after.issues.filter((issue) => !isTold(issue) && !known.some((old) => same(old, issue)));
}

/** How an issue is said: at once, or the last of what comes within a moment. Pure. */
export function wayToSay({ code, params }: Issue): Omit<Announcement, 'text'> {
  const way = { kind: `issue-${code} ${params['action'] ?? ''}`, politeness: 'assertive' } as const;
  return SETTLES.includes(code) ? { ...way, wait: SETTLE_MS, latest: true } : way;
}

/** The issues that are over before they may have been said. Pure. */
export function issuesOver(before: Snapshot, after: Snapshot): Issue[] {
  if (before.issues === after.issues) return [];
  return before.issues.filter(({ code }) => SETTLES.includes(code) && !after.issues.some((issue) => issue.code === code));
}
