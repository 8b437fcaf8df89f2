import type { CalendarMeeting } from '../engine/contract';
import { openWayOf } from './way';

/** The card of the next meeting is there from so long before it to its end (interface specification §4.1). */
const BEFORE_MS = 15 * 60_000;

/** Midnight so many days after the day of `at`, in this computer's zone. */
export function dayAfter(at: number, days: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

/** Meetings that the card holds; further ones are rows. */
const MOST_OPEN = 3;

/** The meetings that one can go into now. First the one whose beginning is closest: people are on their way to that one. */
export function openOf(meetings: readonly CalendarMeeting[], now: number): CalendarMeeting[] {
  const open = meetings.filter((one) => canBeJoined(one) && one.start - BEFORE_MS <= now && now < Math.max(one.end, one.start + BEFORE_MS));
  // Of two that are as close, the later.
  return open.reverse().sort((one, other) => Math.abs(one.start - now) - Math.abs(other.start - now)).slice(0, MOST_OPEN);
}

/** Whether it takes place at an hour, and leads somewhere. */
export function canBeJoined(meeting: CalendarMeeting): boolean {
  return !meeting.cancelled && !meeting.all_day && openWayOf(meeting) !== null;
}

/** The same meeting at the same time. */
function isSame(one: CalendarMeeting, other: CalendarMeeting): boolean {
  return one.id === other.id && one.start === other.start;
}

export interface Days {
  /** What is not over yet. */
  today: CalendarMeeting[];
  tomorrow: CalendarMeeting[];
}

/** What today and tomorrow hold; those in the `card` have their own place. A meeting of several days is shown on the first of them. */
export function daysOf(meetings: readonly CalendarMeeting[], now: number, card: readonly CalendarMeeting[]): Days {
  const [tomorrow, after] = [dayAfter(now, 1), dayAfter(now, 2)];
  const others = meetings.filter((one) => !card.some((open) => isSame(one, open)));
  return {
    today: others.filter((one) => one.start < tomorrow && Math.max(one.end, one.start + 1) > now),
    tomorrow: others.filter((one) => one.start >= tomorrow && one.start < after),
  };
}

export interface Day {
  /** Its midnight. */
  at: number;
  meetings: CalendarMeeting[];
}

/** The days after tomorrow that hold anything, as far as the calendar was read. */
export function laterOf(meetings: readonly CalendarMeeting[], now: number): Day[] {
  const days: Day[] = [];
  for (const one of meetings.filter(({ start }) => start >= dayAfter(now, 2))) {
    const at = dayAfter(one.start, 0);
    const last = days.at(-1);
    if (last?.at === at) last.meetings.push(one);
    else days.push({ at, meetings: [one] });
  }
  return days;
}

/** Whole minutes until then, rounded up; none or fewer once it has begun. */
export function minutesUntil(start: number, now: number): number {
  return Math.ceil((start - now) / 60_000);
}
