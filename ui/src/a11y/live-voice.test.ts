import { expect, it } from 'vitest';
import type { LiveLine } from '../engine/contract';
import { LiveVoice, PAUSE_MS } from './live-voice';

const line = (text: string, done = false, more: Partial<LiveLine> = {}): LiveLine => ({ id: '1', author: 'sofia', author_name: 'Sofia', text, done, at: 1, sending: 'sent', ...more });

function heard() {
  const voice = new LiveVoice();
  voice.hear([], 0);
  const at = (now: number, ...lines: LiveLine[]) => voice.hear(lines, now).map(({ values }) => values['text']);
  return { voice, at };
}

it('speaks a line when it is whole, once', () => {
  const { voice, at } = heard();
  expect(at(100, line('Je vous'))).toEqual([]);
  expect(voice.due(100)).toBe(PAUSE_MS);
  expect(at(200, line('Je vous entends.', true))).toEqual(['Je vous entends.']);
  expect(at(300, line('Je vous entends.', true))).toEqual([]);
  expect(voice.due(300)).toBeNull();
});

it('speaks what stands there when its writer pauses, and then the rest', () => {
  const { voice, at } = heard();
  at(0, line('Je vous'));
  expect(at(PAUSE_MS - 1, line('Je vous'))).toEqual([]);
  expect(voice.due(PAUSE_MS - 1)).toBe(1);
  expect(at(PAUSE_MS, line('Je vous'))).toEqual(['Je vous']);
  expect(voice.due(PAUSE_MS)).toBeNull();
  expect(at(PAUSE_MS + 500, line('Je vous entends'))).toEqual([]);
  expect(at(PAUSE_MS + 900, line('Je vous entends.', true))).toEqual(['entends.']);
});

it('speaks anew what was changed behind what it had said', () => {
  const { at } = heard();
  at(0, line('Le 12'));
  expect(at(PAUSE_MS, line('Le 12'))).toEqual(['Le 12']);
  expect(at(PAUSE_MS + 1, line('Le 19', true))).toEqual(['Le 19']);
});

it('says nothing of our own lines, and nothing of what was there before', () => {
  const voice = new LiveVoice();
  expect(voice.hear([line('Bonjour.', true), line('Moi', true, { id: '2', author: null })], 0)).toEqual([]);
  expect(voice.hear([line('Bonjour.', true), line('Encore moi', false, { id: '3', author: null })], PAUSE_MS * 2)).toEqual([]);
});

it('speaks word by word where that is wanted, and who writes where another wrote before', () => {
  const voice = new LiveVoice();
  voice.hear([], 0, true);
  const at = (now: number, ...lines: LiveLine[]) => voice.hear(lines, now, true).map(({ key, values }) => [key, values['text']]);
  expect(at(0, line('Je vo'))).toEqual([['liveLine', 'Je']]);
  expect(at(100, line('Je vous'))).toEqual([]);
  expect(at(200, line('Je vous entends'))).toEqual([['liveWords', 'vous']]);
  expect(at(300, line('Je vous entends', true))).toEqual([['liveWords', 'entends']]);
  const other = (text: string) => line(text, false, { id: '9', author: 'amadou', author_name: 'Amadou' });
  expect(at(400, line('Je vous entends', true), other('Moi aussi'))).toEqual([['liveLine', 'Moi']]);
  // What was said is taken back: it is spoken anew once it stands still.
  expect(at(500, line('Je vous entends', true), other('Nous '))).toEqual([]);
  expect(at(500 + PAUSE_MS, line('Je vous entends', true), other('Nous '))).toEqual([['liveWords', 'Nous']]);
});
