//! Measures of what was heard at the far end: a tone's strength, and whether it was that speech.

use std::f32::consts::TAU;

/// Frames of 20 ms in hops of 10 ms.
const FRAMES_PER_SECOND: usize = 100;
/// Bands of a speech fingerprint, spaced evenly on a logarithmic scale from 200 to 4000 Hz.
const BANDS: usize = 20;
/// Quieter stretches say nothing, full scale 1.
const SILENCE: f32 = 0.003;
/// Speech louder than this many decibels below the loudest frame counts.
const FLOOR_DB: f32 = 45.0;

/// Loudness a band, in decibels.
type Frame = [f32; BANDS];

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

/// How much a stretch of what was heard is like what was said over and over, from 0 (unrelated) to 1 (the same).
///
/// Compares the loudness of [`BANDS`] bands every 10 ms, each about its own mean, at every place of the loop, and gives
/// the best stretch of `window_s` seconds: a jitter buffer's insertions shift what comes after them. The same speech
/// after Opus and a jitter buffer gives 0.9 and more, other speech under 0.4.
pub fn looped_speech_likeness(said: &[f32], heard: &[f32], rate: u32, window_s: f32) -> f32 {
    let window = ((window_s * rate as f32) as usize).max(1);
    // As often as a window fits in at any place of the loop.
    let rounds = 1 + window.div_ceil(said.len().max(1));
    let said: Vec<f32> = said.iter().cycle().take(said.len() * rounds).copied().collect();
    let said = fingerprint(&said, rate);
    heard
        .chunks_exact(window)
        .filter(|stretch| rms(stretch) > SILENCE)
        .map(|stretch| best_place(&said, &fingerprint(stretch, rate)))
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
fn fingerprint(samples: &[f32], rate: u32) -> Vec<Frame> {
    let hop = (rate as usize / FRAMES_PER_SECOND).max(1);
    let mut frames: Vec<Frame> = samples
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

/// The highest correlation of `heard` with a part of `said` as long as it.
fn best_place(said: &[Frame], heard: &[Frame]) -> f32 {
    let (heard, heard_size) = centred(heard);
    if heard_size == 0.0 {
        return 0.0;
    }
    said.windows(heard.len().max(1))
        .map(|part| {
            let (part, size) = centred(part);
            let product: f32 = part.iter().zip(&heard).flat_map(|(a, b)| a.iter().zip(b).map(|(a, b)| a * b)).sum();
            if size == 0.0 { 0.0 } else { product / (size * heard_size) }
        })
        .fold(0.0, f32::max)
}

/// Each band less its mean, and the length of it all as a vector.
fn centred(frames: &[Frame]) -> (Vec<Frame>, f32) {
    let mut means = [0.0; BANDS];
    for frame in frames {
        means.iter_mut().zip(frame).for_each(|(mean, level)| *mean += level / frames.len() as f32);
    }
    let centred: Vec<Frame> =
        frames.iter().map(|frame| std::array::from_fn(|band| frame[band] - means[band])).collect();
    let size = centred.iter().flatten().map(|level| level * level).sum::<f32>().sqrt();
    (centred, size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 8_000;

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
    fn silence_is_like_nothing() {
        assert_eq!(looped_speech_likeness(&sentence(1, 3.0), &vec![0.0; 48_000], RATE, 2.0), 0.0);
        assert_eq!(looped_speech_likeness(&[], &sentence(1, 3.0), RATE, 2.0), 0.0);
        assert_eq!(tone_share(&[], RATE, 440.0), 0.0);
    }

    #[test]
    fn a_stretch_of_a_loop_is_recognised() {
        let said = sentence(3, 5.0);
        let heard: Vec<f32> = said.iter().cycle().skip(RATE as usize * 3).take(RATE as usize * 8).copied().collect();
        assert!(looped_speech_likeness(&said, &heard, RATE, 3.0) > 0.95);
        assert!(looped_speech_likeness(&sentence(4, 5.0), &heard, RATE, 3.0) < 0.5);
        let quieter: Vec<f32> = heard.iter().map(|sample| sample * 0.3).collect();
        assert!(looped_speech_likeness(&said, &quieter, RATE, 3.0) > 0.95);
    }
}
