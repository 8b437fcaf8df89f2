import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageOf, nameInSentence, ownName } from './languages';

const LOCALES = path.resolve(import.meta.dirname, '../../locales');

/** Every file of the page's code, but tests and what stands in for the engine. */
function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|^test\/|^engine\/(fake|generated)\//.test(file))
    .map((file) => path.join(folder, file));
}

/** All texts of a language, flat: `call:hearing.heard` and so on. */
function texts(language: string): Map<string, string> {
  const out = new Map<string, string>();
  const walk = (value: unknown, key: string) => {
    if (typeof value === 'string') out.set(key, value);
    else for (const [name, inner] of Object.entries(value as object)) walk(inner, `${key}${key.endsWith(':') ? '' : '.'}${name}`);
  };
  for (const file of readdirSync(path.join(LOCALES, language))) {
    walk(JSON.parse(readFileSync(path.join(LOCALES, language, file), 'utf8')), `${file.replace('.json', '')}:`);
  }
  return out;
}

const PLURAL = /_(zero|one|two|few|many|other)$/;
const base = (key: string) => key.replace(PLURAL, '');
const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

const english = texts('en');

for (const language of LANGUAGES) {
  describe(`texts in ${language}`, () => {
    const own = texts(language);

    it('has all keys and no others', () => {
      expect([...new Set([...own.keys()].map(base))].sort()).toEqual([...new Set([...english.keys()].map(base))].sort());
    });

    it('has all plural forms of the language', () => {
      const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      const missing = [...own.keys()]
        .filter((key) => PLURAL.test(key))
        .flatMap((key) => categories.map((category) => `${base(key)}_${category}`))
        .filter((key) => !own.has(key));
      expect([...new Set(missing)]).toEqual([]);
    });

    it('uses the same values in each text', () => {
      for (const [key, text] of own) {
        const other = english.get(key) ?? english.get(`${base(key)}_other`);
        expect([key, values(text)]).toEqual([key, values(other ?? '')]);
      }
    });

    it('follows the house style', () => {
      for (const [key, text] of own) {
        expect(text, key).not.toBe('');
        expect(text, key).not.toMatch(/!|'|\.\.\./);
      }
    });
  });
}

it('lets no French line begin with a sign of its sentence', () => {
  // A no-break space before a colon, a narrow one before the other signs of two parts and inside of quotation marks. What is only spoken has no lines.
  const loose = [...texts('fr')].filter(([key, text]) => !key.startsWith('announce:') && / [:;?!»]|« |[^\u00a0\d]:(?= )|[^\u202f][;?!»]|«[^\u202f]/u.test(text.replace(/https?:\S*/g, '')));
  expect(loose).toEqual([]);
});

it.each(LANGUAGES)('parts no number from its unit at the end of a line in %s', (language) => {
  const loose = [...texts(language)].filter(([, text]) => /(\d|\}\}) (s|min|h|u|%|Min\.|Std\.)(?![\p{L}’])/u.test(text));
  expect(loose).toEqual([]);
});

it('speaks every language that has a folder, and calls each by its own name', () => {
  expect([...LANGUAGES].sort()).toEqual(readdirSync(LOCALES).sort());
  expect(['fr', 'en', 'de', 'nl'].map(ownName)).toEqual(['Français', 'English', 'Deutsch', 'Nederlands']);
  expect(['fr', 'de'].map(nameInSentence)).toEqual(['français', 'Deutsch']);
});

it('names no language outside of its folder', () => {
  // A list of languages somewhere would be one more thing to find: the page's own code has none.
  const lists = sources(path.resolve(import.meta.dirname, '..')).filter((file) => /'(de|nl)'/.test(readFileSync(file, 'utf8')));
  expect(lists).toEqual([]);
});

it('chooses a language for any locale', () => {
  expect(['fr_FR.UTF-8', 'fr-CA', 'de-AT', 'nl', 'en-GB', 'C', 'pt-BR', ''].map(languageOf)).toEqual([
    'fr', 'fr', 'de', 'nl', 'en', 'en', 'en', 'en',
  ]);
});
