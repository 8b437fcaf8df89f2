import { expect, it } from 'vitest';
import type { Message } from '../engine/contract';
import { Unread } from './unread';

const message = (id: string, own = false): Message => ({ id, author: 'a', author_name: 'Sofia', own, text: id, at: 0, edited: false, sending: 'sent' });
const messages = [message('1'), message('2', true), message('3')];

it('counts what others wrote since the chat was seen', () => {
  expect(new Unread().look({ messages, read: null, open: false, looked: true })).toBe(2);
  expect(new Unread().look({ messages, read: 'a 1', open: false, looked: false })).toBe(1);
  expect(new Unread().look({ messages, read: 'a 3', open: false, looked: false })).toBe(0);
});

it('counts in an open chat what came while nobody looked at the window', () => {
  const unread = new Unread();
  expect(unread.look({ messages, read: 'a 3', open: true, looked: true })).toBe(0);
  const more = [...messages, message('4')];
  expect(unread.look({ messages: more, read: 'a 4', open: true, looked: false })).toBe(1);
  expect(unread.look({ messages: more, read: 'a 4', open: true, looked: true })).toBe(0);
});
