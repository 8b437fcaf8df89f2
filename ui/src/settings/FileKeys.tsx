import { Download, Upload } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useEngine, useMeetingStore } from '../engine/context';
import type { Settings } from '../engine/contract';
import { Ask } from '../home/Ask';
import { Button } from '../parts/Button';
import { exportText, importText } from './exchange';
import style from './settings.module.css';

type Outcome = 'exported' | 'notExported' | 'imported' | 'notRead' | 'noSettings';

/** The settings as a file, and back. */
export function FileKeys() {
  const { t } = useTranslation('settings');
  const engine = useEngine();
  const store = useMeetingStore();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [read, setRead] = useState<Settings | null>(null);
  const save = () => {
    setOutcome(null);
    engine.saveText(t('fileName'), exportText(store.getState().settings), 'json').then(
      (done) => done && setOutcome('exported'),
      () => setOutcome('notExported'),
    );
  };
  const open = () => {
    setOutcome(null);
    engine.openText().then(
      (text) => {
        if (text === null) return;
        const settings = importText(text, store.getState().settings);
        if (settings === null) setOutcome('noSettings');
        else setRead(settings);
      },
      () => setOutcome('notRead'),
    );
  };
  const take = (settings: Settings) => {
    setRead(null);
    engine.command({ kind: 'keep_settings', settings }).then(
      () => setOutcome('imported'),
      () => setOutcome('noSettings'),
    );
  };
  return (
    <div className={style.keys}>
      <Button look="secondary" onPress={save} data-testid="export">
        <Download aria-hidden="true" />
        {t('export')}
      </Button>
      <Button look="secondary" onPress={open} data-testid="import">
        <Upload aria-hidden="true" />
        {t('import')}
      </Button>
      {read !== null && <Ask question={t('importAsk')} yes={t('importYes')} onYes={() => take(read)} onNo={() => setRead(null)} />}
      <p role="status" className={style.outcome} data-bad={(outcome !== null && outcome !== 'exported' && outcome !== 'imported') || undefined} data-testid="file-outcome">
        {outcome !== null && t(`outcome.${outcome}`)}
      </p>
    </div>
  );
}
