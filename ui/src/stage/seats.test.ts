import { describe, expect, it } from 'vitest';
import { Seats, type SeatView } from './seats';

const FIVE = ['a', 'b', 'c', 'd', 'e'];
const view = (over: Partial<SeatView> = {}): SeatView => ({ first: 0, end: 3, fixed: new Set(), apart: new Set(), frozen: false, ...over });
const speaking = (...ids: string[]) => new Set(ids);

describe('seats', () => {
  it('follows arrival, and forgets who left', () => {
    const seats = new Seats();
    seats.update(FIVE, speaking(), 0);
    seats.update(['a', 'c', 'd', 'e', 'f'], speaking(), 10);
    expect(seats.arrange(view(), 10)).toEqual(['a', 'c', 'd', 'e', 'f']);
  });

  it('gives a seat after 1.5 s of speech, that of who was silent longest', () => {
    const seats = new Seats();
    seats.update(FIVE, speaking('a'), 0);
    seats.update(FIVE, speaking('c'), 1000);
    seats.update(FIVE, speaking('e'), 2000);
    expect(seats.due(view(), 2000)).toBe(1500);
    expect(seats.arrange(view(), 3499)).toEqual(FIVE);
    expect(seats.arrange(view(), 3500)).toEqual(['a', 'e', 'c', 'd', 'b']);
  });

  it('moves at most once in 3 s', () => {
    const seats = new Seats();
    seats.update(FIVE, speaking('d', 'e'), 0);
    expect(seats.arrange(view(), 1500)).toEqual(['d', 'b', 'c', 'a', 'e']);
    expect(seats.arrange(view(), 4499)).toEqual(['d', 'b', 'c', 'a', 'e']);
    expect(seats.arrange(view(), 4500)).toEqual(['d', 'e', 'c', 'a', 'b']);
  });

  it('moves nothing while the keyboard is in the stage, and never who is pinned or speaks', () => {
    const seats = new Seats();
    seats.update(FIVE, speaking('b', 'e'), 0);
    expect(seats.arrange(view({ frozen: true }), 9000)).toEqual(FIVE);
    expect(seats.arrange(view({ fixed: new Set(['a', 'c']) }), 9000)).toEqual(FIVE);
    expect(seats.arrange(view({ fixed: new Set(['a']) }), 9000)).toEqual(['a', 'b', 'e', 'd', 'c']);
  });

  it('forgets speech that ended', () => {
    const seats = new Seats();
    seats.update(FIVE, speaking('e'), 0);
    seats.update(FIVE, speaking(), 1000);
    expect(seats.due(view(), 1000)).toBeNull();
    expect(seats.arrange(view(), 5000)).toEqual(FIVE);
  });

  it('gives no seat to whoever has a place apart, and their turn back afterwards', () => {
    const seats = new Seats();
    const apart = new Set(['b']);
    seats.update(FIVE, speaking('e'), 0);
    // Without b the first three are a, c and d.
    expect(seats.arrange(view({ apart }), 1500)).toEqual(['e', 'b', 'c', 'd', 'a']);
    seats.update(FIVE, speaking('b'), 2000);
    expect(seats.due(view({ apart }), 2000)).toBeNull();
    expect(seats.arrange(view({ apart }), 9000)).toEqual(['e', 'b', 'c', 'd', 'a']);
  });
});
