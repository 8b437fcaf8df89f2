import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import style from '../together/together.module.css';
import { SERVICE_NAMES } from './services';

/** What was opened leads to another service: whose it is and where it goes is shown before the browser gets it. */
export function ElsewhereDialog() {
  const { t } = useTranslation('home');
  const send = useSend();
  const engine = useEngine();
  const elsewhere = useMeeting((state) => state.elsewhere);
  const [failed, setFailed] = useState(false);
  if (elsewhere === null || !elsewhere.asked) return null;
  const service = SERVICE_NAMES[elsewhere.service];
  const close = () => {
    setFailed(false);
    send({ kind: 'dismiss_elsewhere' });
  };
  const open = () => engine.openExternal(elsewhere.url).then(close, () => setFailed(true));
  return (
    <Dialog title={t('elsewhereTitle', { service })} isOpen onOpenChange={(isOpen) => !isOpen && close()}>
      <div className={style.recordingText}>
        <p>{t(elsewhere.refused ? 'elsewhereRefused' : 'elsewhereText', { service, host: elsewhere.host })}</p>
        <p role="status">{failed && t('elsewhereFailed')}</p>
        <div className={style.dialogKeys}>
          <Button look="secondary" onPress={close} data-testid="elsewhere-cancel">
            {t(elsewhere.refused ? 'dismiss' : 'cancel')}
          </Button>
          {!elsewhere.refused && (
            <Button look="primary" autoFocus onPress={() => void open()} data-testid="elsewhere-open">
              {t('elsewhereOpen')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
