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

export const LINK: Link = { kind: 'livekit', host: 'visio.agglo.example', room: 'Comité de pilotage des archives', secure: true };

export const DEVICES: DeviceView[] = [
  { id: 'fake:jabra-in', kind: 'microphone', name: 'Jabra Evolve2 65 (casque)', is_default: true, state: 'ready', form: 'headset' },
  { id: 'fake:builtin-in', kind: 'microphone', name: 'Micro intégré', is_default: false, state: 'ready', form: 'computer' },
  { id: 'fake:jabra-out', kind: 'loudspeaker', name: 'Jabra Evolve2 65 (casque)', is_default: true, state: 'ready', form: 'headset' },
  { id: 'fake:builtin-out', kind: 'loudspeaker', name: 'Haut-parleurs intégrés', is_default: false, state: 'ready', form: 'computer' },
  { id: 'fake:cam', kind: 'camera', name: 'Caméra intégrée HD', is_default: true, state: 'ready', form: 'other' },
  { id: 'fake:usb-cam', kind: 'camera', name: 'Caméra de salle USB', is_default: false, state: 'ready', form: 'other' },
];

export const ALL_CAPABILITIES = {
  publish_microphone: true,
  publish_camera: true,
  publish_screen: false,
  chat: true,
  captions: true,
  raise_hand: true,
  reactions: true,
  moderate: false,
  record: false,
  ask_recording: true,
  send_data: true,
};

export function base(): Snapshot {
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
      trial: { kind: 'idle' },
      preview: { kind: 'showing', size: { width: 1280, height: 720 } },
    },
  };
}

export interface Person extends Partial<Omit<ParticipantView, 'publications'>> {
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
    full: null,
    size: null,
    ...over,
  });
  return {
    id,
    name,
    kind: 'person',
    role: 'member',
    guest: false,
    signed_in: false,
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

export const SOFIA: Person = { id: 'sofia', name: 'Sofia Benali' };
export const JULIEN: Person = { id: 'julien', name: 'Julien Marchand', role: 'owner', signed_in: true };
export const NADIA: Person = { id: 'nadia', name: 'Nadia Oumarou', muted: true, hand: 1 };
export const AMADOU: Person = { id: 'amadou', name: 'Amadou Diallo' };
export const NINE: Person[] = [
  { ...SOFIA, speaking: true },
  JULIEN,
  NADIA,
  { ...AMADOU, quality: 'poor' },
  { id: 'ines', name: 'Inès Kadri', muted: true },
  { id: 'bernard', name: 'Bernard Lenoir', muted: true, camera: false, kind: 'phone', hand: 2 },
  { id: 'marieke', name: 'Marieke van den Berg', guest: true },
  { id: 'lien', name: 'Liên Tran', muted: true, reconnecting: true },
];

export function people(list: Person[]): Record<string, ParticipantView> {
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
    sending: 'sent',
  };
}

export const MESSAGES = [
  message(1, 21, 'Julien Marchand', 'Compte rendu d’hier : https://docs.agglo.example/cr-23'),
  message(2, 22, 'Camille Renard', 'Merci, je relis la partie accueil du public.', true),
  message(3, 24, 'Marieke van den Berg', 'Zal ik de planning voor januari delen?'),
];

export function call(list: Person[], name: string, minutes: number): Snapshot {
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

export function preJoin(): Snapshot {
  return { ...base(), phase: { kind: 'pre_join', link: LINK } };
}
