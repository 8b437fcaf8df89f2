import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useSend } from '../engine/context';
import { USUAL } from '../engine/store';
import { Ask } from '../home/Ask';
import { Button } from '../parts/Button';

/** Puts everything back that was set on these pages, devices included; accounts, servers and meetings stay. */
export function ResetKey() {
  const { t } = useTranslation('settings');
  const send = useSend();
  const announce = useAnnounce();
  const [asked, setAsked] = useState(false);
  const reset = () => {
    setAsked(false);
    send({ kind: 'keep_settings', settings: { ...USUAL, welcomed: true } });
    send({ kind: 'choose_microphone', choice: { kind: 'system' } });
    send({ kind: 'choose_loudspeaker', choice: { kind: 'system' } });
    send({ kind: 'choose_camera', choice: { kind: 'system' } });
    announce({ kind: 'reset', text: t('resetDone'), politeness: 'polite' });
  };
  if (asked) return <Ask question={t('resetAsk')} yes={t('resetYes')} onYes={reset} onNo={() => setAsked(false)} />;
  return (
    <Button look="secondary" onPress={() => setAsked(true)} data-testid="reset">
      <RotateCcw aria-hidden="true" />
      {t('reset')}
    </Button>
  );
}
