import type { Box, Corner } from './layout';
import type { Direction } from './move';

/** All corners, as one reads. */
export const CORNERS: readonly Corner[] = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'];

function corner(top: boolean, left: boolean): Corner {
  if (top) return left ? 'topLeft' : 'topRight';
  return left ? 'bottomLeft' : 'bottomRight';
}

export function isTop(at: Corner): boolean {
  return at === 'topLeft' || at === 'topRight';
}

export function isLeft(at: Corner): boolean {
  return at === 'topLeft' || at === 'bottomLeft';
}

/** The corner of `box` that a point is nearest to. */
export function cornerAt(x: number, y: number, box: Box): Corner {
  return corner(y < box.y + box.h / 2, x < box.x + box.w / 2);
}

/** The corner in a direction; the same at the edge. */
export function cornerTowards(from: Corner, direction: Direction): Corner {
  switch (direction) {
    case 'left':
    case 'right':
      return corner(isTop(from), direction === 'left');
    case 'up':
    case 'down':
      return corner(direction === 'up', isLeft(from));
  }
}
