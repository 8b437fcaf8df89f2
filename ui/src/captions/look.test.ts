import { expect, it } from 'vitest';
import type { CaptionView } from '../engine/contract';
import { captionsToSpeak, languageName } from './look';

it('names a language in the reader’s own', () => {
  expect([languageName('fr', 'de'), languageName('pt-BR', 'en'), languageName('', 'fr'), languageName('x', 'fr'), languageName('not a tag', 'fr')]).toEqual(['Französisch', 'Brazilian Portuguese', '', '', '']);
});

it('speaks what is finished, once, and of what has grown the rest', () => {
  const spoken = new Map<string, string>();
  const caption = (id: string, text: string, finished = true): CaptionView => ({ id, speaker: 'a', name: 'Anna', text, language: 'fr', finished, at: 0 });
  const texts = (...captions: CaptionView[]) => captionsToSpeak(captions, spoken).map(({ text }) => text);
  expect(texts(caption('1', 'Bon', false))).toEqual([]);
  expect(texts(caption('1', 'Bonjour.'))).toEqual(['Bonjour.']);
  expect(texts(caption('1', 'Bonjour.'))).toEqual([]);
  expect(texts(caption('1', 'Bonjour. Qui', false), caption('2', ' '))).toEqual([]);
  expect(texts(caption('1', 'Bonjour. Qui commence ?'), caption('2', 'Moi.'))).toEqual(['Qui commence ?', 'Moi.']);
  // A sentence that was corrected is said anew.
  expect(texts(caption('2', 'Moi non plus.'))).toEqual(['Moi non plus.']);
  expect(texts(caption('2', 'Toi.'))).toEqual(['Toi.']);
});
