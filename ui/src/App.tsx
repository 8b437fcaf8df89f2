import type { i18n } from 'i18next';
import { useLayoutEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { I18nextProvider } from 'react-i18next';
import { EngineProvider, useMeeting } from './engine/context';
import type { Engine } from './engine/engine';
import type { MeetingStore } from './engine/store';
import { Home } from './home/Home';
import { StageReporterProvider } from './stage/covers';
import { UiStateProvider } from './ui-state';

interface Props {
  engine: Engine;
  store: MeetingStore;
  texts: i18n;
}

/** The window: one view for each phase. */
export function App({ engine, store, texts }: Props) {
  return (
    <I18nextProvider i18n={texts}>
      <I18nProvider locale={texts.language}>
        <EngineProvider engine={engine} store={store}>
          <StageReporterProvider>
            <View />
          </StageReporterProvider>
        </EngineProvider>
      </I18nProvider>
    </I18nextProvider>
  );
}

function View() {
  const kind = useMeeting((state) => state.phase.kind);
  useLayoutEffect(() => {
    document.body.dataset['phase'] = kind;
  }, [kind]);
  return (
    <UiStateProvider>
      <Home />
    </UiStateProvider>
  );
}
