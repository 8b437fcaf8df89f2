import { describe, expect, it } from 'vitest';
import type { CalendarMeeting } from '../engine/contract';
import { dayAfter, daysOf, minutesUntil, nextOf } from './agenda';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const LINK = { text: 'https://visio.example/abc-defg-hij', view: { kind: 'visio' as const, host: 'visio.example', room: 'abc-defg-hij', secure: true } };

function meeting(id: string, start: number, minutes: number, more: Partial<CalendarMeeting> = {}): CalendarMeeting {
  return { id, title: id, start, end: start + minutes * 60_000, all_day: false, cancelled: false, link: LINK, ...more };
}

describe('the next meeting', () => {
  const ten = meeting('ten', at(24, 10), 60);

  it('is there from a quarter of an hour before to its end', () => {
    const ids = (now: number) => nextOf([ten], now)?.id;
    expect([at(24, 9, 44), at(24, 9, 45), at(24, 10, 59), at(24, 11)].map(ids)).toEqual([undefined, 'ten', 'ten', undefined]);
  });

  it('is the one that begins last', () => {
    const long = meeting('long', at(24, 9), 180);
    expect(nextOf([long, ten], at(24, 9, 50))?.id).toBe('ten');
    expect(nextOf([long, ten], at(24, 11, 30))?.id).toBe('long');
  });

  it('is one that can be joined', () => {
    const now = at(24, 10, 5);
    for (const more of [{ link: null }, { cancelled: true }, { all_day: true }]) expect(nextOf([{ ...ten, ...more }], now)).toBeNull();
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
  const days = daysOf(all, at(24, 9, 30), all[1] ?? null);
  expect(days.today.map((one) => one.id)).toEqual(['days', 'point']);
  expect(days.tomorrow.map((one) => one.id)).toEqual(['tomorrow']);
});

it('days are as long as they are', () => {
  expect(dayAfter(at(24, 23, 59), 1)).toBe(at(25, 0));
  expect(dayAfter(new Date(2026, 9, 24, 12).getTime(), 2)).toBe(new Date(2026, 9, 26).getTime());
  expect([at(24, 10), at(24, 9, 59), at(24, 10, 1)].map((now) => minutesUntil(at(24, 10), now))).toEqual([0, 1, -1]);
});
