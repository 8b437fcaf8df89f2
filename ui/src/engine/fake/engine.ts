import { apply } from '../apply';
import type { Command, Elsewhere, Issue, Levels, Link, Patch, Snapshot } from '../contract';
import type { Engine, FrameSource, KeyWords, Notice, Shortcut, ShellInfo, TrayView } from '../engine';
import { reactTogether } from './acts';
import { reactCalendar } from './calendars';
import { reactSharing } from './sharing';
import { FAKE_NOW, issue, type Scenario, scenario } from './scenarios';

/** What a test or the URL asks of the fake. */
export interface FakeOptions {
  scenario?: string;
  shell?: Partial<ShellInfo>;
  frames?: FrameSource;
  /** Unix milliseconds. */
  now?: number;
}

/** The engine of tests and of `npm run dev`: no network, no devices, no chance. */
export interface FakeEngine extends Engine {
  /** All commands, in order. */
  readonly sent: Command[];
  /** The state as the page should know it. */
  readonly snapshot: Snapshot;
  /** Tells the page of changes, as a batch. */
  patch(...patches: Patch[]): void;
  /** Lets a revision go missing. */
  lose(...patches: Patch[]): void;
  tell(levels: Levels): void;
  /** What was saved, as name and text. */
  readonly saved: [string, string][];
  /** Shortcuts that were made. */
  readonly shortcuts: Shortcut[];
  /** What the next one comes to. */
  shortcutFails: (failure: string | null) => void;
  /** Notices that are shown outside of the window, by their kind. */
  readonly notices: Map<Notice['kind'], Notice>;
  /** What the next file says that somebody opens; `null`: they think better of it. */
  opening: (text: string | null | Error) => void;
  /** What a screen reader was given to say, in order. */
  readonly announced: string[];
  /** What the tray showed, in order. */
  readonly trays: TrayView[];
  /** What keys from other applications were said to do, in order. */
  readonly named: KeyWords[];
  /** Somebody wants to close the window. */
  askToClose(): void;
  /** How often another window brought the meeting's to the front, and whether to ask there about leaving. */
  readonly fronts: boolean[];
  /** Somebody wants to leave, in another window. */
  askToLeave(): void;
  /** What the window was called, in order. */
  readonly titles: string[];
  /** What was answered to that. */
  readonly closings: boolean[];
  /** The name of the next picture that is taken for the background, or why it is not; `null`: the person thinks better of it. */
  picture: (name: string | null) => void;
  /** Pages of settings that were opened. */
  readonly pages: (string | null)[];
  /** What was copied; an error: it cannot be had. */
  clipboard: (text: string | Error) => void;
  /** Somebody wants to paste, from the tray. */
  askToPaste(): void;
  /** How often the doctor was opened. */
  readonly doctors: true[];
  /** What the next saving comes to: false is the person's own *cancel*. */
  saving: (result: boolean | Error) => void;
  /** The next command of this kind is refused with the issue. */
  refuse(kind: Command['kind'], issue: Issue): void;
}

const SHELL: ShellInfo = {
  presenter: 'canvas',
  framesUrl: null,
  locale: 'fr-FR',
  language: null,
  version: '0.1.0',
  automation: true,
  platform: 'linux',
  announces: false,
  announcesHeadings: false,
};

