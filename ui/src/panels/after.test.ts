import { expect, it } from 'vitest';
import type { LiveLine, Message } from '../engine/contract';
import { isMoreWritten, messageKey, messagesAfter, moreWritten, newestKey } from './after';

const message = (number: number): Message => ({ id: `${number}`, author: number % 2 === 0 ? 'sofia' : null, author_name: '', own: false, text: `${number}`, at: number, edited: false, sending: 'sent' });
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

it('finds what others write on in live text, and nothing in what one writes oneself', () => {
  const line = (author: string | null, text: string, id = '1'): LiveLine => ({ id, author, author_name: '', text, done: false, at: 1, sending: 'sent' });
  const seen = [line('sofia', 'Je'), line(null, 'Bon', '2')];
  expect(isMoreWritten(seen, seen)).toBe(false);
  // A line that ends, one of ours, one that was taken back.
  expect(isMoreWritten([{ ...line('sofia', 'Je'), done: true }, line(null, 'Bonjour', '2')], seen)).toBe(false);
  expect(isMoreWritten([], seen)).toBe(false);
  expect(isMoreWritten([line('sofia', 'Je v'), line(null, 'Bon', '2')], seen)).toBe(true);
  expect(isMoreWritten([...seen, line('ana', 'A')], seen)).toBe(true);
  expect(moreWritten([line('sofia', 'Je v'), line(null, 'Bonjour', '2'), line('ana', 'A')], seen).map(({ author }) => author)).toEqual(['sofia', 'ana']);
});
