import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Link, ServerView } from '../engine/contract';
import { issue } from '../engine/fake/scenarios';
import { expectAccessible, open } from './render';

type Opened = Awaited<ReturnType<typeof open>>;
const VISIO: Link = { kind: 'visio', host: 'visio.agglo.example', room: 'abc-defg-hij', secure: true };

/** The server comes to another state. */
function becomes({ engine }: Opened, host: string, change: Partial<ServerView>): void {
  const { home } = engine.snapshot;
  act(() => engine.patch({ key: 'home', value: { ...home, servers: home.servers.map((one) => (one.host === host ? { ...one, ...change } : one)) } }));
}
const account = { name: 'Camille Renard', email: 'c@agglo.example' };
const servers = () => screen.getAllByTestId('server');

afterEach(() => vi.restoreAllMocks());

describe('servers', () => {
  it('say who is signed in, by name, or by address where there is none', async () => {
    await open('home-accounts');
    expect(servers().map((one) => one.textContent)).toEqual([
      expect.stringContaining('Connexion\u00a0: Camille Renard'),
      expect.stringContaining('Connexion\u00a0: camille@voisins.example'),
      expect.stringContaining('Personne n’est connecté'),
    ]);
  });

  it('sign in and out by one key that keeps the focus, and say how far it has come', async () => {
    const opened = await open('home-signed-out');
    const { user, sent } = opened;
    const [server = document.body] = servers();
    const key = within(server).getByRole('button', { name: 'Se connecter à visio.agglo.example' });
    await user.click(key);
    expect(sent('sign_in')).toEqual([{ kind: 'sign_in', host: 'visio.agglo.example' }]);
    expect(within(server).getByRole('status')).toHaveTextContent('Connexion en cours dans une autre fenêtre…');
    expect(key).toHaveFocus();
    expect(key).toHaveAttribute('aria-disabled', 'true');
    await user.click(key);
    expect(sent('sign_in')).toHaveLength(1);
    await expectAccessible();
    becomes(opened, 'visio.agglo.example', { sign_in: 'asking' });
    expect(within(server).getByRole('status')).toHaveTextContent('Le serveur vérifie la connexion…');
    becomes(opened, 'visio.agglo.example', { sign_in: 'in', account });
    expect(within(server).getByRole('status')).toHaveTextContent('Connexion : Camille Renard');
    expect(key).toHaveFocus();
    expect(key).toHaveAccessibleName('Se déconnecter de visio.agglo.example');
    await user.click(key);
    expect(sent('sign_out')).toEqual([{ kind: 'sign_out', host: 'visio.agglo.example' }]);
    expect(within(server).getByRole('status')).toHaveTextContent('Déconnexion…');
    becomes(opened, 'visio.agglo.example', { sign_in: 'out', account: null });
    expect(key).toHaveTextContent('Se connecter');
  });

  it('tell that a sign-in failed, and offer it again', async () => {
    const { user, sent } = await open('home-sign-in-failed');
    const [failed = document.body, unkept = document.body] = screen.getAllByTestId('account-note');
    expect(failed).toHaveTextContent('Personne n’est connecté à visio.agglo.example.');
    // The field for the link has nothing to do with it.
    expect(screen.getByTestId('link-field')).not.toBeInvalid();
    await user.click(within(failed).getByTestId('issue-action'));
    expect(sent('sign_in')).toEqual([{ kind: 'sign_in', host: 'visio.agglo.example' }]);
    expect(failed).toHaveTextContent('Connexion en cours dans une autre fenêtre…');
    await user.click(within(failed).getByTestId('issue-action'));
    expect(sent('sign_in')).toHaveLength(1);
    expect(unkept).toHaveTextContent('vaut jusqu’à la fermeture de Visavis');
    await user.click(within(unkept).getByRole('button', { name: 'Compris' }));
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-ACC-NOTKEPT-68' }]);
  });

  it('give the focus to the next one when one is taken away', async () => {
    const { user } = await open('home-accounts');
    await user.click(screen.getByRole('button', { name: 'Retirer le serveur meet.voisins.example' }));
    await user.click(screen.getByTestId('ask-yes'));
    expect(servers()).toHaveLength(2);
    expect(screen.getByRole('button', { name: 'Se connecter à meet.region.example' })).toHaveFocus();
  });
});

