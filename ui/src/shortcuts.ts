import type { Platform } from './engine/engine';

/** What a key can do. */
export type ShortcutId =
  | 'microphone'
  | 'talk'
  | 'camera'
  | 'chat'
  | 'hand'
  | 'react'
  | 'captions'
  | 'live'
  | 'share'
  | 'admit'
  | 'recording'
  | 'people'
  | 'nextRegion'
  | 'previousRegion'
  | 'toolbar'
  | 'layout'
  | 'previousPage'
  | 'nextPage'
  | 'readState'
  | 'fullScreen'
  | 'leave'
  | 'shortcuts'
  | 'settings'
  | 'close';

/** Keys held together. `key` is `KeyboardEvent.key`, letters in lower case. */
export interface Keys {
  key: string;
  /** Ctrl; Cmd on macOS. */
  mod?: true;
  shift?: true;
  alt?: true;
}

export interface Shortcut {
  id: ShortcutId;
  /** The first is shown; all work. Empty where somebody wants none. */
  keys: readonly Keys[];
  /** Always these keys: nobody could do without them. */
  fixed?: true;
  /** It works while it is held; a sign alone does too, but not where one types (WCAG 2.1.4). */
  hold?: true;
  /** Where it works: in every view, or in a meeting (microphone and camera also before it). */
  scope: 'everywhere' | 'devices' | 'meeting';
}

/**
 * All shortcuts, as data: what the dialog lists is what works.
 *
 * Never Ctrl+Alt, which is AltGr on European keyboards. Where Visio has a shortcut, it is the same.
 */
export const SHORTCUTS: readonly Shortcut[] = [
  { id: 'microphone', keys: [{ key: 'd', mod: true }], scope: 'devices' },
  { id: 'talk', keys: [{ key: 'v' }], scope: 'meeting', hold: true },
  { id: 'camera', keys: [{ key: 'e', mod: true }], scope: 'devices' },
  { id: 'chat', keys: [{ key: 'm', mod: true, shift: true }], scope: 'meeting' },
  { id: 'people', keys: [{ key: 'p', mod: true, shift: true }], scope: 'meeting' },
  { id: 'hand', keys: [{ key: 'h', mod: true, shift: true }], scope: 'meeting' },
  { id: 'react', keys: [{ key: 'e', mod: true, shift: true }], scope: 'meeting' },
  { id: 'captions', keys: [{ key: 'c', mod: true, shift: true }], scope: 'meeting' },
  { id: 'live', keys: [{ key: 'x', mod: true, shift: true }], scope: 'meeting' },
  { id: 'share', keys: [{ key: 's', mod: true, shift: true }], scope: 'meeting' },
  { id: 'admit', keys: [{ key: 'a', mod: true, shift: true }], scope: 'meeting' },
  { id: 'recording', keys: [{ key: 'l', mod: true, shift: true }], scope: 'meeting' },
  { id: 'nextRegion', keys: [{ key: 'F6' }], scope: 'everywhere' },
  { id: 'previousRegion', keys: [{ key: 'F6', shift: true }], scope: 'everywhere' },
  { id: 'toolbar', keys: [{ key: 'F2' }], scope: 'meeting' },
  { id: 'layout', keys: [{ key: 'g', mod: true, shift: true }], scope: 'meeting' },
  { id: 'previousPage', keys: [{ key: 'PageUp', alt: true }], scope: 'meeting' },
  { id: 'nextPage', keys: [{ key: 'PageDown', alt: true }], scope: 'meeting' },
  { id: 'readState', keys: [{ key: 'y', mod: true, shift: true }], scope: 'meeting' },
  { id: 'fullScreen', keys: [{ key: 'F11' }, { key: 'f', mod: true, shift: true }], scope: 'meeting' },
  { id: 'close', keys: [{ key: 'Escape' }], scope: 'meeting', fixed: true },
  { id: 'leave', keys: [{ key: 'w', mod: true, shift: true }], scope: 'meeting' },
  { id: 'shortcuts', keys: [{ key: 'F1' }, { key: '/', mod: true, shift: true }, { key: '?', mod: true, shift: true }], scope: 'everywhere' },
  { id: 'settings', keys: [{ key: ',', mod: true }], scope: 'everywhere' },
];

/** What works on a tile that has the focus: signs alone, since nothing is typed there (WCAG 2.1.4). They are listed, and always these. */
export const TILE_KEYS = ['tileMove', 'tileActions', 'tilePin', 'tileZoom', 'tileCorner'] as const;

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

function matches(keys: Keys, event: Pressed, platform: Platform): boolean {
  const mod = platform === 'macos' ? event.metaKey : event.ctrlKey;
  const other = platform === 'macos' ? event.ctrlKey : event.metaKey;
  return (
    (event.key.length === 1 ? event.key.toLowerCase() : event.key) === keys.key &&
    mod === (keys.mod ?? false) &&
    !other &&
    event.shiftKey === (keys.shift ?? false) &&
    event.altKey === (keys.alt ?? false)
  );
}

/** The shortcut that these keys are, if any. */
export function shortcutFor(event: Pressed, platform: Platform, shortcuts: readonly Shortcut[] = SHORTCUTS): Shortcut | null {
  return shortcuts.find((shortcut) => shortcut.keys.some((keys) => matches(keys, event, platform))) ?? null;
}

/** Names of keys in the user's language (`common:key`). */
export type KeyNames = Record<'ctrl' | 'cmd' | 'shift' | 'alt' | 'escape' | 'pageUp' | 'pageDown' | 'space', string>;

/** The keys as they are printed: `Ctrl+Maj+M`; empty where there are none. */
export function printKeys(keys: Keys | undefined, names: KeyNames, platform: Platform): string {
  if (keys === undefined) return '';
  const named: Record<string, string> = { Escape: names.escape, PageUp: names.pageUp, PageDown: names.pageDown, ' ': names.space };
  return [
    keys.mod && (platform === 'macos' ? names.cmd : names.ctrl),
    keys.alt && names.alt,
    keys.shift && names.shift,
    named[keys.key] ?? keys.key.toUpperCase(),
  ]
    .filter(Boolean)
    .join('+');
}