export function fakeEngine(options: FakeOptions = {}): FakeEngine {
  const chosen: Scenario = scenario(options.scenario ?? 'home', options.now);
  let snapshot = chosen.start;
  const readers = new Set<{ onSnapshot: (s: Snapshot) => void; onBatch: Parameters<Engine['subscribe']>[1] }>();
  const meters = new Set<(levels: Levels) => void>();
  const refusals = new Map<Command['kind'], Issue>();
  const sent: Command[] = [];
  const saved: [string, string][] = [];
  const shortcuts: Shortcut[] = [];
  let shortcutFailure: string | null = null;
  const notices = new Map<string, Notice>();
  let nextSaving: boolean | Error = true;
  let nextOpening: string | null | Error = null;
  let nextPicture: string | null = null;
  const pages: (string | null)[] = [];
  const doctors: true[] = [];
  const named: KeyWords[] = [];
  const pasters = new Set<() => void>();
  let copied: string | Error = '';
  const announced: string[] = [];
  const trays: TrayView[] = [];
  const closers = new Set<() => void>();
  const closings: boolean[] = [];
  const fronts: boolean[] = [];
  const leavers = new Set<() => void>();
  const titles: string[] = [];

  const advance = (patches: Patch[]) => {
    const batch = { from: snapshot.revision, to: snapshot.revision + 1, patches };
    snapshot = apply(snapshot, batch) ?? snapshot;
    return batch;
  };
  const patch = (...patches: Patch[]) => {
    const batch = advance(patches);
    for (const reader of readers) reader.onBatch(batch);
  };

  return {
    shell: { ...SHELL, ...options.shell },
    ...(options.frames === undefined ? {} : { frames: options.frames }),
    sent,
    saved,
    notices,
    shortcuts,
    shortcutFails: (failure) => void (shortcutFailure = failure),
    saving: (result) => void (nextSaving = result),
    pages,
    doctors,
    picture: (name) => void (nextPicture = name),
    opening: (result) => void (nextOpening = result),
    get snapshot() {
      return snapshot;
    },
    patch,
    lose: (...patches) => void advance(patches),
    tell: (levels) => meters.forEach((meter) => meter(levels)),
    refuse: (kind, reason) => void refusals.set(kind, reason),
    subscribe(onSnapshot, onBatch) {
      const reader = { onSnapshot, onBatch };
      readers.add(reader);
      onSnapshot(snapshot);
      return () => readers.delete(reader);
    },
    resubscribe: () => readers.forEach((reader) => reader.onSnapshot(snapshot)),
    async command(command) {
      sent.push(command);
      const refusal = refusals.get(command.kind);
      if (refusal !== undefined) {
        refusals.delete(command.kind);
        throw refusal;
      }
      const patches = react(snapshot, command, options.now);
      if (patches.length > 0) patch(...patches);
    },
    levels(onLevels) {
      meters.add(onLevels);
      return () => meters.delete(onLevels);
    },
    openExternal: async () => undefined,
    supportText: async () => 'Visavis support report\n\n== Versions ==\nVisavis: 0.1.0\n',
    async createShortcut(shortcut) {
      // As the shell rejects: with a word.
      if (shortcutFailure !== null) return Promise.reject<never>(shortcutFailure);
      shortcuts.push(shortcut);
      return [...(shortcut.desktop ? (['desktop'] as const) : []), ...(shortcut.menu ? (['menu'] as const) : [])];
    },
    notify: async (notice) => void notices.set(notice.kind, notice),
    withdrawNotice: async (kind) => void notices.delete(kind),
    announce: async (text) => void announced.push(text),
    announced,
    setTray: async (view) => void trays.push(view),
    nameKeys: async (words) => void named.push(words),
    named,
    closeAsked(onAsked) {
      closers.add(onAsked);
      return () => closers.delete(onAsked);
    },
    showMain: async (leave = false) => void fronts.push(leave),
    leaveAsked(onAsked) {
      leavers.add(onAsked);
      return () => leavers.delete(onAsked);
    },
    askToLeave: () => leavers.forEach((asked) => asked()),
    setTitle: async (title) => void titles.push(title),
    titles,
    fronts,
    answerClosing: async (close) => void closings.push(close),
    pasteAsked(onAsked) {
      pasters.add(onAsked);
      return () => pasters.delete(onAsked);
    },
    askToPaste: () => pasters.forEach((asked) => asked()),
    clipboard: (text) => {
      copied = text;
    },
    pastedText: async () => {
      if (copied instanceof Error) throw copied;
      return copied;
    },
    askToClose: () => closers.forEach((asked) => asked()),
    trays,
    closings,
    openShare: async () => patch({ key: 'share_window', value: true }),
    openSettings: async (page) => void pages.push(page),
    openDoctor: async () => void doctors.push(true),
    async chooseBackground() {
      // As the shell rejects: with a word.
      if (nextPicture === 'refused' || nextPicture === 'failed') return Promise.reject<never>(nextPicture);
      return nextPicture;
    },
    async openText() {
      if (nextOpening instanceof Error) throw nextOpening;
      return nextOpening;
    },
    async saveText(name, text) {
      if (nextSaving instanceof Error) throw nextSaving;
      if (nextSaving) saved.push([name, text]);
      return nextSaving;
    },
  };
}

/** Finds a meeting in a text about as the real engine does. */
function recognise(text: string): Link | null {
  const found = /\b(wss?):\/\/([\w.:-]+)\/?(\S*)/.exec(text);
  if (found === null) return null;
  const room = new URLSearchParams(found[3]?.replace(/^[^?]*\??/, '')).get('room') ?? '';
  return { kind: 'livekit', host: found[2] ?? '', room, secure: found[1] === 'wss' };
}

