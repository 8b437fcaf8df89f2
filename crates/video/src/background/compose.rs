//! The person over what is behind them, in 4:2:0.

use super::blur::{Blur, Strength};
use super::matte::Matte;
use crate::scale::{Axis, Columns, Scaler, cover};
use visavis_media::{I420, PlaneRef, Pool};

/// What comes behind the person.
#[derive(Clone, Copy, Debug)]
pub enum Behind<'a> {
    Blurred(Strength),
    /// Fills the picture, cut where its shape is another.
    Picture(&'a I420),
}

/// Puts pictures together, keeping its buffers.
#[derive(Debug)]
pub struct Compositor {
    pool: Pool,
    scaler: Scaler,
    blur: Blur,
    /// The matte as small as the blurred picture, and what makes it so.
    small: Vec<u8>,
    to_small: Stretch,
    /// The picture behind, at the size of the camera's.
    behind: Option<I420>,
    luma: [Stretch; 2],
    chroma: [Stretch; 2],
    rows: [Vec<u8>; 2],
}

impl Default for Compositor {
    fn default() -> Self {
        Self {
            pool: Pool::new(4),
            scaler: Scaler::default(),
            blur: Blur::default(),
            small: Vec::new(),
            to_small: Stretch::default(),
            behind: None,
            luma: Default::default(),
            chroma: Default::default(),
            rows: Default::default(),
        }
    }
}

impl Compositor {
    /// Another picture comes behind the person from now on.
    pub fn forget_picture(&mut self) {
        self.behind = None;
    }

    /// The person of `picture`, where `matte` says, before what is behind them. `None` where a picture is empty.
    pub fn compose(&mut self, picture: &I420, matte: &Matte, behind: Behind<'_>) -> Option<I420> {
        let size = picture.size();
        let matte = matte.plane();
        if matte.height == 0 {
            return None;
        }
        let mut result = I420::new(size, self.pool.take(I420::byte_len(size)))?;
        match behind {
            Behind::Blurred(strength) => {
                let half = self.scaler.half(picture)?;
                let quarter = self.scaler.half(&half)?;
                let chroma = quarter.planes()[1];
                self.small.resize(chroma.width * chroma.height, 0);
                self.to_small.set(matte, chroma.width, chroma.height);
                for (y, row) in self.small.chunks_exact_mut(chroma.width).enumerate() {
                    self.to_small.row(matte, y, row);
                }
                self.blur.make(&quarter, &self.small, strength);
                let blurred = self.blur.planes();
                for (index, (front, out)) in picture.planes().into_iter().zip(result.planes_mut()).enumerate() {
                    let stretches = if index == 0 { &mut self.luma } else { &mut self.chroma };
                    blend_plane(front, blurred[index], matte, stretches, &mut self.rows, out);
                }
            }
            Behind::Picture(still) => {
                if self.behind.as_ref().is_none_or(|behind| behind.size() != size) {
                    self.behind = self.scaler.resize(still, cover(still.size(), size), size, false);
                }
                let planes = self.behind.as_ref()?.planes();
                for (index, (front, out)) in picture.planes().into_iter().zip(result.planes_mut()).enumerate() {
                    let stretches = if index == 0 { &mut self.luma } else { &mut self.chroma };
                    blend_plane(front, planes[index], matte, stretches, &mut self.rows, out);
                }
            }
        }
        Some(result)
    }
}

fn blend_plane(
    front: PlaneRef<'_>,
    behind: PlaneRef<'_>,
    matte: PlaneRef<'_>,
    [to_matte, to_behind]: &mut [Stretch; 2],
    [matte_row, behind_row]: &mut [Vec<u8>; 2],
    (out, stride): (&mut [u8], usize),
) {
    to_matte.set(matte, front.width, front.height);
    to_behind.set(behind, front.width, front.height);
    matte_row.resize(front.width, 0);
    behind_row.resize(front.width, 0);
    for (y, out) in out.chunks_mut(stride).take(front.height).enumerate() {
        let out = &mut out[..front.width];
        to_matte.row(matte, y, matte_row);
        let row = front.row(y);
        // Most rows above and below a person are one or the other.
        if matte_row.iter().all(|part| *part == 255) {
            out.copy_from_slice(row);
            continue;
        }
        to_behind.row(behind, y, behind_row);
        blend(row, behind_row, matte_row, out);
    }
}

/// Exactly `front × part + behind × (255 − part)`, divided by 255 and rounded. Nothing overflows sixteen bits; wrapping, so that
/// no check keeps the compiler from using wide instructions.
fn blend(front: &[u8], behind: &[u8], parts: &[u8], out: &mut [u8]) {
    for (((out, front), behind), part) in out.iter_mut().zip(front).zip(behind).zip(parts) {
        let (front, behind, part) = (u16::from(*front), u16::from(*behind), u16::from(*part));
        let sum = front.wrapping_mul(part).wrapping_add(behind.wrapping_mul(255 - part)).wrapping_add(128);
        *out = (sum.wrapping_add(sum >> 8) >> 8) as u8;
    }
}

