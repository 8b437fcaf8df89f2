import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { useMeeting, useSend } from '../engine/context';
import type { RecordingMode } from '../engine/contract';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import { useUi, useUiStore } from '../ui-state';
import { useRecording, useRecordingRight } from './recording';
import style from './together.module.css';
import { useRequest } from './useRequest';

const MODES: readonly (readonly [RecordingMode, 'modeScreen' | 'modeTranscript'])[] = [
  ['screen', 'modeScreen'],
  ['transcript', 'modeTranscript'],
];

/** What the dialog is for. */
type Purpose = 'start' | 'stop' | 'ask';

const TITLES = { start: 'recording.menuStart', stop: 'recording.stopTitle', ask: 'recording.menuAsk' } as const;

/** What it would be for now; `null`: nothing. */
function usePurpose(): Purpose | null {
  const right = useRecordingRight();
  const { live } = useRecording();
  return right === 'start' && live ? 'stop' : right;
}

/** Start, stop, or ask for it: one dialog, because a recording concerns everybody. */
export function RecordingDialog() {
  const open = useUi((state) => state.dialog?.kind === 'recording');
  return open ? <Opened /> : null;
}

/** It stays what it was opened for: a question that turns into its opposite under the hand is answered wrongly. */
function Opened() {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const announce = useAnnounce();
  const purpose = usePurpose();
  const [meant] = useState(purpose);
  const mayAsk = useMeeting(({ room: { capabilities } }) => capabilities.ask_recording && !capabilities.record);
  const [sent, setSent] = useState(false);
  const { mode } = useRecording();
  const close = () => ui.setState({ dialog: null });
  // Whoever could start it may come back; and the answer to what was sent is read by whoever asked.
  const nobody = meant === 'ask' && mayAsk && purpose === null;
  const kept = nobody || (meant === 'ask' && sent);
  const over = meant === null || (purpose !== meant && !kept);
  // Somebody else was faster, or the right is gone; where it comes back, nobody asks anew.
  const why = purpose === 'stop' ? 'recording.closedStarted' : purpose === 'start' && meant === 'stop' ? 'recording.closedStopped' : 'recording.closedRight';
  useEffect(() => {
    if (!over) return;
    if (meant !== null) announce({ kind: 'recording-question', text: t(why), politeness: 'assertive' });
    ui.setState({ dialog: null });
  }, [over]);
  if (over || meant === null) return null;
  return (
    <Dialog title={t(TITLES[meant])} isOpen onOpenChange={(next) => !next && close()}>
      {meant === 'stop' ? <Stop mode={mode} close={close} /> : meant === 'start' ? <Start close={close} /> : <Ask nobody={nobody} onSend={() => setSent(true)} close={close} />}
    </Dialog>
  );
}

function Start({ close }: { close: () => void }) {
  const { t } = useTranslation('together');
  const send = useSend();
  const host = useMeeting((state) => (state.phase.kind === 'in_meeting' ? state.phase.link.host : ''));
  const asked = useMeeting((state) => state.issues.find((issue) => issue.code === 'VIS-REC-ASK-65')?.params['mode']);
  const [mode, setMode] = useState<RecordingMode>(asked === 'transcript' ? 'transcript' : 'screen');
  return (
    <div className={style.recordingText}>
      <Modes mode={mode} onMode={setMode} />
      <p>{t('recording.startWarns', { host })}</p>
      <div className={style.dialogKeys}>
        <Button look="secondary" onPress={close}>
          {t('cancel')}
        </Button>
        <Button
          look="primary"
          onPress={() => {
            send({ kind: 'start_recording', mode });
            if (asked !== undefined) send({ kind: 'dismiss', code: 'VIS-REC-ASK-65' });
            close();
          }}
          data-testid="start-recording"
        >
          {t('recording.start')}
        </Button>
      </div>
    </div>
  );
}

function Stop({ mode, close }: { mode: RecordingMode; close: () => void }) {
  const { t } = useTranslation('together');
  const send = useSend();
  return (
    <div className={style.recordingText}>
      <p>
        {t(mode === 'transcript' ? 'recording.noticeTranscript' : 'recording.noticeScreen')} {t('recording.stopText')}
      </p>
      <div className={style.dialogKeys}>
        <Button look="secondary" onPress={close}>
          {t('cancel')}
        </Button>
        <Button
          look="primary"
          onPress={() => {
            send({ kind: 'stop_recording' });
            close();
          }}
          data-testid="stop-recording"
        >
          {t('recording.stop')}
        </Button>
      </div>
    </div>
  );
}

interface AskProps {
  /** Nobody who could start it is here. */
  nobody: boolean;
  onSend: () => void;
  close: () => void;
}

function Ask({ nobody, onSend, close }: AskProps) {
  const { t } = useTranslation('together');
  const [mode, setMode] = useState<RecordingMode>('screen');
  const request = useRequest('ask_for_recording');
  const words = { idle: null, sending: 'recording.asking', done: 'recording.asked', refused: 'recording.askFailed' } as const;
  const asks = request.state === 'sending' || request.state === 'done';
  const outcome = nobody && !asks ? 'recording.askNobody' : words[request.state];
  return (
    <div className={style.recordingText}>
      <p>{t('recording.askText')}</p>
      <Modes mode={mode} onMode={setMode} />
      <p role="status" className={style.outcome} data-bad={request.state === 'refused' || undefined}>
        {outcome !== null && t(outcome)}
      </p>
      <div className={style.dialogKeys}>
        <Button look="secondary" onPress={close}>
          {t(request.state === 'done' ? 'recording.understood' : 'cancel')}
        </Button>
        {request.state !== 'done' && (
          <Button
            look="primary"
            isDisabled={request.state === 'sending'}
            busy={nobody}
            onPress={() => {
              onSend();
              request.send({ kind: 'ask_for_recording', mode });
            }}
            data-testid="ask-for-recording"
          >
            {t('recording.ask')}
          </Button>
        )}
      </div>
    </div>
  );
}

function Modes({ mode, onMode }: { mode: RecordingMode; onMode: (mode: RecordingMode) => void }) {
  const { t } = useTranslation('together');
  const name = useId();
  return (
    <fieldset className={style.modes}>
      <legend>{t('recording.what')}</legend>
      {MODES.map(([value, key]) => (
        <label key={value} className={style.mode}>
          <input type="radio" name={name} value={value} checked={mode === value} onChange={() => onMode(value)} />
          {t(`recording.${key}`)}
        </label>
      ))}
    </fieldset>
  );
}
