import { createStore, type StoreApi } from 'zustand/vanilla';
import { apply } from './apply';
import type { Settings, Snapshot, WindowChoices } from './contract';
import type { Engine } from './engine';

export type MeetingStore = StoreApi<Snapshot>;

/** What somebody has who never chose anything. */
export const NO_CHOICES: WindowChoices = { layout: 'auto', corner: 'bottomRight', self_hidden: false, interpreters: [] };

/** The settings of somebody who never set anything (`Settings::default` in Rust). */
export const USUAL: Settings = {
  noise: 'high',
  gain: true,
  keys_everywhere: false,
  microphone_off_first: false,
  camera_off_first: false,
  mute_on_lock: true,
  mirror: true,
  turn: 'none',
  brighten: false,
  background: 'none',
  background_picture: null,
  theme: 'system',
  language: null,
  typeface: 'atkinson',
  text_percent: 100,
  contrast: 'system',
  motion: 'system',
  captions: { size: 'normal', lines: 2, colours: 'stage', typeface: 'interface', spoken: false },
  announcements: { people: 'all', chat: 'all', hands: 'all', shares: 'all' },
  spoken_name: 'whole',
  live_words: false,
  live_opens: false,
  shortcuts: {},
  chimes: { entering: true, knock: true, arrival: true, hand: true, message: true },
  notices: { waits: true, entry: true, message: true, hand: true, muted: true, end: true, recording: true, alone: true, soon: true },
  keep_recent: true,
  call_bar: true,
  start_with_session: false,
  welcomed: false,
};

/** The snapshot of a window that has not heard of the engine. */
export const EMPTY_SNAPSHOT: Snapshot = {
  revision: 0,
  phase: { kind: 'home' },
  recognised: null,
  elsewhere: null,
  offered: null,
  room: {
    name: '',
    recording: false,
    capabilities: {
      publish_microphone: false,
      publish_camera: false,
      publish_screen: false,
      chat: false,
      captions: false,
      raise_hand: false,
      reactions: false,
      moderate: false,
      record: false,
      ask_recording: false,
      send_data: false,
    },
    count: 0,
    joined_at: null,
  },
  me: {
    id: null,
    name: '',
    name_given: false,
    role: 'member',
    hand: null,
    microphone_on: false,
    camera_on: false,
    microphone: { kind: 'system' },
    loudspeaker: { kind: 'system' },
    camera: { kind: 'system' },
    hearing: 'connecting',
    seeing: 'connecting',
    voice: 'say_something',
    trial: { kind: 'idle' },
    preview: { kind: 'off' },
    quality: 'good',
  },
  participants: {},
  devices: { list: [], known: false },
  issues: [],
  messages: [],
  live_text: { lines: [], readers: 0, by_chat: 0 },
  together: {
    settings: { access: null, sources: null, everyone_can_mute: false },
    recording: { phase: 'off', mode: null },
    captions: 'off',
    waiting: [],
    reactions: [],
    invitation: null,
    pending: [],
  },
  captions: [],
  home: { servers: [], recent: [], rooms: [], calendar: { place: null, reading: { kind: 'done' }, read_at: null, meetings: [], unread: 0, attempt: { kind: 'none' }, kept: false }, update: null },
  sharing: { system_asks: false, possible: false, looked: false, windows_only: false, sound: 'unknown', sources: [], active: null },
  share_window: false,
  policy: { organisation: '', rules: [], problems: [], brand: { name: '', mark: null, accent: null, accent_dark: null } },
  window: NO_CHOICES,
  settings: USUAL,
  global_keys: { kind: 'unasked' },
  doctor: { host: '', running: false, ended_at: null, verdict: null, code: null, rows: [], advice: [] },
};

/** Follows the engine. Resolves with the store once the first snapshot is there. */
export function followEngine(engine: Engine): Promise<MeetingStore> {
  const store = createStore<Snapshot>(() => EMPTY_SNAPSHOT);
  return new Promise((resolve) => {
    let gap = true;
    engine.subscribe(
      (snapshot) => {
        gap = false;
        store.setState(snapshot, true);
        resolve(store);
      },
      (batch) => {
        if (gap) return;
        const next = apply(store.getState(), batch);
        if (next !== null) {
          store.setState(next, true);
          return;
        }
        // Ask once; what still follows the lost revision is of no use.
        gap = true;
        engine.resubscribe();
      },
    );
  });
}
