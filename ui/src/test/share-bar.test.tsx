import { act, screen, within } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import type { StageLayout } from '../engine/contract';
import type { FakeEngine } from '../engine/fake/engine';
import { issue } from '../engine/fake/world';
import { keysThatFit, windowKeyThatFits } from '../stage/ZoomKeys';
import { loneShare, rowFits } from '../stage/useLoneShare';
import { expectAccessible, nextFrame, open, openShare } from './render';

const HEIGHT = window.innerHeight;
afterEach(() => {
  window.innerHeight = HEIGHT;
});

const shared = () => document.querySelector<HTMLElement>('[data-tile="screen:julien"]') ?? document.body;

/** The part of the shared screen that the engine was told to show last. */
function part(engine: FakeEngine) {
  const layouts = engine.sent.flatMap((command): StageLayout[] => (command.kind === 'stage' ? [command.layout] : []));
  return layouts.at(-1)?.tiles.find((tile) => tile.track === 'julien-screen')?.part;
}

it('says above the stage who shares, has the zoom of that tile, and leaves its picture alone', async () => {
  const { engine, user } = await open('call-share');
  const bar = screen.getByTestId('share-bar');
  expect(bar).toHaveTextContent('Julien Marchand partage son écran');
  act(() => shared().focus());
  for (const over of ['plate', 'zoom-keys', 'to-window']) expect(within(shared()).queryByTestId(over)).toBeNull();
  expect(within(shared()).getByRole('button')).toBeVisible();
  await expectAccessible();
  await user.click(within(bar).getByTestId('zoom-full'));
  await user.click(within(bar).getByTestId('zoom-in'));
  await act(nextFrame);
  expect(within(bar).getByTestId('zoom-percent')).toHaveTextContent('125 %');
  expect(part(engine)).not.toBeNull();
  expect(shared()).toHaveAttribute('data-zoomed');
  // The keys of the tile go on from there.
  act(() => shared().focus());
  await user.keyboard('-');
  expect(within(bar).getByTestId('zoom-percent')).toHaveTextContent('100 %');
  await user.click(within(bar).getByTestId('zoom-fit'));
  await act(nextFrame);
  expect(part(engine)).toBeNull();
});

it('gives way to every message, and the tile has its name and its keys again', async () => {
  const { engine } = await open('call-share');
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAM-STOP-59', 'retry')] }));
  expect(screen.queryByTestId('share-bar')).toBeNull();
  // It is no message that waits behind that one.
  expect(screen.getByTestId('banner')).not.toHaveTextContent('+1');
  act(() => shared().focus());
  for (const over of ['plate', 'zoom-keys', 'to-window']) expect(within(shared()).getByTestId(over)).toBeVisible();
  act(() => engine.patch({ key: 'issues', value: [] }));
  expect(screen.getByTestId('share-bar')).toBeVisible();
});

it('is gone with the share, with a grid, and where it has a window of its own, which has its keys over the picture', async () => {
  const { engine, user } = await open('call-share');
  await user.click(screen.getByTestId('layout'));
  await user.click(await screen.findByRole('menuitemradio', { name: 'Grille' }));
  expect(screen.queryByTestId('share-bar')).toBeNull();
  expect(within(shared()).getByTestId('plate')).toBeVisible();
  await user.click(screen.getByTestId('layout'));
  await user.click(await screen.findByRole('menuitemradio', { name: 'Automatique' }));
  await user.click(within(screen.getByTestId('share-bar')).getByTestId('to-window'));
  expect(engine.snapshot.share_window).toBe(true);
  expect(screen.queryByTestId('share-bar')).toBeNull();
  act(() => engine.patch({ key: 'share_window', value: false }));
  expect(screen.getByTestId('share-bar')).toBeVisible();
  act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
  expect(screen.queryByTestId('share-bar')).toBeNull();
});

it('is not in the window of the shared content', async () => {
  await openShare('call-share');
  expect(screen.queryByTestId('share-bar')).toBeNull();
  expect(screen.getByTestId('plate')).toBeVisible();
});

