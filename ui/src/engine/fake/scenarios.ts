import type {
  DeviceView,
  Issue,
  IssueAction,
  IssueCode,
  Link,
  Message,
  ParticipantView,
  PublicationView,
  Snapshot,
} from '../contract';
import { EMPTY_SNAPSHOT } from '../store';

/** A state to begin with, and what happens on `tick` (seconds since the start). */
export interface Scenario {
  start: Snapshot;
  /** Seconds between two turns of speech; 0 for stills. */
  turns: number;
}

/** All scenarios start at this time, in Unix milliseconds: 24 November 2026, 10:00 UTC. */
export const FAKE_NOW = Date.UTC(2026, 10, 24, 10, 0, 0);

const LINK: Link = { kind: 'livekit', host: 'visio.agglo.example', room: 'Comité de pilotage des archives', secure: true };

const DEVICES: DeviceView[] = [
  { id: 'fake:jabra-in', kind: 'microphone', name: 'Jabra Evolve2 65 (casque)', is_default: true },
  { id: 'fake:builtin-in', kind: 'microphone', name: 'Micro intégré', is_default: false },
  { id: 'fake:jabra-out', kind: 'loudspeaker', name: 'Jabra Evolve2 65 (casque)', is_default: true },
  { id: 'fake:builtin-out', kind: 'loudspeaker', name: 'Haut-parleurs intégrés', is_default: false },
  { id: 'fake:cam', kind: 'camera', name: 'Caméra intégrée HD', is_default: true },
  { id: 'fake:usb-cam', kind: 'camera', name: 'Caméra de salle USB', is_default: false },
];

export const ALL_CAPABILITIES = {
  publish_microphone: true,
  publish_camera: true,
  publish_screen: false,
  chat: true,
  captions: false,
  raise_hand: false,
  reactions: false,
  moderate: false,
  record: false,
};

function base(): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    revision: 1,
    devices: { list: DEVICES, known: true },
    me: {
      ...EMPTY_SNAPSHOT.me,
      name: 'Camille Renard',
      microphone_on: true,
      camera_on: true,
      microphone: { kind: 'device', value: 'fake:jabra-in' },
      loudspeaker: { kind: 'device', id: 'fake:jabra-out' },
      camera: { kind: 'device', value: 'fake:cam' },
      voice: 'clear',
      preview: { kind: 'showing', size: { width: 1280, height: 720 } },
    },
  };
}

interface Person extends Partial<Omit<ParticipantView, 'publications'>> {
  id: string;
  name: string;
  muted?: boolean;
  camera?: boolean;
}

/** A person with a microphone, and with a camera unless told otherwise. */
export function person(order: number, { id, name, muted = false, camera = true, ...rest }: Person): ParticipantView {
  const publication = (source: 'microphone' | 'camera', over: Partial<PublicationView>): PublicationView => ({
    track: `${id}-${source}`,
    source,
    muted: false,
    paused: false,
    showing: false,
    stopped: false,
    codec: null,
    size: null,
    ...over,
  });
  return {
    id,
    name,
    kind: 'person',
    role: 'member',
    guest: false,
    color: null,
    order,
    speaking: false,
    hand: null,
    quality: 'excellent',
    reconnecting: false,
    publications: [
      publication('microphone', { muted, codec: 'opus' }),
      ...(camera
        ? [publication('camera', { showing: true, codec: 'vp8', size: { width: 1280, height: 720 } })]
        : []),
    ],
    ...rest,
  };
}

const SOFIA: Person = { id: 'sofia', name: 'Sofia Benali' };
const JULIEN: Person = { id: 'julien', name: 'Julien Marchand', role: 'owner' };
const NADIA: Person = { id: 'nadia', name: 'Nadia Oumarou', muted: true, hand: 1 };
const AMADOU: Person = { id: 'amadou', name: 'Amadou Diallo' };
const NINE: Person[] = [
  { ...SOFIA, speaking: true },
  JULIEN,
  NADIA,
  { ...AMADOU, quality: 'poor' },
  { id: 'ines', name: 'Inès Kadri', muted: true },
  { id: 'bernard', name: 'Bernard Lenoir', muted: true, camera: false, kind: 'phone', hand: 2 },
  { id: 'marieke', name: 'Marieke van den Berg', guest: true },
  { id: 'lien', name: 'Liên Tran', muted: true, reconnecting: true },
];

