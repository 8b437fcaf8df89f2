import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { ParticipantView } from '../engine/contract';
import { person } from '../engine/fake/scenarios';
import { expectAccessible, nextFrame, open } from './render';

type Opened = Awaited<ReturnType<typeof open>>;
const tiles = () => screen.getAllByTestId('tile');
const tile = (key: string) => document.querySelector<HTMLElement>(`[data-tile="${key}"]`) ?? document.body;
/** Where every tile is. */
const places = () =>
  Object.fromEntries(tiles().map((one) => [one.dataset['tile'], [one.style.left, one.style.top, one.style.width, one.style.height].join()]));
const edit = ({ engine }: Opened, id: string, change: Partial<ParticipantView>) => {
  const someone = engine.snapshot.participants[id];
  if (someone === undefined) throw new Error(`no ${id}`);
  act(() => engine.patch({ key: 'participant', value: { ...someone, ...change } }));
};

describe('the interpreter', () => {
  it('is marked from the tile and from the list, shown uncropped and smooth, and said', async () => {
    const opened = await open('call-9', { ui: { panels: ['people'] } });
    const { user, sent } = opened;
    act(() => tile('person:julien').focus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Interprète' }));
    await act(nextFrame);
    const shown = () => sent('stage').at(-1)?.layout.tiles ?? [];
    expect(shown().filter((one) => one.smooth)).toEqual([expect.objectContaining({ track: 'julien-camera', fit: 'contain', smooth: true })]);
    expect(tile('person:julien')).toHaveAccessibleName('Julien Marchand, interprète, anime');
    expect(tile('person:julien')).toHaveAttribute('data-signer');
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Julien Marchand reste à l’écran comme interprète'));
    await expectAccessible();
    // Another takes the place.
    const row = screen.getAllByTestId('person').find((one) => one.dataset['participant'] === 'sofia') ?? document.body;
    await user.click(within(row).getByTestId('person-menu'));
    await user.click(await screen.findByRole('menuitem', { name: 'Interprète' }));
    await act(nextFrame);
    expect(shown().filter((one) => one.smooth).map((one) => one.track)).toEqual(['sofia-camera']);
    expect(row).toHaveTextContent('interprète');
    await user.click(within(row).getByTestId('person-menu'));
    await user.click(await screen.findByRole('menuitem', { name: 'Ne plus montrer comme interprète' }));
    await act(nextFrame);
    expect(shown().some((one) => one.smooth)).toBe(false);
  });

  it('is on every page, and keeps their place', async () => {
    const { user } = await open('call-30', { ui: { interpreter: { id: 'sofia', name: '' } } });
    const place = places()['person:sofia'];
    await user.keyboard('{Alt>}{PageDown}{/Alt}');
    expect(screen.getByText('Page 2 sur 2')).toBeVisible();
    expect(places()['person:sofia']).toBe(place);
  });

  it('is found again when they come back, and when we do', async () => {
    const opened = await open('call-9', { ui: {} });
    const { engine, user } = opened;
    act(() => tile('person:julien').focus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Interprète' }));
    const julien = engine.snapshot.participants['julien'];
    if (julien === undefined) throw new Error('no Julien');
    act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
    expect(document.querySelector('[data-signer]')).toBeNull();
    act(() => engine.patch({ key: 'participant', value: { ...julien, order: 40 } }));
    expect(tile('person:julien')).toHaveAttribute('data-signer');
    const { phase } = engine.snapshot;
    if (phase.kind !== 'in_meeting') throw new Error('not in a meeting');
    act(() => engine.patch({ key: 'phase', value: { kind: 'joining', link: phase.link, step: 1 } }));
    act(() => engine.patch({ key: 'phase', value: phase }));
    expect(tile('person:julien')).toHaveAttribute('data-signer');
    // Another meeting begins without.
    act(() => engine.patch({ key: 'phase', value: { kind: 'home' } }));
    act(() => engine.patch({ key: 'phase', value: { ...phase, link: { ...phase.link, room: 'another' } } }));
    expect(document.querySelector('[data-signer]')).toBeNull();
  });
});

it('shows nothing on a tile that is text of the page: a reader would be given it beside the name, hidden or not', async () => {
  await open('call-9');
  // What is said in the middle of a tile is no copy of a name.
  expect(tiles().filter((one) => one.textContent !== '').map((one) => one.dataset['participant'])).toEqual(['lien']);
  const bernard = tile('person:bernard');
  expect(bernard.querySelector('[data-initials]')).toHaveAttribute('data-initials', 'BL');
  expect([...bernard.querySelectorAll<HTMLElement>('[data-words]')].map((one) => one.dataset['words'])).toEqual(['Bernard Lenoir', 'au téléphone', '2']);
  expect(bernard).toHaveAccessibleName('Bernard Lenoir, au téléphone, micro coupé, sans vidéo, main levée, rang 2');
});

describe('pins', () => {
  it('come by their key with the letters locked as capitals too', async () => {
    await open('call-9');
    fireEvent.keyDown(tile('person:nadia'), { key: 'P', code: 'KeyP', shiftKey: true });
    expect(tile('person:nadia')).not.toHaveAccessibleName(/à l’écran en permanence$/);
    fireEvent.keyDown(tile('person:nadia'), { key: 'P', code: 'KeyP' });
    expect(tile('person:nadia')).toHaveAccessibleName(/à l’écran en permanence$/);
  });

  it('are several, each taken away by itself, and all by a grid', async () => {
    const { user } = await open('call-9');
    act(() => tile('person:nadia').focus());
    await user.keyboard('p');
    act(() => tile('person:julien').focus());
    await user.keyboard('p');
    expect(tiles().slice(0, 2).map((one) => one.dataset['tile'])).toEqual(['person:nadia', 'person:julien']);
    expect(tile('person:nadia')).toHaveAccessibleName(/à l’écran en permanence$/);
    act(() => tile('person:nadia').focus());
    await user.keyboard('p');
    expect(tiles()[0]?.dataset['tile']).toBe('person:julien');
    expect(tile('person:nadia')).not.toHaveAccessibleName(/à l’écran en permanence$/);
    await user.click(screen.getByTestId('layout'));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Grille' }));
    expect(screen.getByTestId('stage')).toHaveAttribute('data-layout', 'grid');
    expect(tile('person:julien')).not.toHaveAccessibleName(/à l’écran en permanence$/);
  });

  it('stay in the layout that shows one person large', async () => {
    const { user } = await open('call-9');
    act(() => tile('person:nadia').focus());
    await user.keyboard('p');
    await user.click(screen.getByTestId('layout'));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Une personne en grand' }));
    expect(tiles()[0]?.dataset['tile']).toBe('person:nadia');
    expect(tile('person:nadia')).toHaveAccessibleName(/à l’écran en permanence$/);
  });
});

describe('what somebody changes in the layout', () => {
  const said = (text: string) => waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent(text));

  it('is said: pinned by key and by menu, on a tile and in the list', async () => {
    const { user } = await open('call-9', { ui: { panels: ['people'] } });
    act(() => tile('person:julien').focus());
    await user.keyboard('p');
    await said('Julien Marchand, à l’écran en permanence');
    const row = screen.getAllByTestId('person').find((one) => one.dataset['participant'] === 'julien') ?? document.body;
    await user.click(within(row).getByTestId('person-menu'));
    await user.click(await screen.findByRole('menuitem', { name: 'Ne plus épingler' }));
    // Heard, *plus* without *ne* is as much as *more*.
    await said('Julien Marchand : fin de l’affichage en permanence');
    act(() => tile('self').focus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: /^Épingler/ }));
    await said('Vous, à l’écran en permanence');
  });

  it('names people as it is set, and shared content as theirs', async () => {
    const { user, engine } = await open('call-share');
    act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, spoken_name: 'first' } }));
    const screenTile = document.querySelector<HTMLElement>('[data-tile^="screen:"]') ?? document.body;
    const first = (screenTile.getAttribute('aria-label') ?? '').replace(/^Écran (?:de |d’)/, '').split(' ')[0];
    act(() => screenTile.focus());
    await user.keyboard('p');
    await said(`Écran de ${first}, à l’écran en permanence`);
    act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, spoken_name: 'nobody' } }));
    act(() => document.querySelector<HTMLElement>('[data-tile^="screen:"]')?.focus());
    await user.keyboard('p');
    await said('Écran partagé : fin de l’affichage en permanence');
  });

  it('is said: the own picture hidden and shown', async () => {
    const { user } = await open('call-2');
    act(() => tile('self').focus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Masquer ma vue' }));
    await said('Votre vue est masquée');
    await user.click(screen.getByTestId('more'));
    await user.click(await screen.findByRole('menuitem', { name: 'Afficher ma vue' }));
    await said('Votre vue est affichée');
  });
});

