import { useCallback, useEffect, useRef } from 'react';
import { endsHold, type Hold, holdOf } from './hold';

/**
 * Does something once a key that was pressed is let go, and nothing where the window loses the focus before.
 *
 * For what gives the focus to another window: a key that is still down goes on there, and its first repetition counts as a press of its
 * own, because each view of WebKitGTK counts for itself.
 */
export function useOnceLetGo(): (press: KeyboardEvent, act: () => void) => void {
  const waiting = useRef<{ hold: Hold; act: () => void } | null>(null);
  useEffect(() => {
    const keyUp = (event: KeyboardEvent) => {
      const due = waiting.current;
      if (due === null || !endsHold(due.hold, event)) return;
      waiting.current = null;
      due.act();
    };
    const forget = () => {
      waiting.current = null;
    };
    window.addEventListener('keyup', keyUp);
    window.addEventListener('blur', forget);
    return () => {
      window.removeEventListener('keyup', keyUp);
      window.removeEventListener('blur', forget);
    };
  }, []);
  return useCallback((press, act) => {
    waiting.current = { hold: holdOf(press), act };
  }, []);
}
