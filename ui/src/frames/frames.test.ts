import { describe, expect, it, vi } from 'vitest';
import { connectFrames, FIRST_CREDITS, type FrameSocket } from './client';
import { byteLength, HEADER_BYTES, parseFrame, parseSlots } from './message';
import { i420ToRgba } from './pixels';

/** A message as Rust builds it. */
function message(slot: number, width: number, height: number, sequence = 0, format = 0): ArrayBuffer {
  const length = byteLength(format === 0 ? 'i420' : 'rgba', width, height);
  const buffer = new ArrayBuffer(HEADER_BYTES + length);
  const view = new DataView(buffer);
  view.setUint32(0, slot, true);
  view.setUint16(4, width, true);
  view.setUint16(6, height, true);
  view.setUint32(8, length, true);
  view.setUint8(12, format);
  view.setUint8(13, 0);
  view.setUint16(14, sequence, true);
  return buffer;
}

describe('frame messages', () => {
  it('reads header and planes', () => {
    const frame = parseFrame(message(9, 5, 3, 77));
    expect(frame).toMatchObject({ slot: 9, width: 5, height: 3, format: 'i420', sequence: 77 });
    // 5 × 3 luma, then two planes of 3 × 2.
    expect(frame?.pixels).toHaveLength(15 + 12);
  });

  it('refuses what is short, long, empty or of an unknown format', () => {
    const good = message(1, 4, 4);
    expect(parseFrame(good.slice(0, -1))).toBeNull();
    expect(parseFrame(good.slice(0, 8))).toBeNull();
    expect(parseFrame(new ArrayBuffer(0))).toBeNull();
    const longer = new Uint8Array(good.byteLength + 1);
    longer.set(new Uint8Array(good));
    expect(parseFrame(longer.buffer)).toBeNull();
    const odd = message(1, 4, 4);
    new DataView(odd).setUint8(12, 2);
    expect(parseFrame(odd)).toBeNull();
    const empty = message(1, 4, 4);
    new DataView(empty).setUint16(4, 0, true);
    expect(parseFrame(empty)).toBeNull();
  });

  it('reads slots, and nothing else', () => {
    expect(parseSlots('{"slots":[{"slot":1,"track":"a"},{"slot":"x"},null]}')).toEqual(new Map([[1, 'a']]));
    for (const text of ['', '[]', 'null', '{"slots":3}']) expect(parseSlots(text)).toBeNull();
  });
});

describe('pixels', () => {
  it('converts the corners of limited-range BT.601', () => {
    const pixel = (y: number, u: number, v: number) => {
      const out = new Uint8ClampedArray(4);
      i420ToRgba(Uint8Array.of(y, u, v), 1, 1, out);
      return [...out];
    };
    expect(pixel(16, 128, 128)).toEqual([0, 0, 0, 255]);
    expect(pixel(235, 128, 128)).toEqual([255, 255, 255, 255]);
    const red = pixel(81, 90, 240);
    expect(red[0]).toBeGreaterThan(250);
    expect(red[1]).toBeLessThan(3);
    expect(red[2]).toBeLessThan(3);
  });
});

describe('the frame client', () => {
  const setUp = () => {
    const sockets: (FrameSocket & { sent: string[] })[] = [];
    const frames: (() => void)[] = [];
    const later: (() => void)[] = [];
    const paint = vi.fn();
    const source = connectFrames('ws://127.0.0.1:1/?token=x', {
      open: () => {
        const socket = { binaryType: '', onopen: null, onmessage: null, onclose: null, sent: [] as string[], send: (text: string) => void socket.sent.push(text) };
        sockets.push(socket);
        return socket;
      },
      nextFrame: (run) => frames.push(run),
      later: (run) => later.push(run),
      paint: Promise.resolve(paint),
    });
    const canvas = { width: 0, height: 0, getContext: () => ({}) } as unknown as HTMLCanvasElement;
    source.attach('camera', canvas);
    return { sockets, frames, later, paint, canvas, source };
  };
  const ready = async () => {
    const all = setUp();
    await Promise.resolve();
    await Promise.resolve();
    const socket = all.sockets[0];
    if (socket === undefined) throw new Error('no socket');
    socket.onopen?.();
    socket.onmessage?.({ data: '{"slots":[{"slot":1,"track":"camera"},{"slot":2,"track":"nobody"}]}' });
    return { ...all, socket };
  };

  it('gives credits first, then one for each picture that is done with', async () => {
    const { socket, frames, paint, canvas } = await ready();
    expect(socket.sent).toEqual([JSON.stringify({ credits: FIRST_CREDITS })]);
    socket.onmessage?.({ data: message(1, 8, 6, 1) });
    frames.pop()?.();
    expect(paint).toHaveBeenCalledTimes(1);
    expect([canvas.width, canvas.height]).toEqual([8, 6]);
    expect(socket.sent.at(-1)).toBe('{"credits":1}');
  });

  it('draws the newest only, and gives the credit of the overtaken one back too', async () => {
    const { socket, frames, paint } = await ready();
    socket.onmessage?.({ data: message(1, 8, 6, 1) });
    socket.onmessage?.({ data: message(1, 8, 6, 2) });
    socket.onmessage?.({ data: message(2, 8, 6, 3) });
    socket.onmessage?.({ data: new ArrayBuffer(3) });
    expect(frames).toHaveLength(1);
    frames.pop()?.();
    expect(paint).toHaveBeenCalledTimes(1);
    expect(paint.mock.calls[0]?.[1]).toMatchObject({ sequence: 2 });
    expect(socket.sent.at(-1)).toBe('{"credits":4}');
  });

  it('connects again when the socket closes', async () => {
    const { socket, sockets, later } = await ready();
    socket.onclose?.();
    later.pop()?.();
    expect(sockets).toHaveLength(2);
    sockets[1]?.onopen?.();
    expect(sockets[1]?.sent).toEqual([JSON.stringify({ credits: FIRST_CREDITS })]);
  });
});
