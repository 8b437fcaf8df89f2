import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeetingStore, useSend } from '../engine/context';
import type { Snapshot } from '../engine/contract';
import { useIsOff, useWhoText } from '../policy/rules';
import { useAnnounce } from './Announcer';
import { newsToSpeak } from './choose';
import { newsBetween } from './news';

/** What a key asked of a device is said where the engine has done it within this time, in milliseconds. */
const DONE_MS = 2000;

export type Device = 'microphone' | 'camera';
const DEVICES: readonly Device[] = ['microphone', 'camera'];

/** What a key asked of a device: to be on or off, and until when that is news. */
type Asked = Partial<Record<Device, { on: boolean; until: number }>>;

/** Whether the news of the meeting's own window tell that the microphone went off. Pure. */
function isNews(before: Snapshot, after: Snapshot): boolean {
  const news = newsToSpeak(newsBetween(before, after), after.settings, after.room.capabilities.moderate);
  return news.some(({ unless }) => unless === 'microphone');
}

/** Says what became of that, once the engine has it: it may refuse. */
function useToldOnceDone(beside: boolean): { current: Asked } {
  const { t } = useTranslation('announce');
  const store = useMeetingStore();
  const announce = useAnnounce();
  const asked = useRef<Asked>({});
  useEffect(
    () =>
      store.subscribe((after, before) => {
        const { me } = after;
        for (const device of DEVICES) {
          const on = me[`${device}_on`];
          const wanted = asked.current[device];
          if (on === before.me[`${device}_on`] || wanted?.on !== on || performance.now() > wanted.until) continue;
          delete asked.current[device];
          if (beside && device === 'microphone' && !on && isNews(before, after)) continue;
          announce({ kind: device, text: t(`${device}${on ? 'On' : 'Off'}`), politeness: 'assertive' });
        }
      }),
    [store, announce, t, beside],
  );
  return asked;
}

/**
 * Turns a device on or off, for a key, and says what becomes of it. It gives the reason back where somebody has decided that it stays off.
 * `beside`: whoever listens hears the news of the meeting's own window too, and is not told the same twice.
 */
export function useTurnDevice(beside = false): (device: Device) => string | null {
  const { t } = useTranslation(['call', 'policy']);
  const store = useMeetingStore();
  const send = useSend();
  const announce = useAnnounce();
  const noCamera = useIsOff('DisableCamera');
  const who = useWhoText();
  const asked = useToldOnceDone(beside);
  const reservedText = (device: Device) => {
    if (device === 'camera' && noCamera) return `${t('policy:cameraOff')}. ${who('forbidden')}`;
    const { phase, room } = store.getState();
    if (phase.kind !== 'in_meeting' || room.capabilities[`publish_${device}`]) return null;
    return t(device === 'camera' ? 'call:seeing.forbidden' : 'call:hearing.forbidden');
  };
  return (device) => {
    const on = !store.getState().me[`${device}_on`];
    // What is on can be turned off, whoever may turn it on.
    const reserved = on ? reservedText(device) : null;
    if (reserved !== null) {
      announce({ kind: device, text: reserved, politeness: 'assertive' });
      return reserved;
    }
    asked.current[device] = { on, until: performance.now() + DONE_MS };
    send(device === 'camera' ? { kind: 'set_camera_on', on } : { kind: 'set_microphone_on', on });
    return null;
  };
}