describe('my rooms', () => {
  it('are side by side, each server with its identity, access in words and the code', async () => {
    await open('home-accounts');
    const [agglo = document.body, voisins = document.body] = screen.getAllByTestId('rooms');
    expect(agglo).toHaveAccessibleName('Mes salles sur visio.agglo.example');
    expect(agglo).toHaveTextContent('Connexion : Camille Renard');
    const rooms = within(agglo).getAllByTestId('room');
    expect(rooms.map((room) => room.textContent?.replaceAll('\u00a0', ' '))).toEqual([
      'Point d’équipe numériqueEntrée sur accord, sauf pour les membresCode au téléphone : 123 456 789 #',
      'Accueil du publicEntrée libre avec le lien',
      'Comité de pilotage des archivesEntrée libre pour les personnes connectéesCode au téléphone : 987 654 321 #',
    ]);
    expect(within(voisins).getByRole('status')).toHaveTextContent('Aucune salle pour l’instant.');
  });

  it('are opened, and copied as clean text with the code', async () => {
    const { user, sent } = await open('home-accounts');
    const write = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    await user.click(screen.getByRole('button', { name: 'Copier le lien de Point d’équipe numérique' }));
    expect(write.mock.calls).toEqual([
      ['Réunion « Point d’équipe numérique »\nRejoindre : https://visio.agglo.example/abc-defg-hij\nCode au téléphone : 123 456 789 #'],
    ]);
    const [agglo = document.body] = screen.getAllByTestId('rooms');
    await waitFor(() => expect(within(agglo).getByRole('status')).toHaveTextContent('Lien de Point d’équipe numérique copié'));
    await user.click(screen.getByRole('button', { name: 'Copier le lien de Accueil du public' }));
    expect(write.mock.calls[1]).toEqual(['Réunion « Accueil du public »\nRejoindre : https://visio.agglo.example/acc-ueil-pub']);
    write.mockRejectedValue(new Error('refused'));
    await user.click(screen.getByRole('button', { name: 'Copier le lien de Accueil du public' }));
    await waitFor(() => expect(within(agglo).getByRole('status')).toHaveTextContent('La copie a été refusée par le système.'));
    await user.click(screen.getByRole('button', { name: 'Ouvrir Accueil du public' }));
    expect(sent('open_link')).toEqual([{ kind: 'open_link', text: 'https://visio.agglo.example/acc-ueil-pub' }]);
  });

  it('are read again by a key, and say so, also where they cannot be read', async () => {
    const opened = await open('home-accounts');
    const [agglo = document.body] = screen.getAllByTestId('rooms');
    await opened.user.click(screen.getByRole('button', { name: 'Relire mes salles sur visio.agglo.example' }));
    expect(opened.sent('read_rooms')).toEqual([{ kind: 'read_rooms', host: 'visio.agglo.example' }]);
    expect(within(agglo).getByRole('status')).toHaveTextContent('Lecture de vos salles…');
    expect(agglo).toHaveAttribute('aria-busy', 'true');
    act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-CALL-ACTION-49', 'none', { action: 'read_rooms', cause: 'unreachable' })] }));
    expect(within(agglo).getByRole('status')).toHaveTextContent('Vos salles n’ont pas pu être lues.');
    // Nobody is in a meeting here.
    expect(screen.getByTestId('account-note')).toHaveTextContent('Le serveur n’a pas pu être joint. Réessayez dans un instant.');
  });

  it('are few at first, and all upon a key', async () => {
    const { user } = await open('home-many-rooms');
    expect(screen.getAllByTestId('room')).toHaveLength(5);
    const key = screen.getByRole('button', { name: 'Voir les 9 salles', expanded: false });
    await user.click(key);
    expect(screen.getAllByTestId('room')).toHaveLength(9);
    expect(key).toHaveAccessibleName('En voir moins');
    expect(key).toHaveFocus();
  });

  it('are not there where nobody is signed in', async () => {
    await open('home-signed-out');
    expect(screen.queryByTestId('rooms')).toBeNull();
  });
});

