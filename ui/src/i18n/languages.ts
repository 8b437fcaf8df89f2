import LOAD from 'virtual:texts';

/** A language with complete texts: the name of its folder in `locales`. */
export type Language = string;

/** What others fall back to. */
export const FALLBACK: Language = 'en';

/**
 * All of them, the fallback first and the others by their codes.
 *
 * A language is there because its folder is (docs/languages.md): nothing here names one but the fallback.
 */
export const LANGUAGES: readonly Language[] = [FALLBACK, ...Object.keys(LOAD).filter((folder) => folder !== FALLBACK).sort()];

/** The language that fits a system locale best (`fr_FR.UTF-8`, `de-AT`, `C`). */
export function languageOf(locale: string): Language {
  const base = locale.toLowerCase().split(/[-_.@]/)[0];
  return LANGUAGES.find((known) => known === base) ?? FALLBACK;
}

/** What a language calls itself within a sentence. */
export function nameInSentence(language: Language): string {
  return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
}

/** What a language calls itself where its name stands alone. */
export function ownName(language: Language): string {
  const name = nameInSentence(language);
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}
