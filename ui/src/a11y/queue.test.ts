import { expect, it } from 'vitest';
import { AnnouncementQueue, MERGE_MS, STALE_MS } from './queue';

it('says assertive things at once, also while somebody types', () => {
  const queue = new AnnouncementQueue();
  queue.push({ kind: 'lost', text: 'lost', politeness: 'assertive' }, 0);
  expect(queue.take('polite', 0, false)).toBeNull();
  expect(queue.take('assertive', 0, true)).toBe('lost');
  expect(queue.empty).toBe(true);
});

it('merges events of one kind', () => {
  const queue = new AnnouncementQueue();
  queue.push({ kind: 'join', text: 'Sofia', politeness: 'polite' }, 0);
  queue.push({ kind: 'join', text: '2 people', politeness: 'polite' }, 300);
  expect(queue.take('polite', 400, false)).toBeNull();
  expect(queue.take('polite', MERGE_MS, false)).toBe('2 people');
  expect(queue.take('polite', MERGE_MS, false)).toBeNull();
});

it('waits while somebody types, then drops what is old, but not chat', () => {
  const queue = new AnnouncementQueue();
  queue.push({ kind: 'join', text: 'Sofia', politeness: 'polite' }, 0);
  queue.push({ kind: 'chat-1', text: 'hello', politeness: 'polite', keep: true }, 0);
  expect(queue.take('polite', 4000, true)).toBeNull();
  expect(queue.take('polite', STALE_MS + 1, false)).toBe('hello');
  expect(queue.take('polite', STALE_MS + 1, false)).toBeNull();
});