describe('a new meeting', () => {
  it('is made on the server that is chosen, with a name or without', async () => {
    const opened = await open('home-accounts');
    const { user, sent } = opened;
    await user.click(screen.getByTestId('new-meeting'));
    expect(await screen.findByTestId('new-name')).toHaveFocus();
    await expectAccessible();
    await user.click(screen.getByRole('radio', { name: /meet\.voisins\.example/ }));
    await user.type(screen.getByTestId('new-name'), '  Fête des voisins {Enter}');
    expect(sent('new_room')).toEqual([{ kind: 'new_room', host: 'meet.voisins.example', name: 'Fête des voisins', access: null }]);
    const dialog = screen.getByRole('dialog');
    expect(within(dialog).getByRole('status')).toHaveTextContent('La réunion est en cours de création…');
    await user.click(screen.getByTestId('make-room'));
    await user.type(screen.getByTestId('new-name'), '{Enter}');
    expect(sent('new_room')).toHaveLength(1);
    act(() => opened.engine.patch({ key: 'phase', value: { kind: 'pre_join', link: VISIO } }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(screen.getByTestId('join')).toHaveFocus();
  });

  it('says why it was not made, and may be asked for again', async () => {
    const opened = await open('home-recent');
    const { user, sent } = opened;
    await user.click(screen.getByTestId('new-meeting'));
    expect(await screen.findByRole('dialog')).toHaveTextContent('Elle sera créée sur visio.agglo.example, au nom de Camille Renard.');
    await user.click(screen.getByTestId('make-room'));
    expect(sent('new_room')).toEqual([{ kind: 'new_room', host: 'visio.agglo.example', name: null, access: null }]);
    becomes(opened, 'visio.agglo.example', { making_room: false });
    act(() => opened.engine.patch({ key: 'issues', value: [issue('VIS-CALL-ACTION-49', 'none', { action: 'new_room', cause: 'not_allowed' })] }));
    expect(within(screen.getByRole('dialog')).getByRole('status')).toHaveTextContent('créer une réunion. Ce compte n’en a pas le droit sur ce serveur.');
    await user.click(screen.getByTestId('make-room'));
    expect(sent('dismiss')).toEqual([{ kind: 'dismiss', code: 'VIS-CALL-ACTION-49' }]);
    expect(sent('new_room')).toHaveLength(2);
  });

  it('offers to sign in where nobody is, and goes on by itself', async () => {
    const opened = await open('home-signed-out');
    const { user, sent } = opened;
    await user.click(screen.getByTestId('new-meeting'));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('Créer une réunion demande un compte sur un de vos serveurs.');
    await user.click(within(dialog).getByRole('button', { name: 'Se connecter à meet.voisins.example' }));
    expect(sent('sign_in')).toEqual([{ kind: 'sign_in', host: 'meet.voisins.example' }]);
    becomes(opened, 'meet.voisins.example', { sign_in: 'in', account });
    expect(screen.getByTestId('new-name')).toHaveFocus();
  });

  it('says what to do where no server is known', async () => {
    const { user } = await open('home');
    await user.click(screen.getByTestId('new-meeting'));
    expect(await screen.findByRole('dialog')).toHaveTextContent('Collez un lien de réunion pour en ajouter un.');
  });
});

describe('one meeting of late', () => {
  const named = (name: RegExp) => screen.getByRole('button', { name });

  it('is forgotten by its key, and the focus goes to the next, then to the one before', async () => {
    const { user, sent } = await open('home-recent');
    await user.click(named(/^Oublier acc-ueil-pub, /));
    expect(sent('forget_meeting')).toEqual([{ kind: 'forget_meeting', host: 'visio.agglo.example', room: 'acc-ueil-pub' }]);
    expect(named(/^Rejoindre eau-tran-sfr, /)).toHaveFocus();
    await user.keyboard('{Delete}');
    expect(named(/^Rejoindre abc-defg-hij, /)).toHaveFocus();
    await waitFor(() => expect(screen.getByTestId('polite')).toHaveTextContent('eau-tran-sfr n’est plus dans la liste.'));
    await user.keyboard('{Delete}');
    expect(screen.queryByTestId('recent')).toBeNull();
    expect(screen.getByRole('heading', { level: 1 })).toHaveFocus();
    expect(sent('forget_meeting')).toHaveLength(3);
  });

  it('does not draw back whoever has gone elsewhere before the engine answered', async () => {
    const opened = await open('home-recent');
    opened.engine.refuse('forget_meeting', issue('VIS-INT-FAIL-90', 'none'));
    await opened.user.click(named(/^Oublier acc-ueil-pub, /));
    act(() => screen.getByTestId('link-field').focus());
    const { home } = opened.engine.snapshot;
    act(() => opened.engine.patch({ key: 'home', value: { ...home, recent: home.recent.slice(1) } }));
    expect(screen.getByTestId('link-field')).toHaveFocus();
  });

  it('is reached by arrows', async () => {
    const { user } = await open('home-recent');
    act(() => named(/^Rejoindre abc-defg-hij, /).focus());
    await user.keyboard('{ArrowDown}');
    expect(named(/^Rejoindre acc-ueil-pub, /)).toHaveFocus();
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowUp}');
    expect(named(/^Rejoindre acc-ueil-pub, /)).toHaveFocus();
  });
});

describe('before the meeting', () => {
  it('offers to sign in where the server is known to have nobody signed in', async () => {
    const opened = await open('prejoin-signed-out');
    const { user, sent } = opened;
    await user.click(screen.getByRole('button', { name: 'Se connecter pour entrer directement' }));
    expect(sent('sign_in')).toEqual([{ kind: 'sign_in', host: 'visio.agglo.example' }]);
    expect(screen.getByTestId('sign-in-offer')).toHaveTextContent('Connexion en cours dans une autre fenêtre…');
    // It is no gate.
    await user.click(screen.getByTestId('join'));
    expect(sent('join')).toHaveLength(1);
  });

  it.each([
    ['somebody is signed in', { kind: 'visio' as const, change: { sign_in: 'in' as const, account } }],
    ['it is no such server', { kind: 'livekit' as const, change: {} }],
  ])('offers nothing where %s', async (_, { kind, change }) => {
    const opened = await open('prejoin-signed-out');
    becomes(opened, 'visio.agglo.example', change);
    act(() => opened.engine.patch({ key: 'phase', value: { kind: 'pre_join', link: { ...VISIO, kind } } }));
    expect(screen.queryByTestId('sign-in-offer')).toBeNull();
  });

  it('offers nothing where nothing is known of the server', async () => {
    const { engine } = await open('home');
    act(() => engine.patch({ key: 'phase', value: { kind: 'pre_join', link: VISIO } }));
    expect(screen.queryByTestId('sign-in-offer')).toBeNull();
  });

  it('tells of a large meeting without calling the microphone broken', async () => {
    const { user, sent } = await open('prejoin-large');
    expect(screen.getByTestId('issue')).toHaveTextContent('Réunion nombreuse : vous entrez micro coupé.');
    expect(screen.getByTestId('join')).toHaveTextContent('Entrer dans la réunion');
    expect(screen.getByTestId('toggle-microphone')).toHaveTextContent('Micro coupé');
    await user.click(screen.getByRole('button', { name: 'Allumer le micro' }));
    expect(sent('set_microphone_on')).toEqual([{ kind: 'set_microphone_on', on: true }]);
  });
});

describe('before the door', () => {
  it('offers the key where signing in opens it, also of a server that nothing is known of', async () => {
    const { user, sent } = await open('lobby');
    await user.click(screen.getByRole('button', { name: 'Se connecter pour entrer directement' }));
    expect(sent('sign_in')).toEqual([{ kind: 'sign_in', host: 'visio.agglo.example' }]);
  });

  it('has no such key where it would not help', async () => {
    await open('lobby-throttled');
    expect(screen.queryByTestId('sign-in')).toBeNull();
    expect(screen.queryByTestId('lost')).toBeNull();
  });

  it('says that the place is kept while the server does not answer', async () => {
    await open('lobby-lost');
    expect(screen.getByTestId('lost')).toHaveTextContent('Connexion perdue, votre place est gardée. Nouvel essai…');
    expect(screen.getByTestId('lost').closest('[role="status"]')).not.toBeNull();
  });
});

describe('a room that is not there', () => {
  it('can be made where somebody is signed in', async () => {
    const opened = await open('no-room-create');
    const { user, sent } = opened;
    expect(screen.getByRole('alert')).toHaveTextContent('La connexion à visio.agglo.example permet de la créer.');
    const key = screen.getByRole('button', { name: 'Créer cette réunion' });
    expect(key).toHaveFocus();
    await user.keyboard('{Enter}');
    expect(sent('new_room')).toEqual([{ kind: 'new_room', host: 'visio.agglo.example', name: 'archives', access: null }]);
    expect(screen.getByTestId('under-way')).toHaveTextContent('Création en cours…');
    await user.keyboard('{Enter}');
    expect(sent('new_room')).toHaveLength(1);
    await expectAccessible();
  });

  it('is only a wrong link where nobody is', async () => {
    await open('error-vis-join-noroom-30');
    expect(screen.getByRole('alert')).toHaveTextContent('Vérifiez le lien');
    expect(screen.queryByRole('button', { name: 'Créer cette réunion' })).toBeNull();
  });
});

it('signs in at the host of the link where the issue names none', async () => {
  const { engine, user, sent } = await open('error-vis-join-login-34');
  const { phase } = engine.snapshot;
  if (phase.kind !== 'failed') throw new Error('not failed');
  act(() => engine.patch({ key: 'phase', value: { ...phase, issue: issue('VIS-JOIN-LOGIN-34', 'sign_in') } }));
  await user.click(screen.getByRole('button', { name: 'Se connecter' }));
  expect(sent('sign_in')).toEqual([{ kind: 'sign_in', host: 'visio.agglo.example' }]);
});
