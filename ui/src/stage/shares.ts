import type { StageEntry } from './compose';

/** Which of several shares is looked at: a tile's key, or all of them side by side. */
export type ShareChoice = string | null;

/** Shares side by side; of more one is shown at a time. */
export const MOST_BESIDE = 2;

/** The choice as it holds for those that are there: who went is not chosen any more, and many are never side by side. */
export function shareChosen(keys: readonly string[], choice: ShareChoice): ShareChoice {
  if (choice !== null && keys.includes(choice)) return choice;
  return keys.length > MOST_BESIDE ? (keys[0] ?? null) : null;
}

/** Those that are shown. */
export function sharesShown(screens: readonly StageEntry[], choice: ShareChoice): StageEntry[] {
  const chosen = shareChosen(screens.map(({ key }) => key), choice);
  return screens.filter(({ key }) => chosen === null || key === chosen);
}
