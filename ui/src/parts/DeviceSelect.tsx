import { Mic, Video, Volume2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useDeviceChoice } from '../devices';
import type { DeviceKind } from '../engine/contract';
import { Choice, type Said } from './Choice';

const ICONS = { microphone: Mic, loudspeaker: Volume2, camera: Video };

/** The list of one kind of device, with the system's choice on top. `said`: it has its words elsewhere. */
export function DeviceSelect({ kind, said }: { kind: DeviceKind; said?: Said }) {
  const { t } = useTranslation('devices');
  const { options, selected, choose } = useDeviceChoice(kind);
  return (
    <Choice
      {...(said ?? { label: t(`kind.${kind}`) })}
      options={options}
      selected={selected}
      onChoose={choose}
      icon={ICONS[kind]}
      empty={t(`none.${kind}`)}
      data-testid={`select-${kind}`}
    />
  );
}
