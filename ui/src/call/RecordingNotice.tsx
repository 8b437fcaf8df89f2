import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { recordingKey, useRecording } from '../together/recording';
import style from './call.module.css';

const REQUESTS: readonly string[] = ['start_recording', 'stop_recording', 'ask_for_recording'];

/** As long as the room is recorded, at every width; also while a request about it runs. */
export function RecordingNotice() {
  const { t } = useTranslation('together');
  const recording = useRecording();
  const asking = useMeeting((state) => state.together.pending.some((name) => REQUESTS.includes(name)));
  const key = recordingKey(recording);
  return (
    <span role="status" className={style.recordingPlace}>
      {asking && (
        <span className={style.asking} data-testid="recording-pending">
          {t('recording.asking')}
        </span>
      )}
      {key !== null && (
        <span className={style.recording} data-live={recording.live || undefined} data-testid="recording" data-phase={recording.phase}>
          {t(`recording.${key}`)}
        </span>
      )}
    </span>
  );
}
