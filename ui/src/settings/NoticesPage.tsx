import { useTranslation } from 'react-i18next';
import type { Chimes, NoticeChoices } from '../engine/contract';
import { SwitchRow } from './fields';
import { Group } from './Group';
import type { RowId } from './rows';
import { useSettings } from './useSettings';

const NOTICES: readonly [RowId, keyof NoticeChoices][] = [
  ['noticeWaits', 'waits'],
  ['noticeEntry', 'entry'],
  ['noticeMessage', 'message'],
  ['noticeHand', 'hand'],
  ['noticeMuted', 'muted'],
  ['noticeEnd', 'end'],
  ['noticeRecording', 'recording'],
  ['noticeAlone', 'alone'],
  ['noticeSoon', 'soon'],
];
const CHIMES: readonly [RowId, keyof Chimes][] = [
  ['chimeEntering', 'entering'],
  ['chimeKnock', 'knock'],
  ['chimeArrival', 'arrival'],
  ['chimeHand', 'hand'],
  ['chimeMessage', 'message'],
];

export function NoticesPage() {
  const { t } = useTranslation('settings');
  const { settings, change } = useSettings();
  const { notices, chimes } = settings;
  return (
    <>
      <Group title={t('group.notices')}>
        {NOTICES.map(([id, field]) => (
          <SwitchRow key={id} id={id} on={notices[field]} onChange={(on) => change({ notices: { ...notices, [field]: on } })} />
        ))}
      </Group>
      <Group title={t('group.chimes')}>
        {CHIMES.map(([id, field]) => (
          <SwitchRow key={id} id={id} on={chimes[field]} onChange={(on) => change({ chimes: { ...chimes, [field]: on } })} />
        ))}
      </Group>
    </>
  );
}
