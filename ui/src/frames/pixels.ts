/**
 * I420 (BT.601, limited range, as WebRTC codecs give it) to RGBA, into `out` (width × height × 4 bytes).
 *
 * Only for webviews without `VideoFrame`. Fixed point with 16 fractional bits: 298/256 = 1.1644 etc.
 */
export function i420ToRgba(planes: Uint8Array, width: number, height: number, out: Uint8ClampedArray): void {
  const half = (width + 1) >> 1;
  const u0 = width * height;
  const v0 = u0 + half * ((height + 1) >> 1);
  for (let y = 0; y < height; y++) {
    const row = y * width;
    const chroma = (y >> 1) * half;
    for (let x = 0; x < width; x++) {
      const c = 76309 * ((planes[row + x] ?? 16) - 16) + 32768;
      const d = (planes[u0 + chroma + (x >> 1)] ?? 128) - 128;
      const e = (planes[v0 + chroma + (x >> 1)] ?? 128) - 128;
      const at = (row + x) * 4;
      out[at] = (c + 104597 * e) >> 16;
      out[at + 1] = (c - 25675 * d - 53279 * e) >> 16;
      out[at + 2] = (c + 132201 * d) >> 16;
      out[at + 3] = 255;
    }
  }
}