function foreign(text: string, asked: boolean): Elsewhere | null {
  const found = /https:\/\/(teams\.microsoft\.com)\/\S+/.exec(text);
  return found === null ? null : { service: 'teams', host: found[1] ?? '', url: found[0], asked, refused: false };
}

/** What the engine does upon a command, as patches. */
function react(state: Snapshot, command: Command, now = FAKE_NOW): Patch[] {
  const { me, phase } = state;
  const edit = (change: Partial<Snapshot['me']>): Patch[] => [{ key: 'me', value: { ...me, ...change } }];
  switch (command.kind) {
    case 'recognise':
      return [
        { key: 'recognised', value: recognise(command.text) },
        // What was opened is asked about until somebody has decided.
        { key: 'elsewhere', value: state.elsewhere?.asked ? state.elsewhere : foreign(command.text, false) },
      ];
    case 'dismiss_elsewhere':
      return [{ key: 'elsewhere', value: null }];
    case 'open_link': {
      const elsewhere = foreign(command.text, true);
      if (elsewhere !== null) return [{ key: 'elsewhere', value: elsewhere }];
      const link = recognise(command.text);
      if (link === null) return [{ key: 'issues', value: [issue('VIS-JOIN-LINK-39', 'check_link', { cause: 'no_link' })] }];
      return [{ key: 'issues', value: [] }, { key: 'phase', value: { kind: 'pre_join', link } }];
    }
    case 'keep_window':
      return [{ key: 'window', value: command.choices }];
    case 'keep_settings':
      return [{ key: 'settings', value: command.settings }];
    case 'set_name':
      return edit({ name: command.name });
    case 'join':
    case 'retry': {
      const link = 'link' in phase ? phase.link : null;
      if (link === null) return [{ key: 'phase', value: { kind: 'home' } }];
      const start = scenario('call-live').start;
      return [
        { key: 'room', value: { ...start.room, name: link.room, joined_at: now } },
        { key: 'me', value: { ...me, id: 'me', hearing: 'heard', seeing: 'seen' } },
        ...Object.values(start.participants).map((value): Patch => ({ key: 'participant', value: value as never })),
        { key: 'phase', value: { kind: 'in_meeting', link, reconnecting_for: null } },
      ];
    }
    case 'leave':
      return phase.kind === 'in_meeting'
        ? [{ key: 'phase', value: { kind: 'ended', reason: 'left', seconds: 1440 } }]
        : [{ key: 'phase', value: { kind: 'home' } }];
    case 'set_microphone_on':
      return edit({ microphone_on: command.on, hearing: command.on ? 'heard' : 'off' });
    case 'set_camera_on':
      return edit({
        camera_on: command.on,
        seeing: command.on ? 'seen' : 'off',
        preview: command.on ? { kind: 'showing', size: { width: 1280, height: 720 } } : { kind: 'off' },
      });
    case 'choose_microphone':
      return edit({ microphone: command.choice });
    case 'choose_loudspeaker':
      return edit({ loudspeaker: command.choice });
    case 'choose_camera':
      return edit({ camera: command.choice });
    case 'send_message':
      return [
        {
          key: 'message',
          value: {
            id: `own-${state.messages.length}`,
            author: me.id,
            author_name: me.name,
            own: true,
            text: command.text,
            at: now,
            edited: false,
            sending: phase.kind === 'in_meeting' && phase.reconnecting_for !== null ? 'waiting' : 'sent',
          },
        },
      ];
    case 'send_again':
      return state.messages.filter((message) => message.own && message.id === command.id).map((message): Patch => ({ key: 'message', value: { ...message, sending: 'sent' } }));
    case 'dismiss':
      return [{ key: 'issues', value: state.issues.filter((known) => known.code !== command.code) }];
    default:
      return reactSharing(state, command) ?? reactTogether(state, command) ?? reactCalendar(state, command, now) ?? [];
  }
}

/** Speech-like levels for the demo: `seconds` in, one value a track out. */
export function speech(state: Snapshot, seconds: number): Levels {
  const level = (phase: number, loud: boolean) =>
    loud ? Math.round(150 + 45 * Math.sin(seconds * 7 + phase) * Math.sin(seconds * 2.3 + phase)) : 12;
  return {
    own: state.me.microphone_on ? level(0, true) : 0,
    tracks: Object.values(state.participants).flatMap((someone): [string, number][] =>
      (someone?.publications ?? [])
        .filter((publication) => publication.source === 'microphone' && !publication.muted)
        .map((publication) => [publication.track, level(someone?.order ?? 0, someone?.speaking ?? false)]),
    ),
  };
}

