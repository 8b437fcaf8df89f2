import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';

/** Shows the network doctor in its window. */
export function useOpenDoctor(): () => void {
  const { t } = useTranslation('doctor');
  const engine = useEngine();
  return () => void engine.openDoctor(t('window')).catch(() => undefined);
}
