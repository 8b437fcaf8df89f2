//! Measures of what was heard at the far end: a tone's strength, and whether it was that speech.

use std::f32::consts::TAU;

/// Frames of 20 ms in hops of 10 ms.
const FRAMES_PER_SECOND: usize = 100;
/// Bands of a speech fingerprint, spaced evenly on a logarithmic scale from 200 to 4000 Hz.
const BANDS: usize = 20;
/// Speech louder than this many decibels below the loudest frame counts.
const FLOOR_DB: f32 = 45.0;

/// Mean level, root mean square, full scale 1.
pub fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

/// The share of the samples' energy that lies at `hertz`, 0 to 1 (Goertzel, Hann window).
pub fn tone_share(samples: &[f32], rate: u32, hertz: f32) -> f32 {
    let windowed = hann(samples);
    let energy: f32 = windowed.iter().map(|sample| sample * sample).sum();
    if energy == 0.0 {
        return 0.0;
    }
    // Of a pure tone's energy, a Hann window leaves two thirds in its own bin; the rest is in the two beside it.
    (power(&windowed, rate, hertz) * 2.0 / (windowed.len() as f32 * energy) * 1.5).min(1.0)
}

/// How alike two recordings of speech are, from 0 (unrelated) to 1 (the same), with the delay of `heard` in
/// milliseconds at which they are.
///
/// Compares the loudness of [`BANDS`] bands every 10 ms, at every delay up to `longest_delay_ms` either way. The same
/// speech after Opus and a jitter buffer gives 0.8 and more; other speech by the same voice under 0.5.
pub fn speech_likeness(said: &[f32], heard: &[f32], rate: u32, longest_delay_ms: u32) -> (f32, i32) {
    let (said, heard) = (fingerprint(said, rate), fingerprint(heard, rate));
    let longest = longest_delay_ms as i32 / 10;
    (-longest..=longest)
        .map(|delay| (correlation(&said, &heard, delay), delay * 10))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map_or((0.0, 0), |(likeness, delay)| (likeness.max(0.0), delay))
}

/// The best [`speech_likeness`] of any stretch of `window_s` seconds of what was heard with what was said over and over.
///
/// A jitter buffer's insertions shift what comes after them: short stretches stay comparable.
pub fn looped_speech_likeness(said: &[f32], heard: &[f32], rate: u32, window_s: f32) -> f32 {
    let window = (window_s * rate as f32) as usize;
    let twice: Vec<f32> = said.iter().chain(said).copied().collect();
    let longest = (twice.len() as u64 * 1000 / u64::from(rate.max(1))) as u32;
    heard
        .chunks_exact(window.max(1))
        .filter(|stretch| rms(stretch) > 0.003)
        .map(|stretch| speech_likeness(&twice, stretch, rate, longest).0)
        .fold(0.0, f32::max)
}

fn hann(samples: &[f32]) -> Vec<f32> {
    let length = samples.len().max(1) as f32;
    samples
        .iter()
        .enumerate()
        .map(|(index, sample)| sample * 0.5 * (1.0 - (TAU * index as f32 / length).cos()))
        .collect()
}

fn power(samples: &[f32], rate: u32, hertz: f32) -> f32 {
    let coefficient = 2.0 * (TAU * hertz / rate as f32).cos();
    let (mut one, mut two) = (0.0f32, 0.0f32);
    for sample in samples {
        (one, two) = (sample + coefficient * one - two, one);
    }
    (one * one + two * two - coefficient * one * two).max(0.0)
}

/// Decibels a frame and band, relative to the loudest, not below the floor.
fn fingerprint(samples: &[f32], rate: u32) -> Vec<[f32; BANDS]> {
    let hop = (rate as usize / FRAMES_PER_SECOND).max(1);
    let mut frames: Vec<[f32; BANDS]> = samples
        .windows(2 * hop)
        .step_by(hop)
        .map(|frame| {
            let frame = hann(frame);
            std::array::from_fn(|band| {
                let hertz = 200.0 * 20.0f32.powf(band as f32 / (BANDS - 1) as f32);
                10.0 * (power(&frame, rate, hertz) + 1e-9).log10()
            })
        })
        .collect();
    let loudest = frames.iter().flatten().copied().fold(f32::MIN, f32::max);
    frames.iter_mut().flatten().for_each(|level| *level = (*level - loudest).max(-FLOOR_DB));
    frames
}

