import { click, later, more, press, selector, shown, then, type } from './acts.mjs';
import { CALLS, CALLS_LATEST, CALLS_SINCE } from './screens-call.mjs';

/**
 * A screen in a state. `of`: the chapter of the interface specification; `query`: what the fake engine is to be (`src/engine/fake/index.ts`); `act`: what is done before the picture; `place`: which window of ours.
 *
 * `sizes`: it is looked at in these alone. `alike`: it differs from its neighbours by its words alone. An id begins with the number of the mock-up that it is to be laid beside, where there is one.
 */
function screen(of, id, query, act = null, place = '') {
  return { of, id, query, act, place };
}

const error = (code, more = '') => screen('4.8', `13-error-${code.toLowerCase().slice(4)}`, `scenario=error-${code.toLowerCase()}${more}`);
const settings = (id, scenario, page, act = null) => screen('4.6', `09-settings-${id}`, `scenario=${scenario}`, act, `#settings/${page}`);

/** Everything that ends or hinders an entry, by its code (§7). */
const ERRORS = [
  'VIS-NET-OFF-01', 'VIS-NET-DNS-03', 'VIS-NET-PROXY-04', 'VIS-NET-PROXY-05', 'VIS-NET-PROXY-14', 'VIS-NET-TLS-06', 'VIS-NET-TLS-15', 'VIS-SRV-TIMEOUT-08', 'VIS-SRV-DOWN-09', 'VIS-NET-WS-10', 'VIS-SRV-REFUSED-11',
  'VIS-SRV-CLOSED-12', 'VIS-SRV-NONSENSE-13', 'VIS-SRV-MOVED-16', 'VIS-NET-MEDIA-20', 'VIS-JOIN-NOROOM-30', 'VIS-JOIN-DENIED-31', 'VIS-JOIN-EXPIRED-32', 'VIS-JOIN-FULL-33', 'VIS-JOIN-LOGIN-34', 'VIS-JOIN-SESSION-35',
  'VIS-JOIN-VERSION-36', 'VIS-JOIN-POLICY-37', 'VIS-JOIN-TOKEN-38', 'VIS-JOIN-BUSY-18', 'VIS-JOIN-SERVER-19', 'VIS-CALL-KICK-40', 'VIS-CALL-DUP-41', 'VIS-CALL-LOST-42', 'VIS-INT-FAIL-90',
];

/** What may be said on the last look, beside the preview: code and action. */
const NOTES = [
  ['camera-busy', 'VIS-CAM-BUSY-57:retry'], ['camera-permission', 'VIS-CAM-PERM-56:open_system_settings'], ['microphone-none', 'VIS-MIC-NONE-50:choose_device'], ['microphone-busy', 'VIS-MIC-BUSY-54:retry'],
  ['os-muted', 'VIS-MIC-OSMUTE-52:unmute'], ['silent', 'VIS-MIC-SILENT-53:choose_device'], ['telephone', 'VIS-MIC-PHONE-76:use_device'], ['loudspeaker-none', 'VIS-OUT-NONE-58:choose_device'],
];

const HOME = [
  screen('4.1', '01-home', 'scenario=home-calendar'),
  screen('4.1', '01-home-two', 'scenario=home-calendar-two', click('calendar-week')),
  screen('4.1', '01-home-plain', 'scenario=home'),
  screen('4.1', '01-home-later', 'scenario=home-calendar-later'),
  screen('4.1', '01-home-free', 'scenario=home-calendar-free'),
  screen('4.1', '01-home-reading', 'scenario=home-calendar-reading'),
  screen('4.1', '01-home-agenda-failed', 'scenario=home-calendar-failed'),
  screen('4.1', '01-home-agenda-password', 'scenario=home-calendar-password'),
  screen('4.1', '01-home-agenda-connect', 'scenario=home-calendar-free', click('calendar', 'calendar-other')),
  screen('4.1', '01-home-agenda-connected', 'scenario=home-calendar-later', click('calendar')),
  screen('4.1', '01-home-recent', 'scenario=home-recent'),
  screen('4.1', '01-home-unknown', 'scenario=home-unknown'),
  screen('4.1', '01-home-recognised', 'scenario=home', type('link-field', 'wss://visio.agglo.example/?room=archives')),
  screen('4.1', '01-home-foreign', 'scenario=home', type('link-field', 'https://teams.microsoft.com/meet/3456789012345')),
  screen('4.1', '01-home-elsewhere', 'scenario=home', then(type('link-field', 'https://teams.microsoft.com/meet/3456789012345'), press('Enter'), shown('elsewhere'))),
  screen('4.1', '01-home-server-unknown', 'scenario=home-server-unknown'),
  screen('4.1', '01-home-accounts', 'scenario=home-accounts'),
  screen('4.1', '01-home-many-rooms', 'scenario=home-many-rooms'),
  screen('4.1', '01-home-rooms-unread', 'scenario=home-rooms-unread'),
  screen('4.1', '01-home-signed-out', 'scenario=home-signed-out'),
  screen('4.1', '01-home-signing-in', 'scenario=home-signing-in'),
  screen('4.1', '01-home-sign-in-failed', 'scenario=home-sign-in-failed'),
  screen('4.1', '01-home-new-meeting', 'scenario=home-accounts', click('new-meeting')),
  screen('4.1', '01-home-new-meeting-guest', 'scenario=home-signed-out', click('new-meeting')),
  screen('4.1', '01-home-managed', 'scenario=home-managed'),
  screen('8', '01-home-branded', 'scenario=home-branded'),
  screen('4.6', '01-home-rules', 'scenario=home-managed', click('managed')),
  screen('3', '01-home-shortcuts', 'scenario=home', press('F1')),
  screen('4.9', '14-first', 'scenario=home-first&first'),
  screen('4.9', '14-shortcut', 'scenario=home-recent&dialog=shortcut'),
  screen('7', '01-home-support', 'scenario=home&dialog=support', shown('support-text')),
];

