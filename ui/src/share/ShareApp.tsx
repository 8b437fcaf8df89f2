import type { i18n } from 'i18next';
import { useLayoutEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Announcer } from '../a11y/Announcer';
import { EngineProvider } from '../engine/context';
import type { Engine } from '../engine/engine';
import type { MeetingStore } from '../engine/store';
import { Texts } from '../i18n/Texts';
import { useLook } from '../look/useLook';
import { StageReporterProvider } from '../stage/covers';
import { ShareView } from './ShareView';

/** The window of the shared content. The shell opens it, and closes it when nobody shares any more. */
export function ShareApp({ engine, store, texts }: { engine: Engine; store: MeetingStore; texts: i18n }) {
  return (
    <EngineProvider engine={engine} store={store}>
      <Texts texts={texts}>
        <StageReporterProvider stage="share_stage">
          <Announcer>
            <Inside />
          </Announcer>
        </StageReporterProvider>
      </Texts>
    </EngineProvider>
  );
}

function Inside() {
  const { t } = useTranslation('stage');
  const title = t('shareTitle');
  useLook();
  useLayoutEffect(() => {
    document.title = title;
  }, [title]);
  return <ShareView />;
}
