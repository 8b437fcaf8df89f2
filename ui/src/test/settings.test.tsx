import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { MANAGED } from '../engine/fake/policy';
import { EMPTY_SNAPSHOT, USUAL } from '../engine/store';
import { PAGES, type PageId } from '../settings/place';
import { ROWS } from '../settings/rows';
import { expectAccessible, open, openSettings } from './render';

type Window = Awaited<ReturnType<typeof openSettings>>;

/** Chooses in a list of a row. */
async function choose({ user }: Window, row: string, option: string | RegExp) {
  await user.click(within(screen.getByTestId(`row-${row}`)).getByRole('button', { name: /./, expanded: false }));
  await user.click(await screen.findByRole('option', { name: option }));
}

const set = ({ sent }: Window) => sent('keep_settings').at(-1)?.settings;

describe.each(PAGES)('page %s', (page: PageId) => {
  it.each(['home', 'home-managed', 'call-live'])('has its rows and breaks no rule of axe (%s)', async (scenario) => {
    const { container } = await openSettings(page, { scenario });
    expect(screen.getByTestId('settings-page')).toHaveAttribute('data-page', page);
    expect([...document.querySelectorAll('[data-setting]')].map((row) => (row as HTMLElement).dataset['setting'])).toEqual([...ROWS[page]]);
    expect(screen.getByRole('link', { current: 'page' })).toHaveAttribute('href', `#settings/${page}`);
    expect(screen.getAllByRole('heading', { level: 1 })).toHaveLength(1);
    expect(container.textContent).not.toMatch(/\{\{|\b(settings|policy|shortcuts|devices)[.:]\w|\b(row|word|page|origin|fact|group)\.\w/);
    await expectAccessible();
  });
});

it.each(['de-DE', 'nl-NL', 'en-GB'])('is whole in %s', async (locale) => {
  const { container } = await openSettings('accessibility', { shell: { locale } });
  await expectAccessible();
  expect(container.textContent).not.toMatch(/\b(row|word|page|origin|group)\.\w/);
});

it('opens from the start screen, before a meeting and in it', async () => {
  const home = await open('home');
  await home.user.click(screen.getByTestId('settings'));
  await home.user.keyboard('{Control>},{/Control}');
  expect(home.engine.pages).toEqual([null, null]);
  home.unmount();
  const before = await open('prejoin');
  await before.user.click(screen.getByTestId('settings'));
  expect(before.engine.pages).toEqual([null]);
  before.unmount();
  const call = await open('call-live');
  await call.user.click(screen.getByTestId('more'));
  await call.user.click(screen.getByTestId('more-settings'));
  await call.user.keyboard('{Control>},{/Control}');
  expect(call.engine.pages).toEqual([null, null]);
});

it.each([
  ['linux', 'false'],
  ['windows', 'listbox'],
] as const)('names the key of a list by its value and its label, once each; no box of choices where Orca would read both twice (%s)', async (platform, popup) => {
  await openSettings('appearance', { shell: { platform } });
  const key = within(screen.getByTestId('row-theme')).getByRole('button', { expanded: false });
  expect(key).toHaveAccessibleName('Comme le système Thème');
  expect(key).toHaveAttribute('aria-haspopup', popup);
});

it('changes at once, says whose choice it is, and goes back', async () => {
  const window = await openSettings('appearance');
  const row = screen.getByTestId('row-theme');
  expect(row).toHaveAttribute('data-origin', 'usual');
  await choose(window, 'theme', 'Sombre');
  expect(set(window)).toEqual({ ...USUAL, theme: 'dark' });
  expect(document.documentElement.dataset['theme']).toBe('dark');
  expect(row).toHaveAttribute('data-origin', 'own');
  expect(row).toHaveTextContent('Votre choix');
  await window.user.click(screen.getByTestId('restore-theme'));
  expect(set(window)).toEqual(USUAL);
  expect(document.documentElement.dataset['theme']).toBeUndefined();
});

it('shows another language at once, in its own window too', async () => {
  const window = await openSettings('appearance');
  await choose(window, 'language', 'Deutsch');
  await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Darstellung'));
  expect(document.documentElement.lang).toBe('de');
  expect(window.engine.pages).toEqual([null]);
  expect(document.title).toBe('Einstellungen, Visavis');
});

it('makes texts larger and takes contrast, motion and typeface', async () => {
  const window = await openSettings('accessibility');
  await choose(window, 'text', /^200\s%/);
  await choose(window, 'contrast', 'Élevé');
  await choose(window, 'motion', 'Réduit');
  await choose(window, 'typeface', 'Celle du système');
  expect(document.documentElement.style.fontSize).toBe('200%');
  expect({ ...document.documentElement.dataset }).toMatchObject({ contrast: 'more', motion: 'reduced', typeface: 'system', text: 'large' });
  await expectAccessible();
});

it('says a language of the command line, and keeps the choice for later', async () => {
  await openSettings('appearance', { shell: { language: 'fr' } });
  expect(screen.getByTestId('row-language')).toHaveTextContent('Ce démarrage est en français, comme le dit la ligne de commande.');
});

describe('an organisation', () => {
  it('locks a field: readable, to be focused, with the rule', async () => {
    const { user, engine, sent } = await openSettings('audio', { scenario: 'home-managed' });
    const row = screen.getByTestId('row-microphoneFirst');
    expect(row).toHaveAttribute('data-origin', 'set');
    const field = within(row).getByTestId('locked');
    expect(field).toHaveValue('Oui');
    expect(field).toHaveAttribute('readonly');
    expect(field).toHaveAccessibleName('Micro coupé à l’ouverture d’une réunion');
    expect(field).toHaveAccessibleDescription(/Fixé par votre organisation\s: Exemple Agglomération, DSI/);
    act(() => field.focus());
    expect(field).toHaveFocus();
    await user.click(within(row).getByTestId('see-rule'));
    const shown = (await screen.findByTestId('rules')).querySelector('[data-shown]');
    expect(shown).toHaveTextContent('DefaultMicMuted · /etc/visavis/policies/managed/50-visavis.json · imposé');
    await expectAccessible();
    await user.keyboard('{Escape}');
    act(() => engine.patch({ key: 'policy', value: { ...MANAGED, rules: [] } }));
    expect(row).toHaveAttribute('data-origin', 'usual');
    await user.click(screen.getByTestId('set-microphoneFirst'));
    expect(sent('keep_settings').at(-1)?.settings.microphone_off_first).toBe(true);
  });

  it('advises, until somebody chooses', async () => {
    const rule = { key: 'Language', value: 'nl', source: 'a', mandatory: false, in_force: true, known: true, error: null };
    const window = await openSettings('appearance');
    act(() => window.engine.patch({ key: 'policy', value: { organisation: '', rules: [rule], problems: [], brand: EMPTY_SNAPSHOT.policy.brand } }));
    await waitFor(() => expect(screen.getByTestId('row-language')).toHaveTextContent('Aanbevolen door uw organisatie'));
    await choose(window, 'language', 'Français');
    await waitFor(() => expect(screen.getByTestId('row-language')).toHaveTextContent('Votre choix'));
    act(() => window.engine.patch({ key: 'policy', value: { organisation: '', rules: [{ ...rule, mandatory: true }], problems: [], brand: EMPTY_SNAPSHOT.policy.brand } }));
    await waitFor(() => expect(within(screen.getByTestId('row-language')).getByTestId('locked')).toHaveValue('Nederlands'));
  });

  it('says what the network is, with its keys', async () => {
    const { engine } = await openSettings('network');
    expect(screen.getByTestId('fact-proxy')).toHaveTextContent('Celui du système');
    const rule = (key: string, value: string) => ({ key, value, source: 'a', mandatory: true, in_force: true, known: true, error: null });
    act(() => engine.patch({ key: 'policy', value: { organisation: '', rules: [rule('ProxyMode', 'fixed'), rule('ProxyServer', 'http://proxy.example:3128'), rule('UdpPortRange', '50000-50100')], problems: [], brand: EMPTY_SNAPSHOT.policy.brand } }));
    expect(within(screen.getByTestId('row-proxy')).getByTestId('locked')).toHaveDisplayValue(/fixed · .*http:\/\/proxy\.example:3128/);
    expect(within(screen.getByTestId('row-ports')).getByTestId('locked')).toHaveValue('50000-50100');
  });
});

describe('the search', () => {
  it('finds over all pages, and leads to the field', async () => {
    const { user } = await openSettings('audio');
    await user.keyboard('{Control>}f{/Control}');
    expect(screen.getByTestId('settings-search')).toHaveFocus();
    await user.keyboard('contraste');
    expect(screen.getByTestId('settings-found')).toHaveTextContent('1 réglage trouvé');
    await expectAccessible();
    await user.click(screen.getByTestId('found-contrast'));
    await waitFor(() => expect(screen.getByTestId('settings-page')).toHaveAttribute('data-page', 'accessibility'));
    expect(screen.getByTestId('row-contrast')).toContainElement(document.activeElement as HTMLElement);
  });

  it('leads to the row itself where there is nothing to operate, also twice', async () => {
    await openSettings('audio');
    const titles = { telemetry: 'Aucune télémétrie', clearRecent: 'Réunions récentes', sessions: 'Sessions et mots de passe', proxy: 'Proxy', licences: 'Licences', version: 'Version' };
    for (const [id, title] of Object.entries({ ...titles, again: 'Version' })) {
      fireEvent.change(screen.getByTestId('settings-search'), { target: { value: title } });
      fireEvent.click(screen.getByTestId(`found-${id === 'again' ? 'version' : id}`));
      await waitFor(() => expect(screen.getByTestId(`row-${id === 'again' ? 'version' : id}`)).toHaveFocus());
    }
    expect(screen.getByRole('group', { name: 'Version' })).toHaveAccessibleDescription('Visavis est un logiciel libre sous licence MIT.');
    await expectAccessible();
  });

  it('leads to the control, not to what puts its usual value back', async () => {
    const { engine } = await openSettings('audio');
    act(() => engine.patch({ key: 'settings', value: { ...USUAL, mirror: false } }));
    fireEvent.change(screen.getByTestId('settings-search'), { target: { value: 'miroir' } });
    fireEvent.click(screen.getByTestId('found-mirror'));
    await waitFor(() => expect(within(screen.getByTestId('row-mirror')).getByRole('switch')).toHaveFocus());
  });

  it('says that it found nothing, and goes back by Escape', async () => {
    const { user } = await openSettings('audio');
    await user.type(screen.getByTestId('settings-search'), 'xyzzy');
    expect(screen.getByTestId('settings-found')).toHaveTextContent('0 réglage trouvé');
    // Told once the letters are typed: a region of its own would tell each of them.
    expect(screen.getByTestId('settings-found').closest('[role="status"], [aria-live]')).toBeNull();
    expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('0 réglage trouvé'), { timeout: 4000 });
    await user.keyboard('{Escape}');
    expect(screen.getByTestId('settings-page')).toBeInTheDocument();
  });
});

describe('shortcuts', () => {
  const line = (id: string) => within(screen.getByTestId(`shortcut-${id}`));

  it('take other keys, at once in the meeting too', async () => {
    const window = await openSettings('shortcuts');
    await window.user.click(line('microphone').getByTestId('keys-change'));
    await window.user.keyboard('{Control>}k{/Control}');
    expect(set(window)?.shortcuts).toEqual({ microphone: { key: 'k', mod: true, shift: false, alt: false } });
    expect(screen.getByTestId('shortcut-microphone')).toHaveTextContent('Ctrl+K');
    await waitFor(() => expect(line('microphone').getByTestId('keys-change')).toHaveFocus());
    await window.user.click(line('microphone').getByTestId('keys-restore'));
    expect(set(window)?.shortcuts).toEqual({});
    window.unmount();
    const call = await open('call-live');
    act(() => call.engine.patch({ key: 'settings', value: { ...USUAL, shortcuts: { microphone: { key: 'k', mod: true, shift: false, alt: false } } } }));
    await call.user.keyboard('{Control>}d{/Control}');
    expect(call.sent('set_microphone_on')).toHaveLength(0);
    await call.user.keyboard('{Control>}k{/Control}');
    expect(call.sent('set_microphone_on')).toHaveLength(1);
  });

  it('say whose keys they are, and take them where it is wanted', async () => {
    const window = await openSettings('shortcuts');
    await window.user.click(line('chat').getByTestId('keys-change'));
    await window.user.keyboard('{Control>}d{/Control}');
    expect(screen.getByTestId('keys-why')).toHaveTextContent('Ctrl+D');
    expect(screen.getByTestId('keys-why')).toHaveTextContent('Allumer ou couper le micro');
    expect(window.sent('keep_settings')).toHaveLength(0);
    await expectAccessible();
    await window.user.click(screen.getByTestId('keys-take'));
    expect(set(window)?.shortcuts).toEqual({ chat: { key: 'd', mod: true, shift: false, alt: false }, microphone: null });
    expect(screen.getByTestId('shortcut-microphone')).toHaveTextContent('aucune touche');
  });

  it('are taken back from whoever has them where the usual ones are restored, and that is said', async () => {
    const window = await openSettings('shortcuts');
    const shortcuts = { microphone: null, chat: { key: 'd', mod: true, shift: false, alt: false } };
    act(() => window.engine.patch({ key: 'settings', value: { ...USUAL, shortcuts } }));
    await window.user.click(line('microphone').getByTestId('keys-restore'));
    expect(set(window)?.shortcuts).toEqual({ chat: null });
    expect(screen.getByTestId('shortcut-chat')).toHaveTextContent('aucune touche');
    expect(screen.getByTestId('shortcut-microphone')).toHaveTextContent(/Plus aucune touche pour\s: Ouvrir ou fermer la discussion\./);
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent(/Plus aucune touche pour/));
    await expectAccessible();
    await window.user.click(line('chat').getByTestId('keys-restore'));
    expect(set(window)?.shortcuts).toEqual({});
    expect(screen.getByTestId('shortcut-microphone')).not.toHaveTextContent('Plus aucune');
  });

  it('hold nothing that acts on a picture', async () => {
    const window = await openSettings('shortcuts');
    await window.user.click(line('talk').getByTestId('keys-change'));
    await window.user.keyboard('p');
    expect(screen.getByTestId('keys-why')).toHaveTextContent('agit déjà sur les images de la réunion');
    fireEvent.keyDown(screen.getByTestId('keys-field'), { key: '&', code: 'Digit1' });
    expect(screen.getByTestId('keys-why')).toHaveTextContent(/^&\s: cette touche agit déjà/);
    expect(window.sent('keep_settings')).toHaveLength(0);
  });

  it('refuse a letter alone, and leave it by Escape', async () => {
    const window = await openSettings('shortcuts');
    await window.user.click(line('chat').getByTestId('keys-change'));
    await window.user.keyboard('m');
    expect(screen.getByTestId('keys-why')).toHaveTextContent('une lettre demande Ctrl ou Alt');
    await window.user.keyboard('{Escape}');
    expect(screen.queryByTestId('keys-field')).toBeNull();
    expect(window.sent('keep_settings')).toHaveLength(0);
  });
});