/** A window that is low beside its letters: 1280 × 800 at 200 %, and less. */
const low = () => {
  window.innerHeight = 350;
};

it('is one line of signs in a window that is low beside its letters, each with its name, and the picture is left alone', async () => {
  low();
  const { engine, user } = await open('call-share');
  const bar = screen.getByTestId('share-bar');
  expect(bar).toHaveAttribute('data-row');
  expect(bar.closest('section')).toHaveAccessibleName('Contenus partagés');
  // Cut by the sheet alone.
  expect(within(bar).getByTitle('Julien Marchand partage son écran')).toHaveTextContent('Julien Marchand partage son écran');
  const keys = within(bar).getAllByRole('button');
  expect(keys.map((key) => key.textContent)).toEqual(keys.map(() => ''));
  for (const name of ['Agrandir', 'Réduire', 'Taille réelle', 'Dans une fenêtre']) expect(within(bar).getByRole('button', { name })).toBeVisible();
  await expectAccessible();
  act(() => shared().focus());
  for (const over of ['plate', 'zoom-keys', 'to-window']) expect(within(shared()).queryByTestId(over)).toBeNull();
  await user.click(within(bar).getByTestId('zoom-in'));
  expect(within(bar).getByTestId('zoom-percent')).not.toHaveTextContent('100 %');
  // The keyboard is told in words what a sign does.
  act(() => within(bar).getByTestId('zoom-out').focus());
  await user.tab();
  expect(await screen.findByRole('tooltip')).toHaveTextContent('Agrandir');
  await user.click(within(bar).getByTestId('to-window'));
  expect(engine.snapshot.share_window).toBe(true);
  expect(screen.queryByTestId('share-bar')).toBeNull();
});

it('stays there under a message', async () => {
  low();
  const { engine } = await open('call-share');
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAM-STOP-59', 'retry')] }));
  expect(screen.getByTestId('banner')).not.toHaveTextContent('+1');
  expect(screen.getByTestId('share-bar')).toBeVisible();
  expect(within(shared()).queryByTestId('plate')).toBeNull();
});

it('gives its line to a picture that would have next to none, and does not come and go', () => {
  expect([rowFits(3.9, true), rowFits(4, true), rowFits(6.7, false), rowFits(6.75, false)]).toEqual([false, true, false, true]);
});

it('is in the menu of the tile too: a narrow tile has no room for the key', async () => {
  const { engine, user } = await open('call-share');
  act(() => shared().focus());
  await user.keyboard('{Enter}');
  await user.click(await screen.findByRole('menuitem', { name: 'Dans une fenêtre' }));
  expect(engine.snapshot.share_window).toBe(true);
});

it('is of one share that is large alone', () => {
  const tile = (key: string, large: boolean) => ({ key, large, box: { x: 0, y: 0, w: 800, h: 450 }, notch: false, signer: false });
  const others = [tile('person:julien', false), tile('self', false)];
  expect(loneShare({ tiles: [tile('screen:julien', true), ...others] })).toEqual({ key: 'screen:julien', w: 800, h: 450 });
  expect(loneShare({ tiles: [tile('screen:julien', true), tile('screen:sofia', true), ...others] })).toBeNull();
  expect(loneShare({ tiles: [tile('person:julien', true), tile('screen:julien', false)] })).toBeNull();
  expect(loneShare({ tiles: [tile('screen:julien', false), ...others] })).toBeNull();
});

it('has the keys over a picture that the picture has room for, in large letters too', () => {
  // 890 px of a window at 200 %: all keys and that of the window would go beyond its edge.
  expect([keysThatFit(890 / 16), keysThatFit(890 / 32), keysThatFit(480 / 32)]).toEqual(['all', 'some', null]);
  // 266 px at 150 %: the words of the window's key are wider than that.
  expect([40, 30, 27, 22, 17, 266 / 24, 8].map(windowKeyThatFits)).toEqual(['words', 'sign', 'words', 'sign', 'words', 'sign', null]);
});
