import { useTranslation } from 'react-i18next';
import { useEngine } from '../engine/context';
import type { PageId } from './place';

/** Shows the settings in their window; `null`: at the page where they are. */
export function useOpenSettings(): (page: PageId | null) => void {
  const { t } = useTranslation('settings');
  const engine = useEngine();
  return (page) => void engine.openSettings(page, t('window')).catch(() => undefined);
}
