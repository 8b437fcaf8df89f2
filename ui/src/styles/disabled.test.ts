import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const parts = readFileSync(path.resolve(import.meta.dirname, '../parts/parts.module.css'), 'utf8');

it('draws a key that does nothing without its colour, after all looks, and grey in high contrast and forced colours', () => {
  const all = [...parts.matchAll(/([^{}]*\.button\[data-disabled\])\s*\{([^}]*)\}/g)].map(([, selector = '', says = '']) => [selector.trim(), says] as const);
  expect(all).toHaveLength(3);
  // The pair has its contrast (`contrast.test.ts`).
  expect(all[0]?.[1]).toContain('background: var(--surface-2); color: var(--text-2)');
  expect(all[1]?.[0]).toContain('[data-contrast="more"]');
  expect(all[1]?.[1]).toMatch(/ color: #a6a6a6/);
  expect(all[2]?.[1]).toContain('color: GrayText');
  // Of the same weight as theirs.
  for (const look of ['.primary {', '.primary[data-hovered]', '.secondary {', '.danger {', '.danger[data-hovered]']) expect(parts.indexOf(look), look).toBeLessThan(parts.indexOf('.button[data-disabled]'));
});
