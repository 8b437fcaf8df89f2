import { useState } from 'react';

/**
 * What came of a try, for an always-present `role="status"`: the element there has `turn` as its key, so that the same outcome twice is
 * news twice. `tell(null)` before each try: until that one is through, nothing is known of it.
 */
export function useOutcome<T extends string | boolean>(): { outcome: T | null; turn: number; tell: (outcome: T | null) => void } {
  const [last, setLast] = useState<{ outcome: T | null; turn: number }>({ outcome: null, turn: 0 });
  return { ...last, tell: (outcome) => setLast(({ turn }) => ({ outcome, turn: turn + 1 })) };
}
