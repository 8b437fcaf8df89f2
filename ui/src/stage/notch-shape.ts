import { isLeft, isTop } from './corner';
import type { Corner } from './layout';
import type { Box, Shape } from './reporter';

/** How far the edge of a round corner is from the side at a row, counted from the corner's outermost row. */
function inset(radius: number, row: number): number {
  return row >= radius ? 0 : Math.round(radius - Math.sqrt(radius ** 2 - (radius - row - 0.5) ** 2));
}

/** What lies between two ends in each row of a box, counted from its left side; rows that are alike are one rectangle. */
function rows(box: Box, ends: (row: number) => readonly [number, number]): Box[] {
  const found: Box[] = [];
  for (let row = 0; box.top + row < box.bottom; row++) {
    const [from, to] = ends(row);
    const piece = { left: box.left + from, right: box.left + to, top: box.top + row, bottom: Math.min(box.top + row + 1, box.bottom) };
    const last = found.at(-1);
    if (last !== undefined && last.bottom === piece.top && last.left === piece.left && last.right === piece.right) last.bottom = piece.bottom;
    else if (piece.left < piece.right) found.push(piece);
  }
  return found;
}

/** A shape for the corner at the bottom right, in another one. */
function turned(corner: Corner, shape: Shape): Shape {
  const [left, top] = [isLeft(corner), isTop(corner)];
  return (box) =>
    shape(box).map((piece) => ({
      left: left ? box.left + box.right - piece.right : piece.left,
      right: left ? box.left + box.right - piece.left : piece.right,
      top: top ? box.top + box.bottom - piece.bottom : piece.top,
      bottom: top ? box.top + box.bottom - piece.top : piece.bottom,
    }));
}

/**
 * What the frame around the own picture covers: `edge` wide on its two inner sides, which meet in a corner that is round outside (`radius`) and inside. Pure.
 *
 * Where the pictures are painted over the page, they are so around rectangles: a round corner is many of them.
 */
export function frameShape(corner: Corner, edge: number, radius: number): Shape {
  const inner = Math.max(0, radius - edge);
  return turned(corner, (box) => rows(box, (row) => [inset(radius, row), row < edge ? box.right - box.left : edge + inset(inner, row - edge)]));
}

/** What is left of a small square by the round corner of the large picture in it. Pure. */
export function spandrelShape(corner: Corner): Shape {
  return turned(corner, (box) => {
    const size = box.right - box.left;
    return rows(box, (row) => [size - inset(size, size - 1 - row), size]);
  });
}
