/** Bytes before the planes. */
export const HEADER_BYTES = 16;

/** Sides above this are no tile of ours. */
const MAX_SIDE = 8192;

export type PixelFormat = 'i420' | 'rgba';

/** One picture, already scaled and cut to its tile. */
export interface FrameMessage {
  slot: number;
  width: number;
  height: number;
  format: PixelFormat;
  /** Bit field, none defined yet. */
  flags: number;
  sequence: number;
  /** Tight planes (I420: Y, U, V with halved sides rounded up) or RGBA rows. */
  pixels: Uint8Array<ArrayBuffer>;
}

/** Bytes that a picture of this format and size takes. */
export function byteLength(format: PixelFormat, width: number, height: number): number {
  if (format === 'rgba') return width * height * 4;
  return width * height + 2 * ((width + 1) >> 1) * ((height + 1) >> 1);
}

/**
 * Reads a binary message of the frame socket, or `null` where it is malformed.
 *
 * Little endian: u32 slot, u16 width, u16 height, u32 payload length, u8 format (0 I420, 1 RGBA),
 * u8 flags, u16 sequence, then the planes.
 */
export function parseFrame(buffer: ArrayBuffer): FrameMessage | null {
  if (buffer.byteLength < HEADER_BYTES) return null;
  const view = new DataView(buffer);
  const width = view.getUint16(4, true);
  const height = view.getUint16(6, true);
  const length = view.getUint32(8, true);
  const code = view.getUint8(12);
  if (code > 1 || width === 0 || height === 0 || width > MAX_SIDE || height > MAX_SIDE) return null;
  const format = code === 0 ? 'i420' : 'rgba';
  if (length !== byteLength(format, width, height) || buffer.byteLength !== HEADER_BYTES + length) return null;
  return {
    slot: view.getUint32(0, true),
    width,
    height,
    format,
    flags: view.getUint8(13),
    sequence: view.getUint16(14, true),
    pixels: new Uint8Array(buffer, HEADER_BYTES, length),
  };
}

/** Reads `{"slots":[{"slot":n,"track":"…"}]}`, or `null` where the text is something else. */
export function parseSlots(text: string): Map<number, string> | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const slots = (value as { slots?: unknown } | null)?.slots;
  if (!Array.isArray(slots)) return null;
  const map = new Map<number, string>();
  for (const entry of slots as { slot?: unknown; track?: unknown }[]) {
    if (typeof entry?.slot === 'number' && typeof entry.track === 'string') map.set(entry.slot, entry.track);
  }
  return map;
}
