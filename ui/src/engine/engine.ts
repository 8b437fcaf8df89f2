import type { Batch, Command, Levels, Snapshot } from './contract';

/** How remote and own pictures come to the screen. */
export type Presenter = 'below' | 'above' | 'canvas';

export type Platform = 'linux' | 'windows' | 'macos';

/** What the shell says about itself, once, before the first paint. */
export interface ShellInfo {
  presenter: Presenter;
  /** Loopback WebSocket with a token in it; set where `presenter` is `canvas`. */
  framesUrl: string | null;
  /** BCP 47, as the system says. */
  locale: string;
  /** The language of this start (`--language`). */
  language: string | null;
  version: string;
  /** True under WebDriver: nothing happens by itself (no automatic retry). */
  automation: boolean;
  platform: Platform;
  /** Screen readers of this desktop do not hear live regions: the page says what is in them with `announce`. */
  announces: boolean;
  /** They pass over a heading that takes the focus as well: the page says it so too. */
  announcesHeadings: boolean;
}

/** Paints pictures into canvases of the page, where the presenter is `canvas`. */
export interface FrameSource {
  /** Pictures of `track` go into `canvas` until the returned function is called. */
  attach(track: string, canvas: HTMLCanvasElement): () => void;
}

/** A button of a notice: what it asks of the engine, or `null`: the window is to come to the front. */
export interface NoticeAction {
  label: string;
  command: Command | null;
  /** The window comes to the front with the command too. */
  front?: boolean;
}

/** Something to be told outside of the window; a later one of the same kind takes its place. */
export interface Notice {
  kind: string;
  title: string;
  body: string;
  actions: NoticeAction[];
}

/** What the mark in the tray says, by its shape. */
export type TrayShape = 'idle' | 'call' | 'muted' | 'waiting';

/** What an entry of the tray does. */
export type TrayDoes = { kind: 'command'; command: Command; front: boolean } | { kind: 'show' } | { kind: 'paste' } | { kind: 'settings'; title: string } | { kind: 'doctor'; title: string } | { kind: 'quit' };

/** What the tray shows; an entry that does nothing and says nothing is a line. */
export interface TrayView {
  shape: TrayShape;
  title: string;
  items: { label: string; does: TrayDoes | null }[];
}

/** What keys from other applications do, in the person's language. */
export interface KeyWords {
  microphone: string;
  talk: string;
}

/** A shortcut of the system that opens a meeting. */
export interface Shortcut {
  name: string;
  link: string;
  /** Without the last look before. */
  direct: boolean;
  microphoneOff: boolean;
  cameraOff: boolean;
  desktop: boolean;
  /** Among the system's applications. */
  menu: boolean;
}

export type TextKind = 'txt' | 'json';
export type ShortcutPlace = 'desktop' | 'menu';
export type ShortcutFailure = 'failed' | 'no_place' | 'no_opener' | 'secret' | 'no_room';

export type Unsubscribe = () => void;

/**
 * Everything that the page knows of the world outside.
 *
 * State flows one way: a snapshot, then batches that follow it. Commands are data. There is one
 * implementation over Tauri and one that needs nothing but a browser.
 */
export interface Engine {
  readonly shell: ShellInfo;
  /** Set where pictures are drawn by the page. */
  readonly frames?: FrameSource;
  /** May call `onSnapshot` again at any time; what was known before is then void. */
  subscribe(onSnapshot: (snapshot: Snapshot) => void, onBatch: (batch: Batch) => void): Unsubscribe;
  /** Asks for a new snapshot, after a gap. */
  resubscribe(): void;
  /** Rejects with an `Issue`. */
  command(command: Command): Promise<void>;
  /** Loudness at 20 Hz, lossy. */
  levels(onLevels: (levels: Levels) => void): Unsubscribe;
  /**
   * Opens a web page or a system page outside of the window.
   *
   * Rejects with `managed` where it is a meeting of another service and the organisation wants none to be opened.
   */
  openExternal(url: string): Promise<void>;
  /**
   * Asks where `text` is to be kept, with `name` as the proposal, and writes it there.
   *
   * Resolves with false where the person thought better of it; rejects where it could not be written.
   */
  saveText(name: string, text: string, kind?: TextKind): Promise<boolean>;
  /**
   * Asks for a JSON file, and reads it.
   *
   * Resolves with `null` where the person thought better of it; rejects where it is no text or cannot be read.
   */
  openText(): Promise<string | null>;
  /**
   * Asks for a picture for the background, and keeps a copy: its name for `Settings.background_picture`.
   *
   * Resolves with `null` where the person thought better of it; rejects with `refused` where it is no picture or too large, with
   * `failed` where it cannot be kept.
   */
  chooseBackground(): Promise<string | null>;
  /** Shows the settings in their window, called `title`, at a page; one that is open comes to the front. */
  openSettings(page: string | null, title: string): Promise<void>;
  /** Shows the network doctor in its window, called `title`; one that is open comes to the front. */
  openDoctor(title: string): Promise<void>;
  /** Shows what others share in a window of its own, called `title`; one that is open comes to the front. */
  openShare(title: string): Promise<void>;
  /** The report for support, as text, without a word about anybody. */
  supportText(): Promise<string>;
  /** Makes a shortcut and says where it lies; rejects with a `ShortcutFailure`. */
  createShortcut(shortcut: Shortcut): Promise<ShortcutPlace[]>;
  /** Tells something outside of the window, unless the window is looked at. */
  notify(notice: Notice): Promise<void>;
  /** Takes a notice away: it is over, or somebody has seen to it. */
  withdrawNotice(kind: Notice['kind']): Promise<void>;
  /** Lets a screen reader say this, where `shell.announces`. */
  announce(text: string): Promise<void>;
  /** Shows this in the system's tray, where there is one. */
  setTray(view: TrayView): Promise<void>;
  /** Says what keys from other applications do; before that none are asked for. */
  nameKeys(words: KeyWords): Promise<void>;
  /** Somebody wants to close the window in the middle of a meeting: to be asked about, and answered. */
  closeAsked(onAsked: () => void): Unsubscribe;
  /** The text of the clipboard, where the person has pressed a key for it; rejects where it cannot be had. */
  pastedText(): Promise<string>;
  /** Somebody wants the link that they copied to be taken, outside of the window. */
  pasteAsked(onAsked: () => void): Unsubscribe;
  /** Brings the meeting's window to the front, from another one; `leave`: it asks there whether the meeting is to be left. */
  showMain(leave?: boolean): Promise<void>;
  /** Somebody wants to leave, by a key in another window: to be asked about in this one. */
  leaveAsked(onAsked: () => void): Unsubscribe;
  /** What this window is called, for the system and its task bar. */
  setTitle(title: string): Promise<void>;
  /** `true`: the application ends, and the meeting is left with it. */
  answerClosing(close: boolean): Promise<void>;
}
