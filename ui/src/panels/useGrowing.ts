import { useEffect, useState } from 'react';

/** So many rows are made in one frame: more than a screen's height on most, few enough for it to be short. */
export const ROWS_A_FRAME = 25;

/**
 * How many of `total` rows are there: some at once, more with each frame, all of them soon.
 *
 * A hundred rows in one frame stop the window for as long as one sees it. They begin anew where `of` changes, so that no letter of a search waits for the rows that it will throw away.
 */
export function useGrowing(total: number, of: string): number {
  const [grown, setGrown] = useState({ of, count: ROWS_A_FRAME });
  const count = grown.of === of ? grown.count : ROWS_A_FRAME;
  // Who left makes no room for a hundred who come back at once.
  const wanted = Math.min(count, total + ROWS_A_FRAME);
  if (grown.of !== of || grown.count !== wanted) setGrown({ of, count: wanted });
  const short = wanted < total;
  useEffect(() => {
    if (!short) return;
    const frame = requestAnimationFrame(() => setGrown({ of, count: wanted + ROWS_A_FRAME }));
    return () => cancelAnimationFrame(frame);
  }, [short, wanted, of]);
  return Math.min(wanted, total);
}
