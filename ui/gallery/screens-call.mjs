import { click, clickOr, focus, more, press, selector, then, type } from './acts.mjs';

function call(id, query, act = null, place = '') {
  return { of: '4.4', id, query: `scenario=${query}`, act, place };
}

const bar = (id, query) => ({ of: '4.5', id: `11-callbar${id}`, query: `scenario=${query}`, act: null, place: '#bar' });

/** What is said over the stage in a meeting, by its code and action. */
const BANNERS = [
  ['silent', 'VIS-MIC-SILENT-53:choose_device'], ['speaking-muted', 'VIS-MIC-MUTED-66:turn_on_microphone'], ['os-muted', 'VIS-MIC-OSMUTE-52:unmute'], ['locked', 'VIS-MIC-LOCK-74:turn_on_microphone'], ['loudspeaker-os-muted', 'VIS-OUT-OSMUTE-79:unmute'],
  ['poor', 'VIS-NET-POOR-22:none'], ['camera-stopped', 'VIS-CAM-STOP-59:retry'], ['camera-slow', 'VIS-CAM-SLOW-85:none'], ['microphone-stopped', 'VIS-MIC-STOP-77:retry'],
  ['device-moved', 'VIS-DEV-MOVED-78:none:cause=gone,name=Casque Jabra,now=loudspeaker,loudspeaker=Haut-parleurs intégrés'], ['rights', 'VIS-CALL-RIGHTS-46:none:sources=screen_share'], ['role', 'VIS-CALL-ROLE-48:none:role=administrator'], ['recording-limit', 'VIS-REC-LIMIT-64:none'],
  ['recording-off', 'VIS-REC-OFF-63:none:mode=screen'], ['share-closed', 'VIS-SHARE-CLOSED-61:share_else'], ['not-published', 'VIS-MED-PUBLISH-71:none'],
];

const STAGE = [
  call('04-call-1', 'call-1'),
  call('04-call-2', 'call-2'),
  call('04-call-2-corner', 'call-2&corner=topLeft'),
  call('04-call-2-corner-menu', 'call-2', press('F6', 'ArrowRight', 'Enter')),
  call('05-call-grid', 'call-9&layout=grid&read'),
  call('05-call-grid-focus', 'call-9&layout=grid&read', press('F6', 'ArrowRight', 'ArrowDown')),
  call('05-call-tile-menu', 'call-9&layout=grid&read', press('F6', 'Enter')),
  call('05-call-speaker', 'call-9&layout=speaker&read'),
  call('05-call-30', 'call-30'),
  call('05-call-pins', 'call-9&pinned=person:sofia,person:julien&read'),
  call('05-call-self-hidden', 'call-9&layout=grid&read&selfHidden'),
  call('05-call-muted', 'call-muted'),
  call('05-call-hand', 'call-hand&read'),
  call('05-call-managed', 'call-managed'),
  call('06-share-filmstrip', 'call-share'),
  call('06-share-zoomed', 'call-share', then(focus('[data-tile^="screen:"]'), press('1', '+', '+'))),
  call('06-shares', 'call-shares'),
  call('06-shares-one', 'call-shares', selector('[role="tab"]:nth-child(3)')),
  call('06-sharing', 'call-sharing'),
  call('06-share-picker', 'call-may-share', press('Control+Shift+S')),
  { of: '4.4', id: '06-share-window', query: 'scenario=call-share', act: null, place: '#share' },
  call('23-interpreter-grid', 'call-9&interpreter=sofia&layout=grid&read'),
  call('23-interpreter-speaker', 'call-9&interpreter=julien&layout=speaker&read'),
  call('23-interpreter-share', 'call-share&interpreter=sofia'),
  call('23-interpreter-panel', 'call-9&interpreter=sofia&panels=chat&read'),
  call('23-interpreter-pair', 'call-2&interpreter=sofia'),
  call('17-reconnecting', 'reconnecting&layout=grid'),
];

