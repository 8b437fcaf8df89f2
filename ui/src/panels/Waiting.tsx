import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Avatar } from '../parts/Avatar';
import { Button } from '../parts/Button';
import { useUi } from '../ui-state';
import style from './panels.module.css';

/** From this many on they come in together. */
const ALL_FROM = 3;

/** Who stands before the door, first in order first; for those who can open it. */
export function Waiting() {
  const { t } = useTranslation(['panels', 'together']);
  const send = useSend();
  const waiting = useMeeting((state) => state.together.waiting);
  const group = useRef<HTMLDivElement>(null);
  const held = useRef(false);
  // Whoever was answered takes the focus along; the next one has it then.
  useLayoutEffect(() => {
    if (!held.current || document.activeElement !== document.body) return;
    const next = group.current?.querySelector<HTMLElement>('button') ?? document.querySelector<HTMLElement>('[data-testid="panel-people"] h2');
    next?.focus();
  }, [waiting]);
  return (
    <div
      ref={group}
      onFocus={() => {
        held.current = true;
      }}
      onBlur={(event) => {
        if (event.relatedTarget !== null) held.current = false;
      }}
    >
      {waiting.length > 0 && (
        <>
          {waiting.length < ALL_FROM ? (
            <h3 className="unseen">{t('panels:waitingTitle', { count: waiting.length })}</h3>
          ) : (
            <div className={style.title}>
              <h3>{t('panels:waitingTitle', { count: waiting.length })}</h3>
              <Button size="small" onPress={() => send({ kind: 'admit_all' })} data-testid="admit-all">
                {t('together:admitAll')}
              </Button>
            </div>
          )}
          <ul role="list" className={style.waiting}>
            {waiting.map(({ id, name }, at) => (
              <li key={id} className={style.waiter} data-testid="waiter" data-waiter={id}>
                <Avatar id={id} name={name} className={style.avatar} />
                <div className={style.waiterName}>
                  {name}
                  <small>{t('panels:asksToEnter')}</small>
                </div>
                <Waited id={id} />
                <div className={style.waiterKeys}>
                  <Button
                    look="primary"
                    size="small"
                    aria-label={t('panels:admitName', { name })}
                    onPress={() => send({ kind: 'admit', waiter: id })}
                    data-testid="admit"
                    {...(at === 0 ? { 'data-first-focus': '' } : {})}
                  >
                    {t('together:admit')}
                  </Button>
                  <Button look="secondary" size="small" aria-label={t('panels:refuseName', { name })} onPress={() => send({ kind: 'refuse', waiter: id })} data-testid="refuse">
                    {t('together:refuse')}
                  </Button>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

/** How long somebody has waited, for the eye only. */
function Waited({ id }: { id: string }) {
  const { t } = useTranslation('panels');
  const since = useUi((state) => state.waitingSince[id]);
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - (since ?? now)) / 1000));
  return <span className={style.waited}>{seconds < 60 ? t('waitedSeconds', { count: seconds }) : t('waitedMinutes', { count: Math.floor(seconds / 60) })}</span>;
}
