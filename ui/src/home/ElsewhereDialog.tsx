import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import { useSeeRules } from '../policy/rules';
import style from '../together/together.module.css';
import { SERVICE_NAMES } from './services';

/** What was opened leads to another service: whose it is and where it goes is shown before the browser gets it. */
export function ElsewhereDialog() {
  const { t } = useTranslation(['home', 'policy']);
  const send = useSend();
  const engine = useEngine();
  const elsewhere = useMeeting((state) => state.elsewhere);
  const seeRules = useSeeRules();
  const [failed, setFailed] = useState(false);
  if (elsewhere === null || !elsewhere.asked) return null;
  const service = SERVICE_NAMES[elsewhere.service];
  const close = () => {
    setFailed(false);
    send({ kind: 'dismiss_elsewhere' });
  };
  const open = () => engine.openExternal(elsewhere.url).then(close, () => setFailed(true));
  return (
    <Dialog title={t('home:elsewhereTitle', { service })} isOpen onOpenChange={(isOpen) => !isOpen && close()}>
      <div className={style.recordingText}>
        <p>{t(elsewhere.refused ? 'home:elsewhereRefused' : 'home:elsewhereText', { service, host: elsewhere.host })}</p>
        <p role="status">{failed && t('home:elsewhereFailed')}</p>
        <div className={style.dialogKeys}>
          <Button look="secondary" onPress={close} data-testid="elsewhere-cancel">
            {t(elsewhere.refused ? 'home:dismiss' : 'home:cancel')}
          </Button>
          {elsewhere.refused ? (
            <Button
              look="primary"
              onPress={() => {
                close();
                seeRules();
              }}
              data-testid="elsewhere-rule"
            >
              {t('policy:see')}
            </Button>
          ) : (
            <Button look="primary" autoFocus onPress={() => void open()} data-testid="elsewhere-open">
              {t('home:elsewhereOpen')}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}
