import { type RefObject, useEffect } from 'react';

/** Keeps the end of a list in sight where its box gets another size (a message over the stage takes from it), for whoever is `atEnd`. */
export function useEnd(box: RefObject<HTMLElement | null>, atEnd: RefObject<boolean>): void {
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, atEnd]);
}
