//! The picture of a source as it is known: 4:2:0, of which the parts that are new are written.

use super::cursor::Cursor;
use super::{LARGEST, area};
use crate::scale::{Scaler, even, shrink_into};
use std::sync::Arc;
use visavis_media::{I420, Pool, Surface};
use visavis_model::{Rect, Size};

/// What a source looks like without its pointer.
#[derive(Debug)]
pub struct Canvas {
    picture: I420,
    pool: Pool,
    scaler: Scaler,
}

impl Canvas {
    /// A black one. An odd size loses its last row or column.
    pub fn new(size: Size) -> Self {
        Self { picture: I420::black(even(size)), pool: Pool::new(4), scaler: Scaler::default() }
    }

    /// Writes pixels of four bytes (blue, green, red, anything), rows without padding, at the even place `to`.
    pub fn write(&mut self, to: Rect, pixels: &[u8]) {
        let size = self.picture.size();
        let Some(inside) = area::clip(to, size).filter(|inside| (inside.x, inside.y) == (to.x, to.y)) else { return };
        let stride = to.width as usize * 4;
        let (x, y) = (inside.x as usize, inside.y as usize);
        let (width, height) = (inside.width.min(to.width) as usize & !1, inside.height.min(to.height) as usize);
        let convert = pair_function();
        let [(luma, luma_stride), (u, chroma_stride), (v, _)] = self.picture.planes_mut();
        let mut rows = pixels.chunks_exact(stride.max(4));
        for line in (0..height).step_by(2) {
            let Some(upper) = rows.next() else { return };
            let lower = rows.next().unwrap_or(upper);
            let first = (y + line) * luma_stride + x;
            let (one, two) = luma[first..].split_at_mut(luma_stride);
            let chroma = (y + line) / 2 * chroma_stride + x / 2;
            convert(
                (&upper[..width * 4], &lower[..width * 4]),
                (&mut one[..width], &mut two[..width]),
                (&mut u[chroma..chroma + width / 2], &mut v[chroma..chroma + width / 2]),
            );
        }
    }

    /// Makes a part of it, at an even place, as black as it began.
    pub fn blacken(&mut self, part: Rect) {
        self.write(part, &vec![0; part.size().area() as usize * 4]);
    }

    /// Writes all of it anew: pixels of four bytes, red before blue where `swapped`, rows of `stride` bytes. Gives how many thousandths
    /// differ from what was there; rows that are missing stay as they are.
    pub fn replace(&mut self, pixels: &[u8], stride: usize, swapped: bool) -> u32 {
        let Size { width, height } = self.picture.size();
        let (width, height) = (width as usize, height as usize);
        let convert = pair_function();
        let mut turned = [vec![0u8; width * 4], vec![0u8; width * 4]];
        let (mut one, mut two) = (vec![0u8; width], vec![0u8; width]);
        let (mut u, mut v) = (vec![0u8; width / 2], vec![0u8; width / 2]);
        let [(luma, luma_stride), (u_plane, chroma_stride), (v_plane, _)] = self.picture.planes_mut();
        let (mut all, mut new) = (0u64, 0u64);
        for line in (0..height).step_by(2) {
            let row = |line: usize| pixels.get(line * stride..)?.get(..width * 4);
            let (Some(upper), Some(lower)) = (row(line), row(line + 1)) else { break };
            let (upper, lower) = if swapped {
                let [above, below] = &mut turned;
                (turn(upper, above), turn(lower, below))
            } else {
                (upper, lower)
            };
            convert((upper, lower), (&mut one, &mut two), (&mut u, &mut v));
            let (first, chroma) = (line * luma_stride, line / 2 * chroma_stride);
            for start in (0..width).step_by(PATCH) {
                let end = (start + PATCH).min(width);
                let (left, right) = (start / 2, end / 2);
                all += (end - start) as u64;
                let mut differs = update(&mut luma[first + start..first + end], &one[start..end]);
                differs |= update(&mut luma[first + luma_stride + start..][..end - start], &two[start..end]);
                differs |= update(&mut u_plane[chroma + left..chroma + right], &u[left..right]);
                differs |= update(&mut v_plane[chroma + left..chroma + right], &v[left..right]);
                new += if differs { (end - start) as u64 } else { 0 };
            }
        }
        (new * 1000).div_ceil(all.max(1)) as u32
    }

