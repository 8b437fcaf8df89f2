// The frame counter and clock of crates/video/src/barcode.rs: 20 × 4 cells in the top left corner, each a fortieth of
// the picture's width by a twenty-fourth of its height.
const COLUMNS = 20, ROWS = 4, ACROSS = 40, DOWN = 24;
const WHITENING = [0xa5, 0x5a, 0xc3, 0x3c, 0x96, 0x69, 0xa5, 0x5a, 0xc3, 0x3c];
const MIN_CONTRAST = 64;

function crc(bytes) {
  let value = 0xffff;
  for (const byte of bytes) {
    value ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) value = value & 0x8000 ? ((value << 1) ^ 0x1021) & 0xffff : (value << 1) & 0xffff;
  }
  return value;
}

/** The lowest 32 bits of the Unix time in milliseconds. */
export const clockMs = () => Date.now() % 2 ** 32;

/** Draws `counter` and `clock` (both 32 bits, unsigned) over the top left corner of a 2D canvas context. */
export function drawBarcode(context, width, height, counter, clock) {
  const bytes = new Uint8Array(10);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, counter >>> 0);
  view.setUint32(4, clock >>> 0);
  view.setUint16(8, crc(bytes.subarray(0, 8)));
  for (let index = 0; index < COLUMNS * ROWS; index++) {
    const byte = bytes[index >> 3] ^ WHITENING[index >> 3];
    const row = Math.floor(index / COLUMNS), column = index % COLUMNS;
    const left = Math.floor(column * width / ACROSS), right = Math.floor((column + 1) * width / ACROSS);
    const top = Math.floor(row * height / DOWN), bottom = Math.floor((row + 1) * height / DOWN);
    context.fillStyle = (byte >> (7 - index % 8)) & 1 ? '#fff' : '#000';
    context.fillRect(left, top, right - left, bottom - top);
  }
}

const CELL = 8;
const reader = new OffscreenCanvas(COLUMNS * CELL, ROWS * CELL).getContext('2d', { willReadFrequently: true });

/** What the picture of a playing `video` element says, `{ counter, clock }`, or null where it holds no code. */
export function readBarcode(video) {
  reader.drawImage(video, 0, 0, video.videoWidth * COLUMNS / ACROSS, video.videoHeight * ROWS / DOWN,
    0, 0, COLUMNS * CELL, ROWS * CELL);
  const { data, width } = reader.getImageData(0, 0, COLUMNS * CELL, ROWS * CELL);
  const means = [];
  for (let index = 0; index < COLUMNS * ROWS; index++) {
    const x0 = (index % COLUMNS) * CELL + CELL / 4, y0 = Math.floor(index / COLUMNS) * CELL + CELL / 4;
    let sum = 0;
    for (let y = y0; y < y0 + CELL / 2; y++) for (let x = x0; x < x0 + CELL / 2; x++) sum += data[(y * width + x) * 4 + 1];
    means.push(sum / (CELL / 2) ** 2);
  }
  const low = Math.min(...means), high = Math.max(...means);
  if (high - low < MIN_CONTRAST) return null;
  const bytes = new Uint8Array(10);
  means.forEach((mean, index) => { if (mean > (low + high) / 2) bytes[index >> 3] |= 1 << (7 - index % 8); });
  for (let index = 0; index < 10; index++) bytes[index] ^= WHITENING[index];
  const view = new DataView(bytes.buffer);
  if (crc(bytes.subarray(0, 8)) !== view.getUint16(8)) return null;
  return { counter: view.getUint32(0), clock: view.getUint32(4) };
}
