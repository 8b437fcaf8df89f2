//! A picture that is replaced as a whole, in any size.

use super::super::LEAST_SIDE;
use super::super::canvas::Canvas;
use super::super::cursor::Cursor;
use visavis_media::Surface;
use visavis_model::Size;

#[derive(Debug)]
pub struct Followed {
    canvas: Canvas,
    size: Size,
}

impl Default for Followed {
    fn default() -> Self {
        Self { canvas: Canvas::new(Size::new(LEAST_SIDE, LEAST_SIDE)), size: Size::default() }
    }
}

impl Followed {
    /// Draws a picture (blue first, rows of `stride` octets), and says how many thousandths of it are new: all where its size is.
    pub fn draw(&mut self, size: Size, octets: &[u8], stride: usize) -> u32 {
        if size.width < LEAST_SIDE || size.height < LEAST_SIDE {
            return 0;
        }
        let resized = std::mem::replace(&mut self.size, size) != size;
        if resized {
            self.canvas = Canvas::new(size);
        }
        let changed = self.canvas.replace(octets, stride, false);
        if resized { 1000 } else { changed }
    }

    pub fn picture(&mut self, cursor: Option<(&Cursor, i32, i32)>) -> Option<Surface> {
        self.canvas.picture(cursor)
    }
}
