import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { PublicationView, StageLayout } from '../engine/contract';
import type { FakeEngine } from '../engine/fake/engine';
import { expectAccessible, nextFrame, open, openShare } from './render';

const TRACK = 'julien-screen';

/** What the engine was last told of the shared screen. */
function shown(engine: FakeEngine, kind: 'stage' | 'share_stage') {
  const layouts = engine.sent.flatMap((command): StageLayout[] => (command.kind === kind && 'layout' in command ? [command.layout] : []));
  return layouts.at(-1)?.tiles.find((tile) => tile.track === TRACK);
}

const shared = () => document.querySelector<HTMLElement>('[data-tile="screen:julien"]') ?? document.body;

/** Somebody else shares too. */
function alsoShares(engine: FakeEngine, ...ids: string[]) {
  const julien = engine.snapshot.participants['julien'];
  const screens = julien?.publications.filter((one) => one.source === 'screen_share') ?? [];
  for (const id of ids) {
    const someone = engine.snapshot.participants[id];
    if (someone === undefined) throw new Error(`no ${id}`);
    const own: PublicationView[] = screens.map((one) => ({ ...one, track: `${id}-screen` }));
    act(() => engine.patch({ key: 'participant', value: { ...someone, publications: [...someone.publications, ...own] } }));
  }
}

