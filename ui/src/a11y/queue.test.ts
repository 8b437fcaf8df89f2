import { expect, it } from 'vitest';
import { AnnouncementQueue, joined, MERGE_MS, STALE_MS } from './queue';

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

it('says what may get better only once: the better text where it comes in time', () => {
  const queue = new AnnouncementQueue();
  const muted = { kind: 'muted', politeness: 'assertive' } as const;
  queue.push({ ...muted, text: 'somebody', wait: 1200 }, 0);
  expect(queue.take('assertive', 500, false)).toBeNull();
  queue.push({ ...muted, text: 'Julien', betters: true }, 600);
  expect(queue.take('assertive', 600, false)).toBe('Julien');
  expect(queue.take('assertive', 5000, false)).toBeNull();
  queue.push({ ...muted, text: 'somebody', wait: 1200 }, 10_000);
  expect(queue.take('assertive', 11_200, false)).toBe('somebody');
  queue.push({ ...muted, text: 'Julien', betters: true }, 11_300);
  expect(queue.empty).toBe(true);
});

it('lets the last of a kind alone wait where only the last is true', () => {
  const queue = new AnnouncementQueue();
  const hearing = { kind: 'hearing', latest: true } as const;
  queue.push({ ...hearing, text: 'You can be heard', politeness: 'polite' }, 0);
  queue.push({ kind: 'join', text: 'Sofia', politeness: 'polite' }, 0);
  // However long the first had to wait.
  queue.push({ ...hearing, text: 'No sound', politeness: 'assertive' }, 5000);
  expect(queue.take('assertive', 5000, true)).toBe('No sound');
  expect(queue.take('polite', 5500, false)).toBe('Sofia');
  expect(queue.empty).toBe(true);
});

it('takes back what waits where nothing of its kind is true any more', () => {
  const queue = new AnnouncementQueue();
  const found = { kind: 'found', politeness: 'polite', latest: true } as const;
  queue.push({ ...found, text: '6 people found' }, 0);
  queue.push({ ...found, text: '' }, 300);
  expect(queue.empty).toBe(true);
  queue.push({ ...found, text: '1 person found' }, 600);
  expect(queue.take('polite', 1100, false)).toBe('1 person found');
});

it('does not say again what something else says beside it, whichever came first', () => {
  const queue = new AnnouncementQueue();
  const off = { kind: 'hearing', text: 'Microphone off', politeness: 'polite', unless: 'microphone' } as const;
  const key = { kind: 'microphone', text: 'Microphone off', politeness: 'assertive' } as const;
  queue.push(key, 0);
  expect(queue.takeUrgent(0)).toEqual(['Microphone off']);
  queue.push(off, 250);
  expect(queue.take('polite', 1000, false)).toBeNull();
  queue.push(off, 9000);
  queue.push(key, 9000);
  expect(queue.takeUrgent(9000)).toEqual(['Microphone off']);
  expect(queue.take('polite', 9600, false)).toBeNull();
  // Nobody pressed a key.
  queue.push(off, 20_000);
  expect(queue.take('polite', 20_600, false)).toBe('Microphone off');
});

it('says what is urgent at one time as one, in order, each with its end', () => {
  const queue = new AnnouncementQueue();
  queue.push({ kind: 'entry', text: 'You are entering the meeting.', politeness: 'assertive' }, 0);
  queue.push({ kind: 'join', text: 'Sofia', politeness: 'polite' }, 0);
  queue.push({ kind: 'microphone', text: 'Microphone off', politeness: 'assertive' }, 0);
  expect(joined(queue.takeUrgent(0))).toBe('You are entering the meeting. Microphone off.');
  expect(queue.takeUrgent(0)).toEqual([]);
  expect(joined(['Microphone off'])).toBe('Microphone off');
});

it('says only the last of what changes within its wait, and something every two seconds', () => {
  const queue = new AnnouncementQueue();
  const moved = { kind: 'moved', politeness: 'assertive', wait: 300, latest: true } as const;
  queue.push({ ...moved, text: 'Sound on A' }, 0);
  queue.push({ ...moved, text: 'Sound on A, microphone: A' }, 30);
  expect(queue.takeUrgent(329)).toEqual([]);
  expect(queue.takeUrgent(330)).toEqual(['Sound on A, microphone: A']);
  expect(queue.empty).toBe(true);
  const said: [number, string][] = [];
  for (let now = 10_000; now < 17_000; now += 100) {
    if (now < 16_000 && now % 200 === 0) queue.push({ ...moved, text: `Sound on ${now}` }, now);
    for (const text of queue.takeUrgent(now)) said.push([now, text]);
  }
  expect(said).toEqual([
    [12_000, 'Sound on 12000'],
    [14_200, 'Sound on 14200'],
    [16_100, 'Sound on 15800'],
  ]);
  // Another one was true for a moment only.
  queue.push({ ...moved, text: 'Sound on B' }, 20_000);
  queue.push({ ...moved, text: '' }, 20_100);
  expect(queue.empty).toBe(true);
});
