import { DoorOpen, LogOut, MonitorSmartphone, UserRound } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { EndReason } from '../engine/contract';
import style from '../error/view.module.css';
import { Button } from '../parts/Button';
import { Logo } from '../parts/Mark';
import parts from '../parts/parts.module.css';
import { Unsent } from './Unsent';

const ICONS = { left: LogOut, ended: DoorOpen, removed: DoorOpen, other_device: MonitorSmartphone, alone: UserRound };

/** Out again: how long it was, and back. No stars, no survey. */
export function End({ reason, seconds }: { reason: EndReason; seconds: number }) {
  const { t } = useTranslation('end');
  const send = useSend();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const Icon = ICONS[reason];
  const minutes = Math.floor(seconds / 60);
  const duration =
    minutes === 0
      ? t('seconds', { count: seconds })
      : minutes < 60
        ? t('minutes', { count: minutes })
        : t('hours', { hours: Math.floor(minutes / 60), minutes: String(minutes % 60).padStart(2, '0') });
  const again = reason === 'left' || reason === 'other_device' || reason === 'alone';
  return (
    <div className={style.page}>
      <header className={parts.appbar} data-region="top">
        <Logo />
      </header>
      <main className={style.main} data-region="main">
        <section className={style.section} data-testid="ended" data-reason={reason}>
          <div className={style.head}>
            <span className={style.glyph}>
              <Icon aria-hidden="true" />
            </span>
            <div>
              <h1 ref={title} tabIndex={-1}>
                {t(reason)}
              </h1>
              <p className={style.text}>{t(reason === 'ended' ? 'lasted' : 'lastedForYou', { duration })}</p>
            </div>
          </div>
          <Unsent />
          <div className={style.keys}>
            {reason === 'other_device' && (
              <Button look="primary" size="big" onPress={() => send({ kind: 'retry' })} data-testid="rejoin">
                {t('takeBack')}
              </Button>
            )}
            <Button look={reason === 'other_device' ? 'secondary' : 'primary'} size="big" onPress={() => send({ kind: 'leave' })} data-testid="home">
              {t('home')}
            </Button>
            {again && reason !== 'other_device' && (
              <Button look="secondary" size="big" onPress={() => send({ kind: 'retry' })} data-testid="rejoin">
                {t('rejoin')}
              </Button>
            )}
          </div>
        </section>
      </main>
    </div>
  );
}
