//! Whether one sound is in another, however late: a correlation of both sounds, flattened.

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};
use std::sync::Arc;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// Inside there are 12 kHz: an echo that is heard is in speech's own band.
const EVERY: usize = 4;
/// A frame in which the spectrum is flattened (21 ms), and how far it goes on each time.
const FRAME: usize = 256;
const STEP: usize = FRAME / 2;
/// Steps in a second.
pub(super) const STEPS: f32 = 12_000.0 / STEP as f32;
/// What was played is remembered for so long (341 ms): the canceller knows no echo that is later.
const PLAYED: usize = 4_096;
/// The piece of the microphone's sound that is looked for (53 ms).
const PIECE: usize = 640;
/// One lag, as near as a room has it (1 ms).
const SAME: usize = 12;
/// How flat spectra are made: 1 would weigh noise as much as speech.
const FLATNESS: f32 = 0.7;
/// How much of the last step's likeness stays.
const KEPT: f32 = 0.5;

/// What of the recorded sound is what was played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Match {
    /// From played to recorded, in samples at 12 kHz (and a constant).
    pub lag: usize,
    /// 0 to 1: all of it.
    pub share: f32,
    /// How much of it is so at one lag for longer: what is alike by chance is not.
    pub steady: f32,
    /// That lag.
    pub steady_lag: usize,
}

impl Match {
    pub const fn is_at(&self, lag: usize) -> bool {
        self.lag.abs_diff(lag) <= SAME
    }
}

/// Looks for what was played in what is recorded. Allocates when made, not when used.
pub(super) struct Likeness {
    played: Flattener,
    recorded: Flattener,
    correlator: Correlator,
}

impl Likeness {
    /// `kept`: how much stays, with each step, of the mean that tells what is steady.
    pub fn new(kept: f32) -> Self {
        let mut planner = RealFftPlanner::new();
        Self {
            played: Flattener::new(&mut planner),
            recorded: Flattener::new(&mut planner),
            correlator: Correlator::new(kept, &mut planner),
        }
    }

    pub fn played(&mut self, block: &AudioBlock) {
        if let Some(flat) = self.played.push(block) {
            self.correlator.played(&flat);
        }
    }

    /// The best match of the last 53 ms; there is a new one every 11 ms where it is `wanted`, which is what costs.
    pub fn recorded(&mut self, block: &AudioBlock, wanted: bool) -> Option<Match> {
        let flat = self.recorded.push(block)?;
        self.correlator.recorded(&flat);
        wanted.then(|| self.correlator.correlate())
    }

    /// The microphone or the loudspeaker is another one: what was steady is so no more.
    pub fn forget(&mut self) {
        self.correlator.mean.fill(0.0);
        self.correlator.weight = 0.0;
    }

    /// How late the sound of this lag is, in samples at 12 kHz and parts of one: the top of a parabola through it and its neighbours.
    pub fn late(&self, lag: usize) -> f32 {
        let mean = &self.correlator.mean;
        let at = |lag: usize| mean.get(lag).map_or(0.0, |share| share.abs());
        let (before, top, after) = (at(lag.wrapping_sub(1)), at(lag), at(lag + 1));
        let bend = before - 2.0 * top + after;
        let part = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        (mean.len() - lag.min(mean.len())) as f32 - part
    }

    /// The share at about this lag, as of the last match.
    pub fn share_at(&self, lag: usize) -> f32 {
        let likeness = &self.correlator.likeness;
        let around = lag.saturating_sub(SAME)..(lag + SAME + 1).min(likeness.len());
        likeness[around].iter().fold(0.0, |most, share| most.max(share.abs()))
    }
}

/// Takes a sound down to 12 kHz and makes its spectrum flat, so that voices of one pitch are not taken for one another.
struct Flattener {
    /// The last samples at 48 kHz, for the low pass.
    tail: [f32; TAPS],
    low_pass: [f32; TAPS],
    input: [f32; FRAME],
    filled: usize,
    window: [f32; FRAME],
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    overlap: [f32; STEP],
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    scratch: Vec<Complex<f32>>,
}

const TAPS: usize = 32;

