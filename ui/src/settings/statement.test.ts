import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { chaptersOf, STATEMENT } from './statement';

const ROOT = path.resolve(import.meta.dirname, '../../..');

it('reads titles, paragraphs, lists and tables', () => {
  expect(chaptersOf('# A *b*\n\nOne\ntwo `three`.\n\n* x\n* y\n\n| h | i |\n|---|---|\n| 1 | **2** |\n')).toEqual([
    {
      title: 'A b',
      blocks: [
        { kind: 'text', text: 'One two three.' },
        { kind: 'list', items: ['x', 'y'] },
        { kind: 'table', head: ['h', 'i'], rows: [['1', '2']] },
      ],
    },
  ]);
});

it('says of each clause whether it is met, and says nothing but that', () => {
  const tables = STATEMENT.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'table'));
  expect(tables.length).toBeGreaterThanOrEqual(4);
  for (const { head, rows } of tables) {
    expect(head[1]).toBe('state');
    for (const row of rows) {
      expect(row, row[0]).toHaveLength(4);
      expect(['met', 'partly', 'not met', 'does not apply'], row[0]).toContain(row[1]);
      // What is met in part says in which part it is not; what is met says what shows it.
      expect(row[1] === 'partly' || row[1] === 'not met' ? row[3] : row[1] === 'met' ? row[2] : 'x', row[0]).not.toBe('');
    }
  }
});

it('names tests that there are', () => {
  const markdown = readFileSync(path.join(ROOT, 'docs/accessibility.md'), 'utf8');
  const named = [...markdown.matchAll(/`([\w./-]+\.(?:tsx?|rs|md))`/g)].map((match) => match[1] ?? '');
  expect(named.length).toBeGreaterThan(20);
  const beside = readdirSync(path.join(ROOT, 'ui/src'), { recursive: true, encoding: 'utf8' });
  const missing = named.filter((name) => !existsSync(path.join(ROOT, name)) && !beside.some((file) => file.endsWith(`/${name}`)));
  expect(missing).toEqual([]);
});
