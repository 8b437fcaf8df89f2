//! The steps of the model that have no weights; written as `kernels` are, and for the same reason.

use super::kernels::Arithmetic;
use super::model::LANES;

/// The mean of all points, of one tensor or of the sum of two.
#[inline(always)]
pub(super) fn mean(input: &[f32], second: Option<&[f32]>, out: &mut [f32]) {
    let channels = out.len();
    let share = channels as f32 / input.len() as f32;
    for (block, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let mut sums = [0.0; LANES];
        for input in [Some(input), second].into_iter().flatten() {
            for point in input.chunks_exact(channels) {
                for (sum, value) in sums.iter_mut().zip(&point[block * LANES..(block + 1) * LANES]) {
                    *sum += *value;
                }
            }
        }
        for (out, sum) in out.iter_mut().zip(sums) {
            *out = sum * share;
        }
    }
}

/// Every point times `gate`, plus `more`.
#[inline(always)]
pub(super) fn scale<A: Arithmetic>(input: &[f32], gate: &[f32], more: Option<&[f32]>, out: &mut [f32]) {
    let channels = gate.len();
    let points = input.chunks_exact(channels).zip(out.chunks_exact_mut(channels));
    match more {
        None => {
            for (input, out) in points {
                for ((out, value), gate) in out.iter_mut().zip(input).zip(gate) {
                    *out = value * gate;
                }
            }
        }
        Some(more) => {
            for ((input, out), more) in points.zip(more.chunks_exact(channels)) {
                for (((out, value), gate), more) in out.iter_mut().zip(input).zip(gate).zip(more) {
                    *out = A::add_product(*value, *gate, *more);
                }
            }
        }
    }
}

/// Twice as wide and high, bilinear about the middles of points. `line` holds one row.
#[inline(always)]
pub(super) fn double(input: &[f32], width: usize, channels: usize, line: &mut [f32], out: &mut [f32]) {
    let length = width * channels;
    let rows = input.len() / length;
    let line = &mut line[..length];
    for (y, out) in out.chunks_exact_mut(2 * length).enumerate() {
        let near = y / 2;
        let far = if y % 2 == 1 { (near + 1).min(rows - 1) } else { near.saturating_sub(1) };
        let (near, far) = (&input[near * length..(near + 1) * length], &input[far * length..(far + 1) * length]);
        for ((line, near), far) in line.iter_mut().zip(near).zip(far) {
            *line = 0.75 * near + 0.25 * far;
        }
        for (x, out) in out.chunks_exact_mut(2 * channels).enumerate() {
            let point = |x: usize| x * channels..(x + 1) * channels;
            let (left, middle) = (&line[point(x.saturating_sub(1))], &line[point(x)]);
            let right = &line[point((x + 1).min(width - 1))];
            let (one, two) = out.split_at_mut(channels);
            for (((one, two), middle), (left, right)) in one.iter_mut().zip(two).zip(middle).zip(left.iter().zip(right))
            {
                *one = 0.75 * middle + 0.25 * left;
                *two = 0.75 * middle + 0.25 * right;
            }
        }
    }
}