const BEFORE = [
  screen('4.2', '02-prejoin', 'scenario=prejoin'),
  screen('4.2', '02-prejoin-trial', 'scenario=prejoin&me.trial=done'),
  screen('4.2', '02-prejoin-no-camera', 'scenario=prejoin-no-camera'),
  screen('4.2', '02-prejoin-off', 'scenario=prejoin&me.microphone_on=false&me.camera_on=false&me.preview=off'),
  screen('4.2', '02-prejoin-large', 'scenario=prejoin-large'),
  screen('4.2', '02-prejoin-managed', 'scenario=prejoin-managed'),
  screen('4.2', '02-prejoin-signed-out', 'scenario=prejoin-signed-out'),
  screen('4.2', '02-prejoin-new-device', 'scenario=prejoin&issue=VIS-DEV-NEW-75:use_device:name=Casque Jabra,microphone=in,loudspeaker=out'),
  screen('4.2', '16-prejoin-mic-blocked', 'scenario=prejoin-mic-blocked&platform=windows'),
  ...NOTES.map(([id, issue], at) => ({ ...screen('4.2', `02-prejoin-${id}`, `scenario=prejoin&issue=${issue}`), alike: at % 3 !== 0 })),
  screen('4.2', '03-joining', 'scenario=joining'),
  screen('4.3', '03-lobby', 'scenario=lobby'),
  screen('4.3', '03-lobby-throttled', 'scenario=lobby-throttled'),
  screen('4.3', '03-lobby-lost', 'scenario=lobby-lost'),
];

const AFTER = [
  screen('4.4', '18-ended', 'scenario=ended'),
  screen('4.4', '18-ended-alone', 'scenario=ended-alone'),
  screen('4.4', '18-ended-removed', 'scenario=ended-removed'),
  screen('4.4', '18-ended-other-device', 'scenario=ended-other-device'),
  screen('4.8', '13-error-no-room-create', 'scenario=no-room-create'),
  ...ERRORS.map((code, at) => ({ ...error(code), alike: at % 6 !== 3 })),
  screen('4.8', '13-error-proxy-sign-in', 'scenario=error-vis-net-proxy-04', click('issue-action')),
];

const SETTINGS = [
  settings('audio', 'prejoin', 'audio'),
  settings('video', 'home', 'video'),
  settings('video-managed', 'home-managed', 'video'),
  settings('appearance', 'home', 'appearance'),
  settings('appearance-managed', 'home-managed', 'appearance'),
  settings('accessibility', 'home', 'accessibility'),
  settings('accessibility-list', 'home', 'accessibility', selector('[data-setting="text"] button')),
  settings('shortcuts', 'home', 'shortcuts'),
  settings('shortcuts-conflict', 'home', 'shortcuts', then(selector('[data-testid="shortcut-chat"] [data-testid="keys-change"]'), press('Control+d'))),
  settings('notices', 'home', 'notices'),
  settings('accounts', 'home-accounts', 'accounts'),
  settings('managed', 'home-managed', 'accounts'),
  settings('network', 'home', 'network'),
  settings('network-managed', 'home-managed', 'network'),
  settings('privacy', 'home-recent', 'privacy'),
  settings('about', 'home', 'about'),
  settings('search', 'home', 'audio', type('settings-search', 'nom')),
  settings('search-nothing', 'home', 'audio', type('settings-search', 'xyzzy')),
];

const doctor = (id, scenario, alike = false) => ({ ...screen('4.7', `10-network-doctor-${id}`, `scenario=${scenario}`, null, '#doctor'), alike });
const DOCTOR = [
  doctor('detour', 'doctor-detour'), doctor('good', 'doctor-good', true), doctor('poor', 'doctor-poor', true), doctor('reachable', 'doctor-reachable', true), doctor('certificate', 'doctor-certificate'),
  doctor('proxy', 'doctor-proxy', true), doctor('running', 'doctor-running'), doctor('stopped', 'doctor-stopped', true), doctor('nobody', 'doctor-nobody'),
];

/** What came later: at the end, because a test takes the looks of each by its place in the list. */
const SINCE = [screen('4.3', '03-lobby-late', 'scenario=lobby', later(200)), ...CALLS_SINCE, screen('4.1', '01-home-other-page', 'scenario=home-other-page'), { ...screen('4.1', '01-home-tight', 'scenario=home'), sizes: ['tight150', 'tight200'], alike: true }, ...CALLS_LATEST];

/** At 150 and 200 % in a narrow window, where letters are half as wide again. */
const broad = (id, scenario, place = '') => ({ ...screen('4.6', id, `scenario=${scenario}&typeface=dyslexic`, null, place), sizes: ['tight150', 'tight200'], alike: true });
const BROAD = [
  broad('09-settings-tight-notices', 'home', '#settings/notices'), broad('09-settings-tight-network', 'home', '#settings/network'), broad('01-home-tight-broad', 'home'), broad('06-tight-share-broad', 'call-share'),
  { ...screen('4.9', '14-first-no-camera', 'scenario=home-first-no-camera&first'), alike: true },
];

/** All of them. */
export const SCREENS = [...HOME, ...BEFORE, ...CALLS, ...AFTER, ...SETTINGS, ...DOCTOR, ...SINCE, ...BROAD];
