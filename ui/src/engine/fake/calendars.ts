import type { CalendarFault, CalendarMeeting, CalendarView, Command, HomeView, Patch, Snapshot } from '../contract';
import { base, FAKE_NOW, type Scenario } from './world';

const MINUTE = 60_000;

function meeting(title: string, inMinutes: number, minutes: number, more: Partial<CalendarMeeting> = {}): CalendarMeeting {
  const start = FAKE_NOW + inMinutes * MINUTE;
  return { id: title, title, start, end: start + minutes * MINUTE, all_day: false, cancelled: false, link: link('visio.agglo.example', 'abc-defg-hij'), elsewhere: null, refused: null, ...more };
}

function link(host: string, room: string): CalendarMeeting['link'] {
  return { text: `https://${host}/${room}`, view: { kind: 'visio', host, room, secure: true } };
}

const PLACE = { address: 'agenda.agglo.example', user: 'camille', name: 'agenda.agglo.example' };

const DAY: CalendarMeeting[] = [
  meeting('Comité de pilotage des archives', 4, 60),
  meeting('Point quotidien, cellule accessibilité', 30, 30, { link: link('visio.voisins.example', 'klm-nopq-rst') }),
  meeting('Commission d’appel d’offres n° 2026-41', 45, 90, { link: null }),
  meeting('Revue du contrat', 60, 45, { cancelled: true }),
  meeting('Démonstration d’un logiciel', 120, 45, { link: null, elsewhere: { text: 'https://teams.microsoft.com/meet/3456789012345', service: 'teams', host: 'teams.microsoft.com', refused: false } }),
  meeting('Formation : conduire une réunion accessible', 24 * 60, 60),
  meeting('Commission informatique', 3 * 24 * 60, 60),
  meeting('Congés', 4 * 24 * 60, 24 * 60, { all_day: true, link: null }),
];

/** Meetings are a few minutes or a day from now, whenever that is. */
export function shifted(home: HomeView, by: number): HomeView {
  const { calendar } = home;
  const meetings = calendar.meetings.map((one) => ({ ...one, start: one.start + by, end: one.end + by }));
  return { ...home, calendar: { ...calendar, meetings, read_at: calendar.read_at === null ? null : calendar.read_at + by } };
}

function home(calendar: Partial<CalendarView>): Scenario {
  const start: Snapshot = { ...base(), phase: { kind: 'home' } };
  const read_at = FAKE_NOW - 2 * MINUTE;
  return { start: { ...start, home: { ...start.home, calendar: { ...start.home.calendar, place: PLACE, kept: true, read_at, ...calendar } } }, turns: 0 };
}

const failed = (fault: CalendarFault): CalendarView['reading'] => ({ kind: 'failed', fault });

/** The start screen with a calendar, in each of its states. */
export const CALENDARS: Record<string, () => Scenario> = {
  'home-calendar': () => home({ meetings: DAY }),
  'home-calendar-later': () => home({ meetings: DAY.slice(1) }),
  'home-calendar-two': () => home({ meetings: [meeting('Groupe de travail', -26, 60, { link: link('visio.voisins.example', 'klm-nopq-rst') }), ...DAY] }),
  'home-calendar-free': () => home({}),
  'home-calendar-reading': () => home({ reading: { kind: 'reading' }, read_at: null }),
  'home-calendar-failed': () => home({ meetings: DAY.slice(1, 3), reading: failed('unreachable') }),
  'home-calendar-password': () => home({ reading: failed('password_missing'), read_at: null }),
};

/** What the engine does with a calendar: the password `wrong` is refused, `slow` says nothing, any other is taken (`unkept` by no keyring). */
export function reactCalendar(state: Snapshot, command: Command, now: number): Patch[] | null {
  const { calendar } = state.home;
  const edit = (change: Partial<CalendarView>): Patch[] => [{ key: 'home', value: { ...state.home, calendar: { ...calendar, ...change } } }];
  switch (command.kind) {
    case 'connect_calendar': {
      if (command.password === 'wrong') return edit({ attempt: { kind: 'refused', fault: 'password' } });
      if (command.password === 'slow') return null;
      const { address, user } = command;
      return edit({ place: { address, user, name: address }, attempt: { kind: 'none' }, reading: { kind: 'done' }, read_at: now, kept: command.password !== 'unkept' });
    }
    case 'cancel_calendar':
      return edit({ attempt: { kind: 'none' } });
    case 'forget_calendar':
      return edit({ place: null, meetings: [], unread: 0, read_at: null, reading: { kind: 'done' } });
    case 'read_calendar':
      return edit({ reading: { kind: 'done' }, read_at: now });
    default:
      return null;
  }
}
