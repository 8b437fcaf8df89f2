//! The pointer, drawn into a picture: pure.

use super::canvas::{chroma, luma};
use visavis_media::I420;

/// A pointer's shape: premultiplied pixels (blue, green, red, opacity).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    pub width: u32,
    pub height: u32,
    /// Its point, from its upper left corner.
    pub hot: (i32, i32),
    pub pixels: Vec<[u8; 4]>,
}

impl Cursor {
    /// Draws it with its point at `x`, `y`; what is outside of the picture is left out.
    pub fn draw(&self, picture: &mut I420, x: i32, y: i32) {
        let (left, top) = (x.saturating_sub(self.hot.0), y.saturating_sub(self.hot.1));
        let size = picture.size();
        let [(y_plane, y_stride), (u_plane, c_stride), (v_plane, _)] = picture.planes_mut();
        let pixel = |x: i32, y: i32| -> [u8; 4] {
            let (Ok(x), Ok(y)) = (u32::try_from(x - left), u32::try_from(y - top)) else { return [0; 4] };
            if x >= self.width || y >= self.height {
                return [0; 4];
            }
            self.pixels.get(y as usize * self.width as usize + x as usize).copied().unwrap_or_default()
        };
        let end = |start: i32, length: u32, limit: u32| i64::from(start) + i64::from(length).min(i64::from(limit) * 2);
        let right = end(left, self.width, size.width).clamp(0, i64::from(size.width)) as i32;
        let bottom = end(top, self.height, size.height).clamp(0, i64::from(size.height)) as i32;
        for line in top.max(0)..bottom {
            for column in left.max(0)..right {
                let pixel = pixel(column, line);
                let at = line as usize * y_stride + column as usize;
                y_plane[at] = over(y_plane[at], luma(&pixel), 16, pixel[3]);
            }
        }
        for line in (top.max(0) & !1..bottom).step_by(2) {
            for column in (left.max(0) & !1..right).step_by(2) {
                let four = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| pixel(column + x, line + y));
                let sum = |part: usize| four.iter().map(|pixel| i32::from(pixel[part])).sum::<i32>();
                let (u, v) = chroma(sum(0), sum(1), sum(2));
                let opacity = (sum(3) / 4) as u8;
                let at = line as usize / 2 * c_stride + column as usize / 2;
                u_plane[at] = over(u_plane[at], u, 128, opacity);
                v_plane[at] = over(v_plane[at], v, 128, opacity);
            }
        }
    }
}

/// A premultiplied sample, which nothing makes `zero`, over another.
fn over(below: u8, above: u8, zero: i32, opacity: u8) -> u8 {
    let kept = (i32::from(below) - zero) * (255 - i32::from(opacity)) / 255;
    (kept + i32::from(above)).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::to_bgra;
    use visavis_media::Pool;
    use visavis_model::Size;

    fn drawn(cursor: &Cursor, x: i32, y: i32) -> Vec<[u8; 4]> {
        let mut picture = I420::black(Size::new(16, 16));
        for (plane, value) in picture.planes_mut().into_iter().zip([235, 128, 128]) {
            plane.0.fill(value);
        }
        cursor.draw(&mut picture, x, y);
        to_bgra(&picture, &Pool::new(1)).data().as_chunks::<4>().0.to_vec()
    }

    fn square(pixel: [u8; 4]) -> Cursor {
        Cursor { width: 4, height: 4, hot: (1, 1), pixels: vec![pixel; 16] }
    }

    #[test]
    fn it_covers_what_is_below_and_nothing_else() {
        let pixels = drawn(&square([0, 0, 200, 255]), 5, 7);
        for (index, pixel) in pixels.iter().enumerate() {
            let (x, y) = (index % 16, index / 16);
            let inside = (4..8).contains(&x) && (6..10).contains(&y);
            let want = if inside { [0, 0, 200] } else { [255, 255, 255] };
            assert!(pixel.iter().zip(want).all(|(got, want)| got.abs_diff(want) <= 5), "{x},{y}: {pixel:?}");
        }
    }

    #[test]
    fn what_is_half_seen_lets_the_rest_through() {
        // Black, half opaque, on white.
        let pixels = drawn(&square([0, 0, 0, 128]), 5, 7);
        let inside = pixels[8 * 16 + 5];
        assert!(inside[..3].iter().all(|part| part.abs_diff(127) <= 5), "{inside:?}");
    }

    #[test]
    fn at_the_edge_and_with_too_few_pixels_it_is_cut() {
        let mut broken = square([0, 0, 0, 255]);
        broken.pixels.truncate(3);
        for at in [(-100, -100), (0, 0), (15, 15), (16, 16), (i32::MIN, i32::MAX)] {
            drawn(&square([0, 0, 0, 255]), at.0, at.1);
            drawn(&broken, at.0, at.1);
        }
        let endless = Cursor { width: u32::MAX, height: u32::MAX, ..square([0, 0, 0, 255]) };
        drawn(&endless, 0, 0);
        let dark = drawn(&square([0, 0, 0, 255]), 15, 15).iter().filter(|pixel| pixel[0] < 60).count();
        assert_eq!(dark, 4);
    }
}
