import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import LOAD from 'virtual:texts';
import { FALLBACK, type Language } from './languages';

/** The texts of a language, by feature: `ui/locales/<language>/<feature>.json`. */
async function load(language: Language): Promise<Record<string, Record<string, unknown>>> {
  // Of its own for each who asks: i18next writes into what it is given.
  return { ...(await LOAD[language]?.())?.default };
}

/** Goes over to another language, once its texts are there and `wanted` still says so. */
export async function speak(texts: i18n, language: Language, wanted: () => boolean): Promise<void> {
  if (texts.language === language) return;
  const files = await load(language);
  if (!wanted()) return;
  for (const [name, content] of Object.entries(files)) texts.addResourceBundle(language, name, content);
  await texts.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Sets up the texts of one language; English is loaded too, for keys that a language lacks. */
export async function startTexts(language: Language): Promise<i18n> {
  const wanted = [...new Set<Language>([language, FALLBACK])];
  const resources = Object.fromEntries(
    await Promise.all(wanted.map(async (one) => [one, await load(one)] as const)),
  );
  const texts = i18next.createInstance();
  await texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: FALLBACK,
    ns: Object.keys(resources[FALLBACK] ?? {}),
    defaultNS: 'common',
    resources: resources as never,
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  } as never);
  document.documentElement.lang = language;
  return texts;
}
