import { useTranslation } from 'react-i18next';
import { DoctorKey } from '../doctor/DoctorKey';
import { useMeeting } from '../engine/context';
import { type Locked, Row } from './Row';
import type { RowId } from './rows';
import style from './settings.module.css';

/** What the network is used like: for each, the keys that say otherwise than usual. */
const FACTS: readonly [Extract<RowId, 'proxy' | 'certificates' | 'paths' | 'ports' | 'hosts' | 'bitrate'>, readonly string[]][] = [
  ['proxy', ['ProxyMode', 'ProxyServer', 'NoProxy']],
  ['certificates', ['UseSystemTrustStore', 'ExtraRootCAs']],
  ['paths', ['IceTransportPolicy']],
  ['ports', ['UdpPortRange']],
  ['hosts', ['AllowedServers']],
  ['bitrate', ['MaxVideoBitrateKbps']],
];

/** To read: the network is the organisation's, or the system's. */
export function NetworkPage() {
  const { t } = useTranslation('settings');
  return (
    <>
      <p>{t('networkIntro')}</p>
      <div>
        <DoctorKey look="secondary" />
      </div>
      {FACTS.map(([id, keys]) => (
        <Fact key={id} id={id} keys={keys} />
      ))}
    </>
  );
}

function Fact({ id, keys }: { id: (typeof FACTS)[number][0]; keys: readonly string[] }) {
  const { t } = useTranslation(['settings', 'policy']);
  const rules = useMeeting((state) => state.policy.rules);
  const held = rules.filter((rule) => keys.includes(rule.key) && rule.mandatory && rule.in_force);
  const first = held[0];
  const word = (value: string) => (value === 'true' ? t('policy:on') : value === 'false' ? t('policy:off') : value);
  const value = held.map((rule) => (held.length === 1 ? word(rule.value) : t('policy:begins', { what: t(`policy:key.${rule.key}` as 'policy:key.ProxyMode'), value: word(rule.value) }))).join(' · ');
  const locked: Locked | undefined = first === undefined ? undefined : { rule: first.key, value };
  return (
    <Row id={id} locked={locked} wide={held.length > 1}>
      <span className={style.fact} data-testid={`fact-${id}`}>
        {t(`settings:fact.${id}`)}
      </span>
    </Row>
  );
}
