import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import style from '../together/together.module.css';

/** Another meeting was opened from outside while one runs: nothing is left without a word. */
export function OfferDialog() {
  const { t } = useTranslation('call');
  const send = useSend();
  const offered = useMeeting((state) => state.offered);
  if (offered === null) return null;
  return (
    // Another offer is another dialog: it takes the focus, and is read.
    <Dialog key={`${offered.host}/${offered.room}`} title={t('offer.title')} isOpen onOpenChange={(open) => !open && send({ kind: 'refuse_offer' })}>
      <div className={style.recordingText}>
        <p>{t('offer.text', { room: offered.room, host: offered.host })}</p>
        <div className={style.dialogKeys}>
          <Button look="secondary" autoFocus onPress={() => send({ kind: 'refuse_offer' })} data-testid="refuse-offer">
            {t('offer.stay')}
          </Button>
          <Button look="primary" onPress={() => send({ kind: 'take_offer' })} data-testid="take-offer">
            {t('offer.go')}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
