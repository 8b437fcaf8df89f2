import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { open } from './render';

describe('a link that is opened while a meeting runs', () => {
  it('is asked about, and nothing is left by accident', async () => {
    const { user, sent } = await open('call-offer');
    const dialog = await screen.findByRole('dialog', { name: 'Quitter cette réunion et rejoindre l’autre ?' });
    expect(dialog).toHaveTextContent('zyx-wvut-srq sur visio.agglo.example');
    expect(screen.getByTestId('refuse-offer')).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(sent('refuse_offer')).toHaveLength(1);
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(sent('take_offer')).toHaveLength(0);
  });

  it('is gone to where the person says so', async () => {
    const { user, sent } = await open('call-offer');
    await user.click(await screen.findByTestId('take-offer'));
    expect(sent('take_offer')).toHaveLength(1);
    await waitFor(() => expect(document.body.dataset['phase']).toBe('pre_join'));
  });
});
