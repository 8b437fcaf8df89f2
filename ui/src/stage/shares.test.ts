import { expect, it } from 'vitest';
import type { StageEntry } from './compose';
import { sharesShown } from './shares';

const screens = (count: number): StageEntry[] => Array.from({ length: count }, (_, at) => ({ key: `screen:${at}`, kind: 'screen' }));
const shown = (count: number, choice: string | null) => sharesShown(screens(count), choice).map(({ key }) => key);

it('shows two side by side until one is chosen', () => {
  expect(shown(1, null)).toEqual(['screen:0']);
  expect(shown(2, null)).toEqual(['screen:0', 'screen:1']);
  expect(shown(2, 'screen:1')).toEqual(['screen:1']);
});

it('shows one of many at a time', () => {
  expect(shown(3, null)).toEqual(['screen:0']);
  expect(shown(3, 'screen:2')).toEqual(['screen:2']);
});

it('forgets who does not share any more', () => {
  expect(shown(2, 'screen:9')).toEqual(['screen:0', 'screen:1']);
  expect(shown(4, 'screen:9')).toEqual(['screen:0']);
  expect(shown(0, 'screen:9')).toEqual([]);
});
