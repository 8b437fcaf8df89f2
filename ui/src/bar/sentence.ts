import type { Issue, Snapshot } from '../engine/contract';
import { endOfShare } from '../sharing/ended';
import { faceOfPerson, faceOfScreen, type Face, sharedScreen, visiblePeople } from '../stage/model';

/** What the bar says, as a key of `bar` and its values (interface specification §4.5, by priority). */
export interface BarSentence {
  key: 'nobodyHears' | 'shares' | 'waits' | 'lost' | 'shareEnded' | 'speaks' | 'locked' | 'calm';
  values: Record<string, string>;
  /** Who waits: the keys are about them. */
  waiter: string | null;
  /** Why nothing is shared any more. */
  ended: Issue | null;
}

function has({ issues }: Snapshot, code: string): boolean {
  return issues.some((issue) => issue.code === code);
}

/** Pure. `later`: somebody at the door who is to wait, by id. */
export function sentenceOf(snapshot: Snapshot, later: ReadonlySet<string>): BarSentence {
  const { phase, room, together, participants, me, sharing } = snapshot;
  const say = (key: BarSentence['key'], values: Record<string, string> = {}, waiter: string | null = null, ended: Issue | null = null): BarSentence => ({ key, values, waiter, ended });
  if (!me.microphone_on && has(snapshot, 'VIS-MIC-MUTED-66')) return say('nobodyHears');
  if (sharing.active !== null) return say('shares');
  const waits = room.capabilities.moderate ? together.waiting.find(({ id }) => !later.has(id)) : undefined;
  if (waits !== undefined) return say('waits', { name: waits.name }, waits.id);
  if (phase.kind === 'in_meeting' && phase.reconnecting_for !== null) return say('lost', { seconds: String(phase.reconnecting_for) });
  // Whoever presents looks elsewhere, and would go on for nobody.
  const ended = endOfShare(snapshot);
  if (ended !== null) return say('shareEnded', {}, null, ended);
  const speaking = visiblePeople(participants).find((someone) => faceOfPerson(someone).speaking);
  if (speaking !== undefined) return say('speaks', { name: speaking.name });
  if (has(snapshot, 'VIS-MIC-LOCK-74')) return say('locked');
  return say('calm', { name: room.name || ('link' in phase && phase.link !== null ? phase.link.room : '') });
}

/** Whose picture the bar has: what is shared, who speaks, who was there before (`last`), else anybody. Pure. */
export function faceOf({ participants }: Snapshot, last: string | null): Face | null {
  const people = visiblePeople(participants);
  for (const someone of people) {
    const screen = sharedScreen(someone);
    if (screen !== null) return faceOfScreen(someone, screen);
  }
  const faces = people.map(faceOfPerson);
  return faces.find(({ speaking }) => speaking) ?? faces.find(({ id }) => id === last) ?? faces.find(({ track }) => track !== null) ?? faces[0] ?? null;
}
