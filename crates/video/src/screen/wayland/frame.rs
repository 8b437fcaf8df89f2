//! Where in a piece of memory a picture lies: pure.

use super::format::{Format, Order};
use super::library::{Chunk, Region};
use visavis_model::{Rect, Size};

/// A picture as it lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The octet of its first pixel.
    pub start: usize,
    /// From one row to the next, in octets.
    pub stride: usize,
    pub size: Size,
    pub order: Order,
}

impl Layout {
    /// Where it is within `length` octets. `crop`: the part of it that is shared, where it says one. `None` where it would not fit.
    pub fn of(format: Format, chunk: Chunk, length: u32, crop: Option<Region>) -> Option<Self> {
        let whole = Rect { x: 0, y: 0, width: format.size.width, height: format.size.height };
        let part = match crop.filter(|crop| crop.width > 0 && crop.height > 0) {
            Some(crop) => within(crop, whole)?,
            None => whole,
        };
        let stride = match usize::try_from(chunk.stride).ok()? {
            0 => format.size.width as usize * 4,
            stride => stride,
        };
        if stride < format.size.width as usize * 4 || length == 0 {
            return None;
        }
        let start = (chunk.offset % length) as usize + part.y as usize * stride + part.x as usize * 4;
        let end = start + (part.height as usize - 1) * stride + part.width as usize * 4;
        let layout = Self { start, stride, size: part.size(), order: format.order };
        (end <= length as usize).then_some(layout)
    }
}

/// The part of a region that is inside; `None` where none is.
fn within(region: Region, whole: Rect) -> Option<Rect> {
    let span = |start: i32, length: u32, limit: u32| {
        let end = (i64::from(start) + i64::from(length)).clamp(0, i64::from(limit));
        let start = i64::from(start).clamp(0, i64::from(limit));
        (start < end).then_some((start as i32, (end - start) as u32))
    };
    let (x, width) = span(region.x, region.width, whole.width)?;
    let (y, height) = span(region.y, region.height, whole.height)?;
    Some(Rect { x, y, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FORMAT: Format = Format { order: Order::Blue, size: Size::new(100, 50) };

    fn chunk(offset: u32, stride: i32) -> Chunk {
        Chunk { offset, size: 0, stride, flags: 0 }
    }

    #[test]
    fn rows_may_be_padded_and_a_window_may_lie_in_a_larger_picture() {
        let layout = |stride, length, crop| Layout::of(FORMAT, chunk(0, stride), length, crop);
        let whole = layout(0, 20_000, None).expect("it fits");
        assert_eq!((whole.start, whole.stride, whole.size), (0, 400, FORMAT.size));
        assert_eq!(layout(512, 25_600, None).expect("it fits").stride, 512);
        let crop = Region { x: 10, y: 5, width: 40, height: 20 };
        let part = layout(512, 25_600, Some(crop)).expect("it fits");
        assert_eq!((part.start, part.size), (5 * 512 + 40, Size::new(40, 20)));
        let wide = Region { x: -5, y: 0, width: 1000, height: 1000 };
        assert_eq!(layout(512, 25_600, Some(wide)).expect("it fits").size, FORMAT.size);
        assert_eq!(layout(512, 25_600, Some(Region { width: 0, ..crop })).expect("no crop").size, FORMAT.size);
    }

    #[test]
    fn what_does_not_fit_is_no_picture() {
        assert_eq!(Layout::of(FORMAT, chunk(0, 0), 19_999, None), None);
        assert_eq!(Layout::of(FORMAT, chunk(4, 0), 20_000, None), None);
        assert_eq!(Layout::of(FORMAT, chunk(0, 396), 20_000, None), None, "rows over rows");
        assert_eq!(Layout::of(FORMAT, chunk(0, -400), 20_000, None), None, "upside down");
        assert_eq!(Layout::of(FORMAT, chunk(0, 0), 0, None), None);
        let outside = Region { x: 100, y: 0, width: 5, height: 5 };
        assert_eq!(Layout::of(FORMAT, chunk(0, 0), 20_000, Some(outside)), None);
    }

    proptest! {
        #[test]
        fn it_never_leaves_the_memory(
            offset: u32, stride: i32, length: u32, x: i32, y: i32, width: u32, height: u32,
        ) {
            let crop = Region { x, y, width, height };
            if let Some(layout) = Layout::of(FORMAT, chunk(offset, stride), length, Some(crop)) {
                let last = layout.start + (layout.size.height as usize - 1) * layout.stride + layout.size.width as usize * 4;
                prop_assert!(last <= length as usize);
            }
        }
    }
}
