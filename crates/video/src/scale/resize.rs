//! Scales 4:2:0 pictures: exact halves by a 2 × 2 box, everything else by halving as often as it goes and then
//! bilinear. Measured in `tests/speed.rs`.

use super::columns::{Axis, Columns, mix};
use visavis_media::{I420, PlaneRef, Pool};
use visavis_model::{Rect, Size};

/// Scales pictures, keeping its buffers.
#[derive(Debug)]
pub struct Scaler {
    pool: Pool,
    columns: Columns,
    line: Vec<u8>,
}

impl Default for Scaler {
    fn default() -> Self {
        Self::new(Pool::new(4))
    }
}

impl Scaler {
    /// Takes the buffers of its results from `pool`.
    pub fn new(pool: Pool) -> Self {
        Self { pool, columns: Columns::default(), line: Vec::new() }
    }

    /// Half of each side, rounded down to at least one pixel; each sample is the mean of four.
    pub fn half(&mut self, source: &I420) -> Option<I420> {
        let size = source.size();
        let target = Size::new((size.width / 2).max(1), (size.height / 2).max(1));
        let mut result = I420::new(target, self.pool.take(I420::byte_len(target)))?;
        for (plane, (out, stride)) in source.planes().into_iter().zip(result.planes_mut()) {
            halve_plane(plane, out, stride);
        }
        Some(result)
    }

    /// The part `cut` of `source` at size `target`, left and right swapped where `mirrored`.
    ///
    /// `None` where `cut` or `target` is empty or `cut` lies outside of the picture.
    pub fn resize(&mut self, source: &I420, cut: Rect, target: Size, mirrored: bool) -> Option<I420> {
        let size = source.size();
        let inside = cut.x >= 0
            && cut.y >= 0
            && u64::from(cut.x.unsigned_abs()) + u64::from(cut.width) <= u64::from(size.width)
            && u64::from(cut.y.unsigned_abs()) + u64::from(cut.height) <= u64::from(size.height);
        if !inside || cut.size().is_empty() || target.is_empty() {
            return None;
        }
        if cut.width >= 2 * target.width && cut.height >= 2 * target.height {
            let smaller = self.half(source)?;
            if cut.size() == size && smaller.size() == target && !mirrored {
                return Some(smaller);
            }
            // Rounded inwards, so that it stays inside of the halved picture.
            let last = |side: u32| side as i32 - 1;
            let x = ((cut.x + 1) / 2).min(last(smaller.size().width));
            let y = ((cut.y + 1) / 2).min(last(smaller.size().height));
            let cut = Rect {
                x,
                y,
                width: (cut.width / 2).min(smaller.size().width.saturating_sub(x.unsigned_abs())).max(1),
                height: (cut.height / 2).min(smaller.size().height.saturating_sub(y.unsigned_abs())).max(1),
            };
            return self.resize(&smaller, cut, target, mirrored);
        }
        let mut result = I420::new(target, self.pool.take(I420::byte_len(target)))?;
        let planes = source.planes().into_iter().zip(result.planes_mut());
        for (index, (plane, (out, stride))) in planes.enumerate() {
            let divisor = if index == 0 { 1 } else { 2 };
            let width = (target.width as usize).div_ceil(divisor);
            let height = (target.height as usize).div_ceil(divisor);
            let scale = divisor as f32;
            let across = Axis {
                start: cut.x as f32 / scale,
                step: cut.width as f32 / scale / (target.width as f32 / scale),
                limit: plane.width,
            };
            let down = Axis {
                start: cut.y as f32 / scale,
                step: cut.height as f32 / scale / (target.height as f32 / scale),
                limit: plane.height,
            };
            self.plane(plane, across, down, mirrored, (out, stride, width, height));
        }
        Some(result)
    }

    fn plane(
        &mut self,
        source: PlaneRef<'_>,
        across: Axis,
        down: Axis,
        mirrored: bool,
        (out, stride, width, height): (&mut [u8], usize, usize, usize),
    ) {
        let same_columns = across.step == 1.0 && across.start.fract() == 0.0 && !mirrored;
        self.columns.set(across, width, mirrored);
        self.line.resize(source.width + Columns::PADDING, 0);
        for (y, out) in out.chunks_mut(stride).take(height).enumerate() {
            let (row, weight) = down.at(y);
            let (upper, lower) = (source.row(row), source.row((row + 1).min(source.height - 1)));
            Columns::between(upper, lower, weight, &mut self.line[..source.width]);
            // What comes after the last sample is read with weight zero.
            let last = self.line[source.width - 1];
            self.line[source.width..].fill(last);
            let out = &mut out[..width];
            if same_columns {
                let first = across.start as usize;
                let line = &self.line[first.min(source.width)..];
                let count = width.min(line.len());
                out[..count].copy_from_slice(&line[..count]);
                out[count..].fill(self.line[source.width]);
                continue;
            }
            self.columns.apply(&self.line, out);
        }
    }
}

