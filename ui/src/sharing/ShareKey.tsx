import { MonitorUp, ScreenShareOff } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import style from '../call/call.module.css';
import { useSharing } from './useSharing';

/**
 * Opens the choice of what to share; while something is shared, it is the key that stops it.
 *
 * Its word changes, so nothing is pressed (interface specification §4.4: never both). It stays the same key: the focus is on it still.
 */
export function ShareKey() {
  const { t } = useTranslation('sharing');
  const { active, toggle } = useSharing();
  return (
    <Button className={style.key ?? ''} data-fill="" onPress={toggle} data-testid="toggle-share" {...(active && { 'data-stop': '', 'aria-label': t('menuStop') })}>
      {active ? <ScreenShareOff aria-hidden="true" /> : <MonitorUp aria-hidden="true" />}
      {t(active ? 'stop' : 'key')}
    </Button>
  );
}
