import { readFileSync } from 'node:fs';
import path from 'node:path';
import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CaptionLook } from '../engine/contract';
import { USUAL } from '../engine/store';
import { expectAccessible, open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

type Opened = Awaited<ReturnType<typeof open>>;
const set = ({ engine }: Opened, look: Partial<CaptionLook>) => act(() => engine.patch({ key: 'settings', value: { ...USUAL, captions: { ...USUAL.captions, ...look } } }));
const say = ({ engine }: Opened, id: string, text: string, finished: boolean) =>
  act(() => engine.patch({ key: 'caption', value: { id, speaker: 'julien', name: 'Julien Marchand', text, language: 'fr', finished, at: 0 } }));
const spoken = () => {
  act(() => void vi.advanceTimersByTime(1000));
  return screen.getByTestId('polite').textContent;
};

it('wears the colours and the typeface that were chosen for it, and no others', async () => {
  const opened = await open('call-captions');
  const band = screen.getByTestId('captions');
  expect(band).toHaveAttribute('data-colours', 'stage');
  expect(band.querySelector('[data-typeface]')).toBeNull();
  set(opened, { colours: 'paper', typeface: 'dyslexic' });
  expect(band).toHaveAttribute('data-colours', 'paper');
  expect(band.querySelector('[data-typeface="dyslexic"]')).not.toBeNull();
  expect(document.documentElement.dataset['typeface']).toBeUndefined();
  await expectAccessible();
});

it('is as high as a notice in place of captions, which is never cut; captions keep its height', async () => {
  const { engine } = await open('call-captions');
  const band = screen.getByTestId('captions');
  expect(band).not.toHaveAttribute('data-notice');
  act(() => engine.patch({ key: 'together', value: { ...engine.snapshot.together, captions: 'unwritten' } }));
  expect(screen.getByTestId('caption-hint')).toBeVisible();
  expect(band).toHaveAttribute('data-notice');
  const sheet = readFileSync(path.resolve(import.meta.dirname, '../captions/captions.module.css'), 'utf8');
  expect(sheet).toMatch(/\.band\[data-notice\] \{[^}]*height: auto; min-height: var\(--high\)/);
  expect(sheet).toMatch(/\.band\[data-notice\] \.lines \{ max-height: none/);
});

it('says who writes it and in which language, and marks the words with it', async () => {
  await open('call-captions');
  expect(screen.getByTestId('caption-source')).toHaveTextContent('Écrits par le serveur, langue : français');
  expect(screen.getAllByTestId('caption').at(-1)?.querySelector('p')).toHaveAttribute('lang', 'fr');
});

it('is silent, unless somebody wants it read: then each sentence once, and nothing of before', async () => {
  const opened = await open('call-captions');
  say(opened, '8', 'D’accord.', true);
  expect(spoken()).toBe('');
  set(opened, { spoken: true });
  expect(spoken()).toBe('');
  say(opened, '9', 'La rampe', false);
  expect(spoken()).toBe('');
  say(opened, '9', 'La rampe arrive le 8.', true);
  expect(spoken()).toMatch(/^Julien Marchand\s: La rampe arrive le 8\.$/);
  say(opened, '9', 'La rampe arrive le 8. C’est sûr.', true);
  expect(spoken()).toMatch(/^Julien Marchand\s: C’est sûr\.$/);
});

it('is read with names as they are wanted', async () => {
  const { engine, ...opened } = await open('call-captions');
  const settings = (spoken_name: 'first' | 'nobody') => act(() => engine.patch({ key: 'settings', value: { ...USUAL, spoken_name, captions: { ...USUAL.captions, spoken: true } } }));
  settings('first');
  say({ engine, ...opened }, '9', 'La rampe arrive.', true);
  expect(spoken()).toMatch(/^Julien\s: La rampe arrive\.$/);
  settings('nobody');
  say({ engine, ...opened }, '10', 'Le 8.', true);
  expect(spoken()).toMatch(/^Quelqu’un\s: Le 8\.$/);
});

it('is saved as one writes in the language of the window', async () => {
  const { engine, user } = await open('call-captions', { shell: { locale: 'en-GB' }, ui: { panels: ['captions'] } });
  await user.click(screen.getByTestId('save-captions'));
  expect(engine.saved[0]?.[1]).toMatch(/ Sofia Benali: Bonjour/);
});