impl Flattener {
    fn new(planner: &mut RealFftPlanner<f32>) -> Self {
        let (forward, back) = (planner.plan_fft_forward(FRAME), planner.plan_fft_inverse(FRAME));
        let scratch = vec![Complex::default(); forward.get_scratch_len().max(back.get_scratch_len())];
        let hann = |at: usize, of: usize| 0.5 - 0.5 * (std::f32::consts::TAU * (at as f32 + 0.5) / of as f32).cos();
        // Windowed sinc at 5 kHz.
        let mut low_pass = std::array::from_fn(|at| {
            let x = (at as f32 - (TAPS as f32 - 1.0) / 2.0) * 10.0 / 48.0;
            hann(at, TAPS) * (std::f32::consts::PI * x).sin() / (std::f32::consts::PI * x)
        });
        let sum: f32 = low_pass.iter().sum();
        low_pass.iter_mut().for_each(|tap| *tap /= sum);
        Self {
            tail: [0.0; TAPS],
            low_pass,
            input: [0.0; FRAME],
            filled: STEP,
            window: std::array::from_fn(|at| hann(at, FRAME).sqrt()),
            frame: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            overlap: [0.0; STEP],
            forward,
            back,
            scratch,
        }
    }

    /// The next step, once it is there.
    fn push(&mut self, block: &AudioBlock) -> Option<[f32; STEP]> {
        let mut flat = None;
        for chunk in block.0.chunks_exact(EVERY) {
            self.tail.copy_within(EVERY.., 0);
            self.tail[TAPS - EVERY..].copy_from_slice(chunk);
            self.input[self.filled] = self.tail.iter().zip(&self.low_pass).map(|(sample, tap)| sample * tap).sum();
            self.filled += 1;
            if self.filled == FRAME {
                flat = Some(self.flatten());
                self.input.copy_within(STEP.., 0);
                self.filled = STEP;
            }
        }
        flat
    }

    fn flatten(&mut self) -> [f32; STEP] {
        let weighted = self.input.iter().zip(&self.window).map(|(sample, weight)| sample * weight);
        self.frame.iter_mut().zip(weighted).for_each(|(out, sample)| *out = sample);
        // Lengths are the plan's own.
        let _ = self.forward.process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch);
        let loudest = self.spectrum.iter().map(|bin| bin.norm_sqr()).fold(0.0, f32::max).sqrt();
        // What is 60 dB under the loudest is not lifted.
        let floor = (loudest * 1e-3).max(1e-7);
        for bin in &mut self.spectrum {
            *bin /= bin.norm().max(floor).powf(FLATNESS);
        }
        // No rumble.
        self.spectrum[..6].fill(Complex::default());
        if let Some(last) = self.spectrum.last_mut() {
            *last = Complex::default();
        }
        let _ = self.back.process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch);
        let scale = 1.0 / FRAME as f32;
        let flat = std::array::from_fn(|at| self.overlap[at] + self.frame[at] * self.window[at] * scale);
        for at in 0..STEP {
            self.overlap[at] = self.frame[at + STEP] * self.window[at + STEP] * scale;
        }
        flat
    }
}

