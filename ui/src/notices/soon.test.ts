import { describe, expect, it } from 'vitest';
import type { CalendarMeeting, Phase, Snapshot } from '../engine/contract';
import { FAKE_NOW, scenario } from '../engine/fake/scenarios';
import { SoonTold } from './soon';

const MINUTE = 60_000;
const LINK = { text: 'https://visio.example/abc-defg-hij', view: { kind: 'visio' as const, host: 'visio.example', room: 'abc-defg-hij', secure: true } };
const TEAMS = { text: 'https://teams.microsoft.com/meet/1', service: 'teams' as const, host: 'teams.microsoft.com', refused: false };

function meeting(more: Partial<CalendarMeeting> = {}): CalendarMeeting {
  return { id: 'a', title: 'Comité', start: FAKE_NOW, end: FAKE_NOW + 60 * MINUTE, all_day: false, cancelled: false, link: LINK, elsewhere: null, refused: null, ...more };
}

const home = scenario('home').start;
const holds = (meetings: CalendarMeeting[], phase: Phase = { kind: 'home' }): Snapshot => ({
  ...home,
  phase,
  home: { ...home.home, calendar: { ...home.home.calendar, meetings } },
});
const shown = (told: SoonTold, snapshot: Snapshot, minutes: number) => told.look(snapshot, FAKE_NOW + minutes * MINUTE).show.map((one) => one.title);

describe('a meeting that begins soon', () => {
  it('is told once, from five minutes before until it begins', () => {
    const told = new SoonTold();
    expect([-6, -5, -4, 1].map((minutes) => shown(told, holds([meeting()]), minutes))).toEqual([[], ['Comité'], [], []]);
    expect(shown(new SoonTold(), holds([meeting()]), -1), 'whoever starts late hears it then').toEqual(['Comité']);
    expect(shown(new SoonTold(), holds([meeting()]), 0), 'it runs').toEqual([]);
  });

  it('is one that leads somewhere at an hour', () => {
    for (const more of [{ link: null }, { cancelled: true }, { all_day: true }, { link: null, elsewhere: { ...TEAMS, refused: true } }]) {
      expect(shown(new SoonTold(), holds([meeting(more)]), -3)).toEqual([]);
    }
    const [teams] = new SoonTold().look(holds([meeting({ title: '', link: null, elsewhere: TEAMS })]), FAKE_NOW - MINUTE).show;
    expect(teams).toMatchObject({ kind: 'soon-a', title: 'teams.microsoft.com', way: { text: TEAMS.text, foreign: { service: 'teams' } } });
  });

  it('is not told to whoever is in it or at its door, nor when they leave it again', () => {
    const told = new SoonTold();
    const { view } = LINK;
    expect(shown(told, holds([meeting()], { kind: 'in_meeting', link: view, reconnecting_for: null }), -4)).toEqual([]);
    expect(shown(told, holds([meeting()]), -3)).toEqual([]);
    const other = { kind: 'in_meeting' as const, link: { ...view, room: 'zyx-wvut-srq' }, reconnecting_for: null };
    expect(shown(new SoonTold(), holds([meeting()], other), -4), 'in another one it is').toEqual(['Comité']);
  });

  it('is taken away by going there, by the clock, and where it is called off', () => {
    const look = (then: Snapshot, minutes: number) => {
      const told = new SoonTold();
      told.look(holds([meeting()]), FAKE_NOW - 5 * MINUTE);
      return told.look(then, FAKE_NOW + minutes * MINUTE).withdraw;
    };
    expect(look(holds([meeting()]), 9)).toEqual([]);
    expect(look(holds([meeting()]), 10)).toEqual(['soon-a']);
    expect(look(holds([meeting({ cancelled: true })]), -2)).toEqual(['soon-a']);
    expect(look(holds([]), -2)).toEqual(['soon-a']);
    expect(look(holds([meeting()], { kind: 'pre_join', link: LINK.view }), -2)).toEqual(['soon-a']);
  });

  it('is told again at its new time, in the same place', () => {
    const told = new SoonTold();
    told.look(holds([meeting()]), FAKE_NOW - 5 * MINUTE);
    const moved = holds([meeting({ start: FAKE_NOW + 2 * MINUTE })]);
    expect(told.look(moved, FAKE_NOW - 2 * MINUTE)).toMatchObject({ show: [{ start: FAKE_NOW + 2 * MINUTE }], withdraw: [] });
    expect(told.look(moved, FAKE_NOW - MINUTE)).toEqual({ show: [], withdraw: [] });
  });
});
