import type { CallDialog, PanelName, UiState } from '../../ui-state';
import type { Corner, LayoutMode, Settings } from '../contract';
import type { Engine, Presenter } from '../engine';
import { editsFromUrl } from './edits';
import { fakeEngine, speech } from './engine';
import { paintedPeople } from './pictures';
import { scenario } from './scenarios';

export { speakPseudo } from './pseudo';

declare global {
  /** In stills: lets the gallery put on another look without loading anew. */
  var fake: ReturnType<typeof fakeEngine> | undefined;
}

/** The fake for a browser: `?scenario=…&lang=…&presenter=…&platform=…&still`. Pictures and voices move unless `still`; `first`: it is the first start. */
export function fakeFromUrl(url: URL): Engine {
  const query = url.searchParams;
  const name = query.get('scenario') ?? 'home';
  const still = query.has('still');
  const presenter = (query.get('presenter') ?? 'canvas') as Presenter;
  const engine = fakeEngine({
    scenario: name,
    now: Date.now(),
    // Without canvases the page is as it is over or under a native presenter.
    ...(presenter === 'canvas' ? { frames: paintedPeople(still) } : {}),
    shell: {
      presenter,
      locale: navigator.language,
      language: query.get('lang'),
      automation: still && !query.has('first'),
      platform: query.get('platform') === 'windows' ? 'windows' : 'linux',
    },
  });
  engine.patch({ key: 'settings', value: { ...engine.snapshot.settings, ...settingsFromUrl(query) } });
  const edits = editsFromUrl(query, engine.snapshot);
  if (edits.length > 0) engine.patch(...edits);
  if (still) globalThis.fake = engine;
  const begun = performance.now();
  const seconds = () => (still ? 1.2 : (performance.now() - begun) / 1000);
  setInterval(() => engine.tell(speech(engine.snapshot, seconds())), 50);
  const { turns } = scenario(name);
  if (turns > 0 && !still) setInterval(() => nextTurn(engine), turns * 1000);
  return engine;
}

/** `?theme=dark|light|more&text=150&typeface=dyslexic`. */
function settingsFromUrl(query: URLSearchParams): Partial<Settings> {
  const theme = query.get('theme');
  const text = query.get('text');
  const typeface = query.get('typeface');
  return {
    ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    ...(theme === 'more' ? { contrast: 'more' as const } : {}),
    ...(text === null ? {} : { text_percent: Number(text) }),
    ...(typeface === null ? {} : { typeface: typeface as Settings['typeface'] }),
  };
}

/** The next audible person speaks. */
function nextTurn(engine: ReturnType<typeof fakeEngine>): void {
  const all = Object.values(engine.snapshot.participants).filter((someone) => someone !== undefined);
  const audible = all.filter((someone) => someone.publications.some((p) => p.source === 'microphone' && !p.muted));
  const now = audible.findIndex((someone) => someone.speaking);
  const next = audible[(now + 1) % audible.length];
  const last = audible[now];
  engine.patch(
    ...(last === undefined ? [] : [{ key: 'participant' as const, value: { ...last, speaking: false } }]),
    ...(next === undefined ? [] : [{ key: 'participant' as const, value: { ...next, speaking: true } }]),
  );
}

/** What the window begins with: `?panels=people,chat&layout=grid&pinned=person:sofia,person:nadia&interpreter=julien&corner=topLeft&page=1&read&selfHidden&dialog=support`. */
export function uiFromUrl(url: URL): Partial<UiState> {
  const query = url.searchParams;
  const panels = query.get('panels');
  const layout = query.get('layout');
  const pinned = query.get('pinned');
  const interpreter = query.get('interpreter');
  const corner = query.get('corner');
  const page = query.get('page');
  const dialog = query.get('dialog');
  return {
    ...(panels === null ? {} : { panels: panels.split(',') as PanelName[] }),
    ...(layout === null ? {} : { layout: layout as LayoutMode }),
    ...(pinned === null ? {} : { pins: pinned.split(',') }),
    ...(interpreter === null ? {} : { interpreter: { id: interpreter, name: '' } }),
    ...(corner === null ? {} : { corner: corner as Corner }),
    ...(query.has('read') ? { recordingRead: true } : {}),
    ...(query.has('selfHidden') ? { selfHidden: true } : {}),
    ...(dialog === null ? {} : { dialog: dialogOf(dialog) }),
    ...(page === null ? {} : { page: Number(page) }),
  };
}

function dialogOf(kind: string): CallDialog {
  if (kind === 'shortcut') return { kind, link: 'https://visio.agglo.example/abc-defg-hij', name: 'Point d’équipe numérique' };
  return { kind: kind as 'support' };
}
