import { describe, expect, it } from 'vitest';
import { type Box, focus, grid, pair } from './layout';

/** The table of the interface specification, §4.4: columns × rows, tile, pages. */
const TABLE: Record<string, Record<number, string>> = {
  '1264x660': {
    1: '1x1, 1173x660', 2: '2x1, 628x471', 4: '2x2, 579x326', 6: '3x2, 416x312', 9: '3x3, 381x214',
    16: '4x4, 282x159', 25: '5x5, 223x125', 49: '5x5, 223x125, pages 2',
  },
  '896x660': {
    1: '1x1, 896x660', 2: '1x2, 579x326', 4: '2x2, 444x326', 6: '2x3, 381x214', 9: '3x3, 293x214',
    16: '4x4, 218x159', 25: '4x4, 218x159, pages 2', 49: '4x5, 218x125, pages 3',
  },
  '1904x940': {
    1: '1x1, 1671x940', 2: '2x1, 948x711', 4: '2x2, 828x466', 6: '3x2, 629x466', 9: '3x3, 547x308',
    16: '4x4, 407x229', 25: '5x5, 322x181', 49: '5x5, 322x181, pages 2',
  },
  '464x560': {
    1: '1x1, 464x348', 2: '1x2, 464x276', 4: '2x2, 228x171', 6: '2x3, 228x171', 9: '2x3, 228x171, pages 2',
    16: '2x4, 228x134, pages 2', 25: '2x4, 228x134, pages 4', 49: '2x4, 228x134, pages 7',
  },
};

describe('grid', () => {
  for (const [size, row] of Object.entries(TABLE)) {
    const [w = 0, h = 0] = size.split('x').map(Number);
    for (const [n, expected] of Object.entries(row)) {
      it(`${n} in ${size}`, () => {
        const g = grid(Number(n), w, h);
        const pages = g.pages > 1 ? `, pages ${g.pages}` : '';
        expect(`${g.cols}x${g.rows}, ${g.tw}x${g.th}${pages}`).toBe(expected);
      });
    }
  }

  it('keeps its columns while another count is less than 8 % better', () => {
    // Where two columns are just overtaken by three, those who have two keep them.
    const change = Array.from({ length: 1200 }, (_, i) => 500 + i).find((w) => grid(5, w, 660).cols === 3) ?? 0;
    expect(grid(5, change - 1, 660).cols).toBe(2);
    expect(grid(5, change, 660, { previousCols: 2 }).cols).toBe(2);
    expect(grid(5, change - 1, 660, { previousCols: 3 }).cols).toBe(3);
    expect(grid(5, change + 400, 660, { previousCols: 2 }).cols).toBe(3);
  });

  it('puts everybody on exactly one page, inside of the stage, without overlap', () => {
    for (let n = 1; n <= 60; n++) {
      const g = grid(n, 896, 660);
      const all = Array.from({ length: g.pages }, (_, page) => g.rects(page));
      expect(all.flat()).toHaveLength(n);
      for (const page of all) {
        page.forEach((a, i) => {
          expect(a.x >= 0 && a.y >= 0 && a.x + a.w <= 896 && a.y + a.h <= 660).toBe(true);
          for (const b of page.slice(i + 1)) {
            expect(a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y).toBe(true);
          }
        });
      }
    }
  });

  it('fills pages evenly', () => {
    const g = grid(26, 1264, 660);
    expect(g.pages).toBe(2);
    expect(g.rects(0)).toHaveLength(13);
    expect(g.rects(1)).toHaveLength(13);
  });

  it('survives a stage without room', () => {
    expect(grid(4, 0, 0).rects()).toHaveLength(1);
    expect(grid(0, 800, 600).rects()).toHaveLength(0);
  });
});

