import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import style from '../error/view.module.css';
import { unsentOf } from '../panels/unsent';
import parts from '../parts/parts.module.css';

/** What was written in a meeting and had not left when it was over: to be read, and to be copied. */
export function Unsent() {
  const { t } = useTranslation('end');
  const title = useId();
  const messages = useMeeting((state) => state.messages);
  const live_text = useMeeting((state) => state.live_text);
  const all = unsentOf({ messages, live_text });
  if (all.length === 0) return null;
  return (
    <section className={`${parts.card} ${style.unsent}`} aria-labelledby={title} data-testid="unsent">
      <h2 id={title}>{t('unsent', { count: all.length })}</h2>
      <ul role="list">
        {all.map(({ id, text }) => (
          <li key={id} dir="auto">
            {text}
          </li>
        ))}
      </ul>
      <p>{t('unsentKept')}</p>
    </section>
  );
}
