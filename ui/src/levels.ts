import { useEffect } from 'react';
import { useEngine } from './engine/context';
import { LOCAL_MICROPHONE } from './engine/contract';
import type { Engine } from './engine/engine';

/**
 * How full a meter is, 0 to 1, for a level of the engine.
 *
 * Levels are linear in decibels: 0 is −60 dB of full scale or less, 255 full scale (`audio::meter::level_of`).
 * A meter shows −55 dB (a quiet room) to −10 dB (speech close to the microphone).
 */
export function fullness(level: number): number {
  const decibels = (level * 60) / 255 - 60;
  return Math.min(1, Math.max(0, (decibels + 55) / 45));
}

type Listener = (full: number) => void;

/** Hands levels of one engine to the parts of the page that paint them. */
class LevelHub {
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(engine: Engine) {
    engine.levels(({ own, tracks }) => {
      this.tell(LOCAL_MICROPHONE, own);
      for (const [track, level] of tracks) this.tell(track, level);
    });
  }

  add(track: string, listener: Listener): () => void {
    let set = this.listeners.get(track);
    if (set === undefined) this.listeners.set(track, (set = new Set()));
    set.add(listener);
    return () => {
      set.delete(listener);
      if (set.size === 0) this.listeners.delete(track);
    };
  }

  private tell(track: string, level: number): void {
    const listeners = this.listeners.get(track);
    if (listeners === undefined) return;
    const full = fullness(level);
    for (const listen of listeners) listen(full);
  }
}

const hubs = new WeakMap<Engine, LevelHub>();

/** Calls `listen` at 20 Hz with the meter's fullness of a track. It writes to the DOM, never to state. */
export function useLevel(track: string | null, listen: Listener): void {
  const engine = useEngine();
  useEffect(() => {
    if (track === null) return;
    let hub = hubs.get(engine);
    if (hub === undefined) hubs.set(engine, (hub = new LevelHub(engine)));
    return hub.add(track, listen);
  }, [engine, track, listen]);
}
