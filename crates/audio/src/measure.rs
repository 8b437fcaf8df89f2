//! What tests measure in recordings: tones, loudness, delay; and in a simulated room, echo.

pub mod echo;

/// Amplitude of the tone `hertz` in `samples` (Goertzel with a Hann window); a full-scale sine gives 1.
///
/// Frequency resolution is four times `rate / samples.len()`.
pub fn amplitude(samples: &[f32], rate: u32, hertz: f32) -> f32 {
    if samples.is_empty() || rate == 0 {
        return 0.0;
    }
    let step = std::f64::consts::TAU * f64::from(hertz) / f64::from(rate);
    let coefficient = 2.0 * step.cos();
    let (mut last, mut before, mut weight) = (0.0_f64, 0.0_f64, 0.0_f64);
    let length = samples.len() as f64;
    for (index, sample) in samples.iter().enumerate() {
        let window = 0.5 - 0.5 * (std::f64::consts::TAU * (index as f64 + 0.5) / length).cos();
        weight += window;
        let next = f64::from(*sample) * window + coefficient * last - before;
        before = last;
        last = next;
    }
    let power = (last * last + before * before - coefficient * last * before).max(0.0);
    (2.0 * power.sqrt() / weight) as f32
}

/// Root mean square of `samples`.
pub fn rms(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return 0.0;
    }
    (samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>() / samples.len() as f64).sqrt() as f32
}

/// Share of windows of `window` samples, 0 to 1, in which all of `tones` (hertz) reach at least `least` amplitude.
pub fn presence(samples: &[f32], rate: u32, tones: &[f32], window: usize, least: f32) -> f32 {
    let windows = samples.chunks_exact(window.max(1));
    let count = windows.len();
    let with = windows.filter(|part| tones.iter().all(|tone| amplitude(part, rate, *tone) >= least)).count();
    if count == 0 { 0.0 } else { with as f32 / count as f32 }
}

/// First sample of the first window of `window` samples, in steps of a quarter window, in which the tone reaches `least`.
pub fn onset(samples: &[f32], rate: u32, hertz: f32, window: usize, least: f32) -> Option<usize> {
    let window = window.max(4);
    (0..=samples.len().checked_sub(window)?)
        .step_by(window / 4)
        .find(|start| amplitude(&samples[*start..start + window], rate, hertz) >= least)
}

