import type { Fit, Rect, StageLayout } from '../engine/contract';
import { placeZoomed, type Sides, type Zoom } from './zoom';

/** What is shown in a tile's box. */
export interface TileSpec {
  track: string;
  fit: Fit;
  mirrored: boolean;
  /** CSS pixels; in high contrast nothing is round. */
  radius: number;
  veiled: boolean;
  /** Hands that speak: every picture, and kept longest. */
  smooth: boolean;
  /** Painting order; higher is over lower. */
  layer: number;
  /** Looked at closely, and how large all of it is. */
  zoom?: { at: Zoom; picture: Sides };
}

/** Where something is in the window, CSS pixels. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What of its box a cover covers. */
export type Shape = (box: Box) => readonly Box[];

/** Scales a box to device pixels so that neighbours that touch still touch. */
export function deviceRect(box: Box, scale: number): Rect {
  const x = Math.round(box.left * scale);
  const y = Math.round(box.top * scale);
  return { x, y, width: Math.round(box.right * scale) - x, height: Math.round(box.bottom * scale) - y };
}

/** Scales a box outwards to whole device pixels: a cover is never short of a pixel. */
export function deviceCover(box: Box, scale: number): Rect {
  const x = Math.floor(box.left * scale);
  const y = Math.floor(box.top * scale);
  return { x, y, width: Math.ceil(box.right * scale) - x, height: Math.ceil(box.bottom * scale) - y };
}

function meet(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The four sides of a frame of `edge` CSS pixels inside of `box`. */
export function frameOf(box: Box, edge: number): Box[] {
  // Spelled out: a DOMRect has its sides on its prototype, and spreading it gives nothing.
  const { left, right, top, bottom } = box;
  return [
    { left, right, top, bottom: top + edge },
    { left, right, top: bottom - edge, bottom },
    { left, right: left + edge, top: top + edge, bottom: bottom - edge },
    { left: right - edge, right, top: top + edge, bottom: bottom - edge },
  ];
}

/** Milliseconds after which a window that is not to be seen asks for no pictures any more: a look at another workspace is shorter. */
export const UNSEEN_MS = 2000;

/**
 * Turns boxes of the page into the one `StageLayout` message, at most one an animation frame and
 * only where it differs from the last.
 *
 * A cover counts only where it meets a tile: everything else is opaque page anyway.
 */
export class StageReporter {
  private readonly tiles = new Map<HTMLElement, TileSpec>();
  private readonly covers = new Map<HTMLElement, number | Shape | undefined>();
  private readonly sizes = new ResizeObserver(() => this.changed());
  private readonly moves = new MutationObserver(() => this.changed());
  private scheduled = 0;
  /** Tiles have been reported: before, nobody sees anything, and nothing waits for the next frame. */
  private begun = false;
  private last = '';
  private unseen: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly send: (layout: StageLayout) => void) {}

  /** Follows window and scrolling until the returned function is called. */
  start(): () => void {
    const changed = () => this.changed();
    window.addEventListener('resize', changed);
    document.addEventListener('scroll', changed, { capture: true, passive: true });
    document.addEventListener('transitionend', changed);
    const seen = () => this.seen(!document.hidden);
    document.addEventListener('visibilitychange', seen);
    // The webview may be a new one over an engine that still shows what the old one asked for.
    this.changed();
    return () => {
      window.removeEventListener('resize', changed);
      document.removeEventListener('scroll', changed, { capture: true });
      document.removeEventListener('transitionend', changed);
      document.removeEventListener('visibilitychange', seen);
      this.seen(true);
    };
  }

  /** A minimised window has no animation frames, so that both directions act at once. */
  private seen(is: boolean): void {
    if (this.unseen !== null) clearTimeout(this.unseen);
    this.unseen = is ? null : setTimeout(() => this.say({ ...this.measure(window.devicePixelRatio || 1), tiles: [], covers: [] }), UNSEEN_MS);
    if (is) this.report();
  }

  addTile(element: HTMLElement, spec: TileSpec): () => void {
    this.tiles.set(element, spec);
    this.sizes.observe(element);
    this.changed();
    return () => {
      this.tiles.delete(element);
      this.sizes.unobserve(element);
      this.changed();
    };
  }

  addCover(element: HTMLElement, shape?: number | Shape): () => void {
    this.covers.set(element, shape);
    this.sizes.observe(element);
    // Popovers are moved by their style.
    this.moves.observe(element, { attributes: true, attributeFilter: ['style', 'class'] });
    this.changed();
    return () => {
      this.covers.delete(element);
      this.sizes.unobserve(element);
      this.changed();
    };
  }

  /** Something may have moved. */
  changed(): void {
    if (!this.begun && this.tiles.size > 0) {
      this.begun = true;
      // After all of the page's first tiles are in place, and before it is painted.
      queueMicrotask(() => this.report());
    }
    if (this.scheduled !== 0) return;
    this.scheduled = requestAnimationFrame(() => {
      this.scheduled = 0;
      this.report();
    });
  }

  private report(): void {
    // Where nobody looks, nothing changes until somebody does.
    if (this.unseen === null) this.say(this.measure(window.devicePixelRatio || 1));
  }

  private say(layout: StageLayout): void {
    const text = JSON.stringify(layout);
    if (text === this.last) return;
    this.last = text;
    this.send(layout);
  }

  private measure(scale: number): StageLayout {
    // As the style sheet has it at this moment.
    const square = document.documentElement.dataset['contrast'] === 'more';
    const shown = [...this.tiles]
      .map(([element, spec]) => {
        const tile = deviceRect(element.getBoundingClientRect(), scale);
        const { rect, part } = spec.zoom === undefined ? { rect: tile, part: null } : placeZoomed(tile, spec.zoom.at, spec.zoom.picture);
        // Only the tile itself is round.
        const radius = !square && rect.width === tile.width && rect.height === tile.height ? Math.round(spec.radius * scale) : 0;
        return { spec, rect, part, radius };
      })
      .filter(({ rect }) => rect.width > 0 && rect.height > 0)
      .sort((a, b) => a.spec.layer - b.spec.layer || a.rect.y - b.rect.y || a.rect.x - b.rect.x);
    const covers = [...this.covers]
      .flatMap(([element, shape]): readonly Box[] => {
        const box = element.getBoundingClientRect();
        if (shape === undefined) return [box];
        return typeof shape === 'number' ? frameOf(box, shape) : shape(box);
      })
      .map((box) => deviceCover(box, scale))
      .filter((cover) => cover.width > 0 && cover.height > 0 && shown.some(({ rect }) => meet(rect, cover)));
    return {
      tiles: shown.map(({ spec, rect, part, radius }) => ({
        track: spec.track,
        rect,
        fit: spec.fit,
        mirrored: spec.mirrored,
        radius,
        veiled: spec.veiled,
        smooth: spec.smooth,
        part,
      })),
      covers,
      scale_milli: Math.round(scale * 1000),
    };
  }
}
