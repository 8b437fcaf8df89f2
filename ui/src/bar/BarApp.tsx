import type { i18n } from 'i18next';
import { Announcer } from '../a11y/Announcer';
import { EngineProvider } from '../engine/context';
import type { Engine } from '../engine/engine';
import type { MeetingStore } from '../engine/store';
import { Texts } from '../i18n/Texts';
import { useLook } from '../look/useLook';
import { StageReporterProvider } from '../stage/covers';
import { BarView } from './BarView';

/** The bar over other windows. The shell opens it while the meeting's window is not to be seen. */
export function BarApp({ engine, store, texts }: { engine: Engine; store: MeetingStore; texts: i18n }) {
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
  useLook();
  return <BarView />;
}
