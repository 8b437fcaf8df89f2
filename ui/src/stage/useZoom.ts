import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../a11y/Announcer';
import { digitOf } from '../digits';
import type { Direction } from './move';
import { canPan, PAN_STEP, pan, placeZoomed, scaleOf, type Sides, type Zoom, zoomStep, zoomTo, zoomWheel } from './zoom';

/** Lines and pages of a wheel that does not turn in pixels, in CSS pixels. */
const WHEEL_UNITS = [1, 20, 400];

const DIRECTIONS: Record<string, Direction> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

interface Wish {
  /** The tile's element. */
  ref: RefObject<HTMLElement | null>;
  /** Its sides in CSS pixels. */
  w: number;
  h: number;
  /** The picture in full; `null` where it is none that is looked at closely. */
  picture: Sides | null;
  zoom: Zoom | null;
  onZoom: (zoom: Zoom | null) => void;
}

/** A picture that is looked at closely, as its tile and its keys need it. */
export interface Closeness {
  zoom: Zoom | null;
  /** For the reporter. */
  spec: { zoom?: { at: Zoom; picture: Sides } };
  /** Where the page's own picture is in the tile, in CSS pixels; `null`: where it always is. */
  box: { left: number; top: number; width: number; height: number } | null;
  percent: number;
  pannable: boolean;
  step(direction: 1 | -1): void;
  fit(): void;
  full(): void;
  /** Takes `+`, `-`, `0`, `1` and, where there is more than is shown, arrows; true where it was one of them. */
  key(event: Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): boolean;
  drag: {
    onPointerDown(event: PointerEvent<HTMLElement>): void;
    onPointerMove(event: PointerEvent<HTMLElement>): void;
    onPointerUp(): void;
    onPointerCancel(): void;
    onLostPointerCapture(): void;
  };
}

/** Zoom and pan by keys, wheel and pointer; `null` where there is nothing to be looked at closely. */
export function useZoom(wish: Wish): Closeness | null {
  const { ref, picture, zoom } = wish;
  const { t, i18n } = useTranslation('announce');
  const announce = useAnnounce();
  const last = useRef(wish);
  last.current = wish;
  const from = useRef<{ x: number; y: number } | null>(null);
  const ratio = window.devicePixelRatio || 1;
  const enabled = picture !== null;

  useEffect(() => {
    const element = ref.current;
    if (element === null || !enabled) return;
    // React's own listener is passive: the page would be zoomed or scrolled too.
    const wheel = (event: WheelEvent) => {
      const now = last.current;
      if (now.picture === null) return;
      const onZoom = (zoom: Zoom) => put(last, zoom);
      const tile = sidesOf(now);
      const unit = (WHEEL_UNITS[event.deltaMode] ?? 1) * (window.devicePixelRatio || 1);
      if (event.ctrlKey) {
        event.preventDefault();
        onZoom(zoomWheel(now.zoom, event.deltaY * (WHEEL_UNITS[event.deltaMode] ?? 1), tile, now.picture, offset(event, element)));
      } else if (now.zoom !== null && canPan(now.zoom, tile, now.picture)) {
        event.preventDefault();
        const [dx, dy] = event.shiftKey && event.deltaX === 0 ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
        onZoom(pan(now.zoom, dx * unit, dy * unit, tile, now.picture));
      }
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [ref, enabled]);

  if (picture === null || picture.width <= 0 || picture.height <= 0) return null;
  const tile = sidesOf(wish);
  const pannable = canPan(zoom, tile, picture);
  const change = (next: Zoom | null) => {
    if (next === last.current.zoom) return;
    put(last, next);
    const percent = percentText(scaleOf(next, tile, picture), i18n.language);
    announce({ kind: 'zoom', text: t(next === null ? 'zoomFit' : 'zoom', { percent }), politeness: 'polite' });
  };
  const step = (direction: 1 | -1) => change(zoomStep(last.current.zoom, direction, tile, picture));
  const fit = () => change(null);
  const full = () => change(zoomTo(last.current.zoom, 1, tile, picture));
  const move = (direction: Direction) => {
    const now = last.current.zoom;
    if (now === null) return;
    const [x, y] = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] }[direction] as [number, number];
    put(last, pan(now, x * PAN_STEP * tile.width, y * PAN_STEP * tile.height, tile, picture));
  };
  const end = () => {
    from.current = null;
  };
  const placed = zoom === null ? null : placeZoomed({ x: 0, y: 0, width: Math.round(tile.width), height: Math.round(tile.height) }, zoom, picture).rect;
  return {
    zoom,
    spec: zoom === null ? {} : { zoom: { at: zoom, picture } },
    box: placed === null ? null : { left: placed.x / ratio, top: placed.y / ratio, width: placed.width / ratio, height: placed.height / ratio },
    percent: Math.round(scaleOf(zoom, tile, picture) * 100),
    pannable,
    step,
    fit,
    full,
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return false;
      const direction = DIRECTIONS[event.key];
      if (direction !== undefined) {
        if (!pannable || event.shiftKey) return false;
        move(direction);
        return true;
      }
      // The sign goes before the place: Czech keyboards write `+` where others have 1.
      const act = { '+': () => step(1), '=': () => step(1), '-': () => step(-1) }[event.key] ?? [fit, full][digitOf(event) ?? -1];
      act?.();
      return act !== undefined;
    },
    drag: {
      onPointerDown(event) {
        if (!pannable || event.button !== 0 || (event.target as HTMLElement).closest('button') !== null) return;
        from.current = { x: event.clientX, y: event.clientY };
        event.currentTarget.setPointerCapture?.(event.pointerId);
      },
      onPointerMove(event) {
        const start = from.current;
        const { zoom: now } = last.current;
        if (start === null || now === null) return;
        // The picture goes with the pointer.
        put(last, pan(now, (start.x - event.clientX) * ratio, (start.y - event.clientY) * ratio, tile, picture));
        from.current = { x: event.clientX, y: event.clientY };
      },
      onPointerUp: end,
      onPointerCancel: end,
      onLostPointerCapture: end,
    },
  };
}

/** Tells the new zoom, and knows it before the next rendering: events come faster than pictures. */
function put(last: RefObject<Wish>, zoom: Zoom | null): void {
  last.current = { ...last.current, zoom };
  last.current.onZoom(zoom);
}

/** `200 %` as the language writes it. */
export function percentText(scale: number, language: string): string {
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 }).format(scale);
}

/** The tile's sides in device pixels. */
function sidesOf({ w, h }: Pick<Wish, 'w' | 'h'>): Sides {
  const ratio = window.devicePixelRatio || 1;
  return { width: Math.max(1, w * ratio), height: Math.max(1, h * ratio) };
}

/** Where the pointer is, in device pixels from the middle of the tile. */
function offset(event: WheelEvent, element: HTMLElement): { x: number; y: number } {
  const box = element.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  return { x: (event.clientX - (box.left + box.right) / 2) * ratio, y: (event.clientY - (box.top + box.bottom) / 2) * ratio };
}
