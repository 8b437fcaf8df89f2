import { Ban, CalendarX } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { CalendarMeeting } from '../engine/contract';
import { IssueText } from '../error/IssueText';
import { Button } from '../parts/Button';
import parts from '../parts/parts.module.css';
import style from './calendar.module.css';
import { useTimes } from './times';
import { wayOf } from './way';
import { useWayText } from './way-text';

/** Meetings of one day, each with one named key where it leads somewhere, or with what is wrong with its link. */
export function Rows({ meetings, now }: { meetings: CalendarMeeting[]; now: number }) {
  if (meetings.length === 0) return null;
  return (
    <ul role="list" className={style.rows}>
      {meetings.map((meeting) => (
        <Row key={`${meeting.id} ${meeting.start}`} meeting={meeting} now={now} />
      ))}
    </ul>
  );
}

function Row({ meeting, now }: { meeting: CalendarMeeting; now: number }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const words = useWayText();
  const { time, length } = useTimes();
  const { title, start, end, all_day, cancelled, link } = meeting;
  const way = wayOf(meeting);
  // What does not take place needs no reason.
  const refused = cancelled ? null : meeting.refused;
  const host = way?.host ?? refused?.params['host'];
  const name = title || way?.room || t('untitled');
  const when = all_day ? t('allDay') : time(start);
  return (
    <li className={style.row} data-testid="calendar-meeting" data-cancelled={cancelled || undefined}>
      <div className={style.time}>
        {when}
        {!all_day && <small>{start <= now ? t('running') : length(start, end)}</small>}
      </div>
      <div className={style.about}>
        <div className={style.title}>{cancelled ? <s>{name}</s> : name}</div>
        {host !== undefined && <div className={style.host}>{host}</div>}
        {refused !== null && (
          <p className={style.why} data-testid="meeting-refused" data-code={refused.code}>
            <IssueText issue={refused} part="cause" /> <IssueText issue={refused} part="next" />
          </p>
        )}
      </div>
      <div className={style.keys}>
        {cancelled ? (
          <span className={parts.chip}>
            <CalendarX aria-hidden="true" />
            {t('cancelled')}
          </span>
        ) : way !== null ? (
          <>
            <span className={parts.chip}>{link !== null ? t(`service.${link.view.kind}`) : words.foreign(way)}</span>
            <Button size="small" look="secondary" aria-label={words.keyAt(way, name, when)} onPress={() => send({ kind: 'open_link', text: way.text })} data-testid="join-meeting">
              {words.key(way)}
            </Button>
          </>
        ) : (
          refused !== null && (
            <span className={parts.chip}>
              <Ban aria-hidden="true" />
              {t('linkRefused')}
            </span>
          )
        )}
      </div>
    </li>
  );
}
