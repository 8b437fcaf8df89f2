import { type CSSProperties, type PointerEvent, useMemo, useRef } from 'react';
import type { Placed } from './compose';
import { isLeft, isTop } from './corner';
import { useCover } from './covers';
import type { Corner } from './layout';
import { frameShape, spandrelShape } from './notch-shape';
import type { Shape } from './reporter';
import style from './stage.module.css';

/** Width of the stage around the own picture, CSS pixels. */
const EDGE = 8;
const INNER_RADIUS = 20;
const OUTER_RADIUS = 12;
/** A pointer that moved less than this, in CSS pixels, has only pressed. */
const SLOP = 8;

/** The stage-coloured frame around the own picture in a corner of the large one. */
export function Notch({ tile, corner }: { tile: Placed; corner: Corner }) {
  const { x, y, w, h } = tile.box;
  const top = isTop(corner);
  const left = isLeft(corner);
  const covers = useMemo(() => {
    const [soft, square] = [frameShape(corner, EDGE, INNER_RADIUS), frameShape(corner, EDGE, 0)];
    // As the style sheet has it at this moment.
    const frame: Shape = (box) => (document.documentElement.dataset['contrast'] === 'more' ? square : soft)(box);
    return { frame, round: spandrelShape(corner) };
  }, [corner]);
  // The frame is on the two inner sides; its one inner corner is round.
  const radius = (atTop: boolean, atLeft: boolean) => (atTop !== top && atLeft !== left ? INNER_RADIUS : 0);
  const frame: CSSProperties = {
    left: left ? x : x - EDGE,
    top: top ? y : y - EDGE,
    width: w + EDGE,
    height: h + EDGE,
    borderWidth: `${top ? 0 : EDGE}px ${left ? EDGE : 0}px ${top ? EDGE : 0}px ${left ? 0 : EDGE}px`,
    borderTopLeftRadius: radius(true, true),
    borderTopRightRadius: radius(true, false),
    borderBottomLeftRadius: radius(false, true),
    borderBottomRightRadius: radius(false, false),
  };
  // Where the frame meets the edge of the large picture, that picture is round again.
  const round: CSSProperties = {
    width: OUTER_RADIUS,
    height: OUTER_RADIUS,
    background: `radial-gradient(circle at ${left ? '100%' : '0'} ${top ? '100%' : '0'}, transparent ${OUTER_RADIUS - 0.5}px, var(--stage) ${OUTER_RADIUS}px)`,
  };
  const beside = left ? x + w + EDGE : x - EDGE - OUTER_RADIUS;
  const over = top ? y + h + EDGE : y - EDGE - OUTER_RADIUS;
  return (
    <>
      <i ref={useCover(covers.frame)} className={style.notchFrame} style={frame} />
      <i ref={useCover(covers.round)} className={style.notchCorner} style={{ ...round, left: left ? x : x + w - OUTER_RADIUS, top: over }} />
      <i ref={useCover(covers.round)} className={style.notchCorner} style={{ ...round, left: beside, top: top ? y : y + h - OUTER_RADIUS }} />
    </>
  );
}

/**
 * Handlers that let a tile be dragged: `onDrag` hears where the pointer is, once it has really moved.
 * The picture goes from corner to corner at once; nothing slides.
 */
export function useNotchDrag(onDrag: (x: number, y: number) => void) {
  const from = useRef<{ x: number; y: number; moved: boolean } | null>(null);
  const end = () => {
    from.current = null;
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      // Keys on the tile stay keys.
      if (event.button !== 0 || (event.target as HTMLElement).closest('button') !== null) return;
      from.current = { x: event.clientX, y: event.clientY, moved: false };
      event.currentTarget.setPointerCapture?.(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const start = from.current;
      if (start === null) return;
      start.moved ||= Math.hypot(event.clientX - start.x, event.clientY - start.y) > SLOP;
      if (start.moved) onDrag(event.clientX, event.clientY);
    },
    onPointerUp: end,
    onPointerCancel: end,
    onLostPointerCapture: end,
  };
}
