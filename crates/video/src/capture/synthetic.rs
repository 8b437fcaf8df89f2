//! A moving picture that a far end can measure: [`crate::barcode`] over a texture in a colour of its own.

use super::{Backend, Error, Format, Pace};
use crate::barcode::{self, Barcode};
use crate::scale::even;
use std::sync::Arc;
use visavis_media::{Frame, I420, MediaTime, Pool, Surface};
use visavis_model::{Fps, Size};

/// How far the texture wanders to each side, in luma pixels.
const WANDER: usize = 128;

/// Draws: a texture that wanders, a patch that bounces, and the barcode.
pub struct Synthetic {
    size: Size,
    pace: Pace,
    pool: Pool,
    texture: I420,
    counter: u32,
    clock: Arc<dyn Fn() -> u32 + Send + Sync>,
}

impl Synthetic {
    /// `seed` gives hue and texture. The barcode's clock is the wall clock. The size is rounded down to even.
    pub fn new(size: Size, fps: Fps, seed: u32) -> Self {
        Self::with_clock(size, fps, seed, Arc::new(barcode::wall_clock_ms))
    }

    /// The same with a barcode clock of its own, in milliseconds.
    pub fn with_clock(size: Size, fps: Fps, seed: u32, clock: Arc<dyn Fn() -> u32 + Send + Sync>) -> Self {
        let size = even(Size::new(size.width.min(crate::MAX_SIDE), size.height.min(crate::MAX_SIDE)));
        Self { size, pace: Pace::new(fps), pool: Pool::new(4), texture: texture(size, seed), counter: 0, clock }
    }

    /// Draws the picture with this counter, without waiting.
    pub fn draw(&mut self, counter: u32) -> I420 {
        let (width, height) = (self.size.width as usize, self.size.height as usize);
        let data = self.pool.take(I420::byte_len(self.size));
        let mut picture = I420::new(self.size, data).unwrap_or_else(|| I420::black(self.size));
        // A triangle wave, an even step each way: chroma keeps its grid.
        let step = counter as usize * 2;
        let triangle = |step: usize, span: usize| span - (step % (2 * span)).abs_diff(span);
        let (left, top) = (triangle(step, WANDER) & !1, triangle(step / 2, WANDER / 2) & !1);
        let planes = self.texture.planes().into_iter().zip(picture.planes_mut());
        for (index, (source, (out, stride))) in planes.enumerate() {
            let divisor = if index == 0 { 1 } else { 2 };
            let (left, top, width) = (left / divisor, top / divisor, width / divisor);
            for (y, out) in out.chunks_exact_mut(stride).enumerate() {
                out[..width].copy_from_slice(&source.row(top + y)[left..left + width]);
            }
        }
        bounce(&mut picture, counter, width, height);
        barcode::draw(&mut picture, Barcode { counter, clock_ms: (self.clock)() });
        picture
    }
}

impl Backend for Synthetic {
    fn format(&self) -> Format {
        Format { size: self.size, fps: self.pace.fps() }
    }

    fn next_frame(&mut self) -> Result<Frame, Error> {
        self.pace.wait();
        let counter = self.counter;
        self.counter = counter.wrapping_add(1);
        Ok(Frame { surface: Surface::I420(Arc::new(self.draw(counter))), time: MediaTime::ZERO })
    }
}

/// A bright patch that moves against the texture, below the barcode.
fn bounce(picture: &mut I420, counter: u32, width: usize, height: usize) {
    let side = (height / 6) & !1;
    if side < 2 || width <= side || height <= 2 * side {
        return;
    }
    let travel = |step: usize, span: usize| span - (step % (2 * span).max(1)).abs_diff(span);
    let left = travel(counter as usize * 6, width - side) & !1;
    let top = (side + travel(counter as usize * 4, height - 2 * side)) & !1;
    for (index, (plane, stride)) in picture.planes_mut().into_iter().enumerate() {
        let (divisor, value) = if index == 0 { (1, 210) } else { (2, 128) };
        for row in plane.chunks_exact_mut(stride).skip(top / divisor).take(side / divisor) {
            row[left / divisor..(left + side) / divisor].fill(value);
        }
    }
}

/// Soft hills, a fine grain and a tint by `seed`, larger than the picture by the wandering.
fn texture(size: Size, seed: u32) -> I420 {
    let full = Size::new(size.width + WANDER as u32, size.height + WANDER as u32 / 2);
    let mut picture = I420::black(full);
    // Golden-angle steps: neighbouring seeds are far apart in hue.
    let hue = seed as f32 * 2.399_963;
    let phase = (seed.wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0;
    let mut noise = seed.wrapping_mul(747_796_405) | 1;
    let [(luma, stride), chroma_u, chroma_v] = picture.planes_mut();
    let scale = 40.0 / size.height.max(1) as f32;
    for (y, row) in luma.chunks_exact_mut(stride).enumerate() {
        let slow = (y as f32 * scale * 0.31 + phase * 9.0).sin();
        for (x, sample) in row.iter_mut().enumerate() {
            let along = x as f32 * scale;
            let hills = (along * 0.23 + slow * 1.7).sin() * 38.0 + (along * 0.91 + y as f32 * scale * 0.7).sin() * 14.0;
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            *sample = (118.0 + hills + (noise >> 28) as f32 * 0.5) as u8;
        }
    }
    for ((plane, stride), tint) in [(chroma_u, hue.sin()), (chroma_v, hue.cos())] {
        for (y, row) in plane.chunks_exact_mut(stride).enumerate() {
            let shade = (y as f32 * scale * 0.4).sin() * 8.0;
            row.fill((128.0 + tint * 52.0 + shade) as u8);
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_carries_its_counter_and_clock() {
        let mut source = Synthetic::with_clock(Size::new(321, 181), Fps(30.0), 3, Arc::new(|| 0xdead_beef));
        assert_eq!(source.format().size, Size::new(320, 180));
        for counter in [0, 1, 77, 1000, u32::MAX] {
            let picture = source.draw(counter);
            assert_eq!(barcode::read(&picture), Some(Barcode { counter, clock_ms: 0xdead_beef }));
        }
    }

    #[test]
    fn counters_follow_each_other_and_the_picture_moves() {
        let mut source = Synthetic::new(Size::new(160, 90), Fps(120.0), 0);
        let first = source.next_frame().expect("draws");
        let second = source.next_frame().expect("draws");
        assert_eq!(barcode::read(first.i420()).map(|code| code.counter), Some(0));
        assert_eq!(barcode::read(second.i420()).map(|code| code.counter), Some(1));
        assert_ne!(first.i420().planes()[0].row(80), second.i420().planes()[0].row(80));
    }

    #[test]
    fn seeds_have_hues_of_their_own() {
        let tint = |seed| {
            let picture = Synthetic::new(Size::new(160, 90), Fps(30.0), seed).draw(0);
            let [_, u, v] = picture.planes();
            (u.row(30)[70], v.row(30)[70])
        };
        for a in 0..6u32 {
            for b in 0..a {
                let ((au, av), (bu, bv)) = (tint(a), tint(b));
                assert!(au.abs_diff(bu).max(av.abs_diff(bv)) > 20, "{a} and {b} look the same");
            }
        }
    }
}
