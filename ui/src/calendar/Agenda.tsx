import { CalendarDays, CalendarRange, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import type { CalendarMeeting } from '../engine/contract';
import { Button } from '../parts/Button';
import { daysOf, laterOf } from './agenda';
import { CalendarDialog } from './CalendarDialog';
import style from './calendar.module.css';
import { asksPassword, useFault, useNotKept } from './fault';
import { Rows } from './Rows';
import { useTimes } from './times';

/** Milliseconds for which a reading is shown by still rows alone. */
const STILL_MS = 1000;

/** Today and tomorrow, on demand the days after them, each meeting with one named key; and how the calendar is. */
export function Agenda({ now, card }: { now: number; card: readonly CalendarMeeting[] }) {
  const { t } = useTranslation('calendar');
  const { day } = useTimes();
  const calendar = useMeeting((state) => state.home.calendar);
  const [open, setOpen] = useState<'calendar' | 'password' | null>(null);
  const [whole, setWhole] = useState(false);
  const { today, tomorrow } = daysOf(calendar.meetings, now, card);
  const later = laterOf(calendar.meetings, now);
  const reading = calendar.reading.kind === 'reading';
  const unread = calendar.unread > 0 && calendar.reading.kind !== 'failed';
  const notKept = useNotKept();
  return (
    <section className={style.agenda} aria-labelledby="home-today" data-testid="agenda" data-reading={calendar.reading.kind}>
      <div className={style.head}>
        <h2 id="home-today" className={style.heading}>
          {t('todayOn', { day: day(now) })}
        </h2>
        <div className={style.headKeys}>
          {(later.length > 0 || whole) && (
            <Button size="small" aria-expanded={whole} aria-controls="agenda-later" onPress={() => setWhole(!whole)} data-testid="calendar-week">
              <CalendarRange aria-hidden="true" />
              {t('week')}
            </Button>
          )}
          <Button size="small" onPress={() => setOpen('calendar')} data-testid="calendar">
            <CalendarDays aria-hidden="true" />
            {t(calendar.place === null ? 'connect' : 'calendar')}
          </Button>
        </div>
      </div>
      {/* There before its words, which are not heard otherwise. */}
      <p className={unread ? style.empty : 'unseen'} role="status" data-testid="agenda-unread">
        {unread && t('unread', { count: calendar.unread })}
      </p>
      {notKept !== null && (
        <p className={style.empty} data-testid="agenda-not-kept">
          {notKept}
        </p>
      )}
      {calendar.reading.kind === 'failed' && <Failed onPassword={() => setOpen('password')} />}
      {reading && calendar.read_at === null ? <Reading /> : <Rows meetings={today} now={now} />}
      {!reading && today.length === 0 && card.length === 0 && (calendar.reading.kind !== 'failed' || calendar.read_at !== null) && (
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
      <div id="agenda-later" className={style.later} hidden={!whole}>
        {whole && later.map(({ at, meetings }) => (
          <section key={at} aria-labelledby={`agenda-${at}`} data-testid="agenda-day">
            <h2 id={`agenda-${at}`} className={style.heading}>
              {day(at)}
            </h2>
            <Rows meetings={meetings} now={now} />
          </section>
        ))}
      </div>
      <CalendarDialog isOpen={open !== null} forPassword={open === 'password'} onOpenChange={(isOpen) => !isOpen && setOpen(null)} />
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
  const asks = asksPassword(reading);
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
