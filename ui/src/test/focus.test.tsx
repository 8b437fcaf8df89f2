import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { issue } from '../engine/fake/scenarios';
import type { PanelName } from '../ui-state';
import { expectAccessible, open } from './render';

const tile = (key: string) => document.querySelector<HTMLElement>(`[data-tile="${key}"]`);
const focused = () => (document.activeElement as HTMLElement | null)?.dataset['tile'];

it('goes from tile to tile by arrows, and opens the actions of one by Enter, the menu key and Shift+F10', async () => {
  const { user } = await open('call-9', { ui: { layout: 'grid', recordingRead: true } });
  act(() => tile('person:sofia')?.focus());
  await user.keyboard('{ArrowRight}');
  expect(focused()).toBe('person:julien');
  await user.keyboard('{ArrowDown}');
  expect(focused()).not.toBe('person:julien');
  await user.keyboard('{ArrowUp}');
  expect(focused()).toBe('person:julien');
  for (const key of ['{Enter}', '{ContextMenu}', '{Shift>}{F10}{/Shift}']) {
    await user.keyboard(key);
    expect(await screen.findByRole('menu', { name: 'Actions pour Julien Marchand' })).toBeVisible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('menu')).toBeNull());
    act(() => tile('person:julien')?.focus());
  }
});

it('goes on with the next tile where the person has left', async () => {
  const { engine } = await open('call-9', { ui: { layout: 'grid', recordingRead: true } });
  act(() => tile('person:julien')?.focus());
  act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
  expect(tile('person:julien')).toBeNull();
  await waitFor(() => expect(focused()).toBe('person:nadia'));
});

it('goes on where a banner was, and in a panel where a row was', async () => {
  const { engine } = await open('call-moderate', { ui: { panels: ['people'] as PanelName[] } });
  act(() => engine.patch({ key: 'issues', value: [issue('VIS-MIC-SILENT-53', 'choose_device')] }));
  const banner = await screen.findByTestId('banner');
  act(() => banner.querySelector('button')?.focus());
  act(() => engine.patch({ key: 'issues', value: [] }, { key: 'together', value: { ...engine.snapshot.together, waiting: [] } }));
  await waitFor(() => expect(document.activeElement).not.toBe(document.body));
  const rows = screen.getAllByTestId('person-menu');
  act(() => rows[0]?.focus());
  const name = rows[0]?.getAttribute('aria-label') ?? '';
  const gone = Object.values(engine.snapshot.participants).find((one) => one !== undefined && name.includes(one.name));
  act(() => engine.patch({ key: 'participant_gone', value: gone?.id ?? '' }));
  await waitFor(() => expect(screen.getByTestId('panel-people')).toContainElement(document.activeElement as HTMLElement));
});

it('leaves whoever pointed at nothing alone', async () => {
  const { engine, user } = await open('call-9', { ui: { layout: 'grid', recordingRead: true } });
  act(() => tile('person:julien')?.focus());
  await user.pointer({ target: document.body, keys: '[MouseLeft]' });
  act(() => (document.activeElement as HTMLElement | null)?.blur());
  act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
  await new Promise((done) => setTimeout(done, 100));
  expect(document.activeElement).toBe(document.body);
});

it('opens the choice of layouts by its keys, and lists what works on a tile', async () => {
  const { user } = await open('call-9', { ui: { recordingRead: true } });
  await user.keyboard('{Control>}{Shift>}g{/Shift}{/Control}');
  expect(await screen.findByRole('menu', { name: /^Disposition/ })).toBeVisible();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.getByTestId('layout')).toHaveFocus());
  await user.keyboard('{F1}');
  expect(await screen.findByRole('row', { name: /Actions de l’image.*Entrée/ })).toBeVisible();
  await expectAccessible();
});
