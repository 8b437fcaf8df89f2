import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from './languages';

type Texts = Record<string, Record<string, unknown>>;

/** One chunk a language; in it one file a feature, `ui/locales/<language>/<feature>.json`. */
const load: Record<Language, () => Promise<{ default: Texts }>> = {
  en: () => import('./texts/en'),
  fr: () => import('./texts/fr'),
  de: () => import('./texts/de'),
  nl: () => import('./texts/nl'),
};

/** `…/call.json` is the namespace `call`. */
function namespaces(files: Texts): Texts {
  return Object.fromEntries(
    Object.entries(files).map(([path, texts]) => [path.slice(path.lastIndexOf('/') + 1, -'.json'.length), texts]),
  );
}

/** Goes over to another language, once its texts are there and `wanted` still says so. */
export async function speak(texts: i18n, language: Language, wanted: () => boolean): Promise<void> {
  if (texts.language === language) return;
  const files = namespaces((await load[language]()).default);
  if (!wanted()) return;
  for (const [name, content] of Object.entries(files)) texts.addResourceBundle(language, name, content);
  await texts.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Sets up the texts of one language; English is loaded too, for keys that a language lacks. */
export async function startTexts(language: Language): Promise<i18n> {
  const wanted = [...new Set<Language>([language, 'en'])];
  const resources = Object.fromEntries(
    await Promise.all(wanted.map(async (one) => [one, namespaces((await load[one]()).default)] as const)),
  );
  const texts = i18next.createInstance();
  await texts.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    ns: Object.keys(resources['en'] ?? {}),
    defaultNS: 'common',
    resources: resources as never,
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  } as never);
  document.documentElement.lang = language;
  return texts;
}
