//! Where pixels may be painted around what the page draws over them.

use visavis_model::Rect;

/// The parts of `rect` that no cover hides, as rectangles that do not overlap, top to bottom.
///
/// At most 4 more rectangles a cover. Empty covers and those outside of `rect` change nothing.
pub fn exclude(rect: Rect, covers: &[Rect]) -> Vec<Rect> {
    let mut parts = vec![Edges::of(rect)];
    for cover in covers.iter().map(|cover| Edges::of(*cover)).filter(|cover| !cover.is_empty()) {
        parts = parts.into_iter().flat_map(|part| part.without(cover)).collect();
    }
    let mut visible: Vec<Rect> = parts.into_iter().filter(|part| !part.is_empty()).map(Edges::rect).collect();
    visible.sort_by_key(|rect| (rect.y, rect.x));
    visible
}

/// In 64 bits no sum of position and length overflows.
#[derive(Clone, Copy)]
struct Edges {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

impl Edges {
    fn of(rect: Rect) -> Self {
        let (left, top) = (i64::from(rect.x), i64::from(rect.y));
        Self { left, top, right: left + i64::from(rect.width), bottom: top + i64::from(rect.height) }
    }

    fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    fn rect(self) -> Rect {
        Rect {
            x: self.left as i32,
            y: self.top as i32,
            width: (self.right - self.left) as u32,
            height: (self.bottom - self.top) as u32,
        }
    }

    /// Above, left, right, below; empty ones left out.
    fn without(self, cover: Self) -> impl Iterator<Item = Self> {
        let inner = Self {
            left: cover.left.clamp(self.left, self.right),
            top: cover.top.clamp(self.top, self.bottom),
            right: cover.right.clamp(self.left, self.right),
            bottom: cover.bottom.clamp(self.top, self.bottom),
        };
        let apart = inner.is_empty();
        let around = [
            Self { bottom: inner.top, ..self },
            Self { top: inner.top, bottom: inner.bottom, right: inner.left, ..self },
            Self { top: inner.top, bottom: inner.bottom, left: inner.right, ..self },
            Self { top: inner.bottom, ..self },
        ];
        let whole = apart.then_some(self);
        around.into_iter().filter(move |part| !apart && !part.is_empty()).chain(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rect(x: i32, y: i32, width: u32, height: u32) -> Rect {
        Rect { x, y, width, height }
    }

    fn contains(rect: &Rect, x: i64, y: i64) -> bool {
        let edges = Edges::of(*rect);
        (edges.left..edges.right).contains(&x) && (edges.top..edges.bottom).contains(&y)
    }

    #[test]
    fn a_hole_leaves_four_sides() {
        let parts = exclude(rect(0, 0, 10, 10), &[rect(3, 4, 2, 3)]);
        assert_eq!(parts, [rect(0, 0, 10, 4), rect(0, 4, 3, 3), rect(5, 4, 5, 3), rect(0, 7, 10, 3)]);
        assert_eq!(exclude(rect(0, 0, 10, 10), &[rect(-5, -5, 50, 50)]), []);
        assert_eq!(exclude(rect(0, 0, 10, 10), &[rect(10, 0, 5, 5), rect(2, 2, 0, 9)]), [rect(0, 0, 10, 10)]);
        assert_eq!(exclude(rect(i32::MAX, 0, u32::MAX, 5), &[rect(i32::MAX, 0, u32::MAX, 5)]), []);
    }

    proptest! {
        #[test]
        fn every_point_is_in_exactly_one_part_or_covered(
            covers in prop::collection::vec((-5i32..25, -5i32..25, 0u32..15, 0u32..15), 0..6),
        ) {
            let tile = rect(2, 3, 17, 13);
            let covers: Vec<Rect> = covers.into_iter().map(|(x, y, width, height)| rect(x, y, width, height)).collect();
            let parts = exclude(tile, &covers);
            for x in 0..24 {
                for y in 0..24 {
                    let hits = parts.iter().filter(|part| contains(part, x, y)).count();
                    let visible = contains(&tile, x, y) && !covers.iter().any(|cover| contains(cover, x, y));
                    prop_assert_eq!(hits, usize::from(visible), "({}, {})", x, y);
                }
            }
        }
    }
}
