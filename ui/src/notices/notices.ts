import type { Snapshot } from '../engine/contract';
import type { Notice, NoticeAction } from '../engine/engine';
import { messagesAfter, newestKey } from '../panels/after';
import { endOfShare } from '../sharing/ended';
import { recordingOf } from '../together/recording';

type ActionKey = 'admit' | 'refuse' | 'lower' | 'see';

/** Something to be told outside of the window, as a key of `notices` and its values. */
export interface Wanted {
  kind: Notice['kind'];
  key: 'waits' | 'mayEnter' | 'message' | 'hand' | 'muted' | 'shareEnded' | 'removed' | 'failed' | 'recording' | 'transcript' | 'alone';
  values: Record<string, string>;
  /** The meeting, where the sentence does not say it. */
  room: string;
  /** Who writes what, in place of the meeting. */
  said?: { name: string; text: string };
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

/** So much of a message is told. */
const MESSAGE_LENGTH = 120;

/** What turns round, or breaks, what stands beside it. */
const TURNING = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A name as it may stand within a sentence. */
function plain(name: string): string {
  return name.replace(TURNING, ' ').trim();
}

/** The first line of a message, cut. Pure. */
export function firstLine(text: string): string {
  const lines = text.split(/[\r\n\u2028\u2029]+/u).map(plain);
  const [...signs] = lines.find((line) => line !== '') ?? '';
  return signs.length > MESSAGE_LENGTH ? `${signs.slice(0, MESSAGE_LENGTH - 1).join('')}…` : signs.join('');
}

/** The newest message of somebody else that is new; `null`: there is none. */
function lastSaid(before: Snapshot, after: Snapshot): { name: string; text: string } | null {
  if (before.messages === after.messages) return null;
  const last = messagesAfter(after.messages, newestKey(before.messages)).findLast(({ own }) => !own);
  return last === undefined ? null : { name: plain(last.author_name), text: firstLine(last.text) };
}

/** Somebody who was there and raised the hand just now. */
function newHand(before: Snapshot, after: Snapshot): { id: string; name: string } | null {
  if (before.participants === after.participants) return null;
  return Object.values(after.participants).find(({ id, hand }) => hand !== null && before.participants[id]?.hand === null) ?? null;
}

function hasHands({ participants }: Snapshot): boolean {
  return Object.values(participants).some(({ hand }) => hand !== null);
}

/**
 * What of the change from one snapshot to the next is told outside of the window (interface specification §5). Pure.
 *
 * Only what somebody who looks elsewhere has to know: no arrivals.
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
    tell(`waits-${id}`, 'waits', { name: plain(name) }, [
      { key: 'admit', command: { kind: 'admit', waiter: id } },
      { key: 'refuse', command: { kind: 'refuse', waiter: id } },
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
    if (wasIn) withdraw.push('message', 'hand', 'muted', 'share', 'recording', 'alone');
  }
  if (after.phase.kind !== 'in_meeting') return { show, withdraw };

  if (before.phase.kind === 'in_meeting') {
    const said = lastSaid(before, after);
    if (said !== null) show.push({ kind: 'message', key: 'message', values: {}, room: roomOf(after), said, actions: [{ key: 'see', command: null }] });
    const up = newHand(before, after);
    if (up !== null) {
      const lower: Wanted['actions'] = after.room.capabilities.moderate ? [{ key: 'lower', command: { kind: 'lower_hand', participant: up.id } }] : [];
      tell('hand', 'hand', { name: plain(up.name) }, [...lower, { key: 'see', command: null }]);
    }
    if (hasHands(before) && !hasHands(after)) withdraw.push('hand');
  }
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
