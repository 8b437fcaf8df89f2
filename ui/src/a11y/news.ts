import { isMicrophoneOn, missingMicrophone } from '../devices';
import type { Hearing, Issue, ParticipantView, Snapshot } from '../engine/contract';
import { messagesAfter, newestKey } from '../panels/after';
import { unsentOf } from '../panels/unsent';
import { recordingOf } from '../together/recording';
import type { Announcement, Politeness } from './queue';

/** Something worth saying, as a key of `announce` and its values. */
export interface News extends Omit<Announcement, 'text'> {
  key:
    | 'look'
    | 'entered'
    | 'arrived'
    | 'arrivedMany'
    | 'left'
    | 'leftMany'
    | 'hand'
    | 'message'
    | 'messageFrom'
    | 'notYet'
    | 'notSent'
    | 'liveBegins'
    | 'liveLine'
    | 'liveWords'
    | 'shareStarted'
    | 'shareStopped'
    | 'ownShareStarted'
    | 'ownShareStopped'
    | 'lost'
    | 'back'
    | 'recordingStarted'
    | 'recordingStopped'
    | 'recordingFailed'
    | 'transcriptStarted'
    | 'transcriptStopped'
    | 'waits'
    | 'handUp'
    | 'handDown'
    | 'captionsOn'
    | 'captionsOff'
    | 'captionsUnwritten'
    | 'muted'
    | 'alone'
    | 'hearing';
  /** A name that is not to be spoken is `null`. */
  values: Record<string, string | number | null>;
}

/** Whoever muted us says so themselves, a moment after the server has done it, in milliseconds. */
const NAME_MS = 1200;

/** Joins and leaves are only told in small meetings. */
const SMALL = 6;
const MESSAGE_LENGTH = 120;

/** What of the change from one snapshot to the next is said. Pure. */
export function newsBetween(before: Snapshot, after: Snapshot): News[] {
  const news: News[] = [];
  const inMeeting = after.phase.kind === 'in_meeting';
  const wasInMeeting = before.phase.kind === 'in_meeting';
  if (inMeeting && !wasInMeeting) {
    return [
      {
        kind: 'entry',
        key: 'entered',
        values: { room: after.room.name, context: microphoneAtEntry(after) },
        politeness: 'assertive',
      },
      ...recordingNews(null, after),
    ];
  }
  if (!inMeeting || !wasInMeeting) return [...lookNews(before, after), ...(wasInMeeting ? unsentNews(before, after) : [])];

  const lostBefore = before.phase.kind === 'in_meeting' ? before.phase.reconnecting_for : null;
  const lostAfter = after.phase.kind === 'in_meeting' ? after.phase.reconnecting_for : null;
  if (lostBefore === null && lostAfter !== null) news.push({ kind: 'link', key: 'lost', values: {}, politeness: 'assertive' });
  if (lostBefore !== null && lostAfter === null)
    news.push({ kind: 'link', key: 'back', values: { count: lostBefore }, politeness: 'assertive' });

  if ((before.sharing.active === null) !== (after.sharing.active === null))
    news.push({ kind: 'own-share', key: after.sharing.active === null ? 'ownShareStopped' : 'ownShareStarted', values: {}, politeness: 'polite' });
  news.push(...recordingNews(before, after), ...togetherNews(before, after));
  news.push(...mutedNews(before, after), ...aloneNews(before, after));
  if (before.me.hearing !== after.me.hearing) news.push(...hearingNews(before, after));
  news.push(...peopleNews(before, after));
  news.push(...messageNews(before, after), ...liveNews(before, after), ...unsentNews(before, after));
  if (lostAfter !== null) news.push(...waitingNews(before, after));
  return news;
}

/** Which meeting the last look is before: the key that takes the focus there does not say it. Another link may take the place of the one before. */
function lookNews({ phase: was }: Snapshot, { phase, room }: Snapshot): News[] {
  if (phase.kind !== 'pre_join') return [];
  const { link } = phase;
  if (was.kind === 'pre_join' && was.link.host === link.host && was.link.room === link.room) return [];
  // Whoever went in at once has heard where they are.
  return [{ kind: 'look', key: 'look', values: { room: room.name || link.room || link.host }, politeness: 'polite', unless: 'entry' }];
}

/** What is said of the microphone; `null`: it is still being opened, and what comes of that is told then. */
function microphoneAtEntry({ me, issues }: Snapshot): 'on' | 'off' | null {
  if (isMicrophoneOn({ me, issues })) return 'on';
  return me.microphone_on && me.hearing === 'no_device' && missingMicrophone(issues) === undefined ? null : 'off';
}