    /// A copy with the pointer in it, no larger than [`LARGEST`].
    pub fn picture(&mut self, cursor: Option<(&Cursor, i32, i32)>) -> Option<Surface> {
        let size = self.picture.size();
        let limit = if size.width < size.height { Size::new(LARGEST.height, LARGEST.width) } else { LARGEST };
        let target = shrink_into(size, limit);
        if target == size || cursor.is_some() {
            let mut copy = I420::new(size, self.pool.take(I420::byte_len(size)))?;
            for (from, (to, _)) in self.picture.planes().into_iter().zip(copy.planes_mut()) {
                to[..from.data.len()].copy_from_slice(from.data);
            }
            if let Some((cursor, x, y)) = cursor {
                cursor.draw(&mut copy, x, y);
            }
            if target == size {
                return Some(Surface::I420(Arc::new(copy)));
            }
            return self.shrunk(&copy, target);
        }
        let picture = std::mem::replace(&mut self.picture, I420::black(Size::new(2, 2)));
        let shrunk = self.shrunk(&picture, target);
        self.picture = picture;
        shrunk
    }

    fn shrunk(&mut self, picture: &I420, target: Size) -> Option<Surface> {
        let scaled = self.scaler.resize(picture, area::whole(picture.size()), target, false)?;
        Some(Surface::I420(Arc::new(scaled)))
    }
}

/// Where anything differs within so many pixels of a pair of rows, all of them count as new.
const PATCH: usize = 32;

/// Copies what differs; gives whether anything did.
fn update(known: &mut [u8], now: &[u8]) -> bool {
    let differs = *known != *now;
    if differs {
        known.copy_from_slice(now);
    }
    differs
}

/// Pixels with red and blue in each other's place.
fn turn<'a>(row: &[u8], into: &'a mut [u8]) -> &'a [u8] {
    for (from, to) in row.as_chunks::<4>().0.iter().zip(into.as_chunks_mut::<4>().0) {
        *to = [from[2], from[1], from[0], from[3]];
    }
    into
}

type Planes<'a> = (&'a mut [u8], &'a mut [u8]);
type PairFunction = fn((&[u8], &[u8]), Planes<'_>, Planes<'_>);

/// The widest instructions that this processor has.
fn pair_function() -> PairFunction {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        return pair_avx2;
    }
    pair
}

#[cfg(target_arch = "x86_64")]
fn pair_avx2(rows: (&[u8], &[u8]), luma: Planes<'_>, chroma: Planes<'_>) {
    #[target_feature(enable = "avx2")]
    fn inner(rows: (&[u8], &[u8]), luma: Planes<'_>, chroma: Planes<'_>) {
        pair(rows, luma, chroma);
    }
    // SAFETY: `pair_function` gives this function out only where the processor has AVX2.
    unsafe { inner(rows, luma, chroma) }
}

/// Two rows of pixels (BT.601, limited range): two of luma, one of each chroma, which is the mean of four.
#[inline(always)]
fn pair((upper, lower): (&[u8], &[u8]), (one, two): Planes<'_>, (u, v): Planes<'_>) {
    for (row, out) in [(upper, one), (lower, two)] {
        for (pixel, out) in row.as_chunks::<4>().0.iter().zip(out) {
            *out = luma(pixel);
        }
    }
    let (upper, lower) = (upper.as_chunks::<8>().0, lower.as_chunks::<8>().0);
    for ((a, b), (u, v)) in upper.iter().zip(lower).zip(u.iter_mut().zip(v)) {
        let sum =
            |part: usize| i32::from(a[part]) + i32::from(a[part + 4]) + i32::from(b[part]) + i32::from(b[part + 4]);
        (*u, *v) = chroma(sum(0), sum(1), sum(2));
    }
}

#[inline(always)]
pub fn luma(pixel: &[u8; 4]) -> u8 {
    let [blue, green, red, _] = pixel.map(u32::from);
    ((red * 66 + green * 129 + blue * 25 + 128 + (16 << 8)) >> 8) as u8
}

