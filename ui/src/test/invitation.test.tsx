import { act, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { TogetherView } from '../engine/contract';
import { open } from './render';

type Opened = Awaited<ReturnType<typeof open>>;
const change = ({ engine }: Opened, next: Partial<TogetherView>) =>
  act(() => engine.patch({ key: 'together', value: { ...engine.snapshot.together, ...next } }));

afterEach(() => vi.restoreAllMocks());

describe('the invitation', () => {
  it('is copied as clean text', async () => {
    const { user } = await open('call-moderate');
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(screen.getByTestId('toggle-meeting'));
    await user.click(screen.getByTestId('copy-invitation'));
    expect(write.mock.calls[0]?.[0]).toBe(
      'Réunion « Point d’équipe numérique »\nRejoindre : https://visio.agglo.example/abc-defg-hij\nPar téléphone : +33 1 86 47 00 00\nCode : 123 456 789 #',
    );
    await user.click(screen.getByTestId('copy-link'));
    expect(write.mock.calls[1]?.[0]).toBe('https://visio.agglo.example/abc-defg-hij');
  });

  it('is sent by mail, and says how that went', async () => {
    const opened = await open('call-moderate', { ui: { panels: ['meeting'] } });
    const { user, sent, engine } = opened;
    const field = screen.getByTestId('invite-addresses');
    await user.type(field, 'ada@ville.example, personne{Enter}');
    expect(screen.getByTestId('meeting')).toHaveTextContent('Ce n’est pas une adresse : personne');
    expect(sent('invite')).toHaveLength(0);
    await user.clear(field);
    await user.type(field, 'ada@ville.example{Enter}');
    expect(sent('invite')).toEqual([{ kind: 'invite', addresses: ['ada@ville.example'] }]);
    change(opened, { pending: ['invite'] });
    expect(screen.getByTestId('meeting')).toHaveTextContent('Envoi en cours…');
    act(() => engine.patch({ key: 'issues', value: [{ code: 'VIS-CALL-ACTION-49', action: 'none', params: { action: 'invite', cause: 'failed' } }] }));
    change(opened, { pending: [] });
    expect(screen.getByTestId('meeting')).toHaveTextContent('L’invitation n’est pas partie.');
  });
});
