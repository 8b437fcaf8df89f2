import { Link as LinkIcon } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import { hasMeetingPanel, usePanelDoors, usePanelShown } from '../panels/shown';
import style from './call.module.css';

/** Opens what there is to invite with. */
export function InviteKey() {
  const { t } = useTranslation('together');
  const doors = usePanelDoors();
  const open = usePanelShown('meeting');
  const useful = useMeeting(hasMeetingPanel);
  if (!useful) return null;
  return (
    <Button
      className={style.stageKey ?? ''}
      aria-expanded={open}
      onPress={() => doors.toggle('meeting')}
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
