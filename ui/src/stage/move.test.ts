import { expect, it } from 'vitest';
import { grid, pair } from './layout';
import { neighbour } from './move';

const nine = grid(9, 1264, 670).rects().map((box, at) => ({ key: String(at + 1), box }));

it('moves in the grid as on a keypad', () => {
  expect(neighbour(nine, '5', 'left')).toBe('4');
  expect(neighbour(nine, '5', 'right')).toBe('6');
  expect(neighbour(nine, '5', 'up')).toBe('2');
  expect(neighbour(nine, '5', 'down')).toBe('8');
});

it('stays at the edge', () => {
  expect(neighbour(nine, '1', 'left')).toBeNull();
  expect(neighbour(nine, '9', 'down')).toBeNull();
});

it('reaches the notch and comes back', () => {
  const { large, self } = pair(1264, 670, 256);
  const tiles = [{ key: 'a', box: large }, { key: 'me', box: self }];
  expect(neighbour(tiles, 'a', 'right')).toBe('me');
  expect(neighbour(tiles, 'me', 'left')).toBe('a');
});

it('begins at the first tile where the last one is gone', () => {
  expect(neighbour(nine, 'gone', 'down')).toBe('1');
});
