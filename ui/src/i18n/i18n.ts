import i18next, { type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from './languages';

/** One file a feature and language: `ui/locales/<language>/<feature>.json`. */
const files = import.meta.glob<Record<string, unknown>>('../../locales/*/*.json', { import: 'default' });

/** Sets up the texts of one language; English is loaded for keys that another lacks. */
export async function startTexts(language: Language): Promise<i18n> {
  const resources: Record<string, Record<string, Record<string, unknown>>> = {};
  const wanted = new Set<string>([language, 'en']);
  await Promise.all(
    Object.entries(files).map(async ([path, load]) => {
      const [lang = '', feature = ''] = path.replace(/\.json$/, '').split('/').slice(-2);
      if (!wanted.has(lang)) return;
      const texts = await load();
      (resources[lang] ??= {})[feature] = texts;
    }),
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
  });
  document.documentElement.lang = language;
  return texts;
}
