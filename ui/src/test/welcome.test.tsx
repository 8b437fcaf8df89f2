import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { IssueCode } from '../engine/contract';
import { issue, scenario } from '../engine/fake/scenarios';
import { isFirstStart, isWelcomeOver } from '../home/first';
import { expectAccessible, open } from './render';

const shell = { automation: false };
const NOT_KEPT = 'Aucun trousseau ne garde ce mot de passe';
/** Nobody types any more, and what is said is due. */
const SAID = { timeout: 5000 };

describe('the first start', () => {
  it('has three rows that are set already, and one key', async () => {
    const { user, sent, engine } = await open('home-first', { shell });
    expect(screen.getByTestId('welcome-start')).toHaveFocus();
    expect(screen.getAllByRole('heading', { level: 2 }).map((one) => one.textContent)).toEqual(['Langue', 'Micro et caméra', 'Agenda']);
    await expectAccessible();
    await user.click(within(screen.getByTestId('welcome-language')).getByRole('button'));
    await user.click(await screen.findByRole('option', { name: 'Deutsch' }));
    await waitFor(() => expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Alles ist bereit'));
    await user.click(screen.getByTestId('welcome-agenda'));
    expect(await screen.findByRole('dialog')).toBeVisible();
    await user.keyboard('{Escape}');
    await user.click(screen.getByTestId('welcome-start'));
    expect(sent('keep_settings').at(-1)?.settings).toMatchObject({ welcomed: true, language: 'de' });
    expect(engine.snapshot.settings.welcomed).toBe(true);
    expect(screen.queryByTestId('welcome')).toBeNull();
    expect(screen.getByTestId('link-field')).toBeVisible();
  });

  it('says that all is ready only where it is, and else what is missing', async () => {
    const { engine } = await open('home-first-no-camera', { shell });
    const welcome = screen.getByTestId('welcome');
    expect(within(welcome).getByRole('heading', { level: 1 })).toHaveTextContent('Tout est presque prêt');
    expect(within(welcome).getByTestId('ready')).toHaveTextContent('Aucune caméra');
    await expectAccessible();
    act(() => engine.patch({ key: 'devices', value: { list: [], known: false } }));
    expect(within(welcome).getByRole('heading', { level: 1 })).toHaveTextContent('Tout est presque prêt');
    expect(within(welcome).queryByTestId('ready')).toBeNull();
    act(() => engine.patch({ key: 'devices', value: scenario('home-first').start.devices }));
    expect(within(welcome).getByRole('heading', { level: 1 })).toHaveTextContent('Tout est prêt');
    expect(within(welcome).queryByTestId('ready')).toBeNull();
  });

  it('stays while its own row connects a calendar, and says that no keyring keeps the password', async () => {
    const { user } = await open('home-first', { shell });
    await user.click(screen.getByTestId('welcome-agenda'));
    await user.type(screen.getByTestId('calendar-address'), 'agenda.agglo.example');
    await user.type(screen.getByTestId('calendar-password'), 'unkept{Enter}');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    const welcome = screen.getByTestId('welcome');
    expect(welcome).toHaveTextContent('agenda.agglo.example');
    expect(welcome).toHaveTextContent(NOT_KEPT);
    expect(screen.queryByTestId('welcome-agenda')).toBeNull();
    // The key that had opened it is no more.
    await waitFor(() => expect(welcome.contains(document.activeElement)).toBe(true));
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent(NOT_KEPT), SAID);
    await user.click(screen.getByTestId('welcome-start'));
    expect(screen.queryByTestId('welcome')).toBeNull();
    expect(screen.getByTestId('agenda-not-kept')).toBeVisible();
  });

  it('tells whoever has gone on meanwhile what the keyring did', async () => {
    const { user, engine } = await open('home-first', { shell });
    const tell = (change: Partial<typeof engine.snapshot.home.calendar>) => {
      const { home } = engine.snapshot;
      act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, ...change } } }));
    };
    await user.click(screen.getByTestId('welcome-agenda'));
    await user.type(screen.getByTestId('calendar-address'), 'agenda.agglo.example');
    await user.type(screen.getByTestId('calendar-password'), 'slow{Enter}');
    tell({ attempt: { kind: 'trying' } });
    // The engine's order: it counts as kept until the keyring has answered.
    tell({ place: { address: 'agenda.agglo.example', user: '', name: 'agenda.agglo.example' }, kept: true, attempt: { kind: 'none' }, read_at: 1 });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await user.click(screen.getByTestId('welcome-start'));
    const link = { kind: 'visio' as const, host: 'visio.agglo.example', room: 'abc-defg-hij', secure: true };
    act(() => engine.patch({ key: 'phase', value: { kind: 'pre_join', link } }));
    tell({ kept: false });
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent(NOT_KEPT), SAID);
  });

  it('ends by its key or a link, and by nothing else that is set there', () => {
    const first = scenario('home-first').start;
    const place = { address: 'a', user: '', name: 'a' };
    const connected = { ...first, home: { ...first.home, calendar: { ...first.home.calendar, place } } };
    expect(isFirstStart(connected, false)).toBe(false);
    expect(isWelcomeOver(connected)).toBe(false);
    expect(isWelcomeOver({ ...first, settings: { ...first.settings, welcomed: true } })).toBe(true);
    expect(isWelcomeOver({ ...first, issues: [issue('VIS-JOIN-LINK-39', 'none')] })).toBe(true);
  });

  it('asks nobody who came by a link, was there before, or is looked after', () => {
    const first = scenario('home-first').start;
    expect(isFirstStart(first, false)).toBe(true);
    expect(isFirstStart(first, true)).toBe(false);
    expect(isFirstStart({ ...first, settings: { ...first.settings, welcomed: true } }, false)).toBe(false);
    expect(isFirstStart(scenario('prejoin').start, false)).toBe(false);
    expect(isFirstStart(scenario('home-managed').start, false)).toBe(false);
    expect(isFirstStart({ ...first, home: { ...first.home, recent: [{ text: 'a', host: 'h', room: 'r', at: 1 }] } }, false)).toBe(false);
  });

  it('asks nobody whose link or file has something to say', () => {
    const first = scenario('home-first').start;
    const asks = (code: IssueCode) => isFirstStart({ ...first, issues: [issue(code, 'none')] }, false);
    expect(asks('VIS-JOIN-SERVER-19')).toBe(false);
    expect(asks('VIS-JOIN-LINK-39')).toBe(false);
    expect(asks('VIS-NET-OFF-01')).toBe(false);
    expect(asks('VIS-SRV-MOVED-16')).toBe(false);
    expect(asks('VIS-CAL-NOLINK-81')).toBe(false);
    // What devices and accounts say has a place of its own.
    expect(asks('VIS-CAM-NONE-55')).toBe(true);
    expect(asks('VIS-JOIN-SESSION-35')).toBe(true);
  });

  it('gives way to a link that is opened meanwhile, and does not come back', async () => {
    const { user, sent, engine } = await open('home-first', { shell });
    const asked = issue('VIS-JOIN-SERVER-19', 'add_server', { host: 'visio.agglo.test' });
    act(() => engine.patch({ key: 'issues', value: [asked] }));
    expect(screen.queryByTestId('welcome')).toBeNull();
    expect(screen.getByTestId('issue')).toHaveTextContent('visio.agglo.test');
    const field = screen.getByTestId('link-field');
    expect(field).toHaveFocus();
    expect(field).toHaveAccessibleDescription(/visio\.agglo\.test/);
    await expectAccessible();
    await user.type(field, 'ab');
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-JOIN-SERVER-19' }]);
    expect(screen.queryByTestId('issue')).toBeNull();
    expect(screen.getByTestId('link-field')).toHaveValue('ab');
    expect(engine.snapshot.settings.welcomed).toBe(false);
  });

  it('has a sentence for a calendar file without a meeting of these days', async () => {
    const { engine } = await open('home-first', { shell });
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAL-NOLINK-81', 'none', { name: 'past.ics', cause: 'past' })] }));
    expect(screen.getByTestId('issue')).toHaveTextContent('Aucune réunion de past.ics n’a eu lieu dans les douze derniers mois');
    act(() => engine.patch({ key: 'issues', value: [issue('VIS-CAL-NOLINK-81', 'none', { name: 'off.ics', cause: 'cancelled' })] }));
    expect(screen.getByTestId('issue')).toHaveTextContent('La réunion de off.ics est annulée.');
    expect(screen.getByTestId('issue')).not.toHaveTextContent('Collez le lien');
  });
});
