/** What the toolbar shows at a width; the rest is in *More*. */
export interface Step {
  name: 'wide' | 'compact' | 'small' | 'tight' | 'narrow';
  heardAsIcons: boolean;
  carets: boolean;
  /** *Share* has its own key. */
  share: boolean;
  /** *React* has its own key. */
  react: boolean;
  /** *Captions* has its own key, also while it is off. */
  captions: boolean;
  /** What is in use has its own key for as long: captions that are on, live text that somebody writes. */
  inUse: boolean;
  /** Chat and people have their own keys. */
  panels: boolean;
}

const WIDE: Step = { name: 'wide', heardAsIcons: false, carets: true, share: true, react: true, captions: true, inUse: true, panels: true };
const COMPACT: Step = { ...WIDE, name: 'compact', heardAsIcons: true, react: false };
const SMALL: Step = { ...COMPACT, name: 'small', carets: false, share: false, captions: false };
const TIGHT: Step = { ...SMALL, name: 'tight', inUse: false };
const NARROW: Step = { ...TIGHT, name: 'narrow', heardAsIcons: false, panels: false };

/** From so many rem on each step has room; a broad typeface (OpenDyslexic: half as wide again) needs more. */
const FROM = { usual: [68, 60, 50], broad: [78, 69, 58] } as const;

/**
 * The step for a width in rem (interface specification §4.4, *Toolbar*).
 *
 * In rem, so that 200 % text in a window of 1280 px is the same case as a window of 640 px.
 */
export function stepFor(rem: number, letters: 'usual' | 'broad' = 'usual'): Step {
  const [wide, compact, small] = FROM[letters];
  if (rem >= wide) return WIDE;
  if (rem >= compact) return COMPACT;
  if (rem >= small) return SMALL;
  return rem >= 40 ? TIGHT : NARROW;
}
