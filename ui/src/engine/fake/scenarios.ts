import type { IssueAction, IssueCode, PublicationView, Snapshot } from '../contract';
import { EMPTY_SNAPSHOT } from '../store';
import { ACCOUNTS } from './accounts';
import { DOCTOR } from './doctor';
import { CALENDARS, shifted } from './calendars';
import { CROWD } from './crowd';
import { POLICY } from './policy';
import { SHARING } from './sharing';
import { TOGETHER } from './together';
import { AMADOU, base, call, DEVICES, FAKE_NOW, issue, JULIEN, LINK, MESSAGES, NINE, people, preJoin, type Scenario, SOFIA } from './world';

export { ALL_CAPABILITIES, FAKE_NOW, issue, person, type Scenario } from './world';

const TABLE: Record<string, () => Scenario> = {
  home: () => ({ start: { ...base(), phase: { kind: 'home' } }, turns: 0 }),
  'home-first': () => {
    const start: Snapshot = { ...base(), phase: { kind: 'home' } };
    return { start: { ...start, home: { ...start.home, recent: [], calendar: EMPTY_SNAPSHOT.home.calendar } }, turns: 0 };
  },
  'home-first-no-camera': () => {
    const { start, turns } = scenario('home-first');
    return { start: { ...start, devices: { ...start.devices, list: start.devices.list.filter(({ kind }) => kind !== 'camera') } }, turns };
  },
  'home-unknown': () => ({
    start: {
      ...base(),
      phase: { kind: 'home' },
      issues: [issue('VIS-JOIN-LINK-39', 'check_link', { cause: 'no_link' })],
    },
    turns: 0,
  }),
  'home-other-page': () => ({
    start: {
      ...base(),
      phase: { kind: 'home' },
      issues: [
        issue('VIS-JOIN-LINK-39', 'open_elsewhere', {
          cause: 'other_page',
          host: 'moodle.univ.test',
          url: 'https://moodle.univ.test/mod/forum/view.php?id=1234',
        }),
      ],
    },
    turns: 0,
  }),
  prejoin: () => ({
    start: { ...preJoin(), participants: people([JULIEN, SOFIA, AMADOU]) },
    turns: 0,
  }),
  'prejoin-mic-blocked': () => {
    const start = preJoin();
    return {
      start: {
        ...start,
        participants: people([JULIEN, SOFIA, AMADOU]),
        me: { ...start.me, voice: 'no_sound' },
        issues: [issue('VIS-MIC-PERM-51', 'open_system_settings')],
      },
      turns: 0,
    };
  },
  'prejoin-no-camera': () => {
    const start = preJoin();
    return {
      start: {
        ...start,
        me: { ...start.me, preview: { kind: 'failed', code: 'VIS-CAM-NONE-55' }, voice: 'faint' },
        devices: { list: DEVICES.filter((device) => device.kind !== 'camera'), known: true },
        issues: [issue('VIS-CAM-NONE-55', 'choose_device')],
      },
      turns: 0,
    };
  },
  'prejoin-large': () => {
    const start = preJoin();
    return { start: { ...start, me: { ...start.me, microphone_on: false, voice: 'say_something' }, issues: [issue('VIS-MIC-LARGE-72', 'turn_on_microphone')] }, turns: 0 };
  },
  joining: () => ({ start: { ...base(), phase: { kind: 'joining', link: LINK, step: 1 } }, turns: 0 }),
  lobby: () => ({
    start: { ...base(), phase: { kind: 'lobby', link: LINK, lobby: { sign_in_opens: true, throttled_seconds: null, lost: false } } },
    turns: 0,
  }),
  'lobby-throttled': () => ({
    start: { ...base(), phase: { kind: 'lobby', link: LINK, lobby: { sign_in_opens: false, throttled_seconds: 42, lost: false } } },
    turns: 0,
  }),
  'call-1': () => {
    const start = call([], 'Point d’équipe numérique', 1);
    return { start: { ...start, me: { ...start.me, hearing: 'alone', seeing: 'alone' } }, turns: 0 };
  },
  'call-2': () => ({ start: call([{ ...SOFIA, speaking: true }], 'Entretien annuel', 3), turns: 0 }),
  'call-9': () => {
    const start = call(NINE, 'Point d’équipe numérique', 24);
    return { start: { ...start, room: { ...start.room, recording: true }, messages: MESSAGES }, turns: 0 };
  },
  'call-live': () => ({ start: call(NINE, 'Point d’équipe numérique', 24), turns: 3 }),
  'call-30': () => ({
    start: call(
      Array.from({ length: 29 }, (_, at) => {
        const model = NINE[at % NINE.length] ?? SOFIA;
        return at < NINE.length ? model : { id: `p${at}`, name: `${model.name} ${at}`, muted: at % 2 === 0 };
      }),
      'Assemblée des services',
      7,
    ),
    turns: 0,
  }),
  'call-share': () => sharing(JULIEN.id),
  'call-shares': () => sharing(SOFIA.id, JULIEN.id),
  'call-share-both': () => {
    const { start, turns } = sharing(JULIEN.id);
    return { start: { ...start, sharing: scenario('call-sharing').start.sharing }, turns };
  },
  'call-muted': () => {
    const start = call(NINE.slice(0, 3), 'Point d’équipe numérique', 5);
    return {
      start: {
        ...start,
        me: { ...start.me, microphone_on: false, hearing: 'off' },
        issues: [issue('VIS-CALL-MUTED-45', 'none'), issue('VIS-NET-UDP-21', 'none')],
      },
      turns: 0,
    };
  },
  reconnecting: () => {
    const start = call([SOFIA, JULIEN, AMADOU], 'Point d’équipe numérique', 24);
    return {
      start: {
        ...start,
        phase: { kind: 'in_meeting', link: LINK, reconnecting_for: 16 },
        me: { ...start.me, hearing: 'lost', seeing: 'lost', quality: 'lost' },
        issues: [issue('VIS-CALL-RESUME-43', 'none', { seconds: '16' })],
      },
      turns: 0,
    };
  },
  ...CROWD,
  ...SHARING,
  ...TOGETHER,
  ...ACCOUNTS,
  ...DOCTOR,
  ...POLICY,
  ...CALENDARS,
  'ended-alone': () => ({ start: { ...base(), phase: { kind: 'ended', reason: 'alone', seconds: 2520 } }, turns: 0 }),
  ended: () => ({ start: { ...base(), phase: { kind: 'ended', reason: 'left', seconds: 2520 } }, turns: 0 }),
  'ended-removed': () => ({
    start: { ...base(), phase: { kind: 'ended', reason: 'removed', seconds: 300 } },
    turns: 0,
  }),
  'ended-other-device': () => ({
    start: { ...base(), phase: { kind: 'ended', reason: 'other_device', seconds: 300 } },
    turns: 0,
  }),
};

