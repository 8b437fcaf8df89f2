//! How a picture meets a box.

use visavis_model::{Part, Rect, Size};

/// The part of a picture of size `source` that fills a box of size `target` without distortion: centred, as large as it can be.
///
/// At least one pixel where `source` is not empty.
pub fn cover(source: Size, target: Size) -> Rect {
    let (source_width, source_height) = (u64::from(source.width), u64::from(source.height));
    let (target_width, target_height) = (u64::from(target.width).max(1), u64::from(target.height).max(1));
    let (width, height) = if source_width * target_height > target_width * source_height {
        ((source_height * target_width + target_height / 2) / target_height, source_height)
    } else {
        (source_width, (source_width * target_height + target_width / 2) / target_width)
    };
    centred(
        Size::new((width as u32).clamp(1, source.width.max(1)), (height as u32).clamp(1, source.height.max(1))),
        source,
    )
}

/// Where all of a picture of size `source` lands in a box of size `target` without distortion: centred, as large as it can be.
pub fn contain(source: Size, target: Size) -> Rect {
    let (source_width, source_height) = (u64::from(source.width).max(1), u64::from(source.height).max(1));
    let (target_width, target_height) = (u64::from(target.width), u64::from(target.height));
    let (width, height) = if source_width * target_height > target_width * source_height {
        (target_width, (target_width * source_height + source_width / 2) / source_width)
    } else {
        ((target_height * source_width + source_height / 2) / source_height, target_height)
    };
    centred(
        Size::new((width as u32).clamp(1, target.width.max(1)), (height as u32).clamp(1, target.height.max(1))),
        target,
    )
}

/// The pixels of a picture of size `source` that a part of it is: whole ones, at least one, none outside.
pub fn part_of(source: Size, part: Part) -> Rect {
    let (x, width) = span(source.width, part.x, part.width);
    let (y, height) = span(source.height, part.y, part.height);
    Rect { x: x as i32, y: y as i32, width, height }
}

/// First pixel and count along one side. The count hangs on the length alone, so that panning never changes the size.
fn span(side: u32, start: u32, length: u32) -> (u32, u32) {
    let whole = u64::from(Part::WHOLE);
    let pixels = |of: u32| ((u64::from(of) * u64::from(side) + whole / 2) / whole).min(u64::from(side)) as u32;
    let count = pixels(length).max(1).min(side.max(1));
    (pixels(start).min(side.saturating_sub(count)), count)
}

/// The largest even size with the shape of `source` that is neither larger than `source` nor than `limit`.
pub fn shrink_into(source: Size, limit: Size) -> Size {
    if source.width <= limit.width && source.height <= limit.height {
        return even(source);
    }
    even(contain(source, limit).size())
}

/// Both sides rounded down to an even number, at least 2: what 4:2:0 encoders take.
pub fn even(size: Size) -> Size {
    Size::new((size.width & !1).max(2), (size.height & !1).max(2))
}

fn centred(inner: Size, outer: Size) -> Rect {
    Rect {
        x: (outer.width.saturating_sub(inner.width) / 2) as i32,
        y: (outer.height.saturating_sub(inner.height) / 2) as i32,
        width: inner.width,
        height: inner.height,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_into_square() {
        let (wide, square) = (Size::new(1280, 720), Size::new(300, 300));
        assert_eq!(cover(wide, square), Rect { x: 280, y: 0, width: 720, height: 720 });
        assert_eq!(contain(wide, square), Rect { x: 0, y: 65, width: 300, height: 169 });
        assert_eq!(shrink_into(Size::new(1920, 1080), wide), wide);
        assert_eq!(shrink_into(Size::new(641, 361), wide), Size::new(640, 360));
    }

    #[test]
    fn a_part_is_the_same_of_every_layer() {
        let quarter = Part { x: Part::WHOLE / 2, y: 0, width: Part::WHOLE / 2, height: Part::WHOLE / 2 };
        assert_eq!(part_of(Size::new(1920, 1080), quarter), Rect { x: 960, y: 0, width: 960, height: 540 });
        assert_eq!(part_of(Size::new(480, 270), quarter), Rect { x: 240, y: 0, width: 240, height: 135 });
        let whole = Part { x: 0, y: 0, width: Part::WHOLE, height: Part::WHOLE };
        assert_eq!(part_of(Size::new(33, 17), whole), Rect { x: 0, y: 0, width: 33, height: 17 });
        let outside = Part { x: u32::MAX, y: Part::WHOLE, width: u32::MAX, height: 0 };
        assert_eq!(part_of(Size::new(33, 17), outside), Rect { x: 0, y: 16, width: 33, height: 1 });
    }

    proptest! {
        #[test]
        fn a_part_stays_inside_and_keeps_its_size_while_it_moves(
            sw in 1u32..8000, sh in 1u32..8000, x: u32, y in 0u32..70000, width in 0u32..70000, height: u32,
        ) {
            let cut = part_of(Size::new(sw, sh), Part { x, y, width, height });
            prop_assert!(cut.x >= 0 && cut.y >= 0 && cut.width >= 1 && cut.height >= 1);
            prop_assert!(cut.x as u32 + cut.width <= sw && cut.y as u32 + cut.height <= sh);
            let moved = part_of(Size::new(sw, sh), Part { x: 0, y: 0, width, height });
            prop_assert_eq!(moved.size(), cut.size());
        }

        #[test]
        fn pixels_that_are_asked_for_are_those_that_are_shown(side in 1u32..8000, start in 0u32..8000, count in 1u32..8000) {
            // As the page tells it: rounded to 65536ths.
            let count = 1 + count % side;
            let start = start % (side - count + 1);
            let tell = |of: u32| (f64::from(of) / f64::from(side) * f64::from(Part::WHOLE)).round() as u32;
            prop_assert_eq!(span(side, tell(start), tell(count)), (start, count));
        }

        #[test]
        fn results_stay_inside(sw in 1u32..5000, sh in 1u32..5000, tw in 1u32..5000, th in 1u32..5000) {
            let (source, target) = (Size::new(sw, sh), Size::new(tw, th));
            let cut = cover(source, target);
            prop_assert!(cut.x as u32 + cut.width <= sw && cut.y as u32 + cut.height <= sh);
            prop_assert!(cut.width == sw || cut.height == sh);
            let placed = contain(source, target);
            prop_assert!(placed.x as u32 + placed.width <= tw && placed.y as u32 + placed.height <= th);
            prop_assert!(placed.width == tw || placed.height == th);
        }
    }
}
