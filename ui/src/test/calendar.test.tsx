import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { awaitKept } from '../calendar/not-kept';
import type { Issue } from '../engine/contract';
import { FAKE_NOW, issue } from '../engine/fake/scenarios';
import { expectAccessible, open, openSettings } from './render';

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, now: FAKE_NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = (minutes: number) => new Intl.DateTimeFormat('fr', { hour: '2-digit', minute: '2-digit' }).format(FAKE_NOW + minutes * 60_000);

it('leads to the next meeting with one key', async () => {
  const { user, sent } = await open('home-calendar');
  const card = screen.getByTestId('next-meeting');
  expect(card).toHaveTextContent('Commence dans 4 minutes');
  expect(within(card).getByRole('heading', { name: 'Comité de pilotage des archives' })).toBeVisible();
  expect(card).toHaveTextContent('visio.agglo.example');
  const key = within(card).getByRole('button', { name: 'Rejoindre Comité de pilotage des archives' });
  expect(key).toHaveFocus();
  await user.keyboard('{Enter}');
  expect(sent('open_link')).toEqual([{ kind: 'open_link', text: 'https://visio.agglo.example/abc-defg-hij' }]);
});

it('shows the card from a quarter of an hour before to the end', async () => {
  await open('home-calendar-later');
  expect(screen.queryByTestId('next-meeting')).toBeNull();
  expect(screen.getByTestId('link-field')).toHaveFocus();
  await act(() => vi.advanceTimersByTimeAsync(15.5 * 60_000));
  expect(screen.getByTestId('next-meeting')).toHaveTextContent('Point quotidien, cellule accessibilité');
  expect(screen.getByTestId('link-field'), 'whoever types keeps their place').toHaveFocus();
  await act(() => vi.advanceTimersByTimeAsync(15 * 60_000));
  expect(screen.getByTestId('next-meeting')).toHaveTextContent('En cours');
  await act(() => vi.advanceTimersByTimeAsync(30 * 60_000));
  expect(screen.queryByTestId('next-meeting')).toBeNull();
});

it('has one named key a meeting, and none where there is nothing to join', async () => {
  const { user, sent } = await open('home-calendar');
  const agenda = screen.getByTestId('agenda');
  expect(within(agenda).getByRole('heading', { name: 'Aujourd’hui, mardi 24 novembre' })).toBeVisible();
  expect(within(agenda).getByRole('heading', { name: 'Demain' })).toBeVisible();
  const rows = screen.getAllByTestId('calendar-meeting');
  expect(rows).toHaveLength(5);
  expect(rows[0]).toHaveTextContent(`${clock(30)}30 min`);
  expect(rows[0]).toHaveTextContent('visio.voisins.example');
  expect(rows[0]).toHaveTextContent('Visio');
  expect(within(rows[1] as HTMLElement).queryByRole('button')).toBeNull();
  expect(rows[1]).toHaveTextContent('1 h 30');
  expect(rows[2]).toHaveTextContent('Annulée');
  expect(within(rows[2] as HTMLElement).queryByRole('button')).toBeNull();
  await user.click(within(agenda).getByRole('button', { name: `Rejoindre Point quotidien, cellule accessibilité, ${clock(30)}` }));
  expect(sent('open_link')[0]?.text).toBe('https://visio.voisins.example/klm-nopq-rst');
});

it('leads to meetings of other services through the question, and says where that is refused', async () => {
  const { user, sent, engine } = await open('home-calendar');
  const row = () => screen.getAllByTestId('calendar-meeting')[3] as HTMLElement;
  expect(row()).toHaveTextContent('teams.microsoft.com');
  expect(row()).toHaveTextContent('Teams, dans le navigateur');
  await user.click(within(row()).getByRole('button', { name: `Ouvrir Démonstration d’un logiciel, ${clock(120)}` }));
  expect(sent('open_link')).toEqual([{ kind: 'open_link', text: 'https://teams.microsoft.com/meet/3456789012345' }]);
  expect(screen.getByRole('dialog', { name: 'Cette réunion se tient sur Teams' })).toHaveTextContent('teams.microsoft.com');
  await user.click(screen.getByTestId('elsewhere-cancel'));
  const { home } = engine.snapshot;
  const meetings = home.calendar.meetings.map((one) => (one.elsewhere === null ? one : { ...one, elsewhere: { ...one.elsewhere, refused: true } }));
  act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, meetings } } }));
  expect(row()).toHaveTextContent('Teams, non autorisé');
  await expectAccessible();
});

