import { useLayoutEffect, useRef } from 'react';

/** How to close each popover of this window that may be open. */
const popovers = new Set<() => void>();

/** Closes a popover where a dialog opens: it would lie over the question, and belongs to what is behind that. */
export function useGiveWay(close: () => void): void {
  const latest = useRef(close);
  useLayoutEffect(() => {
    latest.current = close;
  });
  // One that goes in the same moment has gone before the dialog is there.
  useLayoutEffect(() => {
    const now = () => latest.current();
    popovers.add(now);
    return () => void popovers.delete(now);
  }, []);
}

/** In a dialog: what lay over the window gives way to it. Popovers of the dialog itself open later. */
export function TakesPlace() {
  useLayoutEffect(() => popovers.forEach((close) => close()), []);
  return null;
}
