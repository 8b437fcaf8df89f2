//! Bilinear along a line: where each target sample comes from, worked out once a plane, used for every row.

/// Weights are of 64: a weighted sum of two samples fits the signed 16 bits of the widest instruction for it.
const ONE: u16 = 64;

/// Target samples that one instruction makes.
const GROUP: usize = 8;

/// Source samples that one instruction sees.
const WINDOW: usize = 16;

/// Maps target samples to source samples along one side.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    pub start: f32,
    pub step: f32,
    /// Source samples that there are, at least one.
    pub limit: usize,
}

impl Axis {
    /// The source sample before target sample `index`, and the weight of the one after it, of [`ONE`].
    pub fn at(self, index: usize) -> (usize, u8) {
        let position = (self.start + (index as f32 + 0.5) * self.step - 0.5).clamp(0.0, (self.limit - 1) as f32);
        let whole = position.floor();
        (whole as usize, ((position - whole) * f32::from(ONE)) as u8)
    }
}

/// Cannot overflow; wrapping, so that no check keeps the compiler from using wide instructions.
#[inline(always)]
pub(super) fn mix(a: u8, b: u8, weight: u8) -> u8 {
    let (a, b, weight) = (u16::from(a), u16::from(b), u16::from(weight));
    let sum = a.wrapping_mul(ONE.wrapping_sub(weight)).wrapping_add(b.wrapping_mul(weight)).wrapping_add(ONE / 2);
    (sum / ONE) as u8
}

/// The columns of one plane.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Source sample, and weight of the one after it.
    single: Vec<(u32, u8)>,
    /// The same, eight at a time; empty where the source is too far spread for that.
    groups: Vec<Group>,
}

/// Eight target samples from sixteen source samples.
#[derive(Clone, Copy, Debug)]
struct Group {
    /// Only AVX2 reads eight at a time.
    #[cfg_attr(not(target_arch = "x86_64"), allow(dead_code))]
    base: u32,
    /// Pairs of places in the window, and of weights.
    places: [u8; WINDOW],
    weights: [i8; WINDOW],
}

impl Columns {
    /// Bytes after a line that are read but not used.
    pub const PADDING: usize = WINDOW;

    /// Works out `width` columns, left and right swapped where `mirrored`.
    pub fn set(&mut self, axis: Axis, width: usize, mirrored: bool) {
        self.single.clear();
        self.single.extend((0..width).map(|index| axis.at(index)).map(|(left, weight)| (left as u32, weight)));
        if mirrored {
            self.single.reverse();
        }
        self.groups.clear();
        if has_wide_instructions() {
            let groups = self.single.chunks(GROUP).map_while(Group::new);
            self.groups.extend(groups);
            if self.groups.len() * GROUP < width {
                self.groups.clear();
            }
        }
    }

    /// Makes one target row of a source line with [`Columns::PADDING`] bytes after it.
    pub fn apply(&self, line: &[u8], out: &mut [u8]) {
        #[cfg(target_arch = "x86_64")]
        if !self.groups.is_empty() {
            // SAFETY: there are groups only where the processor has these instructions.
            return unsafe { apply_groups(&self.groups, line, out) };
        }
        self.apply_single(line, out);
    }

    /// The line between two, `weight` of [`ONE`] towards `lower`.
    pub fn between(upper: &[u8], lower: &[u8], weight: u8, out: &mut [u8]) {
        if weight == 0 {
            out.copy_from_slice(&upper[..out.len()]);
            return;
        }
        for ((out, &a), &b) in out.iter_mut().zip(upper).zip(lower) {
            *out = mix(a, b, weight);
        }
    }

    fn apply_single(&self, line: &[u8], out: &mut [u8]) {
        for (sample, (left, weight)) in out.iter_mut().zip(&self.single) {
            let pair = &line[*left as usize..*left as usize + 2];
            *sample = mix(pair[0], pair[1], *weight);
        }
    }
}

impl Group {
    fn new(columns: &[(u32, u8)]) -> Option<Self> {
        let base = columns.iter().map(|(left, _)| *left).min()?;
        let mut group = Self { base, places: [0; WINDOW], weights: [0; WINDOW] };
        let pairs = group.places.as_chunks_mut::<2>().0.iter_mut().zip(group.weights.as_chunks_mut::<2>().0);
        for ((places, weights), (left, weight)) in pairs.zip(columns) {
            let place = u8::try_from(left - base).ok().filter(|place| usize::from(*place) + 1 < WINDOW)?;
            *places = [place, place + 1];
            *weights = [(ONE as u8 - weight) as i8, *weight as i8];
        }
        Some(group)
    }
}

fn has_wide_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::arch::is_x86_feature_detected!("ssse3");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "ssse3")]
fn apply_groups(groups: &[Group], line: &[u8], out: &mut [u8]) {
    use std::arch::x86_64::{
        __m128i, _mm_add_epi16, _mm_cvtsi128_si64, _mm_loadu_si128, _mm_maddubs_epi16, _mm_packus_epi16,
        _mm_set1_epi16, _mm_shuffle_epi8, _mm_srli_epi16,
    };
    // SAFETY: sixteen bytes are read from sixteen bytes, at any alignment.
    let load = |bytes: &[u8; WINDOW]| unsafe { _mm_loadu_si128(bytes.as_ptr().cast::<__m128i>()) };
    let half = _mm_set1_epi16((ONE / 2) as i16);
    for (out, group) in out.chunks_mut(GROUP).zip(groups) {
        let Some(window) = line.get(group.base as usize..).and_then(|line| line.first_chunk()) else { return };
        let pairs = _mm_shuffle_epi8(load(window), load(&group.places));
        let sums = _mm_maddubs_epi16(pairs, load(&group.weights.map(|weight| weight as u8)));
        let samples = _mm_srli_epi16::<6>(_mm_add_epi16(sums, half));
        let packed = _mm_cvtsi128_si64(_mm_packus_epi16(samples, samples)).to_le_bytes();
        match out.first_chunk_mut::<GROUP>() {
            Some(out) => *out = packed,
            None => out.copy_from_slice(&packed[..out.len()]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn eight_at_a_time_are_the_same_as_one(
            line in prop::collection::vec(any::<u8>(), 1..200), width in 1usize..300, start in 0f32..3.0,
            step in 0.05f32..2.0, mirrored: bool,
        ) {
            let axis = Axis { start, step, limit: line.len() };
            let mut columns = Columns::default();
            columns.set(axis, width, mirrored);
            let mut padded = line.clone();
            padded.resize(line.len() + Columns::PADDING, *line.last().expect("not empty"));
            let (mut wide, mut single) = (vec![0; width], vec![0; width]);
            columns.apply(&padded, &mut wide);
            columns.apply_single(&padded, &mut single);
            prop_assert_eq!(wide, single);
            prop_assert_eq!(columns.groups.is_empty(), !has_wide_instructions());
        }

        #[test]
        fn a_spread_that_is_too_wide_falls_back(width in 8usize..30) {
            let mut columns = Columns::default();
            columns.set(Axis { start: 0.0, step: 5.0, limit: 200 }, width, false);
            prop_assert!(columns.groups.is_empty());
        }
    }
}
