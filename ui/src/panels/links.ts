/** A piece of a message: plain text, or a web address. */
export interface Piece {
  text: string;
  url: string | null;
}

/** Web addresses only; what ends a sentence is not part of them. */
const ADDRESS = /https?:\/\/[^\s<>"'«»“”]+/g;
const TRAILING = /[.,;:!?…)\]}]+$/;

/** Cuts a message into text and web addresses. */
export function pieces(message: string): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of message.matchAll(ADDRESS)) {
    const url = match[0].replace(TRAILING, '');
    if (!URL.canParse(url)) continue;
    if (match.index > from) out.push({ text: message.slice(from, match.index), url: null });
    out.push({ text: url.replace(/^https?:\/\//, ''), url });
    from = match.index + url.length;
  }
  if (from < message.length) out.push({ text: message.slice(from), url: null });
  return out;
}