/** Start and stop; whoever comes in later is told too. */
function recordingNews(before: Snapshot | null, after: Snapshot): News[] {
  const was = before === null ? null : recordingOf(before);
  const now = recordingOf(after);
  const tell = (key: News['key']): News[] => [{ kind: 'recording', key, values: {}, politeness: 'assertive' }];
  if (now.phase === 'failed' && was?.phase !== 'failed') return before === null ? [] : tell('recordingFailed');
  if (now.live === (was?.live ?? false)) return [];
  const mode = now.live ? now.mode : (was?.mode ?? now.mode);
  if (mode === 'transcript') return tell(now.live ? 'transcriptStarted' : 'transcriptStopped');
  return tell(now.live ? 'recordingStarted' : 'recordingStopped');
}

/** Who waits, once each; our own hand; captions. */
function togetherNews(before: Snapshot, after: Snapshot): News[] {
  const news: News[] = [];
  if (after.room.capabilities.moderate && before.together.waiting !== after.together.waiting) {
    const known = new Set(before.together.waiting.map((one) => one.id));
    for (const { id, name } of after.together.waiting) {
      if (!known.has(id)) news.push({ kind: `waits-${id}`, key: 'waits', values: { name }, politeness: 'polite', keep: true });
    }
  }
  const { hand } = after.me;
  if (before.me.hand === null && hand !== null) news.push({ kind: 'own-hand', key: 'handUp', values: { rank: hand }, politeness: 'polite' });
  if (before.me.hand !== null && hand === null) news.push({ kind: 'own-hand', key: 'handDown', values: {}, politeness: 'polite' });
  const on = after.together.captions !== 'off';
  if ((before.together.captions !== 'off') !== on)
    news.push({ kind: 'captions', key: on ? 'captionsOn' : 'captionsOff', values: {}, politeness: 'polite' });
  if (before.together.captions !== 'unwritten' && after.together.captions === 'unwritten')
    news.push({ kind: 'captions', key: 'captionsUnwritten', values: {}, politeness: 'polite' });
  return news;
}

const MUTED = 'VIS-CALL-MUTED-45';
const ALONE = 'VIS-CALL-ALONE-69';
const MOVED = 'VIS-DEV-MOVED-78';

function find({ issues }: Snapshot, code: string) {
  return issues.find((issue) => issue.code === code);
}

/** Once, and with the name if it comes soon. */
function mutedNews(before: Snapshot, after: Snapshot): News[] {
  const was = find(before, MUTED);
  const now = find(after, MUTED);
  if (now === undefined || now === was) return [];
  const name = now.params['by'] ?? '';
  const news = { kind: 'muted', key: 'muted', politeness: 'assertive' } as const;
  if (name === '') return was === undefined ? [{ ...news, values: {}, wait: NAME_MS }] : [];
  const values = { name, context: 'by' };
  if (was === undefined) return [{ ...news, values }];
  return was.params['by'] === name ? [] : [{ ...news, values, betters: true }];
}

/** That the meeting is about to close; the count that follows is for the eye. */
function aloneNews(before: Snapshot, after: Snapshot): News[] {
  const now = find(after, ALONE);
  if (now === undefined || find(before, ALONE) !== undefined) return [];
  const seconds = Number.parseInt(now.params['seconds'] ?? '', 10) || 0;
  return [{ kind: 'alone', key: 'alone', values: { count: Math.max(1, Math.round(seconds / 60)) }, politeness: 'assertive' }];
}

/** The issues that say the same, and why. */
const TOLD_BY: Partial<Record<Hearing, readonly string[]>> = {
  off: [MUTED, 'VIS-MIC-LOCK-74', 'VIS-MIC-LARGE-72', 'VIS-CALL-RIGHTS-46', 'VIS-MED-PUBLISH-71', MOVED],
  forbidden: ['VIS-CALL-RIGHTS-46', 'VIS-MED-PUBLISH-71'],
  no_device: ['VIS-MIC-NONE-50', 'VIS-MIC-PERM-51', 'VIS-MIC-BUSY-54', 'VIS-MIC-STOP-77'],
  muted_by_system: ['VIS-MIC-OSMUTE-52'],
  silent: ['VIS-MIC-SILENT-53'],
  poor: ['VIS-NET-POOR-22'],
};

/** Of what is not about a microphone always: whether it is. */
function isAboutMicrophone({ code, params, action }: Issue): boolean {
  // The call moved to other devices: the microphone went off with that only where it is to be turned on again.
  if (code === MOVED) return action === 'turn_on_microphone';
  return (params['sources'] ?? params['source'] ?? 'microphone').split(',').includes('microphone');
}

