import { type RefObject, useLayoutEffect, useState } from 'react';
import { flushSync } from 'react-dom';

export interface Size {
  w: number;
  h: number;
  /** CSS pixels of one rem, so that text size and width are the same case. */
  rem: number;
}

/** One rem in CSS pixels, as it is now. */
export function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}

/**
 * The content size of an element in whole CSS pixels, followed.
 *
 * `atOnce`: what depends on it is there in the same frame. Only where nothing outside of the element is of another size then: the browser would be told of it in a circle.
 */
export function useSize(ref: RefObject<HTMLElement | null>, atOnce = false): Size {
  const [size, setSize] = useState<Size>({ w: 0, h: 0, rem: 16 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => {
      const next = { w: element.clientWidth, h: element.clientHeight, rem: rem() };
      setSize((old) => (old.w === next.w && old.h === next.h && old.rem === next.rem ? old : next));
    };
    measure();
    const observer = new ResizeObserver(atOnce ? () => flushSync(measure) : measure);
    observer.observe(element);
    // Texts that are larger now may leave the element as it is.
    window.addEventListener('resize', measure);
    return () => {
      observer.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [ref, atOnce]);
  return size;
}
