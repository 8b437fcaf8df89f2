import { Settings } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '../parts/Button';
import { useShortcutText } from '../parts/useShortcutText';
import type { PageId } from './place';
import { useOpenSettings } from './useOpenSettings';

/** Opens the settings. */
export function SettingsKey({ page = null }: { page?: PageId | null }) {
  const { t } = useTranslation('settings');
  const open = useOpenSettings();
  const keys = useShortcutText()('settings');
  return (
    <Button icon size="small" aria-label={keys === '' ? t('open') : `${t('open')}, ${keys}`} onPress={() => open(page)} data-testid="settings">
      <Settings aria-hidden="true" />
    </Button>
  );
}