/// Pearson's correlation over the frames that both have when `heard` is `delay` frames late.
fn correlation(said: &[[f32; BANDS]], heard: &[[f32; BANDS]], delay: i32) -> f32 {
    let from = (-delay).max(0) as usize;
    let shift = delay.max(0) as usize;
    let (said, heard) = (said.get(from..).unwrap_or_default(), heard.get(shift..).unwrap_or_default());
    let frames = said.len().min(heard.len());
    // Under a second, chance decides.
    if frames < FRAMES_PER_SECOND {
        return 0.0;
    }
    let count = (frames * BANDS) as f32;
    let pairs = || said.iter().zip(heard).flat_map(|(a, b)| a.iter().copied().zip(b.iter().copied()));
    let (sum_a, sum_b) = pairs().fold((0.0, 0.0), |(a, b), (x, y)| (a + x, b + y));
    let (mean_a, mean_b) = (sum_a / count, sum_b / count);
    let (covariance, variance_a, variance_b) = pairs().fold((0.0, 0.0, 0.0), |(c, a, b), (x, y)| {
        let (x, y) = (x - mean_a, y - mean_b);
        (c + x * y, a + x * x, b + y * y)
    });
    if variance_a <= 0.0 || variance_b <= 0.0 { 0.0 } else { covariance / (variance_a * variance_b).sqrt() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 16_000;

    fn tone(hertz: f32, seconds: f32) -> Vec<f32> {
        (0..(seconds * RATE as f32) as usize).map(|n| 0.25 * (TAU * hertz * n as f32 / RATE as f32).sin()).collect()
    }

    /// Syllables of changing pitch and loudness; `seed` makes another sentence.
    fn sentence(seed: u32, seconds: f32) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as f32 / 65_536.0
        };
        let mut samples = Vec::new();
        while (samples.len() as f32) < seconds * RATE as f32 {
            let (pitch, level, length) = (220.0 * 12.0f32.powf(next()), next() * next(), 0.05 + 0.2 * next());
            samples.extend(tone(pitch, length).iter().map(|sample| sample * level));
        }
        samples
    }

    #[test]
    fn a_tone_is_found_where_it_is() {
        let samples = tone(440.0, 1.0);
        assert!(tone_share(&samples, RATE, 440.0) > 0.95);
        assert!(tone_share(&samples, RATE, 700.0) < 0.01);
        assert!((rms(&samples) - 0.1768).abs() < 0.001);
    }

    #[test]
    fn the_same_sentence_is_recognised_with_its_delay() {
        let said = sentence(1, 6.0);
        let mut heard = vec![0.0; RATE as usize / 2];
        heard.extend(said.iter().map(|sample| sample * 0.3));
        let (likeness, delay) = speech_likeness(&said, &heard, RATE, 1000);
        assert!(likeness > 0.9, "{likeness}");
        assert!((490..=510).contains(&delay), "{delay}");
    }

    #[test]
    fn another_sentence_is_not() {
        let (likeness, _) = speech_likeness(&sentence(1, 6.0), &sentence(2, 6.0), RATE, 1000);
        assert!(likeness < 0.5, "{likeness}");
    }

    #[test]
    fn silence_is_like_nothing() {
        assert_eq!(speech_likeness(&sentence(1, 3.0), &vec![0.0; 48_000], RATE, 500).0, 0.0);
        assert_eq!(tone_share(&[], RATE, 440.0), 0.0);
    }

    #[test]
    fn a_stretch_of_a_loop_is_recognised() {
        let said = sentence(3, 5.0);
        let heard: Vec<f32> = said.iter().cycle().skip(RATE as usize * 3).take(RATE as usize * 8).copied().collect();
        assert!(looped_speech_likeness(&said, &heard, RATE, 3.0) > 0.95);
        assert!(looped_speech_likeness(&sentence(4, 5.0), &heard, RATE, 3.0) < 0.5);
    }
}
