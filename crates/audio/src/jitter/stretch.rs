//! Shorter and longer sound at the same pitch (WSOLA: waveform similarity and overlap-add).

/// Shortest and longest period looked for: 2.5 to 15 ms, voices of 67 to 400 Hz.
const LEAST_LAG: usize = 120;
pub const MOST_LAG: usize = 720;

/// Samples that [`shorten`] looks at, 30 ms.
pub const NEEDED: usize = 2 * MOST_LAG;

/// Quieter than this (−50 dB of full scale) any cut is inaudible.
const QUIET: f32 = 0.003;

/// 48 kHz is searched at 4 kHz first.
const COARSE: usize = 12;

/// A period that was taken out or put in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Done {
    pub samples: usize,
    /// The sound was so quiet that nobody can have noticed.
    pub quiet: bool,
}

/// Finds the period at which `samples` are most like themselves, and how much (−1 to 1). Needs [`NEEDED`] samples.
fn best_lag(samples: &[f32]) -> (usize, f32) {
    let mut coarse = [0.0_f32; NEEDED / COARSE];
    for (mean, part) in coarse.iter_mut().zip(samples.chunks_exact(COARSE)) {
        *mean = part.iter().sum::<f32>();
    }
    let window = MOST_LAG / COARSE;
    let rough = (LEAST_LAG / COARSE..=window)
        .map(|lag| (lag, similarity(&coarse[..window], &coarse[lag..lag + window])))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map_or(window, |(lag, _)| lag)
        * COARSE;
    (rough.saturating_sub(COARSE).max(LEAST_LAG)..=(rough + COARSE).min(MOST_LAG))
        .map(|lag| (lag, similarity(&samples[..MOST_LAG], &samples[lag..lag + MOST_LAG])))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((MOST_LAG, 0.0))
}

/// Normalised correlation; 0 where either side is silent.
fn similarity(a: &[f32], b: &[f32]) -> f32 {
    let (mut cross, mut left, mut right) = (0.0_f32, 0.0_f32, 0.0_f32);
    for (a, b) in a.iter().zip(b) {
        cross += a * b;
        left += a * a;
        right += b * b;
    }
    let energy = (left * right).sqrt();
    if energy > 1e-9 { cross / energy } else { 0.0 }
}

fn is_quiet(samples: &[f32]) -> bool {
    samples.iter().map(|sample| sample * sample).sum::<f32>() < QUIET * QUIET * samples.len() as f32
}

/// The period to use, where the sound allows it: alike enough, or quiet (then as much as possible).
fn period(samples: &[f32], least_correlation: f32) -> Option<Done> {
    if is_quiet(samples) {
        return Some(Done { samples: MOST_LAG, quiet: true });
    }
    let (lag, correlation) = best_lag(samples);
    (correlation >= least_correlation).then_some(Done { samples: lag, quiet: false })
}

/// Takes one period out of the front of `samples`; the caller drops as many at the end. Needs [`NEEDED`] samples.
pub fn shorten(samples: &mut [f32], least_correlation: f32) -> Option<Done> {
    let done = period(samples.get(..NEEDED)?, least_correlation)?;
    let lag = done.samples;
    for index in 0..lag {
        let weight = (index + 1) as f32 / (lag + 1) as f32;
        samples[index] += weight * (samples[index + lag] - samples[index]);
    }
    samples.copy_within(2 * lag.., lag);
    Some(done)
}

/// Makes one period to be put between `past` and `waiting`. Needs [`MOST_LAG`] samples of each.
pub fn lengthen(past: &[f32], waiting: &[f32], least_correlation: f32) -> Option<(Done, [f32; MOST_LAG])> {
    let past = past.get(past.len().checked_sub(MOST_LAG)?..)?;
    let waiting = waiting.get(..MOST_LAG)?;
    let mut around = [0.0; NEEDED];
    around[..MOST_LAG].copy_from_slice(past);
    around[MOST_LAG..].copy_from_slice(waiting);
    let done = period(&around, least_correlation)?;
    let lag = done.samples;
    let mut made = [0.0; MOST_LAG];
    // Goes on as what waits would, and comes back to where the past ended: what waits follows without a step.
    for (index, sample) in made.iter_mut().take(lag).enumerate() {
        let weight = (index + 1) as f32 / (lag + 1) as f32;
        let (ahead, behind) = (waiting[index], past[MOST_LAG - lag + index]);
        *sample = ahead + weight * (behind - ahead);
    }
    Some((done, made))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{self, signal};

    /// A voice of `hertz` with overtones.
    fn buzz(hertz: f32, count: usize) -> Vec<f32> {
        (0..count)
            .map(|index| {
                let phase = std::f32::consts::TAU * hertz * index as f32 / 48_000.0;
                0.2 * (phase.sin() + 0.6 * (2.0 * phase).sin() + 0.4 * (3.0 * phase).sin())
            })
            .collect()
    }

    #[test]
    fn the_pitch_of_a_voice_is_found() {
        for hertz in [80.0, 110.0, 150.0, 220.0, 330.0] {
            let (lag, correlation) = best_lag(&buzz(hertz, NEEDED));
            let periods = lag as f32 * hertz / 48_000.0;
            assert!((periods - periods.round()).abs() < 0.02 && periods > 0.9, "{hertz} Hz: {lag} samples");
            assert!(correlation > 0.98, "{hertz} Hz: {correlation}");
        }
    }

    #[test]
    fn a_voice_becomes_shorter_and_longer_without_a_step_or_another_pitch() {
        let voice = buzz(200.0, 9_600);
        let largest_step =
            |samples: &[f32]| samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);

        let mut shorter = voice.clone();
        let done = shorten(&mut shorter[2_000..], 0.9).expect("periodic");
        shorter.truncate(shorter.len() - done.samples);

        let (done, period) = lengthen(&voice[..2_000], &voice[2_000..], 0.9).expect("periodic");
        let longer = [&voice[..2_000], &period[..done.samples], &voice[2_000..]].concat();

        assert!(shorter.len() < voice.len() && longer.len() > voice.len());
        for changed in [&shorter, &longer] {
            assert!(largest_step(changed) < 1.3 * largest_step(&voice));
            let kept = measure::amplitude(changed, 48_000, 200.0) / measure::amplitude(&voice, 48_000, 200.0);
            assert!((kept - 1.0).abs() < 0.03, "{kept}");
        }
    }

    #[test]
    fn noise_is_left_alone_unless_it_is_quiet() {
        let mut noise = signal::Noise::new(9);
        let mut loud: Vec<f32> = (0..NEEDED).map(|_| 0.3 * noise.sample()).collect();
        assert_eq!(shorten(&mut loud, 0.9), None);
        let mut quiet: Vec<f32> = loud.iter().map(|sample| sample * 0.005).collect();
        assert_eq!(shorten(&mut quiet, 0.9), Some(Done { samples: MOST_LAG, quiet: true }));
        assert_eq!(lengthen(&[0.0; MOST_LAG], &[0.0; MOST_LAG], 0.9).map(|(done, _)| done.quiet), Some(true));
    }

    #[test]
    fn too_little_sound_is_left_alone() {
        assert_eq!(shorten(&mut [0.0; NEEDED - 1], 0.9), None);
        assert!(lengthen(&[0.0; 10], &[0.0; NEEDED], 0.9).is_none());
        assert!(lengthen(&[0.0; NEEDED], &[0.0; 10], 0.9).is_none());
    }
}
