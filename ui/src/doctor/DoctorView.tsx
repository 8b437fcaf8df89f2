import { CircleCheck, CircleX, RefreshCw, Square, TriangleAlert } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import type { DoctorVerdict, DoctorView as View } from '../engine/contract';
import { Button } from '../parts/Button';
import { Choice } from '../parts/Choice';
import { Mark } from '../parts/Mark';
import parts from '../parts/parts.module.css';
import style from './doctor.module.css';
import { DoctorReport } from './DoctorReport';
import { DoctorTable } from './DoctorTable';

const TONES: Record<DoctorVerdict, 'ok' | 'warn' | 'danger'> = { good: 'ok', reachable: 'ok', detour: 'warn', poor: 'warn', stopped: 'warn', blocked: 'danger' };
const ICONS = { ok: CircleCheck, warn: TriangleAlert, danger: CircleX };

/** What the way to the server is like, step by step, and who can mend what (interface specification §4.7). */
export function DoctorView() {
  const { t, i18n } = useTranslation('doctor');
  const send = useSend();
  const view = useMeeting((state) => state.doctor);
  const servers = useMeeting((state) => state.home.servers);
  const asked = useRef(false);
  const look = (host: string | null) => send({ kind: 'diagnose', host });
  useEffect(() => {
    if (asked.current) return;
    asked.current = true;
    // Whoever comes back during an examination sees it go on.
    if (!view.running) look(null);
  }, []);
  const time = view.ended_at === null ? '' : new Intl.DateTimeFormat(i18n.language, { timeStyle: 'short' }).format(view.ended_at);
  const known = servers.some((server) => server.host === view.host);

  return (
    <div className={style.page}>
      <header className={style.top} data-region="top">
        <span className={style.mark}>
          <Mark />
        </span>
        <h1>{t('title')}</h1>
        {view.host !== '' && !view.running && <p className={style.about}>{t('ago', { host: view.host, time })}</p>}
        <div className={style.keys}>
          {servers.length > 1 && known && (
            <Choice label={t('server')} options={servers.map(({ host }) => ({ key: host, name: host }))} selected={view.host} onChoose={look} data-testid="doctor-server" />
          )}
          {view.running ? (
            <Button look="secondary" onPress={() => send({ kind: 'stop_diagnosis' })} data-testid="doctor-stop">
              <Square aria-hidden="true" />
              {t('stop')}
            </Button>
          ) : (
            <Button look="secondary" onPress={() => look(view.host || null)} data-testid="doctor-again">
              <RefreshCw aria-hidden="true" />
              {t(view.host === '' ? 'start' : 'again')}
            </Button>
          )}
        </div>
      </header>
      <main className={style.main} data-region="main" aria-busy={view.running}>
        <div className={style.found}>
          <Verdict view={view} />
          {view.rows.length > 0 && <DoctorTable rows={view.rows} />}
        </div>
        {view.rows.length > 0 && !view.running && (
          <aside className={style.side} aria-label={t('whoActs')} data-region="side">
            <Advices view={view} />
            <DoctorReport view={view} />
          </aside>
        )}
      </main>
    </div>
  );
}

/** The sentence; it is announced at the end alone, not with every step. */
function Verdict({ view }: { view: View }) {
  const { t } = useTranslation('doctor');
  const { verdict, running, host } = view;
  if (host === '') return <p className={style.nobody}>{t('nobody')}</p>;
  const tone = verdict === null || running ? 'wait' : TONES[verdict];
  const Icon = tone === 'wait' ? RefreshCw : ICONS[tone];
  return (
    <section className={style.verdict} data-tone={tone} role="status" data-testid="verdict" data-verdict={running ? 'running' : verdict}>
      <Icon aria-hidden="true" />
      {verdict === null || running ? (
        <p>{t('running', { host })}</p>
      ) : (
        <div>
          <h2>{t(`verdict.${verdict}.title`)}</h2>
          <p>{t(`verdict.${verdict}.text`)}</p>
        </div>
      )}
    </section>
  );
}

function Advices({ view }: { view: View }) {
  const { t } = useTranslation('doctor');
  const { advice } = view;
  return (
    <section className={`${parts.card} ${style.card}`}>
      <h2>{t('whoActs')}</h2>
      {advice.length === 0 && <p>{t('nobodyActs')}</p>}
      {advice.map(({ who, remedy, host }) => (
        <div key={remedy} data-testid={`advice-${remedy}`}>
          <h3>{t(`who.${who}`)}</h3>
          <p>{t(`advice.${remedy}`, { host })}</p>
        </div>
      ))}
    </section>
  );
}
