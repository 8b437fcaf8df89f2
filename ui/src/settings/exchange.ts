import type { Settings } from '../engine/contract';
import { USUAL } from '../engine/store';

/** Of the file that settings are kept in. */
const FORMAT = 1;
const KIND = 'visavis-settings';

/** What means nothing on another computer. */
const HERE_ALONE = ['welcomed', 'background_picture'];

/** The settings as a file: no name, no host, no secret is among them. What was never chosen is left out. */
export function exportText(settings: Settings): string {
  const chosen = Object.entries(settings).filter(([key, value]) => !HERE_ALONE.includes(key) && JSON.stringify(value) !== JSON.stringify(USUAL[key as keyof Settings]));
  return `${JSON.stringify({ kind: KIND, format: FORMAT, settings: Object.fromEntries(chosen) }, null, 2)}\n`;
}

/** The settings of such a file; `null` where it is none, or one of a later version. What it leaves out is usual, and what belongs to this computer stays as it is in `present`. */
export function importText(text: string, present: Pick<Settings, 'background_picture'>): Settings | null {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(file) || file['kind'] !== KIND || file['format'] !== FORMAT || !isObject(file['settings'])) return null;
  const given = file['settings'];
  const known = Object.entries(given).filter(([key, value]) => key in USUAL && fits(value, USUAL[key as keyof Settings]));
  return { ...USUAL, ...Object.fromEntries(known.map(([key, value]) => [key, filled(value, USUAL[key as keyof Settings])])), background_picture: present.background_picture, welcomed: true };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an earlier version did not know yet is usual. */
function filled(value: unknown, usual: unknown): unknown {
  return isObject(value) && isObject(usual) ? { ...usual, ...value } : value;
}

/** Of the same shape as the usual value, as far as it goes: the engine looks at the words themselves. */
function fits(value: unknown, usual: unknown): boolean {
  if (usual === null) return value === null || typeof value === 'string';
  if (!isObject(usual)) return typeof value === typeof usual;
  const keys = Object.keys(usual);
  return isObject(value) && keys.every((key) => value[key] === undefined || fits(value[key], usual[key]));
}
