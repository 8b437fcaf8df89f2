//! The mark in the tray, in shapes that are told apart without colour (interface specification §5), drawn at any size.

use serde::Deserialize;

/// What the mark says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Outlines: nobody is in a meeting.
    Idle,
    /// Filled: in a meeting.
    Call,
    /// Filled with a stroke across: in a meeting, and not heard.
    Muted,
    /// Filled with a dot: somebody waits at the door.
    Waiting,
}

/// Sides of the square that the mark is drawn in (`icons/mark.svg`).
const SIDE: f32 = 32.0;
/// Parts of a pixel's side at which it is looked at.
const FINE: u32 = 4;
/// White, with a dark edge: legible on light and on dark panels.
const INK: [f32; 3] = [255.0, 255.0, 255.0];
const EDGE: [f32; 3] = [16.0, 32.0, 30.0];
/// Width of the edge, and of the free space around stroke and dot.
const EDGE_WIDTH: f32 = 1.4;
const FREE: f32 = 2.2;

/// The picture, `side` × `side` pixels of R, G, B and A, not premultiplied.
pub fn draw(shape: Shape, side: u32) -> Vec<u8> {
    let mut pixels = Vec::with_capacity((side * side * 4) as usize);
    for y in 0..side {
        for x in 0..side {
            pixels.extend(pixel(shape, x, y, SIDE / side as f32));
        }
    }
    pixels
}

fn pixel(shape: Shape, x: u32, y: u32, scale: f32) -> [u8; 4] {
    let (mut ink, mut edge) = (0, 0);
    for part in 0..FINE * FINE {
        let at = |whole: u32, part: u32| (whole as f32 + (part as f32 + 0.5) / FINE as f32) * scale;
        match distance(shape, at(x, part % FINE), at(y, part / FINE)) {
            inside if inside <= 0.0 => ink += 1,
            near if near <= EDGE_WIDTH => edge += 1,
            _ => {}
        }
    }
    let covered = (ink + edge) as f32;
    if covered == 0.0 {
        return [0; 4];
    }
    let colour = |channel: usize| ((INK[channel] * ink as f32 + EDGE[channel] * edge as f32) / covered) as u8;
    [colour(0), colour(1), colour(2), (covered * 255.0 / (FINE * FINE) as f32) as u8]
}

/// How far a place is from the drawing; zero or less inside.
fn distance(shape: Shape, x: f32, y: f32) -> f32 {
    let left = half_disc(13.5 - x, y, 11.5);
    let right = half_disc(x - 18.5, y, 11.5);
    let outline = |solid: f32| solid.max(-(solid + 2.6));
    match shape {
        Shape::Idle => outline(left).min(outline(right)),
        Shape::Call => left.min(outline(right)),
        Shape::Muted => {
            let across = stroke(x, y);
            left.min(outline(right)).max(FREE - across).min(across)
        }
        Shape::Waiting => {
            let dot = (x - 25.5).hypot(y - 25.5) - 5.5;
            left.min(outline(right)).max(FREE - dot).min(dot)
        }
    }
}

/// Half a disc around the height's middle; `x` counts from its flat side.
fn half_disc(x: f32, y: f32, radius: f32) -> f32 {
    (x.hypot(y - SIDE / 2.0) - radius).max(-x)
}

/// From the upper left corner to the lower right one.
fn stroke(x: f32, y: f32) -> f32 {
    let along = ((x + y) / 2.0).clamp(4.0, 28.0);
    (x - along).hypot(y - along) - 1.6
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Shape; 4] = [Shape::Idle, Shape::Call, Shape::Muted, Shape::Waiting];

    fn white(shape: Shape, side: u32) -> usize {
        draw(shape, side).as_chunks::<4>().0.iter().filter(|pixel| pixel[3] > 128 && pixel[0] > 128).count()
    }

    #[test]
    fn every_shape_is_told_apart_at_the_smallest_size() {
        for side in [16, 22, 24, 32, 48] {
            let pictures = ALL.map(|shape| draw(shape, side));
            for (at, one) in pictures.iter().enumerate() {
                assert_eq!(one.len(), (side * side * 4) as usize);
                for other in &pictures[at + 1..] {
                    let differ = one.as_chunks::<4>().0.iter().zip(other.as_chunks::<4>().0);
                    let differ = differ.filter(|(a, b)| (a[0].abs_diff(b[0])).max(a[3].abs_diff(b[3])) > 96).count();
                    assert!(differ > (side * side / 30) as usize, "{differ} of {side}×{side}");
                }
            }
        }
        assert!(white(Shape::Call, 32) > white(Shape::Idle, 32) + 60, "filled, and not");
    }

    #[test]
    fn nothing_touches_the_border_and_the_mark_has_an_edge() {
        let picture = draw(Shape::Call, 32);
        let at = |x: usize, y: usize| &picture[(y * 32 + x) * 4..][..4];
        assert_eq!(at(0, 0), [0; 4]);
        assert_eq!(at(8, 16), [255; 4], "inside of the filled half");
        assert_eq!(at(16, 2)[3], 0, "between the halves");
        assert!(picture.as_chunks::<4>().0.iter().any(|pixel| pixel[0] < 64 && pixel[3] == 255), "dark around it");
    }
}
