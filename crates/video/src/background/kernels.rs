//! What the steps of the model compute, written so that the compiler makes wide instructions of it.
//!
//! Everything here is inlined into [`super::Segmenter::run`], once with and once without the newer instructions, and so
//! has no closures in its inner loops: those would stay functions of their own.

use super::model::{Activation, LANES};

/// How a product is added.
pub(super) trait Arithmetic {
    fn add_product(a: f32, b: f32, sum: f32) -> f32;
}

/// In one step: only where the processor has an instruction for it, in software it is slow.
pub(super) struct Fused;

impl Arithmetic for Fused {
    #[inline(always)]
    fn add_product(a: f32, b: f32, sum: f32) -> f32 {
        a.mul_add(b, sum)
    }
}

/// In two.
pub(super) struct Plain;

impl Arithmetic for Plain {
    #[inline(always)]
    fn add_product(a: f32, b: f32, sum: f32) -> f32 {
        a * b + sum
    }
}

/// Channels of one block, by eight each: as many as make the best of what is left.
#[inline(always)]
fn block(left: usize) -> usize {
    match left {
        _ if left.is_multiple_of(2 * LANES) => 2,
        _ if left >= 3 * LANES => 3,
        _ => 1,
    }
}

#[inline(always)]
fn activated(value: f32, activation: Activation) -> f32 {
    match activation {
        Activation::None => value,
        Activation::Relu => value.max(0.0),
        Activation::HardSwish => value * (value * (1.0 / 6.0) + 0.5).clamp(0.0, 1.0),
        Activation::Sigmoid => sigmoid(value),
    }
}

/// 1 / (1 + e^-x) to a few millionths, without a call: 2^x by its whole part in the exponent, and a polynomial for the rest.
#[inline(always)]
pub(super) fn sigmoid(value: f32) -> f32 {
    const ROUNDING: f32 = 12_582_912.0;
    let power = (-value).clamp(-60.0, 60.0) * std::f32::consts::LOG2_E;
    let rounded = power + ROUNDING;
    let rest = power - (rounded - ROUNDING);
    let whole = f32::from_bits(rounded.to_bits().wrapping_sub(ROUNDING.to_bits()).wrapping_add(127) << 23);
    let mut series = 0.001_339_262_8;
    for term in [0.009_670_257, 0.055_502_72, 0.240_226_1, std::f32::consts::LN_2, 1.0] {
        series = series * rest + term;
    }
    1.0 / (1.0 + whole * series)
}

/// Weights and what is done with the result.
#[derive(Clone, Copy)]
pub(super) struct Layer<'a> {
    pub weights: &'a [f32],
    pub bias: &'a [f32],
    pub activation: Activation,
    /// Added in the end.
    pub more: Option<&'a [f32]>,
}

/// Sums of a block of channels, of several points.
type Sums<const POINTS: usize, const BLOCK: usize> = [[[f32; LANES]; BLOCK]; POINTS];

impl Layer<'_> {
    #[inline(always)]
    fn start<const POINTS: usize, const BLOCK: usize>(&self, channel: usize) -> Sums<POINTS, BLOCK> {
        let mut sums = [[[0.0; LANES]; BLOCK]; POINTS];
        let bias = &self.bias[channel..channel + BLOCK * LANES];
        for sums in &mut sums {
            for (sums, bias) in sums.iter_mut().zip(bias.as_chunks::<LANES>().0) {
                *sums = *bias;
            }
        }
        sums
    }

    /// Puts the sums where they belong: `place` is the first point's, of `channels` each.
    #[inline(always)]
    fn finish<const POINTS: usize, const BLOCK: usize>(
        &self,
        sums: Sums<POINTS, BLOCK>,
        place: usize,
        channels: usize,
        out: &mut [f32],
    ) {
        for (point, sums) in sums.iter().enumerate() {
            let place = place + point * channels;
            let out = &mut out[place..place + BLOCK * LANES];
            for (out, sums) in out.as_chunks_mut::<LANES>().0.iter_mut().zip(sums) {
                for (out, sum) in out.iter_mut().zip(sums) {
                    *out = activated(*sum, self.activation);
                }
            }
            let Some(more) = self.more else { continue };
            for (out, more) in out.iter_mut().zip(&more[place..place + BLOCK * LANES]) {
                *out += *more;
            }
        }
    }
}