it('says why the link of a meeting is refused', async () => {
  const { engine } = await open('home-calendar');
  const row = () => screen.getAllByTestId('calendar-meeting')[1] as HTMLElement;
  expect(screen.queryByTestId('meeting-refused')).toBeNull();
  const tell = (refused: Issue) => {
    const { home } = engine.snapshot;
    const meetings = home.calendar.meetings.map((one, at) => (at === 2 ? { ...one, refused } : one));
    act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, meetings } } }));
  };
  tell(issue('VIS-JOIN-POLICY-37', 'see_rule', { host: 'autre.example' }));
  expect(row()).toHaveTextContent('Lien refusé');
  expect(within(row()).getByTestId('meeting-refused')).toHaveTextContent('Votre organisation n’autorise pas ce serveur. autre.example n’est pas dans la liste de votre organisation.');
  expect(within(row()).queryByRole('button')).toBeNull();
  await expectAccessible();
  tell(issue('VIS-JOIN-LINK-39', 'check_link', { cause: 'look_alike', host: 'visi0.agglo.example' }));
  expect(row()).toHaveTextContent('visi0.agglo.example');
  expect(within(row()).getByTestId('meeting-refused')).toHaveTextContent('Le serveur de ce lien ressemble à un serveur que vous connaissez, et c’en est un autre.');
});

it('keeps a meeting that runs beside the next one', async () => {
  const { user, sent } = await open('home-calendar-two');
  const card = screen.getByTestId('next-meeting');
  expect(within(card).getByRole('heading', { name: 'Comité de pilotage des archives' })).toBeVisible();
  expect(screen.getByTestId('also-open')).toHaveTextContent('Groupe de travailEn cours · visio.voisins.example');
  expect(screen.getAllByTestId('calendar-meeting')).toHaveLength(5);
  await expectAccessible();
  await user.click(screen.getByRole('button', { name: 'Rejoindre Groupe de travail' }));
  expect(sent('open_link')).toEqual([{ kind: 'open_link', text: 'https://visio.voisins.example/klm-nopq-rst' }]);
});

it('shows the days after tomorrow on demand', async () => {
  const { user } = await open('home-calendar');
  expect(screen.queryByTestId('agenda-day')).toBeNull();
  const key = screen.getByRole('button', { name: 'Toute la semaine' });
  expect(key).toHaveAttribute('aria-expanded', 'false');
  await user.click(key);
  expect(key).toHaveAttribute('aria-expanded', 'true');
  expect(screen.getAllByTestId('agenda-day').map((one) => one.textContent)).toEqual([
    expect.stringContaining('vendredi 27 novembre'),
    expect.stringContaining('samedi 28 novembre'),
  ]);
  expect(screen.getAllByTestId('agenda-day')[0]).toHaveTextContent('Commission informatique');
  await expectAccessible();
  await user.click(key);
  expect(screen.queryByTestId('agenda-day')).toBeNull();
});

it('says in each state what there is to say', async () => {
  const first = await open('home');
  expect(screen.getByTestId('agenda-empty')).toHaveTextContent('Rien de prévu aujourd’hui. Reliez votre agenda, ou collez un lien ci-dessus.');
  first.unmount();
  const free = await open('home-calendar-free');
  expect(screen.getByTestId('agenda-empty').textContent).toBe('Rien de prévu aujourd’hui.');
  free.unmount();
  const reading = await open('home-calendar-reading');
  expect(screen.getByTestId('agenda-reading').textContent).toBe('');
  await act(() => vi.advanceTimersByTimeAsync(1100));
  expect(screen.getByTestId('agenda-reading')).toHaveTextContent('Agenda en cours de lecture');
  expect(screen.queryByTestId('agenda-empty')).toBeNull();
  reading.unmount();
  const { user, sent } = await open('home-calendar-failed');
  const failed = screen.getByTestId('agenda-failed');
  expect(failed).toHaveTextContent(`L’agenda n’a pas répondu. Dernière lecture à ${clock(-2)}.`);
  expect(screen.getAllByTestId('calendar-meeting'), 'the last reading stays').toHaveLength(2);
  await user.click(within(failed).getByRole('button', { name: 'Réessayer' }));
  expect(sent('read_calendar')).toHaveLength(1);
  expect(screen.queryByTestId('agenda-failed')).toBeNull();
});

