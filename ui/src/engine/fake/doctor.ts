import type { DoctorAdvice, DoctorRow, DoctorView } from '../contract';
import { base, call, FAKE_NOW, type Scenario } from './world';

const ms = (value: number): DoctorRow['measure'] => ({ kind: 'milliseconds', value });

function row(step: DoctorRow['step'], state: DoctorRow['state'], finding: DoctorRow['finding'], params: DoctorRow['params'] = {}, measure: DoctorRow['measure'] = null): DoctorRow {
  return { step, state, finding, params, measure };
}

const PROXY = row('proxy', 'good', 'proxy_used', { proxy: 'proxy.agglo.example' }, ms(31));
const DIRECT = row('proxy', 'good', 'proxy_none');
const NAME = row('name', 'good', 'name_found', { count: '2' }, ms(12));
const CERTIFICATE = row('certificate', 'good', 'certificate_trusted', {}, { kind: 'tls', value: '1.3' });
const SERVER = row('server', 'good', 'server_answers', {}, ms(84));
const CLOCK = row('clock', 'good', 'clock_right');
const SIGNALLING = row('signalling', 'good', 'signalling_answers', {}, ms(46));
const OUTSIDE = (['media', 'round_trip', 'bandwidth'] as const).map((step) => row(step, 'unknown', 'no_meeting'));
const act = (who: DoctorAdvice['who'], remedy: DoctorAdvice['remedy']): DoctorAdvice => ({ who, remedy, host: 'visio.agglo.example' });
const unknown = (...steps: DoctorRow['step'][]) => steps.map((step) => row(step, 'unknown', null));

function found(doctor: Partial<DoctorView>, inMeeting = false): () => Scenario {
  return () => {
    const start = inMeeting ? call([], 'Comité de pilotage', 12) : { ...base(), phase: { kind: 'home' } as const };
    return { start: { ...start, doctor: { host: 'visio.agglo.example', running: false, ended_at: FAKE_NOW, verdict: null, code: null, rows: [], advice: [], ...doctor } }, turns: 0 };
  };
}

/** What the network doctor may find. */
export const DOCTOR: Record<string, () => Scenario> = {
  'doctor-good': found(
    {
      verdict: 'good',
      rows: [DIRECT, NAME, CERTIFICATE, SERVER, CLOCK, SIGNALLING, row('media', 'good', 'media_udp'), row('round_trip', 'good', 'round_trip_measured', { loss: '0' }, ms(22)), row('bandwidth', 'good', 'bandwidth_measured', {}, { kind: 'bits_per_second', value: 6_400_000 })],
    },
    true,
  ),
  'doctor-detour': found(
    {
      verdict: 'detour',
      code: 'VIS-NET-UDP-21',
      advice: [act('network', 'udp'), act('you', 'nothing')],
      rows: [PROXY, row('name', 'unknown', 'name_by_proxy'), CERTIFICATE, SERVER, CLOCK, SIGNALLING, row('media', 'warning', 'media_relay'), row('round_trip', 'warning', 'round_trip_measured', { loss: '12' }, ms(278)), row('bandwidth', 'warning', 'bandwidth_measured', {}, { kind: 'bits_per_second', value: 740_000 })],
    },
    true,
  ),
  'doctor-poor': found(
    {
      verdict: 'poor',
      code: 'VIS-NET-POOR-22',
      advice: [act('you', 'cable')],
      rows: [DIRECT, NAME, CERTIFICATE, SERVER, CLOCK, SIGNALLING, row('media', 'good', 'media_udp'), row('round_trip', 'bad', 'round_trip_measured', { loss: '83' }, ms(612)), row('bandwidth', 'bad', 'bandwidth_measured', {}, { kind: 'bits_per_second', value: 180_000 })],
    },
    true,
  ),
  'doctor-reachable': found({ verdict: 'reachable', code: 'VIS-NET-CLOCK-07', advice: [act('you', 'clock')], rows: [DIRECT, NAME, CERTIFICATE, SERVER, row('clock', 'warning', 'clock_wrong', { minutes: '180' }), SIGNALLING, ...OUTSIDE] }),
  'doctor-certificate': found({
    verdict: 'blocked',
    code: 'VIS-NET-TLS-06',
    advice: [act('network', 'authority')],
    rows: [DIRECT, NAME, row('certificate', 'bad', 'certificate_untrusted', { cause: 'unknown' }), ...unknown('server', 'clock', 'signalling'), ...OUTSIDE],
  }),
  'doctor-proxy': found({ verdict: 'blocked', code: 'VIS-NET-PROXY-05', advice: [act('network', 'allow_host')], rows: [row('proxy', 'bad', 'proxy_refuses', { status: '403' }), row('name', 'unknown', 'name_by_proxy'), ...unknown('certificate', 'server', 'clock', 'signalling'), ...OUTSIDE] }),
  'doctor-running': found({
    running: true,
    ended_at: null,
    rows: [DIRECT, NAME, CERTIFICATE, row('server', 'running', null), ...(['clock', 'signalling', 'media', 'round_trip', 'bandwidth'] as const).map((step) => row(step, 'waiting', null))],
  }),
  'doctor-stopped': found({ verdict: 'stopped', rows: [DIRECT, NAME, ...unknown('certificate', 'server', 'clock', 'signalling', 'media', 'round_trip', 'bandwidth')] }),
  'doctor-nobody': found({ host: '', ended_at: null }),
};
