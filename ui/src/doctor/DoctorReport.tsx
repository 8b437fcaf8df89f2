import { Copy, Download } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import type { DoctorView } from '../engine/contract';
import { copyText } from '../error/actions';
import { Button } from '../parts/Button';
import parts from '../parts/parts.module.css';
import { useOutcome } from '../parts/useOutcome';
import style from './doctor.module.css';
import { doctorReport } from './report';

/** What was found, for those who help: read, then copied or saved. Nothing is sent. */
export function DoctorReport({ view }: { view: DoctorView }) {
  const { t } = useTranslation('doctor');
  const engine = useEngine();
  const id = useId();
  const { outcome, turn, tell } = useOutcome<'copied' | 'copyFailed' | 'saved' | 'notSaved'>();
  const [open, setOpen] = useState(false);
  const text = doctorReport(view, engine.shell);
  const copy = () => {
    tell(null);
    void copyText(text).then((done) => tell(done ? 'copied' : 'copyFailed'));
  };
  const save = () => {
    tell(null);
    engine.saveText(t('report.file'), text).then(
      (done) => done && tell('saved'),
      () => tell('notSaved'),
    );
  };
  return (
    <section className={`${parts.card} ${style.card}`}>
      <h2 id={id}>{t('report.title')}</h2>
      <p>{t('report.text')}</p>
      <details className={style.preview} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t('report.preview')}</summary>
        {open && (
          <pre tabIndex={0} role="region" aria-labelledby={id} data-testid="doctor-report">
            {text}
          </pre>
        )}
      </details>
      <Button look="primary" wide onPress={copy} data-testid="doctor-copy">
        <Copy aria-hidden="true" />
        {t('report.copy')}
      </Button>
      <Button look="secondary" wide onPress={save} data-testid="doctor-save">
        <Download aria-hidden="true" />
        {t('report.save')}
      </Button>
      <p role="status" className={style.outcome}>
        {outcome !== null && <span key={turn}>{t(`report.${outcome}`)}</span>}
      </p>
      {view.code !== null && (
        <p className={style.code}>
          {t('code')} <span>{view.code}</span>
        </p>
      )}
    </section>
  );
}
