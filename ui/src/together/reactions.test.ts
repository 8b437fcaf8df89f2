import { describe, expect, it } from 'vitest';
import type { Reaction, ReactionView } from '../engine/contract';
import { BATCH_MS, mergedBySender, ReactionNews, REACTIONS } from './reactions';

const one = (id: number, from: string | null, reaction: Reaction): ReactionView => ({ id, from, name: from ?? 'me', reaction });

it('has eight, each once', () => expect(new Set(REACTIONS).size).toBe(8));

it('merges the same reactions of one person', () => {
  const merged = mergedBySender([one(1, 'a', 'heart'), one(2, 'a', 'clapping'), one(3, 'a', 'heart'), one(4, null, 'heart')]);
  expect(merged.get('a')).toEqual([{ reaction: 'heart', count: 2 }, { reaction: 'clapping', count: 1 }]);
  expect(merged.get(null)).toEqual([{ reaction: 'heart', count: 1 }]);
});

describe('reactions are spoken', () => {
  it('at once for the first, then at most every 5 s, each person once', () => {
    const news = new ReactionNews();
    expect(news.due(0)).toBeNull();
    news.update([one(1, 'a', 'heart')]);
    expect(news.take(0)).toEqual([{ reaction: 'heart', names: ['a'] }]);
    news.update([one(1, 'a', 'heart'), one(2, 'b', 'heart'), one(3, 'b', 'heart'), one(4, 'c', 'party')]);
    expect(news.due(1000)).toBe(BATCH_MS - 1000);
    expect(news.take(1000)).toEqual([]);
    news.update([]);
    expect(news.take(BATCH_MS)).toEqual([{ reaction: 'heart', names: ['b'] }, { reaction: 'party', names: ['c'] }]);
    expect(news.due(BATCH_MS)).toBeNull();
  });

  it('not where they are our own', () => {
    const news = new ReactionNews();
    news.update([one(1, null, 'heart')]);
    expect(news.due(0)).toBeNull();
  });
});
