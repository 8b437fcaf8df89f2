import type { i18n } from 'i18next';
import { useLayoutEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { I18nextProvider } from 'react-i18next';
import { Announcer } from '../a11y/Announcer';
import { EngineProvider } from '../engine/context';
import type { Engine } from '../engine/engine';
import type { MeetingStore } from '../engine/store';
import { StageReporterProvider } from '../stage/covers';
import { ShareView } from './ShareView';

/** The window of the shared content. The shell opens it, and closes it when nobody shares any more. */
export function ShareApp({ engine, store, texts }: { engine: Engine; store: MeetingStore; texts: i18n }) {
  useLayoutEffect(() => {
    document.title = texts.t('stage:shareTitle');
  }, [texts]);
  return (
    <I18nextProvider i18n={texts}>
      <I18nProvider locale={texts.language}>
        <EngineProvider engine={engine} store={store}>
          <StageReporterProvider stage="share_stage">
            <Announcer>
              <ShareView />
            </Announcer>
          </StageReporterProvider>
        </EngineProvider>
      </I18nProvider>
    </I18nextProvider>
  );
}
