import type { i18n } from 'i18next';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Announcer } from '../a11y/Announcer';
import { useFocusKeeper } from '../a11y/focus-keeper';
import { EngineProvider, useEngine } from '../engine/context';
import type { Engine } from '../engine/engine';
import type { MeetingStore } from '../engine/store';
import { Texts } from '../i18n/Texts';
import { useLook } from '../look/useLook';
import { StageReporterProvider } from '../stage/covers';
import { UiStateProvider } from '../ui-state';
import { DoctorView } from './DoctorView';

/** The window of the network doctor: beside the meeting, which goes on. */
export function DoctorApp({ engine, store, texts }: { engine: Engine; store: MeetingStore; texts: i18n }) {
  return (
    <EngineProvider engine={engine} store={store}>
      <Texts texts={texts}>
        <StageReporterProvider stage={null}>
          <Announcer>
            <UiStateProvider>
              <Inside />
            </UiStateProvider>
          </Announcer>
        </StageReporterProvider>
      </Texts>
    </EngineProvider>
  );
}

function Inside() {
  const { t } = useTranslation('doctor');
  const engine = useEngine();
  const title = t('window');
  useLook();
  useFocusKeeper();
  // The shell has named the window in the language in which it was opened.
  const named = useRef(title);
  useLayoutEffect(() => {
    document.title = title;
    if (named.current === title) return;
    named.current = title;
    void engine.openDoctor(title).catch(() => undefined);
  }, [engine, title]);
  return <DoctorView />;
}
