//! Brightens pictures that are dark: a curve over the luma, and as much more colour as goes with it.

use visavis_media::{I420, Pool};

/// Only every so many samples of a row, and rows, are looked at.
const STEP: usize = 8;
/// Black and white of limited range (ITU-R BT.601-7 §2.5.3).
const BLACK: f32 = 16.0;
const WHITE: f32 = 235.0;
/// A picture whose mean is below this part of the range is dark.
const DARK: f32 = 0.34;
/// So much of the way there the mean of a dark one goes: where dark begins nothing jumps.
const LIFT: f32 = 0.7;
/// The strongest curve: beyond it a camera's noise is all that comes up.
const STRONGEST: f32 = 0.55;
/// So much of the way is gone with each picture: a lamp that goes on is no flash.
const PACE: f32 = 0.06;
/// Curves that are nearer to each other look the same.
const SAME: f32 = 0.01;
/// A curve that is nearer to none than this is none.
const NONE: f32 = 0.97;

/// Follows the light in a room.
#[derive(Debug)]
pub(super) struct Light {
    /// Exponent of the curve that is wanted now; 1 leaves everything.
    gamma: f32,
    curve: Option<Curve>,
}

#[derive(Debug)]
struct Curve {
    gamma: f32,
    luma: [u8; 256],
    chroma: [u8; 256],
}

impl Default for Light {
    fn default() -> Self {
        Self { gamma: 1.0, curve: None }
    }
}

impl Light {
    /// A brighter picture; `None` where it is to stay as it is.
    pub fn look(&mut self, picture: &I420, pool: &Pool) -> Option<I420> {
        let wanted = wanted(mean(picture));
        self.gamma += (wanted - self.gamma) * PACE;
        if self.gamma > NONE {
            self.curve = None;
            return None;
        }
        let is_old = |curve: &Curve| (curve.gamma - self.gamma).abs() > SAME;
        if self.curve.as_ref().is_none_or(is_old) {
            self.curve = Some(Curve::new(self.gamma));
        }
        let curve = self.curve.as_ref()?;
        let size = picture.size();
        let mut out = I420::new(size, pool.take(I420::byte_len(size)))?;
        let tables = [&curve.luma, &curve.chroma, &curve.chroma];
        for ((plane, (target, stride)), table) in picture.planes().into_iter().zip(out.planes_mut()).zip(tables) {
            for (y, line) in target.chunks_mut(stride).take(plane.height).enumerate() {
                for (to, from) in line.iter_mut().zip(plane.row(y)) {
                    *to = table[usize::from(*from)];
                }
            }
        }
        Some(out)
    }
}

impl Curve {
    fn new(gamma: f32) -> Self {
        let luma = |at: usize| {
            let part = ((at as f32 - BLACK) / (WHITE - BLACK)).clamp(0.0, 1.0);
            (BLACK + (WHITE - BLACK) * part.powf(gamma)).round() as u8
        };
        // What comes up without its colour looks like fog.
        let more = 1.0 + 0.4 * (1.0 - gamma);
        let chroma = |at: usize| (128.0 + (at as f32 - 128.0) * more).round().clamp(16.0, 240.0) as u8;
        Self { gamma, luma: std::array::from_fn(luma), chroma: std::array::from_fn(chroma) }
    }
}

/// The curve that brings a mean to where it is wanted. Pure.
fn wanted(mean: f32) -> f32 {
    if mean >= DARK {
        return 1.0;
    }
    // Of a picture that is as good as black nothing can be said.
    let mean = mean.max(0.02);
    let aim = mean + (DARK - mean) * LIFT;
    (aim.ln() / mean.ln()).clamp(STRONGEST, 1.0)
}

/// The mean of the luma, 0 (black) to 1.
fn mean(picture: &I420) -> f32 {
    let [luma, ..] = picture.planes();
    let (mut sum, mut count) = (0u64, 0u64);
    for y in (0..luma.height).step_by(STEP) {
        for sample in luma.row(y).iter().step_by(STEP) {
            sum += u64::from(*sample);
            count += 1;
        }
    }
    let mean = sum as f32 / count.max(1) as f32;
    ((mean - BLACK) / (WHITE - BLACK)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_media::Pooled;
    use visavis_model::Size;

    /// A slope of grey around `middle`, with a colour.
    fn room(middle: u8) -> I420 {
        let size = Size::new(64, 48);
        let mut data = vec![150; I420::byte_len(size)];
        for (at, sample) in data[..64 * 48].iter_mut().enumerate() {
            *sample = (i32::from(middle) + (at % 64) as i32 / 4 - 8).clamp(16, 235) as u8;
        }
        I420::new(size, Pooled::unpooled(data)).expect("a picture")
    }

    /// What becomes of the same picture, shown `times` times.
    fn after(light: &mut Light, picture: &I420, times: usize) -> Option<I420> {
        let pool = Pool::new(2);
        (0..times).map(|_| light.look(picture, &pool)).last().flatten()
    }

    #[test]
    fn a_dark_room_comes_up_slowly_and_a_bright_one_stays() {
        let (dark, bright) = (room(40), room(120));
        let mut light = Light::default();
        assert!(after(&mut light, &bright, 100).is_none());
        let first = after(&mut light, &dark, 1).map_or_else(|| mean(&dark), |picture| mean(&picture));
        assert!(first < mean(&dark) + 0.02, "a flash: {first}");
        let settled = after(&mut light, &dark, 100).expect("brighter");
        assert!(mean(&settled) > 1.5 * mean(&dark), "{} of {}", mean(&settled), mean(&dark));
        // Colours come along, and nothing leaves the range.
        let [y, u, _] = settled.planes();
        assert!(u.row(0)[0] > 150 && y.data.iter().all(|sample| (16..=235).contains(sample)));
        assert!(after(&mut light, &bright, 100).is_none(), "the lamp is on again");
    }

    #[test]
    fn the_order_of_greys_stays_and_black_is_black() {
        for gamma in [STRONGEST, 0.7, 0.99] {
            let curve = Curve::new(gamma);
            assert!(curve.luma.windows(2).all(|pair| pair[0] <= pair[1]));
            assert_eq!((curve.luma[16], curve.luma[235], curve.chroma[128]), (16, 235, 128));
        }
    }

    #[test]
    fn the_darker_the_stronger_up_to_a_limit() {
        let mut last = 0.0;
        for step in 0..=100 {
            let gamma = wanted(step as f32 / 100.0);
            assert!((STRONGEST..=1.0).contains(&gamma) && gamma >= last, "{step}");
            last = gamma;
        }
        assert!(wanted(DARK - 0.01) > 0.95, "no step where dark begins");
    }
}
