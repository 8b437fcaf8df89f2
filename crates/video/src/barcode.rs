//! A frame counter and a clock, drawn into the picture so that a far end can measure latency, loss and order.
//!
//! 20 × 4 cells in the top left corner, each a fortieth of the picture's width by a twenty-fourth of its height: the
//! code scales with the picture. Row by row, highest bit first: 32 bits counter, 32 bits clock, 16 bits CRC-CCITT
//! (polynomial 0x1021, start 0xffff) of those eight bytes, all exclusive-or with [`WHITENING`]. A set bit is white
//! (luma 235), a clear one black (16), chroma is neutral.

use visavis_media::I420;

const COLUMNS: usize = 20;
const ROWS: usize = 4;
const BITS: usize = COLUMNS * ROWS;
const CELLS_ACROSS: usize = 40;
const CELLS_DOWN: usize = 24;
const WHITE: u8 = 235;
const BLACK: u8 = 16;
/// Least difference between the whitest and the blackest cell.
const MIN_CONTRAST: i32 = 64;

/// Exclusive-or over the ten bytes, so that small numbers still show as many white as black cells.
pub const WHITENING: [u8; 10] = [0xa5, 0x5a, 0xc3, 0x3c, 0x96, 0x69, 0xa5, 0x5a, 0xc3, 0x3c];

/// What the cells say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Barcode {
    /// Counts the source's pictures from 0; wraps.
    pub counter: u32,
    /// Unix time in milliseconds, lowest 32 bits: a clock that two processes on one machine share.
    pub clock_ms: u32,
}

impl Barcode {
    fn bytes(self) -> [u8; 10] {
        let mut bytes = [0; 10];
        bytes[..4].copy_from_slice(&self.counter.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.clock_ms.to_be_bytes());
        let check = crc(&bytes[..8]);
        bytes[8..].copy_from_slice(&check.to_be_bytes());
        for (byte, mask) in bytes.iter_mut().zip(WHITENING) {
            *byte ^= mask;
        }
        bytes
    }

    fn from_bytes(mut bytes: [u8; 10]) -> Option<Self> {
        for (byte, mask) in bytes.iter_mut().zip(WHITENING) {
            *byte ^= mask;
        }
        let [a, b, c, d, e, f, g, h, high, low] = bytes;
        (crc(&bytes[..8]) == u16::from_be_bytes([high, low]))
            .then_some(Self { counter: u32::from_be_bytes([a, b, c, d]), clock_ms: u32::from_be_bytes([e, f, g, h]) })
    }
}

/// The lowest 32 bits of the Unix time in milliseconds: the clock of every barcode.
pub fn wall_clock_ms() -> u32 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_millis() as u32)
}

/// Draws the code over the top left corner. Pictures under 80 × 48 pixels are too small to be read again.
pub fn draw(picture: &mut I420, code: Barcode) {
    let (width, height) = (picture.size().width as usize, picture.size().height as usize);
    let bytes = code.bytes();
    let [(luma, luma_stride), (u, u_stride), (v, v_stride)] = picture.planes_mut();
    for row in 0..ROWS {
        let (top, bottom) = (row * height / CELLS_DOWN, (row + 1) * height / CELLS_DOWN);
        for y in top..bottom {
            let line = &mut luma[y * luma_stride..y * luma_stride + width];
            for column in 0..COLUMNS {
                let (left, right) = (column * width / CELLS_ACROSS, (column + 1) * width / CELLS_ACROSS);
                line[left..right].fill(if bit(&bytes, row * COLUMNS + column) { WHITE } else { BLACK });
            }
        }
    }
    let (across, down) = ((width / 2).div_ceil(2), (ROWS * height / CELLS_DOWN).div_ceil(2));
    for (plane, stride) in [(u, u_stride), (v, v_stride)] {
        for y in 0..down {
            plane[y * stride..y * stride + across].fill(128);
        }
    }
}

/// Reads a code from a picture of any size, after scaling and lossy coding; `None` where there is none.
pub fn read(picture: &I420) -> Option<Barcode> {
    let [luma, ..] = picture.planes();
    if luma.width < CELLS_ACROSS || luma.height < CELLS_DOWN {
        return None;
    }
    let mut means = [0i32; BITS];
    for (index, mean) in means.iter_mut().enumerate() {
        let (row, column) = (index / COLUMNS, index % COLUMNS);
        let across = middle(column, luma.width, CELLS_ACROSS);
        let down = middle(row, luma.height, CELLS_DOWN);
        let count = (across.len() * down.len()) as i32;
        let sum: i32 =
            down.map(|y| luma.row(y)[across.clone()].iter().map(|&sample| i32::from(sample)).sum::<i32>()).sum();
        *mean = sum / count.max(1);
    }
    let (low, high) = (means.iter().min()?, means.iter().max()?);
    let (contrast, threshold) = (high - low, (high + low) / 2);
    if contrast < MIN_CONTRAST {
        return None;
    }
    let mut bytes = [0u8; 10];
    for (index, mean) in means.iter().enumerate() {
        // A cell that is neither black nor white belongs to a picture, not to a code.
        if (mean - threshold).abs() * 10 < contrast {
            return None;
        }
        bytes[index / 8] |= u8::from(*mean > threshold) << (7 - index % 8);
    }
    Barcode::from_bytes(bytes)
}

/// The inner half of cell `index`, at least one sample.
fn middle(index: usize, length: usize, cells: usize) -> std::ops::Range<usize> {
    let (start, end) = (index * length / cells, (index + 1) * length / cells);
    let margin = (end - start) / 4;
    start + margin..(end - margin).max(start + margin + 1)
}

fn bit(bytes: &[u8; 10], index: usize) -> bool {
    bytes[index / 8] >> (7 - index % 8) & 1 == 1
}

fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| if crc & 0x8000 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use visavis_model::Size;

    fn drawn(size: Size, code: Barcode) -> I420 {
        let mut picture = I420::black(size);
        draw(&mut picture, code);
        picture
    }

    #[test]
    fn crc_is_the_known_one() {
        assert_eq!(crc(b"123456789"), 0x29b1);
    }

    #[test]
    fn a_picture_without_a_code_gives_none() {
        assert_eq!(read(&I420::black(Size::new(640, 360))), None);
        assert_eq!(read(&I420::black(Size::new(8, 8))), None);
    }

    proptest! {
        #[test]
        fn what_is_drawn_is_read(counter: u32, clock_ms: u32, width in 80u32..700, height in 48u32..400) {
            let code = Barcode { counter, clock_ms };
            prop_assert_eq!(read(&drawn(Size::new(width, height), code)), Some(code));
        }

        #[test]
        fn one_wrong_cell_is_noticed(counter: u32, clock_ms: u32, cell in 0usize..BITS) {
            let mut picture = drawn(Size::new(400, 240), Barcode { counter, clock_ms });
            let [(luma, stride), ..] = picture.planes_mut();
            for y in cell / COLUMNS * 10..cell / COLUMNS * 10 + 10 {
                for x in cell % COLUMNS * 10..cell % COLUMNS * 10 + 10 {
                    let sample = &mut luma[y * stride + x];
                    *sample = if *sample == WHITE { BLACK } else { WHITE };
                }
            }
            prop_assert_eq!(read(&picture), None);
        }

        #[test]
        fn noise_gives_no_code(noise in prop::collection::vec(any::<u8>(), 80 * 48)) {
            let mut picture = I420::black(Size::new(80, 48));
            picture.planes_mut()[0].0.copy_from_slice(&noise);
            // The checksum lets one of 65 536 through.
            let _ = read(&picture);
        }
    }
}
