import { expect, it } from 'vitest';
import type { LiveLine, Message, Sending } from '../engine/contract';
import { unsentOf } from './unsent';

const message = (id: string, sending: Sending): Message => ({ id, author: 'me', author_name: '', own: true, text: id, at: 1, edited: false, sending });
const line = (id: string, sending: Sending): LiveLine => ({ id, author: null, author_name: '', text: id, done: true, at: 1, sending });

it('finds what failed, and neither what has left nor what waits', () => {
  const messages = [message('a', 'sent'), message('b', 'failed'), message('c', 'waiting')];
  const live_text = { lines: [line('d', 'waiting'), line('e', 'failed')], readers: 0, by_chat: 0 };
  expect(unsentOf({ messages, live_text }).map(({ id }) => id)).toEqual(['b', 'e']);
});
