//! What is behind the person, blurred: an eighth of the picture, without the person in it, by three box blurs either way.
//!
//! Three boxes come near to a Gaussian. The person is left out by weights, so that no glow of theirs is about them.

use visavis_media::{I420, PlaneRef};

/// Y, U, V and the weight of one point.
type Point = [f32; 4];

/// What even a point of the person weighs: where nothing else is near, something must be there.
const LEAST: f32 = 1.0 / 64.0;
/// Box blurs either way.
const PASSES: usize = 3;

/// How strongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Rooms can be told, letters cannot.
    Light,
    /// Colours are left.
    Strong,
}

impl Strength {
    /// Points on either side of the middle, in a picture of so many rows: the same look at every size.
    fn reach(self, rows: usize) -> usize {
        let of_ninety = match self {
            Self::Light => 2,
            Self::Strong => 6,
        };
        ((of_ninety * rows + 45) / 90).max(1)
    }
}

/// The blurred picture, and what it takes to make it.
#[derive(Debug, Default)]
pub struct Blur {
    width: usize,
    points: Vec<Point>,
    spare: Vec<Point>,
    sums: Vec<Point>,
    planes: [Vec<u8>; 3],
}

impl Blur {
    /// Blurs `small` where `matte`, of the same size as its chroma, says that it is not the person.
    pub fn make(&mut self, small: &I420, matte: &[u8], strength: Strength) {
        let [luma, u, v] = small.planes();
        let (width, height) = (u.width, u.height);
        self.width = width;
        self.points.clear();
        for y in 0..height {
            let matte = &matte[y * width..(y + 1) * width];
            let (u, v) = (u.row(y), v.row(y));
            // The mean of two by two; the last ones of an odd side count twice.
            let (upper, lower) = (luma.row(2 * y), luma.row((2 * y + 1).min(luma.height - 1)));
            for x in 0..width {
                let (left, right) = (2 * x, (2 * x + 1).min(luma.width - 1));
                let sum =
                    u16::from(upper[left]) + u16::from(upper[right]) + u16::from(lower[left]) + u16::from(lower[right]);
                let weight = f32::from(255 - matte[x]) * (1.0 / 255.0) + LEAST;
                self.points.push([
                    f32::from(sum) * 0.25 * weight,
                    f32::from(u[x]) * weight,
                    f32::from(v[x]) * weight,
                    weight,
                ]);
            }
        }
        self.spare.resize(self.points.len(), Point::default());
        let reach = strength.reach(height);
        for _ in 0..PASSES {
            across(&self.points, &mut self.spare, width, reach);
            self.sums.clear();
            self.sums.resize(width, Point::default());
            down(&self.spare, &mut self.points, &mut self.sums, reach);
        }
        for (index, plane) in self.planes.iter_mut().enumerate() {
            plane.clear();
            plane.extend(self.points.iter().map(|point| (point[index] / point[3] + 0.5) as u8));
        }
    }

    /// Y, U and V, all of one size.
    pub fn planes(&self) -> [PlaneRef<'_>; 3] {
        let width = self.width.max(1);
        self.planes.each_ref().map(|plane| PlaneRef { data: plane, stride: width, width, height: plane.len() / width })
    }
}

#[inline(always)]
fn add(sum: &mut Point, point: &Point) {
    for (sum, value) in sum.iter_mut().zip(point) {
        *sum += value;
    }
}

#[inline(always)]
fn subtract(sum: &mut Point, point: &Point) {
    for (sum, value) in sum.iter_mut().zip(point) {
        *sum -= value;
    }
}

#[inline(always)]
fn share(sum: &Point, of: f32) -> Point {
    sum.map(|value| value * of)
}

