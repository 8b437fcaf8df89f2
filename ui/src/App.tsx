import type { i18n } from 'i18next';
import { useLayoutEffect, useReducer, useRef, useState } from 'react';
import { Announcer } from './a11y/Announcer';
import { useFocusKeeper } from './a11y/focus-keeper';
import { useNews } from './a11y/useNews';
import { useTabRound } from './a11y/tab-round';
import { useShortcuts } from './a11y/useShortcuts';
import { useSayNotKept } from './calendar/not-kept';
import { Call } from './call/Call';
import { ClosingDialog } from './call/ClosingDialog';
import { OfferDialog } from './call/OfferDialog';
import { ShortcutsDialog } from './call/ShortcutsDialog';
import { End } from './end/End';
import { EngineProvider, useEngine, useMeeting, useMeetingStore, useSend } from './engine/context';
import type { Engine } from './engine/engine';
import type { MeetingStore } from './engine/store';
import { ErrorView } from './error/ErrorView';
import { ProxyDialog } from './error/ProxyDialog';
import { ElsewhereDialog } from './home/ElsewhereDialog';
import { isFirstStart, isWelcomeOver } from './home/first';
import { Home } from './home/Home';
import { Welcome } from './home/Welcome';
import { Texts } from './i18n/Texts';
import { Joining } from './joining/Joining';
import { Lobby } from './lobby/Lobby';
import { useKeyNames } from './keys/useKeyNames';
import { useLook } from './look/useLook';
import { useNotices } from './notices/useNotices';
import { RulesDialog } from './policy/RulesDialog';
import { PreJoin } from './prejoin/PreJoin';
import { Remembered } from './remembered';
import { ShortcutDialog } from './shortcut/ShortcutDialog';
import { StageReporterProvider } from './stage/covers';
import { ReactionVoice } from './together/ReactionVoice';
import { SupportDialog } from './support/SupportDialog';
import { isPasteAsked, usePasteElsewhere } from './tray/paste';
import { mayPaste } from './tray/tray';
import { useTray } from './tray/useTray';
import { type UiState, UiStateProvider } from './ui-state';
import { useWindowTitle } from './window-title';

interface Props {
  engine: Engine;
  store: MeetingStore;
  texts: i18n;
  /** What the window begins with; for stills and tests. */
  ui?: Partial<UiState>;
}

/** The window: one view for each phase. */
export function App({ engine, store, texts, ui = {} }: Props) {
  return (
    <EngineProvider engine={engine} store={store}>
      <Texts texts={texts}>
        <StageReporterProvider>
          <Announcer>
            <Window ui={ui} />
          </Announcer>
        </StageReporterProvider>
      </Texts>
    </EngineProvider>
  );
}

/** Panels, pins and pages belong to one meeting: another phase begins without them. */
function Window({ ui }: { ui: Partial<UiState> }) {
  useLook();
  useWindowTitle();
  const kind = useMeeting((state) => state.phase.kind);
  const store = useMeetingStore();
  const send = useSend();
  const [memory] = useState(() => new Remembered(store.getState().window, (choices) => send({ kind: 'keep_window', choices })));
  // A page that has shown something is warm: from then on everything comes at once.
  const warm = useRef(false);
  const picturesFirst = (ui.picturesFirst ?? false) && !warm.current;
  useLayoutEffect(() => {
    document.body.dataset['phase'] = kind;
    // What the shell paints the window with before there is a page.
    document.documentElement.style.removeProperty('background');
    warm.current = true;
  }, [kind]);
  return (
    <UiStateProvider
      key={kind}
      initial={{ ...memory.recall(store.getState().phase), ...ui, picturesFirst }}
      onChange={(before, after) => memory.changed(store.getState().phase, before, after)}
    >
      <View />
      <ReactionVoice />
      <ShortcutsDialog />
      <RulesDialog />
      <ProxyDialog />
      <OfferDialog />
      <ClosingDialog />
      <ElsewhereDialog />
      <ShortcutDialog />
      <SupportDialog />
    </UiStateProvider>
  );
}

function View() {
  const phase = useMeeting((state) => state.phase);
  const engine = useEngine();
  const { shell } = engine;
  const send = useSend();
  // Decided when the view comes: the welcome stays while somebody answers it, and whoever reads or types at home is not taken back to it.
  const store = useMeetingStore();
  const [first] = useState(() => isFirstStart(store.getState(), shell.automation));
  const answered = useMeeting(isWelcomeOver);
  const atHome = useRef(false);
  const [passed, pass] = useReducer(() => true, isPasteAsked(engine));
  atHome.current ||= phase.kind === 'home' && (!first || answered || passed);
  const goHome = phase.kind === 'home' ? pass : () => send({ kind: 'leave' });
  usePasteElsewhere(mayPaste(phase) && !atHome.current ? goHome : null);
  useFocusKeeper();
  useTabRound();
  useShortcuts();
  useNews();
  useSayNotKept();
  useNotices();
  useTray();
  useKeyNames();
  switch (phase.kind) {
    case 'home':
      return atHome.current ? <Home /> : <Welcome />;
    case 'pre_join':
      return <PreJoin link={phase.link} />;
    case 'joining':
      return <Joining link={phase.link} step={phase.step} />;
    case 'lobby':
      return <Lobby link={phase.link} lobby={phase.lobby} />;
    case 'in_meeting':
      return <Call />;
    case 'ended':
      return <End reason={phase.reason} seconds={phase.seconds} />;
    case 'failed':
      return <ErrorView issue={phase.issue} />;
  }
}
