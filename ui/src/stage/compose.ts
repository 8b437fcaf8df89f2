import type { LayoutMode } from '../ui-state';
import { type Box, focus, GAP, grid, pair } from './layout';

/** Somebody or something that wants a tile. */
export interface StageEntry {
  /** Unique on the stage, stable. */
  key: string;
  kind: 'self' | 'person' | 'screen';
  /** Of a shared screen: width by height. */
  aspect?: number;
}

export interface Placed {
  key: string;
  box: Box;
  /** The one large tile of a layout. */
  large: boolean;
  /** Ourselves, cut into the corner of the large tile. */
  notch: boolean;
}

export interface StagePlan {
  kind: 'empty' | 'pair' | 'grid' | 'focus';
  tiles: Placed[];
  page: number;
  pages: number;
  /** For hysteresis, next time. */
  cols: number;
  perPage: number;
  /** People without a place in the strip, and where the key that tells so goes. */
  hidden: number;
  hiddenBox: Box | null;
}

export interface Wish {
  /** In order; ourselves last. */
  entries: readonly StageEntry[];
  mode: LayoutMode;
  pinned: string | null;
  /** Whom the speaker layout shows large. */
  speaker: string | null;
  w: number;
  h: number;
  /** CSS pixels of one rem. */
  rem: number;
  page: number;
  previousCols: number;
}

/** Height of the page keys under a grid, in rem. */
export const PAGER_REM = 2.75;
/** A stage lower than this is a strip over an open panel: whoever matters most, and who fits beside. */
const STRIP_REM = 8;
const SELF_REM = 16;
const MIN_TILE_REM = 13;

/** Decides who is where. Pure: the same wish gives the same plan. */
export function compose(wish: Wish): StagePlan {
  const { entries, w, h } = wish;
  if (entries.length === 0 || w <= 0 || h <= 0) {
    return { kind: 'empty', tiles: [], page: 0, pages: 1, cols: 0, perPage: 1, hidden: 0, hiddenBox: null };
  }
  if (h < STRIP_REM * wish.rem) return composeStrip(wish);
  const large = largeEntry(wish);
  if (large !== null && entries.length > 1) return composeFocus(wish, large);
  const self = entries.find((entry) => entry.kind === 'self');
  const other = entries.find((entry) => entry.kind !== 'self');
  if (wish.mode === 'auto' && entries.length === 2 && self !== undefined && other !== undefined) {
    const boxes = pair(w, h, SELF_REM * wish.rem);
    return {
      ...single('pair'),
      tiles: [
        { key: other.key, box: boxes.large, large: true, notch: false },
        { key: self.key, box: boxes.self, large: false, notch: true },
      ],
    };
  }
  return composeGrid(wish);
}

function single(kind: StagePlan['kind']): Omit<StagePlan, 'tiles'> {
  return { kind, page: 0, pages: 1, cols: 0, perPage: 1, hidden: 0, hiddenBox: null };
}

/** Who is large: what is pinned, then a share, then whoever speaks; the person's own choice first. */
function largeEntry({ entries, mode, pinned, speaker }: Wish): StageEntry | null {
  const find = (key: string | null) => entries.find((entry) => entry.key === key);
  const chosen = find(pinned);
  if (chosen !== undefined) return chosen;
  if (mode === 'grid') return null;
  const share = entries.find((entry) => entry.kind === 'screen');
  if (share !== undefined) return share;
  if (mode === 'auto') return null;
  return find(speaker) ?? entries.find((entry) => entry.kind === 'person') ?? null;
}

function composeStrip(wish: Wish): StagePlan {
  const { entries, w, h } = wish;
  const first = largeEntry({ ...wish, mode: 'speaker' });
  const sorted = first === null ? entries : [first, ...entries.filter((entry) => entry !== first)];
  const tw = Math.min(w, Math.round((h * 16) / 9));
  const shown = sorted.slice(0, Math.max(1, Math.floor((w + GAP) / (tw + GAP))));
  const left = Math.round((w - shown.length * tw - (shown.length - 1) * GAP) / 2);
  return {
    ...single('focus'),
    tiles: shown.map((entry, at) => ({
      key: entry.key,
      box: { x: left + at * (tw + GAP), y: 0, w: tw, h },
      large: entry === first,
      notch: false,
    })),
  };
}

function composeFocus({ entries, w, h }: Wish, large: StageEntry): StagePlan {
  const rest = entries.filter((entry) => entry !== large);
  const f = focus(rest.length, w, h, large.aspect ?? 16 / 9);
  const boxes = f.list;
  // The last place tells how many there is no place for.
  const places = f.hidden > 0 ? boxes.length - 1 : boxes.length;
  return {
    ...single('focus'),
    tiles: [
      { key: large.key, box: f.content, large: true, notch: false },
      ...boxes.slice(0, places).flatMap((box, at) => {
        const entry = rest[at];
        return entry === undefined ? [] : [{ key: entry.key, box, large: false, notch: false }];
      }),
    ],
    hidden: f.hidden > 0 ? f.hidden + 1 : 0,
    hiddenBox: f.hidden > 0 ? (boxes.at(-1) ?? null) : null,
  };
}

function composeGrid({ entries, w, h, rem, page, previousCols }: Wish): StagePlan {
  const options = { minWidth: MIN_TILE_REM * rem, previousCols };
  let g = grid(entries.length, w, h, options);
  // The page keys have their own space: nothing covers a face.
  if (g.pages > 1) g = grid(entries.length, w, h - PAGER_REM * rem - GAP, options);
  const at = Math.min(Math.max(0, page), g.pages - 1);
  const first = at * g.perPage;
  return {
    ...single('grid'),
    tiles: g.rects(at).flatMap((box, index) => {
      const entry = entries[first + index];
      return entry === undefined ? [] : [{ key: entry.key, box, large: false, notch: false }];
    }),
    page: at,
    pages: g.pages,
    cols: g.cols,
    perPage: g.perPage,
  };
}
