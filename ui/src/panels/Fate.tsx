import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSend } from '../engine/context';
import type { Message } from '../engine/contract';
import { Button } from '../parts/Button';
import style from './panels.module.css';

/** What waits for so long is told, in milliseconds: what is on its way has left within a moment. */
export const WAITS_MS = 1000;

/** Under what one wrote oneself: that it has not left yet, or that it does not, and another try. */
export function Fate({ id, sending }: Pick<Message, 'id' | 'sending'>) {
  if (sending === 'waiting') return <Waits />;
  return sending === 'failed' ? <Failed id={id} /> : null;
}

function Waits() {
  const { t } = useTranslation('panels');
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), WAITS_MS);
    return () => clearTimeout(timer);
  }, []);
  return long && <p className={style.waits}>{t('notYet')}</p>;
}

function Failed({ id }: { id: string }) {
  const { t } = useTranslation('panels');
  const send = useSend();
  return (
    <div className={style.failed}>
      {t('notSent')}
      <Button look="secondary" size="small" onPress={() => send({ kind: 'send_again', id })} data-testid="send-again">
        {t('tryAgain')}
      </Button>
    </div>
  );
}
