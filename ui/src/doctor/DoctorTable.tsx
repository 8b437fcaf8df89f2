import { useTranslation } from 'react-i18next';
import type { DoctorMeasure, DoctorRow, DoctorState } from '../engine/contract';
import { Check, type Tone } from '../parts/Check';
import style from './doctor.module.css';

const TONES: Record<DoctorState, Tone> = { good: 'ok', warning: 'warn', bad: 'danger', waiting: 'wait', running: 'wait', unknown: 'wait' };

/** The steps: each with its state in words, what was found, and its figure. */
export function DoctorTable({ rows }: { rows: readonly DoctorRow[] }) {
  const { t } = useTranslation('doctor');
  return (
    <table className={style.table}>
      <caption className="unseen">{t('title')}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="unseen">{t('column.state')}</span>
          </th>
          <th scope="col">{t('column.step')}</th>
          <th scope="col">{t('column.measure')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.step} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: DoctorRow }) {
  const { t } = useTranslation('doctor');
  const finding = useFinding(row);
  const measure = useMeasure(row.measure);
  return (
    <tr data-step={row.step} data-state={row.state} data-finding={row.finding ?? undefined}>
      <td>
        <Check tone={TONES[row.state]} />
        <span className="unseen">{t(`state.${row.state}`)}</span>
      </td>
      <th scope="row">
        {t(`step.${row.step}`)} <span>{finding}</span>
      </th>
      <td>{measure}</td>
    </tr>
  );
}

function useFinding(row: DoctorRow): string {
  const { t, i18n } = useTranslation('doctor');
  const { finding, params, state } = row;
  if (finding === null) return state === 'running' || state === 'waiting' || state === 'unknown' ? t(`state.${state}`) : '';
  switch (finding) {
    case 'clock_wrong':
      return t('finding.clock_wrong', { count: Number(params['minutes'] ?? 0) });
    case 'certificate_untrusted': {
      const cause = params['cause'];
      const known = cause === 'authority' || cause === 'expired' || cause === 'not_yet_valid' || cause === 'other_name' || cause === 'revoked' || cause === 'broken';
      return known ? t(`finding.certificate_untrusted_${cause}`) : t('finding.certificate_untrusted');
    }
    case 'bandwidth_measured':
      return state === 'bad' || state === 'warning' ? t(`finding.bandwidth_measured_${state}`) : t('finding.bandwidth_measured');
    case 'round_trip_measured': {
      const loss = Number(params['loss'] ?? 0) / 1000;
      return t('finding.round_trip_measured', { loss: new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 }).format(loss) });
    }
    case 'proxy_used':
      return t('finding.proxy_used', { proxy: params['proxy'] ?? '' });
    case 'proxy_refuses':
      return t('finding.proxy_refuses', { status: params['status'] ?? '' });
    default:
      return t(`finding.${finding}`);
  }
}

function useMeasure(measure: DoctorMeasure | null): string {
  const { t, i18n } = useTranslation('doctor');
  switch (measure?.kind) {
    case 'milliseconds':
      return t('measure.milliseconds', { value: new Intl.NumberFormat(i18n.language).format(measure.value) });
    case 'bits_per_second':
      return t('measure.rate', { value: new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(measure.value / 1_000_000) });
    case 'tls':
      return t('measure.tls', { version: measure.value });
    case undefined:
      return '';
  }
}
