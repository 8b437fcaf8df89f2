//! What is done to the own picture before anything else sees it: turned, and brightened where it is dark.

use super::light::Light;
use std::sync::Arc;
use visavis_media::{Frame, I420, PlaneRef, Pool, Surface};
use visavis_model::{Size, Turn};

/// Pictures that are on their way at once.
const POOLED: usize = 6;
/// Side of the squares in which a picture is turned, in samples: both their rows and their columns stay in the processor's cache.
const SQUARE: usize = 16;

/// What the person wants to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adjust {
    pub turn: Turn,
    /// A dark picture is made brighter; one that is not stays as it is.
    pub brighten: bool,
}

/// Does it, picture after picture.
#[derive(Debug)]
pub(super) struct Adjuster {
    pool: Pool,
    light: Light,
}

impl Adjuster {
    pub fn new() -> Self {
        Self { pool: Pool::new(POOLED), light: Light::default() }
    }

    /// The picture as it is wanted; the same one, uncopied, where nothing is to be done.
    pub fn apply(&mut self, frame: Frame, adjust: Adjust) -> Frame {
        let Frame { surface: Surface::I420(mut picture), time } = frame;
        if let Some(turned) = turned(&picture, adjust.turn, &self.pool) {
            picture = Arc::new(turned);
        }
        if !adjust.brighten {
            self.light = Light::default();
        } else if let Some(brighter) = self.light.look(&picture, &self.pool) {
            picture = Arc::new(brighter);
        }
        Frame { surface: Surface::I420(picture), time }
    }
}

/// `None` where it stays as it is.
fn turned(picture: &I420, turn: Turn, pool: &Pool) -> Option<I420> {
    let Size { width, height } = picture.size();
    let size = match turn {
        Turn::None => return None,
        Turn::Half => Size::new(width, height),
        Turn::Right | Turn::Left => Size::new(height, width),
    };
    let mut out = I420::new(size, pool.take(I420::byte_len(size)))?;
    for (plane, (target, stride)) in picture.planes().into_iter().zip(out.planes_mut()) {
        match turn {
            Turn::None => {}
            Turn::Half => half(plane, target, stride),
            Turn::Right | Turn::Left => quarter(plane, target, stride, turn == Turn::Right),
        }
    }
    Some(out)
}

fn half(plane: PlaneRef<'_>, target: &mut [u8], stride: usize) {
    for (y, line) in target.chunks_mut(stride).take(plane.height).enumerate() {
        let row = plane.row(plane.height - 1 - y);
        for (to, from) in line.iter_mut().zip(row.iter().rev()) {
            *to = *from;
        }
    }
}

/// Column `x` of the source becomes row `x` (to the left: from below).
fn quarter(plane: PlaneRef<'_>, target: &mut [u8], stride: usize, right: bool) {
    let (width, height) = (plane.width, plane.height);
    for top in (0..height).step_by(SQUARE) {
        for left in (0..width).step_by(SQUARE) {
            for y in top..(top + SQUARE).min(height) {
                let end = (left + SQUARE).min(width);
                let column = if right { height - 1 - y } else { y };
                for (x, sample) in (left..end).zip(&plane.row(y)[left..end]) {
                    let row = if right { x } else { width - 1 - x };
                    target[row * stride + column] = *sample;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use visavis_media::{MediaTime, Pooled};

    fn picture(size: Size) -> I420 {
        let data = (0..I420::byte_len(size)).map(|at| (at * 31 % 251) as u8).collect();
        I420::new(size, Pooled::unpooled(data)).expect("a picture")
    }

    fn samples(picture: &I420) -> Vec<Vec<u8>> {
        picture.planes().iter().map(|plane| (0..plane.height).flat_map(|y| plane.row(y).to_vec()).collect()).collect()
    }

    fn turn(picture: &I420, turn: Turn) -> I420 {
        turned(picture, turn, &Pool::new(1)).expect("turned")
    }

    #[test]
    fn to_the_right_the_left_edge_is_the_upper_one() {
        let size = Size::new(3, 2);
        let data = vec![1, 2, 3, 4, 5, 6, 10, 11, 20, 21];
        let picture = I420::new(size, Pooled::unpooled(data)).expect("a picture");
        let right = turn(&picture, Turn::Right);
        assert_eq!(right.size(), Size::new(2, 3));
        assert_eq!(samples(&right), [vec![4, 1, 5, 2, 6, 3], vec![10, 11], vec![20, 21]]);
        assert_eq!(samples(&turn(&picture, Turn::Left))[0], [3, 6, 2, 5, 1, 4]);
        assert_eq!(samples(&turn(&picture, Turn::Half))[0], [6, 5, 4, 3, 2, 1]);
        assert!(turned(&picture, Turn::None, &Pool::new(1)).is_none());
    }

    #[test]
    fn what_is_to_stay_is_not_copied() {
        let picture = Arc::new(picture(Size::new(8, 6)));
        let frame = Frame { surface: Surface::I420(Arc::clone(&picture)), time: MediaTime::from_millis(3) };
        let Frame { surface: Surface::I420(same), time } = Adjuster::new().apply(frame, Adjust::default());
        assert!(Arc::ptr_eq(&same, &picture) && time == MediaTime::from_millis(3));
    }

    proptest! {
        #[test]
        fn four_quarters_two_halves_and_there_and_back_are_nothing(width in 1u32..70, height in 1u32..70) {
            let whole = picture(Size::new(width, height));
            let after = |turns: &[Turn]| {
                let mut last = picture(whole.size());
                for one in turns {
                    last = turn(&last, *one);
                }
                samples(&last)
            };
            let same = samples(&whole);
            prop_assert_eq!(&after(&[Turn::Right; 4]), &same);
            prop_assert_eq!(&after(&[Turn::Half; 2]), &same);
            prop_assert_eq!(&after(&[Turn::Right, Turn::Left]), &same);
            prop_assert_eq!(after(&[Turn::Right; 2]), after(&[Turn::Half]));
        }
    }
}
