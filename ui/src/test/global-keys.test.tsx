import { act, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { USUAL } from '../engine/store';
import { expectAccessible, open, openSettings } from './render';

type Opened = Awaited<ReturnType<typeof openSettings>>;
/** What was set last. */
const set = ({ sent }: Opened) => sent('keep_settings').at(-1)?.settings;

describe('keys from other applications', () => {
  const GIVEN = { kind: 'given', microphone: 'Meta+F9', talk: null } as const;
  const D = { key: 'd', mod: true, shift: true, alt: false };

  it('are nobody else’s, in either order', async () => {
    const window = await openSettings('shortcuts');
    const everywhere = () => screen.getByTestId('global-keys').textContent;
    await window.user.click(screen.getByTestId('set-keysEverywhere'));
    expect(everywhere()).toBe('');
    await window.user.click(within(screen.getByTestId('shortcut-chat')).getByTestId('keys-change'));
    await window.user.keyboard('{Control>}{Shift>}d{/Shift}{/Control}');
    expect(screen.getByTestId('keys-why')).toHaveTextContent(/servent dans tout l’ordinateur à «\sAllumer ou couper le micro\s»/);
    expect(screen.queryByTestId('keys-take')).toBeNull();
    expect(set(window)?.shortcuts).toEqual({});
    await expectAccessible();
    act(() => window.engine.patch({ key: 'settings', value: { ...USUAL, shortcuts: { chat: D } } }));
    expect(everywhere()).toBe('');
    act(() => window.engine.patch({ key: 'settings', value: { ...USUAL, shortcuts: { chat: D }, keys_everywhere: true } }));
    expect(everywhere()).toMatch(/Ctrl\+Maj\+D sont aussi les touches de «\sOuvrir ou fermer la discussion\s»/);
    // For the same end, it is no loss.
    act(() => window.engine.patch({ key: 'settings', value: { ...USUAL, shortcuts: { microphone: D }, keys_everywhere: true } }));
    expect(everywhere()).toBe('');
  });

  it.each([
    [{ kind: 'unasked' }, /^$/],
    [{ kind: 'asking' }, /Votre système demande/],
    [{ kind: 'usual' }, /Ctrl\+Maj\+D .* Ctrl\+Maj\+Espace/],
    [GIVEN, /micro\s: Meta\+F9\. À tenir pour parler\s: aucune touche\./],
    [{ kind: 'given', microphone: null, talk: null }, /ne leur en donne encore aucune/],
    [{ kind: 'missing', why: 'taken' }, /Une autre application a Ctrl\+Maj\+D/],
    [{ kind: 'missing', why: 'refused' }, /désactivez ce réglage/],
    [{ kind: 'missing', why: 'no_such_system' }, /hors de leurs fenêtres/],
    [{ kind: 'missing', why: 'failed' }, /n’a donné aucune touche/],
  ] as const)('say how they stand: %o', async (value, text) => {
    const window = await openSettings('shortcuts');
    act(() => window.engine.patch({ key: 'global_keys', value }));
    expect(screen.getByTestId('global-keys')).toBeEmptyDOMElement();
    await window.user.click(screen.getByTestId('set-keysEverywhere'));
    expect(set(window)?.keys_everywhere).toBe(true);
    expect(screen.getByTestId('global-keys').textContent).toMatch(text);
    await expectAccessible();
  });

  it('are in the list of a meeting, as the system calls them', async () => {
    const call = await open('call-live');
    expect(call.engine.named.at(-1)).toEqual({ microphone: 'Allumer ou couper le micro', talk: 'Parler tant que la touche est tenue' });
    act(() => call.engine.patch({ key: 'settings', value: { ...USUAL, keys_everywhere: true } }, { key: 'global_keys', value: GIVEN }));
    await call.user.keyboard('{F1}');
    expect(await screen.findByTestId('keys-elsewhere')).toHaveTextContent(/Depuis une autre application.*Meta\+F9.*aucune touche/);
    await expectAccessible();
  });
});
