import { expect, it } from 'vitest';
import { Speech } from './speech';

it('goes on over short pauses and ends at long ones', () => {
  const speech = new Speech();
  expect(speech.hear(0.2, 0)).toBe(0);
  expect(speech.hear(0.8, 100)).toBe(0);
  expect(speech.hear(0.1, 600)).toBe(500);
  expect(speech.hear(0.8, 3100)).toBe(0);
  const other = new Speech();
  for (let now = 0; now <= 3000; now += 50) other.hear(now % 500 === 0 ? 0.1 : 0.7, now);
  expect(other.hear(0.7, 3050)).toBe(3000);
  expect(other.hear(0, 4000)).toBe(0);
});
