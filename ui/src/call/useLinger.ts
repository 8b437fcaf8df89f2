import { useEffect, useState } from 'react';

/** What only informs stays this long, in milliseconds. */
export const INFORM_MS = 8000;

/**
 * Calls `over` once what is shown has been there for `INFORM_MS` without pointer, focus or a hidden window.
 *
 * Whoever needs longer keeps pointer or focus there: the time begins anew after that (EN 301 549, 9.2.2.1), and so it does where `what` is
 * shown is another thing.
 * Gives the handlers for the element; inactive, nothing ever happens.
 */
export function useLinger(active: boolean, what: string, over: () => void) {
  const [pointer, setPointer] = useState(false);
  const [focus, setFocus] = useState(false);
  const hidden = useHidden();
  const held = pointer || focus || hidden;
  useEffect(() => {
    if (!active || held) return;
    const timer = setTimeout(over, INFORM_MS);
    return () => clearTimeout(timer);
    // `over` is of this rendering and means the same in all.
  }, [active, held, what]);
  return {
    onPointerEnter: () => setPointer(true),
    onPointerLeave: () => setPointer(false),
    onFocus: () => setFocus(true),
    onBlur: () => setFocus(false),
  };
}

/** Nobody reads in a window that is hidden. */
function useHidden(): boolean {
  const [hidden, setHidden] = useState(document.hidden);
  useEffect(() => {
    const changed = () => setHidden(document.hidden);
    document.addEventListener('visibilitychange', changed);
    return () => document.removeEventListener('visibilitychange', changed);
  }, []);
  return hidden;
}
