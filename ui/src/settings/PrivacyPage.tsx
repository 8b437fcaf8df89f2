import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from '../engine/context';
import { Ask } from '../home/Ask';
import { Button } from '../parts/Button';
import { useIsOff, useRule } from '../policy/rules';
import { useUiStore } from '../ui-state';
import { SettingSwitch } from './fields';
import { FileKeys } from './FileKeys';
import { Group } from './Group';
import { ResetKey } from './ResetKey';
import { Row } from './Row';
import style from './settings.module.css';

export function PrivacyPage() {
  const { t } = useTranslation(['settings', 'policy']);
  const off = useIsOff('DisableRecentMeetings');
  const nowhere = useRule('SecretStore')?.value === 'none';
  return (
    <>
      <SettingSwitch id="recent" field="keep_recent" locked={off ? { rule: 'DisableRecentMeetings', value: t('policy:off') } : undefined} />
      <ClearRecent />
      <Row id="sessions" locked={nowhere ? { rule: 'SecretStore', value: t('settings:fact.sessionsNowhere') } : undefined}>
        <span className={style.fact}>{t('settings:fact.sessions')}</span>
      </Row>
      <Row id="telemetry" plain wide />
      <Row id="support" plain>
        <SupportKey />
      </Row>
      <Group title={t('settings:group.file')}>
        <Row id="file" plain>
          <FileKeys />
        </Row>
        <Row id="reset" plain>
          <ResetKey />
        </Row>
      </Group>
    </>
  );
}

/** Opens the report for those who help. */
export function SupportKey() {
  const { t } = useTranslation('support');
  const ui = useUiStore();
  return (
    <Button look="secondary" onPress={() => ui.setState({ dialog: { kind: 'support' } })} data-testid="settings-support">
      {t('menu')}
    </Button>
  );
}

function ClearRecent() {
  const { t } = useTranslation('settings');
  const send = useSend();
  const count = useMeeting((state) => state.home.recent.length);
  const [asked, setAsked] = useState(false);
  const clear = () => {
    setAsked(false);
    send({ kind: 'forget_recent' });
  };
  return (
    <Row id="clearRecent" plain hint={t('recentCount', { count })}>
      {asked ? (
        <Ask question={t('clearAsk')} yes={t('clear')} onYes={clear} onNo={() => setAsked(false)} />
      ) : (
        <Button look="secondary" isDisabled={count === 0} onPress={() => setAsked(true)} data-testid="settings-clear-recent">
          {t('clear')}
        </Button>
      )}
    </Row>
  );
}
