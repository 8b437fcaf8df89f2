import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import type { Link } from '../engine/contract';
import { Button } from '../parts/Button';
import { Check } from '../parts/Check';
import { Logo } from '../parts/Mark';
import parts from '../parts/parts.module.css';
import { Preview } from '../prejoin/Preview';
import style from '../prejoin/prejoin.module.css';
import { Toggles } from '../prejoin/PreJoin';

/** On the way in: what is done, what is under way, and a way back. */
export function Joining({ link, step }: { link: Link; step: number }) {
  const { t } = useTranslation(['joining', 'prejoin']);
  const send = useSend();
  const room = useMeeting((state) => state.room.name);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => title.current?.focus(), []);
  const now = step + 1;
  const steps = [t('joining:recognised'), now > 1 ? t('joining:contacted') : t('joining:contacting'), t('joining:media')];
  return (
    <div className={style.page}>
      <header className={parts.appbar} data-region="top">
        <Logo />
      </header>
      <main className={style.pre} data-region="main">
        <div className={style.left}>
          <Preview caption={t('prejoin:previewAlone')} />
          <div className={style.controls}>
            <Toggles />
          </div>
        </div>
        <div className={style.side}>
          <div className={style.headline}>
            <p className={style.server}>{room || link.room || link.host}</p>
            <h1 ref={title} className={style.title} tabIndex={-1}>
              {t('joining:title')}
            </h1>
            <p className={style.there}>{t('joining:text')}</p>
          </div>
          <ol role="list" className={style.steps} aria-label={t('joining:steps')}>
            {steps.map((text, at) => (
              <li key={at} aria-current={at === now ? 'step' : undefined}>
                <Check tone={at < now ? 'ok' : 'wait'} />
                <span>{text}</span>
              </li>
            ))}
          </ol>
          <div>
            <Button look="secondary" onPress={() => send({ kind: 'leave' })} data-testid="cancel">
              {t('joining:cancel')}
            </Button>
          </div>
        </div>
      </main>
    </div>
  );
}
