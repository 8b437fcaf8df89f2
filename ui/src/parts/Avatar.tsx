import { classes } from './classes';
import style from './parts.module.css';

/** Backgrounds with at least 4.5:1 under white initials. */
const COLOURS = ['#2f6f8f', '#8a3550', '#2f4f86', '#9a4a1e', '#5b4a86', '#6b5b2a', '#30585c', '#3f6b3a'];

/** First letters of the first and the last word. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const first = words[0];
  if (first === undefined) return '?';
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last].map((word) => [...(word ?? '')][0] ?? '').join('').toLocaleUpperCase();
}

/** A colour that stays with the person; the server's own colours may be too light for white text. */
export function colourOf(id: string): string {
  let sum = 7;
  for (const char of id) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return COLOURS[sum % COLOURS.length] ?? '#30585c';
}

interface Props {
  id: string;
  name: string;
  className?: string | undefined;
}

/** The disc with the initials; says nothing to assistive technology, and so the style sheet draws them (`Drawn`). */
export function Avatar({ id, name, className }: Props) {
  return <span aria-hidden="true" className={classes(style.avatar, className)} style={{ background: colourOf(id) }} data-initials={initials(name)} />;
}
