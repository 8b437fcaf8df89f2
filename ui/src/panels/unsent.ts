import type { LiveLine, Message, Snapshot } from '../engine/contract';

/** What one wrote oneself and will not leave by itself: messages, then lines of live text. Pure. */
export function unsentOf({ messages, live_text }: Pick<Snapshot, 'messages' | 'live_text'>): (Message | LiveLine)[] {
  return [...messages, ...live_text.lines].filter(({ sending }) => sending === 'failed');
}
