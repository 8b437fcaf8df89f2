//! Many voices to one loudspeaker.

use crate::meter;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// Above this the limiter turns the sum down.
const THRESHOLD: f32 = 0.89;
/// How much of the way back to full gain a block goes: 0.3 s to recover.
const RELEASE: f32 = 0.03;

/// Loudness of what is played of a track, 0 to 255 (see [`meter::level_of`]).
pub fn active_level(block: &AudioBlock) -> u8 {
    meter::level_of(block)
}

/// Sums tracks into one block and keeps the sum under full scale. Never allocates.
///
/// ```
/// # use visavis_audio::mix::Mixer;
/// # use visavis_media::AudioBlock;
/// let mut mixer = Mixer::new();
/// let levels = [0.4, 0.5].map(|voice| mixer.add(&AudioBlock([voice; 480])));
/// let played = mixer.finish();
/// # assert!(levels[0] < levels[1] && played.peak() <= 1.0);
/// ```
#[derive(Clone, Debug)]
pub struct Mixer {
    sum: [f32; BLOCK_SAMPLES],
    gain: f32,
}

impl Default for Mixer {
    fn default() -> Self {
        Self::new()
    }
}

impl Mixer {
    pub const fn new() -> Self {
        Self { sum: [0.0; BLOCK_SAMPLES], gain: 1.0 }
    }

    /// Adds a track's 10 ms; gives its level, 0 to 255.
    pub fn add(&mut self, block: &AudioBlock) -> u8 {
        for (sum, sample) in self.sum.iter_mut().zip(block.0) {
            *sum += sample;
        }
        active_level(block)
    }

    /// The sum of what was added since the last call.
    pub fn finish(&mut self) -> AudioBlock {
        let sum = std::mem::replace(&mut self.sum, [0.0; BLOCK_SAMPLES]);
        let peak = sum.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let wanted = if peak > THRESHOLD { THRESHOLD / peak } else { 1.0 };
        let next = if wanted < self.gain { wanted } else { self.gain + RELEASE * (wanted - self.gain) };
        let (from, step) = (self.gain, (next - self.gain) / BLOCK_SAMPLES as f32);
        self.gain = next;
        let mut block = AudioBlock::SILENCE;
        for (index, (out, sample)) in block.0.iter_mut().zip(sum).enumerate() {
            *out = bend(sample * (from + step * index as f32));
        }
        block
    }
}

/// Leaves what is under the threshold as it is, and bends what is over so that it never reaches full scale: for the front
/// of a block whose gain is still on its way down.
fn bend(sample: f32) -> f32 {
    let over = sample.abs() - THRESHOLD;
    if over <= 0.0 {
        return sample;
    }
    let room = 1.0 - THRESHOLD;
    (THRESHOLD + room * (over / (over + room))).copysign(sample)
}

/// Tracks among which [`loudest`] chooses; any after them are not chosen.
pub const MOST_TRACKS: usize = 128;

/// Chooses which tracks to decode when not all can be: the `most` loudest. Writes into `chosen`, one flag a level.
///
/// A track that is chosen already counts as 24 (6 dB) louder, so that two alike do not take turns.
pub fn loudest(levels: &[u8], most: usize, chosen: &mut [bool]) {
    let count = levels.len().min(chosen.len()).min(MOST_TRACKS);
    let mut weights = [0_u16; MOST_TRACKS];
    for (weight, (level, chosen)) in weights.iter_mut().zip(levels.iter().zip(chosen.iter())) {
        *weight = u16::from(*level) + if *chosen { 24 } else { 0 };
    }
    let weights = &weights[..count];
    chosen.fill(false);
    for (index, (chosen, own)) in chosen.iter_mut().zip(weights).enumerate() {
        // No sort, no allocation: how many beat this one? Of equals, the earlier.
        let better = |(other, weight): &(usize, &u16)| *weight > own || (*weight == own && *other < index);
        *chosen = weights.iter().enumerate().filter(better).count() < most;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    fn tone(hertz: f32, level: f32, block: usize) -> AudioBlock {
        AudioBlock(std::array::from_fn(|index| {
            level * (std::f32::consts::TAU * hertz * (block * 480 + index) as f32 / 48_000.0).sin()
        }))
    }

    #[test]
    fn quiet_tracks_are_summed_unchanged() {
        let mut mixer = Mixer::new();
        let heard: Vec<f32> = (0..50)
            .flat_map(|block| {
                mixer.add(&tone(400.0, 0.3, block));
                mixer.add(&tone(900.0, 0.2, block));
                mixer.finish().0
            })
            .collect();
        assert!((measure::amplitude(&heard, 48_000, 400.0) - 0.3).abs() < 1e-3);
        assert!((measure::amplitude(&heard, 48_000, 900.0) - 0.2).abs() < 1e-3);
    }

    #[test]
    fn a_shouting_crowd_stays_under_full_scale_without_harsh_distortion() {
        let mut mixer = Mixer::new();
        let heard: Vec<f32> = (0..100)
            .flat_map(|block| {
                for voice in 0..8 {
                    mixer.add(&tone(300.0 + 110.0 * voice as f32, 0.5, block));
                }
                mixer.finish().0
            })
            .collect();
        assert!(heard.iter().all(|sample| sample.abs() < 1.0));
        let kept: f32 = (0..8)
            .map(|voice| measure::amplitude(&heard[4_800..], 48_000, 300.0 + 110.0 * voice as f32).powi(2) / 2.0)
            .sum();
        let all = measure::rms(&heard[4_800..]).powi(2);
        assert!(kept / all > 0.97, "{} of the power is distortion", 1.0 - kept / all);
    }

    #[test]
    fn after_a_shout_the_gain_comes_back() {
        let mut mixer = Mixer::new();
        mixer.add(&AudioBlock([4.0; 480]));
        mixer.finish();
        let mut last = 0.0;
        for _ in 0..200 {
            mixer.add(&AudioBlock([0.5; 480]));
            last = mixer.finish().0[479];
        }
        assert!((last - 0.5).abs() < 0.01, "{last}");
    }

    #[test]
    fn the_loudest_are_chosen_and_kept_over_their_equals() {
        let mut chosen = [false; 4];
        loudest(&[10, 200, 180, 190], 2, &mut chosen);
        assert_eq!(chosen, [false, true, false, true]);
        loudest(&[10, 200, 205, 190], 2, &mut chosen);
        assert_eq!(chosen, [false, true, false, true], "a little louder is not enough");
        loudest(&[10, 200, 255, 190], 2, &mut chosen);
        assert_eq!(chosen, [false, true, true, false]);
        loudest(&[0, 0, 0, 0], 9, &mut chosen);
        assert_eq!(chosen, [true; 4]);
        let mut many = vec![false; 300];
        loudest(&vec![7; 300], 3, &mut many);
        assert_eq!(many.iter().filter(|chosen| **chosen).count(), 3);
    }
}
