import { createContext, type ReactNode, use } from 'react';
import { useStore } from 'zustand';
import type { Command, Snapshot } from './contract';
import type { Engine } from './engine';
import type { MeetingStore } from './store';

interface Bound {
  engine: Engine;
  store: MeetingStore;
}

const EngineContext = createContext<Bound | null>(null);

/** Makes the engine and its store known to all views. */
export function EngineProvider({ engine, store, children }: Bound & { children: ReactNode }) {
  return <EngineContext value={{ engine, store }}>{children}</EngineContext>;
}

function useBound(): Bound {
  const bound = use(EngineContext);
  if (bound === null) throw new Error('no EngineProvider above');
  return bound;
}

export function useEngine(): Engine {
  return useBound().engine;
}

/** The store itself, for code that reads without rendering. */
export function useMeetingStore(): MeetingStore {
  return useBound().store;
}

/** A part of the snapshot; renders again only where that part changed. */
export function useMeeting<T>(selector: (snapshot: Snapshot) => T): T {
  return useStore(useBound().store, selector);
}

/**
 * Sends a command and lets a refusal go: the engine also puts it into `Snapshot::issues`.
 * Where the caller must know, use `useEngine().command`.
 */
export function useSend(): (command: Command) => void {
  const { engine } = useBound();
  return (command) => {
    engine.command(command).catch(() => undefined);
  };
}
