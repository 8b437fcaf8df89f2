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

it('tells what others write, in the tray and by a notice, until the window is looked at', async () => {
  const { engine } = await open('call-2');
  const message = { id: 'm1', author: 'x', author_name: 'Sofia <b>', own: false, text: 'Bonjour\nà tous', at: 0, edited: false, sending: 'sent' as const };
  act(() => engine.patch({ key: 'message', value: message }));
  await waitFor(() => expect(engine.trays.at(-1)?.title).toBe(`${engine.snapshot.room.name}, 1 message non lu`));
  expect(engine.notices.get('message')).toMatchObject({ title: 'Nouveau message', body: 'Sofia <b>\u00a0: Bonjour', actions: [{ label: 'Voir', command: null }] });
  act(() => void window.dispatchEvent(new Event('focus')));
  expect([...engine.notices.keys()]).not.toContain('message');
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

it.each(['ended', 'error-vis-net-off-01', 'prejoin'])('goes home with a link that is pasted from the tray: %s', async (scene) => {
  const { engine, sent } = await open(scene);
  engine.clipboard('https://visio.agglo.example/abc-defg-hij');
  act(() => engine.askToPaste());
  await waitFor(() => expect(screen.getByTestId('link-field')).toHaveValue('https://visio.agglo.example/abc-defg-hij'));
  expect(screen.getByTestId('link-field')).toHaveFocus();
  expect(sent('leave')).toHaveLength(1);
});

it('goes home with it in a first start too, past the welcome', async () => {
  const { engine } = await open('prejoin', { shell: { automation: false } });
  act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, welcomed: false } }, { key: 'home', value: { ...engine.snapshot.home, recent: [] } }));
  engine.clipboard('https://visio.agglo.example/abc-defg-hij');
  act(() => engine.askToPaste());
  await waitFor(() => expect(screen.getByTestId('link-field')).toHaveValue('https://visio.agglo.example/abc-defg-hij'));
});

it('passes over the welcome for it, and says at home where there is nothing to paste', async () => {
  const { engine, sent } = await open('home-first', { shell: { automation: false } });
  expect(screen.getByTestId('welcome')).toBeVisible();
  act(() => engine.askToPaste());
  expect(await screen.findByText('Le presse-papiers ne contient pas de texte.')).toBeVisible();
  expect(screen.queryByTestId('welcome')).toBeNull();
  expect([sent('leave'), sent('keep_settings')]).toEqual([[], []]);
});

it('does not leave the door for it', async () => {
  const { engine, sent } = await open('lobby');
  act(() => engine.askToPaste());
  expect(sent('leave')).toEqual([]);
  expect(document.body.dataset['phase']).toBe('lobby');
});
