/** Languages with complete texts; the first is what others fall back to. */
export const LANGUAGES = ['en', 'fr', 'de', 'nl'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language that fits a system locale best (`fr_FR.UTF-8`, `de-AT`, `C`). */
export function languageOf(locale: string): Language {
  const base = locale.toLowerCase().split(/[-_.@]/)[0];
  return LANGUAGES.find((known) => known === base) ?? 'en';
}
