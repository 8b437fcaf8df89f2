import { Ear } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Button } from '../parts/Button';
import style from './prejoin.module.css';

/** *Can they hear me*: three seconds of the own microphone, played back, and what was amiss in words. */
export function Trial() {
  const { t } = useTranslation('prejoin');
  const send = useSend();
  const trial = useMeeting((state) => state.me.trial);
  const runs = trial.kind === 'recording' || trial.kind === 'playing';
  return (
    <div className={style.trial}>
      <Button look="secondary" size="small" busy={runs} onPress={() => send({ kind: 'try_microphone' })} data-testid="trial">
        <Ear aria-hidden="true" />
        {t(trial.kind === 'done' ? 'trial.again' : 'trial.start')}
      </Button>
      <p role="status" className={style.verdict} data-tone={trial.kind === 'done' && (trial.voice !== 'clear' || trial.echo === 'heard') ? 'warn' : trial.kind === 'done' ? 'ok' : 'wait'} data-testid="trial-verdict" data-state={trial.kind}>
        {trial.kind === 'idle' ? '' : trial.kind === 'done' ? `${t(`trial.voice.${trial.voice}`)} ${t(`trial.echo.${trial.echo}`)}` : t(`trial.${trial.kind}`)}
      </p>
    </div>
  );
}
