import { Check as CheckIcon, Circle, TriangleAlert, X } from 'lucide-react';
import style from './parts.module.css';

export type Tone = 'ok' | 'warn' | 'danger' | 'wait';

const ICONS = { ok: CheckIcon, warn: TriangleAlert, danger: X, wait: Circle };

/** The disc before a checked fact; the words beside it say the same. */
export function Check({ tone }: { tone: Tone }) {
  const Icon = ICONS[tone];
  return (
    <span className={style.check} data-tone={tone}>
      <Icon aria-hidden="true" />
    </span>
  );
}
