import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { IssueText } from '../error/IssueText';
import { useUi } from '../ui-state';
import style from './panels.module.css';

/** What was said over the stage and went by, newest first; gone with the meeting. */
export function Messages() {
  const { t, i18n } = useTranslation('panels');
  const kept = useUi((state) => state.messagesKept);
  const clock = useMemo(() => new Intl.DateTimeFormat(i18n.language, { hour: '2-digit', minute: '2-digit' }), [i18n.language]);
  return (
    <div className={style.body} role="group" aria-label={t('messages')} tabIndex={0} data-first-focus="">
      {kept.length === 0 && <p className={style.empty}>{t('messagesEmpty')}</p>}
      <ul role="list" className={style.kept}>
        {kept.map(({ id, issue, at }) => (
          <li key={id} className={style.message} data-testid="kept-message" data-code={issue.code}>
            <div className={style.who}>
              <time dateTime={new Date(at).toISOString()}>{clock.format(at)}</time>
            </div>
            <p className={style.text}>
              <b>
                <IssueText issue={issue} part="cause" />
              </b>{' '}
              <IssueText issue={issue} part="next" />
            </p>
          </li>
        ))}
      </ul>
    </div>
  );
}
