import { act, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { open } from './render';

describe('a link that is opened while a meeting runs', () => {
  it('is asked about, and nothing is left by accident', async () => {
    const { user, sent } = await open('call-offer');
    const dialog = await screen.findByRole('dialog', { name: /^Quitter cette réunion et rejoindre l’autre/ });
    expect(dialog).toHaveTextContent('zyx-wvut-srq sur visio.agglo.example');
    expect(screen.getByTestId('refuse-offer')).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(sent('refuse_offer')).toHaveLength(1);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent('take_offer')).toHaveLength(0);
  });

  it('is asked about anew where the next one waited behind it', async () => {
    const { engine, user, sent } = await open('call-offer');
    const first = await screen.findByRole('dialog');
    act(() => screen.getByTestId('take-offer').focus());
    const offered = engine.snapshot.offered;
    if (offered === null) throw new Error('nothing is offered');
    act(() => engine.patch({ key: 'offered', value: { ...offered, room: 'Comité des archives' } }));
    const next = await screen.findByRole('dialog');
    expect(next).not.toBe(first);
    expect(next).toHaveTextContent('Comité des archives sur visio.agglo.example');
    // Whoever is about to press does not press on what they have not read.
    await waitFor(() => expect(screen.getByTestId('refuse-offer')).toHaveFocus());
    await user.keyboard('{Enter}');
    expect(sent('refuse_offer')).toHaveLength(1);
  });

  it('is gone to where the person says so', async () => {
    const { user, sent } = await open('call-offer');
    await user.click(await screen.findByTestId('take-offer'));
    expect(sent('take_offer')).toHaveLength(1);
    await waitFor(() => expect(document.body.dataset['phase']).toBe('pre_join'));
  });
});
