import { describe, expect, it } from 'vitest';
import { apply } from './apply';
import type { Message, Patch } from './contract';
import { person } from './fake/scenarios';
import { EMPTY_SNAPSHOT } from './store';

const batch = (from: number, ...patches: Patch[]) => ({ from, to: from + 1, patches });
const message = (id: string, author: string, text: string): Message => ({
  id,
  author,
  author_name: author,
  own: false,
  text,
  at: 0,
  edited: false,
  sending: 'sent',
});

describe('apply', () => {
  it('refuses a batch that does not follow, and changes nothing', () => {
    expect(apply(EMPTY_SNAPSHOT, batch(3, { key: 'phase', value: { kind: 'home' } }))).toBeNull();
    expect(EMPTY_SNAPSHOT.revision).toBe(0);
  });

  it('upserts people by id and leaves the others as they are', () => {
    const a = person(0, { id: 'a', name: 'A' });
    const b = person(1, { id: 'b', name: 'B' });
    const one = apply(EMPTY_SNAPSHOT, batch(0, { key: 'participant', value: a }, { key: 'participant', value: b }));
    const two = one && apply(one, batch(1, { key: 'participant', value: { ...b, speaking: true } }));
    expect(two?.revision).toBe(2);
    expect(two?.participants['a']).toBe(a);
    expect(two?.participants['b']?.speaking).toBe(true);
    const three = two && apply(two, batch(2, { key: 'participant_gone', value: 'a' }));
    expect(Object.keys(three?.participants ?? {})).toEqual(['b']);
  });

  it('takes an identity like a property of objects for what it is', () => {
    const odd = person(0, { id: '__proto__', name: 'Odd' });
    const next = apply(EMPTY_SNAPSHOT, batch(0, { key: 'participant', value: odd }));
    expect(Object.values(next?.participants ?? {})).toEqual([odd]);
    expect(({} as { name?: string }).name).toBeUndefined();
  });

  it('replaces an edited message, by author and id', () => {
    const first = apply(
      EMPTY_SNAPSHOT,
      batch(0, { key: 'message', value: message('1', 'a', 'one') }, { key: 'message', value: message('1', 'b', 'two') }),
    );
    const second = first && apply(first, batch(1, { key: 'message', value: { ...message('1', 'a', 'three'), edited: true } }));
    expect(second?.messages.map((one) => one.text)).toEqual(['three', 'two']);
    const third = second && apply(second, batch(2, { key: 'messages_gone', value: null }));
    expect(third?.messages).toEqual([]);
  });

  it('keeps the identity of what no patch names', () => {
    const next = apply(EMPTY_SNAPSHOT, batch(0, { key: 'phase', value: { kind: 'home' } }));
    expect(next?.me).toBe(EMPTY_SNAPSHOT.me);
    expect(next?.participants).toBe(EMPTY_SNAPSHOT.participants);
  });

  it('passes over a patch of a newer engine', () => {
    const next = apply(EMPTY_SNAPSHOT, batch(0, { key: 'polls', value: [] } as never));
    expect(next).toEqual({ ...EMPTY_SNAPSHOT, revision: 1 });
  });
});