/// Each point's channels, all of them into all.
#[inline(always)]
pub(super) fn point<A: Arithmetic>(layer: Layer<'_>, input: &[f32], depth: usize, channels: usize, out: &mut [f32]) {
    let points = out.len() / channels;
    let mut channel = 0;
    while channel < channels {
        let mut done = 0;
        match block(channels - channel) {
            3 => {
                while done + 4 <= points {
                    tile::<A, 4, 3>(layer, input, depth, channels, done, channel, out);
                    done += 4;
                }
                while done < points {
                    tile::<A, 1, 3>(layer, input, depth, channels, done, channel, out);
                    done += 1;
                }
                channel += 3 * LANES;
            }
            2 => {
                while done + 6 <= points {
                    tile::<A, 6, 2>(layer, input, depth, channels, done, channel, out);
                    done += 6;
                }
                while done < points {
                    tile::<A, 1, 2>(layer, input, depth, channels, done, channel, out);
                    done += 1;
                }
                channel += 2 * LANES;
            }
            _ => {
                while done < points {
                    tile::<A, 1, 1>(layer, input, depth, channels, done, channel, out);
                    done += 1;
                }
                channel += LANES;
            }
        }
    }
}

#[inline(always)]
fn tile<A: Arithmetic, const POINTS: usize, const BLOCK: usize>(
    layer: Layer<'_>,
    input: &[f32],
    depth: usize,
    channels: usize,
    first: usize,
    channel: usize,
    out: &mut [f32],
) {
    let mut sums = layer.start::<POINTS, BLOCK>(channel);
    let input = &input[first * depth..(first + POINTS) * depth];
    for (k, weights) in layer.weights.chunks_exact(channels).enumerate() {
        let weights = &weights[channel..channel + BLOCK * LANES];
        for (point, sums) in sums.iter_mut().enumerate() {
            let value = input[point * depth + k];
            for (sums, weights) in sums.iter_mut().zip(weights.as_chunks::<LANES>().0) {
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = A::add_product(value, *weight, *sum);
                }
            }
        }
    }
    layer.finish(sums, first * channels + channel, channels, out);
}

/// 3 × 3 of three colours into sixteen channels, every second point. `input` has one more column and row, of zeros.
#[inline(always)]
pub(super) fn stem<A: Arithmetic>(layer: Layer<'_>, input: &[f32], width: usize, out: &mut [f32]) {
    const CHANNELS: usize = 2 * LANES;
    const POINTS: usize = 4;
    let stride = (2 * width + 1) * 3;
    for (y, out) in out.chunks_exact_mut(width * CHANNELS).enumerate() {
        let mut x = 0;
        while x < width {
            // The last tile of an odd width begins earlier.
            let first = x.min(width.saturating_sub(POINTS));
            let mut sums = layer.start::<POINTS, 2>(0);
            for (ky, weights) in layer.weights.chunks_exact(9 * CHANNELS).enumerate() {
                let row = &input[(2 * y + ky) * stride..(2 * y + ky + 1) * stride];
                let row = &row[first * 6..(first * 6 + (POINTS - 1) * 6 + 9).min(stride)];
                for (k, weights) in weights.chunks_exact(CHANNELS).enumerate() {
                    for (point, sums) in sums.iter_mut().enumerate() {
                        let value = row[point * 6 + k];
                        for (sums, weights) in sums.iter_mut().zip(weights.as_chunks::<LANES>().0) {
                            for (sum, weight) in sums.iter_mut().zip(weights) {
                                *sum = A::add_product(value, *weight, *sum);
                            }
                        }
                    }
                }
            }
            layer.finish(sums, first * CHANNELS, CHANNELS, out);
            x += POINTS;
        }
    }
}

/// Where a window of `kernel` points reads, and how far it moves.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub height: usize,
    pub width: usize,
    pub stride: usize,
    /// Points before the first, of zeros.
    pub before: usize,
}

/// Each channel by itself, over `KERNEL` × `KERNEL` points; what lies outside is zero.
#[inline(always)]
pub(super) fn depth<A: Arithmetic, const KERNEL: usize>(
    layer: Layer<'_>,
    input: &[f32],
    window: Window,
    channels: usize,
    out: &mut [f32],
) {
    let mut channel = 0;
    while channel < channels {
        match block(channels - channel) {
            3 => {
                depth_block::<A, KERNEL, 3>(layer, input, window, channels, channel, out);
                channel += 3 * LANES;
            }
            2 => {
                depth_block::<A, KERNEL, 2>(layer, input, window, channels, channel, out);
                channel += 2 * LANES;
            }
            _ => {
                depth_block::<A, KERNEL, 1>(layer, input, window, channels, channel, out);
                channel += LANES;
            }
        }
    }
}

