import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { joined } from '../a11y/queue';
import { isMicrophoneOn } from '../devices';
import { useMeetingStore } from '../engine/context';
import type { Seeing } from '../engine/contract';
import { recordingOf } from '../together/recording';

/** No picture comes of a camera that is turned on. */
const PICTURELESS: readonly Seeing[] = ['no_device', 'forbidden'];

/** Reads the state aloud on demand: “Microphone on, you can be heard. Camera off. 9 people, 2 hands raised.” */
export function useReadState(): () => void {
  const { t } = useTranslation(['announce', 'call']);
  const announce = useAnnounce();
  const store = useMeetingStore();
  return () => {
    const { me, issues, room, participants, together } = store.getState();
    const hands = Object.values(participants).filter((someone) => (someone?.hand ?? null) !== null).length + (me.hand === null ? 0 : 1);
    const said: string[] = [];
    // The engine looks at the evidence four times a second: what was heard until a moment ago may be off now.
    const hearing = !me.microphone_on && me.hearing === 'heard' ? 'off' : me.hearing;
    const seeing = !me.camera_on && me.seeing === 'seen' ? 'off' : me.seeing;
    if (me.microphone_on && me.hearing === 'heard') said.push(t('announce:stateHeard'));
    else said.push(...(isMicrophoneOn({ me, issues }) ? [t('announce:microphoneOn')] : []), t(`call:hearing.${hearing}`));
    if (me.camera_on && me.seeing === 'seen') said.push(t('announce:stateSeen'));
    else said.push(...(me.camera_on && !PICTURELESS.includes(me.seeing) ? [t('announce:cameraOn')] : []), t(`call:seeing.${seeing}`));
    const people = t('call:present', { count: room.count });
    said.push(hands > 0 ? `${people}, ${t('announce:hands', { count: hands })}` : people);
    const { live, mode } = recordingOf({ together, room });
    if (live) said.push(t(mode === 'transcript' ? 'announce:transcript' : 'announce:recording'));
    announce({ kind: 'state', text: joined(said), politeness: 'assertive' });
  };
}
