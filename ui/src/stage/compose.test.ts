import { describe, expect, it } from 'vitest';
import { compose, type StageEntry, type Wish } from './compose';

const people = (n: number): StageEntry[] =>
  Array.from({ length: n }, (_, i): StageEntry => ({ key: i === n - 1 ? 'self' : `p${i}`, kind: i === n - 1 ? 'self' : 'person' }));

const wish = (over: Partial<Wish>): Wish => ({
  entries: people(3),
  mode: 'auto',
  pinned: null,
  speaker: null,
  w: 1264,
  h: 670,
  rem: 16,
  page: 0,
  previousCols: 0,
  ...over,
});

describe('compose', () => {
  it('shows one other person large and us in the notch', () => {
    const plan = compose(wish({ entries: people(2) }));
    expect(plan.kind).toBe('pair');
    expect(plan.tiles.map((tile) => [tile.key, tile.notch])).toEqual([['p0', false], ['self', true]]);
  });

  it('shows everybody from three on, us last', () => {
    const plan = compose(wish({ entries: people(9) }));
    expect(plan.kind).toBe('grid');
    expect(plan.tiles.at(-1)?.key).toBe('self');
    expect(plan.tiles[0]?.box).toEqual({ x: 44, y: 0, w: 387, h: 218 });
  });

  it('leaves room for the page keys, and has us on the last page', () => {
    const plan = compose(wish({ entries: people(30) }));
    expect(plan.pages).toBe(2);
    expect(plan.tiles.every((tile) => tile.box.y + tile.box.h <= 670 - 44)).toBe(true);
    expect(compose(wish({ entries: people(30), page: 1 })).tiles.at(-1)?.key).toBe('self');
    expect(compose(wish({ entries: people(30), page: 99 })).page).toBe(1);
  });

  it('shows a share large, unless the person chose the grid', () => {
    const entries = [{ key: 'screen', kind: 'screen', aspect: 16 / 10 } as const, ...people(4)];
    const plan = compose(wish({ entries }));
    expect(plan.kind).toBe('focus');
    expect(plan.tiles[0]).toMatchObject({ key: 'screen', large: true });
    expect(compose(wish({ entries, mode: 'grid' })).kind).toBe('grid');
  });

  it('shows who is pinned large, before a share', () => {
    const entries = [{ key: 'screen', kind: 'screen' } as const, ...people(4)];
    expect(compose(wish({ entries, pinned: 'p1' })).tiles[0]?.key).toBe('p1');
    expect(compose(wish({ entries: people(4), pinned: 'gone' })).kind).toBe('grid');
  });

  it('shows the speaker large where that was chosen', () => {
    expect(compose(wish({ entries: people(5), mode: 'speaker', speaker: 'p2' })).tiles[0]?.key).toBe('p2');
    expect(compose(wish({ entries: people(5), mode: 'speaker' })).tiles[0]?.key).toBe('p0');
  });

  it('tells how many the strip has no place for, and loses nobody', () => {
    const plan = compose(wish({ entries: people(20), mode: 'speaker' }));
    expect(plan.hidden).toBeGreaterThan(0);
    expect(plan.tiles.length + plan.hidden).toBe(20);
    expect(plan.hiddenBox).not.toBeNull();
  });

  it('is a strip over an open panel in a narrow window, the speaker first', () => {
    const plan = compose(wish({ entries: people(9), speaker: 'p3', w: 464, h: 96 }));
    expect(plan.tiles.map((tile) => tile.key)).toEqual(['p3', 'p0']);
    expect(plan.tiles.every((tile) => tile.box.h === 96 && tile.box.x >= 0)).toBe(true);
    expect(plan.pages).toBe(1);
  });

  it('waits for a size', () => {
    expect(compose(wish({ w: 0 })).tiles).toEqual([]);
  });
});
