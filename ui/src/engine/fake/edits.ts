import type { CaptionSize, Issue, IssueAction, IssueCode, LiveLine, LocalView, Patch, Snapshot, TrialView } from '../contract';
import { FAKE_NOW, issue } from './scenarios';

/**
 * What a URL changes of a scenario, beside the settings: `issue=CODE:action:name=value,name=value` (any number), `me.FIELD=value`, `live` (others type), `captions=huge,4`.
 *
 * Each state that a single value makes needs no scenario of its own.
 */
export function editsFromUrl(query: URLSearchParams, state: Snapshot): Patch[] {
  const issues = query.getAll('issue').map(issueOf);
  const me = [...query].filter(([name]) => name.startsWith('me.')).map(([name, value]) => [name.slice('me.'.length), meValue(name, value)] as const);
  const captions = query.get('captions')?.split(',');
  return [
    ...(issues.length === 0 ? [] : [{ key: 'issues' as const, value: [...state.issues, ...issues] }]),
    ...(me.length === 0 ? [] : [{ key: 'me' as const, value: { ...state.me, ...(Object.fromEntries(me) as Partial<LocalView>) } }]),
    ...(query.has('live') ? [{ key: 'live_text' as const, value: { lines: LINES, readers: 3, by_chat: 2 } }] : []),
    ...(captions === undefined ? [] : [{ key: 'settings' as const, value: { ...state.settings, captions: { ...state.settings.captions, size: captions[0] as CaptionSize, lines: Number(captions[1]) } } }]),
  ];
}

function issueOf(text: string): Issue {
  const [code, action, params = ''] = text.split(':');
  return issue(code as IssueCode, (action ?? 'none') as IssueAction, Object.fromEntries(params.split(',').filter(Boolean).map((pair) => pair.split('=', 2))));
}

const TRIED: TrialView = { kind: 'done', voice: 'clear', echo: 'heard' };

function meValue(name: string, value: string): unknown {
  if (name === 'me.trial') return TRIED;
  if (name === 'me.preview') return { kind: value };
  return value === 'true' ? true : value === 'false' ? false : value;
}

const line = (id: number, author: LiveLine['author'], author_name: string, text: string, done = true): LiveLine => ({ id: String(id), author, author_name, text, done, at: FAKE_NOW + id * 60_000, sending: 'sent' });

const LINES: LiveLine[] = [
  line(1, 'amadou', 'Amadou Diallo', 'J’ai perdu le son deux secondes, vous disiez le 12 ou le 19 ?'),
  line(2, null, 'Camille Renard', 'Le 12, si la rampe est livrée le 8.'),
  line(3, 'amadou', 'Amadou Diallo', 'Parfait. Je préviens l’équipe accueil.'),
  line(4, 'julien', 'Julien Marchand', 'Et pour la signalétique en gros caract', false),
];
