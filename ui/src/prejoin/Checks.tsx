import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { commandFor, useDeviceChoice } from '../devices';
import { useMeeting, useSend } from '../engine/context';
import type { Link, VoiceVerdict } from '../engine/contract';
import { Button } from '../parts/Button';
import { Check, type Tone } from '../parts/Check';
import parts from '../parts/parts.module.css';
import style from './prejoin.module.css';

/** The test sound lasts a second. */
const SOUND_MS = 1000;

const VOICE_TONES: Record<VoiceVerdict, Tone> = {
  say_something: 'wait',
  clear: 'ok',
  faint: 'warn',
  clipping: 'warn',
  no_sound: 'warn',
  noisy: 'warn',
};

const CAMERA_TONES = { showing: 'ok', starting: 'wait', off: 'wait', failed: 'warn' } as const;

/** Verdicts beside the way in; none of them holds anybody up. */
export function Checks({ link }: { link: Link }) {
  const { t } = useTranslation('prejoin');
  const me = useMeeting((state) => state.me);
  const camera = me.camera_on || me.preview.kind === 'failed' ? me.preview.kind : 'off';
  const voice = me.microphone_on ? me.voice : 'off';
  return (
    <ul role="list" className={`${parts.card} ${style.checks}`} aria-label={t('checks')}>
      <Line tone={CAMERA_TONES[camera]} text={t(`check.camera.${camera}`)} />
      <Line tone={link.secure ? 'ok' : 'warn'} text={t(`check.link.${link.secure ? 'secure' : 'insecure'}`)} />
      <Line tone={voice === 'off' ? 'wait' : VOICE_TONES[voice]} text={t(`check.microphone.${voice}`)} />
      <SoundLine />
    </ul>
  );
}

function Line({ tone, text }: { tone: Tone; text: string }) {
  return (
    <li>
      <Check tone={tone} />
      <span>{text}</span>
    </li>
  );
}

type SoundState = 'untested' | 'playing' | 'asked' | 'heard' | 'unheard';

const SOUND_TONES: Record<SoundState, Tone> = {
  untested: 'warn',
  playing: 'wait',
  asked: 'wait',
  heard: 'ok',
  unheard: 'warn',
};

/** Plays a second of sound and asks; upon *no* the next output is tried. */
function SoundLine() {
  const { t } = useTranslation('prejoin');
  const send = useSend();
  const { options, selected } = useDeviceChoice('loudspeaker');
  const [state, setState] = useState<SoundState>('untested');
  useEffect(() => {
    if (state !== 'playing') return;
    const timer = setTimeout(() => setState('asked'), SOUND_MS);
    return () => clearTimeout(timer);
  }, [state]);
  const play = () => {
    send({ kind: 'test_loudspeaker' });
    setState('playing');
  };
  const unheard = () => {
    const outputs = options.filter((option) => option.key.startsWith('device:'));
    const next = outputs[outputs.findIndex((option) => option.key === selected) + 1];
    if (next === undefined) {
      setState('unheard');
      return;
    }
    send(commandFor('loudspeaker', next.key));
    play();
  };
  return (
    <li>
      <Check tone={SOUND_TONES[state]} />
      <span role="status">{t(`check.sound.${state}`)}</span>
      <span className={style.checkKeys}>
        {state === 'asked' ? (
          <>
            <Button size="small" look="secondary" onPress={() => setState('heard')}>
              {t('yes')}
            </Button>
            <Button size="small" look="secondary" onPress={unheard}>
              {t('no')}
            </Button>
          </>
        ) : (
          <Button size="small" isDisabled={state === 'playing'} onPress={play}>
            {state === 'untested' || state === 'playing' ? t('test') : t('testAgain')}
          </Button>
        )}
      </span>
    </li>
  );
}
