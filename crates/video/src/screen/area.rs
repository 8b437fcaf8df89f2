//! Which rectangles of a picture are new: pure.

use visavis_model::{Rect, Size};

/// Rectangles that are read one by one; more are joined.
const MOST: usize = 8;

/// The part of `rect` inside of a picture of `size`, grown to even sides, so that no chroma sample is shared with what is not new.
pub fn clip(rect: Rect, size: Size) -> Option<Rect> {
    let (width, height) = (i64::from(size.width), i64::from(size.height));
    let span = |start: i32, length: u32, limit: i64| {
        let (start, end) = (i64::from(start), i64::from(start) + i64::from(length));
        let (start, end) = (start.clamp(0, limit), end.clamp(0, limit));
        (start < end).then_some((start & !1, ((end + 1) & !1).min(limit)))
    };
    let ((left, right), (top, bottom)) = (span(rect.x, rect.width, width)?, span(rect.y, rect.height, height)?);
    Some(Rect { x: left as i32, y: top as i32, width: (right - left) as u32, height: (bottom - top) as u32 })
}

/// Clips all, and joins them until few are left: each time the two that cost the fewest pixels too many.
pub fn join(rects: &[Rect], size: Size) -> Vec<Rect> {
    // A window full of single letters is not worth a search.
    if rects.len() > 64 {
        let all = rects.iter().copied().reduce(bounds);
        return all.and_then(|rect| clip(rect, size)).into_iter().collect();
    }
    let mut left: Vec<Rect> = rects.iter().filter_map(|rect| clip(*rect, size)).collect();
    loop {
        let mut best: Option<(i64, usize, usize)> = None;
        for a in 0..left.len() {
            for b in a + 1..left.len() {
                let cost = area(bounds(left[a], left[b])) - area(left[a]) - area(left[b]);
                if best.is_none_or(|(least, ..)| cost < least) {
                    best = Some((cost, a, b));
                }
            }
        }
        match best {
            // What overlaps or touches is one anyway.
            Some((cost, a, b)) if cost <= 0 || left.len() > MOST => {
                let other = left.swap_remove(b);
                left[a] = bounds(left[a], other);
            }
            _ => return left,
        }
    }
}

/// How much of the picture they are, in thousandths; overlaps count once where there are none left.
pub fn per_mille(rects: &[Rect], size: Size) -> u32 {
    let sum: i64 = rects.iter().map(|rect| area(*rect)).sum();
    let whole = size.area().max(1);
    ((sum as u64 * 1000).div_ceil(whole)).min(1000) as u32
}

/// The whole of a picture.
pub const fn whole(size: Size) -> Rect {
    Rect { x: 0, y: 0, width: size.width, height: size.height }
}

/// Whether two rectangles have a pixel in common.
pub fn overlap(a: &Rect, b: &Rect) -> bool {
    let end = |start: i32, length: u32| i64::from(start) + i64::from(length);
    i64::from(a.x) < end(b.x, b.width)
        && i64::from(b.x) < end(a.x, a.width)
        && i64::from(a.y) < end(b.y, b.height)
        && i64::from(b.y) < end(a.y, a.height)
}

fn area(rect: Rect) -> i64 {
    rect.size().area() as i64
}

fn bounds(a: Rect, b: Rect) -> Rect {
    let (left, top) = (a.x.min(b.x), a.y.min(b.y));
    let end = |start: i32, length: u32| i64::from(start) + i64::from(length);
    let right = end(a.x, a.width).max(end(b.x, b.width));
    let bottom = end(a.y, a.height).max(end(b.y, b.height));
    Rect {
        x: left,
        y: top,
        width: (right - i64::from(left)).clamp(0, u32::MAX.into()) as u32,
        height: (bottom - i64::from(top)).clamp(0, u32::MAX.into()) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZE: Size = Size::new(101, 75);

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    #[test]
    fn what_is_outside_is_cut_and_the_rest_is_even() {
        assert_eq!(clip(rect(-5, 3, 10, 4), SIZE), Some(rect(0, 2, 6, 6)));
        assert_eq!(clip(rect(99, 73, 50, 50), SIZE), Some(rect(98, 72, 3, 3)), "the last odd row stays");
        assert_eq!(clip(rect(200, 0, 5, 5), SIZE), None);
        assert_eq!(clip(rect(0, 0, 0, 5), SIZE), None);
        assert_eq!(clip(rect(i32::MAX, i32::MIN, u32::MAX, u32::MAX), SIZE), None);
    }

    #[test]
    fn neighbours_have_no_pixel_in_common() {
        let screen = rect(-100, 0, 100, 50);
        assert!(overlap(&screen, &rect(-1, 49, 10, 10)) && overlap(&rect(-1, 49, 10, 10), &screen));
        assert!(!overlap(&screen, &rect(0, 0, 10, 10)) && !overlap(&screen, &rect(-50, 50, 10, 10)));
        assert!(!overlap(&rect(i32::MIN, i32::MIN, 1, 1), &rect(i32::MAX, i32::MAX, u32::MAX, u32::MAX)));
    }

    #[test]
    fn far_ones_stay_apart_and_neighbours_become_one() {
        assert_eq!(join(&[rect(0, 0, 10, 10), rect(60, 60, 10, 10)], SIZE).len(), 2);
        assert_eq!(join(&[rect(0, 0, 10, 10), rect(10, 0, 10, 10)], SIZE), [rect(0, 0, 20, 10)]);
    }

    proptest! {
        #[test]
        fn nothing_new_is_lost_and_few_are_left(
            rects in prop::collection::vec((-20i32..120, -20i32..90, 0u32..40, 0u32..40), 0..90),
        ) {
            let rects: Vec<Rect> = rects.into_iter().map(|(x, y, w, h)| rect(x, y, w, h)).collect();
            let joined = join(&rects, SIZE);
            prop_assert!(joined.len() <= MOST);
            for given in rects.iter().filter_map(|rect| clip(*rect, SIZE)) {
                // Each corner is in one of them; they are rectangles, so all of it is in the one that holds both.
                let holds = |rect: &Rect| {
                    rect.x <= given.x && rect.y <= given.y
                        && rect.x + rect.width as i32 >= given.x + given.width as i32
                        && rect.y + rect.height as i32 >= given.y + given.height as i32
                };
                prop_assert!(joined.iter().any(holds), "{given:?} of {joined:?}");
            }
            prop_assert!(per_mille(&joined, SIZE) <= 1000);
        }
    }
}
