import type { KeyPress, Settings } from './engine/contract';
import type { Platform } from './engine/engine';
import { type Keys, type Shortcut, type ShortcutId, SHORTCUTS } from './shortcuts';

type Own = Settings['shortcuts'];

/** Keys that are taken before any window has them, and what they do from everywhere. */
export type Everywhere = Partial<Record<'microphone' | 'talk', Keys>>;

/** The catalogue with the person's own keys in it. Pure. */
export function shortcutsWith(own: Own): readonly Shortcut[] {
  return SHORTCUTS.map((shortcut) => {
    const keys = shortcut.fixed === true ? undefined : own[shortcut.id];
    if (keys === undefined) return shortcut;
    return { ...shortcut, keys: keys === null ? [] : [keysOf(keys)] };
  });
}

/** What was set, with the usual keys of `id` again; `from`: who had some of them meanwhile and has none now. Pure. */
export function withUsual(id: ShortcutId, own: Own): { own: Own; from: ShortcutId[] } {
  const usual = SHORTCUTS.find((shortcut) => shortcut.id === id)?.keys ?? [];
  const { [id]: _, ...others } = own;
  const from = shortcutsWith(others).filter((shortcut) => shortcut.id !== id && shortcut.keys.some((keys) => usual.some((one) => same(one, keys)))).map((shortcut) => shortcut.id);
  return { own: { ...others, ...Object.fromEntries(from.map((one) => [one, null])) }, from };
}

/** Why keys cannot be taken: another has them, or they would not do. */
export type Conflict = { kind: 'taken'; by: ShortcutId } | { kind: 'everywhere'; by: keyof Everywhere } | { kind: 'typing' | 'altgr' | 'reserved' | 'tile' };

/** Keys that the system or every text field has. */
const RESERVED: readonly Keys[] = [
  ...['a', 'c', 'v', 'x', 'z'].map((key) => ({ key, mod: true as const })),
  { key: 'F4', alt: true },
];
/** On macOS: pictures of the screen, and the session's end. */
const RESERVED_ON_MACOS: readonly Keys[] = ['3', '4', '5', 'q'].map((key) => ({ key, mod: true, shift: true }));
/** Keys that move the focus or answer a question. */
const MOVING: readonly string[] = ['Escape', 'Tab', 'Enter', ' ', 'Backspace', 'Delete', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'];

/** Signs that act on a tile alone (`TILE_KEYS`): what is held for something else would do both there. */
const ON_TILE: readonly string[] = ['p', '+', '=', '-', '0', '1'];

/** What keeps `keys` from standing for `id`; `null`: nothing. `digit`: what is printed on the key. Pure. */
export function conflictOf(id: ShortcutId, keys: Keys, own: Own, platform: Platform, digit: number | null = null, everywhere: Everywhere = {}): Conflict | null {
  if (keys.mod === true && keys.alt === true) return { kind: 'altgr' };
  const held = keys.mod === true || keys.alt === true;
  const holds = SHORTCUTS.some((shortcut) => shortcut.id === id && shortcut.hold === true);
  // A letter alone is typed, and a letter with Shift too (WCAG 2.1.4); what is held works outside of fields only.
  if (!held && !(holds && keys.key.length === 1 && keys.key !== ' ' && keys.shift !== true) && !/^F\d{1,2}$/.test(keys.key)) return { kind: 'typing' };
  if (!held && (ON_TILE.includes(keys.key) || ON_TILE.includes(String(digit)))) return { kind: 'tile' };
  if (MOVING.includes(keys.key)) return { kind: 'reserved' };
  const reserved = platform === 'macos' ? [...RESERVED, ...RESERVED_ON_MACOS] : RESERVED;
  if (reserved.some((one) => same(one, keys))) return { kind: 'reserved' };
  // No window sees those: the key would do something else.
  const by = takenEverywhere(id, keys, everywhere);
  if (by !== null) return { kind: 'everywhere', by };
  const other = shortcutsWith(own).find((shortcut) => shortcut.id !== id && shortcut.keys.some((one) => same(one, keys)));
  return other === undefined ? null : { kind: 'taken', by: other.id };
}

/** What keys of another purpose do everywhere; `null`: they are not taken. Pure. */
function takenEverywhere(id: ShortcutId, keys: Keys, everywhere: Everywhere): keyof Everywhere | null {
  const entries = Object.entries(everywhere) as [keyof Everywhere, Keys][];
  return entries.find(([by, taken]) => by !== id && same(taken, keys))?.[0] ?? null;
}

/** Shortcuts that do nothing in a meeting because their keys are taken everywhere. Pure. */
export function clashesWith(everywhere: Everywhere, own: Own): { id: ShortcutId; keys: Keys }[] {
  return shortcutsWith(own).flatMap(({ id, keys }) => keys.filter((one) => takenEverywhere(id, one, everywhere) !== null).map((one) => ({ id, keys: one })));
}

function same(a: Keys, b: Keys): boolean {
  return a.key === b.key && (a.mod ?? false) === (b.mod ?? false) && (a.shift ?? false) === (b.shift ?? false) && (a.alt ?? false) === (b.alt ?? false);
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** The keys that are held; `null` while only Ctrl, Shift or Alt are. */
export function keysPressed(event: Pressed, platform: Platform): Keys | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Process', 'Unidentified'].includes(event.key)) return null;
  const mod = platform === 'macos' ? event.metaKey : event.ctrlKey;
  return {
    key: event.key.length === 1 ? event.key.toLowerCase() : event.key,
    ...(mod ? { mod: true as const } : {}),
    ...(event.shiftKey ? { shift: true as const } : {}),
    ...(event.altKey ? { alt: true as const } : {}),
  };
}

function keysOf({ key, mod, shift, alt }: KeyPress): Keys {
  return { key, ...(mod ? { mod: true as const } : {}), ...(shift ? { shift: true as const } : {}), ...(alt ? { alt: true as const } : {}) };
}

/** As the engine keeps them. */
export function pressOf(keys: Keys): KeyPress {
  return { key: keys.key, mod: keys.mod ?? false, shift: keys.shift ?? false, alt: keys.alt ?? false };
}
