import type { Command, HomeView, OwnRoomView, Patch, ServerView, Snapshot } from '../contract';
import { base, FAKE_NOW, issue, LINK, preJoin, type Scenario } from './world';
import { EMPTY_SNAPSHOT } from '../store';

/** A server without anybody signed in. */
export function server(host: string, over: Partial<ServerView> = {}): ServerView {
  return { host, url: `https://${host}/`, managed: false, visited: false, sign_in: 'out', account: null, rooms: null, making_room: false, ...over };
}

const CAMILLE = { name: 'Camille Renard', email: 'camille.renard@agglo.example' };

const ROOMS: OwnRoomView[] = [
  { name: 'Point d’équipe numérique', link: 'https://visio.agglo.example/abc-defg-hij', access: 'restricted', pin: '123456789' },
  { name: 'Accueil du public', link: 'https://visio.agglo.example/acc-ueil-pub', access: 'public', pin: null },
  { name: 'Comité de pilotage des archives', link: 'https://visio.agglo.example/arc-hive-com', access: 'trusted', pin: '987654321' },
];

const AGGLO = server('visio.agglo.example', { managed: true, sign_in: 'in', account: CAMILLE, rooms: ROOMS });
const VOISINS = server('meet.voisins.example', { sign_in: 'in', account: { name: '', email: 'camille@voisins.example' }, rooms: [] });

function home(change: Partial<HomeView>, rest: Partial<Snapshot> = {}): () => Scenario {
  return () => ({ start: { ...base(), phase: { kind: 'home' }, home: { ...EMPTY_SNAPSHOT.home, ...change }, ...rest }, turns: 0 });
}

const recent = (text: string, host: string, room: string, days: number) => ({ text, host, room, at: FAKE_NOW - days * 86_400_000 });

/** Who is signed in where, and what of theirs is there. */
export const ACCOUNTS: Record<string, () => Scenario> = {
  'home-recent': home({
    servers: [{ ...AGGLO, rooms: ROOMS.slice(0, 2) }, server('meet.voisins.example')],
    recent: [
      recent('https://visio.agglo.example/abc-defg-hij', 'visio.agglo.example', 'abc-defg-hij', 0.04),
      recent('https://visio.agglo.example/acc-ueil-pub', 'visio.agglo.example', 'acc-ueil-pub', 1),
      recent('https://meet.voisins.example/eau-tran-sfr', 'meet.voisins.example', 'eau-tran-sfr', 5),
    ],
  }),
  'home-accounts': home({ servers: [AGGLO, VOISINS, server('meet.region.example')] }),
  'home-many-rooms': home({
    servers: [{ ...AGGLO, rooms: Array.from({ length: 9 }, (_, at) => ({ ...ROOMS[at % 3], name: `Groupe de travail ${at + 1}`, link: `https://visio.agglo.example/grp-trav-${at}` }) as OwnRoomView) }],
  }),
  'home-rooms-unread': home(
    { servers: [{ ...AGGLO, rooms: null }, { ...VOISINS, rooms: null }] },
    { issues: [issue('VIS-CALL-ACTION-49', 'none', { action: 'read_rooms', cause: 'unreachable', host: 'meet.voisins.example' })] },
  ),
  'home-signed-out': home({ servers: [server('visio.agglo.example', { managed: true }), server('meet.voisins.example')] }),
  'home-signing-in': home({ servers: [server('visio.agglo.example', { sign_in: 'window' }), server('meet.voisins.example', { sign_in: 'asking' })] }),
  'home-sign-in-failed': home(
    { servers: [server('visio.agglo.example'), VOISINS] },
    {
      issues: [
        issue('VIS-ACC-FAILED-67', 'sign_in', { host: 'visio.agglo.example' }),
        issue('VIS-ACC-NOTKEPT-68', 'none', { host: 'meet.voisins.example' }),
      ],
    },
  ),
  'prejoin-signed-out': () => ({
    start: { ...preJoin(), phase: { kind: 'pre_join', link: { ...LINK, kind: 'visio' } }, home: { ...EMPTY_SNAPSHOT.home, servers: [server(LINK.host)] } },
    turns: 0,
  }),
  'lobby-lost': () => ({
    start: { ...base(), phase: { kind: 'lobby', link: { ...LINK, kind: 'visio' }, lobby: { sign_in_opens: true, throttled_seconds: null, lost: true } }, home: { ...EMPTY_SNAPSHOT.home, servers: [server(LINK.host, { sign_in: 'window' })] } },
    turns: 0,
  }),
  'no-room-create': () => ({
    start: {
      ...base(),
      phase: { kind: 'failed', link: { ...LINK, kind: 'visio' }, issue: issue('VIS-JOIN-NOROOM-30', 'create_room', { host: LINK.host, room: 'archives' }) },
      home: { ...EMPTY_SNAPSHOT.home, servers: [AGGLO] },
    },
    turns: 0,
  }),
};

/** What the servers do upon what is asked of them, one step at a time; `null`: no such command. */
export function reactAccounts({ home: known }: Snapshot, command: Command): Patch[] | null {
  const edit = (host: string, change: Partial<ServerView>): Patch[] => [
    { key: 'home', value: { ...known, servers: known.servers.map((one) => (one.host === host ? { ...one, ...change } : one)) } },
  ];
  switch (command.kind) {
    case 'add_server':
      return [{ key: 'home', value: { ...known, servers: [...known.servers, server(command.host)] } }];
    case 'remove_server':
      return [
        {
          key: 'home',
          value: { ...known, servers: known.servers.filter((one) => one.host !== command.host), recent: known.recent.filter((one) => one.host !== command.host) },
        },
      ];
    case 'forget_recent':
      return [{ key: 'home', value: { ...known, recent: [] } }];
    case 'forget_meeting':
      return [{ key: 'home', value: { ...known, recent: known.recent.filter((one) => one.host !== command.host || one.room !== command.room) } }];
    case 'sign_in':
      return edit(command.host, { sign_in: 'window' });
    case 'sign_out':
      return edit(command.host, { sign_in: 'leaving' });
    case 'read_rooms':
      return edit(command.host, { rooms: null });
    case 'new_room':
      return edit(command.host, { making_room: true });
    default:
      return null;
  }
}
