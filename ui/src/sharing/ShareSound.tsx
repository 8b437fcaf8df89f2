import type { TFunction } from 'i18next';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Key } from '../call/banner-parts';
import { useMeeting, useSend } from '../engine/context';
import type { ScreenSource, ShareView, SharingView } from '../engine/contract';
import together from '../together/together.module.css';
import { useUi, useUiStore } from '../ui-state';

/** Why the sound of a source cannot go along, or what of it does. */
function soundNote(sound: SharingView['sound'], source: ScreenSource | undefined): 'soundForbidden' | 'soundUnavailable' | 'soundUnknown' | 'soundWindow' | 'soundScreen' {
  if (sound === 'forbidden') return 'soundForbidden';
  if (sound === 'unavailable') return 'soundUnavailable';
  if (source?.kind !== 'window') return 'soundScreen';
  return hasSound(source) ? 'soundWindow' : 'soundUnknown';
}

/** Our own window has none to share: what we play are the others. */
function hasSound(source: ScreenSource | undefined): boolean {
  return source?.kind !== 'window' || (source.process !== null && !source.own);
}

/** Whether the sound of this source is to go along: chosen once in a meeting, and possible. */
export function useSoundWanted(source: ScreenSource | undefined): boolean {
  const wanted = useUi((state) => state.shareSound);
  const possible = useMeeting((state) => state.sharing.sound === 'possible');
  return wanted && possible && hasSound(source);
}

/** The switch in the picker, with what others will hear, or why they cannot. */
export function SoundSwitch({ source }: { source: ScreenSource | undefined }) {
  const { t } = useTranslation('sharing');
  const ui = useUiStore();
  const note = useId();
  const sound = useMeeting((state) => state.sharing.sound);
  const checked = useSoundWanted(source);
  return (
    <div>
      <label className={together.mode}>
        <input
          type="checkbox"
          checked={checked}
          disabled={sound !== 'possible' || !hasSound(source)}
          onChange={(event) => ui.setState({ shareSound: event.target.checked })}
          aria-describedby={note}
          data-testid="share-sound"
        />
        {t('sound')}
      </label>
      <p id={note}>{t(soundNote(sound, source))}</p>
    </div>
  );
}

/** What others hear of it now; empty where nothing. */
export function shareSound(t: TFunction<'sharing'>, share: ShareView): string {
  return share.sound === 'on' && !share.paused && share.size !== null ? t('withSound') : '';
}

/** Lets its sound go along, or no longer. */
export function SoundKey({ share }: { share: ShareView }) {
  const { t } = useTranslation('sharing');
  const ui = useUiStore();
  const send = useSend();
  if (share.sound === 'impossible') return null;
  const on = share.sound !== 'on';
  const press = () => {
    ui.setState({ shareSound: on });
    send({ kind: 'set_share_sound', on });
  };
  return (
    <Key onPress={press} testid="set-share-sound">
      {t(on ? 'sound' : 'soundOff')}
    </Key>
  );
}
