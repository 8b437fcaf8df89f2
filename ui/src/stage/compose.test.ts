import { describe, expect, it } from 'vitest';
import { compose, type Placed, type StageEntry, type StagePlan, type Wish } from './compose';
import { CORNERS } from './corner';

const people = (n: number): StageEntry[] =>
  Array.from({ length: n }, (_, i): StageEntry => ({ key: i === n - 1 ? 'self' : `p${i}`, kind: i === n - 1 ? 'self' : 'person' }));

const wish = (over: Partial<Wish>): Wish => ({
  entries: people(3),
  mode: 'auto',
  pinned: [],
  interpreter: null,
  speaker: null,
  corner: 'bottomRight',
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
    expect(compose(wish({ entries, pinned: ['p1'] })).tiles[0]?.key).toBe('p1');
    expect(compose(wish({ entries: people(4), pinned: ['gone'] })).kind).toBe('grid');
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
    // 12 px at 200 %, between a message and the toolbar.
    expect(compose(wish({ entries: people(4), w: 464, h: 12, rem: 32 })).tiles).toEqual([]);
    expect([63, 64].map((h) => compose(wish({ entries: people(4), w: 464, h })).tiles.length > 0)).toEqual([false, true]);
  });
});

const screen = (key = 'screen'): StageEntry => ({ key, kind: 'screen', aspect: 16 / 10 });
const keys = (plan: StagePlan) => plan.tiles.map((tile) => tile.key);
const at = (plan: StagePlan, key: string) => plan.tiles.find((tile) => tile.key === key)?.box;

/** Stages of windows, of half a screen, of a narrow window, and of one with large text. */
const STAGES = [[1264, 670], [1904, 940], [896, 660], [464, 560], [700, 700], [380, 300]] as const;
const MODES = ['auto', 'grid', 'speaker'] as const;

function overlap(a: Placed, b: Placed): boolean {
  return a.box.x < b.box.x + b.box.w && b.box.x < a.box.x + a.box.w && a.box.y < b.box.y + b.box.h && b.box.y < a.box.y + a.box.h;
}

/** All wishes of the table, each with its plan. */
function everyPlan(over: (entries: StageEntry[]) => Partial<Wish>): [Wish, StagePlan][] {
  return STAGES.flatMap(([w, h]) =>
    MODES.flatMap((mode) =>
      CORNERS.flatMap((corner) =>
        [1, 2, 3, 5, 9, 30].flatMap((n) =>
          [people(n), [screen(), ...people(n)]].map((entries): [Wish, StagePlan] => {
            const one = wish({ entries, mode, corner, w, h, speaker: 'p1', ...over(entries) });
            return [one, compose(one)];
          }),
        ),
      ),
    ),
  );
}

describe('several pins', () => {
  it('share the large place, in the order of pinning', () => {
    const plan = compose(wish({ entries: people(6), pinned: ['p3', 'p1'] }));
    expect(plan.kind).toBe('focus');
    expect(plan.tiles.filter((tile) => tile.large).map((tile) => tile.key)).toEqual(['p3', 'p1']);
    expect(keys(plan)).toEqual(['p3', 'p1', 'p0', 'p2', 'p4', 'self']);
    expect(at(plan, 'p3')?.w).toBe(at(plan, 'p1')?.w);
  });

  it('stay where they are when another is added or goes', () => {
    const two = compose(wish({ entries: people(6), pinned: ['p3', 'p1'] }));
    const without = compose(wish({ entries: people(6).filter((one) => one.key !== 'p4'), pinned: ['p3', 'p1', 'p4'] }));
    expect(at(without, 'p3')).toEqual(at(two, 'p3'));
    expect(at(without, 'p1')).toEqual(at(two, 'p1'));
  });

  it('are all there, also where everybody is pinned or there is room for few', () => {
    const all = people(4).map((one) => one.key);
    expect(keys(compose(wish({ entries: people(4), pinned: all })))).toEqual(all);
    const plan = compose(wish({ entries: people(12), pinned: people(12).map((one) => one.key).slice(0, 9), w: 464, h: 560 }));
    const large = plan.tiles.filter((tile) => tile.large);
    expect(large.length).toBeGreaterThan(1);
    expect(large.every((tile) => tile.box.w >= 200)).toBe(true);
    // The next pinned one is first in the strip.
    expect(plan.tiles[large.length]?.key).toBe(`p${large.length}`);
    expect(plan.tiles.length + plan.hidden).toBe(12);
  });

  it('puts two shares side by side, more in the strip', () => {
    const plan = compose(wish({ entries: [screen('s1'), screen('s2'), screen('s3'), ...people(3)] }));
    expect(plan.tiles.filter((tile) => tile.large).map((tile) => tile.key)).toEqual(['s1', 's2']);
    expect(keys(plan)).toContain('s3');
  });
});

