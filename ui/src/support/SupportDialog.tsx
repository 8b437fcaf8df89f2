import { useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import { Button } from '../parts/Button';
import { Dialog } from '../parts/overlays';
import together from '../together/together.module.css';
import { useUi, useUiStore } from '../ui-state';
import style from './support.module.css';

type Outcome = 'saved' | 'notSaved' | null;

/** The report for those who help: read first, then saved where the person says. Nothing is sent. */
export function SupportDialog() {
  const { t } = useTranslation('support');
  const ui = useUiStore();
  const open = useUi((state) => state.dialog?.kind === 'support');
  if (!open) return null;
  const close = () => ui.setState({ dialog: null });
  return (
    <Dialog title={t('title')} isOpen onOpenChange={(next) => !next && close()}>
      <Report close={close} />
    </Dialog>
  );
}

function Report({ close }: { close: () => void }) {
  const { t } = useTranslation('support');
  const engine = useEngine();
  const id = useId();
  const [text, setText] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>(null);

  useEffect(() => {
    let here = true;
    engine.supportText().then(
      (report) => here && setText(report),
      () => here && setFailed(true),
    );
    return () => {
      here = false;
    };
  }, [engine]);

  const save = () => {
    setOutcome(null);
    engine.saveText(t('file'), text ?? '').then(
      (done) => done && setOutcome('saved'),
      () => setOutcome('notSaved'),
    );
  };
  return (
    <div className={together.recordingText}>
      <p>{t('text')}</p>
      <h3 id={id} className="unseen">
        {t('preview')}
      </h3>
      {/* Read with the keyboard too, so it takes the focus. */}
      <pre className={style.preview} tabIndex={0} role="region" aria-labelledby={id} data-testid="support-text">
        {text ?? t(failed ? 'failed' : 'reading')}
      </pre>
      <p role="status" className={together.outcome} data-bad={outcome === 'notSaved' || undefined}>
        {outcome !== null && t(outcome)}
      </p>
      <div className={together.dialogKeys}>
        <Button look="secondary" onPress={close} data-testid="close-support">
          {t('close')}
        </Button>
        <Button look="primary" isDisabled={text === null} onPress={save} data-testid="save-support">
          {t('save')}
        </Button>
      </div>
    </div>
  );
}
