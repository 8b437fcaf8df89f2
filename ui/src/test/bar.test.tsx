import { act, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import { expectAccessible, nextFrame, openBar } from './render';

const sentence = () => screen.getByTestId('bar').dataset['sentence'];
const text = () => screen.getByTestId('bar-text');

it('has the picture of who speaks, a sentence and the keys of a meeting', async () => {
  const { engine, user } = await openBar('call-2');
  await act(nextFrame);
  expect(engine.sent.at(-1)).toMatchObject({ kind: 'share_stage' });
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Couper le micro' }));
  expect(engine.sent.at(-1)).toEqual({ kind: 'set_microphone_on', on: false });
  await user.click(screen.getByTestId('bar-back'));
  expect(engine.fronts).toHaveLength(1);
});

it('counts what others write while it is there', async () => {
  const { engine } = await openBar('call-2');
  expect(screen.queryByTestId('bar-unread')).toBeNull();
  const message = { author: 'x', author_name: 'Sofia', own: false, text: 'Bonjour', at: 0, edited: false, sending: 'sent' as const };
  act(() => engine.patch({ key: 'message', value: { ...message, id: 'm1' } }, { key: 'message', value: { ...message, id: 'm2' } }, { key: 'message', value: { ...message, id: 'm3', own: true } }));
  expect(screen.getByTestId('bar-unread')).toHaveTextContent('2');
  expect(screen.getByRole('button', { name: 'Revenir à la réunion, 2 messages non lus' })).toBeVisible();
  await expectAccessible();
});

it('leaves with the second press', async () => {
  const { engine, user } = await openBar('call-2');
  await user.click(screen.getByTestId('bar-leave'));
  expect(engine.sent.filter(({ kind }) => kind === 'leave')).toHaveLength(0);
  expect(screen.getByRole('button', { name: 'Quitter maintenant' })).toHaveTextContent('Quitter ?');
  await user.click(screen.getByTestId('bar-leave'));
  expect(engine.sent.at(-1)).toEqual({ kind: 'leave' });
});

it('says what matters most, and who waits at the door until that is answered', async () => {
  const { engine, user } = await openBar('call-2');
  const { room, together, me } = engine.snapshot;
  act(() =>
    engine.patch(
      { key: 'room', value: { ...room, capabilities: { ...room.capabilities, moderate: true } } },
      { key: 'together', value: { ...together, waiting: [{ id: 'w1', name: 'Paul Thévenet', color: null }] } },
    ),
  );
  expect(sentence()).toBe('waits');
  expect(text()).toHaveTextContent('Paul Thévenet demande à entrer');
  await expectAccessible();
  await user.click(screen.getByTestId('bar-later'));
  expect(sentence()).not.toBe('waits');
  act(() => engine.patch({ key: 'together', value: { ...together, waiting: [{ id: 'w2', name: 'Zoé', color: null }] } }));
  await user.click(screen.getByRole('button', { name: 'Admettre' }));
  expect(engine.sent.at(-1)).toEqual({ kind: 'admit', waiter: 'w2' });
  act(() => engine.patch({ key: 'me', value: { ...me, microphone_on: false } }, { key: 'issues', value: [issue('VIS-MIC-MUTED-66', 'turn_on_microphone')] }));
  expect(sentence()).toBe('nobodyHears');
  expect(screen.getByTestId('bar-microphone')).toHaveTextContent('Rallumer');
  act(() => engine.patch({ key: 'together', value: { ...together, waiting: [] } }, { key: 'issues', value: [issue('VIS-MIC-LOCK-74', 'turn_on_microphone')] }));
  expect(['locked', 'speaks']).toContain(sentence());
});

it('says what is shared, and pauses and stops it', async () => {
  const { engine, user } = await openBar('call-2');
  const active = { kind: 'window' as const, title: 'Compte rendu.odt', own: false, mode: 'automatic' as const, size: { width: 800, height: 600 }, moving: false, published: true, paused: false, hidden: false, sound: 'off' as const, seen_by: 5 };
  const share = (change: object) => engine.patch({ key: 'sharing', value: { ...engine.snapshot.sharing, active: { ...active, ...change } } });
  act(() => share({}));
  expect(sentence()).toBe('shares');
  expect(text()).toHaveTextContent('Vous partagez la fenêtre « Compte rendu.odt ».5 personnes le voient.');
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Pause' }));
  expect(engine.sent.at(-1)).toEqual({ kind: 'pause_share', paused: true });
  act(() => share({ paused: true }));
  await user.click(screen.getByRole('button', { name: 'Reprendre' }));
  expect(engine.sent.at(-1)).toEqual({ kind: 'pause_share', paused: false });
  expect(screen.queryByTestId('bar-leave')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Arrêter le partage' }));
  expect(engine.sent.filter(({ kind }) => kind !== 'share_stage').at(-1)).toEqual({ kind: 'stop_share' });
});

it('leaves it to the meeting’s own window to say what changes', async () => {
  const { engine } = await openBar('reconnecting', { shell: { announces: true } });
  const { phase } = engine.snapshot;
  if (phase.kind !== 'in_meeting') throw new Error('not in a meeting');
  act(() => engine.patch({ key: 'phase', value: { ...phase, reconnecting_for: 21 } }));
  await act(nextFrame);
  expect(text()).toHaveTextContent('21 s');
  expect(text().closest('[role="status"], [role="alert"], [aria-live]')).toBeNull();
  expect(engine.announced).toEqual([]);
});

it('leaves the words of sound and picture as they are', async () => {
  const { engine } = await openBar('call-2', { shell: { locale: 'de-DE' } });
  act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, microphone_on: false, hearing: 'off', camera_on: false, seeing: 'off' } }));
  expect(text()).toHaveTextContent('Mikrofon aus · Kamera aus');
});