describe('the interpreter', () => {
  it('is on every page of every layout, apart from all others, never covered, never cropped', () => {
    const plans = everyPlan(() => ({ interpreter: 'p0' })).filter(([{ entries }]) => entries.some((one) => one.key === 'p0'));
    expect(plans.length).toBeGreaterThan(500);
    for (const [one, first] of plans) {
      for (let page = 0; page < first.pages; page++) {
        const plan = compose({ ...one, page });
        const signer = plan.tiles.filter((tile) => tile.key === 'p0');
        const where = JSON.stringify([one.w, one.h, one.mode, one.corner, one.entries.length, page]);
        expect(signer, where).toHaveLength(1);
        for (const tile of signer) {
          expect(tile.signer, where).toBe(true);
          expect(plan.tiles.filter((other) => other !== tile && overlap(other, tile)), where).toEqual([]);
          expect(tile.box.x >= 0 && tile.box.y >= 0 && tile.box.x + tile.box.w <= one.w && tile.box.y + tile.box.h <= one.h, where).toBe(true);
        }
      }
    }
  });

  it('has a legible size beside a share and beside the speaker', () => {
    const entries = [screen(), ...people(6)];
    const share = compose(wish({ entries, interpreter: 'p2' }));
    expect(share.tiles[0]).toMatchObject({ key: 'screen', large: true });
    expect(share.tiles[1]).toMatchObject({ key: 'p2', signer: true, large: false });
    const speaker = compose(wish({ entries: people(6), mode: 'speaker', speaker: 'p4', interpreter: 'p2' }));
    expect(keys(speaker).slice(0, 2)).toEqual(['p4', 'p2']);
    for (const plan of [share, speaker]) {
      const box = at(plan, 'p2');
      expect(box?.w).toBeGreaterThanOrEqual(280);
      expect((box?.w ?? 0) / (box?.h ?? 1)).toBeCloseTo(4 / 3, 1);
    }
  });

  it('is never the large speaker by speaking', () => {
    const plan = compose(wish({ entries: people(6), mode: 'speaker', speaker: 'p2', interpreter: 'p2' }));
    expect(plan.tiles[0]).toMatchObject({ key: 'p0', large: true });
  });

  it('is beside one other person, into whose picture we are cut', () => {
    const plan = compose(wish({ entries: people(3), interpreter: 'p1' }));
    expect(plan.kind).toBe('pair');
    expect(plan.tiles.map(({ key, notch, signer }) => [key, notch, signer])).toEqual([['p1', false, true], ['p0', false, false], ['self', true, false]]);
  });

  it('shares the stage with us where nobody else is there', () => {
    const plan = compose(wish({ entries: people(2), interpreter: 'p0' }));
    expect(plan.kind).toBe('grid');
    expect(plan.tiles.map(({ notch }) => notch)).toEqual([false, false]);
  });

  it('is large by a pin, and still uncropped', () => {
    const plan = compose(wish({ entries: people(5), interpreter: 'p1', pinned: ['p1'] }));
    expect(plan.tiles[0]).toMatchObject({ key: 'p1', large: true, signer: true });
  });

  it('changes nothing while they are away', () => {
    for (const [one, plan] of everyPlan(() => ({ interpreter: 'gone' }))) expect(plan).toEqual(compose({ ...one, interpreter: null }));
  });

  it('leaves the page keys their room, beside the others and below them', () => {
    for (const [one, plan] of everyPlan(() => ({ interpreter: 'p1' }))) {
      expect(plan.pagerBox === null, JSON.stringify(one)).toBe(plan.pages === 1);
      const room = plan.pagerBox;
      if (room === null) continue;
      expect(room.y >= 0 && room.y + room.h <= one.h).toBe(true);
      for (const { box } of plan.tiles) {
        const apart = box.x + box.w <= room.x || room.x + room.w <= box.x || box.y + box.h <= room.y || room.y + room.h <= box.y;
        expect(apart, JSON.stringify([one, box, room])).toBe(true);
      }
    }
  });

  it('comes first in the strip over a panel', () => {
    const plan = compose(wish({ entries: people(9), speaker: 'p3', interpreter: 'p5', w: 464, h: 96 }));
    expect(keys(plan)).toEqual(['p5', 'p3', 'p0'].slice(0, plan.tiles.length));
    expect(plan.tiles[0]).toMatchObject({ signer: true, box: { w: 128, h: 96 } });
    expect(plan.tiles.every((tile) => tile.box.x >= 0 && tile.box.x + tile.box.w <= 464)).toBe(true);
  });
});

describe('tiles stay where they are', () => {
  it('whoever speaks, unless the person asked for the speaker', () => {
    for (const interpreter of [null, 'p0']) {
      for (const [one, plan] of everyPlan(() => ({ interpreter }))) {
        if (one.mode === 'speaker') continue;
        for (const speaker of [null, 'p0', 'p2']) expect(compose({ ...one, speaker })).toEqual(plan);
      }
    }
  });

  it('when asked again about what is on screen', () => {
    for (const [one, plan] of everyPlan(() => ({}))) expect(compose({ ...one, page: plan.page, previousCols: plan.cols })).toEqual(plan);
  });

  it('in the strip, but for whom the speaker changes places with', () => {
    const before = compose(wish({ entries: people(6), mode: 'speaker', speaker: 'p1', interpreter: 'p4' }));
    const after = compose(wish({ entries: people(6), mode: 'speaker', speaker: 'p2', interpreter: 'p4' }));
    for (const key of ['p0', 'p3', 'p4', 'self']) expect(at(after, key)).toEqual(at(before, key));
  });
});
