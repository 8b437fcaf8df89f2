import { canBeJoined } from '../calendar/agenda';
import { openWayOf, type Way } from '../calendar/way';
import type { CalendarMeeting, Snapshot } from '../engine/contract';

/** So long before it begins a meeting is told (interface specification §5). */
const BEFORE_MS = 5 * 60_000;

/** So long after its beginning the notice is of use: people are late. */
const AFTER_MS = 10 * 60_000;

/** A meeting that begins soon. */
export interface Soon {
  kind: string;
  title: string;
  start: number;
  way: Way;
}

/** What is told now, and what is taken away again. */
export interface SoonChanges {
  show: Soon[];
  withdraw: string[];
}

/** One meeting at one time: what is moved is told again. */
function keyOf({ id, start }: CalendarMeeting): string {
  return `${id} ${start}`;
}

/** The room that the window is in, or about to be in. */
function isWhereWeAre({ phase }: Snapshot, { link }: CalendarMeeting): boolean {
  if (!('link' in phase) || phase.link === null || phase.kind === 'failed' || link === null) return false;
  return phase.link.host === link.view.host && phase.link.room === link.view.room;
}

/** Which meetings were told, and which of these are on the screen. One for a window. */
export class SoonTold {
  readonly #told = new Set<string>();
  readonly #shown = new Map<string, { start: number; kind: string }>();

  /** Looks at the calendar. Each meeting is told once, unless the person is in it; what they see to, or is over, is taken away. */
  look(snapshot: Snapshot, now: number): SoonChanges {
    const { meetings } = snapshot.home.calendar;
    const show: Soon[] = [];
    const withdraw: string[] = [];
    const wanted = new Set<string>();
    for (const meeting of meetings) {
      const way = openWayOf(meeting);
      const key = keyOf(meeting);
      if (way === null || !canBeJoined(meeting) || isWhereWeAre(snapshot, meeting)) {
        // Whoever is in it, or was when it began, needs no word.
        if (way !== null && isWhereWeAre(snapshot, meeting)) this.#told.add(key);
        continue;
      }
      if (now < meeting.start + AFTER_MS) wanted.add(key);
      if (meeting.start <= now || now < meeting.start - BEFORE_MS || this.#told.has(key)) continue;
      this.#told.add(key);
      const kind = `soon-${meeting.id}`;
      this.#shown.set(key, { start: meeting.start, kind });
      show.push({ kind, title: meeting.title || way.room || way.host, start: meeting.start, way });
    }
    for (const [key, { kind }] of this.#shown) {
      if (wanted.has(key)) continue;
      this.#shown.delete(key);
      // A meeting that was moved and is told anew has taken its place already.
      if (!show.some((one) => one.kind === kind)) withdraw.push(kind);
    }
    return { show, withdraw };
  }
}
