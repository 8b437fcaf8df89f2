import type { CaptionView, Reaction, ReactionView, Snapshot, TogetherView } from '../contract';
import { ALL_CAPABILITIES, base, call, FAKE_NOW, issue, JULIEN, NINE, type Scenario, SOFIA } from './world';

const WAITING = [
  { id: 'w-paul', name: 'Paul Thévenet', color: null },
  { id: 'w-ada', name: 'Ada Jensen', color: null },
  { id: 'w-ilse', name: 'Ilse Bakker', color: null },
];

const INVITATION = { link: 'https://visio.agglo.example/abc-defg-hij', phone: '+33 1 86 47 00 00', pin: '123456789' };

function together(start: Snapshot, change: Partial<TogetherView>): Snapshot {
  return { ...start, together: { ...start.together, settings: { access: 'restricted', sources: null, everyone_can_mute: true }, invitation: INVITATION, ...change } };
}

/** The same meeting, as a moderator sees it. */
function moderated(start: Snapshot): Snapshot {
  return {
    ...start,
    room: { ...start.room, recording: false, capabilities: { ...ALL_CAPABILITIES, moderate: true, record: true, ask_recording: false } },
    me: { ...start.me, role: 'administrator' },
  };
}

function reactions(...list: [string | null, string, Reaction][]): ReactionView[] {
  return list.map(([from, name, reaction], at) => ({ id: at + 1, from, name, reaction }));
}

function said(id: number, speaker: string, name: string, text: string, finished = true): CaptionView {
  return { id: String(id), speaker, name, text, language: 'fr', finished, at: FAKE_NOW + id * 4000 };
}

const CAPTIONS = [
  said(1, 'sofia', 'Sofia Benali', 'Bonjour à toutes et à tous.'),
  said(2, 'julien', 'Julien Marchand', 'Bonjour.'),
  said(3, 'julien', 'Julien Marchand', 'On garde la date du 12 pour l’ouverture au public ?'),
  said(4, 'sofia', 'Sofia Benali', 'Oui, à condition que la rampe d’accès soit livrée le 8.', false),
];

const TEAM = 'Point d’équipe numérique';
const still = (start: Snapshot): Scenario => ({ start, turns: 0 });

/** What people do together, each with something to see. */
export const TOGETHER: Record<string, () => Scenario> = {
  'call-moderate': () => still(together(moderated(call(NINE.slice(0, 5), TEAM, 24)), { waiting: WAITING.slice(0, 1) })),
  'call-waiting': () => still(together(moderated(call(NINE, TEAM, 24)), { waiting: WAITING })),
  'call-hand': () => {
    const start = together(call(NINE, TEAM, 24), {});
    return still({ ...start, me: { ...start.me, hand: 3 } });
  },
  'call-reactions': () =>
    still(
      together(call(NINE, TEAM, 24), {
        reactions: reactions(
          ['sofia', 'Sofia Benali', 'clapping'],
          ['sofia', 'Sofia Benali', 'clapping'],
          ['sofia', 'Sofia Benali', 'heart'],
          ['amadou', 'Amadou Diallo', 'surprised'],
          [null, 'Camille Renard', 'thanks'],
        ),
      }),
    ),
  'call-captions': () => still({ ...together(call([{ ...SOFIA, speaking: true }, JULIEN, ...NINE.slice(3, 4)], TEAM, 24), { captions: 'on' }), captions: CAPTIONS }),
  'call-captions-unwritten': () => still(together(call([SOFIA, JULIEN], TEAM, 24), { captions: 'unwritten' })),
  'call-alone': () => {
    const start = call([], TEAM, 31);
    return still({ ...start, me: { ...start.me, hearing: 'alone', seeing: 'alone' }, issues: [issue('VIS-CALL-ALONE-69', 'stay', { seconds: '120' })] });
  },
  'call-muted-by': () => {
    const start = call(NINE.slice(0, 3), TEAM, 5);
    return still({ ...start, me: { ...start.me, microphone_on: false, hearing: 'off' }, issues: [issue('VIS-CALL-MUTED-45', 'none', { by: 'Julien Marchand' })] });
  },
  'call-large': () => {
    const start = call(NINE, TEAM, 1);
    return still({ ...start, me: { ...start.me, microphone_on: false, hearing: 'off' }, issues: [issue('VIS-MIC-LARGE-72', 'turn_on_microphone')] });
  },
  'call-offer': () => ({
    start: { ...call(NINE, TEAM, 24), offered: { kind: 'visio', host: 'visio.agglo.example', room: 'zyx-wvut-srq', secure: true } },
    turns: 0,
  }),
  'call-recording': () => {
    const start = together(call(NINE, TEAM, 24), { recording: { phase: 'running', mode: 'screen' } });
    return still({ ...start, room: { ...start.room, recording: true }, issues: [issue('VIS-REC-ON-62', 'none', { mode: 'screen', by: 'Julien Marchand' })] });
  },
  'call-transcript': () => still(together(moderated(call(NINE, TEAM, 24)), { recording: { phase: 'starting', mode: 'transcript' }, pending: ['start_recording'] })),
  'call-asked': () => {
    const start = together(moderated(call(NINE.slice(0, 3), TEAM, 24)), {});
    return still({ ...start, issues: [issue('VIS-REC-ASK-65', 'none', { mode: 'transcript', by: 'Nadia Oumarou' })] });
  },
  'call-refused': () => {
    const start = together(moderated(call(NINE.slice(0, 3), TEAM, 24)), {});
    return still({ ...start, issues: [issue('VIS-CALL-ACTION-49', 'none', { action: 'start_recording', cause: 'conflict' })] });
  },
  'home-server-unknown': () =>
    still({ ...base(), phase: { kind: 'home' }, issues: [issue('VIS-JOIN-SERVER-19', 'add_server', { host: 'meet.voisins.example' })] }),
};
