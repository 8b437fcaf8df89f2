import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeetingStore } from '../engine/context';
import { recordingOf } from '../together/recording';

/** Reads the state aloud on demand: “Microphone on, you can be heard. Camera off. 9 people, 2 hands raised.” */
export function useReadState(): () => void {
  const { t } = useTranslation(['announce', 'call']);
  const announce = useAnnounce();
  const store = useMeetingStore();
  return () => {
    const { me, room, participants, together } = store.getState();
    const hands = Object.values(participants).filter((someone) => (someone?.hand ?? null) !== null).length + (me.hand === null ? 0 : 1);
    const heard = t(`call:hearing.${me.hearing}`);
    const seen = t(`call:seeing.${me.seeing}`);
    const microphone = me.microphone_on ? `${t('announce:microphoneOn')}, ${heard}` : heard;
    const camera = me.camera_on ? `${t('announce:cameraOn')}, ${seen}` : seen;
    const sentences = [t('announce:state', { microphone, camera, people: t('call:present', { count: room.count }) })];
    if (hands > 0) sentences.push(t('announce:hands', { count: hands }));
    const { live, mode } = recordingOf({ together, room });
    if (live) sentences.push(t(mode === 'transcript' ? 'announce:transcript' : 'announce:recording'));
    announce({ kind: 'state', text: sentences.join(' '), politeness: 'assertive' });
  };
}
