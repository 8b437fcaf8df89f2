import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { nextFrame, open } from './render';

const people = () => open('call-moderate', { ui: { panels: ['people'] } });
const row = (id: string) => screen.getAllByTestId('person').find((one) => one.dataset['participant'] === id) ?? document.body;
const key = (id: string) => within(row(id)).getByTestId('person-menu');
const focusedItem = () => screen.getAllByRole('menuitem').findIndex((item) => item === document.activeElement);

describe('the one menu of the list of people', () => {
  it.each(['{Enter}', ' '])('opens by %j at its first item, and gives the focus back', async (press) => {
    const { user } = await people();
    act(() => key('julien').focus());
    await user.keyboard(press);
    expect(await screen.findByRole('menu', { name: 'Actions pour Julien Marchand' })).toBeVisible();
    expect(key('julien')).toHaveAttribute('aria-expanded', 'true');
    await waitFor(() => expect(focusedItem()).toBe(0));
    await user.keyboard('{Escape}');
    await waitFor(() => expect(key('julien')).toHaveFocus());
    expect(screen.queryByRole('menu')).toBeNull();
    expect(key('julien')).toHaveAttribute('aria-expanded', 'false');
  });

  it('opens by the pointer at none of its items, and does what is chosen', async () => {
    const { user, sent } = await people();
    await user.click(key('sofia'));
    const menu = await screen.findByRole('menu');
    await waitFor(() => expect(menu).toHaveFocus());
    await user.keyboard('{ArrowDown}');
    await waitFor(() => expect(focusedItem()).toBe(0));
    await user.click(screen.getByRole('menuitem', { name: 'Couper le micro' }));
    expect(sent('mute_participant')).toEqual([{ kind: 'mute_participant', participant: 'sofia' }]);
    await waitFor(() => expect(key('sofia')).toHaveFocus());
  });

  it('goes on with the next row where the person leaves, and is not open as they come back', async () => {
    const { engine, user } = await people();
    const all = screen.getAllByTestId('person-menu');
    const next = all[all.indexOf(key('julien')) + 1];
    act(() => key('julien').focus());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(focusedItem()).toBe(0));
    const value = engine.snapshot.participants['julien'];
    if (value === undefined || next === undefined) throw new Error('nobody');
    act(() => engine.patch({ key: 'participant_gone', value: 'julien' }));
    await waitFor(() => expect(next).toHaveFocus());
    act(() => engine.patch({ key: 'participant', value }));
    await act(nextFrame);
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('follows a row that goes to the raised hands meanwhile', async () => {
    const { engine, user } = await people();
    act(() => key('julien').focus());
    await user.keyboard('{Enter}');
    await waitFor(() => expect(focusedItem()).toBe(0));
    const value = engine.snapshot.participants['julien'];
    if (value === undefined) throw new Error('nobody');
    const old = key('julien');
    act(() => engine.patch({ key: 'participant', value: { ...value, hand: 9 } }));
    expect(key('julien')).not.toBe(old);
    await user.keyboard('{Escape}');
    await waitFor(() => expect(key('julien')).toHaveFocus());
  });
});

describe('a row of the list of people', () => {
  it('is read as one sentence', async () => {
    const { engine } = await open('call-9', { ui: { panels: ['people'] } });
    const say = (over: object) => {
      const value = engine.snapshot.participants['sofia'];
      if (value === undefined) throw new Error('nobody');
      act(() => engine.patch({ key: 'participant', value: { ...value, ...over } }));
      return row('sofia');
    };
    const silent = { publications: [], speaking: false, guest: false, role: 'member', hand: null };
    expect(say({ ...silent })).toHaveAccessibleName('Sofia Benali, micro coupé');
    expect(say({ ...silent, guest: true })).toHaveAccessibleName('Sofia Benali, sans compte, micro coupé');
    expect(say({ ...silent, hand: 3 })).toHaveAccessibleName('Sofia Benali, main levée, rang 3, micro coupé');
    // In one piece, or a reader pauses in the wrong places.
    const texts = document.createTreeWalker(row('sofia'), NodeFilter.SHOW_TEXT);
    const read: string[] = [];
    while (texts.nextNode() !== null) if (texts.currentNode.parentElement?.closest('[aria-hidden="true"]') === null) read.push(texts.currentNode.textContent ?? '');
    expect(read).toEqual(['Sofia Benali, main levée, rang 3, micro coupé']);
  });

  it('leaves the hand to the key that lowers it', async () => {
    const { engine } = await people();
    const value = engine.snapshot.participants['julien'];
    if (value === undefined) throw new Error('nobody');
    act(() => engine.patch({ key: 'participant', value: { ...value, hand: 9, publications: [], speaking: false, guest: false, role: 'member' } }));
    expect(row('julien')).toHaveAccessibleName('Julien Marchand, micro coupé');
    expect(within(row('julien')).getByTestId('lower-hand')).toHaveAccessibleName('main levée, rang 9. Baisser la main de Julien Marchand');
  });
});
