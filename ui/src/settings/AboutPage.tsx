import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import { Row } from './Row';
import style from './settings.module.css';
import { Statement } from './Statement';
import { SupportKey } from './PrivacyPage';

export function AboutPage() {
  const { t } = useTranslation('settings');
  const { shell } = useEngine();
  return (
    <>
      <Row id="version" plain>
        <span className={style.fact} data-testid="version">
          {t('product', { version: shell.version })}
        </span>
      </Row>
      <Row id="statement" plain wide>
        <Statement />
      </Row>
      <Row id="licences" plain wide>
        <Licences />
      </Row>
      <Row id="help" plain>
        <SupportKey />
      </Row>
    </>
  );
}

/** The notices of what the page is made of, each behind its name; read only where somebody looks. */
function Licences() {
  const { t } = useTranslation('settings');
  const [notices, setNotices] = useState<readonly (readonly [string, string])[] | null>(null);
  useEffect(() => {
    let here = true;
    void import('./licences').then(({ LICENCES }) => here && setNotices(LICENCES));
    return () => {
      here = false;
    };
  }, []);
  if (notices === null) return <p role="status">{t('licencesReading')}</p>;
  return (
    <ul role="list" className={style.licences}>
      {notices.map(([name, text]) => (
        <li key={name}>
          <details>
            <summary>{name}</summary>
            {/* Scrolled with the keyboard too, so it takes the focus. */}
            <pre tabIndex={0} role="region" aria-label={name} lang="en">
              {text}
            </pre>
          </details>
        </li>
      ))}
    </ul>
  );
}
