import type { IssueCode } from '../engine/contract';
import type { Tone } from '../parts/Check';

/** Keys of `issues:facts`. */
export type FactKey =
  | 'computer'
  | 'noNetwork'
  | 'nameKnown'
  | 'nameUnknown'
  | 'serverAnswers'
  | 'serverSilent'
  | 'serverStopped'
  | 'certificate'
  | 'proxyAsks'
  | 'proxyRefuses'
  | 'proxySilent'
  | 'encryption'
  | 'hangsUp'
  | 'nonsense'
  | 'invitation'
  | 'room'
  | 'full'
  | 'version'
  | 'realTime'
  | 'media';

export type Fact = [Tone, FactKey];

const COMPUTER: Fact = ['ok', 'computer'];
const NAME: Fact = ['ok', 'nameKnown'];
const SERVER: Fact = ['ok', 'serverAnswers'];

/**
 * What a code proves: how far we came, and where it stopped. Nothing is listed that the code does not
 * imply; a code that proves nothing about the way has no entry.
 */
export const FACTS: Partial<Record<IssueCode, Fact[]>> = {
  'VIS-NET-OFF-01': [['danger', 'noNetwork']],
  'VIS-NET-DNS-03': [['danger', 'nameUnknown']],
  'VIS-NET-PROXY-04': [COMPUTER, ['danger', 'proxyAsks']],
  'VIS-NET-PROXY-05': [COMPUTER, ['danger', 'proxyRefuses']],
  'VIS-NET-TLS-06': [COMPUTER, NAME, ['danger', 'certificate']],
  'VIS-NET-PROXY-14': [['danger', 'proxySilent']],
  'VIS-NET-TLS-15': [COMPUTER, NAME, ['danger', 'encryption']],
  'VIS-SRV-TIMEOUT-08': [NAME, ['danger', 'serverSilent']],
  'VIS-SRV-REFUSED-11': [NAME, ['danger', 'serverStopped']],
  'VIS-SRV-CLOSED-12': [COMPUTER, SERVER, ['danger', 'hangsUp']],
  'VIS-SRV-NONSENSE-13': [COMPUTER, NAME, ['danger', 'nonsense']],
  'VIS-NET-WS-10': [COMPUTER, NAME, ['danger', 'realTime']],
  'VIS-NET-MEDIA-20': [COMPUTER, SERVER, ['danger', 'media']],
  'VIS-JOIN-NOROOM-30': [COMPUTER, SERVER, ['danger', 'room']],
  'VIS-JOIN-TOKEN-38': [COMPUTER, SERVER, ['danger', 'invitation']],
  'VIS-JOIN-FULL-33': [COMPUTER, SERVER, ['danger', 'full']],
  'VIS-JOIN-VERSION-36': [COMPUTER, SERVER, ['danger', 'version']],
};