/// Of sums of four pixels.
#[inline(always)]
pub fn chroma(blue: i32, green: i32, red: i32) -> (u8, u8) {
    let u = (blue * 112 - green * 74 - red * 38 + 512 + (128 << 10)) >> 10;
    let v = (red * 112 - green * 94 - blue * 18 + 512 + (128 << 10)) >> 10;
    (u as u8, v as u8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::to_bgra;
    use proptest::prelude::*;

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    fn shown(canvas: &mut Canvas) -> (Size, Vec<u8>) {
        let Some(Surface::I420(picture)) = canvas.picture(None) else { panic!("a picture") };
        (picture.size(), to_bgra(&picture, &Pool::new(1)).data().to_vec())
    }

    #[test]
    fn colours_come_back_where_they_were_written() {
        let mut canvas = Canvas::new(Size::new(40, 20));
        let colour = [200u8, 60, 30, 7];
        canvas.write(rect(8, 4, 10, 6), &colour.repeat(60));
        let (size, pixels) = shown(&mut canvas);
        for (index, pixel) in pixels.chunks_exact(4).enumerate() {
            let (x, y) = (index as u32 % size.width, index as u32 / size.width);
            let inside = (8..18).contains(&x) && (4..10).contains(&y);
            let want = if inside { [200, 60, 30] } else { [0, 0, 0] };
            for (got, want) in pixel.iter().zip(want) {
                assert!(got.abs_diff(want) <= 4, "{x},{y}: {pixel:?}");
            }
        }
    }

    #[test]
    fn what_is_made_black_is_as_if_nothing_was_written() {
        let mut canvas = Canvas::new(Size::new(40, 20));
        let before = shown(&mut canvas);
        canvas.write(rect(8, 4, 10, 6), &[200; 10 * 6 * 4]);
        assert_ne!(shown(&mut canvas), before);
        canvas.blacken(rect(8, 4, 10, 6));
        assert_eq!(shown(&mut canvas), before);
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let mut canvas = Canvas::new(Size::new(41, 21));
        assert_eq!(canvas.picture.size(), Size::new(40, 20));
        // Wider than the canvas, shorter than it says, at no even place, outside.
        canvas.write(rect(30, 0, 20, 4), &[255; 20 * 4 * 4]);
        canvas.write(rect(0, 0, 10, 10), &[255; 20]);
        canvas.write(rect(3, 3, 10, 10), &[255; 400]);
        canvas.write(rect(90, 3, 10, 10), &[255; 400]);
        let (_, pixels) = shown(&mut canvas);
        assert_eq!(pixels.chunks_exact(4).filter(|pixel| pixel[0] > 200).count(), 10 * 4);
    }

    #[test]
    fn what_is_replaced_is_as_if_it_were_written_and_what_is_new_is_told() {
        let size = Size::new(64, 16);
        let (mut written, mut replaced) = (Canvas::new(size), Canvas::new(size));
        let mut pixels: Vec<u8> = (0..64 * 16 * 4).map(|octet: u32| (octet * 7 % 251) as u8).collect();
        written.write(area::whole(size), &pixels);
        // Rows with sixteen octets behind each.
        let padded = |pixels: &[u8]| -> Vec<u8> {
            pixels.chunks(256).flat_map(|row| row.iter().copied().chain([99; 16])).collect()
        };
        assert_eq!(replaced.replace(&padded(&pixels), 272, false), 1000);
        assert_eq!(shown(&mut written), shown(&mut replaced));
        assert_eq!(replaced.replace(&padded(&pixels), 272, false), 0);
        // One pixel of the last row: one patch of two in one pair of rows of eight.
        let last = pixels.len() - 4;
        pixels[last..].fill(255);
        assert_eq!(replaced.replace(&padded(&pixels), 272, false), 63);
        // The same with red first.
        let red_first: Vec<u8> = pixels.as_chunks::<4>().0.iter().flat_map(|[b, g, r, x]| [*r, *g, *b, *x]).collect();
        assert_eq!(replaced.replace(&padded(&red_first), 272, true), 0);
        assert_eq!(replaced.replace(&pixels[..300], 272, false), 0, "too few for a pair of rows");
    }

    #[test]
    fn a_large_one_is_scaled_down_in_its_shape() {
        for (size, want) in [
            (Size::new(3840, 2160), Size::new(1920, 1080)),
            (Size::new(1440, 2560), Size::new(1080, 1920)),
            (Size::new(1920, 1080), Size::new(1920, 1080)),
            (Size::new(2, 9000), Size::new(2, 1920)),
        ] {
            assert_eq!(shown(&mut Canvas::new(size)).0, want, "of {size}");
        }
    }

    proptest! {
        #[test]
        fn wide_and_narrow_instructions_agree(
            upper in prop::collection::vec(any::<u8>(), 4 * 70), lower in prop::collection::vec(any::<u8>(), 4 * 70),
        ) {
            let run = |function: PairFunction| {
                let (mut one, mut two, mut u, mut v) = ([0; 70], [0; 70], [0; 35], [0; 35]);
                function((&upper, &lower), (&mut one, &mut two), (&mut u, &mut v));
                (one, two, u, v)
            };
            prop_assert_eq!(run(pair), run(pair_function()));
        }
    }
}
