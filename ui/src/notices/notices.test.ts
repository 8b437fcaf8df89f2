import { describe, expect, it } from 'vitest';
import { apply } from '../engine/apply';
import type { Patch, Snapshot } from '../engine/contract';
import { issue, scenario } from '../engine/fake/scenarios';
import { firstLine, noticesBetween } from './notices';

const after = (snapshot: Snapshot, ...patches: Patch[]): Snapshot => {
  const next = apply(snapshot, { from: snapshot.revision, to: snapshot.revision + 1, patches });
  if (next === null) throw new Error('does not follow');
  return next;
};
const two = scenario('call-2').start;
const keys = (before: Snapshot, next: Snapshot) => noticesBetween(before, next).show.map((one) => one.key);
const zoe = { id: 'w1', name: 'Zoé', color: null };
const waits = (moderate: boolean): Patch[] => [
  { key: 'room', value: { ...two.room, capabilities: { ...two.room.capabilities, moderate } } },
  { key: 'together', value: { ...two.together, waiting: [zoe] } },
];

describe('notices', () => {
  it('tells who can open the door that somebody waits, and takes it back', () => {
    const waiting = after(two, ...waits(true));
    expect(noticesBetween(two, waiting).show).toEqual([
      {
        kind: 'waits-w1',
        key: 'waits',
        values: { name: 'Zoé' },
        room: 'Entretien annuel',
        actions: [
          { key: 'admit', command: { kind: 'admit', waiter: 'w1' } },
          { key: 'refuse', command: { kind: 'refuse', waiter: 'w1' } },
          { key: 'see', command: null },
        ],
      },
    ]);
    const inside = after(waiting, { key: 'together', value: { ...two.together, waiting: [] } });
    expect(noticesBetween(waiting, inside)).toEqual({ show: [], withdraw: ['waits-w1'] });
    expect(keys(two, after(two, ...waits(false)))).toEqual([]);
    expect(keys(waiting, waiting)).toEqual([]);
  });

  it('tells who waits that the door is open', () => {
    const lobby = scenario('lobby').start;
    const joining = scenario('joining').start;
    expect(keys(lobby, joining)).toEqual(['mayEnter']);
    expect(keys(scenario('prejoin').start, joining)).toEqual([]);
  });

  it('tells the ends that nobody here has asked for', () => {
    const link = { kind: 'visio' as const, host: 'visio.agglo.example', room: 'abc-defg-hij', secure: true };
    expect(keys(two, after(two, { key: 'phase', value: { kind: 'ended', reason: 'removed', seconds: 3 } }))).toEqual(['removed']);
    expect(keys(two, after(two, { key: 'phase', value: { kind: 'ended', reason: 'left', seconds: 3 } }))).toEqual([]);
    const failed: Patch = { key: 'phase', value: { kind: 'failed', link, issue: issue('VIS-CALL-ACTION-49', 'none') } };
    expect(keys(two, after(two, failed))).toEqual(['failed']);
    const before = after(two, { key: 'phase', value: { kind: 'pre_join', link } });
    expect(keys(before, after(before, failed))).toEqual([]);
  });

  it('tells that somebody muted us, once', () => {
    const muted = after(two, { key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none')] });
    expect(keys(two, muted)).toEqual(['muted']);
    const by = after(muted, { key: 'issues', value: [issue('VIS-CALL-MUTED-45', 'none', { by: 'Sofia' })] });
    expect(noticesBetween(muted, by)).toEqual({ show: [], withdraw: [] });
    expect(noticesBetween(by, after(by, { key: 'issues', value: [] })).withdraw).toEqual(['muted']);
  });

  it('tells what others write, the last of it and its first line', () => {
    const message = { id: '1', author: 'x', author_name: 'Sofia', own: false, text: '\n Bonjour\nà tous', at: 0, edited: false, sending: 'sent' as const };
    const said = after(two, { key: 'message', value: message }, { key: 'message', value: { ...message, id: '2', text: 'Encore' } });
    expect(noticesBetween(two, after(two, { key: 'message', value: message })).show).toMatchObject([{ kind: 'message', said: { name: 'Sofia', text: 'Bonjour' }, actions: [{ key: 'see', command: null }] }]);
    expect(noticesBetween(two, said).show).toMatchObject([{ said: { text: 'Encore' } }]);
    expect(keys(two, after(two, { key: 'message', value: { ...message, own: true } }))).toEqual([]);
    expect(keys(scenario('joining').start, said), 'what was written before').toEqual([]);
    expect(noticesBetween(said, after(said, { key: 'phase', value: { kind: 'home' } })).withdraw).toContain('message');
    expect(firstLine('x'.repeat(500))).toBe(`${'x'.repeat(119)}…`);
    expect(firstLine('a\u202eb\tc')).toBe('a b c');
  });

  it('tells that a hand goes up, and lets moderators lower it', () => {
    const [someone] = Object.values(two.participants);
    if (someone === undefined) throw new Error('nobody');
    const may = (moderate: boolean) => after(two, { key: 'room', value: { ...two.room, capabilities: { ...two.room.capabilities, moderate } } });
    const raised = (from: Snapshot) => after(from, { key: 'participant', value: { ...someone, hand: 1 } });
    const [one] = noticesBetween(may(true), raised(may(true))).show;
    expect(one).toMatchObject({ kind: 'hand', key: 'hand', values: { name: someone.name } });
    expect(one?.actions).toEqual([{ key: 'lower', command: { kind: 'lower_hand', participant: someone.id } }, { key: 'see', command: null }]);
    expect(noticesBetween(may(false), raised(may(false))).show[0]?.actions).toEqual([{ key: 'see', command: null }]);
    const turned = after(two, { key: 'participant', value: { ...someone, name: 'Zo\u202eé', hand: 1 } });
    expect(noticesBetween(two, turned).show[0]?.values, 'a name that would turn the sentence round').toEqual({ name: 'Zo é' });
    const down = after(raised(two), { key: 'participant', value: { ...someone, hand: null } });
    expect(noticesBetween(raised(two), down)).toEqual({ show: [], withdraw: ['hand'] });
  });
});
