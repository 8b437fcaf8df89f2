import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveLine } from '../engine/contract';
import { LEAVES_MS, PAUSE_MS } from '../panels/LiveText';
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

it('ends a whole sentence after three seconds, and hurries nobody who has not come to its end', async () => {
  const { user, sent } = await open('call-2', { ui: { panels: ['live'] } });
  const field = screen.getByTestId('live-field');
  await user.type(field, 'Je viens de');
  act(() => void vi.advanceTimersByTime(PAUSE_MS * 3));
  expect(sent('type_live').at(-1)).toEqual({ kind: 'type_live', text: 'Je viens de', done: false });
  expect(field).toHaveValue('Je viens de');
  await user.type(field, ' voir le plan.');
  act(() => void vi.advanceTimersByTime(PAUSE_MS - 500));
  // Whoever goes on in time goes on in the same line.
  await user.type(field, ' Il est bon !');
  act(() => void vi.advanceTimersByTime(PAUSE_MS - 500));
  expect(sent('type_live').filter(({ done }) => done)).toEqual([]);
  act(() => void vi.advanceTimersByTime(500));
  expect(sent('type_live').at(-1)).toEqual({ kind: 'type_live', text: 'Je viens de voir le plan. Il est bon !', done: true });
  expect(field).toHaveValue('');
  expect(field).toHaveFocus();
});

it('speaks that somebody begins, what stands there when they pause, and the rest', async () => {
  const { engine } = await open('call-2');
  const say = (...lines: LiveLine[]) => act(() => engine.patch({ key: 'live_text', value: { lines, readers: 1, by_chat: 0 } }));
  const spoken = () => {
    act(() => void vi.advanceTimersByTime(1000));
    return screen.getByTestId('polite').textContent;
  };
  say(line({ text: 'J' }));
  expect(spoken()).toBe('Sofia Benali écrit en direct');
  say(line());
  expect(spoken()).toBe('Sofia Benali écrit en direct');
  act(() => void vi.advanceTimersByTime(PAUSE_MS));
  expect(spoken()).toBe('Sofia Benali : Je vous');
  say(line({ text: 'Je vous entends.', done: true }));
  expect(spoken()).toBe('Sofia Benali : entends.');
  say(line({ text: 'Je vous entends.', done: true }), line({ id: '2', author: null, text: 'Merci', done: true }));
  expect(spoken()).toBe('Sofia Benali : entends.');
});

it('opens by itself where that is set, once a line, and takes neither the focus nor the place of another panel', async () => {
  const { user, engine } = await open('call-2', { ui: { panels: ['chat'] } });
  const write = (...lines: LiveLine[]) => act(() => engine.patch({ key: 'live_text', value: { lines, readers: 1, by_chat: 0 } }));
  const panel = () => screen.queryByTestId('panel-live');
  write(line());
  expect(panel()).toBeNull();
  act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, live_opens: true } }));
  write(line({ done: true }));
  expect(panel()).toBeNull();
  const field = screen.getByTestId('chat-field');
  act(() => field.focus());
  write(line({ done: true }), line({ id: '2', text: 'V' }));
  expect(panel()).not.toBeNull();
  expect(field).toHaveFocus();
  await user.keyboard('{Control>}{Shift>}x{/Shift}{/Control}');
  expect(panel()).toBeNull();
  write(line({ done: true }), line({ id: '2', text: 'Vous' }));
  expect(panel()).toBeNull();
  await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}');
  write(line({ done: true }), line({ id: '2', text: 'Vous', done: true }), line({ id: '3', text: 'E' }));
  expect(panel()).toBeNull();
  // Asked for, it takes the focus again.
  await user.keyboard('{Control>}{Shift>}x{/Shift}{/Control}');
  expect(screen.getByTestId('live-field')).toHaveFocus();
});

it('follows what is typed, and leaves whoever reads again where they are', async () => {
  const { engine } = await open('call-2', { ui: { panels: ['live'] } });
  const box = screen.getByRole('group', { name: 'Texte en direct' });
  Object.defineProperty(box, 'scrollHeight', { value: 1000 });
  Object.defineProperty(box, 'clientHeight', { value: 200 });
  const write = (text: string) => act(() => engine.patch({ key: 'live_text', value: { lines: [line({ text })], readers: 1, by_chat: 0 } }));
  write('J');
  expect(box.scrollTop).toBe(1000);
  box.scrollTop = 300;
  fireEvent.scroll(box);
  write('Je');
  expect(box.scrollTop).toBe(300);
  box.scrollTop = 790;
  fireEvent.scroll(box);
  write('Je v');
  expect(box.scrollTop).toBe(1000);
});
