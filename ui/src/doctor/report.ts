import type { DoctorMeasure, DoctorRow, DoctorView } from '../engine/contract';
import type { ShellInfo } from '../engine/engine';

/** What a help desk needs: the model's own words, as `visavis doctor` prints them. No name and no address of a person. Pure. */
export function doctorReport(view: DoctorView, shell: ShellInfo): string {
  const head = [`server: ${view.host}`, `result: ${view.verdict ?? ''}`, `code: ${view.code ?? ''}`, `version: ${shell.version}`, `platform: ${shell.platform}`];
  const at = view.ended_at === null ? [] : [`at: ${new Date(view.ended_at).toISOString()}`];
  return [...head, ...at, '', ...view.rows.map(line)].join('\n');
}

function line(row: DoctorRow): string {
  const params = Object.entries(row.params).map(([key, value]) => `${key} ${value}`);
  const measured = row.measure === null ? [] : [figure(row.measure)];
  return `${row.step}: ${[row.state, row.finding ?? '', ...params, ...measured].filter((part) => part !== '').join(', ')}`;
}

function figure(measure: DoctorMeasure): string {
  switch (measure.kind) {
    case 'milliseconds':
      return `${measure.value} ms`;
    case 'bits_per_second':
      return `${Math.round(measure.value / 1000)} kbit/s`;
    case 'tls':
      return `TLS ${measure.value}`;
  }
}
