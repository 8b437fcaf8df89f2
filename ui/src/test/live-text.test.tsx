import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveLine } from '../engine/contract';
import { WAITS_MS } from '../panels/Fate';
import { LEAVES_MS, PAUSE_MS } from '../panels/LiveText';
import { expectAccessible, open } from './render';

beforeEach(() => void vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => void vi.useRealTimers());

const line = (more: Partial<LiveLine> = {}): LiveLine => ({ id: '1', author: 'sofia', author_name: 'Sofia Benali', text: 'Je vous', done: false, at: 1, sending: 'sent', ...more });

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

it('counts what nobody has read here, on its key, and on the one that it is behind in a narrow window', async () => {
  const { user, engine } = await open('call-2');
  const write = (...lines: LiveLine[]) => act(() => engine.patch({ key: 'live_text', value: { lines, readers: 1, by_chat: 0 } }));
  const said = line({ done: true, text: 'Je demande la parole.' });
  write(said);
  expect(screen.getByRole('button', { name: 'Texte en direct, 1 phrase en direct non lue' })).toHaveTextContent('1');
  write(said, line({ id: '2', text: 'Et' }));
  expect(screen.getByRole('button', { name: 'Texte en direct, Sofia Benali écrit en direct, 1 phrase en direct non lue' })).toHaveTextContent('2');
  const toolbar = screen.getByRole('toolbar');
  Object.defineProperty(toolbar, 'clientWidth', { value: 560 });
  act(() => void window.dispatchEvent(new Event('resize')));
  expect(screen.queryByTestId('toggle-live')).toBeNull();
  const more = screen.getByRole('button', { name: 'Plus, Sofia Benali écrit en direct, 1 phrase en direct non lue' });
  expect(more).toHaveTextContent('2');
  await expectAccessible();
  await user.keyboard('{Control>}{Shift>}x{/Shift}{/Control}');
  await user.keyboard('{Control>}{Shift>}x{/Shift}{/Control}');
  write(said, line({ id: '2', text: 'Et', done: true }));
  expect(screen.getByTestId('more')).toHaveAccessibleName('Plus');
  // A letter more is something new, one's own is none.
  write(said, line({ id: '2', text: 'Et voilà', done: true }), line({ id: '3', author: null, text: 'Oui' }));
  expect(screen.getByTestId('more')).toHaveAccessibleName('Plus, 1 phrase en direct non lue');
});

it('lays each line out in the direction of its own letters', async () => {
  const { engine } = await open('call-2', { ui: { panels: ['live'] } });
  act(() => engine.patch({ key: 'live_text', value: { lines: [line({ text: 'مرحبا، هل تسمعني؟' })], readers: 1, by_chat: 0 } }));
  expect(screen.getByText('مرحبا، هل تسمعني؟')).toHaveAttribute('dir', 'auto');
  expect(screen.getByTestId('live-field')).toHaveAttribute('dir', 'auto');
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

it('says to whoever reads again that it goes on, and leads back to the end by a key, by hand, or when one writes', async () => {
  const { user, engine } = await open('call-2', { ui: { panels: ['live'] } });
  const box = screen.getByRole('group', { name: 'Texte en direct' });
  Object.defineProperty(box, 'scrollHeight', { value: 1000 });
  Object.defineProperty(box, 'clientHeight', { value: 200 });
  const write = (text: string, readers = 1) => act(() => engine.patch({ key: 'live_text', value: { lines: [line({ text })], readers, by_chat: 0 } }));
  const scrollTo = (top: number) => {
    box.scrollTop = top;
    fireEvent.scroll(box);
  };
  write('Je');
  scrollTo(300);
  // Somebody who can read it is no text.
  write('Je', 2);
  expect(screen.queryByTestId('live-more')).toBeNull();
  write('Je v');
  expect(box.scrollTop).toBe(300);
  const key = screen.getByRole('button', { name: 'Nouveau texte plus bas' });
  await expectAccessible();
  await user.click(key);
  expect(box.scrollTop).toBe(1000);
  expect(screen.queryByTestId('live-more')).toBeNull();
  write('Je vo');
  expect(box.scrollTop).toBe(1000);
  scrollTo(300);
  write('Je vou');
  expect(screen.getByTestId('live-more')).toBeVisible();
  scrollTo(800);
  expect(screen.queryByTestId('live-more')).toBeNull();
  scrollTo(300);
  write('Je vous');
  await user.type(screen.getByTestId('live-field'), 'B');
  expect(box.scrollTop).toBe(1000);
  expect(screen.queryByTestId('live-more')).toBeNull();
});

it('takes one line above the end for the end, however large the letters are', async () => {
  const { engine } = await open('call-2', { ui: { panels: ['live'] } });
  const box = screen.getByRole('group', { name: 'Texte en direct' });
  Object.defineProperty(box, 'scrollHeight', { value: 1000 });
  Object.defineProperty(box, 'clientHeight', { value: 200 });
  const write = (text: string) => act(() => engine.patch({ key: 'live_text', value: { lines: [line({ text })], readers: 1, by_chat: 0 } }));
  box.style.lineHeight = '44px';
  box.scrollTop = 756;
  fireEvent.scroll(box);
  write('J');
  expect(box.scrollTop).toBe(1000);
  box.scrollTop = 700;
  fireEvent.scroll(box);
  write('Je');
  expect(box.scrollTop).toBe(700);
});

it('says where nothing can be written, and has no field there', async () => {
  const { engine } = await open('call-2', { ui: { panels: ['live'] } });
  const { room } = engine.snapshot;
  act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, send_data: false } } }));
  expect(screen.queryByTestId('live-field')).toBeNull();
  expect(screen.queryByTestId('live-readers')).toBeNull();
  expect(screen.getByTestId('live-closed')).toHaveTextContent('Cette salle ne laisse rien écrire.');
  await expectAccessible();
});

it('calls nothing sent that has not left', async () => {
  const { user, engine, sent } = await open('call-2', { ui: { panels: ['live'] } });
  const write = (sending: LiveLine['sending']) => act(() => engine.patch({ key: 'live_text', value: { lines: [line({ author: null, text: 'Attendez', done: true, sending })], readers: 1, by_chat: 0 } }));
  write('waiting');
  act(() => void vi.advanceTimersByTime(WAITS_MS));
  expect(screen.getByRole('article', { name: 'Vous' })).toHaveTextContent('Pas encore envoyé');
  write('failed');
  await user.click(screen.getByTestId('send-again'));
  expect(sent('send_again')).toEqual([{ kind: 'send_again', id: '1' }]);
  write('sent');
  expect(screen.getByRole('article', { name: 'Vous, envoyé' })).not.toHaveTextContent('Non envoyé');
});
