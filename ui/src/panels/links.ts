/** A piece of a message: plain text, or a web address. */
export interface Piece {
  text: string;
  url: string | null;
}

/** Web addresses only; what ends a sentence is not part of them, nor a sign that turns the letters behind it: another address would be read than is opened. */
const ADDRESS = /https?:\/\/[^\s<>"'«»“”\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
const TRAILING = /[.,;:!?…)\]}]$/;
/** Brackets that close, and what opens each. */
const OPENING: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** An address without what ends the sentence around it. A bracket that was opened in the address belongs to it. */
function trimmed(address: string): string {
  let url = address;
  for (let last = TRAILING.exec(url)?.[0]; last !== undefined; last = TRAILING.exec(url)?.[0]) {
    const opening = OPENING[last];
    if (opening !== undefined && url.split(opening).length >= url.split(last).length) break;
    url = url.slice(0, -1);
  }
  return url;
}

/** Cuts a message into text and web addresses. */
export function pieces(message: string): Piece[] {
  const out: Piece[] = [];
  let from = 0;
  for (const match of message.matchAll(ADDRESS)) {
    const url = trimmed(match[0]);
    if (!URL.canParse(url)) continue;
    if (match.index > from) out.push({ text: message.slice(from, match.index), url: null });
    out.push({ text: url.replace(/^https?:\/\//, ''), url });
    from = match.index + url.length;
  }
  if (from < message.length) out.push({ text: message.slice(from), url: null });
  return out;
}
