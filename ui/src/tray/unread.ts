import type { Message } from '../engine/contract';
import { messagesAfter, newestKey } from '../panels/after';

/** What stands in the chat, and whether it is looked at. */
export interface ChatLook {
  messages: readonly Message[];
  /** The newest message that was seen, as the chat itself knows it. */
  read: string | null;
  /** The panel is there. */
  open: boolean;
  /** Somebody looks at the window. */
  looked: boolean;
}

/**
 * How many messages of others nobody has seen, for whoever looks elsewhere: a panel that is open shows nothing while its window is not looked at. One for a
 * window.
 */
export class Unread {
  #seen: string | null = null;

  look({ messages, read, open, looked }: ChatLook): number {
    if (!open) this.#seen = read;
    else if (looked) this.#seen = newestKey(messages);
    return messagesAfter(messages, this.#seen).filter(({ own }) => !own).length;
  }
}