it('connects a calendar, and says what is wrong with a password', async () => {
  const { user, sent, engine } = await open('home');
  await user.click(screen.getByRole('button', { name: 'Relier un agenda' }));
  expect(screen.getByTestId('calendar-address')).toHaveFocus();
  await expectAccessible();
  await user.type(screen.getByLabelText('Adresse de l’agenda'), ' agenda.agglo.example ');
  await user.type(screen.getByLabelText('Identifiant'), 'camille');
  await user.type(screen.getByLabelText('Mot de passe d’application'), 'wrong{Enter}');
  expect(screen.getByTestId('calendar-outcome')).toHaveTextContent('L’agenda n’accepte pas cet identifiant ou ce mot de passe.');
  expect(screen.getByTestId('calendar-password')).toBeInvalid();
  await user.clear(screen.getByTestId('calendar-password'));
  await user.type(screen.getByTestId('calendar-password'), 'right');
  await user.click(screen.getByTestId('calendar-connect'));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent('connect_calendar')[1]).toEqual({ kind: 'connect_calendar', address: 'agenda.agglo.example', user: 'camille', password: 'right' });
  expect(engine.snapshot.home.calendar.place?.name).toBe('agenda.agglo.example');
});

it('stays open until the engine has said how it went', async () => {
  const { user, engine } = await open('home');
  await user.click(screen.getByRole('button', { name: 'Relier un agenda' }));
  await user.type(screen.getByTestId('calendar-address'), 'agenda.agglo.example');
  await user.type(screen.getByTestId('calendar-password'), 'slow{Enter}');
  const { home } = engine.snapshot;
  const tell = (change: Partial<typeof home.calendar>) => act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, ...change } } }));
  expect(screen.getByRole('dialog'), 'nothing is said yet').toBeVisible();
  tell({ attempt: { kind: 'trying' } });
  expect(screen.getByTestId('calendar-outcome')).toHaveTextContent('Essai en cours…');
  tell({ attempt: { kind: 'refused', fault: 'no_calendar' } });
  expect(screen.getByTestId('calendar-outcome')).toHaveTextContent('Aucun agenda n’a été trouvé à cette adresse.');
  tell({ place: { address: 'a', user: '', name: 'a' }, read_at: FAKE_NOW });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

it('waits while it tries, and takes a calendar away', async () => {
  const { user, sent, engine } = await open('home-calendar');
  await user.click(screen.getByRole('button', { name: 'Agenda' }));
  expect(screen.getByRole('dialog')).toHaveTextContent(`agenda.agglo.example · camilleDernière lecture à ${clock(-2)}.`);
  await expectAccessible();
  await user.click(screen.getByTestId('calendar-other'));
  const { home } = engine.snapshot;
  act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, attempt: { kind: 'trying' } } } }));
  await user.click(screen.getByTestId('calendar-connect'));
  expect(sent('connect_calendar'), 'one at a time').toHaveLength(0);
  act(() => engine.patch({ key: 'home', value: home }));
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Agenda' }));
  await user.click(screen.getByTestId('calendar-forget'));
  expect(sent('forget_calendar')).toHaveLength(1);
  expect(screen.getByRole('button', { name: 'Relier un agenda' })).toBeVisible();
});

it('gives up what is being tried when the dialog closes, and nothing else', async () => {
  const { user, sent, engine } = await open('home');
  const connect = () => user.click(screen.getByRole('button', { name: 'Relier un agenda' }));
  const closed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  const begin = async () => {
    await connect();
    await user.type(screen.getByTestId('calendar-address'), 'agenda.agglo.example');
    await user.type(screen.getByTestId('calendar-password'), 'slow{Enter}');
    const { home } = engine.snapshot;
    act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, attempt: { kind: 'trying' } } } }));
  };
  await connect();
  await user.click(screen.getByRole('button', { name: 'Annuler' }));
  expect(sent('cancel_calendar'), 'nothing was tried').toHaveLength(0);
  await closed();
  await begin();
  await user.click(screen.getByRole('button', { name: 'Annuler' }));
  expect(sent('cancel_calendar')).toHaveLength(1);
  await closed();
  expect(engine.snapshot.home.calendar).toMatchObject({ place: null, attempt: { kind: 'none' } });
  await begin();
  await user.keyboard('{Escape}');
  expect(sent('cancel_calendar')).toHaveLength(2);
  await closed();
  await begin();
  const { home } = engine.snapshot;
  const calendar = { ...home.calendar, place: { address: 'a', user: '', name: 'a' }, read_at: FAKE_NOW, attempt: { kind: 'none' as const } };
  act(() => engine.patch({ key: 'home', value: { ...home, calendar } }));
  await closed();
  expect(sent('cancel_calendar'), 'it is connected').toHaveLength(2);
});

