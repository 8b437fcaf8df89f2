import { describe, expect, it } from 'vitest';
import { apply } from '../engine/apply';
import type { Patch, Snapshot } from '../engine/contract';
import { issue, scenario } from '../engine/fake/scenarios';
import { noticesBetween } from './notices';

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
});
