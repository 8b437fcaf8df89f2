import { useEffect, useRef } from 'react';
import { useEngine } from '../engine/context';
import type { Engine } from '../engine/engine';

/** Windows that go home because somebody asked for what they copied. Each phase has its own view: this outlives them. */
const asked = new WeakSet<Engine>();

/** Whether this window is on its way to where what was copied goes. */
export const isPasteAsked = (engine: Engine) => asked.has(engine);

/** Where there is no field for it, whoever asks for a link from the tray is taken to it first: there it is read before it is followed, and why nothing came is said. */
export function usePasteElsewhere(goHome: (() => void) | null): void {
  const engine = useEngine();
  const going = useRef(goHome);
  going.current = goHome;
  useEffect(
    () =>
      engine.pasteAsked(() => {
        if (going.current === null) return;
        asked.add(engine);
        going.current();
      }),
    [engine],
  );
}

/** Pastes whenever somebody asks for it from the tray, and at once where they did that elsewhere. */
export function usePasteHere(paste: () => void): void {
  const engine = useEngine();
  const pasting = useRef(paste);
  pasting.current = paste;
  useEffect(() => {
    if (asked.delete(engine)) pasting.current();
    return engine.pasteAsked(() => pasting.current());
  }, [engine]);
}
