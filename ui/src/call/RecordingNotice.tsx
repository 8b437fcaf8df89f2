import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { recordingKey, useRecording } from '../together/recording';
import style from './call.module.css';

/** What is asked of the server, and its sentence; a server takes up to 22 s for its answer (measured). */
const REQUESTS = { start_recording: 'recording.askingStart', stop_recording: 'recording.askingStop', ask_for_recording: 'recording.asking' } as const;

function isRequest(name: string): name is keyof typeof REQUESTS {
  return name in REQUESTS;
}

/**
 * As long as the room is recorded, at every width; also while a request about it runs. One thing at a time: there is little room. That
 * it begins and ends is told by the window's own voice.
 */
export function RecordingNotice() {
  const { t } = useTranslation('together');
  const recording = useRecording();
  const asking = useMeeting((state) => state.together.pending.find(isRequest));
  const key = recordingKey(recording);
  return (
    <span className={style.recordingPlace}>
      <span role="status" className={style.recordingPlace}>
        {key === null && asking !== undefined && (
          <span className={style.recording} data-testid="recording-pending">
            {t(REQUESTS[asking])}
          </span>
        )}
      </span>
      {key !== null && (
        <span className={style.recording} data-live={recording.live || undefined} data-testid="recording" data-phase={recording.phase}>
          {t(asking === 'stop_recording' && recording.live ? REQUESTS[asking] : `recording.${key}`)}
        </span>
      )}
    </span>
  );
}
