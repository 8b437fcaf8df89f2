import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BackgroundDialog } from '../background/BackgroundDialog';
import { useMeeting, useSend } from '../engine/context';
import type { ParticipantView } from '../engine/contract';
import { PersonCard } from '../panels/PersonCard';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import parts from '../parts/parts.module.css';
import { SharePicker } from '../sharing/SharePicker';
import { RecordingDialog } from '../together/RecordingDialog';
import style from '../together/together.module.css';
import { useUi, useUiStore } from '../ui-state';

/** Longest name that servers take. */
const LONGEST = 120;

/** The few things that are asked in a modal dialog. */
export function CallDialogs() {
  return (
    <>
      <RecordingDialog />
      <SharePicker />
      <PersonDialog />
      <PersonCard />
      <BackgroundDialog />
    </>
  );
}

function PersonDialog() {
  const { t } = useTranslation('panels');
  const ui = useUiStore();
  const dialog = useUi((state) => (state.dialog?.kind === 'rename' || state.dialog?.kind === 'remove' ? state.dialog : null));
  const someone = useMeeting((state) => (dialog === null ? undefined : state.participants[dialog.participant]));
  const may = useMeeting((state) => state.room.capabilities.moderate);
  const close = () => ui.setState({ dialog: null });
  // Whoever has gone meanwhile needs no removing; and where they come back, nobody asks anew.
  const over = dialog !== null && (someone === undefined || !may);
  useEffect(() => {
    if (over) ui.setState({ dialog: null });
  }, [over, ui]);
  if (dialog === null || someone === undefined || !may) return null;
  const title = t(dialog.kind === 'remove' ? 'removeTitle' : 'renameTitle', { name: someone.name });
  return (
    <Dialog title={title} isOpen onOpenChange={(open) => !open && close()}>
      {dialog.kind === 'remove' ? <Remove someone={someone} close={close} /> : <Rename key={someone.id} someone={someone} close={close} />}
    </Dialog>
  );
}

interface Props {
  someone: ParticipantView;
  close: () => void;
}

function Remove({ someone, close }: Props) {
  const { t } = useTranslation('panels');
  const send = useSend();
  return (
    <div className={style.recordingText}>
      <p>{t('removeText')}</p>
      <div className={style.dialogKeys}>
        <Button look="secondary" onPress={close} autoFocus>
          {t('cancel')}
        </Button>
        <Button
          look="danger"
          onPress={() => {
            send({ kind: 'remove_participant', participant: someone.id });
            close();
          }}
          data-testid="confirm-remove"
        >
          {t('removeYes')}
        </Button>
      </div>
    </div>
  );
}

function Rename({ someone, close }: Props) {
  const { t } = useTranslation('panels');
  const send = useSend();
  const id = useId();
  const [name, setName] = useState(someone.name);
  const may = name.trim() !== '';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!may) return;
    if (name.trim() !== someone.name) send({ kind: 'rename_participant', participant: someone.id, name: name.trim() });
    close();
  };
  return (
    <form className={style.recordingText} onSubmit={submit}>
      <div className={parts.field}>
        <label className={parts.label} htmlFor={id}>
          {t('newName')}
        </label>
        <input
          id={id}
          className={parts.input}
          value={name}
          maxLength={LONGEST}
          autoComplete="off"
          spellCheck={false}
          // The dialog was opened to type here.
          autoFocus
          aria-describedby={`${id}-help`}
          onChange={(event) => setName(event.target.value)}
        />
        <p id={`${id}-help`} className={parts.hint}>
          {t('renameHelp')}
        </p>
      </div>
      <div className={style.dialogKeys}>
        <Button look="secondary" onPress={close}>
          {t('cancel')}
        </Button>
        <Button look="primary" type="submit" isDisabled={!may} data-testid="confirm-rename">
          {t('save')}
        </Button>
      </div>
    </form>
  );
}
