import type { i18n } from 'i18next';
import { type ReactNode, useEffect, useState } from 'react';
import { I18nProvider } from 'react-aria-components';
import { I18nextProvider } from 'react-i18next';
import { useEngine, useMeeting } from '../engine/context';
import { speak } from './i18n';
import { wantedLanguage } from './wanted';

/** The texts of everything inside, in the language that is wanted: at once where it becomes another. */
export function Texts({ texts, children }: { texts: i18n; children: ReactNode }) {
  const { shell } = useEngine();
  const wanted = useMeeting((state) => wantedLanguage(state, shell).language);
  const [locale, setLocale] = useState(texts.language);
  useEffect(() => {
    texts.on('languageChanged', setLocale);
    return () => texts.off('languageChanged', setLocale);
  }, [texts]);
  useEffect(() => {
    let last = true;
    void speak(texts, wanted, () => last);
    return () => {
      last = false;
    };
  }, [texts, wanted]);
  return (
    <I18nextProvider i18n={texts}>
      <I18nProvider locale={locale}>{children}</I18nProvider>
    </I18nextProvider>
  );
}
