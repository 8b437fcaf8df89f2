import { expect, it } from 'vitest';
import type { Message } from '../engine/contract';
import { messageKey, messagesAfter, newestKey } from './after';

const message = (number: number): Message => ({ id: `${number}`, author: number % 2 === 0 ? 'sofia' : null, author_name: '', own: false, text: `${number}`, at: number, edited: false });
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => message(first + at));
const texts = (messages: readonly Message[]) => messages.map(({ text }) => text);

it('finds what came after a message, however many were forgotten before it', () => {
  const last = messageKey(message(1000));
  expect(newestKey(from(1, 1000))).toBe(last);
  expect(texts(messagesAfter(from(1, 1000), last))).toEqual([]);
  expect(texts(messagesAfter(from(251, 1001), last))).toEqual(['1001']);
});

it('takes everything for new where nothing was known, or nothing of it is kept', () => {
  expect(newestKey([])).toBeNull();
  expect(texts(messagesAfter(from(1, 2), null))).toEqual(['1', '2']);
  expect(texts(messagesAfter(from(1001, 1003), messageKey(message(3))))).toEqual(['1001', '1002', '1003']);
});

it('tells messages of two people with one number apart', () => {
  expect(messageKey({ author: 'sofia', id: '1' })).not.toBe(messageKey({ author: 'ana', id: '1' }));
});
