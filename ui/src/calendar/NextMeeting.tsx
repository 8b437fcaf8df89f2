import { Clock, ShieldCheck, Video } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { CalendarMeeting } from '../engine/contract';
import { minutesUntil } from './agenda';
import style from './calendar.module.css';
import { useTimes } from './times';

/** The meeting that is about to begin, or runs: one key leads to it. */
export function NextMeeting({ meeting, now }: { meeting: CalendarMeeting; now: number }) {
  const { t } = useTranslation('calendar');
  const { range } = useTimes();
  const send = useSend();
  const key = useRef<HTMLButtonElement>(null);
  // Whoever opens the start screen has it at hand; whoever is already doing something keeps their place.
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) key.current?.focus();
  }, []);
  const { title, start, end, link } = meeting;
  if (link === null) return null;
  const minutes = minutesUntil(start, now);
  const name = title || link.view.room || link.view.host;
  return (
    <section className={style.next} aria-labelledby="next-meeting" data-testid="next-meeting">
      <div className={style.nextText}>
        <p className={style.nextWhen}>
          <Clock aria-hidden="true" />
          {minutes > 0 ? t('startsIn', { count: minutes }) : t('runs')}
        </p>
        <h2 id="next-meeting" className={style.nextTitle}>
          {name}
        </h2>
        <p className={style.nextLine}>
          <span>{range(start, end)}</span>
          <span>
            <ShieldCheck aria-hidden="true" />
            {link.view.host}
          </span>
        </p>
      </div>
      <AriaButton
        ref={key}
        className={style.nextKey ?? ''}
        aria-label={t('joinNamed', { title: name })}
        onPress={() => send({ kind: 'open_link', text: link.text })}
        data-testid="join-next"
      >
        <Video aria-hidden="true" />
        {t('join')}
      </AriaButton>
    </section>
  );
}
