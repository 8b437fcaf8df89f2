import type { PolicyView, RuleView, Snapshot } from '../contract';
import { EMPTY_SNAPSHOT } from '../store';
import { server } from './accounts';
import { base, call, LINK, NINE, preJoin, type Scenario } from './world';

const FILE = '/etc/visavis/policies/managed/50-visavis.json';

function rule(key: string, value: string, over: Partial<RuleView> = {}): RuleView {
  return { key, value, source: FILE, mandatory: true, in_force: true, known: true, error: null, ...over };
}

/** An organisation with a word on most things, and one that nobody understands. */
export const MANAGED: PolicyView = {
  organisation: 'Exemple Agglomération, DSI',
  rules: [
    rule('OrganisationName', 'Exemple Agglomération, DSI'),
    rule('ServerURL', 'https://visio.agglo.example'),
    rule('LockServer', 'true'),
    rule('Language', 'fr', { mandatory: false, source: '/etc/visavis/policies/recommended/a.json' }),
    rule('DisplayName', 'Salle Renoir'),
    rule('DefaultMicMuted', 'true'),
    rule('DisableCamera', 'true'),
    rule('DisableChat', 'true'),
    rule('DisableRecording', 'oui', { value: '', in_force: false, error: 'must be true or false, is a text' }),
    rule('ForceE2EE', 'true', { known: false, in_force: false, error: 'is reserved for a later version: without effect yet' }),
  ],
  problems: ['/etc/visavis/policies/managed/60-old.json: is UTF-16: save it as UTF-8'],
  brand: EMPTY_SNAPSHOT.policy.brand,
};

/** A wide mark of one's own: two bars on nothing. */
const MARK =
  'data:image/svg+xml,%3Csvg xmlns="http://www.w3.org/2000/svg" width="160" height="32"%3E%3Crect x="2" y="8" width="110" height="16" rx="8" fill="%23a4262c"/%3E%3Crect x="118" y="8" width="40" height="16" rx="8" fill="%23c98a8d"/%3E%3C/svg%3E';

const managed = (start: Snapshot): (() => Scenario) => () => ({
  start: { ...start, me: { ...start.me, name: 'Salle Renoir', camera_on: false, preview: { kind: 'off' } }, policy: MANAGED },
  turns: 0,
});

/** A computer that an organisation manages. */
export const POLICY: Record<string, () => Scenario> = {
  'home-managed': managed({
    ...base(),
    phase: { kind: 'home' },
    home: {
      ...EMPTY_SNAPSHOT.home,
      servers: [server(LINK.host, { managed: true })],
      rooms: [
        { name: 'Accueil du public', link: 'https://visio.agglo.example/acc-ueil-pub', icon: null },
        { name: 'Permanence numérique', link: 'https://visio.agglo.example/per-mane-num', icon: null },
      ],
    },
  }),
  'home-branded': () => {
    const start: Snapshot = { ...base(), phase: { kind: 'home' } };
    const brand = { name: 'Visio de l’Agglo', mark: MARK, accent: '#a4262c', accent_dark: '#f0a9ac' };
    return { start: { ...start, home: { ...start.home, servers: [server(LINK.host, { managed: true })] }, policy: { ...MANAGED, brand } }, turns: 0 };
  },
  'prejoin-managed': managed(preJoin()),
  'call-managed': () => {
    const start = call(NINE.slice(0, 3), 'Point d’équipe numérique', 5);
    const capabilities = { ...start.room.capabilities, chat: false, publish_camera: false };
    return { start: { ...start, room: { ...start.room, capabilities }, policy: MANAGED }, turns: 0 };
  },
};
