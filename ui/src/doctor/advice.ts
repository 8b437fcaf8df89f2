import type { DoctorView, IssueCode } from '../engine/contract';

export type Who = 'you' | 'network' | 'server';
export type AdviceKey =
  | 'connect' | 'address' | 'resolve' | 'signInProxy' | 'allowHost' | 'proxyReach' | 'proxyBasic' | 'authority' | 'renew' | 'encryption'
  | 'clock' | 'serverUp' | 'link' | 'websocket' | 'udp' | 'nothing' | 'cable' | 'policy';

/** What somebody can do. */
export interface Advice {
  who: Who;
  key: AdviceKey;
}

const BY_CODE: Partial<Record<IssueCode, readonly [Who, AdviceKey][]>> = {
  'VIS-NET-OFF-01': [['you', 'connect']],
  'VIS-NET-DNS-03': [['you', 'address'], ['network', 'resolve']],
  'VIS-NET-PROXY-04': [['you', 'signInProxy']],
  'VIS-NET-PROXY-05': [['network', 'allowHost']],
  'VIS-NET-PROXY-14': [['network', 'proxyReach']],
  'VIS-NET-TLS-06': [['server', 'renew']],
  'VIS-NET-TLS-15': [['server', 'encryption']],
  'VIS-NET-CLOCK-07': [['you', 'clock']],
  'VIS-SRV-TIMEOUT-08': [['server', 'serverUp']],
  'VIS-SRV-DOWN-09': [['server', 'serverUp']],
  'VIS-SRV-REFUSED-11': [['you', 'address'], ['server', 'serverUp']],
  'VIS-SRV-CLOSED-12': [['server', 'serverUp']],
  'VIS-SRV-NONSENSE-13': [['you', 'link']],
  'VIS-NET-WS-10': [['network', 'websocket']],
  'VIS-NET-MEDIA-20': [['network', 'udp']],
  'VIS-NET-UDP-21': [['network', 'udp'], ['you', 'nothing']],
  'VIS-NET-POOR-22': [['you', 'cable']],
  'VIS-JOIN-POLICY-37': [['you', 'policy']],
};

/** Who can do what, by the cause that was found. Pure. */
export function adviceOf(view: DoctorView): Advice[] {
  if (view.code === null || view.running) return [];
  const of = (finding: string) => view.rows.find((row) => row.finding === finding && row.state === 'bad');
  const untrusted = of('certificate_untrusted');
  const cause = untrusted?.params['cause'];
  // Nobody here knows who has signed it: an authority of the house, as behind a proxy that looks into TLS, or none at all.
  if (view.code === 'VIS-NET-TLS-06' && (cause === undefined || cause === 'unknown')) return [{ who: 'network', key: 'authority' }];
  if (view.code === 'VIS-NET-TLS-06' && (cause === 'expired' || cause === 'not_yet_valid')) return [{ who: 'you', key: 'clock' }, { who: 'server', key: 'renew' }];
  if (view.code === 'VIS-NET-PROXY-04' && of('proxy_asks_otherwise') !== undefined) return [{ who: 'network', key: 'proxyBasic' }];
  return (BY_CODE[view.code] ?? []).map(([who, key]) => ({ who, key }));
}
