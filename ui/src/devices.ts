import { useTranslation } from 'react-i18next';
import { useMeeting, useSend } from './engine/context';
import type { CameraChoice, Command, DeviceChoice, DeviceKind, DeviceView, MicrophoneChoice } from './engine/contract';

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
