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
    const score = tw * th * (1 - HOLE_COST * holes) * (cols === o.previousCols ? HYSTERESIS : 1);
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
  let cells = bestCells(perPage, w, h, o);
  while (perPage > 1 && cells.tw < o.minWidth) cells = bestCells(--perPage, w, h, o);
  const pages = Math.max(1, Math.ceil(n / perPage));
  perPage = Math.max(1, Math.ceil(n / pages));
  cells = bestCells(perPage, w, h, o);
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
  /** People whom the strip has no room for. */
  hidden: number;
  /** True where the strip is at the side, false where it is below. */
  side: boolean;
}

/**
 * One large picture of aspect `mainAspect`, and a strip of `n`: at the right where the stage is wide,
 * below where it is tall. A strip at the side starts level with the picture.
 */
export function focus(n: number, w: number, h: number, mainAspect = 16 / 9, gap = GAP): Focus {
  const side = w / h >= 1.25;
  const tw = Math.round(side ? clamp(w * 0.19, 168, 280) : clamp(w * 0.28, 128, 208));
  const th = Math.round((tw * 9) / 16);
  const main: Box = { x: 0, y: 0, w, h };
  if (n > 0) {
    if (side) main.w = w - tw - gap;
    else main.h = h - th - gap;
  }
  const [cw, ch] = largest(main.w, main.h, mainAspect);
  const content: Box = {
    x: Math.round((main.w - cw) / 2),
    y: Math.round((main.h - ch) / 2),
    w: Math.round(cw),
    h: Math.round(ch),
  };
  const first = side ? Math.max(0, Math.min(content.y, h - th)) : 0;
  const room = side ? (h - first + gap) / (th + gap) : (w + gap) / (tw + gap);
  const count = n > 0 ? clamp(Math.floor(room), 0, n) : 0;
  const list = Array.from({ length: count }, (_, at) =>
    side
      ? { x: w - tw, y: Math.floor(first + at * (th + gap)), w: tw, h: th }
      : { x: Math.round(at * (tw + gap)), y: h - th, w: tw, h: th },
  );
  return { main, content, list, hidden: n - count, side };
}

export interface Pair {
  large: Box;
  /** The own picture, cut into the bottom right corner. */
  self: Box;
}

/** Two people: one large, and ourselves in a notch `selfWidth` wide. */
export function pair(w: number, h: number, selfWidth: number): Pair {
  const [lw, lh] = largest(w, h, clamp(w / h, 4 / 3, 2));
  const large = {
    x: Math.round((w - lw) / 2),
    y: Math.round((h - lh) / 2),
    w: Math.floor(lw),
    h: Math.floor(lh),
  };
  const sw = Math.round(Math.min(selfWidth, large.w * 0.4));
  const sh = Math.round((sw * 9) / 16);
  return { large, self: { x: large.x + large.w - sw, y: large.y + large.h - sh, w: sw, h: sh } };
}
