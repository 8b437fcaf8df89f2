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
}

/** Same-kind events within this time are one, in milliseconds. */
export const MERGE_MS = 2000;
/** What waited longer is dropped, in milliseconds. */
export const STALE_MS = 8000;

interface Waiting extends Announcement {
  since: number;
  due: number;
}

/**
 * What is still to be said. Assertive is said at once; polite waits until same-kind events have
 * settled and nobody is typing. Time is an argument.
 */
export class AnnouncementQueue {
  private waiting: Waiting[] = [];

  push(announcement: Announcement, now: number): void {
    const known = this.waiting.find(
      (one) => one.kind === announcement.kind && one.politeness === announcement.politeness && now - one.since < MERGE_MS,
    );
    if (known !== undefined) {
      known.text = announcement.text;
      if (announcement.betters === true) known.due = now;
    } else if (announcement.betters !== true) {
      const due = now + (announcement.wait ?? (announcement.politeness === 'assertive' ? 0 : MERGE_MS / 4));
      this.waiting.push({ ...announcement, since: now, due });
    }
  }

  /** The next thing to say of this politeness, or `null`. */
  take(politeness: Politeness, now: number, busy: boolean): string | null {
    this.waiting = this.waiting.filter((one) => one.keep === true || now - one.since <= STALE_MS);
    if (politeness === 'polite' && busy) return null;
    const at = this.waiting.findIndex((one) => one.politeness === politeness && one.due <= now);
    return at < 0 ? null : (this.waiting.splice(at, 1)[0]?.text ?? null);
  }

  get empty(): boolean {
    return this.waiting.length === 0;
  }
}