/// Each point becomes the mean of those beside it; beyond the edge, the edge goes on.
fn across(from: &[Point], into: &mut [Point], width: usize, reach: usize) {
    let part = 1.0 / (2 * reach + 1) as f32;
    for (from, into) in from.chunks_exact(width).zip(into.chunks_exact_mut(width)) {
        let at = |x: usize| &from[x.min(width - 1)];
        let mut sum = share(&from[0], reach as f32);
        (0..=reach).for_each(|x| add(&mut sum, at(x)));
        for (x, into) in into.iter_mut().enumerate() {
            *into = share(&sum, part);
            add(&mut sum, at(x + reach + 1));
            subtract(&mut sum, at(x.saturating_sub(reach)));
        }
    }
}

/// The same with those above and below. `sums` has one point a column, of zeros.
fn down(from: &[Point], into: &mut [Point], sums: &mut [Point], reach: usize) {
    let width = sums.len();
    let rows = from.len() / width;
    let part = 1.0 / (2 * reach + 1) as f32;
    let row = |y: usize| &from[y.min(rows - 1) * width..][..width];
    for (sum, first) in sums.iter_mut().zip(row(0)) {
        *sum = share(first, reach as f32);
    }
    for y in 0..=reach {
        sums.iter_mut().zip(row(y)).for_each(|(sum, point)| add(sum, point));
    }
    for (y, into) in into.chunks_exact_mut(width).enumerate() {
        let (next, last) = (row(y + reach + 1), row(y.saturating_sub(reach)));
        for (((into, sum), next), last) in into.iter_mut().zip(sums.iter_mut()).zip(next).zip(last) {
            *into = share(sum, part);
            add(sum, next);
            subtract(sum, last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::Size;

    fn picture(size: Size, luma: impl Fn(usize, usize) -> u8) -> I420 {
        let mut picture = I420::black(size);
        let [(plane, stride), _, _] = picture.planes_mut();
        for (y, row) in plane.chunks_mut(stride).enumerate() {
            row.iter_mut().enumerate().for_each(|(x, sample)| *sample = luma(x, y));
        }
        picture
    }

    #[test]
    fn an_even_picture_stays_as_it_is() {
        for size in [Size::new(160, 90), Size::new(33, 17), Size::new(2, 2), Size::new(1, 1)] {
            let small = picture(size, |_, _| 77);
            let count = small.planes()[1].data.len();
            let mut blur = Blur::default();
            for matte in [0, 100, 255] {
                blur.make(&small, &vec![matte; count], Strength::Strong);
                let [y, u, v] = blur.planes();
                assert!(y.data.iter().all(|value| *value == 77), "{size} {matte}");
                assert!(u.data.iter().chain(v.data).all(|value| *value == 128));
            }
        }
    }

    #[test]
    fn stripes_go_and_stronger_is_more() {
        let small = picture(Size::new(160, 90), |x, _| if x / 8 % 2 == 0 { 40 } else { 200 });
        let mut blur = Blur::default();
        let span = |blur: &Blur| {
            let row = &blur.planes()[0].data[20 * 80 + 10..20 * 80 + 70];
            row.iter().max().unwrap() - row.iter().min().unwrap()
        };
        blur.make(&small, &[0; 80 * 45], Strength::Light);
        let light = span(&blur);
        blur.make(&small, &[0; 80 * 45], Strength::Strong);
        assert!(light < 150 && span(&blur) < light / 2, "{light} {}", span(&blur));
    }

    #[test]
    fn a_person_leaves_no_glow() {
        // A bright person on a dark wall.
        let small = picture(Size::new(160, 90), |x, _| if (60..100).contains(&x) { 230 } else { 40 });
        let matte: Vec<u8> = (0..80 * 45).map(|at| if (30..50).contains(&(at % 80)) { 255 } else { 0 }).collect();
        let mut blur = Blur::default();
        blur.make(&small, &matte, Strength::Strong);
        let row = &blur.planes()[0].data[20 * 80..21 * 80];
        assert!(row[..30].iter().chain(&row[50..]).all(|value| *value < 50), "{row:?}");
        blur.make(&small, &[0; 80 * 45], Strength::Strong);
        assert!(blur.planes()[0].data[20 * 80 + 29] > 90, "it would glow");
    }
}
