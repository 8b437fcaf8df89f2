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

#[inline(always)]
fn row(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
    let mut done = 0;
    let blocks = out.chunks_exact_mut(BLOCK * 4).zip(y.chunks_exact(BLOCK));
    let chroma = u.chunks_exact(BLOCK / 2).zip(v.chunks_exact(BLOCK / 2));
    for ((out, y), (u, v)) in blocks.zip(chroma) {
        block(y, u, v, out);
        done += BLOCK;
    }
    let (mut last_y, mut last_u, mut last_v) = ([0; BLOCK], [128; BLOCK / 2], [128; BLOCK / 2]);
    let rest = y.len() - done;
    if rest == 0 {
        return;
    }
    let chroma_rest = rest.div_ceil(2);
    last_y[..rest].copy_from_slice(&y[done..]);
    last_u[..chroma_rest].copy_from_slice(&u[done / 2..done / 2 + chroma_rest]);
    last_v[..chroma_rest].copy_from_slice(&v[done / 2..done / 2 + chroma_rest]);
    let mut pixels = [0; BLOCK * 4];
    block(&last_y, &last_u, &last_v, &mut pixels);
    out[done * 4..].copy_from_slice(&pixels[..rest * 4]);
}

#[inline(always)]
fn block(y: &[u8], u: &[u8], v: &[u8], out: &mut [u8]) {
    let mut luma = [0i16; BLOCK];
    let (mut blue, mut green, mut red) = ([0i16; BLOCK / 2], [0i16; BLOCK / 2], [0i16; BLOCK / 2]);
    for (wide, &sample) in luma.iter_mut().zip(y) {
        // 1.164 × 64 = 74.5; the 32 rounds.
        let level = i16::from(sample) - 16;
        *wide = level * 75 - (level >> 1) + 32;
    }
    for index in 0..BLOCK / 2 {
        let (u, v) = (i16::from(u[index]) - 128, i16::from(v[index]) - 128);
        blue[index] = u * 129;
        green[index] = u * -25 + v * -52;
        red[index] = v * 102;
    }
    for index in 0..BLOCK {
        let chroma = index / 2;
        let clamp = |value: i16| (value >> 6).clamp(0, 255) as u32;
        let b = clamp(luma[index].saturating_add(blue[chroma]));
        let g = clamp(luma[index].saturating_add(green[chroma]));
        let r = clamp(luma[index].saturating_add(red[chroma]));
        out[index * 4..index * 4 + 4].copy_from_slice(&(b | g << 8 | r << 16 | 0xff00_0000).to_le_bytes());
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
