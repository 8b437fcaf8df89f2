/** How urgent an announcement is. */
export type Politeness = 'polite' | 'assertive';

export interface Announcement {
  /** Announcements of the same kind within 2 s are merged: the last text holds. */
  kind: string;
  text: string;
  politeness: Politeness;
  /** Chat is never too old. */
  keep?: boolean;
  /** Something better may follow within this time, in milliseconds: it is then said in place of this. */
  wait?: number;
  /** Only in place of what still waits: what was said is not said again. */
  betters?: boolean;
  /**
   * It takes the place of all of its kind that waits: only the last is true. Without a text, nothing of it is true any more. With a `wait` it
   * waits anew, for 2 s in all: what changes again and again is said now and then.
   */
  latest?: boolean;
  /** Not where something of this kind is said beside it, within 2 s: that says it. */
  unless?: string;
}

/** Same-kind events within this time are one, in milliseconds. */
export const MERGE_MS = 2000;
/** What waited longer is dropped, in milliseconds. */
export const STALE_MS = 8000;

interface Waiting extends Announcement {
  since: number;
  due: number;
  /** When the first one came in whose place this is. */
  begun: number;
}

/**
 * What is still to be said. Assertive is said at once; polite waits until same-kind events have
 * settled and nobody is typing. Time is an argument.
 */
export class AnnouncementQueue {
  private waiting: Waiting[] = [];
  /** When something of a kind was said last. */
  private readonly said = new Map<string, number>();

  push(announcement: Announcement, now: number): void {
    let begun = now;
    if (announcement.latest === true) {
      const replaced = this.waiting.filter((one) => one.kind === announcement.kind);
      begun = Math.min(now, ...replaced.map((one) => one.begun));
      this.waiting = this.waiting.filter((one) => !replaced.includes(one));
    }
    if (announcement.text === '') return;
    const known = this.waiting.find(
      (one) => one.kind === announcement.kind && one.politeness === announcement.politeness && now - one.since < MERGE_MS,
    );
    if (known !== undefined) {
      known.text = announcement.text;
      if (announcement.betters === true) known.due = now;
    } else if (announcement.betters !== true) {
      const due = now + (announcement.wait ?? (announcement.politeness === 'assertive' ? 0 : MERGE_MS / 4));
      const latest = announcement.wait === undefined ? due : Math.min(due, begun + MERGE_MS);
      this.waiting.push({ ...announcement, since: now, due: latest, begun });
    }
  }

  /** The next thing to say of this politeness, or `null`. */
  take(politeness: Politeness, now: number, busy: boolean): string | null {
    this.waiting = this.waiting.filter((one) => (one.keep === true || now - one.since <= STALE_MS) && !this.isSaid(one));
    if (politeness === 'polite' && busy) return null;
    const next = this.waiting.find((one) => one.politeness === politeness && one.due <= now);
    if (next === undefined) return null;
    this.waiting = this.waiting.filter((one) => one !== next);
    for (const [kind, at] of this.said) if (now - at > MERGE_MS + STALE_MS) this.said.delete(kind);
    this.said.set(next.kind, now);
    return next.text;
  }

  /** All that is urgent now, in order: it is said as one, or the second would take the first one's place before anybody heard it. */
  takeUrgent(now: number): string[] {
    const texts: string[] = [];
    for (let text = this.take('assertive', now, false); text !== null; text = this.take('assertive', now, false)) texts.push(text);
    return texts;
  }

  private isSaid({ unless, since }: Waiting): boolean {
    const at = unless === undefined ? undefined : this.said.get(unless);
    return at !== undefined && since - at < MERGE_MS;
  }

  get empty(): boolean {
    return this.waiting.length === 0;
  }
}

/** What is said together, each with its end. A text alone stays as it is. Pure. */
export function joined(texts: readonly string[]): string {
  return texts.length === 1 ? (texts[0] ?? '') : texts.map(sentence).join(' ');
}

/** A text with an end. */
export function sentence(text: string): string {
  return /[.…!?]$/.test(text) ? text : `${text}.`;
}