describe('shared content on the stage', () => {
  it('is zoomed and panned by keys, and said', async () => {
    const { engine, user } = await open('call-share');
    await act(nextFrame);
    const whole = shown(engine, 'stage');
    expect(whole?.part).toBeNull();
    act(() => shared().focus());
    await user.keyboard('1');
    await act(nextFrame);
    const full = shown(engine, 'stage');
    // Every pixel of the tile is one of the picture's.
    expect(full?.rect).toEqual(whole?.rect);
    expect(Math.round(((full?.part?.width ?? 0) / 65_536) * 1920)).toBe(full?.rect.width);
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Zoom 100 %'));
    await user.keyboard('{ArrowRight}');
    await act(nextFrame);
    expect(shown(engine, 'stage')?.part?.x).toBeGreaterThan(full?.part?.x ?? 0);
    expect(shared()).toHaveFocus();
    await user.keyboard('++');
    expect(screen.getByTestId('zoom-percent')).toHaveTextContent('150 %');
    await user.keyboard('-');
    expect(screen.getByTestId('zoom-percent')).toHaveTextContent('125 %');
    await user.keyboard('0');
    await act(nextFrame);
    expect(shown(engine, 'stage')?.part).toBeNull();
    // Whole again, arrows go from tile to tile.
    await user.keyboard('{ArrowRight}');
    expect(shared()).not.toHaveFocus();
  });

  it('is zoomed by the keys of a French keyboard, which writes signs there', async () => {
    await open('call-share');
    act(() => shared().focus());
    fireEvent.keyDown(shared(), { key: '&', code: 'Digit1' });
    expect(screen.getByTestId('zoom-percent')).toHaveTextContent('100 %');
    fireEvent.keyDown(shared(), { key: '-', code: 'Digit6' });
    fireEvent.keyDown(shared(), { key: '!', code: 'Digit1', shiftKey: true });
    expect(shared()).toHaveAttribute('data-zoomed');
    expect(screen.getByTestId('zoom-percent')).not.toHaveTextContent('100 %');
    fireEvent.keyDown(shared(), { key: 'à', code: 'Digit0' });
    expect(shared()).not.toHaveAttribute('data-zoomed');
  });

  it('has keys and a menu for it that need no keyboard', async () => {
    const { engine, user } = await open('call-share');
    act(() => shared().focus());
    await user.click(screen.getByRole('button', { name: 'Taille réelle' }));
    expect(screen.getByRole('group', { name: /^Zoom, 100\s%$/ })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Agrandir' }));
    expect(screen.getByTestId('zoom-percent')).toHaveTextContent('125 %');
    await expectAccessible();
    await user.click(screen.getByTestId('zoom-fit'));
    await act(nextFrame);
    expect(shown(engine, 'stage')?.part).toBeNull();
    act(() => shared().focus());
    await user.keyboard('{Enter}');
    await user.click(await screen.findByRole('menuitem', { name: /^Agrandir/ }));
    await act(nextFrame);
    expect(shown(engine, 'stage')?.part).not.toBeNull();
  });

  it('is zoomed by the wheel with Ctrl, at the pointer, and dragged', async () => {
    const { engine } = await open('call-share');
    await act(nextFrame);
    fireEvent.wheel(shared(), { deltaY: -100 });
    await act(nextFrame);
    expect(shown(engine, 'stage')?.part).toBeNull();
    for (let turn = 0; turn < 3; turn++) fireEvent.wheel(shared(), { deltaY: -100, ctrlKey: true, clientX: 0, clientY: 0 });
    await act(nextFrame);
    const corner = shown(engine, 'stage')?.part;
    expect(corner).toMatchObject({ x: 0, y: 0 });
    fireEvent.pointerDown(shared(), { button: 0, clientX: 400, clientY: 300 });
    fireEvent.pointerMove(shared(), { clientX: 300, clientY: 250 });
    fireEvent.pointerMove(shared(), { clientX: 250, clientY: 200 });
    fireEvent.pointerUp(shared());
    await act(nextFrame);
    const dragged = shown(engine, 'stage')?.part;
    expect(dragged?.x).toBeGreaterThan(0);
    expect(dragged?.y).toBeGreaterThan(0);
    fireEvent.pointerMove(shared(), { clientX: 0, clientY: 0 });
    fireEvent.wheel(shared(), { deltaY: -1e6 });
    await act(nextFrame);
    expect(shown(engine, 'stage')?.part).toMatchObject({ x: dragged?.x, y: 0 });
  });

  it('is whole again where it is another share', async () => {
    const { engine, user } = await open('call-share');
    act(() => shared().focus());
    await user.keyboard('1');
    const julien = engine.snapshot.participants['julien'];
    if (julien === undefined) throw new Error('no Julien');
    const again = julien.publications.map((one) => (one.track === TRACK ? { ...one, track: 'another' } : one));
    act(() => engine.patch({ key: 'participant', value: { ...julien, publications: again } }));
    expect(shared()).not.toHaveAttribute('data-zoomed');
  });

  it('has a tab each where several share: two side by side, of more one at a time', async () => {
    const { engine, user } = await open('call-share');
    expect(screen.queryByRole('tablist')).toBeNull();
    alsoShares(engine, 'sofia');
    const screens = () => [...document.querySelectorAll('[data-tile^="screen:"]')].map((one) => (one as HTMLElement).dataset['tile']);
    expect(screens().sort()).toEqual(['screen:julien', 'screen:sofia']);
    const chosen = () => screen.getByRole('tab', { selected: true }).textContent;
    expect(chosen()).toBe('Côte à côte');
    await user.click(screen.getByRole('tab', { name: 'Écran de Sofia Benali' }));
    expect(screens()).toEqual(['screen:sofia']);
    await user.keyboard('{ArrowRight}');
    expect(screens()).toEqual(['screen:julien']);
    expect(screen.getByRole('tab', { selected: true })).toHaveFocus();
    await expectAccessible();
    alsoShares(engine, 'nadia');
    // What is looked at stays.
    expect(screens()).toEqual(['screen:julien']);
    expect(screen.queryByRole('tab', { name: 'Côte à côte' })).toBeNull();
    act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
    expect(screens()).toHaveLength(2);
    // A grid shows all of them.
    await user.click(screen.getByTestId('layout'));
    await user.click(await screen.findByRole('menuitemradio', { name: 'Grille' }));
    expect(screen.queryByRole('tablist')).toBeNull();
  });
});

describe('the window of the shared content', () => {
  it('is zoomed by keys from the beginning, without a click first', async () => {
    const { engine } = await openShare('call-share');
    await act(nextFrame);
    fireEvent.keyDown(document.body, { key: '&', code: 'Digit1' });
    await act(nextFrame);
    expect(shown(engine, 'share_stage')?.part).not.toBeNull();
    expect(screen.getByTestId('zoom-percent')).toHaveTextContent('100 %');
    await expectAccessible();
    fireEvent.keyDown(document.activeElement ?? document.body, { key: '0' });
    await act(nextFrame);
    expect(shown(engine, 'share_stage')?.part).toBeNull();
  });

  it('has tabs too', async () => {
    const { engine } = await openShare('call-share');
    alsoShares(engine, 'sofia', 'nadia');
    expect(screen.getAllByTestId('tile')).toHaveLength(1);
    fireEvent.click(screen.getByRole('tab', { name: 'Écran de Nadia Oumarou' }));
    expect(screen.getByRole('group', { name: 'Écran de Nadia Oumarou' })).toBeVisible();
    await expectAccessible();
  });
});
