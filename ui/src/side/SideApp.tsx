import type { i18n } from 'i18next';
import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { Announcer } from '../a11y/Announcer';
import { useFocusKeeper } from '../a11y/focus-keeper';
import { useTabRound } from '../a11y/tab-round';
import { ShortcutsDialog } from '../call/ShortcutsDialog';
import { EngineProvider, useEngine } from '../engine/context';
import type { Engine } from '../engine/engine';
import type { MeetingStore } from '../engine/store';
import { Texts } from '../i18n/Texts';
import { useLook } from '../look/useLook';
import { StageReporterProvider } from '../stage/covers';
import { UiStateProvider } from '../ui-state';
import { useSideKeys } from './useSideKeys';

export interface SideProps {
  engine: Engine;
  store: MeetingStore;
  texts: i18n;
}

/** A window beside the meeting, which goes on: no pictures, its own look, focus and announcements. */
export function SideApp({ engine, store, texts, children }: SideProps & { children: ReactNode }) {
  return (
    <EngineProvider engine={engine} store={store}>
      <Texts texts={texts}>
        <StageReporterProvider stage={null}>
          <Announcer>
            <UiStateProvider>
              {children}
              <ShortcutsDialog />
            </UiStateProvider>
          </Announcer>
        </StageReporterProvider>
      </Texts>
    </EngineProvider>
  );
}

/** The window is called `title`; `rename` tells the shell, which has named it in the language in which it was opened. */
export function useSideWindow(title: string, rename: (engine: Engine, title: string) => Promise<void>): void {
  const engine = useEngine();
  const named = useRef(title);
  useLook();
  useFocusKeeper();
  useTabRound();
  useSideKeys();
  useLayoutEffect(() => {
    document.title = title;
    if (named.current === title) return;
    named.current = title;
    void rename(engine, title).catch(() => undefined);
  }, [engine, title]);
}
