import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import style from '../together/together.module.css';

/** The window is to be closed in the middle of a meeting: asked once. */
export function ClosingDialog() {
  const { t } = useTranslation('call');
  const engine = useEngine();
  const [asked, setAsked] = useState(false);
  useEffect(() => engine.closeAsked(() => setAsked(true)), [engine]);
  if (!asked) return null;
  const answer = (close: boolean) => {
    setAsked(false);
    void engine.answerClosing(close).catch(() => undefined);
  };
  return (
    <Dialog title={t('closing.title')} isOpen onOpenChange={(open) => !open && answer(false)}>
      <div className={style.recordingText}>
        <p>{t('closing.text')}</p>
        <div className={style.dialogKeys}>
          <Button look="secondary" autoFocus onPress={() => answer(false)} data-testid="closing-stay">
            {t('closing.stay')}
          </Button>
          <Button look="danger" onPress={() => answer(true)} data-testid="closing-close">
            {t('closing.close')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
