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

/// As Windows keeps pointers: bitmaps whose pixels are not multiplied with their opacity, and masks that are white where what is below is
/// seen.
#[cfg(any(windows, test))]
impl Cursor {
    /// Of its colours. Where they have no opacity at all, the mask says what is seen.
    pub fn of_colours(width: u32, height: u32, hot: (i32, i32), colours: &[[u8; 4]], mask: &[[u8; 4]]) -> Self {
        let plain = colours.iter().all(|pixel| pixel[3] == 0);
        let pixel = |(index, [blue, green, red, opacity]): (usize, &[u8; 4])| {
            let hidden = mask.get(index).is_some_and(|pixel| pixel[0] > 127);
            let opacity = if plain { if hidden { 0 } else { 255 } } else { *opacity };
            let part = |part: &u8| (u16::from(*part) * u16::from(opacity) / 255) as u8;
            [part(blue), part(green), part(red), opacity]
        };
        Self { width, height, hot, pixels: colours.iter().enumerate().map(pixel).collect() }
    }

    /// Of two masks, one below the other: what is seen through, and what is white. What would turn the colours round below it (a bar
    /// between letters) is black.
    pub fn of_masks(width: u32, height: u32, hot: (i32, i32), masks: &[[u8; 4]]) -> Self {
        let (through, white) = masks.split_at((width as usize * height as usize).min(masks.len()));
        let pixel = |(through, white): (&[u8; 4], &[u8; 4])| match (through[0] > 127, white[0] > 127) {
            (true, false) => [0; 4],
            (true, true) | (false, false) => [0, 0, 0, 255],
            (false, true) => [255; 4],
        };
        Self { width, height, hot, pixels: through.iter().zip(white).map(pixel).collect() }
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

    #[test]
    fn windows_pointers_are_read_with_and_without_opacity() {
        const SEEN: [u8; 4] = [0; 4];
        const THROUGH: [u8; 4] = [255; 4];
        let soft = Cursor::of_colours(2, 1, (0, 0), &[[200, 100, 0, 128], [9, 9, 9, 0]], &[SEEN, SEEN]);
        assert_eq!(soft.pixels, [[100, 50, 0, 128], [0; 4]]);
        let hard = Cursor::of_colours(2, 1, (0, 0), &[[200, 100, 0, 0], [9, 9, 9, 0]], &[SEEN, THROUGH]);
        assert_eq!(hard.pixels, [[200, 100, 0, 255], [0; 4]]);
        let masks = [SEEN, SEEN, THROUGH, THROUGH, SEEN, THROUGH, SEEN, THROUGH];
        let text = Cursor::of_masks(4, 1, (1, 0), &masks);
        assert_eq!(text.pixels, [[0, 0, 0, 255], [255; 4], [0; 4], [0, 0, 0, 255]]);
        // Fewer than they should be: nothing is drawn for those.
        assert_eq!(Cursor::of_masks(4, 4, (0, 0), &masks).pixels.len(), 0);
        assert_eq!(Cursor::of_colours(9, 9, (0, 0), &[[1; 4]], &[]).pixels.len(), 1);
    }
}