/** Names that a URL can ask for, besides `error-<code>`. */
export const SCENARIOS = Object.keys(TABLE);

/**
 * The scenario of that name, as if it were `now`; an unknown name is home.
 * `error-vis-srv-timeout-08` fails with that code.
 */
export function scenario(name: string, now = FAKE_NOW): Scenario {
  const code = /^error-(.+)$/.exec(name)?.[1]?.toUpperCase();
  if (code !== undefined) {
    const failed = issue(code as IssueCode, FAILED_ACTIONS[code] ?? 'retry', { host: LINK.host, ...FAILED_PARAMS[code] });
    return { start: { ...base(), phase: { kind: 'failed', issue: failed, link: LINK } }, turns: 0 };
  }
  const found = TABLE[name]?.() ?? { start: base(), turns: 0 };
  const { room } = found.start;
  const joined = room.joined_at === null ? null : room.joined_at + now - FAKE_NOW;
  return { ...found, start: { ...found.start, room: { ...room, joined_at: joined }, home: shifted(found.start.home, now - FAKE_NOW) } };
}

const FAILED_PARAMS: Record<string, Record<string, string>> = {
  'VIS-NET-PROXY-04': { proxy: 'proxy.agglo.example:3128' },
  'VIS-NET-PROXY-05': { status: '403' },
  'VIS-SRV-MOVED-16': { from: 'visio.ancien.example' },
};

const FAILED_ACTIONS: Record<string, IssueAction> = {
  'VIS-NET-TLS-06': 'copy_report',
  'VIS-NET-PROXY-04': 'sign_in_at_proxy',
  'VIS-NET-PROXY-05': 'copy_report',
  'VIS-NET-PROXY-14': 'copy_report',
  'VIS-NET-TLS-15': 'copy_report',
  'VIS-SRV-NONSENSE-13': 'check_link',
  'VIS-JOIN-TOKEN-38': 'check_link',
  'VIS-JOIN-NOROOM-30': 'check_link',
  'VIS-JOIN-DENIED-31': 'go_home',
  'VIS-JOIN-LOGIN-34': 'sign_in',
  'VIS-JOIN-SERVER-19': 'add_server',
  'VIS-JOIN-POLICY-37': 'see_rule',
  'VIS-CALL-LOST-42': 'rejoin',
  'VIS-INT-FAIL-90': 'copy_report',
};

/** A meeting of six in which these people share their screens. */
function sharing(...ids: string[]): Scenario {
  const start = call(NINE.slice(0, 5), 'Point d’équipe numérique', 24);
  const participants = { ...start.participants };
  for (const id of ids) {
    const someone = participants[id];
    if (someone === undefined) continue;
    const screen: PublicationView = {
      track: `${id}-screen`,
      source: 'screen_share',
      muted: false,
      paused: false,
      showing: true,
      stopped: false,
      codec: 'vp8',
      size: { width: 1920, height: 1080 },
      full: { width: 1920, height: 1080 },
    };
    participants[id] = { ...someone, publications: [...someone.publications, screen] };
  }
  return { start: { ...start, participants }, turns: 0 };
}
