import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from './engine/context';
import type { CameraChoice, Command, DeviceChoice, DeviceKind, DeviceView, Hearing, Issue, MicrophoneChoice, Snapshot } from './engine/contract';

/** One line of a device list. */
export interface DeviceOption {
  /** `system`, `device:<id>`, or the kind of a choice that no list holds. */
  key: string;
  name: string;
}

type Choice = MicrophoneChoice | CameraChoice | DeviceChoice;

/** The key under which a choice stands in the list. */
export function keyOf(choice: Choice): string {
  if (choice.kind !== 'device') return choice.kind;
  return `device:${'id' in choice ? choice.id : choice.value}`;
}

/** The command that makes the choice with this key. */
export function commandFor(kind: DeviceKind, key: string): Command {
  const device = key.startsWith('device:') ? key.slice('device:'.length) : null;
  switch (kind) {
    case 'loudspeaker':
      return { kind: 'choose_loudspeaker', choice: device === null ? { kind: 'system' } : { kind: 'device', id: device } };
    case 'microphone':
      return { kind: 'choose_microphone', choice: device === null ? { kind: 'system' } : { kind: 'device', value: device } };
    case 'camera':
      return { kind: 'choose_camera', choice: device === null ? { kind: 'system' } : { kind: 'device', value: device } };
  }
}

/** The device that is in use for a choice. */
export function deviceFor(devices: DeviceView[], kind: DeviceKind, choice: Choice): DeviceView | undefined {
  const all = devices.filter((device) => device.kind === kind);
  if (choice.kind === 'device') return all.find((device) => `device:${device.id}` === keyOf(choice));
  if (choice.kind !== 'system') return undefined;
  return all.find((device) => device.is_default) ?? all[0];
}

/** One comes in without a microphone; what else is amiss with it is said, and no more. */
const WITHOUT_MICROPHONE = ['VIS-MIC-NONE-50', 'VIS-MIC-PERM-51', 'VIS-MIC-BUSY-54', 'VIS-MIC-STOP-77'];
const MUTED_BY_SYSTEM = 'VIS-MIC-OSMUTE-52';
/** Nothing comes out of a microphone that is turned on. */
const SOUNDLESS: readonly Hearing[] = ['no_device', 'muted_by_system', 'forbidden'];

/** Why there is no microphone. Pure. */
export function missingMicrophone(issues: readonly Issue[]): Issue | undefined {
  // Another one is tried in vain: the one before is still there.
  return issues.find(({ code, params }) => WITHOUT_MICROPHONE.includes(code) && params['cause'] !== 'kept');
}

/** Whether whoever asks is told that the microphone is on: that it is turned on is not enough. Pure. */
export function isMicrophoneOn({ me, issues }: Pick<Snapshot, 'me' | 'issues'>): boolean {
  return me.microphone_on && !SOUNDLESS.includes(me.hearing) && missingMicrophone(issues) === undefined && !issues.some(({ code }) => code === MUTED_BY_SYSTEM);
}

/** What can be chosen of one kind, what is chosen, and how to choose. */
export function useDeviceChoice(kind: DeviceKind) {
  const { t } = useTranslation('devices');
  const devices = useMeeting((state) => state.devices);
  const choice = useMeeting((state): Choice => state.me[kind]);
  const send = useSend();
  const all = devices.list.filter((device) => device.kind === kind);
  const selected = keyOf(choice);
  const options: DeviceOption[] = all.map((device) => ({ key: `device:${device.id}`, name: device.name }));
  const fallback = deviceFor(devices.list, kind, { kind: 'system' });
  if (fallback !== undefined) options.unshift({ key: 'system', name: t('system', { name: fallback.name }) });
  if (!options.some((option) => option.key === selected)) {
    // A test source, a file, or a device that was unplugged: it is what is chosen, so it is shown.
    options.unshift({ key: selected, name: t(`source.${sourceName(choice)}`) });
  }
  return { options, selected, choose: (key: string) => key !== selected && send(commandFor(kind, key)) };
}

function sourceName(choice: Choice): 'synthetic' | 'file' | 'none' | 'gone' | 'system' {
  return choice.kind === 'device' ? 'gone' : choice.kind;
}