/// Makes rows of a plane as long as another's, and as many; keeps what it worked out while the sizes stay.
#[derive(Debug, Default)]
struct Stretch {
    columns: Columns,
    sizes: [(usize, usize); 2],
    down: Option<Axis>,
    line: Vec<u8>,
}

impl Stretch {
    fn set(&mut self, source: PlaneRef<'_>, width: usize, height: usize) {
        let sizes = [(source.width, source.height), (width, height)];
        if self.sizes == sizes && self.down.is_some() {
            return;
        }
        self.sizes = sizes;
        let axis = |from: usize, to: usize| Axis { start: 0.0, step: from as f32 / to as f32, limit: from };
        self.columns.set(axis(source.width, width), width, false);
        self.down = Some(axis(source.height, height));
        self.line.resize(source.width + Columns::PADDING, 0);
    }

    /// Row `y` of the stretched plane. [`Stretch::set`] was called for these sizes.
    fn row(&mut self, source: PlaneRef<'_>, y: usize, out: &mut [u8]) {
        let Some(down) = self.down else { return };
        let (row, weight) = down.at(y);
        if self.sizes[0] == self.sizes[1] {
            out.copy_from_slice(&source.row(row)[..out.len()]);
            return;
        }
        let (upper, lower) = (source.row(row), source.row((row + 1).min(source.height - 1)));
        Columns::between(upper, lower, weight, &mut self.line[..source.width]);
        let last = self.line[source.width - 1];
        self.line[source.width..].fill(last);
        self.columns.apply(&self.line, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use visavis_model::Size;

    fn even(size: Size, luma: u8, chroma: u8) -> I420 {
        let mut picture = I420::black(size);
        for (index, (plane, _)) in picture.planes_mut().into_iter().enumerate() {
            plane.fill(if index == 0 { luma } else { chroma });
        }
        picture
    }

    /// The right half is the person.
    fn half() -> Matte {
        let mut matte = Matte::default();
        let mask: Vec<f32> = (0..16 * 9).map(|at| if at % 16 < 8 { 0.0 } else { 1.0 }).collect();
        matte.update(&mask, 16);
        matte
    }

    #[test]
    fn the_person_stays_and_the_rest_is_the_other_picture() {
        let mut compositor = Compositor::default();
        let (camera, still) = (even(Size::new(320, 180), 200, 90), even(Size::new(64, 64), 30, 160));
        let out = compositor.compose(&camera, &half(), Behind::Picture(&still)).expect("composed");
        let [y, u, _] = out.planes();
        for row in [0, 90, 179] {
            assert_eq!((y.row(row)[20], y.row(row)[300]), (30, 200));
        }
        assert_eq!((u.row(40)[10], u.row(40)[150]), (160, 90));
    }

    #[test]
    fn stripes_behind_go_and_stripes_of_the_person_stay() {
        let mut camera = even(Size::new(640, 360), 0, 128);
        let [(plane, stride), _, _] = camera.planes_mut();
        for row in plane.chunks_mut(stride) {
            row.iter_mut().enumerate().for_each(|(x, sample)| *sample = if x / 4 % 2 == 0 { 50 } else { 210 });
        }
        let mut compositor = Compositor::default();
        let out = compositor.compose(&camera, &half(), Behind::Blurred(Strength::Light)).expect("composed");
        let (luma, before) = (out.planes()[0], camera.planes()[0]);
        let row = luma.row(180);
        let span = |part: &[u8]| part.iter().max().unwrap() - part.iter().min().unwrap();
        assert!(span(&row[20..240]) < 10, "{}", span(&row[20..240]));
        assert_eq!(row[400..], before.row(180)[400..]);
    }

    proptest! {
        #[test]
        fn no_size_breaks_anything(width in 1u32..90, height in 1u32..90, wide in 1u32..40, strong: bool, picture: bool) {
            let camera = even(Size::new(width, height), 100, 120);
            let still = even(Size::new(wide, 7), 100, 120);
            let strength = if strong { Strength::Strong } else { Strength::Light };
            let behind = if picture { Behind::Picture(&still) } else { Behind::Blurred(strength) };
            let out = Compositor::default().compose(&camera, &half(), behind).expect("composed");
            prop_assert!(out.planes()[0].data.iter().all(|value| *value == 100));
            prop_assert!(out.planes()[1].data.iter().all(|value| *value == 120));
        }

        #[test]
        fn blending_is_exact(front: u8, behind: u8, part: u8) {
            let mut out = [0];
            blend(&[front], &[behind], &[part], &mut out);
            let (front, behind, part) = (f64::from(front), f64::from(behind), f64::from(part));
            prop_assert_eq!(f64::from(out[0]), ((front * part + behind * (255.0 - part)) / 255.0).round());
        }
    }
}
