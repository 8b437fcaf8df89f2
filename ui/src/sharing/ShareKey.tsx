import { MonitorUp } from 'lucide-react';
import { ToggleButton } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import style from '../call/call.module.css';
import { useSharing } from './useSharing';

/** Opens the choice of what to share; pressed while something is shared, it stops. */
export function ShareKey() {
  const { t } = useTranslation('sharing');
  const { active, toggle } = useSharing();
  return (
    <ToggleButton className={style.key ?? ''} data-fill="" isSelected={active} onChange={toggle} data-testid="toggle-share">
      <MonitorUp aria-hidden="true" />
      {t('key')}
    </ToggleButton>
  );
}
