import { describe, expect, it } from 'vitest';
import type { Patch, Sending, Snapshot } from '../engine/contract';
import { apply } from '../engine/apply';
import { issue, person, scenario } from '../engine/fake/scenarios';
import { newsBetween } from './news';

const after = (snapshot: Snapshot, ...patches: Patch[]): Snapshot => {
  const next = apply(snapshot, { from: snapshot.revision, to: snapshot.revision + 1, patches });
  if (next === null) throw new Error('does not follow');
  return next;
};
const two = scenario('call-2').start;
const nine = scenario('call-9').start;
const keys = (before: Snapshot, next: Snapshot) => newsBetween(before, next).map((one) => one.key);

describe('news', () => {
  it('tells of the entry with the state of the microphone', () => {
    const [entry] = newsBetween(scenario('joining').start, two);
    expect(entry).toMatchObject({ key: 'entered', politeness: 'assertive', values: { room: 'Entretien annuel', context: 'on' } });
  });

  it('tells of no microphone that is on where there is none, or it is mute', () => {
    const entry = (me: Partial<Snapshot['me']>, ...issues: Snapshot['issues']) =>
      newsBetween(scenario('joining').start, { ...two, me: { ...two.me, microphone_on: true, ...me }, issues })[0]?.values['context'];
    expect((['muted_by_system', 'forbidden'] as const).map((hearing) => entry({ hearing }))).toEqual(['off', 'off']);
    expect(entry({ hearing: 'no_device' }, issue('VIS-MIC-NONE-50', 'choose_device'))).toBe('off');
    expect(entry({ hearing: 'no_device' }), 'nobody knows yet').toBeNull();
    expect(entry({ hearing: 'connecting' }, issue('VIS-MIC-NONE-50', 'choose_device'))).toBe('off');
    expect(entry({ hearing: 'connecting' }, issue('VIS-MIC-OSMUTE-52', 'unmute'))).toBe('off');
    // Another one was tried in vain: the one before is still there.
    expect(entry({ hearing: 'heard' }, issue('VIS-MIC-BUSY-54', 'choose_device', { cause: 'kept' }))).toBe('on');
  });

  it('tells once which meeting the last look is before, by the best name there is', () => {
    const look = scenario('prejoin').start;
    if (look.phase.kind !== 'pre_join') throw new Error('not before a meeting');
    const { link } = look.phase;
    const before = (room: string, name = ''): Snapshot => ({ ...look, phase: { kind: 'pre_join', link: { ...link, room } }, room: { ...look.room, name } });
    const home: Snapshot = { ...look, phase: { kind: 'home' } };
    const named = (next: Snapshot, was = home) => newsBetween(was, next).map(({ key, values }) => `${key} ${values['room']}`);
    expect(named(before('abc-defg-hij', 'Archives'))).toEqual(['look Archives']);
    expect(named(before('abc-defg-hij'))).toEqual(['look abc-defg-hij']);
    expect(named(before(''))).toEqual([`look ${link.host}`]);
    expect(named(before('abc', 'Archives'), before('abc'))).toEqual([]);
    expect(named(before('klm'), before('abc'))).toEqual(['look klm']);
    // From the end of another, or out of it by a link that was followed.
    expect(named(before('klm'), two)).toEqual(['look klm']);
    expect(newsBetween(before('abc'), home)).toEqual([]);
  });

  it('tells who comes and goes, in small meetings only', () => {
    const amadou: Patch = { key: 'participant', value: person(3, { id: 'amadou', name: 'Amadou' }) };
    const liv: Patch = { key: 'participant', value: person(4, { id: 'liv', name: 'Liv' }) };
    expect(newsBetween(two, after(two, amadou))[0]).toMatchObject({ key: 'arrived', values: { name: 'Amadou' } });
    expect(newsBetween(two, after(two, amadou, liv))[0]).toMatchObject({ key: 'arrivedMany', values: { count: 2 } });
    expect(keys(two, after(two, { key: 'participant_gone', value: 'sofia' }))).toEqual(['left']);
    expect(keys(nine, after(nine, { key: 'participant', value: person(9, { id: 'new', name: 'New' }) }))).toEqual([]);
  });

  it('never tells of speech, quality, or hidden helpers', () => {
    const sofia = two.participants['sofia'];
    if (sofia === undefined) throw new Error('no Sofia');
    expect(keys(two, after(two, { key: 'participant', value: { ...sofia, speaking: false, quality: 'poor' } }))).toEqual([]);
    expect(keys(two, after(two, { key: 'participant', value: person(7, { id: 'bot', name: 'Bot', kind: 'hidden' }) }))).toEqual([]);
  });

  it('tells of hands, shares, recording and the own link', () => {
    const sofia = two.participants['sofia'];
    if (sofia === undefined) throw new Error('no Sofia');
    expect(newsBetween(two, after(two, { key: 'participant', value: { ...sofia, hand: 1 } }))[0]).toMatchObject({
      key: 'hand',
      values: { name: 'Sofia Benali', rank: 1 },
    });
    expect(keys(two, after(two, { key: 'room', value: { ...two.room, recording: true } }))).toEqual(['recordingStarted']);
    if (two.phase.kind !== 'in_meeting') throw new Error('not in a meeting');
    const lost = after(two, { key: 'phase', value: { ...two.phase, reconnecting_for: 0 } }, { key: 'me', value: { ...two.me, hearing: 'lost' } });
    expect(keys(two, lost)).toEqual(['lost']);
    expect(keys(lost, after(lost, { key: 'phase', value: { ...two.phase, reconnecting_for: 1 } }))).toEqual([]);
    expect(keys(lost, after(lost, { key: 'phase', value: two.phase }, { key: 'me', value: two.me }))).toEqual(['back']);
  });

  it('reads messages of others', () => {
    const message = { id: 'n', author: 'sofia', author_name: 'Sofia', own: false, text: 'x'.repeat(300), at: 0, edited: false, sending: 'sent' as const };
    const next = after(two, { key: 'message', value: message });
    const [news] = newsBetween(two, next);
    expect(news).toMatchObject({ key: 'message', keep: true });
    expect(String(news?.values['text'])).toHaveLength(120);
    expect(keys(two, after(two, { key: 'message', value: { ...message, own: true } }))).toEqual([]);
  });

  it('says what will not leave, once, and what waits while the connection is down', () => {
    if (two.phase.kind !== 'in_meeting') throw new Error('not in a meeting');
    const message = { id: 'n', author: 'me', author_name: 'Camille', own: true, text: 'x', at: 0, edited: false };
    const say = (state: Snapshot, sending: Sending, id = 'n') => after(state, { key: 'message', value: { ...message, id, sending } });
    expect(keys(two, say(two, 'waiting'))).toEqual([]);
    const down = after(two, { key: 'phase', value: { ...two.phase, reconnecting_for: 3 } });
    const waits = say(down, 'waiting');
    expect(keys(down, waits)).toEqual(['notYet']);
    expect(keys(waits, say(waits, 'sent'))).toEqual([]);
    const failed = say(waits, 'failed');
    expect(newsBetween(waits, failed)).toMatchObject([{ key: 'notSent', values: { count: 1 }, politeness: 'assertive' }]);
    // What had failed before is no news at the end; what waited until then is.
    const end = after(say(failed, 'failed', 'm'), { key: 'phase', value: { kind: 'ended', reason: 'ended', seconds: 1 } });
    expect(newsBetween(say(failed, 'waiting', 'm'), end)).toMatchObject([{ key: 'notSent', values: { count: 1 } }]);
    expect(keys(end, after(end, { key: 'messages_gone', value: null }))).toEqual([]);
  });

  it('reads the message with which the engine forgets the oldest', () => {
    const message = (number: number) => ({ id: `${number}`, author: 'sofia', author_name: 'Sofia', own: false, text: `${number}`, at: number, edited: false, sending: 'sent' as const });
    const all = Array.from({ length: 1001 }, (_, at) => message(at + 1));
    const full = { ...two, messages: all.slice(0, 1000) };
    expect(newsBetween(full, { ...two, messages: all.slice(250) })).toMatchObject([{ key: 'message', values: { text: '1001' } }]);
    // One that was changed is none that came.
    expect(keys(full, after(full, { key: 'message', value: { ...message(1000), text: 'changed', edited: true } }))).toEqual([]);
  });

  it('leaves to an issue what that says with its cause', () => {
    const hears = (hearing: Snapshot['me']['hearing'], ...issues: Snapshot['issues']) =>
      keys(two, after(two, { key: 'issues', value: issues }, { key: 'me', value: { ...two.me, hearing } }));
    expect(hears('no_device')).toEqual(['hearing']);
    expect(hears('no_device', issue('VIS-MIC-NONE-50', 'choose_device'))).toEqual([]);
    expect(hears('muted_by_system', issue('VIS-MIC-OSMUTE-52', 'unmute'))).toEqual([]);
    expect(hears('off', issue('VIS-MIC-LOCK-74', 'turn_on_microphone'))).toEqual([]);
    expect(hears('forbidden', issue('VIS-CALL-RIGHTS-46', 'none', { sources: 'camera,microphone' }))).toEqual([]);
    expect(hears('forbidden', issue('VIS-CALL-RIGHTS-46', 'none', { sources: 'camera' }))).toEqual(['hearing']);
    expect(hears('off', issue('VIS-DEV-MOVED-78', 'turn_on_microphone', { cause: 'gone', now: 'off' }))).toEqual([]);
    expect(hears('off', issue('VIS-DEV-MOVED-78', 'none', { cause: 'gone', now: 'camera' }))).toEqual(['hearing']);
    expect(hears('silent', issue('VIS-NET-UDP-21', 'none'))).toEqual(['hearing']);
  });

  it('tells after a lost link that nobody hears us, and nothing that is as it was', () => {
    const lost = { ...two, me: { ...two.me, hearing: 'lost' as const } };
    expect(keys(lost, after(lost, { key: 'me', value: { ...two.me, hearing: 'no_device' } }))).toEqual(['hearing']);
    expect(keys(lost, after(lost, { key: 'me', value: { ...two.me, hearing: 'off' } }))).toEqual([]);
  });

  it('tells once that somebody muted us, with the name as soon as it is known', () => {
    const off: Patch = { key: 'me', value: { ...two.me, microphone_on: false, hearing: 'off' } };
    const unnamed = after(two, off, { key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none')] });
    const named = after(unnamed, { key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none', { by: 'Julien' })] });
    // That the microphone is off is part of it.
    expect(newsBetween(two, unnamed)).toEqual([{ kind: 'muted', key: 'muted', values: {}, politeness: 'assertive', wait: 1200 }]);
    expect(newsBetween(unnamed, named)).toEqual([
      { kind: 'muted', key: 'muted', values: { name: 'Julien', context: 'by' }, politeness: 'assertive', betters: true },
    ]);
    expect(keys(named, after(named, { key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none', { by: 'Julien' })] }))).toEqual([]);
    expect(keys(two, after(two, off))).toEqual(['hearing']);
  });

  it('tells once that the meeting closes for want of others, and never counts', () => {
    const soon = after(two, { key: 'issues', value: [issue('VIS-CALL-ALONE-69', 'stay', { seconds: '120' })] });
    expect(newsBetween(two, soon)).toMatchObject([{ key: 'alone', values: { count: 2 }, politeness: 'assertive' }]);
    expect(keys(soon, after(soon, { key: 'issues', value: [issue('VIS-CALL-ALONE-69', 'stay', { seconds: '60' })] }))).toEqual([]);
  });

  it('tells that nobody writes captions', () => {
    const starting = after(two, { key: 'together', value: { ...two.together, captions: 'starting' } });
    expect(keys(starting, after(starting, { key: 'together', value: { ...two.together, captions: 'unwritten' } }))).toEqual(['captionsUnwritten']);
  });
});
