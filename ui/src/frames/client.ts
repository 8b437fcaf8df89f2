import type { FrameSource } from '../engine/engine';
import { type FrameMessage, parseFrame, parseSlots } from './message';
import { choosePaint, type Paint } from './paint';

/** Messages that may be under way at once: one being drawn, one waiting, two on the wire. */
export const FIRST_CREDITS = 4;

/** Milliseconds between two attempts to reach the socket again. */
const RETRY_MS = 500;

/** The part of `WebSocket` that the client uses. */
export interface FrameSocket {
  binaryType: string;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
}

/** Everything of the outside that the client needs, so that tests hold it in hand. */
export interface FrameWorld {
  open(url: string): FrameSocket;
  nextFrame(run: () => void): void;
  later(run: () => void, ms: number): void;
  paint: Promise<Paint>;
}

function browserWorld(): FrameWorld {
  return {
    open: (url) => new WebSocket(url) as unknown as FrameSocket,
    nextFrame: (run) => requestAnimationFrame(run),
    later: (run, ms) => setTimeout(run, ms),
    paint: choosePaint(),
  };
}

/**
 * Pictures over the loopback socket of the shell, drawn at the display's rate.
 *
 * Newest wins on both ends: a picture that is overtaken before it is drawn is dropped here. Each
 * picture that is done with, drawn or dropped, gives the shell one credit back, so that a page that
 * does not draw (hidden, busy) gets nothing more than `FIRST_CREDITS`.
 */
export function connectFrames(url: string, world: FrameWorld = browserWorld()): FrameSource {
  const canvases = new Map<string, HTMLCanvasElement>();
  const waiting = new Map<number, FrameMessage>();
  let slots = new Map<number, string>();
  let socket: FrameSocket | null = null;
  let paint: Paint | null = null;
  let scheduled = false;
  let owed = 0;

  const schedule = () => {
    if (scheduled || paint === null) return;
    scheduled = true;
    world.nextFrame(draw);
  };

  const draw = () => {
    scheduled = false;
    for (const [slot, frame] of waiting) {
      const canvas = canvases.get(slots.get(slot) ?? '');
      if (canvas !== undefined && paint !== null) drawInto(canvas, frame, paint);
    }
    owed += waiting.size;
    waiting.clear();
    if (owed > 0) socket?.send(JSON.stringify({ credits: owed }));
    owed = 0;
  };

  const receive = (data: unknown) => {
    if (typeof data === 'string') {
      slots = parseSlots(data) ?? slots;
      return;
    }
    const frame = data instanceof ArrayBuffer ? parseFrame(data) : null;
    if (frame === null) owed++;
    else {
      if (waiting.has(frame.slot)) owed++;
      waiting.set(frame.slot, frame);
    }
    schedule();
  };

  const open = () => {
    const opened = world.open(url);
    opened.binaryType = 'arraybuffer';
    opened.onopen = () => {
      socket = opened;
      opened.send(JSON.stringify({ credits: FIRST_CREDITS }));
    };
    opened.onmessage = (event) => receive(event.data);
    opened.onclose = () => {
      socket = null;
      owed = 0;
      waiting.clear();
      slots = new Map();
      world.later(open, RETRY_MS);
    };
  };

  void world.paint.then((chosen) => {
    paint = chosen;
    schedule();
  });
  open();

  return {
    attach(track, canvas) {
      canvases.set(track, canvas);
      return () => {
        if (canvases.get(track) === canvas) canvases.delete(track);
      };
    },
  };
}

function drawInto(canvas: HTMLCanvasElement, frame: FrameMessage, paint: Paint): void {
  if (canvas.width !== frame.width) canvas.width = frame.width;
  if (canvas.height !== frame.height) canvas.height = frame.height;
  const context = canvas.getContext('2d', { alpha: false });
  if (context !== null) paint(context, frame);
}
