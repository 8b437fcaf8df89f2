import { useTranslation } from 'react-i18next';
import { Dialog } from '../parts/overlays';
import parts from '../parts/parts.module.css';
import style from '../together/together.module.css';
import { useUi, useUiStore } from '../ui-state';
import { BackgroundField } from './BackgroundField';

/** In the meeting: the own picture on the stage shows at once what was chosen. */
export function BackgroundDialog() {
  const { t } = useTranslation('background');
  const ui = useUiStore();
  const open = useUi((state) => state.dialog?.kind === 'background');
  return (
    <Dialog title={t('title')} isOpen={open} onOpenChange={(isOpen) => !isOpen && ui.setState({ dialog: null })}>
      <div className={style.recordingText}>
        <p className={parts.hint}>{t('hint')}</p>
        <BackgroundField />
      </div>
    </Dialog>
  );
}
