import type { Corner } from '../engine/contract';

/** A rectangle in whole CSS pixels, origin at the stage's top left. */
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Grid {
  cols: number;
  rows: number;
  /** Size of one tile. */
  tw: number;
  th: number;
  perPage: number;
  pages: number;
  /** Rectangles of a page, row by row; the last row is centred. */
  rects(page?: number): Box[];
}

export interface GridOptions {
  gap?: number;
  /** The aspect of a tile flexes between these; a 16:9 picture loses at most a quarter of its width. */
  minAspect?: number;
  maxAspect?: number;
  /** A tile is never narrower, as long as there is more than one on a page. */
  minWidth?: number;
  /** Most tiles on a page. */
  cap?: number;
  /** Columns of the layout that is on screen: they stay until others are 8 % better. */
  previousCols?: number;
}

/** Gap between tiles, CSS pixels. */
export const GAP = 8;

const HOLE_COST = 0.04;
const HYSTERESIS = 1.08;

/** The largest rectangle of aspect `a` in `w` × `h`. */
function largest(w: number, h: number, a: number): [number, number] {
  return w / h > a ? [h * a, h] : [w, w / a];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

interface Cells {
  cols: number;
  rows: number;
  tw: number;
  th: number;
}

/** The best columns for `count` tiles: most area, 4 % less for each hole, 8 % more for the current columns. */
function bestCells(count: number, w: number, h: number, o: Required<GridOptions>): Cells {
  let best: Cells & { score: number } = { cols: 1, rows: count, tw: 0, th: 0, score: -1 };
  for (let cols = 1; cols <= count; cols++) {
    const rows = Math.ceil(count / cols);
    const cw = (w - o.gap * (cols - 1)) / cols;
    const ch = (h - o.gap * (rows - 1)) / rows;
    if (cw <= 0 || ch <= 0) continue;
    const [tw, th] = largest(cw, ch, clamp(cw / ch, o.minAspect, o.maxAspect));
    const holes = cols * rows - count;
    const score = tw * th * (1 - HOLE_COST * holes) * (cols === o.previousCols && tw >= o.minWidth ? HYSTERESIS : 1);
    if (score > best.score) best = { cols, rows, tw: Math.floor(tw), th: Math.floor(th), score };
  }
  return best;
}

/**
 * `n` equal tiles in `w` × `h` CSS pixels.
 *
 * Where a tile would be too narrow, there are fewer on a page; pages are then filled evenly, so that
 * none holds one lonely tile.
 */
export function grid(n: number, w: number, h: number, options: GridOptions = {}): Grid {
  const o: Required<GridOptions> = {
    gap: GAP,
    minAspect: 4 / 3,
    maxAspect: 16 / 9,
    minWidth: 208,
    cap: 25,
    previousCols: 0,
    ...options,
  };
  let perPage = Math.max(1, Math.min(n, o.cap));
  // How many are on a page must not hang on what is on screen: else the same wish, asked again, would
  // give another plan, and tiles would jump while nothing changed.
  const free = { ...o, previousCols: 0 };
  while (perPage > 1 && bestCells(perPage, w, h, free).tw < o.minWidth) perPage--;
  const pages = Math.max(1, Math.ceil(n / perPage));
  perPage = Math.max(1, Math.ceil(n / pages));
  const cells = bestCells(perPage, w, h, o);
  const { cols, rows, tw, th } = cells;
  const rects = (page = 0): Box[] => {
    const count = Math.max(0, Math.min(perPage, n - page * perPage));
    const top = (h - (rows * th + o.gap * (rows - 1))) / 2;
    return Array.from({ length: count }, (_, at) => {
      const row = Math.floor(at / cols);
      const inRow = Math.min(cols, count - row * cols);
      const left = (w - (inRow * tw + o.gap * (inRow - 1))) / 2;
      return {
        x: Math.round(left + (at % cols) * (tw + o.gap)),
        y: Math.round(top + row * (th + o.gap)),
        w: tw,
        h: th,
      };
    });
  };
  return { ...cells, perPage, pages, rects };
}

export interface Focus {
  /** The area of the large tile. */
  main: Box;
  /** The picture in it, at its own aspect. */
  content: Box;
  /** The film strip, as many as fit. */
  list: Box[];
  /** Where the interpreter is: 4:3, beside the large tile on every page. */
  signer: Box | null;
  /** People whom the strip has no room for. */
  hidden: number;
  /** True where the strip is at the side, false where it is below. */
  side: boolean;
}

export interface FocusOptions {
  gap?: number;
  /** Width by height of what is large. */
  mainAspect?: number;
  /** Somebody interprets: a legible size is kept for them. */
  signer?: boolean;
  /** CSS pixels of one rem: names are as large as the person's texts. */
  rem?: number;
}

/** A stage narrower than this, in rem, has its strip where it leaves more to what is large. */
const NARROW_REM = 22;

/** Width of an interpreter's tile: 17.5rem at least, unless the stage itself is too small for that. */
function signerWidth(strip: number, w: number, h: number, side: boolean, rem: number): number {
  const wanted = Math.max(strip, clamp(w * 0.22, 17.5 * rem, 22.5 * rem));
  return Math.round(Math.min(wanted, w * (side ? 0.45 : 1), h * (side ? 4 / 3 : 2 / 3)));
}

/**
 * One large picture of aspect `mainAspect`, and a strip of `n`: at the right where the stage is wide,
 * below where it is tall. A strip at the side starts level with the picture; an interpreter is its first
 * place, larger than the others.
 */
export function focus(n: number, w: number, h: number, options: FocusOptions = {}): Focus {
  const { gap = GAP, mainAspect = 16 / 9, signer = false, rem = 16 } = options;
  const tileWidth = (beside: boolean) => Math.round(Math.min(beside ? clamp(w * 0.19, 10.5 * rem, 17.5 * rem) : clamp(w * 0.28, 8 * rem, 13 * rem), w * 0.4));
  const wide = w / h >= 1.25;
  const large = (beside: boolean) => (beside ? largest(w - tileWidth(true) - gap, h, mainAspect) : largest(w, h - Math.round((tileWidth(false) * 9) / 16) - gap, mainAspect))[0];
  // On a stage that is narrow beside its letters a strip at the side has nearly half of it.
  const side = wide && !(n > 0 && !signer && w < NARROW_REM * rem && large(false) > large(true));
  const tw = tileWidth(side);
  const sw = signer ? signerWidth(tw, w, h, side, rem) : tw;
  const sh = Math.round((sw * 3) / 4);
  // Beside an interpreter a strip at the side is as wide as they are; below, it keeps its own size.
  const width = side ? sw : tw;
  const height = Math.round((width * 9) / 16);
  const strip = side ? sw : Math.max(signer ? sh : 0, n > 0 ? height : 0);
  const main: Box = { x: 0, y: 0, w, h };
  if (n > 0 || signer) {
    if (side) main.w = w - strip - gap;
    else main.h = h - strip - gap;
  }
  const [cw, ch] = largest(main.w, main.h, mainAspect);
  const content: Box = {
    x: Math.round((main.w - cw) / 2),
    y: Math.round((main.h - ch) / 2),
    w: Math.round(cw),
    h: Math.round(ch),
  };
  const top = side ? Math.max(0, Math.min(content.y, h - (signer ? sh : n > 0 ? height : 0))) : h - strip;
  const box = signer ? { x: side ? w - sw : 0, y: top, w: sw, h: sh } : null;
  const first = box === null ? (side ? top : 0) : side ? top + sh + gap : sw + gap;
  const room = side ? (h - first + gap) / (height + gap) : (w - first + gap) / (width + gap);
  const count = n > 0 ? clamp(Math.floor(room), 0, n) : 0;
  const list = Array.from({ length: count }, (_, at) =>
    side
      ? { x: w - width, y: Math.floor(first + at * (height + gap)), w: width, h: height }
      : { x: Math.round(first + at * (width + gap)), y: h - height, w: width, h: height },
  );
  return { main, content, list, signer: box, hidden: n - count, side };
}

/** Where the own picture is cut into the large one. */
export type { Corner };

export interface Pair {
  large: Box;
  /** The own picture, cut into a corner. */
  self: Box;
}

/** Two people: one large, and ourselves in a notch `selfWidth` wide. */
export function pair(w: number, h: number, selfWidth: number, corner: Corner = 'bottomRight'): Pair {
  const [lw, lh] = largest(w, h, clamp(w / h, 4 / 3, 2));
  const large = {
    x: Math.round((w - lw) / 2),
    y: Math.round((h - lh) / 2),
    w: Math.floor(lw),
    h: Math.floor(lh),
  };
  const sw = Math.round(Math.min(selfWidth, large.w * 0.4));
  const sh = Math.round((sw * 9) / 16);
  const left = corner === 'topLeft' || corner === 'bottomLeft';
  const top = corner === 'topLeft' || corner === 'topRight';
  return {
    large,
    self: { x: left ? large.x : large.x + large.w - sw, y: top ? large.y : large.y + large.h - sh, w: sw, h: sh },
  };
}
