import type { i18n } from 'i18next';
import type { ReactNode } from 'react';
import { Announcer } from '../a11y/Announcer';
import { EngineProvider } from '../engine/context';
import type { Engine } from '../engine/engine';
import type { MeetingStore } from '../engine/store';
import { Texts } from '../i18n/Texts';
import { StageReporterProvider } from './covers';

export interface WindowProps {
  engine: Engine;
  store: MeetingStore;
  texts: i18n;
}

/** What every window beside the main one stands on: pictures of its own, words, and a voice for screen readers. */
export function SecondWindow({ engine, store, texts, children }: WindowProps & { children: ReactNode }) {
  return (
    <EngineProvider engine={engine} store={store}>
      <Texts texts={texts}>
        <StageReporterProvider stage="share_stage">
          <Announcer>{children}</Announcer>
        </StageReporterProvider>
      </Texts>
    </EngineProvider>
  );
}