describe('the own picture', () => {
  it('is cut into the large one with a round corner, over pictures that are painted over the page too', async () => {
    const { sent, engine } = await open('call-2');
    await act(nextFrame);
    const covers = () => sent('stage').at(-1)?.layout.covers ?? [];
    expect(covers()).toContainEqual({ x: 1016, y: 518, width: 248, height: 1 });
    expect(covers()).toContainEqual({ x: 1000, y: 535, width: 8, height: 135 });
    const radii = () => sent('stage').at(-1)?.layout.tiles.map(({ radius }) => radius);
    expect(radii()).toEqual([12, 12]);
    act(() => engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, contrast: 'more' } }));
    await act(nextFrame);
    expect(covers()).toContainEqual({ x: 1000, y: 518, width: 264, height: 8 });
    expect(radii()).toEqual([0, 0]);
  });

  it('goes between the four corners by keys and by the menu, keeps the focus, and is said', async () => {
    const { user, sent } = await open('call-2');
    await act(nextFrame);
    act(() => tile('self').focus());
    await user.keyboard('{Shift>}{ArrowLeft}{/Shift}');
    expect(places()['self']).toBe('0px,526px,256px,144px');
    expect(tile('self')).toHaveFocus();
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Votre vue est en bas à gauche'));
    await user.keyboard('{Shift>}{ArrowUp}{ArrowUp}{/Shift}');
    expect(places()['self']).toBe('0px,0px,256px,144px');
    await act(nextFrame);
    expect(sent('stage').at(-1)?.layout.tiles.map((one) => [one.track, one.rect.x, one.rect.y])).toEqual([['sofia-camera', 0, 0], ['local-camera', 0, 0]]);
    // Plain arrows still go from tile to tile.
    await user.keyboard('{ArrowRight}');
    expect(tile('person:sofia')).toHaveFocus();
    act(() => tile('self').focus());
    await user.keyboard('{Enter}');
    expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual([
      'ÉpinglerP', 'Placer ma vue en haut à droite', 'Placer ma vue en bas à gauche', 'Placer ma vue en bas à droite', 'Masquer ma vue',
    ]);
    await user.click(screen.getByRole('menuitem', { name: 'Placer ma vue en haut à droite' }));
    expect(places()['self']).toBe('1008px,0px,256px,144px');
    await expectAccessible();
  });

  it('is dragged by the pointer, but not by a mere press', async () => {
    await open('call-2');
    const self = tile('self');
    fireEvent.pointerDown(self, { button: 0, clientX: 1100, clientY: 600 });
    fireEvent.pointerMove(self, { clientX: 1096, clientY: 600 });
    expect(places()['self']).toBe('1008px,526px,256px,144px');
    fireEvent.pointerMove(self, { clientX: 200, clientY: 500 });
    expect(places()['self']).toBe('0px,526px,256px,144px');
    fireEvent.pointerMove(self, { clientX: 200, clientY: 100 });
    expect(places()['self']).toBe('0px,0px,256px,144px');
    fireEvent.pointerUp(self);
    fireEvent.pointerMove(self, { clientX: 1200, clientY: 600 });
    expect(places()['self']).toBe('0px,0px,256px,144px');
  });

  it('is where it was in the next meeting, also hidden', async () => {
    const { engine, user } = await open('call-2');
    act(() => tile('self').focus());
    await user.keyboard('{Shift>}{ArrowUp}{/Shift}');
    const { phase } = engine.snapshot;
    act(() => engine.patch({ key: 'phase', value: { kind: 'home' } }));
    act(() => engine.patch({ key: 'phase', value: phase }));
    expect(places()['self']).toBe('1008px,0px,256px,144px');
    act(() => tile('self').focus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: 'Masquer ma vue' }));
    expect(tiles().map((one) => one.dataset['tile'])).toEqual(['person:sofia']);
    act(() => engine.patch({ key: 'phase', value: { kind: 'home' } }));
    act(() => engine.patch({ key: 'phase', value: phase }));
    expect(tiles().map((one) => one.dataset['tile'])).toEqual(['person:sofia']);
  });

  it('never covers the interpreter', async () => {
    await open('call-2', { ui: { interpreter: { id: 'sofia', name: '' }, corner: 'topLeft' } });
    expect(document.querySelector('[data-notch]')).toBeNull();
    expect(tiles()).toHaveLength(2);
  });
});