#[inline(always)]
fn depth_block<A: Arithmetic, const KERNEL: usize, const BLOCK: usize>(
    layer: Layer<'_>,
    input: &[f32],
    window: Window,
    channels: usize,
    channel: usize,
    out: &mut [f32],
) {
    const POINTS: usize = 4;
    let across = window.width / window.stride;
    for y in 0..window.height / window.stride {
        let mut x = 0;
        while x < across {
            let left = x * window.stride;
            let right = left + (POINTS - 1) * window.stride + KERNEL;
            let place = (y * across + x) * channels + channel;
            // Several at once where all that they read is there.
            if x + POINTS <= across && left >= window.before && right <= window.width + window.before {
                let sums = depth_tile::<A, KERNEL, BLOCK, POINTS>(layer, input, window, channels, channel, (x, y));
                layer.finish(sums, place, channels, out);
                x += POINTS;
            } else {
                let sums = depth_tile::<A, KERNEL, BLOCK, 1>(layer, input, window, channels, channel, (x, y));
                layer.finish(sums, place, channels, out);
                x += 1;
            }
        }
    }
}

#[inline(always)]
fn depth_tile<A: Arithmetic, const KERNEL: usize, const BLOCK: usize, const POINTS: usize>(
    layer: Layer<'_>,
    input: &[f32],
    window: Window,
    channels: usize,
    channel: usize,
    (x, y): (usize, usize),
) -> Sums<POINTS, BLOCK> {
    let Window { height, width, stride, before } = window;
    let mut sums = layer.start::<POINTS, BLOCK>(channel);
    for ky in 0..KERNEL {
        let row = (y * stride + ky).wrapping_sub(before);
        if row >= height {
            continue;
        }
        let input = &input[row * width * channels..(row + 1) * width * channels];
        for kx in 0..KERNEL {
            let column = (x * stride + kx).wrapping_sub(before);
            if column >= width {
                continue;
            }
            let place = (ky * KERNEL + kx) * channels + channel;
            let weights = &layer.weights[place..place + BLOCK * LANES];
            for (point, sums) in sums.iter_mut().enumerate() {
                let place = (column + point * stride) * channels + channel;
                let values = &input[place..place + BLOCK * LANES];
                let both = values.as_chunks::<LANES>().0.iter().zip(weights.as_chunks::<LANES>().0);
                for (sums, (values, weights)) in sums.iter_mut().zip(both) {
                    for ((sum, value), weight) in sums.iter_mut().zip(values).zip(weights) {
                        *sum = A::add_product(*value, *weight, *sum);
                    }
                }
            }
        }
    }
    sums
}

/// Each point becomes two by two of the mask. The weights are for [`LANES`] channels, of which four count.
#[inline(always)]
pub(super) fn mask<A: Arithmetic>(layer: Layer<'_>, input: &[f32], width: usize, depth: usize, out: &mut [f32]) {
    const POINTS: usize = 8;
    for (input, out) in input.chunks_exact(width * depth).zip(out.chunks_exact_mut(4 * width)) {
        let mut x = 0;
        while x + POINTS <= width {
            mask_tile::<A, POINTS>(layer, &input[x * depth..(x + POINTS) * depth], depth, x, out);
            x += POINTS;
        }
        while x < width {
            mask_tile::<A, 1>(layer, &input[x * depth..(x + 1) * depth], depth, x, out);
            x += 1;
        }
        for value in out.iter_mut() {
            *value = activated(*value, layer.activation);
        }
    }
}

#[inline(always)]
fn mask_tile<A: Arithmetic, const POINTS: usize>(
    layer: Layer<'_>,
    input: &[f32],
    depth: usize,
    first: usize,
    out: &mut [f32],
) {
    let mut sums = layer.start::<POINTS, 1>(0);
    for (k, weights) in layer.weights.as_chunks::<LANES>().0.iter().enumerate() {
        for (point, sums) in sums.iter_mut().enumerate() {
            let value = input[point * depth + k];
            for (sum, weight) in sums[0].iter_mut().zip(weights) {
                *sum = A::add_product(value, *weight, *sum);
            }
        }
    }
    let (upper, lower) = out.split_at_mut(out.len() / 2);
    let upper = upper[2 * first..2 * (first + POINTS)].as_chunks_mut::<2>().0;
    let lower = lower[2 * first..2 * (first + POINTS)].as_chunks_mut::<2>().0;
    for ((upper, lower), [sums]) in upper.iter_mut().zip(lower).zip(sums) {
        *upper = [sums[0], sums[1]];
        *lower = [sums[2], sums[3]];
    }
}
