//! What *Test the loudspeaker* plays.

use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// One second of two soft notes, block by block; an iterator that ends.
#[derive(Clone, Debug, Default)]
pub struct TestSound {
    block: usize,
}

impl TestSound {
    /// The notes in hertz, half a second each.
    pub const NOTES: [f32; 2] = [523.0, 659.0];

    pub fn new() -> Self {
        Self::default()
    }
}

impl Iterator for TestSound {
    type Item = AudioBlock;

    fn next(&mut self) -> Option<AudioBlock> {
        if self.block >= 100 {
            return None;
        }
        let (note, start) = (self.block / 50, self.block % 50 * BLOCK_SAMPLES);
        self.block += 1;
        let hertz = Self::NOTES[note];
        Some(AudioBlock(std::array::from_fn(|index| {
            let time = (start + index) as f32 / SAMPLE_RATE as f32;
            // 5 ms attack, then fading like a struck bar; 20 ms to nothing at the end.
            let envelope = (time / 0.005).min(1.0) * (-4.0 * time).exp() * ((0.5 - time) / 0.02).clamp(0.0, 1.0);
            0.3 * envelope * (std::f32::consts::TAU * hertz * time).sin()
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    #[test]
    fn it_is_one_second_of_two_notes_without_clicks() {
        let samples: Vec<f32> = TestSound::new().flat_map(|block| block.0).collect();
        assert_eq!(samples.len(), 48_000);
        assert!(measure::amplitude(&samples[..24_000], SAMPLE_RATE, TestSound::NOTES[0]) > 0.05);
        assert!(measure::amplitude(&samples[24_000..], SAMPLE_RATE, TestSound::NOTES[1]) > 0.05);
        let step = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step < 0.03, "a click of {step}");
    }
}
