import type { Snapshot } from '../engine/contract';
import type { Notice, NoticeAction } from '../engine/engine';
import { endOfShare } from '../sharing/ended';
import { recordingOf } from '../together/recording';

type ActionKey = 'admit' | 'see';

/** Something to be told outside of the window, as a key of `notices` and its values. */
export interface Wanted {
  kind: Notice['kind'];
  key: 'waits' | 'mayEnter' | 'muted' | 'shareEnded' | 'removed' | 'failed' | 'recording' | 'transcript' | 'alone';
  values: Record<string, string>;
  /** The meeting, where the sentence does not say it. */
  room: string;
  actions: { key: ActionKey; command: NoticeAction['command'] }[];
}

/** What is shown outside of the window, and what is taken away again. */
export interface Changes {
  show: Wanted[];
  withdraw: Notice['kind'][];
}

const MUTED = 'VIS-CALL-MUTED-45';
const ALONE = 'VIS-CALL-ALONE-69';

/** The meeting that the window is in or before. */
function roomOf({ room, phase }: Snapshot): string {
  return room.name || ('link' in phase && phase.link !== null ? phase.link.room : '');
}

/** The waiting people that this window can let in. */
function waitersOf({ room, together }: Snapshot): Map<string, string> {
  return new Map(room.capabilities.moderate ? together.waiting.map(({ id, name }) => [id, name]) : []);
}

function has({ issues }: Snapshot, code: string): boolean {
  return issues.some((issue) => issue.code === code);
}

/**
 * What of the change from one snapshot to the next is told outside of the window (interface specification §5). Pure.
 *
 * Only what somebody who looks elsewhere has to know: no arrivals, no messages.
 */
export function noticesBetween(before: Snapshot, after: Snapshot): Changes {
  const show: Wanted[] = [];
  const withdraw: string[] = [];
  const tell = (kind: string, key: Wanted['key'], values = {}, actions: Wanted['actions'] = []) =>
    show.push({ kind, key, values, room: roomOf(after), actions });

  const waited = waitersOf(before);
  const waiting = waitersOf(after);
  for (const [id, name] of waiting) {
    if (waited.has(id)) continue;
    tell(`waits-${id}`, 'waits', { name }, [
      { key: 'admit', command: { kind: 'admit', waiter: id } },
      { key: 'see', command: null },
    ]);
  }
  for (const id of waited.keys()) if (!waiting.has(id)) withdraw.push(`waits-${id}`);

  if (before.phase.kind === 'lobby' && after.phase.kind === 'joining') tell('entry', 'mayEnter');
  if (before.phase.kind !== after.phase.kind) {
    const wasIn = before.phase.kind === 'in_meeting';
    if (after.phase.kind === 'ended' && after.phase.reason === 'removed') tell('end', 'removed');
    else if (after.phase.kind === 'failed' && (wasIn || before.phase.kind === 'lobby')) tell('end', 'failed');
    // Whoever goes on has seen it.
    if (after.phase.kind === 'home' || after.phase.kind === 'pre_join') withdraw.push('end', 'entry');
    if (wasIn) withdraw.push('muted', 'share', 'recording', 'alone');
  }
  if (after.phase.kind !== 'in_meeting') return { show, withdraw };

  if (!has(before, MUTED) && has(after, MUTED)) tell('muted', 'muted');
  if (has(before, MUTED) && !has(after, MUTED)) withdraw.push('muted');
  const over = endOfShare(after);
  // One that is shown again with other values is no other end.
  if (over !== null && over.code !== endOfShare(before)?.code) tell('share', 'shareEnded');
  if (over === null && endOfShare(before) !== null) withdraw.push('share');
  if (!has(before, ALONE) && has(after, ALONE)) tell('alone', 'alone');
  if (has(before, ALONE) && !has(after, ALONE)) withdraw.push('alone');
  const recorded = recordingOf(before).live;
  const recording = recordingOf(after);
  if (recording.live && !recorded) tell('recording', recording.mode === 'transcript' ? 'transcript' : 'recording');
  if (!recording.live && recorded) withdraw.push('recording');
  return { show, withdraw };
}
