import type { LayoutMode } from '../engine/contract';
import { type Box, type Corner, focus, GAP, grid, pair } from './layout';

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
  /** A large tile of a layout. */
  large: boolean;
  /** Ourselves, cut into the corner of the large tile. */
  notch: boolean;
  /** The interpreter: uncropped, and every picture is wanted. */
  signer: boolean;
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
  /** The room that is kept for the page keys: under the tiles that are paged, over an interpreter who is below them. */
  pagerBox: Box | null;
}

export interface Wish {
  /** In order; ourselves last. */
  entries: readonly StageEntry[];
  mode: LayoutMode;
  /** Shown large, in the order of pinning; who is not there does not count. */
  pinned: readonly string[];
  /** Whose hands speak: beside all others, on every page and in every layout. */
  interpreter: string | null;
  /** Whom the speaker layout shows large. */
  speaker: string | null;
  /** Where the own picture is cut in. */
  corner: Corner;
  w: number;
  h: number;
  /** CSS pixels of one rem. */
  rem: number;
  page: number;
  previousCols: number;
}

/** Height of the page keys under a grid, in rem. */
export const PAGER_REM = 2.75;
/** One that is lower than this, in rem, has no tile: names and keys would lie over what is around it. */
export const LEAST_REM = 4;
/** A stage lower than this is a strip over an open panel: whoever matters most, and who fits beside. */
const STRIP_REM = 8;
const SELF_REM = 16;
const MIN_TILE_REM = 13;
/** Shares side by side; more than these wait in the strip. */
const MOST_SHARES = 2;

/** Decides who is where. Pure: the same wish gives the same plan. */
export function compose(wish: Wish): StagePlan {
  const { entries, w, h } = wish;
  if (entries.length === 0 || w <= 0 || h < LEAST_REM * wish.rem) return { ...single('empty'), tiles: [] };
  if (h < STRIP_REM * wish.rem) return composeStrip(wish);
  const signer = signerOf(wish);
  const rest = signer === undefined ? entries : entries.filter((entry) => entry !== signer);
  // Nobody is there to be shown beside them: they are one of two. Uncropped they are wherever they are.
  if (signer === undefined || rest.every((entry) => entry.kind === 'self')) return mark(composeAll(wish), wish.interpreter);
  return composeBeside({ ...wish, entries: rest }, signer);
}

/** The interpreter, unless they are large by the person's own choice. */
function signerOf({ entries, interpreter, pinned }: Wish): StageEntry | undefined {
  return entries.find(({ key }) => key === interpreter && !pinned.includes(key));
}

function single(kind: StagePlan['kind']): Omit<StagePlan, 'tiles'> {
  return { kind, page: 0, pages: 1, cols: 0, perPage: 1, hidden: 0, hiddenBox: null, pagerBox: null };
}

function mark(plan: StagePlan, interpreter: string | null): StagePlan {
  return { ...plan, tiles: plan.tiles.map((tile) => (tile.key === interpreter ? { ...tile, signer: true } : tile)) };
}

function placed(entry: StageEntry, box: Box, over: Partial<Placed> = {}): Placed {
  return { key: entry.key, box, large: false, notch: false, signer: false, ...over };
}

/** Everybody, without anybody apart. */
function composeAll(wish: Wish): StagePlan {
  const { entries, w, h } = wish;
  const large = largeEntries(wish);
  if (large.length > 0 && entries.length > 1) return composeFocus(wish, large, null);
  const self = entries.find((entry) => entry.kind === 'self');
  const other = entries.find((entry) => entry.kind !== 'self');
  // Nothing is cut into the picture of hands that speak.
  if (wish.mode === 'auto' && entries.length === 2 && self !== undefined && other !== undefined && other.key !== wish.interpreter) {
    const boxes = pair(w, h, SELF_REM * wish.rem, wish.corner);
    return { ...single('pair'), tiles: [placed(other, boxes.large, { large: true }), placed(self, boxes.self, { notch: true })] };
  }
  return composeGrid(wish);
}

