import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../i18n/languages';

/** All codes of the generated type. */
const CODES = [
  ...readFileSync(path.resolve(import.meta.dirname, '../engine/generated/IssueCode.ts'), 'utf8').matchAll(/"(VIS-[A-Z]+-[A-Z]+-\d+)"/g),
].map((match) => match[1] ?? '');

const ACTIONS = [
  ...readFileSync(path.resolve(import.meta.dirname, '../engine/generated/IssueAction.ts'), 'utf8').matchAll(/"(\w+)"/g),
]
  .map((match) => match[1] ?? '')
  .filter((action) => action !== 'none');

describe.each(LANGUAGES)('issues in %s', (language) => {
  const issues = JSON.parse(
    readFileSync(path.resolve(import.meta.dirname, `../../locales/${language}/issues.json`), 'utf8'),
  ) as { codes: Record<string, { cause?: string; next?: string }>; action: Record<string, string> };

  it('has a sentence and a next step for each code, and none for codes that are gone', () => {
    expect(CODES.length).toBeGreaterThan(30);
    expect(Object.keys(issues.codes).sort()).toEqual([...CODES].sort());
    for (const code of CODES) {
      expect(issues.codes[code]?.cause, code).toMatch(/\p{L}/u);
      expect(issues.codes[code]?.next, code).toMatch(/\p{L}.*\.$/u);
    }
  });

  it('has a word for each action', () => {
    for (const action of ACTIONS) expect(issues.action[action], action).toMatch(/\p{L}/u);
  });
});
