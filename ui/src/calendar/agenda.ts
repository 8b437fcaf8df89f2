import type { CalendarMeeting } from '../engine/contract';

/** The card of the next meeting is there from so long before it to its end (interface specification §4.1). */
const BEFORE_MS = 15 * 60_000;

/** Midnight so many days after the day of `at`, in this computer's zone. */
export function dayAfter(at: number, days: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** The meeting that one can go into now: of several the one that begins last, because the others have run for longer. */
export function nextOf(meetings: readonly CalendarMeeting[], now: number): CalendarMeeting | null {
  const open = meetings.filter((one) => one.link !== null && !one.cancelled && !one.all_day && one.start - BEFORE_MS <= now && now < Math.max(one.end, one.start + BEFORE_MS));
  return open.reduce<CalendarMeeting | null>((best, one) => (best === null || one.start >= best.start ? one : best), null);
}

export interface Days {
  /** What is not over yet. */
  today: CalendarMeeting[];
  tomorrow: CalendarMeeting[];
}

/** What today and tomorrow hold; `next` has its own place. A meeting of several days is shown on the first of them. */
export function daysOf(meetings: readonly CalendarMeeting[], now: number, next: CalendarMeeting | null): Days {
  const [tomorrow, after] = [dayAfter(now, 1), dayAfter(now, 2)];
  const others = meetings.filter((one) => one.id !== next?.id || one.start !== next.start);
  return {
    today: others.filter((one) => one.start < tomorrow && Math.max(one.end, one.start + 1) > now),
    tomorrow: others.filter((one) => one.start >= tomorrow && one.start < after),
  };
}

/** Whole minutes until then, rounded up; none or fewer once it has begun. */
export function minutesUntil(start: number, now: number): number {
  return Math.ceil((start - now) / 60_000);
}
