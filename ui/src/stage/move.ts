import type { Box } from './layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The key of the nearest tile in a direction, or `null` at the edge. */
export function neighbour(tiles: readonly { key: string; box: Box }[], from: string, direction: Direction): string | null {
  const start = tiles.find((tile) => tile.key === from)?.box;
  if (start === undefined) return tiles[0]?.key ?? null;
  const [sx, sy] = centre(start);
  let best: { key: string; cost: number } | null = null;
  for (const { key, box } of tiles) {
    if (key === from) continue;
    const [x, y] = centre(box);
    const [along, across] =
      direction === 'left' ? [sx - x, y - sy] : direction === 'right' ? [x - sx, y - sy] : direction === 'up' ? [sy - y, x - sx] : [y - sy, x - sx];
    if (along <= 1) continue;
    // What is straight ahead wins over what is near but aside.
    const cost = along + 2 * Math.abs(across);
    if (best === null || cost < best.cost) best = { key, cost };
  }
  return best?.key ?? null;
}

function centre(box: Box): [number, number] {
  return [box.x + box.w / 2, box.y + box.h / 2];
}
