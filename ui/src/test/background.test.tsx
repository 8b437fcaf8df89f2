import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { open } from './render';

type User = Awaited<ReturnType<typeof open>>['user'];

async function choose(user: User, name: string) {
  await user.click(screen.getByTestId('set-background').querySelector('button') as HTMLElement);
  await user.click(await screen.findByRole('option', { name }));
}

it('is chosen on the last look, by words', async () => {
  const { user, sent } = await open('prejoin');
  expect(screen.queryByTestId('another-picture')).toBeNull();
  await choose(user, 'Flou léger');
  expect(sent('keep_settings').at(-1)?.settings).toEqual({ ...USUAL, background: 'light' });
  await waitFor(() => expect(screen.getByRole('button', { name: /Flou léger/ })).toBeVisible());
});

it('asks for a picture before there is one, and changes nothing without', async () => {
  const { engine, user, sent } = await open('prejoin');
  await choose(user, 'Image');
  expect(sent('keep_settings')).toHaveLength(0);
  engine.picture('refused');
  await choose(user, 'Image');
  await waitFor(() => expect(screen.getByTestId('background-failure')).toHaveTextContent('pas une image PNG ou JPEG'));
  expect(sent('keep_settings')).toHaveLength(0);
  engine.picture('behind-01ab.png');
  await choose(user, 'Image');
  await waitFor(() => expect(sent('keep_settings').at(-1)?.settings).toEqual({ ...USUAL, background: 'picture', background_picture: 'behind-01ab.png' }));
  expect(screen.getByTestId('background-failure')).toHaveTextContent('');
  // One that was taken once is taken again without a question, and another can be asked for.
  await choose(user, 'Flou fort');
  engine.picture(null);
  await choose(user, 'Image');
  expect(sent('keep_settings').at(-1)?.settings).toMatchObject({ background: 'picture', background_picture: 'behind-01ab.png' });
  engine.picture('behind-02cd.png');
  await user.click(screen.getByTestId('another-picture'));
  await waitFor(() => expect(sent('keep_settings').at(-1)?.settings.background_picture).toBe('behind-02cd.png'));
});

it('is found in the meeting under more, where a camera may be shown', async () => {
  const { engine, user, sent } = await open('call-2');
  await user.click(screen.getByTestId('more'));
  await user.click(await screen.findByTestId('more-background'));
  expect(await screen.findByRole('dialog', { name: 'Arrière-plan' })).toBeVisible();
  await choose(user, 'Flou fort');
  expect(sent('keep_settings').at(-1)?.settings.background).toBe('strong');
  await user.keyboard('{Escape}');
  const { room } = engine.snapshot;
  act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, publish_camera: false } } }));
  await user.click(screen.getByTestId('more'));
  expect(screen.queryByTestId('more-background')).toBeNull();
});
