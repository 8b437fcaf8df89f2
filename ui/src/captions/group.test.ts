import { expect, it } from 'vitest';
import type { CaptionView } from '../engine/contract';
import { bandOf, captionsText, fileNameOf, groupCaptions } from './group';

const line = (id: number, name: string, text: string, at = id * 1000, finished = true): CaptionView => ({ id: String(id), speaker: name, name, text, language: 'fr', finished, at });
const TALK = [line(1, 'Julien', 'On garde la date.'), line(2, 'Julien', 'D’accord ?'), line(3, 'Sofia', 'Oui.'), line(4, 'Julien', 'Merci', 4000, false)];

it('groups by speaker, in order, and knows what grows', () => {
  expect(groupCaptions(TALK).map(({ id, name, segments, growing }) => [id, name, segments.join('|'), growing])).toEqual([
    ['1', 'Julien', 'On garde la date.|D’accord ?', false],
    ['3', 'Sofia', 'Oui.', false],
    ['4', 'Julien', 'Merci', true],
  ]);
  expect(groupCaptions([line(1, 'a', ' ')])).toEqual([]);
});

it('begins anew after a long silence', () => {
  expect(groupCaptions([line(1, 'a', 'x', 0), line(2, 'a', 'y', 200_000)])).toHaveLength(2);
});

it('shows two speakers in the band, and of a long speech its end', () => {
  expect(bandOf(TALK, 2).map(({ name, text }) => `${name}: ${text}`)).toEqual(['Sofia: Oui.', 'Julien: Merci']);
  const speech = Array.from({ length: 40 }, (_, at) => line(at, 'a', `phrase numéro ${at}, assez longue`));
  const [last] = bandOf(speech, 2);
  expect(last?.text).toMatch(/phrase numéro 39, assez longue$/);
  expect(last?.text.length).toBeLessThan(200);
  expect(bandOf(speech, 4)[0]?.text.length).toBeGreaterThan(200);
  expect(bandOf([line(1, 'a', 'x'.repeat(900))], 2)[0]?.text).toHaveLength(900);
});

it('is copied as lines with time and name', () => {
  expect(captionsText([line(1, 'Julien', 'On garde la date.'), line(2, '', 'Oui.')], (at) => `10:0${at / 1000}`, (name, text) => `${name || 'Somebody'}: ${text}`)).toBe(
    '10:01 Julien: On garde la date.\n10:02 Somebody: Oui.',
  );
});

it('is proposed as a file under a name that every system takes', () => {
  expect(fileNameOf('Sous-titres, Point d’équipe : 1/2 « é », 2026-11-24')).toBe('Sous-titres, Point d’équipe 1 2 « é », 2026-11-24.txt');
  expect(fileNameOf('../..\\a\u202eb\u0000c*?"<>|.')).toBe('a b c.txt');
  expect(fileNameOf('x'.repeat(300))).toHaveLength(84);
});
