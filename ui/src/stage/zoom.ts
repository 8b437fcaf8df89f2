import type { Part, Rect } from '../engine/contract';

/** How closely a picture is looked at; without one all of it is shown. */
export interface Zoom {
  /** Pixels of the screen for each of the picture's: 1 is sharp. */
  scale: number;
  /** The point of the picture in the middle, as parts of its sides. */
  x: number;
  y: number;
}

/** Sides in pixels: of a picture, or of the screen. */
export interface Sides {
  width: number;
  height: number;
}

export const LEAST = 0.5;
export const MOST = 4;
const STEPS = [LEAST, 0.75, 1, 1.25, 1.5, 2, 3, MOST];
/** One press of an arrow moves by so much of what is shown. */
export const PAN_STEP = 0.1;
/** What the wheel turns for a factor of e, in pixels: a notch of 100 is about a fifth. */
const WHEEL = 500;
const WHOLE = 65_536;

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

/** The scale at which all of the picture is just shown. */
export function fitScale(tile: Sides, picture: Sides): number {
  return Math.min(tile.width / picture.width, tile.height / picture.height);
}

/** The scale that is shown now. */
export function scaleOf(zoom: Zoom | null, tile: Sides, picture: Sides): number {
  return zoom?.scale ?? fitScale(tile, picture);
}

/** How much of each side is shown, at most 1. */
function shown(scale: number, tile: Sides, picture: Sides): { x: number; y: number } {
  return { x: Math.min(1, tile.width / (picture.width * scale)), y: Math.min(1, tile.height / (picture.height * scale)) };
}

/** The same with its middle so far inside that nothing beyond the picture's edge is shown. */
export function inside(zoom: Zoom, tile: Sides, picture: Sides): Zoom {
  const part = shown(zoom.scale, tile, picture);
  return { scale: zoom.scale, x: clamp(zoom.x, part.x / 2, 1 - part.x / 2), y: clamp(zoom.y, part.y / 2, 1 - part.y / 2) };
}

/** Whether there is more than is shown. */
export function canPan(zoom: Zoom | null, tile: Sides, picture: Sides): boolean {
  if (zoom === null) return false;
  const part = shown(zoom.scale, tile, picture);
  return part.x < 1 || part.y < 1;
}

/**
 * Another scale; what is under `at` (pixels of the screen from the middle of the tile) stays there.
 */
export function zoomTo(zoom: Zoom | null, scale: number, tile: Sides, picture: Sides, at = { x: 0, y: 0 }): Zoom {
  const before = zoom === null ? { scale: fitScale(tile, picture), x: 0.5, y: 0.5 } : inside(zoom, tile, picture);
  const next = clamp(scale, LEAST, MOST);
  const keep = (middle: number, offset: number, side: number) => middle + (offset / side) * (1 / before.scale - 1 / next);
  return inside({ scale: next, x: keep(before.x, at.x, picture.width), y: keep(before.y, at.y, picture.height) }, tile, picture);
}

/** The next step up or down from what is shown; the same where there is none. Below the least step all of it is shown. */
export function zoomStep(zoom: Zoom | null, direction: 1 | -1, tile: Sides, picture: Sides): Zoom | null {
  const now = scaleOf(zoom, tile, picture);
  // A step that would not be seen is none.
  const next = direction > 0 ? STEPS.find((step) => step > now * 1.01) : STEPS.findLast((step) => step < now * 0.99);
  if (next !== undefined) return zoomTo(zoom, next, tile, picture);
  return direction < 0 && now > fitScale(tile, picture) ? null : zoom;
}

/** What the wheel does with a turn of `delta` pixels at a point. */
export function zoomWheel(zoom: Zoom | null, delta: number, tile: Sides, picture: Sides, at: { x: number; y: number }): Zoom {
  return zoomTo(zoom, scaleOf(zoom, tile, picture) * Math.exp(-delta / WHEEL), tile, picture, at);
}

/** Moves what is shown by pixels of the screen: to the right shows more of the right. */
export function pan(zoom: Zoom, dx: number, dy: number, tile: Sides, picture: Sides): Zoom {
  const from = inside(zoom, tile, picture);
  return inside({ ...from, x: from.x + dx / (picture.width * from.scale), y: from.y + dy / (picture.height * from.scale) }, tile, picture);
}

/** Where the picture goes inside of a tile, in device pixels, and what part of it. */
export function placeZoomed(tile: Rect, zoom: Zoom, picture: Sides): { rect: Rect; part: Part } {
  const x = placeSide(tile.width, zoom.scale, zoom.x, picture.width);
  const y = placeSide(tile.height, zoom.scale, zoom.y, picture.height);
  return {
    rect: { x: tile.x + x.offset, y: tile.y + y.offset, width: x.length, height: y.length },
    part: { x: x.start, y: y.start, width: x.span, height: y.span },
  };
}

/** One side: a picture that is smaller than the tile is in its middle, of a larger one a part fills it. */
function placeSide(tile: number, scale: number, middle: number, picture: number): { offset: number; length: number; start: number; span: number } {
  const whole = Math.round(picture * scale);
  if (whole <= tile) return { offset: Math.floor((tile - whole) / 2), length: Math.max(1, whole), start: 0, span: WHOLE };
  const span = tile / (picture * scale);
  // To whole pixels of the picture, so that 100 % is sharp wherever it is panned to.
  const pixels = clamp(Math.round((middle - span / 2) * picture), 0, Math.max(0, Math.floor(picture - span * picture)));
  return { offset: 0, length: tile, start: Math.round((pixels / picture) * WHOLE), span: Math.round(span * WHOLE) };
}

/**
 * The size to which per cents refer: the largest layer's, whatever layer has come. A window that somebody shares may have another
 * shape by now than when they began: then what comes is all that is known.
 */
export function fullSize(size: Sides | null, full: Sides | null): Sides | null {
  if (size === null || size.width === 0 || size.height === 0) return full;
  if (full === null || full.width === 0 || full.height === 0) return size;
  const same = Math.abs((size.width * full.height) / (size.height * full.width) - 1) < 0.03;
  return same && full.width > size.width ? full : size;
}
