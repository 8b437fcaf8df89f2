//! A microphone that speaks two tones.

use super::Source;
use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Low tones in hertz, one of which every voice has. All apart by more than a 40 ms window resolves.
const LOW: [f32; 8] = [310.0, 410.0, 510.0, 610.0, 710.0, 810.0, 910.0, 1010.0];
/// High tones in hertz.
const HIGH: [f32; 8] = [1210.0, 1430.0, 1650.0, 1870.0, 2090.0, 2310.0, 2530.0, 2750.0];

const RATE: u64 = SAMPLE_RATE as u64;
/// A syllable, the pause after it, syllables in a sentence, and the pause after that: long enough for discontinuous
/// transmission to set in.
const SYLLABLE: u64 = RATE * 480 / 1000;
const PAUSE: u64 = RATE * 120 / 1000;
const SYLLABLES: u64 = 4;
const SENTENCE: u64 = SYLLABLES * (SYLLABLE + PAUSE) + RATE * 600 / 1000;
const RAMP: u64 = RATE * 10 / 1000;

/// Two tones by the seed, in syllables and sentences like speech, so that a far end can tell who speaks, since when, and
/// what was lost. Same seed, same sound.
#[derive(Clone, Debug)]
pub struct Synthetic {
    tones: [f32; 2],
    clock: u64,
}

impl Synthetic {
    /// Amplitude of each tone within a syllable.
    pub const AMPLITUDE: f32 = 0.18;

    pub fn new(seed: u32) -> Self {
        Self { tones: Self::tones(seed), clock: 0 }
    }

    /// The tones of `seed` in hertz: a pair of its own for each of 64 successive seeds.
    pub fn tones(seed: u32) -> [f32; 2] {
        let seed = seed as usize % 64;
        [LOW[seed % 8], HIGH[(seed / 8 + seed) % 8]]
    }

    /// Share of the time, 0 to 1, in which it sounds.
    pub fn duty() -> f32 {
        (SYLLABLES * SYLLABLE) as f32 / SENTENCE as f32
    }

    fn envelope(clock: u64) -> f32 {
        let place = clock % SENTENCE;
        let (syllable, place) = (place / (SYLLABLE + PAUSE), place % (SYLLABLE + PAUSE));
        if syllable >= SYLLABLES || place >= SYLLABLE {
            return 0.0;
        }
        let edge = place.min(SYLLABLE - 1 - place).min(RAMP) as f32 / RAMP as f32;
        0.5 - 0.5 * (std::f32::consts::PI * edge).cos()
    }
}

impl Source for Synthetic {
    fn next_block(&mut self) -> Option<AudioBlock> {
        let start = self.clock;
        self.clock += BLOCK_SAMPLES as u64;
        Some(AudioBlock(std::array::from_fn(|index| {
            let clock = start + index as u64;
            // The phase in whole seconds is a whole number of turns, as the tones are whole hertz: no drift in f32.
            let time = (clock % RATE) as f32 / RATE as f32;
            let sum: f32 = self.tones.iter().map(|hertz| (std::f32::consts::TAU * hertz * time).sin()).sum();
            Self::AMPLITUDE * Self::envelope(clock) * sum
        })))
    }

    fn due(&self) -> usize {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    fn seconds(seed: u32, count: usize) -> Vec<f32> {
        let mut source = Synthetic::new(seed);
        (0..count * 100).flat_map(|_| source.next_block().expect("endless").0).collect()
    }

    #[test]
    fn every_seed_has_a_pair_of_its_own() {
        let pairs: std::collections::BTreeSet<String> =
            (0..64).map(|seed| format!("{:?}", Synthetic::tones(seed))).collect();
        assert_eq!(pairs.len(), 64);
    }

    #[test]
    fn its_tones_are_heard_and_no_others() {
        let samples = seconds(9, 6);
        let share = measure::presence(&samples, SAMPLE_RATE, &Synthetic::tones(9), 1_920, Synthetic::AMPLITUDE * 0.7);
        assert!((share - Synthetic::duty()).abs() < 0.08, "{share} of {}", Synthetic::duty());
        for other in (0..64).filter(|seed| *seed != 9) {
            let share =
                measure::presence(&samples, SAMPLE_RATE, &Synthetic::tones(other), 1_920, Synthetic::AMPLITUDE * 0.5);
            assert!(share < 0.02, "seed {other} seems to speak too: {share}");
        }
    }

    #[test]
    fn there_is_silence_between_sentences_and_nothing_clips() {
        let samples = seconds(1, 3);
        assert!(samples.iter().all(|sample| sample.abs() <= 0.37));
        assert!(samples.chunks(480).filter(|block| block.iter().all(|sample| *sample == 0.0)).count() > 50);
    }
}