fn halve_plane(source: PlaneRef<'_>, out: &mut [u8], stride: usize) {
    let (width, height) = ((source.width / 2).max(1), (source.height / 2).max(1));
    for (y, out) in out.chunks_mut(stride).enumerate() {
        // Chroma of an odd luma side has one more row than half of its own.
        let y = y.min(height - 1);
        let upper = source.row((2 * y).min(source.height - 1));
        let lower = source.row((2 * y + 1).min(source.height - 1));
        if source.width < 2 {
            out.fill(mix(upper[0], lower[0], 32));
            continue;
        }
        let pairs = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        for (out, ([a, b], [c, d])) in out.iter_mut().zip(pairs) {
            let [a, b, c, d] = [*a, *b, *c, *d].map(u16::from);
            *out = (a.wrapping_add(b).wrapping_add(c).wrapping_add(d).wrapping_add(2) >> 2) as u8;
        }
        if out.len() > width {
            let last = out[width - 1];
            out[width..].fill(last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::cover;
    use proptest::prelude::*;

    fn ramp(size: Size) -> I420 {
        let mut picture = I420::black(size);
        for (index, (plane, stride)) in picture.planes_mut().into_iter().enumerate() {
            for (y, row) in plane.chunks_mut(stride).enumerate() {
                for (x, sample) in row.iter_mut().enumerate() {
                    *sample = ((x * 2 + y) % 200 + 20 + index) as u8;
                }
            }
        }
        picture
    }

    fn whole(size: Size) -> Rect {
        Rect { x: 0, y: 0, width: size.width, height: size.height }
    }

    #[test]
    fn a_half_is_the_mean_of_four() {
        let mut picture = I420::black(Size::new(4, 2));
        picture.planes_mut()[0].0.copy_from_slice(&[10, 20, 100, 101, 30, 40, 102, 103]);
        let half = Scaler::default().half(&picture).expect("not empty");
        assert_eq!(half.planes()[0].data, [25, 102]);
    }

    #[test]
    fn the_same_size_is_the_same_picture() {
        let picture = ramp(Size::new(33, 17));
        let same = Scaler::default().resize(&picture, whole(picture.size()), picture.size(), false).expect("inside");
        for (a, b) in picture.planes().iter().zip(same.planes()) {
            assert_eq!(a.data, b.data);
        }
    }

    #[test]
    fn mirrored_twice_is_the_same_picture() {
        let picture = ramp(Size::new(32, 16));
        let mut scaler = Scaler::default();
        let once = scaler.resize(&picture, whole(picture.size()), picture.size(), true).expect("inside");
        assert_eq!(once.planes()[0].row(3)[0], picture.planes()[0].row(3)[31]);
        let twice = scaler.resize(&once, whole(once.size()), once.size(), true).expect("inside");
        for (a, b) in picture.planes().iter().zip(twice.planes()) {
            assert_eq!(a.data, b.data);
        }
    }

    #[test]
    fn a_cut_outside_of_the_picture_is_refused() {
        let picture = ramp(Size::new(32, 16));
        let mut scaler = Scaler::default();
        for cut in [
            Rect { x: -1, y: 0, width: 4, height: 4 },
            Rect { x: 30, y: 0, width: 4, height: 4 },
            Rect { x: 0, y: 0, width: u32::MAX, height: 4 },
            Rect { x: 0, y: 0, width: 0, height: 4 },
        ] {
            assert!(scaler.resize(&picture, cut, Size::new(4, 4), false).is_none(), "{cut:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_flat_picture_stays_flat_at_any_size(
            sw in 1u32..200, sh in 1u32..200, tw in 1u32..200, th in 1u32..200, mirrored: bool,
        ) {
            let (source, target) = (Size::new(sw, sh), Size::new(tw, th));
            let mut picture = I420::black(source);
            for ((plane, _), value) in picture.planes_mut().into_iter().zip([200, 90, 170]) {
                plane.fill(value);
            }
            let scaled = Scaler::default().resize(&picture, cover(source, target), target, mirrored).expect("inside");
            prop_assert_eq!(scaled.size(), target);
            for (plane, value) in scaled.planes().iter().zip([200, 90, 170]) {
                prop_assert!(plane.data.iter().all(|&sample| sample == value));
            }
        }

        #[test]
        fn values_stay_within_those_of_the_source(tw in 1u32..90, th in 1u32..90) {
            let picture = ramp(Size::new(61, 47));
            let scaled = Scaler::default().resize(&picture, whole(picture.size()), Size::new(tw, th), false).expect("inside");
            prop_assert!(scaled.planes()[0].data.iter().all(|&sample| (20..=220).contains(&sample)));
        }
    }
}