function hearingNews(before: Snapshot, after: Snapshot): News[] {
  const { hearing } = after.me;
  const politeness: Politeness = hearing === 'silent' || hearing === 'no_device' || hearing === 'muted_by_system' ? 'assertive' : 'polite';
  // The link's own news says it already.
  if (hearing === 'lost' || hearing === 'connecting' || (before.me.hearing === 'lost' && politeness === 'polite')) return [];
  if (after.issues.some((issue) => TOLD_BY[hearing]?.includes(issue.code) === true && isAboutMicrophone(issue))) return [];
  // Whoever turned it off by a key was told so.
  const unless = hearing === 'off' ? { unless: 'microphone' } : {};
  return [{ kind: 'hearing', key: 'hearing', values: { context: hearing }, politeness, latest: true, ...unless }];
}

function people(snapshot: Snapshot): Map<string, ParticipantView> {
  const map = new Map<string, ParticipantView>();
  for (const someone of Object.values(snapshot.participants)) {
    if (someone !== undefined && someone.kind !== 'hidden') map.set(someone.id, someone);
  }
  return map;
}

function sharing(someone: ParticipantView | undefined): boolean {
  return someone?.publications.some((one) => one.source === 'screen_share' && !one.muted) ?? false;
}

function peopleNews(before: Snapshot, after: Snapshot): News[] {
  if (before.participants === after.participants) return [];
  const news: News[] = [];
  const old = people(before);
  const now = people(after);
  const small = now.size + 1 <= SMALL;
  const arrived = [...now.values()].filter((someone) => !old.has(someone.id));
  const left = [...old.values()].filter((someone) => !now.has(someone.id));
  if (small && arrived[0] !== undefined) {
    const many = arrived.length > 1;
    news.push({
      kind: 'arrived',
      key: many ? 'arrivedMany' : 'arrived',
      values: many ? { count: arrived.length } : { name: arrived[0].name },
      politeness: 'polite',
    });
  }
  if (small && left[0] !== undefined) {
    const many = left.length > 1;
    news.push({
      kind: 'left',
      key: many ? 'leftMany' : 'left',
      values: many ? { count: left.length } : { name: left[0].name },
      politeness: 'polite',
    });
  }
  for (const someone of now.values()) {
    const was = old.get(someone.id);
    if (was === undefined) continue;
    if (was.hand === null && someone.hand !== null)
      news.push({ kind: `hand-${someone.id}`, key: 'hand', values: { name: someone.name, rank: someone.hand }, politeness: 'polite' });
    if (sharing(was) !== sharing(someone))
      news.push({
        kind: 'share',
        key: sharing(someone) ? 'shareStarted' : 'shareStopped',
        values: { name: someone.name },
        politeness: 'polite',
      });
  }
  return news;
}

/** That somebody begins to type, once. What they type is `LiveVoice`'s. */
function liveNews(before: Snapshot, after: Snapshot): News[] {
  if (before.live_text === after.live_text) return [];
  const wrote = new Set(before.live_text.lines.map((line) => line.author));
  return after.live_text.lines.flatMap((line): News[] => {
    const isNew = !line.done && line.author !== null && !wrote.has(line.author);
    return isNew ? [{ kind: `live-${line.author}`, key: 'liveBegins', values: { name: line.author_name }, politeness: 'polite' }] : [];
  });
}

/** What one wrote and will not leave; the end of a meeting says it of all that waited. */
function unsentNews(before: Snapshot, after: Snapshot): News[] {
  if (before.messages === after.messages && before.live_text === after.live_text) return [];
  const known = new Set(unsentOf(before).map(({ id }) => id));
  const count = unsentOf(after).filter(({ id }) => !known.has(id)).length;
  return count === 0 ? [] : [{ kind: 'not-sent', key: 'notSent', values: { count }, politeness: 'assertive', keep: true }];
}

/** A message of one's own that stands there like any other while the connection is down. */
function waitingNews(before: Snapshot, after: Snapshot): News[] {
  if (before.messages === after.messages) return [];
  const waits = messagesAfter(after.messages, newestKey(before.messages)).some(({ own, sending }) => own && sending === 'waiting');
  return waits ? [{ kind: 'not-yet', key: 'notYet', values: {}, politeness: 'polite' }] : [];
}

function messageNews(before: Snapshot, after: Snapshot): News[] {
  if (before.messages === after.messages) return [];
  return messagesAfter(after.messages, newestKey(before.messages))
    .filter((message) => !message.own)
    .map((message) => ({
      kind: `message-${message.author ?? ''}-${message.id}`,
      key: 'message' as const,
      values: { name: message.author_name, text: [...message.text].slice(0, MESSAGE_LENGTH).join('') },
      politeness: 'polite' as const,
      keep: true,
    }));
}
