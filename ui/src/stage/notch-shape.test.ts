import { describe, expect, it } from 'vitest';
import { CORNERS } from './corner';
import { frameShape, spandrelShape } from './notch-shape';
import type { Box } from './reporter';

const BOX: Box = { left: 1000, top: 518, right: 1264, bottom: 670 };
const SQUARE: Box = { left: 40, top: 60, right: 52, bottom: 72 };
const within = (piece: Box, x: number, y: number) => x >= piece.left && x < piece.right && y >= piece.top && y < piece.bottom;
const covers = (pieces: readonly Box[], x: number, y: number) => pieces.filter((piece) => within(piece, x, y)).length;

describe('the frame around the own picture', () => {
  it('is round where its two sides meet, outside and inside, in rectangles that do not overlap', () => {
    const pieces = frameShape('bottomRight', 8, 20)(BOX);
    expect(pieces.slice(0, 2)).toEqual([
      { left: 1016, right: 1264, top: 518, bottom: 519 },
      { left: 1012, right: 1264, top: 519, bottom: 520 },
    ]);
    expect(pieces.at(-1)).toEqual({ left: 1000, right: 1008, top: 535, bottom: 670 });
    expect(pieces.length).toBeLessThan(20);
    const wrong: string[] = [];
    for (let y = BOX.top; y < BOX.bottom; y++) {
      for (let x = BOX.left; x < BOX.right; x++) {
        const [fromLeft, fromTop] = [x + 0.5 - BOX.left, y + 0.5 - BOX.top];
        const distance = Math.hypot(20 - Math.min(20, fromLeft), 20 - Math.min(20, fromTop));
        const wanted = distance < 20 && (fromLeft < 8 || fromTop < 8 || distance > 12) ? 1 : 0;
        const times = covers(pieces, x, y);
        // A pixel on an arc may be on either side of it.
        const isOnArc = Math.abs(distance - 20) <= 1 || Math.abs(distance - 12) <= 1;
        if (times > 1 || (!isOnArc && times !== wanted)) wrong.push(`${x}, ${y}: ${times}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is square in high contrast', () => {
    expect(frameShape('bottomRight', 8, 0)(BOX)).toEqual([
      { left: 1000, right: 1264, top: 518, bottom: 526 },
      { left: 1000, right: 1008, top: 526, bottom: 670 },
    ]);
  });

  it.each(CORNERS)('has its round corner towards the middle: %s', (corner) => {
    const pieces = frameShape(corner, 8, 20)(BOX);
    const [left, top] = [corner.endsWith('Left'), corner.startsWith('top')];
    const at = (fromLeft: boolean, fromTop: boolean) => covers(pieces, fromLeft ? BOX.left + 2 : BOX.right - 2, fromTop ? BOX.top + 2 : BOX.bottom - 2);
    expect(at(!left, !top), 'the round corner').toBe(0);
    expect(at(left, !top)).toBe(1);
    expect(at(!left, top)).toBe(1);
    expect(at(left, top), 'the own picture').toBe(0);
  });
});

it.each(CORNERS)('rounds the large picture where the frame meets its edge: %s', (corner) => {
  const pieces = spandrelShape(corner)(SQUARE);
  const x = corner.endsWith('Left') ? SQUARE.left : SQUARE.right - 1;
  const y = corner.startsWith('top') ? SQUARE.top : SQUARE.bottom - 1;
  expect(covers(pieces, x, y)).toBe(1);
  expect(covers(pieces, SQUARE.left + SQUARE.right - 1 - x, SQUARE.top + SQUARE.bottom - 1 - y)).toBe(0);
  expect(pieces.reduce((area, { left, right, top, bottom }) => area + (right - left) * (bottom - top), 0)).toBeCloseTo(144 - Math.PI * 36, -1);
  expect(spandrelShape(corner)({ left: 0, right: 0, top: 0, bottom: 0 })).toEqual([]);
});
