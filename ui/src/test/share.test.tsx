import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { expectAccessible, nextFrame, open, openShare } from './render';
import { STAGE } from './setup';

it('gives the shared screen a window of its own, and its room to the others', async () => {
  const { engine, user, sent } = await open('call-share');
  const shown = () => sent('stage').at(-1)?.layout.tiles.map((tile) => tile.track) ?? [];
  await act(nextFrame);
  expect(shown()).toContain('julien-screen');
  // In the bar above the stage: whoever looks has to point at nothing.
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

it('has the keys of a meeting, and shows and says what they do', async () => {
  const { engine, user, sent } = await openShare('call-share');
  await user.keyboard('{Control>}d{/Control}');
  expect(sent('set_microphone_on')).toEqual([{ kind: 'set_microphone_on', on: false }]);
  expect(screen.getByTestId('share-told')).toHaveTextContent('Micro coupé');
  expect(screen.getByTestId('assertive')).toHaveTextContent('Micro coupé');
  await user.keyboard('{v>}');
  expect(sent('talk')).toEqual([{ kind: 'talk', on: true }]);
  act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, microphone_on: true, hearing: 'heard' } }));
  expect(screen.getByTestId('share-told')).toHaveTextContent('On vous entend');
  await user.keyboard('{/v}');
  expect(sent('talk').at(-1)).toEqual({ kind: 'talk', on: false });
  await user.keyboard('{v>}');
  act(() => void window.dispatchEvent(new Event('blur')));
  expect(sent('talk').at(-1)).toEqual({ kind: 'talk', on: false });
  await user.keyboard('{/v}');
  await user.keyboard('{Control>}e{/Control}');
  expect(sent('set_camera_on')).toHaveLength(1);
  expect(screen.getByTestId('share-told')).toHaveTextContent('Caméra coupée');
  await user.keyboard('{Control>}{Shift>}h{/Shift}{/Control}');
  expect(sent('raise_hand')).toEqual([{ kind: 'raise_hand', up: true }]);
  expect(screen.getByTestId('share-told')).toHaveTextContent('Votre main est levée');
  await user.keyboard('{Control>}{Shift>}y{/Shift}{/Control}');
  await waitFor(() => expect(screen.getByTestId('assertive')).toHaveTextContent(/Caméra coupée.* personnes/));
  await expectAccessible();
});

it('leaves it to the meeting’s own window to say that the microphone is off, where both are heard', async () => {
  const { engine, user } = await openShare('call-share', { shell: { announces: true } });
  const me = (change: Partial<typeof engine.snapshot.me>) => act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, ...change } }));
  await user.keyboard('{Control>}d{/Control}');
  expect(screen.getByTestId('share-told')).toHaveTextContent('Micro coupé');
  expect(screen.getByTestId('assertive')).toBeEmptyDOMElement();
  await user.keyboard('{Control>}d{/Control}');
  expect(screen.getByTestId('assertive')).toHaveTextContent('Micro allumé');
  // Of a lost connection the other window says no more than that.
  me({ hearing: 'lost' });
  await user.keyboard('{Control>}d{/Control}');
  await waitFor(() => expect(screen.getByTestId('assertive')).toHaveTextContent('Micro coupé'));
});

it('asks whether to leave in the meeting’s own window', async () => {
  const { engine, user, sent } = await openShare('call-share');
  await user.keyboard('{Control>}{Shift>}w{/Shift}{/Control}');
  expect(engine.fronts).toEqual([true]);
  expect(sent('leave')).toEqual([]);
  // That window may stay behind.
  expect(screen.getByTestId('share-told')).toHaveTextContent('Encore une fois pour quitter la réunion.');
});

it('keeps the front while the keys that leave are held: there they would be pressed a second time', async () => {
  const { engine, user } = await openShare('call-share');
  await user.keyboard('{Control>}{Shift>}{w>3}');
  expect(engine.fronts).toEqual([]);
  await user.keyboard('{/w}{/Shift}{/Control}');
  expect(engine.fronts).toEqual([true]);
  // What is let go elsewhere asked for nothing here.
  await user.keyboard('{Control>}{Shift>}{w>}');
  act(() => void window.dispatchEvent(new Event('blur')));
  await user.keyboard('{/w}{/Shift}{/Control}');
  expect(engine.fronts).toEqual([true]);
});

it('shows a hand as it was asked for, once the server has it so', async () => {
  const { engine, user } = await openShare('call-share');
  const { command } = engine;
  // The server takes its time.
  engine.command = async (asked) => (asked.kind === 'raise_hand' ? undefined : command(asked));
  const hand = (rank: number | null) => act(() => engine.patch({ key: 'me', value: { ...engine.snapshot.me, hand: rank } }));
  const press = () => user.keyboard('{Control>}{Shift>}h{/Shift}{/Control}');
  await press();
  expect(screen.queryByTestId('share-told')).toBeNull();
  hand(2);
  expect(screen.getByTestId('share-told')).toHaveTextContent('Votre main est levée, rang 2');
  await press();
  expect(screen.queryByTestId('share-told')).toBeNull();
  hand(null);
  expect(screen.getByTestId('share-told')).toHaveTextContent('Votre main est baissée');
});

it('gives a key the only screen where nothing has the focus, and a held one speaks once', async () => {
  const { sent } = await openShare('call-share');
  await act(nextFrame);
  fireEvent.keyDown(document.body, { key: 'v', code: 'KeyV' });
  expect(sent('talk')).toHaveLength(1);
  expect(screen.getByTestId('tile')).toHaveFocus();
  fireEvent.keyUp(document.body, { key: 'v', code: 'KeyV' });
  expect(sent('talk')).toHaveLength(2);
});

it('does not let the page take a key as well that the screen took, and no other', async () => {
  await openShare('call-share');
  await act(nextFrame);
  const keyDown = (init: KeyboardEventInit) => {
    act(() => (document.activeElement as HTMLElement).blur());
    return fireEvent.keyDown(document.body, init);
  };
  expect(keyDown({ key: '+', code: 'NumpadAdd' })).toBe(false);
  expect(screen.getByTestId('tile')).toHaveFocus();
  expect(keyDown({ key: 'ArrowDown', code: 'ArrowDown' })).toBe(false);
  expect(keyDown({ key: 'x', code: 'KeyX' })).toBe(true);
});

it('goes from the tabs to the screens by F6, and is called by its name in each language', async () => {
  const { engine, texts, user } = await openShare('call-shares');
  await act(nextFrame);
  const region = () => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
  await user.keyboard('{F6}');
  expect(region()).toBe('shares');
  await user.keyboard('{F6}');
  expect(region()).toBe('stage');
  await user.keyboard('{Shift>}{F6}{/Shift}');
  expect(region()).toBe('shares');
  expect(engine.titles).toEqual(['Contenu partagé, Visavis']);
  await act(async () => void (await texts.changeLanguage('en')));
  expect(engine.titles.at(-1)).toBe('Shared content, Visavis');
});