it('gives the same grid when asked again', () => {
  for (let n = 1; n <= 40; n++) {
    for (const [w, h] of [[1264, 660], [896, 660], [464, 560], [380, 300], [300, 900]] as const) {
      const once = grid(n, w, h);
      const again = grid(n, w, h, { previousCols: once.cols });
      expect([n, w, h, again.cols, again.perPage, again.tw]).toEqual([n, w, h, once.cols, once.perPage, once.tw]);
    }
  }
});

/** Of the design's reference functions (`layout.mjs`), with an interpreter: stage, people, aspect, then picture, interpreter, first place, places, hidden. */
const SIGNED = [
  [1264, 660, 5, 16 / 9, '0,56,976,549', '984,56,280,210', '984,274,280,158', 2, 3],
  [1264, 660, 0, 16 / 9, '0,56,976,549', '984,56,280,210', '-', 0, 0],
  [1904, 940, 8, 16 / 10, '16,0,1504,940', '1544,0,360,270', '1544,278,360,203', 3, 5],
  [896, 660, 3, 16 / 9, '0,159,608,342', '616,159,280,210', '616,377,280,158', 1, 2],
  [464, 560, 4, 16 / 9, '0,41,464,261', '0,350,280,210', '288,487,130,73', 1, 3],
  [464, 560, 0, 16 / 9, '0,41,464,261', '0,350,280,210', '-', 0, 0],
  [320, 300, 2, 16 / 9, '34,0,252,142', '0,150,200,150', '-', 0, 2],
] as const;

it.each(SIGNED)('keeps a place for an interpreter in %i × %i, %i people', (w, h, n, mainAspect, content, signer, first, places, hidden) => {
  const f = focus(n, w, h, { mainAspect, signer: true });
  const text = (box: Box | null | undefined) => (box ? [box.x, box.y, box.w, box.h].join() : '-');
  expect([text(f.content), text(f.signer), text(f.list[0]), f.list.length, f.hidden]).toEqual([content, signer, first, places, hidden]);
});

describe('focus', () => {
  it('puts the strip at the side of a wide stage, level with the picture', () => {
    const f = focus(5, 1264, 660);
    expect(f.side).toBe(true);
    expect(f.list[0]).toMatchObject({ x: 1264 - 240, w: 240, h: 135, y: f.content.y });
    expect(f.main.w).toBe(1264 - 240 - 8);
    expect(f.content.w / f.content.h).toBeCloseTo(16 / 9, 2);
  });

  it('puts the strip below in a tall stage and counts whom it has no room for', () => {
    const large = focus(5, 1264, 660, { rem: 32 });
    expect([large.list[0]?.w, large.main.w]).toEqual([336, 920]);
    const f = focus(9, 464, 660);
    expect(f.side).toBe(false);
    expect(f.list.length + f.hidden).toBe(9);
    expect(f.list.every((box) => box.y + box.h === 660)).toBe(true);
  });

  it('needs no strip for one person', () => {
    const f = focus(0, 1000, 600);
    expect(f.main).toEqual({ x: 0, y: 0, w: 1000, h: 600 });
    expect(f.list).toEqual([]);
  });
});

it('has its strip where what is large keeps more of a stage that is narrow beside its letters', () => {
  // 480 × 700 at 200 %, under the row of a share; at 150 %, under that and a message.
  expect(focus(5, 448, 282, { rem: 32 })).toMatchObject({ side: false, content: { w: 308, h: 173 } });
  expect(focus(5, 456, 214, { rem: 24 }).side).toBe(true);
  // A stage of as many pixels, with usual letters, is not meant.
  expect(focus(5, 448, 282, { rem: 16 }).side).toBe(true);
});

describe('pair', () => {
  it('fills a usual stage and cuts us into its corner', () => {
    expect(pair(1264, 670, 256)).toEqual({
      large: { x: 0, y: 0, w: 1264, h: 670 },
      self: { x: 1008, y: 526, w: 256, h: 144 },
    });
  });

  it('never crops more than a quarter of the width', () => {
    const { large } = pair(464, 900, 256);
    expect(large.w / large.h).toBeCloseTo(4 / 3, 1);
  });
});