it('exports without a secret, and imports after a question', async () => {
  const { engine, user, sent } = await openSettings('privacy');
  act(() => engine.patch({ key: 'settings', value: { ...USUAL, text_percent: 125 } }));
  await user.click(screen.getByTestId('export'));
  const [name, text] = engine.saved.at(-1) ?? ['', ''];
  expect(name).toBe('reglages-visavis');
  expect(JSON.parse(text)).toEqual({ kind: 'visavis-settings', format: 1, settings: { text_percent: 125 } });
  expect(screen.getByTestId('file-outcome')).toHaveTextContent('Réglages exportés.');
  engine.opening('{"what": "else"}');
  await user.click(screen.getByTestId('import'));
  await waitFor(() => expect(screen.getByTestId('file-outcome')).toHaveTextContent('Ce fichier n’est pas un export'));
  engine.opening(new Error('refused'));
  await user.click(screen.getByTestId('import'));
  await waitFor(() => expect(screen.getByTestId('file-outcome')).toHaveTextContent('Ce fichier n’a pas pu être lu.'));
  expect(sent('keep_settings')).toHaveLength(0);
  engine.opening(text.replace('125', '150'));
  await user.click(screen.getByTestId('import'));
  await user.click(await screen.findByTestId('ask-yes'));
  expect(sent('keep_settings').at(-1)?.settings).toEqual({ ...USUAL, text_percent: 150, welcomed: true });
  await waitFor(() => expect(screen.getByTestId('file-outcome')).toHaveTextContent('Réglages importés.'));
});

