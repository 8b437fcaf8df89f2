import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { expectAccessible, openDoctor, openSettings } from './render';

const opened = { settings: () => openSettings('audio'), doctor: () => openDoctor('doctor-detour') };

describe.each(['settings', 'doctor'] as const)('the window of %s', (name) => {
  it('lists the keys by F1, and knows those that work everywhere', async () => {
    const { user, engine } = await opened[name]();
    await user.keyboard('{F1}');
    const list = await screen.findByRole('dialog', { name: 'Raccourcis clavier' });
    expect(within(list).getByRole('row', { name: /Cette liste F1/ })).toBeVisible();
    await expectAccessible();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const region = () => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset['region'];
    await user.keyboard('{F6}');
    const first = region();
    await user.keyboard('{F6}');
    expect(region()).not.toBe(first);
    await user.keyboard('{Shift>}{F6}{/Shift}');
    expect(region()).toBe(first);
    act(() => engine.patch({ key: 'settings', value: { ...USUAL, shortcuts: { shortcuts: { key: 'F9', mod: false, shift: false, alt: false } } } }));
    await user.keyboard('{F1}');
    expect(screen.queryByRole('dialog')).toBeNull();
    await user.keyboard('{F9}');
    expect(await screen.findByRole('dialog', { name: 'Raccourcis clavier' })).toBeVisible();
  });
});
