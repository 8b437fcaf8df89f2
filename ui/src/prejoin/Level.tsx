import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting } from '../engine/context';
import { LOCAL_MICROPHONE, type VoiceVerdict } from '../engine/contract';
import { useLevel } from '../levels';
import style from './prejoin.module.css';

const BARS = 16;
/** Bars from here on are a voice too loud. */
const HIGH = 14;
/** A verdict is announced once it has stood this long, in milliseconds. */
const STABLE_MS = 1500;

const TONES: Record<VoiceVerdict, 'ok' | 'warn' | 'wait'> = {
  say_something: 'wait',
  clear: 'ok',
  faint: 'warn',
  clipping: 'warn',
  no_sound: 'warn',
  noisy: 'warn',
};

/** The level of the own microphone and what it means, in words. */
export function Level() {
  const { t } = useTranslation('prejoin');
  const announce = useAnnounce();
  const on = useMeeting((state) => state.me.microphone_on);
  const voice = useMeeting((state) => state.me.voice);
  const meter = useRef<HTMLDivElement>(null);
  const [bars] = useState(() => Array.from({ length: BARS }, (_, at) => <i key={at} />));
  useLevel(
    LOCAL_MICROPHONE,
    useCallback((full) => {
      const node = meter.current;
      if (node === null) return;
      node.setAttribute('aria-valuenow', String(Math.round(full * 100)));
      const lit = Math.round(full * BARS);
      for (let at = 0; at < BARS; at++) {
        const bar = node.children[at];
        if (at < lit) bar?.setAttribute('data-on', at >= HIGH ? 'high' : '');
        else bar?.removeAttribute('data-on');
      }
    }, []),
  );
  const verdict = on ? voice : 'off';
  const text = t(`voice.${verdict}`);
  useEffect(() => {
    // Whoever turned it off by a key has heard so.
    const beside = verdict === 'off' ? { unless: 'microphone' } : {};
    const timer = setTimeout(() => announce({ kind: 'voice', text, politeness: 'polite', ...beside }), STABLE_MS);
    return () => clearTimeout(timer);
  }, [announce, text, verdict]);
  return (
    <div className={style.levels}>
      <div ref={meter} className={style.meter} role="meter" aria-valuemin={0} aria-valuemax={100} aria-valuenow={0} aria-valuetext={text} aria-label={t('level')}>
        {bars}
      </div>
      <p className={style.verdict} data-tone={on ? TONES[voice] : 'wait'} data-testid="voice" data-voice={verdict}>
        {text}
      </p>
    </div>
  );
}
