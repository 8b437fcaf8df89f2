import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { stepFor } from './toolbar-steps';

it('has fewer keys in a narrower bar, and sooner where the letters are broad', () => {
  const names = (letters: 'usual' | 'broad') => [80, 70, 64, 53, 40, 39].map((rem) => stepFor(rem, letters).name);
  expect(names('usual')).toEqual(['wide', 'wide', 'compact', 'small', 'tight', 'narrow']);
  expect(names('broad')).toEqual(['wide', 'compact', 'small', 'tight', 'tight', 'narrow']);
});

it('lets all keys of the tight bar give way before *Leave*', () => {
  const sheet = readFileSync(path.resolve(import.meta.dirname, 'call.module.css'), 'utf8');
  const says = (selector: string) => sheet.split('\n').find((line) => line.trim().startsWith(`${selector} {`)) ?? '';
  const bar = '.bar[data-step="tight"]';
  expect(says(`${bar} :is(.group, .split, .key)`)).toContain('flex: 0 1 auto');
  expect(says(`${bar} .key`)).toContain('overflow-wrap: anywhere');
  expect(says(`${bar} .leave`)).toContain('flex: none; overflow-wrap: normal');
  expect(says(`[data-typeface="dyslexic"] ${bar} .key`)).toContain('min-width: 3rem');
});
