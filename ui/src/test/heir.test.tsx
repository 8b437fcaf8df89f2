import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { open } from './render';

const height = window.innerHeight;
afterEach(() => {
  window.innerHeight = height;
});

const leave = () => screen.getByTestId('leave');

it.each([
  ['beside the banner', 800],
  ['in a low window', 350],
])('goes from the key to a window of its own to the key that shows that, and back: %s', async (_, innerHeight) => {
  window.innerHeight = innerHeight;
  const { engine, user } = await open('call-share');
  // A toolbar hands the focus on to its key that had it last.
  act(() => leave().focus());
  act(() => screen.getByTestId('to-window').focus());
  await user.keyboard('{Enter}');
  expect(engine.snapshot.share_window).toBe(true);
  await waitFor(() => expect(screen.getByTestId('share-window-show')).toHaveFocus());
  act(() => engine.patch({ key: 'share_window', value: false }));
  await waitFor(() => expect(screen.getByTestId('to-window')).toHaveFocus());
});

it('goes from a shared picture to the key that shows its window, and back to the picture under a message', async () => {
  const { engine } = await open('call-share');
  const picture = () => document.querySelector<HTMLElement>('[data-tile^="screen:"]');
  act(() => picture()?.focus());
  act(() => engine.patch({ key: 'share_window', value: true }));
  await waitFor(() => expect(screen.getByTestId('share-window-show')).toHaveFocus());
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAM-STOP-59', 'retry')] }, { key: 'share_window', value: false }));
  await waitFor(() => expect(picture()).toHaveFocus());
});

it('goes from the menu of a shared picture to the key that shows its window', async () => {
  const { engine, user } = await open('call-share');
  act(() => document.querySelector<HTMLElement>('[data-tile^="screen:"]')?.focus());
  act(() => screen.getByRole('button', { name: /^Actions pour Écran/ }).focus());
  await user.keyboard('{Enter}');
  const menu = await screen.findByRole('menu');
  act(() => within(menu).getByText('Dans une fenêtre').closest<HTMLElement>('[role="menuitem"]')?.focus());
  await user.keyboard('{Enter}');
  expect(engine.snapshot.share_window).toBe(true);
  await waitFor(() => expect(screen.getByTestId('share-window-show')).toHaveFocus());
});
