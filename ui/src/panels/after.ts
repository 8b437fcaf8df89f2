import type { LiveLine, Message } from '../engine/contract';

/** What tells a message from all others: who wrote it, and what number it has with them. */
export function messageKey({ author, id }: Pick<Message, 'author' | 'id'>): string {
  return `${author ?? ''} ${id}`;
}

/**
 * The messages that came after the one with the key `last`; all of them where there was none, or where it is not kept any more. Pure.
 *
 * How many there are says nothing of it: the engine keeps a thousand and then forgets a good part of them at once.
 */
export function messagesAfter(messages: readonly Message[], last: string | null): readonly Message[] {
  return last === null ? messages : messages.slice(messages.findLastIndex((message) => messageKey(message) === last) + 1);
}

/** The lines in which others have written what is not in `seen`: another line, or another letter of one. Pure. */
export function moreWritten(lines: readonly LiveLine[], seen: readonly LiveLine[]): readonly LiveLine[] {
  const known = new Map(seen.map((line) => [messageKey(line), line.text]));
  return lines.filter((line) => line.author !== null && known.get(messageKey(line)) !== line.text);
}

/** Whether there are any. Pure. */
export function isMoreWritten(lines: readonly LiveLine[], seen: readonly LiveLine[]): boolean {
  return moreWritten(lines, seen).length > 0;
}

/** The key of the newest message; `null`: there is none. */
export function newestKey(messages: readonly Message[]): string | null {
  const newest = messages.at(-1);
  return newest === undefined ? null : messageKey(newest);
}