it('restores everything but what the engine refuses to read', async () => {
  const { engine, user, sent } = await openSettings('audio');
  act(() => engine.patch({ key: 'settings', value: { ...USUAL, mirror: false } }));
  await user.click(screen.getByTestId('reset'));
  expect(sent('keep_settings')).toHaveLength(0);
  await user.click(screen.getByTestId('ask-yes'));
  expect(engine.snapshot.settings).toEqual({ ...USUAL, welcomed: true });
  expect(engine.snapshot.me.camera).toEqual({ kind: 'system' });
});

it('says where an import is refused by the engine', async () => {
  const { engine, user } = await openSettings('privacy');
  engine.opening('{"kind": "visavis-settings", "format": 1, "settings": {"theme": "sepia"}}');
  engine.refuse('keep_settings', { code: 'VIS-INT-FAIL-90', action: 'none', params: {} });
  await user.click(screen.getByTestId('import'));
  await user.click(await screen.findByTestId('ask-yes'));
  await waitFor(() => expect(screen.getByTestId('file-outcome')).toHaveTextContent('Rien n’a changé.'));
});

describe('what is set is done', () => {
  it('speaks no arrivals, and shows no notices that are not wanted', async () => {
    const { engine } = await open('lobby');
    const notify = vi.spyOn(engine, 'notify');
    act(() => engine.patch({ key: 'settings', value: { ...USUAL, notices: { ...USUAL.notices, entry: false } } }));
    const { phase } = engine.snapshot;
    if (phase.kind !== 'lobby') throw new Error('no lobby');
    act(() => engine.patch({ key: 'phase', value: { kind: 'joining', link: phase.link, step: 1 } }));
    expect(notify).not.toHaveBeenCalled();
  });

  it('shows the own picture as others see it', async () => {
    const { engine, sent } = await open('prejoin');
    await waitFor(() => expect(sent('stage').at(-1)?.layout.tiles[0]?.mirrored).toBe(true));
    act(() => engine.patch({ key: 'settings', value: { ...USUAL, mirror: false } }));
    await waitFor(() => expect(sent('stage').at(-1)?.layout.tiles[0]?.mirrored).toBe(false));
  });

  it('writes captions as large and as long as they are wanted', async () => {
    const { engine } = await open('call-captions');
    act(() => engine.patch({ key: 'settings', value: { ...USUAL, captions: { ...USUAL.captions, size: 'huge', lines: 4 } } }));
    const band = screen.getByTestId('captions');
    expect(band).toHaveAttribute('data-size', 'huge');
    expect(band.style.getPropertyValue('--lines')).toBe('4');
  });
});

it('shows no licences before somebody looks, and each behind its name', async () => {
  const { user } = await openSettings('about');
  const name = await screen.findByText('OpenDyslexic', { selector: 'summary' });
  await user.click(name);
  expect(screen.getByRole('region', { name: 'OpenDyslexic' })).toHaveTextContent('SIL OPEN FONT LICENSE');
});

it('says what of accessibility is met and what is not, in short and whole', async () => {
  const { user } = await openSettings('about');
  expect(screen.getByTestId('statement')).toHaveTextContent('l’atteint en partie');
  expect(screen.queryByTestId('statement-whole')).toBeNull();
  await user.click(screen.getByText('Lire la déclaration entière, point par point (en anglais)'));
  const whole = await screen.findByTestId('statement-whole');
  expect(whole).toHaveAttribute('lang', 'en');
  const row = within(within(whole).getByRole('region', { name: /^Clause 6/ })).getByRole('row', { name: /^6.2.3 Interoperability/ });
  expect(row).toHaveTextContent('not met');
  expect(whole.textContent).not.toMatch(/[|`]|\*\*|^#/);
  await expectAccessible();
});
