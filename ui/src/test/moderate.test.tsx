import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { person } from '../engine/fake/scenarios';
import { expectAccessible, open } from './render';

const waiters = () => screen.queryAllByTestId('waiter').map((row) => row.dataset['waiter']);
const row = (id: string) => screen.getAllByTestId('person').find((one) => one.dataset['participant'] === id) ?? document.body;

describe('who waits', () => {
  it('is a banner with the way in, a badge, and one announcement each', async () => {
    const { engine, user, sent } = await open('call-moderate');
    expect(screen.getByTestId('banner')).toHaveTextContent('Paul Thévenet demande à entrer.');
    expect(screen.getByTestId('toggle-people')).toHaveAccessibleName('Personnes, 6 personnes, 1 personne attend');
    const { together } = engine.snapshot;
    const ada = { id: 'w-ada', name: 'Ada Jensen', color: null };
    act(() => engine.patch({ key: 'together', value: { ...together, waiting: [...together.waiting, ada] } }));
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('Ada Jensen demande à entrer'));
    await user.click(screen.getByTestId('banner-admit'));
    expect(sent('admit')).toEqual([{ kind: 'admit', waiter: 'w-paul' }]);
    await user.keyboard('{Control>}{Shift>}a{/Shift}{/Control}');
    expect(sent('admit').at(-1)).toEqual({ kind: 'admit', waiter: 'w-ada' });
    expect(screen.queryByTestId('banner')).toBeNull();
  });

  it('is on top of the list, where the focus goes, and goes on to the next', async () => {
    const { user, sent } = await open('call-waiting');
    await user.click(screen.getByTestId('banner-see'));
    expect(waiters()).toEqual(['w-paul', 'w-ada', 'w-ilse']);
    expect(screen.queryByTestId('banner')).toBeNull();
    expect(screen.getByRole('button', { name: 'Admettre Paul Thévenet' })).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(screen.getByRole('button', { name: 'Admettre Ada Jensen' })).toHaveFocus();
    await user.click(screen.getByRole('button', { name: 'Refuser Ada Jensen' }));
    expect(sent('refuse')).toEqual([{ kind: 'refuse', waiter: 'w-ada' }]);
    expect(screen.queryByTestId('admit-all')).toBeNull();
    await user.keyboard('{Enter}');
    expect(waiters()).toEqual([]);
    expect(screen.getByRole('heading', { name: /Personnes/ })).toHaveFocus();
  });

  it('comes in together from three on', async () => {
    const { user, sent } = await open('call-waiting', { ui: { panels: ['people'] } });
    await user.click(screen.getByTestId('admit-all'));
    expect(sent('admit_all')).toHaveLength(1);
  });

  it('is nobody’s business who cannot open', async () => {
    const { engine } = await open('call-moderate', { ui: { panels: ['people'] } });
    const { room } = engine.snapshot;
    act(() => engine.patch({ key: 'room', value: { ...room, capabilities: { ...room.capabilities, moderate: false } } }));
    expect(waiters()).toEqual([]);
    expect(screen.queryByTestId('lower-all')).toBeNull();
    expect(screen.queryByTestId('mute-all')).toBeNull();
    expect(screen.queryByTestId('lower-hand')).toBeNull();
    expect(screen.getByTestId('toggle-people')).toHaveAccessibleName('Personnes, 6 personnes');
  });
});