/** Everybody else in what the interpreter leaves of the stage. */
function composeBeside(wish: Wish, signer: StageEntry): StagePlan {
  const large = largeEntries(wish);
  if (large.length > 0) return composeFocus(wish, large, signer);
  const f = focus(0, wish.w, wish.h, { signer: true, rem: wish.rem });
  const plan = composeAll({ ...wish, w: f.main.w, h: f.main.h });
  if (f.signer === null) return plan;
  // Beside the others they begin where those begin.
  const top = Math.min(...plan.tiles.map(({ box }) => box.y));
  const y = f.side ? Math.max(0, Math.min(top, wish.h - f.signer.h)) : f.signer.y;
  const x = f.side ? f.signer.x : Math.round((wish.w - f.signer.w) / 2);
  return { ...plan, tiles: [placed(signer, { ...f.signer, x, y }, { signer: true }), ...plan.tiles] };
}

/** Who is large: what is pinned, then shares, then whoever speaks; the person's own choice first. */
function largeEntries({ entries, mode, pinned, speaker }: Wish): StageEntry[] {
  const find = (key: string | null) => entries.find((entry) => entry.key === key);
  const chosen = pinned.flatMap((key) => find(key) ?? []);
  if (chosen.length > 0) return chosen;
  if (mode === 'grid') return [];
  const shares = entries.filter((entry) => entry.kind === 'screen').slice(0, MOST_SHARES);
  if (shares.length > 0) return shares;
  if (mode === 'auto') return [];
  const one = find(speaker) ?? entries.find((entry) => entry.kind === 'person');
  return one === undefined ? [] : [one];
}

/** Over an open panel: the interpreter, whoever is large, and who fits beside. */
function composeStrip(wish: Wish): StagePlan {
  const { entries, w, h } = wish;
  const signer = signerOf(wish);
  const large = largeEntries({ ...wish, entries: entries.filter((entry) => entry !== signer), mode: 'speaker' });
  const first = [...(signer === undefined ? [] : [signer]), ...large];
  const tiles: Placed[] = [];
  let x = 0;
  for (const entry of [...first, ...entries.filter((one) => !first.includes(one))]) {
    const tw = Math.min(w, Math.round(h * (entry === signer ? 4 / 3 : 16 / 9)));
    if (tiles.length > 0 && x + tw > w) break;
    tiles.push(placed(entry, { x, y: 0, w: tw, h }, { large: large.includes(entry), signer: entry.key === wish.interpreter }));
    x += tw + GAP;
  }
  const left = Math.round((w - (x - GAP)) / 2);
  return { ...single('focus'), tiles: tiles.map((tile) => ({ ...tile, box: { ...tile.box, x: tile.box.x + left } })) };
}

/** What is large, the interpreter beside it, and the others in a strip. */
function composeFocus(wish: Wish, wanted: readonly StageEntry[], signer: StageEntry | null): StagePlan {
  const { entries, w, h, rem } = wish;
  const only = wanted.length === 1 ? wanted[0] : undefined;
  const area = (count: number) => focus(count, w, h, { mainAspect: only?.aspect ?? 16 / 9, signer: signer !== null, rem });
  let f = area(entries.length - wanted.length);
  let large = wanted;
  let boxes = [f.content];
  if (only === undefined) {
    const g = grid(wanted.length, f.main.w, f.main.h, { minWidth: MIN_TILE_REM * rem });
    // Those that would be too small come first in the strip.
    large = wanted.slice(0, g.perPage);
    f = area(entries.length - large.length);
    boxes = grid(large.length, f.main.w, f.main.h, { minWidth: 0 }).rects();
  }
  const rest = [...wanted.slice(large.length), ...entries.filter((entry) => !wanted.includes(entry))];
  // The last place tells how many there is no place for.
  const places = f.hidden > 0 ? f.list.length - 1 : f.list.length;
  return {
    ...single('focus'),
    tiles: [
      ...large.flatMap((entry, at) => (boxes[at] === undefined ? [] : [placed(entry, boxes[at], { large: true })])),
      ...(signer === null || f.signer === null ? [] : [placed(signer, f.signer, { signer: true })]),
      ...f.list.slice(0, Math.max(0, places)).flatMap((box, at) => (rest[at] === undefined ? [] : [placed(rest[at], box)])),
    ],
    hidden: f.hidden > 0 ? f.hidden + Math.min(1, f.list.length) : 0,
    hiddenBox: f.hidden > 0 ? (f.list.at(-1) ?? null) : null,
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
      return entry === undefined ? [] : [placed(entry, box)];
    }),
    page: at,
    pages: g.pages,
    cols: g.cols,
    perPage: g.perPage,
    pagerBox: g.pages > 1 ? { x: 0, y: h - PAGER_REM * rem, w, h: PAGER_REM * rem } : null,
  };
}
