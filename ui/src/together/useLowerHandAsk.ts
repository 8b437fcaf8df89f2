import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting } from '../engine/context';
import { LOCAL_MICROPHONE } from '../engine/contract';
import { useLevel } from '../levels';
import { Speech } from './speech';

/** Speech of this length with a raised hand has been heard, in milliseconds. */
const ASK_MS = 3000;

/** True while we should be asked whether the hand may go down; once for each raising. */
export function useLowerHandAsk(): { ask: boolean; keep: () => void } {
  const { t } = useTranslation('together');
  const announce = useAnnounce();
  const up = useMeeting((state) => state.me.hand !== null);
  const audible = useMeeting((state) => state.me.microphone_on && state.me.hearing !== 'forbidden');
  const [ask, setAsk] = useState(false);
  const asked = useRef(false);
  const [speech] = useState(() => new Speech());
  useEffect(() => {
    if (up) return;
    asked.current = false;
    setAsk(false);
  }, [up]);
  const listen = useCallback(
    (full: number) => {
      const spoken = speech.hear(full, performance.now());
      if (asked.current || spoken < ASK_MS) return;
      asked.current = true;
      setAsk(true);
      announce({ kind: 'lower-hand', text: t('lowerAsk'), politeness: 'polite' });
    },
    [announce, speech, t],
  );
  useLevel(up && audible ? LOCAL_MICROPHONE : null, listen);
  return { ask: ask && up, keep: () => setAsk(false) };
}
