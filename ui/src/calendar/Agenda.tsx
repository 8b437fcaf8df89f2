import { CalendarDays, CalendarX, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import type { CalendarMeeting } from '../engine/contract';
import { Button } from '../parts/Button';
import parts from '../parts/parts.module.css';
import { daysOf } from './agenda';
import { CalendarDialog } from './CalendarDialog';
import style from './calendar.module.css';
import { useFault } from './fault';
import { useTimes } from './times';

/** Milliseconds for which a reading is shown by still rows alone. */
const STILL_MS = 1000;

/** Today and tomorrow, each meeting with one named key, and how the calendar is. */
export function Agenda({ now, next }: { now: number; next: CalendarMeeting | null }) {
  const { t } = useTranslation('calendar');
  const { day } = useTimes();
  const calendar = useMeeting((state) => state.home.calendar);
  const [open, setOpen] = useState(false);
  const { today, tomorrow } = daysOf(calendar.meetings, now, next);
  const reading = calendar.reading.kind === 'reading';
  return (
    <section className={style.agenda} aria-labelledby="home-today" data-testid="agenda" data-reading={calendar.reading.kind}>
      <div className={style.head}>
        <h2 id="home-today" className={style.heading}>
          {t('todayOn', { day: day(now) })}
        </h2>
        <Button size="small" onPress={() => setOpen(true)} data-testid="calendar">
          <CalendarDays aria-hidden="true" />
          {t(calendar.place === null ? 'connect' : 'calendar')}
        </Button>
      </div>
      {calendar.reading.kind === 'failed' && <Failed onPassword={() => setOpen(true)} />}
      {reading && calendar.read_at === null ? <Reading /> : <Rows meetings={today} now={now} />}
      {!reading && today.length === 0 && next === null && (calendar.reading.kind !== 'failed' || calendar.read_at !== null) && (
        <p className={style.empty} data-testid="agenda-empty">
          {t(calendar.place === null ? 'empty' : 'nothingToday')}
        </p>
      )}
      {tomorrow.length > 0 && (
        <>
          <h2 className={style.heading}>{t('tomorrow')}</h2>
          <Rows meetings={tomorrow} now={now} />
        </>
      )}
      <CalendarDialog isOpen={open} onOpenChange={setOpen} />
    </section>
  );
}

/** Still rows, and after a moment the words. */
function Reading() {
  const { t } = useTranslation('calendar');
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), STILL_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" data-testid="agenda-reading">
      {late ? (
        <p className={style.empty}>{t('reading')}</p>
      ) : (
        <div className={style.still} aria-hidden="true">
          <span />
          <span />
        </div>
      )}
    </div>
  );
}

function Failed({ onPassword }: { onPassword: () => void }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const { time } = useTimes();
  const words = useFault();
  const { reading, read_at } = useMeeting((state) => state.home.calendar);
  if (reading.kind !== 'failed') return null;
  const asks = reading.fault === 'password' || reading.fault === 'password_missing';
  return (
    <div className={style.failed} role="status" data-testid="agenda-failed" data-fault={reading.fault}>
      <TriangleAlert aria-hidden="true" />
      <p>
        {words(reading.fault)}
        {read_at !== null && ` ${t('lastRead', { time: time(read_at) })}`}
      </p>
      <Button size="small" look="secondary" onPress={() => (asks ? onPassword() : send({ kind: 'read_calendar' }))} data-testid="agenda-retry">
        {t(asks ? 'signIn' : 'retry')}
      </Button>
    </div>
  );
}

function Rows({ meetings, now }: { meetings: CalendarMeeting[]; now: number }) {
  if (meetings.length === 0) return null;
  return (
    <ul className={style.rows}>
      {meetings.map((meeting) => (
        <Row key={`${meeting.id} ${meeting.start}`} meeting={meeting} now={now} />
      ))}
    </ul>
  );
}

function Row({ meeting: { title, start, end, all_day, cancelled, link }, now }: { meeting: CalendarMeeting; now: number }) {
  const { t } = useTranslation('calendar');
  const send = useSend();
  const { time, length } = useTimes();
  const name = title || link?.view.room || t('untitled');
  const when = all_day ? t('allDay') : time(start);
  return (
    <li className={style.row} data-testid="calendar-meeting" data-cancelled={cancelled || undefined}>
      <div className={style.time}>
        {when}
        {!all_day && <small>{start <= now ? t('running') : length(start, end)}</small>}
      </div>
      <div className={style.about}>
        <div className={style.title}>{cancelled ? <s>{name}</s> : name}</div>
        {link !== null && <div className={style.host}>{link.view.host}</div>}
      </div>
      <div className={style.keys}>
        {cancelled ? (
          <span className={parts.chip}>
            <CalendarX aria-hidden="true" />
            {t('cancelled')}
          </span>
        ) : (
          link !== null && (
            <>
              <span className={parts.chip}>{t(`service.${link.view.kind}`)}</span>
              <Button size="small" look="secondary" aria-label={t('joinAt', { title: name, time: when })} onPress={() => send({ kind: 'open_link', text: link.text })} data-testid="join-meeting">
                {t('join')}
              </Button>
            </>
          )
        )}
      </div>
    </li>
  );
}
