import type { GlobalKeys } from '../engine/contract';
import type { Platform } from '../engine/engine';
import type { Keys } from '../shortcuts';
import type { Everywhere } from '../shortcuts-own';

/** What the shell takes where it may choose itself. */
export const USUAL: Required<Everywhere> = { microphone: { key: 'd', mod: true, shift: true }, talk: { key: ' ', mod: true, shift: true } };

/** The keys that are, or will be, taken from all windows in a meeting, as far as they are known; for whoever wants such keys. Pure. */
export function keysEverywhere(held: GlobalKeys, platform: Platform): Everywhere {
  switch (held.kind) {
    case 'usual':
      return USUAL;
    case 'given': {
      const microphone = held.microphone === null ? null : keysOfText(held.microphone);
      const talk = held.talk === null ? null : keysOfText(held.talk);
      return { ...(microphone === null ? {} : { microphone }), ...(talk === null ? {} : { talk }) };
    }
    // They are asked for with the next meeting, on the one system that may give them.
    case 'unasked':
    case 'asking':
      return platform === 'linux' ? USUAL : {};
    case 'missing':
      return held.why === 'taken' ? USUAL : {};
  }
}

const MOD = /^(ctrl|control|primary|strg)$/;
const SHIFT = /^(shift|maj|umschalt)$/;
const ALT = /^alt$/;
const SPACE = /^(space|espace|leertaste|spatie)$/;

/** Keys as a portal prints them for people (`Ctrl+Shift+D`, `Press <Control><Shift>d`); `null` where that says none that we know. Pure. */
export function keysOfText(text: string): Keys | null {
  const words = text.toLowerCase().match(/[^\s<>+]+/g) ?? [];
  const last = words.at(-1);
  if (last === undefined || [MOD, SHIFT, ALT].some((one) => one.test(last))) return null;
  const key = SPACE.test(last) ? ' ' : /^f\d{1,2}$/.test(last) ? last.toUpperCase() : last.length === 1 ? last : null;
  // A key with the one of the system's own menu is never ours.
  if (key === null || words.some((word) => /^(meta|super|logo|hyper)$/.test(word))) return null;
  const has = (which: RegExp) => words.some((word) => which.test(word));
  return { key, ...(has(MOD) ? { mod: true as const } : {}), ...(has(SHIFT) ? { shift: true as const } : {}), ...(has(ALT) ? { alt: true as const } : {}) };
}
