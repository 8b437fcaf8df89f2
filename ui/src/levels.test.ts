import { expect, it } from 'vitest';
import { fullness } from './levels';

it('fills a meter from a quiet room to speech close by', () => {
  const level = (decibels: number) => ((decibels + 60) * 255) / 60;
  expect(fullness(0)).toBe(0);
  expect(fullness(level(-55))).toBeCloseTo(0);
  expect(fullness(level(-32.5))).toBeCloseTo(0.5);
  expect(fullness(level(-10))).toBeCloseTo(1);
  expect(fullness(255)).toBe(1);
});