describe('tiles stay where they are', () => {
  it.each([null, 'julien'])('whatever people do, with interpreter %s', async (interpreter) => {
    const opened = await open('call-9', { ui: { interpreter: interpreter === null ? null : { id: interpreter, name: '' } } });
    await act(nextFrame);
    const before = places();
    const reports = opened.sent('stage').length;
    edit(opened, 'nadia', { speaking: true, hand: null });
    edit(opened, 'sofia', { speaking: false, hand: 3, quality: 'poor' });
    edit(opened, 'ines', { name: 'Inès Kadri-Benali', role: 'administrator' });
    edit(opened, 'amadou', { publications: [] });
    edit(opened, 'lien', { reconnecting: false });
    act(() => opened.engine.patch({ key: 'me', value: { ...opened.engine.snapshot.me, hand: 4, camera_on: false, preview: { kind: 'off' } } }));
    await act(nextFrame);
    expect(places()).toEqual(before);
    expect(opened.sent('stage').length).toBeGreaterThan(reports);
  });

  it('on a page of many, while those who are on it speak', async () => {
    const opened = await open('call-30');
    const before = places();
    for (const id of ['nadia', 'amadou', 'ines', 'julien']) {
      edit(opened, id, { speaking: true });
      edit(opened, id, { speaking: false });
    }
    expect(places()).toEqual(before);
  });

  it('while captions and reactions come', async () => {
    const { engine } = await open('call-captions');
    const before = places();
    const { together } = engine.snapshot;
    act(() => engine.patch({ key: 'caption', value: { id: '9', speaker: 'sofia', name: 'Sofia Benali', text: 'Bien.', language: 'fr', finished: false, at: 0 } }));
    act(() => engine.patch({ key: 'together', value: { ...together, reactions: [{ id: 1, from: 'sofia', name: 'Sofia Benali', reaction: 'heart' }] } }));
    expect(places()).toEqual(before);
  });

  it('but for who comes: those who were there keep their order', async () => {
    const { engine } = await open('call-9');
    const order = () => tiles().map((one) => one.dataset['tile']);
    const before = order();
    act(() => engine.patch({ key: 'participant', value: person(50, { id: 'new', name: 'Aline' }) }));
    expect(order()).toEqual([...before.slice(0, -1), 'person:new', 'self']);
  });
});

describe('what was chosen', () => {
  it('is kept for the next start, and is what the window begins with', async () => {
    const { user, sent } = await open('call-2');
    act(() => tile('self').focus());
    await user.keyboard('{Shift>}{ArrowLeft}{/Shift}');
    expect(sent('keep_window').at(-1)?.choices).toEqual({ layout: 'auto', corner: 'bottomLeft', self_hidden: false, interpreters: [] });
    await user.click(screen.getByTestId('layout'));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Grille' }));
    expect(sent('keep_window').at(-1)?.choices).toMatchObject({ layout: 'grid', corner: 'bottomLeft' });
  });
});
