import { type RefObject, useEffect } from 'react';

/** Lines above the end that still count as being there. */
const NEAR_END = 1.5;
/** CSS pixels of a line where nothing says how high one is. */
const USUAL_LINE = 24;

/** Whether the end of a list is in sight, by the height of its lines: letters of twice the size scroll twice as far. */
export function isNearEnd(box: HTMLElement): boolean {
  const line = Number.parseFloat(getComputedStyle(box).lineHeight) || USUAL_LINE;
  return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END * line;
}

/** Keeps the end of a list in sight where its box gets another size (a message over the stage takes from it) or its lines grow, for whoever is `atEnd`. */
export function useEnd(box: RefObject<HTMLElement | null>, atEnd: RefObject<boolean>): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const follow = () => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    };
    const size = new ResizeObserver(follow);
    size.observe(element);
    // What comes under a line that is there already makes the list longer too.
    const content = new MutationObserver(follow);
    content.observe(element, { childList: true, subtree: true });
    return () => {
      size.disconnect();
      content.disconnect();
    };
  }, [box, atEnd]);
}
