import type { CalendarMeeting, Elsewhere } from '../engine/contract';

/** The way to a meeting: into it from here, or to another service that the browser opens. */
export interface Way {
  /** What is opened; of another service, where it leads is shown first. */
  text: string;
  host: string;
  /** What the meeting is called where its title does not say it. */
  room: string;
  /** `null`: one comes in from here. */
  foreign: { service: Elsewhere['service']; refused: boolean } | null;
}

/** `null`: nothing of it says where it is held. */
export function wayOf({ link, elsewhere }: CalendarMeeting): Way | null {
  if (link !== null) return { text: link.text, host: link.view.host, room: link.view.room, foreign: null };
  if (elsewhere === null) return null;
  const { text, host, service, refused } = elsewhere;
  return { text, host, room: '', foreign: { service, refused } };
}

/** The way, where one may go it. */
export function openWayOf(meeting: CalendarMeeting): Way | null {
  const way = wayOf(meeting);
  return way?.foreign?.refused ? null : way;
}
