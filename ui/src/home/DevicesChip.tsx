import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useMeeting } from '../engine/context';
import type { DeviceKind, Snapshot } from '../engine/contract';
import { classes } from '../parts/classes';
import parts from '../parts/parts.module.css';
import style from './home.module.css';

/** What a meeting would lack, the worst first; `all`: nothing; `null`: nobody knows yet. Pure. */
export function readinessOf({ devices, issues }: Pick<Snapshot, 'devices' | 'issues'>): 'all' | 'microphoneForbidden' | 'noMicrophone' | 'noCamera' | null {
  if (!devices.known) return null;
  const has = (kind: DeviceKind) => devices.list.some((device) => device.kind === kind);
  if (issues.some((issue) => issue.code === 'VIS-MIC-PERM-51')) return 'microphoneForbidden';
  return !has('microphone') ? 'noMicrophone' : !has('camera') ? 'noCamera' : 'all';
}

/** That microphone and camera are there, or which of them is not. */
export function DevicesChip() {
  const { t } = useTranslation('devices');
  const ready = useMeeting(readinessOf);
  if (ready === null) return null;
  return (
    <span className={classes(parts.chip, style.ready)} data-tone={ready === 'all' ? 'ok' : 'warn'} data-testid="ready">
      {ready === 'all' ? <CircleCheck aria-hidden="true" /> : <TriangleAlert aria-hidden="true" />}
      <span>{t(`ready.${ready}`)}</span>
    </span>
  );
}
