import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { expectAccessible, nextFrame, open, openShare } from './render';
import { STAGE } from './setup';

it('gives the shared screen a window of its own, and its room to the others', async () => {
  const { engine, user, sent } = await open('call-share');
  const shown = () => sent('stage').at(-1)?.layout.tiles.map((tile) => tile.track) ?? [];
  await act(nextFrame);
  expect(shown()).toContain('julien-screen');
  expect(screen.queryByRole('button', { name: 'Dans une fenêtre' })).toBeNull();
  act(() => document.querySelector<HTMLElement>('[data-tile="screen:julien"]')?.focus());
  await user.click(screen.getByRole('button', { name: 'Dans une fenêtre' }));
  expect(engine.snapshot.share_window).toBe(true);
  await act(nextFrame);
  expect(shown()).not.toContain('julien-screen');
  expect(shown()).toContain('julien-camera');
  expect(screen.getByTestId('stage')).toHaveAttribute('data-layout', 'grid');
  expect(screen.getByTestId('banner')).toHaveTextContent('Le contenu partagé est dans sa propre fenêtre.');
  await expectAccessible();
  act(() => engine.patch({ key: 'share_window', value: false }));
  await act(nextFrame);
  expect(shown()).toContain('julien-screen');
  expect(screen.queryByTestId('banner')).toBeNull();
});

it('shows the shared screen alone and whole, and follows it', async () => {
  const { engine } = await openShare('call-share');
  await act(nextFrame);
  const last = () => engine.sent.at(-1);
  const rect = { x: 0, y: 0, ...STAGE };
  expect(last()).toMatchObject({ kind: 'share_stage', layout: { tiles: [{ track: 'julien-screen', fit: 'contain', rect }] } });
  expect(engine.sent.every((command) => command.kind === 'share_stage')).toBe(true);
  expect(screen.getByRole('group', { name: 'Écran de Julien Marchand' })).toBeVisible();
  await expectAccessible();
  const julien = engine.snapshot.participants['julien'];
  const sofia = engine.snapshot.participants['sofia'];
  if (julien === undefined || sofia === undefined) throw new Error('nobody there');
  const also = julien.publications.filter((one) => one.source === 'screen_share').map((one) => ({ ...one, track: 'sofia-screen', stopped: true }));
  act(() => engine.patch({ key: 'participant', value: { ...sofia, publications: [...sofia.publications, ...also] } }));
  await act(nextFrame);
  expect(screen.getAllByTestId('tile')).toHaveLength(2);
  expect(screen.getByRole('group', { name: 'Écran de Sofia Benali, Image arrêtée' })).toBeVisible();
  act(() => engine.patch({ key: 'participant_gone', value: 'julien' }, { key: 'participant_gone', value: 'sofia' }));
  await act(nextFrame);
  expect(last()).toMatchObject({ kind: 'share_stage', layout: { tiles: [] } });
});
