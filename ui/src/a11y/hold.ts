type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>;

/** A key that is held, and what was held with it. */
export interface Hold {
  /** Where the key is; empty where nothing tells. */
  code: string;
  key: string;
  /** Ctrl, Cmd, Shift and Alt, as far as they were down. */
  with: readonly Modifier[];
}

const MODIFIERS = { Control: 'ctrlKey', Meta: 'metaKey', Shift: 'shiftKey', Alt: 'altKey' } as const;
type Modifier = keyof typeof MODIFIERS;

/** What is held from this press on. Pure. */
export function holdOf(event: Pressed): Hold {
  const all = Object.keys(MODIFIERS) as Modifier[];
  return { code: event.code, key: event.key.toLowerCase(), with: all.filter((one) => event[MODIFIERS[one]]) };
}

/**
 * Whether `event`, a key that came up, ends it. Pure.
 *
 * The key is known by its place: what it writes is another sign once Shift is up. One of the others ends it as well, because macOS tells
 * of no key that comes up while Cmd is down.
 */
export function endsHold(hold: Hold, event: Pressed): boolean {
  if (hold.code === '' ? event.key.toLowerCase() === hold.key : event.code === hold.code) return true;
  return hold.with.some((one) => event.key === one || !event[MODIFIERS[one]]);
}