it('gives up nothing that another window tries', async () => {
  const { user, sent, engine } = await open('home');
  await user.click(screen.getByRole('button', { name: 'Relier un agenda' }));
  const { home } = engine.snapshot;
  act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, attempt: { kind: 'trying' } } } }));
  await user.click(screen.getByRole('button', { name: 'Annuler' }));
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(sent('cancel_calendar')).toHaveLength(0);
});

it('says how many calendars could not be read beside those that were', async () => {
  const { engine } = await open('home-calendar');
  const { home } = engine.snapshot;
  const tell = (unread: number) => act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, unread } } }));
  expect(screen.getByTestId('agenda-unread'), 'what is to be heard is there before its words').toBeEmptyDOMElement();
  tell(1);
  expect(screen.getByTestId('agenda-unread')).toHaveTextContent('1 agenda de votre serveur n’a pas pu être lu.');
  expect(screen.getAllByTestId('calendar-meeting'), 'the others are shown').toHaveLength(5);
  tell(2);
  expect(screen.getByTestId('agenda-unread')).toHaveTextContent('2 agendas de votre serveur n’ont pas pu être lus.');
  await expectAccessible();
});

it('tells outside of the window that a meeting begins soon, once', async () => {
  const { engine, unmount } = await open('home-calendar-later');
  expect([...engine.notices.keys()]).toEqual([]);
  await act(() => vi.advanceTimersByTimeAsync(25.5 * 60_000));
  const kind = 'soon-Point quotidien, cellule accessibilité';
  expect(engine.notices.get(kind)).toEqual({
    kind,
    title: `Point quotidien, cellule accessibilité commence à ${clock(30)}`,
    body: 'visio.voisins.example',
    actions: [
      {
        label: 'Rejoindre',
        command: { kind: 'offer', text: 'https://visio.voisins.example/klm-nopq-rst', direct: false, microphone_off: false, camera_off: false },
        front: true,
      },
    ],
  });
  const notify = vi.spyOn(engine, 'notify');
  // Another view, the same window.
  const link = { kind: 'visio' as const, host: 'visio.agglo.example', room: 'abc-defg-hij', secure: true };
  act(() => engine.patch({ key: 'phase', value: { kind: 'pre_join', link } }));
  await act(() => vi.advanceTimersByTimeAsync(60_000));
  expect(notify).not.toHaveBeenCalled();
  await act(() => vi.advanceTimersByTimeAsync(14 * 60_000));
  expect([...engine.notices.keys()]).not.toContain(kind);
  unmount();
});

it('asks for no other password where the server wants another kind of sign-in', async () => {
  const { user, engine, sent } = await open('home-calendar');
  const { home } = engine.snapshot;
  act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, reading: { kind: 'failed', fault: 'other_sign_in' } } } }));
  const failed = screen.getByTestId('agenda-failed');
  expect(failed).toHaveTextContent('Ce serveur d’agenda demande une façon de se connecter que Visavis n’a pas, quel que soit le mot de passe.');
  await user.click(within(failed).getByRole('button', { name: 'Réessayer' }));
  expect(sent('read_calendar')).toHaveLength(1);
});

