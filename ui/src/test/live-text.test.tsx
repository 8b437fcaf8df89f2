import { act, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { newsBetween } from '../a11y/news';
import { apply } from '../engine/apply';
import type { LiveLine, Snapshot } from '../engine/contract';
import { scenario } from '../engine/fake/scenarios';
import { LEAVES_MS } from '../panels/LiveText';
import { expectAccessible, open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

const line = (more: Partial<LiveLine> = {}): LiveLine => ({ id: '1', author: 'sofia', author_name: 'Sofia Benali', text: 'Je vous', done: false, at: 1, ...more });

it('lets out what is typed within half a second, and ends the sentence with Enter', async () => {
  const { user, sent, engine } = await open('call-2');
  await user.keyboard('{Control>}{Shift>}x{/Shift}{/Control}');
  expect(LEAVES_MS).toBeLessThanOrEqual(500);
  act(() => engine.patch({ key: 'live_text', value: { lines: [], readers: 5, by_chat: 2 } }));
  expect(screen.getByTestId('live-readers')).toHaveTextContent('Visible par 5 personnes. 2 personnes recevront chaque phrase dans la discussion.');
  expect(screen.getByTestId('live-field')).toHaveFocus();
  await user.keyboard('Bon');
  act(() => void vi.advanceTimersByTime(LEAVES_MS));
  expect(sent('type_live').at(-1)).toEqual({ kind: 'type_live', text: 'Bon', done: false });
  await user.keyboard('{Backspace}{Backspace}');
  act(() => void vi.advanceTimersByTime(LEAVES_MS));
  expect(sent('type_live').at(-1)).toEqual({ kind: 'type_live', text: 'B', done: false });
  await user.keyboard('onjour{Enter}');
  expect(sent('type_live').at(-1)).toEqual({ kind: 'type_live', text: 'Bonjour', done: true });
  expect(screen.getByTestId('live-field')).toHaveValue('');
  await user.keyboard('{Enter}');
  expect(sent('type_live').filter(({ done }) => done)).toHaveLength(1);
});

it('tells sent and received apart, and whoever writes shows a key for it', async () => {
  const { user, engine } = await open('call-2');
  expect(screen.queryByTestId('toggle-live')).toBeNull();
  act(() => engine.patch({ key: 'live_text', value: { lines: [line()], readers: 1, by_chat: 0 } }));
  const key = screen.getByRole('button', { name: 'Texte en direct, Sofia Benali écrit en direct' });
  await user.click(key);
  act(() => engine.patch({ key: 'live_text', value: { lines: [line({ done: true, text: 'Je vous entends.' }), line({ id: '2', author: null, text: 'Merci' })], readers: 1, by_chat: 0 } }));
  expect(screen.getByRole('article', { name: 'Sofia Benali, reçu' })).toHaveTextContent('Je vous entends.');
  expect(screen.getByRole('article', { name: 'Vous, envoyé' })).toHaveTextContent('écrit');
  await expectAccessible();
});

it('speaks that somebody begins and each finished line, nothing in between', () => {
  const start = scenario('call-2').start;
  const next = (snapshot: Snapshot, lines: LiveLine[]) => {
    const after = apply(snapshot, { from: snapshot.revision, to: snapshot.revision + 1, patches: [{ key: 'live_text', value: { lines, readers: 1, by_chat: 0 } }] });
    if (after === null) throw new Error('does not follow');
    return after;
  };
  const first = next(start, [line({ text: 'J' })]);
  const grown = next(first, [line()]);
  const done = next(grown, [line({ text: 'Je vous entends.', done: true })]);
  const keys = (a: Snapshot, b: Snapshot) => newsBetween(a, b).map(({ key, values }) => [key, values['text']]);
  expect(keys(start, first)).toEqual([['liveBegins', undefined]]);
  expect(keys(first, grown)).toEqual([]);
  expect(keys(grown, done)).toEqual([['liveLine', 'Je vous entends.']]);
  expect(keys(done, next(done, [...done.live_text.lines, line({ id: '2', author: null, done: true })]))).toEqual([]);
});
