import { expect, it } from 'vitest';
import { CORNERS, cornerAt, cornerTowards } from './corner';
import { pair } from './layout';

it('goes from corner to corner by arrows, and stays at the edge', () => {
  expect(cornerTowards('bottomRight', 'left')).toBe('bottomLeft');
  expect(cornerTowards('bottomLeft', 'up')).toBe('topLeft');
  expect(cornerTowards('topLeft', 'right')).toBe('topRight');
  expect(cornerTowards('topRight', 'down')).toBe('bottomRight');
  expect(cornerTowards('bottomRight', 'down')).toBe('bottomRight');
});

it('takes the corner that the pointer is nearest to', () => {
  const box = { x: 100, y: 50, w: 800, h: 400 };
  expect(cornerAt(120, 60, box)).toBe('topLeft');
  expect(cornerAt(890, 60, box)).toBe('topRight');
  expect(cornerAt(0, 900, box)).toBe('bottomLeft');
  expect(cornerAt(501, 251, box)).toBe('bottomRight');
});

it.each(CORNERS)('is cut into the corner %s of the large picture', (corner) => {
  for (const [w, h] of [[1264, 670], [464, 900], [300, 200]] as const) {
    const { large, self } = pair(w, h, 256, corner);
    expect(cornerAt(self.x + self.w / 2, self.y + self.h / 2, large)).toBe(corner);
    expect([large.x, large.x + large.w - self.w]).toContain(self.x);
    expect([large.y, large.y + large.h - self.h]).toContain(self.y);
  }
});
