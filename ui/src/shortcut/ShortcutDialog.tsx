import { type FormEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import type { ShortcutFailure, ShortcutPlace } from '../engine/engine';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import parts from '../parts/parts.module.css';
import style from '../together/together.module.css';
import { useUi, useUiStore } from '../ui-state';

const LONGEST = 80;
const FAILURES: readonly string[] = ['failed', 'no_place', 'no_opener', 'secret', 'no_room'] satisfies ShortcutFailure[];

/** Puts a meeting on the desktop: a real shortcut of the system. */
export function ShortcutDialog() {
  const { t } = useTranslation('shortcut');
  const ui = useUiStore();
  const dialog = useUi((state) => (state.dialog?.kind === 'shortcut' ? state.dialog : null));
  if (dialog === null) return null;
  const close = () => ui.setState({ dialog: null });
  return (
    <Dialog title={t('title')} isOpen onOpenChange={(open) => !open && close()}>
      <Form link={dialog.link} room={dialog.name} close={close} />
    </Dialog>
  );
}

function Form({ link, room, close }: { link: string; room: string; close: () => void }) {
  const { t } = useTranslation('shortcut');
  const engine = useEngine();
  const id = useId();
  const [name, setName] = useState(room);
  const [direct, setDirect] = useState(false);
  const [microphoneOff, setMicrophoneOff] = useState(false);
  const [cameraOff, setCameraOff] = useState(false);
  const [desktop, setDesktop] = useState(true);
  const [menu, setMenu] = useState(false);
  const [made, setMade] = useState<readonly ShortcutPlace[]>([]);
  const [failure, setFailure] = useState<ShortcutFailure | null>(null);
  // Elsewhere a shortcut is a link, which cannot say how one comes in.
  const says = engine.shell.platform === 'linux';

  const make = (event: FormEvent) => {
    event.preventDefault();
    setFailure(null);
    engine.createShortcut({ name, link, direct, microphoneOff, cameraOff, desktop, menu }).then(setMade, (reason: unknown) => {
      setFailure(FAILURES.includes(reason as string) ? (reason as ShortcutFailure) : 'failed');
    });
  };
  const outcome = made.length > 1 ? 'done_both' : made[0] === 'menu' ? 'done_menu' : 'done_desktop';
  const done = made.length > 0;
  return (
    <form className={style.recordingText} onSubmit={make}>
      <div className={parts.field}>
        <label className={parts.label} htmlFor={id}>
          {t('name')}
        </label>
        <input
          id={id}
          className={parts.input}
          value={name}
          maxLength={LONGEST}
          onChange={(event) => setName(event.target.value)}
          aria-describedby={`${id}-help`}
          data-testid="shortcut-name"
          autoFocus
        />
        <p id={`${id}-help`} className={parts.hint}>
          {t('nameHelp', { link })}
        </p>
      </div>
      {says && (
        <fieldset className={style.modes}>
          <legend>{t('opening')}</legend>
          <Choice type="radio" name={`${id}-entry`} checked={!direct} onChange={() => setDirect(false)} text={t('look')} />
          <Choice type="radio" name={`${id}-entry`} checked={direct} onChange={() => setDirect(true)} text={t('direct')} id="direct" />
          <Choice type="checkbox" checked={microphoneOff} onChange={setMicrophoneOff} text={t('microphone')} id="microphone-off" />
          <Choice type="checkbox" checked={cameraOff} onChange={setCameraOff} text={t('camera')} />
        </fieldset>
      )}
      <fieldset className={style.modes}>
        <legend>{t('where')}</legend>
        <Choice type="checkbox" checked={desktop} onChange={setDesktop} text={t('desktop')} />
        <Choice type="checkbox" checked={menu} onChange={setMenu} text={t('menu')} id="menu" />
      </fieldset>
      <p role="status" className={style.outcome} data-bad={failure !== null || undefined} data-testid="shortcut-outcome">
        {failure !== null ? t(`failed.${failure}`) : done && t(outcome)}
      </p>
      <div className={style.dialogKeys}>
        <Button look="secondary" onPress={close}>
          {t(done ? 'close' : 'cancel')}
        </Button>
        {!done && (
          <Button look="primary" type="submit" isDisabled={!desktop && !menu} data-testid="make-shortcut">
            {t('make')}
          </Button>
        )}
      </div>
    </form>
  );
}

interface ChoiceProps {
  type: 'radio' | 'checkbox';
  name?: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
  text: string;
  /** For tests. */
  id?: string;
}

function Choice({ type, name, checked, onChange, text, id }: ChoiceProps) {
  return (
    <label className={style.mode}>
      <input type={type} {...(name === undefined ? {} : { name })} checked={checked} onChange={(event) => onChange(event.target.checked)} {...(id === undefined ? {} : { 'data-testid': `shortcut-${id}` })} />
      {text}
    </label>
  );
}