it('asks for a password that is not kept any more', async () => {
  const { user } = await open('home-calendar-password');
  await user.click(screen.getByRole('button', { name: 'Donner le mot de passe' }));
  const filled = () => {
    expect(screen.getByTestId('calendar-address')).toHaveValue('agenda.agglo.example');
    expect(screen.getByTestId('calendar-user')).toHaveValue('camille');
    expect(screen.getByTestId('calendar-password')).toHaveFocus();
  };
  filled();
  await expectAccessible();
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  // By the other key it is shown what there is, with the same way on.
  await user.click(screen.getByRole('button', { name: 'Agenda' }));
  await user.click(screen.getByRole('button', { name: 'Donner le mot de passe' }));
  filled();
  await user.type(screen.getByTestId('calendar-password'), 'right{Enter}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.queryByTestId('agenda-failed')).toBeNull();
});

it('says once that no keyring keeps the password, and leaves it to be read', async () => {
  const { user, engine } = await open('home');
  const sentence = 'Aucun trousseau ne garde ce mot de passe : il sera demandé au prochain démarrage.';
  expect(screen.queryByTestId('agenda-not-kept')).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Relier un agenda' }));
  await user.type(screen.getByTestId('calendar-address'), 'agenda.agglo.example');
  await user.type(screen.getByTestId('calendar-password'), 'unkept{Enter}');
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(screen.getByTestId('agenda-not-kept')).toHaveTextContent(sentence);
  // Nobody types any more.
  await act(() => vi.advanceTimersByTimeAsync(2000));
  await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent(sentence));
  await expectAccessible();
  // Out of the start screen and back to it.
  const link = { kind: 'visio' as const, host: 'visio.agglo.example', room: 'abc-defg-hij', secure: true };
  act(() => screen.getByTestId('polite').replaceChildren());
  act(() => engine.patch({ key: 'phase', value: { kind: 'pre_join', link } }));
  act(() => engine.patch({ key: 'phase', value: { kind: 'home' } }));
  await act(() => vi.advanceTimersByTimeAsync(2000));
  expect(screen.getByTestId('agenda-not-kept')).toBeVisible();
  expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
});

it('says in the window of settings, too, that no keyring keeps it, on whichever page that turns out', async () => {
  const { user, engine } = await openSettings('accounts');
  const tell = (change: Partial<typeof engine.snapshot.home.calendar>) => {
    const { home } = engine.snapshot;
    act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, ...change } } }));
  };
  await user.click(screen.getByTestId('set-calendar'));
  await user.type(screen.getByTestId('calendar-address'), 'agenda.agglo.example');
  await user.type(screen.getByTestId('calendar-password'), 'slow{Enter}');
  tell({ attempt: { kind: 'trying' } });
  tell({ place: { address: 'a', user: '', name: 'a' }, kept: true, attempt: { kind: 'none' }, read_at: FAKE_NOW });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  act(() => {
    location.hash = '#settings/network';
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  });
  expect(screen.getByTestId('settings-page')).toHaveAttribute('data-page', 'network');
  tell({ kept: false });
  await act(() => vi.advanceTimersByTimeAsync(3000));
  expect(screen.getByTestId('polite')).toHaveTextContent('Aucun trousseau ne garde ce mot de passe');
  // One that another window connects after ours is told there.
  screen.getByTestId('polite').replaceChildren();
  awaitKept(engine, FAKE_NOW);
  tell({ place: { address: 'b', user: '', name: 'b' }, kept: true, read_at: FAKE_NOW + 1 });
  tell({ place: { address: 'c', user: '', name: 'c' }, kept: true, read_at: FAKE_NOW + 2 });
  tell({ kept: false });
  await act(() => vi.advanceTimersByTimeAsync(3000));
  expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
});

it('says of a second calendar too that its password is not kept, and never of one that was given up', async () => {
  const { user, engine } = await open('home-calendar');
  const tell = (change: Partial<typeof engine.snapshot.home.calendar>) => {
    const { home } = engine.snapshot;
    act(() => engine.patch({ key: 'home', value: { ...home, calendar: { ...home.calendar, ...change } } }));
  };
  const begin = async () => {
    await user.click(screen.getByRole('button', { name: 'Agenda' }));
    await user.click(screen.getByTestId('calendar-other'));
    await user.type(screen.getByTestId('calendar-password'), 'slow{Enter}');
    tell({ attempt: { kind: 'trying' } });
  };
  const closed = () => waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  tell({ kept: false });
  await begin();
  await user.keyboard('{Escape}');
  await closed();
  tell({ read_at: FAKE_NOW + 1 });
  await act(() => vi.advanceTimersByTimeAsync(3000));
  expect(screen.getByTestId('polite')).toBeEmptyDOMElement();
  await begin();
  tell({ place: { address: 'b', user: '', name: 'b' }, kept: true, attempt: { kind: 'none' }, read_at: FAKE_NOW + 2 });
  await closed();
  tell({ kept: false });
  await act(() => vi.advanceTimersByTimeAsync(3000));
  expect(screen.getByTestId('polite')).toHaveTextContent('Aucun trousseau ne garde ce mot de passe');
});
