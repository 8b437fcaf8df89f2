import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { open } from './render';

const chat = '{Control>}{Shift>}m{/Shift}{/Control}';
const hearing = () => screen.getByTestId('hearing').closest('button')!;

it('gives the focus back to what had it before a panel was opened by its shortcut', async () => {
  const { user } = await open('call-9', { ui: { recordingRead: true } });
  // A toolbar hands the focus on to its key that had it last.
  act(() => hearing().focus());
  const tile = document.querySelector<HTMLElement>('[data-tile="person:sofia"]')!;
  act(() => tile.focus());
  await user.keyboard(chat);
  expect(screen.getByTestId('panel-chat')).toContainElement(document.activeElement as HTMLElement);
  await user.keyboard('{Escape}');
  await waitFor(() => expect(tile).toHaveFocus());
});

it('gives it to the key of the panel where that is gone', async () => {
  const { user, engine } = await open('call-9', { ui: { recordingRead: true } });
  act(() => hearing().focus());
  act(() => document.querySelector<HTMLElement>('[data-tile="person:sofia"]')?.focus());
  await user.keyboard(chat);
  act(() => engine.patch({ key: 'participant_gone', value: 'sofia' }));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.getByTestId('toggle-chat')).toHaveFocus());
});

it('goes to the ends of the toolbar by Home and End', async () => {
  const { user } = await open('call-9', { ui: { recordingRead: true } });
  act(() => screen.getByTestId('toggle-camera').focus());
  await user.keyboard('{End}');
  expect(screen.getByTestId('leave')).toHaveFocus();
  await user.keyboard('{Home}');
  expect(hearing()).toHaveFocus();
});