/// Normalised correlation over all lags at once.
struct Correlator {
    played: Vec<f32>,
    piece: [f32; PIECE],
    likeness: Vec<f32>,
    /// The mean at each lag, and how much of a whole one it is yet.
    mean: Vec<f32>,
    weight: f32,
    kept: f32,
    one: Vec<f32>,
    far: Vec<Complex<f32>>,
    near: Vec<Complex<f32>>,
    forward: Arc<dyn RealToComplex<f32>>,
    back: Arc<dyn ComplexToReal<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl Correlator {
    fn new(kept: f32, planner: &mut RealFftPlanner<f32>) -> Self {
        let (forward, back) = (planner.plan_fft_forward(PLAYED), planner.plan_fft_inverse(PLAYED));
        let scratch = vec![Complex::default(); forward.get_scratch_len().max(back.get_scratch_len())];
        Self {
            played: vec![0.0; PLAYED],
            piece: [0.0; PIECE],
            likeness: vec![0.0; PLAYED - PIECE],
            mean: vec![0.0; PLAYED - PIECE],
            weight: 0.0,
            kept,
            one: forward.make_input_vec(),
            far: forward.make_output_vec(),
            near: forward.make_output_vec(),
            forward,
            back,
            scratch,
        }
    }

    fn played(&mut self, flat: &[f32; STEP]) {
        self.played.copy_within(STEP.., 0);
        self.played[PLAYED - STEP..].copy_from_slice(flat);
    }

    fn recorded(&mut self, flat: &[f32; STEP]) {
        self.piece.copy_within(STEP.., 0);
        self.piece[PIECE - STEP..].copy_from_slice(flat);
    }

    fn correlate(&mut self) -> Match {
        let own: f32 = self.piece.iter().map(|sample| sample * sample).sum();
        self.one.copy_from_slice(&self.played);
        let _ = self.forward.process_with_scratch(&mut self.one, &mut self.far, &mut self.scratch);
        self.one.fill(0.0);
        self.one[..PIECE].copy_from_slice(&self.piece);
        let _ = self.forward.process_with_scratch(&mut self.one, &mut self.near, &mut self.scratch);
        for (far, near) in self.far.iter_mut().zip(&self.near) {
            *far *= near.conj();
        }
        self.far[0].im = 0.0;
        if let Some(last) = self.far.last_mut() {
            last.im = 0.0;
        }
        let _ = self.back.process_with_scratch(&mut self.far, &mut self.one, &mut self.scratch);
        let mut other: f32 = self.played[..PIECE].iter().map(|sample| sample * sample).sum();
        let mut best = Match { lag: 0, share: 0.0, steady: 0.0, steady_lag: 0 };
        self.weight = self.kept * self.weight + (1.0 - self.kept);
        // A piece that is far quieter than what was played around it is nobody's echo: pauses do not count.
        let least = self.played.iter().map(|sample| sample * sample).sum::<f32>() * PIECE as f32 / PLAYED as f32 * 0.05;
        for start in 0..PLAYED - PIECE {
            let energy = own * other.max(least);
            let now = if energy > 1e-12 { self.one[start] / PLAYED as f32 / energy.sqrt() } else { 0.0 };
            let kept = &mut self.likeness[start];
            *kept = KEPT * *kept + (1.0 - KEPT) * now;
            if kept.abs() > best.share {
                best = Match { lag: start, share: kept.abs(), ..best };
            }
            let mean = &mut self.mean[start];
            *mean = self.kept * *mean + (1.0 - self.kept) * now;
            if mean.abs() > best.steady {
                (best.steady, best.steady_lag) = (mean.abs(), start);
            }
            other += self.played[start + PIECE].powi(2) - self.played[start].powi(2);
        }
        best.steady /= self.weight;
        best
    }
}

const _: () = assert!(BLOCK_SAMPLES.is_multiple_of(EVERY));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signal::Speech;

    /// The matches of ten seconds.
    fn matches(recorded: impl Fn(usize, &[AudioBlock]) -> AudioBlock) -> Vec<Match> {
        let (mut likeness, mut speech) = (Likeness::new(0.97), Speech::new(11));
        let mut played = Vec::new();
        (0..1_000)
            .filter_map(|block| {
                played.push(speech.block(0.5));
                likeness.played(&played[block]);
                likeness.recorded(&recorded(block, &played), true)
            })
            .collect()
    }

    #[test]
    fn an_echo_is_found_at_its_lag() {
        let lags: Vec<_> = [5_usize, 25]
            .into_iter()
            .map(|late| {
                let silence = AudioBlock::SILENCE;
                let found = matches(|block, played| block.checked_sub(late).map_or(silence, |block| played[block]));
                let sure: Vec<_> = found[100..].iter().filter(|found| found.share > 0.9).collect();
                assert!(sure.len() > found.len() / 3, "{} of {}", sure.len(), found.len());
                let first = sure[0].lag;
                let least = found[40..].iter().map(|found| found.steady).fold(1.0, f32::min);
                assert!(least > 0.3, "{least}");
                let away: Vec<_> = sure.iter().filter(|found| !found.is_at(first)).collect();
                // A voice is nearly the same one pitch later.
                assert!(away.len() * 30 < sure.len(), "{} {away:?}", sure.len());
                first
            })
            .collect();
        // 200 ms at 12 kHz.
        assert_eq!(lags[0] - lags[1], 2_400);
    }

    #[test]
    fn another_voice_is_no_echo() {
        let mut other = Speech::new(23);
        let voice: Vec<_> = (0..1_000).map(|_| other.block(0.5)).collect();
        let found = matches(|block, _| voice[block]);
        let most = found.iter().map(|found| found.share).fold(0.0, f32::max);
        let mean = found.iter().map(|found| found.share).sum::<f32>() / found.len() as f32;
        assert!(most < 0.7 && mean < 0.3, "{most} {mean}");
        let steady = found[40..].iter().map(|found| found.steady).fold(0.0, f32::max);
        assert!(steady < 0.12, "{steady}");
        assert!(matches(|_, _| AudioBlock::SILENCE).iter().all(|found| found.share == 0.0));
    }
}
