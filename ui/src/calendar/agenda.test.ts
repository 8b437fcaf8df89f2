import { describe, expect, it } from 'vitest';
import type { CalendarMeeting } from '../engine/contract';
import { dayAfter, daysOf, laterOf, minutesUntil, openOf } from './agenda';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const LINK = { text: 'https://visio.example/abc-defg-hij', view: { kind: 'visio' as const, host: 'visio.example', room: 'abc-defg-hij', secure: true } };

function meeting(id: string, start: number, minutes: number, more: Partial<CalendarMeeting> = {}): CalendarMeeting {
  return { id, title: id, start, end: start + minutes * 60_000, all_day: false, cancelled: false, link: LINK, elsewhere: null, refused: null, ...more };
}

const ZOOM = { text: 'https://zoom.us/j/1', service: 'zoom' as const, host: 'zoom.us', refused: false };

describe('meetings that one can go into', () => {
  const ten = meeting('ten', at(24, 10), 60);
  const ids = (all: CalendarMeeting[], now: number) => openOf(all, now).map((one) => one.id);

  it('are there from a quarter of an hour before to their end', () => {
    expect([at(24, 9, 44), at(24, 9, 45), at(24, 10, 59), at(24, 11)].map((now) => ids([ten], now))).toEqual([[], ['ten'], ['ten'], []]);
  });

  it('begin with the one whose beginning is closest, and keep the others', () => {
    const long = meeting('long', at(24, 9), 180);
    expect(ids([long, ten], at(24, 9, 50))).toEqual(['ten', 'long']);
    expect(ids([long, ten], at(24, 11, 30))).toEqual(['long']);
    const soon = meeting('soon', at(24, 10, 8), 30);
    expect([at(24, 9, 55), at(24, 10, 3), at(24, 10, 4)].map((now) => ids([ten, soon], now)[0])).toEqual(['ten', 'ten', 'soon']);
    const four = [1, 2, 3, 4].map((n) => meeting(`${n}`, at(24, 10), 60));
    expect(ids(four, at(24, 10)), 'further ones are rows').toEqual(['4', '3', '2']);
  });

  it('are those that lead somewhere', () => {
    const now = at(24, 10, 5);
    for (const more of [{ link: null }, { cancelled: true }, { all_day: true }]) expect(openOf([{ ...ten, ...more }], now)).toEqual([]);
    expect(ids([{ ...ten, link: null, elsewhere: ZOOM }], now)).toEqual(['ten']);
    expect(ids([{ ...ten, link: null, elsewhere: { ...ZOOM, refused: true } }], now)).toEqual([]);
  });
});

it('a day holds what is not over yet', () => {
  const all = [
    meeting('over', at(24, 8), 60),
    meeting('now', at(24, 9), 60),
    meeting('days', at(23, 0), 3 * 24 * 60, { all_day: true }),
    meeting('point', at(24, 12), 0),
    meeting('tomorrow', at(25, 0), 60),
    meeting('later', at(26, 0), 60),
  ];
  const days = daysOf(all, at(24, 9, 30), all.slice(1, 2));
  expect(days.today.map((one) => one.id)).toEqual(['days', 'point']);
  expect(days.tomorrow.map((one) => one.id)).toEqual(['tomorrow']);
  expect(laterOf(all, at(24, 9, 30)).map(({ at: day, meetings }) => [day, meetings.map((one) => one.id)])).toEqual([[at(26, 0), ['later']]]);
});

it('the days after tomorrow are those that hold anything', () => {
  const all = [meeting('a', at(25, 23), 120), meeting('b', at(26, 9), 60), meeting('c', at(26, 17), 60), meeting('d', at(29, 0), 1440, { all_day: true })];
  const days = laterOf(all, at(24, 23, 59));
  expect(days.map(({ at: day, meetings }) => [day, meetings.map((one) => one.id)])).toEqual([
    [at(26, 0), ['b', 'c']],
    [at(29, 0), ['d']],
  ]);
  expect(laterOf(all, at(28, 12))).toEqual([]);
});

it('days are as long as they are', () => {
  expect(dayAfter(at(24, 23, 59), 1)).toBe(at(25, 0));
  expect(dayAfter(new Date(2026, 9, 24, 12).getTime(), 2)).toBe(new Date(2026, 9, 26).getTime());
  expect([at(24, 10), at(24, 9, 59), at(24, 10, 1)].map((now) => minutesUntil(at(24, 10), now))).toEqual([0, 1, -1]);
});