/// How many samples `heard` is behind `reference`, by the largest normalised correlation up to `most` samples, with that
/// correlation (−1 to 1). `None` where either is silent or too short.
pub fn delay(reference: &[f32], heard: &[f32], most: usize) -> Option<(usize, f32)> {
    let length = reference.len().min(heard.len().checked_sub(most)?);
    let reference = &reference[..length];
    let energy: f64 = reference.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    if energy <= 0.0 {
        return None;
    }
    (0..=most)
        .filter_map(|lag| {
            let part = &heard[lag..lag + length];
            let (mut cross, mut own) = (0.0_f64, 0.0_f64);
            for (a, b) in reference.iter().zip(part) {
                cross += f64::from(*a) * f64::from(*b);
                own += f64::from(*b).powi(2);
            }
            (own > 0.0).then(|| (lag, (cross / (energy * own).sqrt()) as f32))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
}

/// Signals to measure with: seeded, the same on every run.
pub mod signal {
    use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

    /// White noise.
    #[derive(Clone, Debug)]
    pub struct Noise {
        state: u64,
    }

    impl Noise {
        pub const fn new(seed: u64) -> Self {
            Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
        }

        /// Evenly spread in −1 to 1.
        pub fn sample(&mut self) -> f32 {
            // xorshift64*
            self.state ^= self.state >> 12;
            self.state ^= self.state << 25;
            self.state ^= self.state >> 27;
            let bits = self.state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40;
            bits as f32 / (1_u32 << 23) as f32 - 1.0
        }

        /// A block whose root mean square is near `rms`.
        pub fn block(&mut self, rms: f32) -> AudioBlock {
            AudioBlock(std::array::from_fn(|_| self.sample() * rms * 3.0_f32.sqrt()))
        }
    }

    /// Like speech to a machine: a buzz at a gliding pitch through moving resonances, consonants of noise, pauses.
    #[derive(Clone, Debug)]
    pub struct Speech {
        noise: Noise,
        clock: u64,
        phase: f32,
        pitch: f32,
        formants: [Resonator; 3],
        syllable: Syllable,
    }

    #[derive(Clone, Copy, Debug)]
    struct Syllable {
        start: u64,
        samples: u64,
        voiced: bool,
        loudness: f32,
        formants: [f32; 3],
        glide: f32,
    }

    #[derive(Clone, Copy, Debug, Default)]
    struct Resonator {
        one: f32,
        two: f32,
    }

    impl Resonator {
        fn push(&mut self, input: f32, hertz: f32, width: f32) -> f32 {
            let radius = (-std::f32::consts::PI * width / SAMPLE_RATE as f32).exp();
            let angle = std::f32::consts::TAU * hertz / SAMPLE_RATE as f32;
            let out = (1.0 - radius) * input + 2.0 * radius * angle.cos() * self.one - radius * radius * self.two;
            self.two = self.one;
            self.one = out;
            out
        }
    }

    impl Speech {
        pub fn new(seed: u64) -> Self {
            let mut noise = Noise::new(seed);
            let pitch = 130.0 + 50.0 * noise.sample();
            let syllable = Syllable {
                start: 0,
                samples: 1,
                voiced: true,
                loudness: 0.0,
                formants: [500.0, 1_500.0, 2_500.0],
                glide: 0.0,
            };
            Self { noise, clock: 0, phase: 0.0, pitch, formants: Default::default(), syllable }
        }

        /// The next 10 ms; at `gain` 1 the loud syllables have a root mean square of about 0.3.
        pub fn block(&mut self, gain: f32) -> AudioBlock {
            let mut block = AudioBlock::SILENCE;
            for sample in &mut block.0 {
                *sample = gain * self.sample();
            }
            block
        }

        /// `blocks` blocks in one piece.
        pub fn samples(&mut self, blocks: usize, gain: f32) -> Vec<f32> {
            let mut samples = Vec::with_capacity(blocks * BLOCK_SAMPLES);
            for _ in 0..blocks {
                samples.extend_from_slice(&self.block(gain).0);
            }
            samples
        }

        fn sample(&mut self) -> f32 {
            if self.clock >= self.syllable.start + self.syllable.samples {
                self.next_syllable();
            }
            let place = (self.clock - self.syllable.start) as f32 / self.syllable.samples as f32;
            self.clock += 1;
            let envelope = (std::f32::consts::PI * place).sin().max(0.0).sqrt() * self.syllable.loudness;
            let hertz = self.pitch * (1.0 + self.syllable.glide * place);
            self.phase += hertz / SAMPLE_RATE as f32;
            let pulse = if self.phase >= 1.0 {
                self.phase -= 1.0;
                1.0
            } else {
                0.0
            };
            let breath = self.noise.sample();
            let excitation = if self.syllable.voiced { 24.0 * pulse + 0.02 * breath } else { 0.35 * breath };
            let mut out = 0.0;
            for (index, formant) in self.formants.iter_mut().enumerate() {
                let widths = [70.0, 110.0, 170.0];
                out += formant.push(excitation, self.syllable.formants[index], widths[index]) / (1.0 + index as f32);
            }
            out * envelope
        }

        fn next_syllable(&mut self) {
            let mut pick = |low: f32, high: f32| low + (high - low) * (0.5 + 0.5 * self.noise.sample());
            let kind = pick(0.0, 1.0);
            // One in five is a pause, one in five a consonant.
            let (voiced, loudness, millis) = if kind < 0.2 {
                (false, 0.0, pick(80.0, 350.0))
            } else if kind < 0.4 {
                (false, pick(0.15, 0.3), pick(40.0, 110.0))
            } else {
                (true, pick(0.5, 1.0), pick(110.0, 260.0))
            };
            let formants = if voiced {
                [pick(300.0, 800.0), pick(900.0, 2_200.0), pick(2_400.0, 3_100.0)]
            } else {
                [pick(2_000.0, 3_000.0), pick(3_500.0, 5_000.0), pick(5_000.0, 7_000.0)]
            };
            let glide = pick(-0.2, 0.2);
            let samples = (millis * SAMPLE_RATE as f32 / 1000.0) as u64;
            self.syllable = Syllable { start: self.clock, samples, voiced, loudness, formants, glide };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sine(hertz: f32, level: f32, count: usize) -> Vec<f32> {
        (0..count).map(|index| level * (std::f32::consts::TAU * hertz * index as f32 / 48_000.0).sin()).collect()
    }

    #[test]
    fn a_tone_is_told_from_its_neighbour() {
        let samples = sine(440.0, 0.25, 48_000);
        assert!((amplitude(&samples, 48_000, 440.0) - 0.25).abs() < 0.001);
        assert!(amplitude(&samples, 48_000, 450.0) < 0.001);
        assert!(amplitude(&samples, 48_000, 880.0) < 0.001);
    }

    #[test]
    fn the_onset_is_where_the_tone_begins() {
        let mut samples = vec![0.0; 4_800];
        samples.extend(sine(1_000.0, 0.5, 9_600));
        let onset = onset(&samples, 48_000, 1_000.0, 480, 0.25).expect("it is there");
        assert!((4_320..4_920).contains(&onset), "{onset}");
        assert!(presence(&samples, 48_000, &[1_000.0], 480, 0.4) > 0.6);
    }

    #[test]
    fn a_delay_is_found() {
        let noise: Vec<f32> =
            (0_u32..4_000).map(|index| (index.wrapping_mul(2_654_435_761) >> 16) as f32 / 65_536.0 - 0.5).collect();
        let mut heard = vec![0.0; 321];
        heard.extend(noise.iter().map(|sample| sample * 0.1));
        heard.extend([0.0; 600]);
        let (lag, correlation) = delay(&noise, &heard, 600).expect("not silent");
        assert_eq!(lag, 321);
        assert!(correlation > 0.99);
        assert!(delay(&[0.0; 100], &heard, 10).is_none());
    }
}