const PANELS = [
  call('07-panels', 'call-9&panels=people,chat&read'),
  call('07-panel-chat', 'call-9&panels=chat&read'),
  call('07-panel-chat-empty', 'call-2&panels=chat'),
  call('07-panel-moderate', 'call-moderate&panels=people'),
  call('07-panel-person-menu', 'call-moderate&panels=people', selector('[data-testid="person-menu"]')),
  call('07-person-card', 'call-9&layout=grid&read', selector('[data-participant="sofia"] [data-testid="plate"]')),
  call('07-panel-waiting', 'call-waiting&panels=people'),
  call('07-panel-meeting', 'call-moderate&panels=meeting'),
  call('07-panel-messages', 'call-muted&panels=messages'),
  call('07-panel-150', 'call-150&panels=people'),
  call('08-captions-rtt', 'call-captions&panels=live&layout=grid&live'),
  call('08-captions', 'call-captions&layout=grid'),
  call('08-captions-huge', 'call-captions&layout=grid&captions=huge,4'),
  call('08-captions-history', 'call-captions&panels=captions&layout=grid'),
  call('08-captions-unwritten', 'call-captions-unwritten'),
  call('08-live-empty', 'call-2&panels=live'),
  call('08-live-typing', 'call-2&panels=live&live', type('live-field', 'Je m’en occupe avec le service')),
];

const ASKED = [
  call('05-more', 'call-9&read', click('more')),
  call('05-device-menu', 'call-2', selector('[data-region="toolbar"] button[aria-haspopup]')),
  call('05-evidence', 'call-2', click('hearing')),
  call('05-shortcuts', 'call-2', press('F1')),
  call('05-leave-asked', 'call-2', press('Control+Shift+W')),
  call('05-background', 'call-2', more('more-background')),
  call('19-reactions', 'call-reactions&layout=grid&read'),
  call('19-react', 'call-hand&read', press('Control+Shift+E')),
  call('20-offer', 'call-offer&read'),
  call('20-recording', 'call-recording'),
  call('20-recording-start', 'call-moderate', press('Control+Shift+L')),
  call('20-transcript', 'call-transcript'),
  call('20-asked', 'call-asked'),
  call('20-refused', 'call-refused'),
  call('07-waiting-banner', 'call-waiting'),
  call('17-alone', 'call-alone'),
  call('17-muted-by', 'call-muted-by'),
  call('17-large', 'call-large'),
  ...BANNERS.map(([id, issue], at) => ({ ...call(`17-${id}`, `call-9&read&issue=${issue}`), alike: at % 4 !== 0 })),
];

const BAR = [bar('', 'call-9'), bar('-waiting', 'call-waiting'), bar('-lost', 'reconnecting'), bar('-nobody', 'call-muted&issue=VIS-MIC-MUTED-66:turn_on_microphone')];

/** The meeting, and the bar that stands for it. */
export const CALLS = [...STAGE, ...PANELS, ...ASKED, ...BAR];

const said = (id, issue) => ({ ...call(`17-${id}`, `call-9&read&issue=${issue}`), alike: true });

/** For whoever looks at all of them: a test has no time for it (`alike`). */
const tight = (screen) => ({ ...screen, sizes: ['tight150', 'tight200'], alike: true });

/** What came later. */
export const CALLS_SINCE = [
  bar('-sharing', 'call-sharing'),
  said('picture-stopped', 'VIS-MED-DECODE-70:restart_picture:name=Marieke van den Berg,participant=marieke'),
  said('rights-back', 'VIS-CALL-RIGHTS-47:none:sources=screen_share'),
  said('moved', 'VIS-CALL-MOVED-73:none:room=Atelier transfrontalier sur l’eau'),
  said('background-picture', 'VIS-CAM-BEHIND-86:none'),
  said('share-wayland', 'VIS-SHARE-DENIED-60:open_system_settings:cause=wayland'),
  said('share-declined', 'VIS-SHARE-DENIED-60:none:cause=declined'),
  call('07-panel-live-banner', 'call-9&panels=live&read&live&issue=VIS-NET-POOR-22:none'),
  call('07-panel-chat-banner', 'call-sharing&panels=chat'),
  tight(call('05-tight', 'call-9&read')),
  tight(call('05-tight-more', 'call-9&read', click('more'))),
  tight(call('05-tight-shortcuts', 'call-2', press('F1'))),
  tight(call('06-tight-share', 'call-share')),
  tight(call('07-tight-people', 'call-moderate&panels=people')),
];

/** What came after that. */
export const CALLS_LATEST = [
  tight(call('06-tight-share-banner', 'call-share&issue=VIS-CAM-STOP-59:retry')),
  tight(call('06-tight-share-both', 'call-share-both')),
  bar('-share-ended', 'call-may-share&issue=VIS-SHARE-CLOSED-61:share_else:kind=window'),
  bar('-no-camera', 'call-2&me.seeing=no_device'),
];