function people(list: Person[]): Record<string, ParticipantView> {
  return Object.fromEntries(list.map((entry, order) => [entry.id, person(order, entry)]));
}

function message(id: number, minutes: number, name: string, text: string, own = false): Message {
  return {
    id: String(id),
    author: own ? 'me' : name,
    author_name: name,
    own,
    text,
    at: FAKE_NOW + minutes * 60_000,
    edited: false,
  };
}

const MESSAGES = [
  message(1, 21, 'Julien Marchand', 'Compte rendu d’hier : https://docs.agglo.example/cr-23'),
  message(2, 22, 'Camille Renard', 'Merci, je relis la partie accueil du public.', true),
  message(3, 24, 'Marieke van den Berg', 'Zal ik de planning voor januari delen?'),
];

function call(list: Person[], name: string, minutes: number): Snapshot {
  const start = base();
  return {
    ...start,
    phase: { kind: 'in_meeting', link: { ...LINK, room: name }, reconnecting_for: null },
    room: {
      name,
      recording: false,
      capabilities: ALL_CAPABILITIES,
      count: list.length + 1,
      joined_at: FAKE_NOW - minutes * 60_000,
    },
    me: { ...start.me, id: 'me', hearing: 'heard', seeing: 'seen' },
    participants: people(list),
  };
}

/** An issue as Rust would send it. */
export function issue(code: IssueCode, action: IssueAction, params: Record<string, string> = {}): Issue {
  return { code, action, params };
}

function preJoin(): Snapshot {
  return { ...base(), phase: { kind: 'pre_join', link: LINK } };
}