describe('a person', () => {
  const choose = async (user: Awaited<ReturnType<typeof open>>['user'], id: string, item: string) => {
    await user.click(within(row(id)).getByTestId('person-menu'));
    await user.click(await screen.findByRole('menuitem', { name: item }));
  };

  it('is muted, hands lowered, roles given and taken', async () => {
    const { user, sent } = await open('call-moderate', { ui: { panels: ['people'] } });
    await choose(user, 'sofia', 'Couper le micro');
    expect(sent('mute_participant')).toEqual([{ kind: 'mute_participant', participant: 'sofia' }]);
    await choose(user, 'sofia', 'Donner l’animation');
    await choose(user, 'sofia', 'Retirer l’animation');
    expect(sent('set_role').map((one) => one.role)).toEqual(['administrator', 'member']);
    await user.click(screen.getByRole('button', { name: /Baisser la main de Nadia Oumarou/ }));
    expect(sent('lower_hand')).toEqual([{ kind: 'lower_hand', participant: 'nadia' }]);
    await user.click(screen.getByTestId('mute-all'));
    expect(sent('mute_all')).toHaveLength(1);
    expect(screen.queryByTestId('mute-all')).toBeNull();
  });

  it('is offered nothing that cannot be done', async () => {
    const { user } = await open('call-moderate', { ui: { panels: ['people'] } });
    await user.click(within(row('julien')).getByTestId('person-menu'));
    // The owner: no role to take, no removing.
    expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Épingler', 'Qui est-ce\u202f?', 'Interprète', 'Couper le micro', 'Changer le nom']);
    await user.keyboard('{Escape}');
    await user.click(within(row('nadia')).getByTestId('person-menu'));
    // Muted already: nobody turns on the microphone of another.
    expect(screen.queryByRole('menuitem', { name: 'Couper le micro' })).toBeNull();
  });

  it('is removed only after a second look, and the look is harmless', async () => {
    const { user, sent } = await open('call-moderate', { ui: { panels: ['people'] } });
    await choose(user, 'ines', 'Retirer de la réunion');
    const dialog = await screen.findByRole('dialog', { name: /^Retirer Inès Kadri de la réunion/ });
    expect(within(dialog).getByRole('button', { name: 'Annuler' })).toHaveFocus();
    await expectAccessible();
    await user.keyboard('{Enter}');
    expect(sent('remove_participant')).toHaveLength(0);
    await choose(user, 'ines', 'Retirer de la réunion');
    await user.click(await screen.findByTestId('confirm-remove'));
    expect(sent('remove_participant')).toEqual([{ kind: 'remove_participant', participant: 'ines' }]);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('that leaves takes the question along', async () => {
    const { engine, user } = await open('call-moderate', { ui: { panels: ['people'] } });
    await choose(user, 'ines', 'Retirer de la réunion');
    await screen.findByRole('dialog');
    const ines = engine.snapshot.participants['ines'];
    if (ines === undefined) throw new Error('no ines');
    act(() => engine.patch({ key: 'participant_gone', value: 'ines' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    // Nobody asked anew.
    act(() => engine.patch({ key: 'participant', value: ines }));
    expect(row('ines')).toBeVisible();
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('gets another name', async () => {
    const { user, sent } = await open('call-moderate', { ui: { panels: ['people'] } });
    await choose(user, 'ines', 'Changer le nom');
    const field = await screen.findByRole('textbox', { name: 'Nouveau nom' });
    await user.clear(field);
    await user.type(field, ' Inès K. {Enter}');
    expect(sent('rename_participant')).toEqual([{ kind: 'rename_participant', participant: 'ines', name: 'Inès K.' }]);
  });

  it('may be muted by members where the room lets them, and no more', async () => {
    const { engine, user } = await open('call-hand', { ui: { panels: ['people'] } });
    await user.click(within(row('sofia')).getByTestId('person-menu'));
    expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Épingler', 'Qui est-ce\u202f?', 'Interprète', 'Couper le micro']);
    await user.keyboard('{Escape}');
    const { together } = engine.snapshot;
    act(() => engine.patch({ key: 'together', value: { ...together, settings: { ...together.settings, everyone_can_mute: false } } }));
    await user.click(within(row('sofia')).getByTestId('person-menu'));
    expect(screen.getAllByRole('menuitem').map((item) => item.textContent)).toEqual(['Épingler', 'Qui est-ce\u202f?', 'Interprète']);
  });

  it('offers the same on the tile', async () => {
    const { engine, user } = await open('call-moderate');
    act(() => engine.patch({ key: 'participant', value: person(0, { id: 'sofia', name: 'Sofia Benali', hand: 2 }) }));
    act(() => screen.getAllByTestId('tile')[0]?.focus());
    await user.keyboard('{Enter}');
    expect(await screen.findByRole('menuitem', { name: 'Baisser la main' })).toBeVisible();
    expect(screen.getByRole('menuitem', { name: 'Retirer de la réunion' })).toBeVisible();
  });
});

describe('the meeting’s settings', () => {
  it('are asked of the room one by one, and stand until it has answered', async () => {
    const { engine, user, sent } = await open('call-moderate', { ui: { panels: ['meeting'] } });
    await user.click(screen.getByTestId('access-trusted'));
    expect(sent('configure').at(-1)).toEqual({ kind: 'configure', access: 'trusted', sources: null, everyone_can_mute: null });
    await user.click(screen.getByTestId('source-camera'));
    expect(sent('configure').at(-1)?.sources).toEqual(['microphone', 'screen_share', 'screen_share_audio']);
    await user.click(screen.getByTestId('everyone-can-mute'));
    expect(sent('configure').at(-1)?.everyone_can_mute).toBe(false);
    expect(engine.snapshot.together.settings.access).toBe('trusted');
    expect(screen.getByTestId('source-camera')).not.toBeChecked();
  });

  it('go back where the server refuses', async () => {
    const { engine, user } = await open('call-moderate', { ui: { panels: ['meeting'] } });
    engine.refuse('configure', { code: 'VIS-CALL-ACTION-49', action: 'none', params: { action: 'configure', cause: 'failed' } });
    await user.click(screen.getByTestId('access-public'));
    await waitFor(() => expect(screen.getByTestId('access-restricted')).toBeChecked());
  });

  it('are not there for members, who can still invite', async () => {
    const { user } = await open('call-hand');
    await user.click(screen.getByTestId('toggle-meeting'));
    expect(screen.getByTestId('invitation-link')).toHaveTextContent('https://visio.agglo.example/abc-defg-hij');
    expect(screen.queryByTestId('access-public')).toBeNull();
    expect(screen.queryByTestId('invite')).toBeNull();
    expect(screen.getByTestId('copy-invitation')).toHaveFocus();
  });
});
