//! 4:2:0 to BGRA, BT.601 limited range (ITU-R BT.601-7 §2.5): what cairo calls RGB24 on little-endian machines.

use visavis_media::{I420, Pool, Pooled};
use visavis_model::Size;

/// A picture of four bytes a pixel (blue, green, red, 255), rows without padding.
#[derive(Debug)]
pub struct Bgra {
    size: Size,
    data: Pooled,
}

impl Bgra {
    pub const fn size(&self) -> Size {
        self.size
    }

    /// Bytes from one row to the next.
    pub const fn stride(&self) -> usize {
        self.size.width as usize * 4
    }

    pub fn data(&self) -> &[u8] {
        &self.data
    }

    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.data
    }
}

/// Converts a picture into a buffer from `pool`.
pub fn to_bgra(picture: &I420, pool: &Pool) -> Bgra {
    let size = picture.size();
    let (width, height) = (size.width as usize, size.height as usize);
    let mut data = pool.take(width * height * 4);
    let [y, u, v] = picture.planes();
    let convert = row_function();
    for (line, out) in data.chunks_exact_mut((width * 4).max(4)).take(height).enumerate() {
        convert(y.row(line), u.row(line / 2), v.row(line / 2), out);
    }
    Bgra { size, data }
}

type RowFunction = fn(&[u8], &[u8], &[u8], &mut [u8]);

/// The widest instructions that this processor has.
fn row_function() -> RowFunction {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return row_avx2;
    }
    row
}

#[cfg(target_arch = "x86_64")]
fn row_avx2(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
    #[target_feature(enable = "avx2")]
    fn inner(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
        row(y, u, v, out);
    }
    // SAFETY: `row_function` gives this function out only where the processor has AVX2.
    unsafe { inner(y, u, v, out) }
}

const BLOCK: usize = 32;
const HALF: usize = BLOCK / 2;

#[inline(always)]
fn row(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
    let (y_blocks, y_rest) = y.as_chunks::<BLOCK>();
    let (u_blocks, u_rest) = u.as_chunks::<HALF>();
    let (v_blocks, v_rest) = v.as_chunks::<HALF>();
    let (out_blocks, out_rest) = out.as_chunks_mut::<{ BLOCK * 4 }>();
    for ((out, y), (u, v)) in out_blocks.iter_mut().zip(y_blocks).zip(u_blocks.iter().zip(v_blocks)) {
        block(y, u, v, out);
    }
    if y_rest.is_empty() {
        return;
    }
    let (mut last_y, mut last_u, mut last_v) = ([0; BLOCK], [128; HALF], [128; HALF]);
    last_y[..y_rest.len()].copy_from_slice(y_rest);
    // A width of 31 fills its chroma block.
    let chroma = y_rest.len().div_ceil(2);
    last_u[..chroma].copy_from_slice(if u_rest.is_empty() { &u[u.len() - chroma..] } else { u_rest });
    last_v[..chroma].copy_from_slice(if v_rest.is_empty() { &v[v.len() - chroma..] } else { v_rest });
    let mut pixels = [0; BLOCK * 4];
    block(&last_y, &last_u, &last_v, &mut pixels);
    out_rest.copy_from_slice(&pixels[..out_rest.len()]);
}

/// Wrapping and saturating steps only: a check in between would keep the compiler from using wide instructions. No
/// value leaves 16 bits but in the additions that saturate.
#[inline(always)]
fn block(y: &[u8; BLOCK], u: &[u8; HALF], v: &[u8; HALF], out: &mut [u8; BLOCK * 4]) {
    let (mut blue, mut green, mut red) = ([0i16; BLOCK], [0i16; BLOCK], [0i16; BLOCK]);
    for index in 0..HALF {
        let (u, v) = (i16::from(u[index]).wrapping_sub(128), i16::from(v[index]).wrapping_sub(128));
        let values = (u.wrapping_mul(129), u.wrapping_mul(-25).wrapping_add(v.wrapping_mul(-52)), v.wrapping_mul(102));
        (blue[2 * index], green[2 * index], red[2 * index]) = values;
        (blue[2 * index + 1], green[2 * index + 1], red[2 * index + 1]) = values;
    }
    let (mut low, mut high) = ([0u16; BLOCK], [0u16; BLOCK]);
    for index in 0..BLOCK {
        // 1.164 × 64 = 74.5; the 32 rounds.
        let level = i16::from(y[index]).wrapping_sub(16);
        let luma = level.wrapping_mul(75).wrapping_sub(level >> 1).wrapping_add(32);
        let clamp = |chroma: i16| (luma.saturating_add(chroma) >> 6).clamp(0, 255) as u16;
        low[index] = clamp(blue[index]) | clamp(green[index]) << 8;
        high[index] = clamp(red[index]) | 0xff00;
    }
    for (pixel, (low, high)) in out.as_chunks_mut::<4>().0.iter_mut().zip(low.iter().zip(&high)) {
        *pixel = (u32::from(*low) | u32::from(*high) << 16).to_le_bytes();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn exact(y: u8, u: u8, v: u8) -> [u8; 3] {
        let (y, u, v) = (1.164_383 * (f32::from(y) - 16.0), f32::from(u) - 128.0, f32::from(v) - 128.0);
        [y + 2.017_232 * u, y - 0.391_762 * u - 0.812_968 * v, y + 1.596_027 * v]
            .map(|value| value.round().clamp(0.0, 255.0) as u8)
    }

    proptest! {
        #[test]
        fn every_colour_is_within_three_of_the_exact_one(y: u8, u: u8, v: u8, width in 1u32..80) {
            let mut picture = I420::black(Size::new(width, 3));
            for ((plane, _), value) in picture.planes_mut().into_iter().zip([y, u, v]) {
                plane.fill(value);
            }
            let converted = to_bgra(&picture, &Pool::new(1));
            prop_assert_eq!(converted.data().len(), width as usize * 12);
            for pixel in converted.data().chunks_exact(4) {
                for (got, want) in pixel.iter().zip(exact(y, u, v)) {
                    prop_assert!(got.abs_diff(want) <= 3, "{pixel:?} {:?}", exact(y, u, v));
                }
                prop_assert_eq!(pixel[3], 255);
            }
        }

        #[test]
        fn wide_and_narrow_instructions_agree(
            y in prop::collection::vec(any::<u8>(), 101), u in prop::collection::vec(any::<u8>(), 51),
            v in prop::collection::vec(any::<u8>(), 51),
        ) {
            let (mut a, mut b) = (vec![0; 404], vec![0; 404]);
            row(&y, &u, &v, &mut a);
            row_function()(&y, &u, &v, &mut b);
            prop_assert_eq!(a, b);
        }
    }
}