const TABLE: Record<string, () => Scenario> = {
  home: () => ({ start: { ...base(), phase: { kind: 'home' } }, turns: 0 }),
  'home-unknown': () => ({
    start: {
      ...base(),
      phase: { kind: 'home' },
      issues: [issue('VIS-JOIN-LINK-39', 'check_link', { cause: 'no_link' })],
    },
    turns: 0,
  }),
  prejoin: () => ({
    start: { ...preJoin(), participants: people([JULIEN, SOFIA, AMADOU]) },
    turns: 0,
  }),
  'prejoin-mic-blocked': () => {
    const start = preJoin();
    return {
      start: {
        ...start,
        participants: people([JULIEN, SOFIA, AMADOU]),
        me: { ...start.me, voice: 'no_sound' },
        issues: [issue('VIS-MIC-PERM-51', 'open_system_settings')],
      },
      turns: 0,
    };
  },
  'prejoin-no-camera': () => {
    const start = preJoin();
    return {
      start: {
        ...start,
        me: { ...start.me, preview: { kind: 'failed', code: 'VIS-CAM-NONE-55' }, voice: 'faint' },
        devices: { list: DEVICES.filter((device) => device.kind !== 'camera'), known: true },
        issues: [issue('VIS-CAM-NONE-55', 'choose_device')],
      },
      turns: 0,
    };
  },
  joining: () => ({ start: { ...base(), phase: { kind: 'joining', link: LINK, step: 1 } }, turns: 0 }),
  lobby: () => ({
    start: { ...base(), phase: { kind: 'lobby', link: LINK, lobby: { sign_in_opens: true, throttled_seconds: null } } },
    turns: 0,
  }),
  'lobby-throttled': () => ({
    start: { ...base(), phase: { kind: 'lobby', link: LINK, lobby: { sign_in_opens: false, throttled_seconds: 42 } } },
    turns: 0,
  }),
  'call-1': () => {
    const start = call([], 'Point d’équipe numérique', 1);
    return { start: { ...start, me: { ...start.me, hearing: 'alone', seeing: 'alone' } }, turns: 0 };
  },
  'call-2': () => ({ start: call([{ ...SOFIA, speaking: true }], 'Entretien annuel', 3), turns: 0 }),
  'call-9': () => {
    const start = call(NINE, 'Point d’équipe numérique', 24);
    return { start: { ...start, room: { ...start.room, recording: true }, messages: MESSAGES }, turns: 0 };
  },
  'call-live': () => ({ start: call(NINE, 'Point d’équipe numérique', 24), turns: 3 }),
  'call-30': () => ({
    start: call(
      Array.from({ length: 29 }, (_, at) => {
        const model = NINE[at % NINE.length] ?? SOFIA;
        return at < NINE.length ? model : { id: `p${at}`, name: `${model.name} ${at}`, muted: at % 2 === 0 };
      }),
      'Assemblée des services',
      7,
    ),
    turns: 0,
  }),
  'call-share': () => {
    const start = call(NINE.slice(0, 5), 'Point d’équipe numérique', 24);
    const julien = person(1, JULIEN);
    const screen: PublicationView = {
      track: 'julien-screen',
      source: 'screen_share',
      muted: false,
      paused: false,
      showing: true,
      stopped: false,
      codec: 'vp8',
      size: { width: 1920, height: 1080 },
    };
    return {
      start: {
        ...start,
        participants: {
          ...start.participants,
          julien: { ...julien, publications: [...julien.publications, screen] },
        },
      },
      turns: 0,
    };
  },
  'call-muted': () => {
    const start = call(NINE.slice(0, 3), 'Point d’équipe numérique', 5);
    return {
      start: {
        ...start,
        me: { ...start.me, microphone_on: false, hearing: 'off' },
        issues: [issue('VIS-CALL-MUTED-45', 'none'), issue('VIS-NET-UDP-21', 'none')],
      },
      turns: 0,
    };
  },
  reconnecting: () => {
    const start = call([SOFIA, JULIEN, AMADOU], 'Point d’équipe numérique', 24);
    return {
      start: {
        ...start,
        phase: { kind: 'in_meeting', link: LINK, reconnecting_for: 16 },
        me: { ...start.me, hearing: 'lost', seeing: 'lost', quality: 'lost' },
        issues: [issue('VIS-CALL-RESUME-43', 'none', { seconds: '16' })],
      },
      turns: 0,
    };
  },
  ended: () => ({ start: { ...base(), phase: { kind: 'ended', reason: 'left', seconds: 2520 } }, turns: 0 }),
  'ended-removed': () => ({
    start: { ...base(), phase: { kind: 'ended', reason: 'removed', seconds: 300 } },
    turns: 0,
  }),
  'ended-other-device': () => ({
    start: { ...base(), phase: { kind: 'ended', reason: 'other_device', seconds: 300 } },
    turns: 0,
  }),
};

/** Names that a URL can ask for, besides `error-<code>`. */
export const SCENARIOS = Object.keys(TABLE);

/**
 * The scenario of that name, as if it were `now`; an unknown name is home.
 * `error-vis-srv-timeout-08` fails with that code.
 */
export function scenario(name: string, now = FAKE_NOW): Scenario {
  const code = /^error-(.+)$/.exec(name)?.[1]?.toUpperCase();
  if (code !== undefined) {
    const failed = issue(code as IssueCode, FAILED_ACTIONS[code] ?? 'retry', { host: LINK.host });
    return { start: { ...base(), phase: { kind: 'failed', issue: failed, link: LINK } }, turns: 0 };
  }
  const found = TABLE[name]?.() ?? { start: base(), turns: 0 };
  const { room } = found.start;
  const joined = room.joined_at === null ? null : room.joined_at + now - FAKE_NOW;
  return { ...found, start: { ...found.start, room: { ...room, joined_at: joined } } };
}

const FAILED_ACTIONS: Record<string, IssueAction> = {
  'VIS-NET-TLS-06': 'copy_report',
  'VIS-SRV-NONSENSE-13': 'check_link',
  'VIS-JOIN-TOKEN-38': 'check_link',
  'VIS-JOIN-NOROOM-30': 'check_link',
  'VIS-JOIN-DENIED-31': 'go_home',
  'VIS-JOIN-LOGIN-34': 'sign_in',
  'VIS-JOIN-SERVER-19': 'add_server',
  'VIS-CALL-LOST-42': 'rejoin',
  'VIS-INT-FAIL-90': 'copy_report',
};
