import { expect, it } from 'vitest';
import { whenOf } from './when';

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
const NOW = at(24, 10);

it('is said as people say it, in each language', () => {
  expect(whenOf(at(24, 9), NOW, 'fr')).toMatch(/^Aujourd.hui$/);
  expect(whenOf(at(23, 23), NOW, 'fr')).toBe('Hier');
  expect(whenOf(at(23, 1), NOW, 'en')).toBe('Yesterday');
  expect(whenOf(at(19, 9), NOW, 'de')).toBe('Donnerstag');
  expect(whenOf(at(3, 9), NOW, 'en')).toBe('Nov 3');
  expect(whenOf(at(25, 9), NOW, 'nl')).toBe('Vandaag');
});
