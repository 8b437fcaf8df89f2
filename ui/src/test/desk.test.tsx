import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { expectAccessible, open } from './render';

it('is asked once whether the meeting is left with the window', async () => {
  const { user, engine } = await open('call-2');
  act(() => engine.askToClose());
  expect(await screen.findByRole('dialog', { name: /^Quitter la réunion/ })).toBeVisible();
  expect(screen.getByTestId('closing-stay')).toHaveFocus();
  await expectAccessible();
  await user.keyboard('{Enter}');
  expect(engine.closings).toEqual([false]);
  expect(screen.queryByRole('dialog')).toBeNull();
  act(() => engine.askToClose());
  await user.keyboard('{Escape}');
  act(() => engine.askToClose());
  await user.click(screen.getByTestId('closing-close'));
  expect(engine.closings).toEqual([false, false, true]);
});

it('keeps the tray as things are, in the language of the window', async () => {
  const { engine } = await open('call-2');
  await waitFor(() => expect(engine.trays.at(-1)).toMatchObject({ shape: 'call', title: engine.snapshot.room.name }));
  const labels = () => engine.trays.at(-1)?.items.map(({ label }) => label);
  expect(labels()).toEqual(['Couper le micro', 'Couper la caméra', 'Lever la main', '', 'Afficher Visavis', 'Quitter la réunion', '', 'Diagnostic réseau', 'Réglages', 'Quitter Visavis']);
  const told = engine.trays.length;
  act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, microphone_on: false } }));
  expect(engine.trays.at(-1)?.shape).toBe('muted');
  expect(labels()?.[0]).toBe('Rallumer le micro');
  act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, name: 'Camille R.' } }));
  expect(engine.trays.length, 'nothing that it shows has changed').toBe(told + 1);
});
