import { Volume2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { BackgroundField } from '../background/BackgroundField';
import { useMeeting, useSend } from '../engine/context';
import type { DeviceKind } from '../engine/contract';
import { USUAL } from '../engine/store';
import { Button } from '../parts/Button';
import { DeviceSelect } from '../parts/DeviceSelect';
import { useIsOff, useRule } from '../policy/rules';
import { Level } from '../prejoin/Level';
import { Trial } from '../prejoin/Trial';
import { SettingChoice, SettingSwitch } from './fields';
import { type Locked, Row, useSaid } from './Row';
import { useSettings } from './useSettings';

export function AudioPage() {
  return (
    <>
      <Device kind="microphone" />
      <OwnLevel />
      <Trial />
      <Device kind="loudspeaker" />
      <TestSound />
      <SettingChoice id="noise" field="noise" words={['off', 'moderate', 'high']} />
      <SettingSwitch id="gain" field="gain" />
      <SettingSwitch id="microphoneFirst" field="microphone_off_first" advice="DefaultMicMuted" locked={useLockedSwitch('DefaultMicMuted')} />
      <SettingSwitch id="lockMutes" field="mute_on_lock" />
    </>
  );
}

export function VideoPage() {
  const { t } = useTranslation('policy');
  const off = useIsOff('DisableCamera');
  const first = useLockedSwitch('DefaultCameraOff');
  return (
    <>
      <Device kind="camera" locked={off ? { rule: 'DisableCamera', value: t('cameraOff'), forbids: true } : undefined} />
      <BackgroundRow />
      <SettingSwitch id="mirror" field="mirror" />
      <SettingChoice id="turn" field="turn" words={['none', 'right', 'half', 'left']} />
      <SettingSwitch id="brighten" field="brighten" />
      <SettingSwitch id="cameraFirst" field="camera_off_first" advice="DefaultCameraOff" locked={first} />
    </>
  );
}

function BackgroundRow() {
  const { settings, change } = useSettings();
  return (
    <Row id="background" own={settings.background !== USUAL.background} onReset={() => change({ background: USUAL.background })}>
      <SaidBackground />
    </Row>
  );
}

function SaidBackground() {
  return <BackgroundField said={useSaid()} />;
}

/** What the organisation says of a switch, where it does. */
export function useLockedSwitch(rule: string): Locked | undefined {
  const { t } = useTranslation('policy');
  const value = useRule(rule)?.value;
  return value === undefined ? undefined : { rule, value: t(value === 'true' ? 'on' : 'off') };
}

function Device({ kind, locked }: { kind: DeviceKind; locked?: Locked | undefined }) {
  const send = useSend();
  const choice = useMeeting((state) => state.me[kind].kind);
  const reset = () => send({ kind: `choose_${kind}`, choice: { kind: 'system' } });
  return (
    <Row id={kind} own={choice !== 'system'} onReset={reset} locked={locked}>
      <Select kind={kind} />
    </Row>
  );
}

function Select({ kind }: { kind: DeviceKind }) {
  return <DeviceSelect kind={kind} said={useSaid()} />;
}

/** Devices are open from the last look before a meeting on: before, there is nothing to hear. */
function useDevicesOpen(): boolean {
  return useMeeting(({ phase: { kind } }) => kind === 'pre_join' || kind === 'joining' || kind === 'lobby' || kind === 'in_meeting');
}

function OwnLevel() {
  return useDevicesOpen() ? <Level /> : null;
}

function TestSound() {
  const { t } = useTranslation('settings');
  const send = useSend();
  return (
    <div>
      <Button look="secondary" size="small" onPress={() => send({ kind: 'test_loudspeaker' })} data-testid="test-sound">
        <Volume2 aria-hidden="true" />
        {t('testSound')}
      </Button>
    </div>
  );
}
