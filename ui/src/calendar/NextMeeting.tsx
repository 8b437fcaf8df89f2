import { Clock, ExternalLink, ShieldCheck, Video } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { CalendarMeeting } from '../engine/contract';
import { minutesUntil } from './agenda';
import style from './calendar.module.css';
import { useTimes } from './times';
import { openWayOf } from './way';
import { useWayText } from './way-text';

interface Props {
  meeting: CalendarMeeting;
  /** Others that one can go into now as well. */
  also: readonly CalendarMeeting[];
  now: number;
}

/** The meeting that is about to begin, or runs: one key leads to it. Others that run keep theirs below it. */
export function NextMeeting({ meeting, also, now }: Props) {
  const { t } = useTranslation('calendar');
  const { range } = useTimes();
  const when = useWhen(now);
  const words = useWayText();
  const send = useSend();
  const key = useRef<HTMLButtonElement>(null);
  // Whoever opens the start screen has it at hand; whoever is already doing something keeps their place.
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) key.current?.focus();
  }, []);
  const way = openWayOf(meeting);
  if (way === null) return null;
  const name = meeting.title || way.room || way.host;
  return (
    <section className={style.next} aria-labelledby="next-meeting" data-testid="next-meeting">
      <div className={style.nextText}>
        <p className={style.nextWhen}>
          <Clock aria-hidden="true" />
          {when(meeting)}
        </p>
        <h2 id="next-meeting" className={style.nextTitle}>
          {name}
        </h2>
        <p className={style.nextLine}>
          <span>{range(meeting.start, meeting.end)}</span>
          <span>
            {way.foreign === null ? <ShieldCheck aria-hidden="true" /> : <ExternalLink aria-hidden="true" />}
            {words.place(way)}
          </span>
        </p>
      </div>
      <AriaButton
        ref={key}
        className={style.nextKey ?? ''}
        aria-label={words.keyNamed(way, name)}
        onPress={() => send({ kind: 'open_link', text: way.text })}
        data-testid="join-next"
      >
        {way.foreign === null ? <Video aria-hidden="true" /> : <ExternalLink aria-hidden="true" />}
        {words.key(way)}
      </AriaButton>
      {also.length > 0 && (
        <ul role="list" className={style.also} aria-label={t('also')}>
          {also.map((one) => (
            <Also key={`${one.id} ${one.start}`} meeting={one} when={when(one)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Also({ meeting, when }: { meeting: CalendarMeeting; when: string }) {
  const words = useWayText();
  const send = useSend();
  const way = openWayOf(meeting);
  if (way === null) return null;
  const name = meeting.title || way.room || way.host;
  return (
    <li data-testid="also-open">
      <span className={style.alsoText}>
        <strong>{name}</strong>
        <span>
          {when} · {words.place(way)}
        </span>
      </span>
      <AriaButton className={style.alsoKey ?? ''} aria-label={words.keyNamed(way, name)} onPress={() => send({ kind: 'open_link', text: way.text })} data-testid="join-also">
        {words.key(way)}
      </AriaButton>
    </li>
  );
}

/** How far it is, in words. */
function useWhen(now: number): (meeting: CalendarMeeting) => string {
  const { t } = useTranslation('calendar');
  return ({ start }) => {
    const minutes = minutesUntil(start, now);
    return minutes > 0 ? t('startsIn', { count: minutes }) : t('runs');
  };
}
