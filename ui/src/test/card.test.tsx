import { act, screen, waitFor, within } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { LinkKind } from '../engine/contract';
import { identityOf } from '../panels/PersonCard';
import { expectAccessible, nextFrame, open } from './render';

const tile = (id: string) => document.querySelector<HTMLElement>(`[data-tile="person:${id}"]`) ?? document.body;
/** Goes down a menu to the item that asks, and presses it. */
async function choose(user: UserEvent) {
  const item = screen.getByRole('menuitem', { name: 'Qui est-ce\u202f?' });
  for (let steps = 0; steps < 9 && document.activeElement !== item; steps++) await user.keyboard('{ArrowDown}');
  await user.keyboard('{Enter}');
}
const people = () => open('call-9', { ui: { layout: 'grid', recordingRead: true, panels: ['people'] } });

describe('identityOf', () => {
  const of = (over: object, server: LinkKind | null = 'visio') => identityOf({ kind: 'person', guest: false, signed_in: false, ...over }, server);

  it('takes Visio’s word for an account, and nobody else’s', () => {
    expect(of({ signed_in: true })).toBe('account');
    expect(of({ signed_in: true }, 'livekit')).toBe('unknown');
    expect(of({ signed_in: true }, null)).toBe('unknown');
    expect(of({})).toBe('unknown');
  });

  it('believes everybody that they have none', () => {
    expect(of({ guest: true }, 'livekit')).toBe('guest');
    expect(of({ guest: true, signed_in: true })).toBe('guest');
    expect(of({ kind: 'phone', signed_in: true })).toBe('phone');
  });
});

describe('the card of a person', () => {
  it('comes by the plate, says what is not verified, and gives the focus back to the tile', async () => {
    const { user } = await people();
    await user.click(within(tile('marieke')).getByTestId('plate'));
    const card = await screen.findByRole('dialog', { name: 'Marieke van den Berg' });
    expect(card).toHaveTextContent('Nom choisi, non vérifié.');
    await expectAccessible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(tile('marieke')).toHaveFocus());
  });

  it('comes by the keyboard from the tile, and from the row', async () => {
    const { user } = await people();
    act(() => tile('julien').focus());
    await user.keyboard('{Enter}');
    await screen.findByRole('menu');
    await choose(user);
    expect(await screen.findByRole('dialog', { name: 'Julien Marchand' })).toHaveTextContent('Ce serveur ne dit pas qui a un compte.Anime la réunion.');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(tile('julien').contains(document.activeElement)).toBe(true));

    const row = screen.getAllByTestId('person').find((one) => one.dataset['participant'] === 'bernard') ?? document.body;
    const key = within(row).getByTestId('person-menu');
    act(() => key.focus());
    await user.keyboard('{Enter}');
    await screen.findByRole('menu');
    await choose(user);
    expect(await screen.findByRole('dialog', { name: 'Bernard Lenoir' })).toHaveTextContent('Au téléphone.');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(key).toHaveFocus());
  });

  it('names the server of an account', async () => {
    const { engine, user } = await people();
    const { phase } = engine.snapshot;
    if (phase.kind !== 'in_meeting') throw new Error('no meeting');
    act(() => engine.patch({ key: 'phase', value: { ...phase, link: { ...phase.link, kind: 'visio' } } }));
    await user.click(within(tile('julien')).getByTestId('plate'));
    expect(await screen.findByRole('dialog')).toHaveTextContent('Compte de visio.agglo.example.Le serveur a vérifié ce compte.');
  });

  it('goes with the person, and stays away as they come back', async () => {
    const { engine, user } = await people();
    await user.click(within(tile('sofia')).getByTestId('plate'));
    await screen.findByRole('dialog');
    const value = engine.snapshot.participants['sofia'];
    if (value === undefined) throw new Error('nobody');
    act(() => engine.patch({ key: 'participant_gone', value: 'sofia' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    act(() => engine.patch({ key: 'participant', value }));
    await act(nextFrame);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is not offered of oneself or of a shared screen', async () => {
    for (const [scenario, key, layout] of [
      ['call-9', 'self', 'auto'],
      // One that is large alone has its name in the bar above the stage.
      ['call-share', 'screen:julien', 'grid'],
      ['call-shares', 'screen:julien', 'auto'],
    ] as const) {
      const { unmount } = await open(scenario, { ui: { recordingRead: true, layout } });
      const plate = document.querySelector(`[data-tile="${key}"] [data-testid="plate"]`);
      expect(plate, key).not.toBeNull();
      expect(plate, key).not.toHaveAttribute('data-asks');
      unmount();
    }
    await open('call-share');
    expect(document.querySelector('[data-tile="screen:julien"] [data-testid="plate"]')).toBeNull();
    const bar = screen.getByTestId('share-bar');
    expect(bar).toHaveTextContent('Julien Marchand partage son écran');
    expect(bar.querySelector('[data-asks]')).toBeNull();
    expect(within(bar).queryByTestId('plate')).toBeNull();
  });
});
