import { Link as LinkIcon } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { togglePanel, useUi, useUiStore } from '../ui-state';
import style from './call.module.css';

/** There is something to tell of the meeting, or to set. */
export function useMeetingPanel(): boolean {
  return useMeeting((state) => state.together.invitation !== null || state.room.capabilities.moderate);
}

/** Opens what there is to invite with. */
export function InviteKey() {
  const { t } = useTranslation('together');
  const ui = useUiStore();
  const open = useUi((state) => state.panels.includes('meeting'));
  const useful = useMeetingPanel();
  if (!useful) return null;
  return (
    <Button
      className={style.stageKey ?? ''}
      aria-expanded={open}
      onPress={() => togglePanel(ui, 'meeting')}
      data-testid="toggle-meeting"
      data-opener="meeting"
      data-narrow-icon=""
      aria-label={t('invite')}
    >
      <LinkIcon aria-hidden="true" />
      <span className={style.wideLabel}>{t('invite')}</span>
    </Button>
  );
}
