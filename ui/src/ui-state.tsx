import { createContext, type ReactNode, use, useState } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { KeptMessage } from './call/kept-messages';
import type { Corner, LayoutMode, LiveLine } from './engine/contract';
import type { Interpreter } from './stage/interpreter';
import type { ShareChoice } from './stage/shares';
import type { Zoom } from './stage/zoom';

/** What one person shares, alone large on the stage: its tile, and the sides of that in CSS pixels. */
export interface LoneShare {
  key: string;
  w: number;
  h: number;
}

export type PanelName = 'people' | 'captions' | 'messages' | 'meeting' | 'live' | 'chat';
/** The one modal dialog that is open. */
export type CallDialog = { kind: 'recording' | 'support' | 'background' | 'share' } | { kind: 'shortcut'; link: string; name: string } | { kind: 'rename' | 'remove' | 'card'; participant: string };

/** What only this window knows: nothing of it concerns the engine. */
export interface UiState {
  /** Open panels, in the order in which they were asked for. What is seen of them is `shownPanels`. */
  panels: PanelName[];
  /** The panel that opened by itself just now: it does not take the focus. */
  quiet: PanelName | null;
  layout: LayoutMode;
  /** Shown large until taken away, in the order of pinning. */
  pins: string[];
  /** Whose hands speak. They stay marked for the room, also while they are away. */
  interpreter: Interpreter | null;
  /** Where the own picture is cut into the large one. */
  corner: Corner;
  page: number;
  selfHidden: boolean;
  /** How closely each track is looked at; one that is not here is shown whole. */
  zooms: Record<string, Zoom>;
  /** The share that a bar above the stage can speak of. */
  shareLarge: LoneShare | null;
  /** The tile of which it does: its name and its keys are there. */
  shareBar: string | null;
  /** What was shared last in this meeting went with its sound. */
  shareSound: boolean;
  /** Which of several shares is looked at. */
  share: ShareChoice;
  /** Informative messages of this meeting, newest first. */
  messagesKept: KeptMessage[];
  /** The newest message that was on screen while the chat was seen, by its key. */
  messageRead: string | null;
  /** What stood in the pane of live text when it was seen last. */
  liveRead: readonly LiveLine[];
  /** What was written into the chat's field and not sent. */
  chatDraft: string;
  shortcutsOpen: boolean;
  /** The organisation's rules are read. */
  rulesOpen: boolean;
  /** Who one is is being said to a proxy. */
  proxyOpen: boolean;
  /** The key that is looked for among them. */
  ruleShown: string | null;
  reactionsOpen: boolean;
  dialog: CallDialog | null;
  /** When each person at the door was first seen, in milliseconds of `performance.now`. */
  waitingSince: Record<string, number>;
  /** The notice of a recording was read here. */
  recordingRead: boolean;
  /** First press of the leave keys; a second within 5 s leaves. */
  leaveAsked: boolean;
  /** The window has just begun, in a meeting: pictures first, keys a moment later. */
  picturesFirst: boolean;
}

/** What a view begins with. */
export const START_STATE: UiState = {
  panels: [],
  quiet: null,
  layout: 'auto',
  pins: [],
  interpreter: null,
  corner: 'bottomRight',
  page: 0,
  selfHidden: false,
  zooms: {},
  shareLarge: null,
  shareBar: null,
  shareSound: false,
  share: null,
  messagesKept: [],
  messageRead: null,
  liveRead: [],
  chatDraft: '',
  shortcutsOpen: false,
  rulesOpen: false,
  proxyOpen: false,
  ruleShown: null,
  reactionsOpen: false,
  dialog: null,
  waitingSince: {},
  recordingRead: false,
  leaveAsked: false,
  picturesFirst: false,
};

export type UiStore = StoreApi<UiState>;

const UiContext = createContext<UiStore | null>(null);

interface ProviderProps {
  initial?: Partial<UiState>;
  /** Hears every change; the one of the first rendering holds. */
  onChange?: (before: UiState, after: UiState) => void;
  children: ReactNode;
}

/** State of the window; a new one for each meeting (by `key`). */
export function UiStateProvider({ initial, onChange, children }: ProviderProps) {
  const [store] = useState(() => {
    const made = createStore<UiState>(() => ({ ...START_STATE, ...initial }));
    if (onChange !== undefined) made.subscribe((after, before) => onChange(before, after));
    return made;
  });
  return <UiContext value={store}>{children}</UiContext>;
}

export function useUiStore(): UiStore {
  const store = use(UiContext);
  if (store === null) throw new Error('no UiStateProvider above');
  return store;
}

export function useUi<T>(selector: (state: UiState) => T): T {
  return useStore(useUiStore(), selector);
}

/** Makes a tile large, or small again. */
export function togglePin(store: UiStore, key: string): void {
  store.setState(({ pins }) => ({ pins: pins.includes(key) ? pins.filter((one) => one !== key) : [...pins, key] }));
}

/** Looks at a track closely, or at all of it. */
export function setZoom(store: UiStore, track: string, zoom: Zoom | null): void {
  store.setState(({ zooms: { [track]: _, ...others } }) => ({ zooms: zoom === null ? others : { ...others, [track]: zoom } }));
}

/** Closes a panel that is seen, and brings any other to the front: a closed one, or one that others cover. `shown`: those that are seen. */
export function togglePanel(store: UiStore, name: PanelName, shown: readonly PanelName[]): void {
  const others = store.getState().panels.filter((open) => open !== name);
  store.setState({ panels: shown.includes(name) ? others : [...others, name] });
}

/** Opens a panel that nobody asked for now: it takes neither the focus nor the place of another. `most`: so many fit. */
export function offerPanel(store: UiStore, name: PanelName, most: number): void {
  const { panels } = store.getState();
  if (!panels.includes(name) && panels.length < most) store.setState({ panels: [...panels, name], quiet: name });
}

/** Opens a panel that may be seen already. */
export function openPanel(store: UiStore, name: PanelName, shown: readonly PanelName[]): void {
  if (!shown.includes(name)) togglePanel(store, name, shown);
}
