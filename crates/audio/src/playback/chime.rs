//! The few sounds of our own: soft notes, one after the other.

use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// What is sounded. No two are alike, so that one knows them apart with the eyes elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chime {
    /// *Test the loudspeaker*: loud enough to judge by.
    Test,
    /// A recording begins; as loud, because nobody is to miss it.
    Recording,
    /// The door is open for us.
    Entering,
    /// Somebody asks to come in.
    Knock,
}

impl Chime {
    /// The notes in hertz, in their order.
    pub const fn notes(self) -> &'static [f32] {
        match self {
            Self::Test => &[523.0, 659.0],
            Self::Recording => &[659.0, 523.0],
            Self::Entering => &[392.0, 523.0, 784.0],
            Self::Knock => &[440.0, 440.0],
        }
    }

    /// How long each note sounds, in blocks of 10 ms.
    const fn blocks(self) -> usize {
        match self {
            Self::Test | Self::Recording => 50,
            Self::Entering => 24,
            Self::Knock => 16,
        }
    }

    /// Of full scale. What comes unasked is quiet (interface specification §5).
    const fn loudness(self) -> f32 {
        match self {
            Self::Test | Self::Recording => 0.3,
            Self::Entering | Self::Knock => 0.1,
        }
    }

    /// Its sound, block by block; the iterator ends.
    pub fn sound(self) -> impl Iterator<Item = AudioBlock> + Send + 'static {
        (0..self.notes().len() * self.blocks()).map(move |block| self.block(block))
    }

    fn block(self, block: usize) -> AudioBlock {
        let hertz = self.notes()[block / self.blocks()];
        let start = block % self.blocks() * BLOCK_SAMPLES;
        let length = (self.blocks() * BLOCK_SAMPLES) as f32 / SAMPLE_RATE as f32;
        AudioBlock(std::array::from_fn(|index| {
            let time = (start + index) as f32 / SAMPLE_RATE as f32;
            // 5 ms attack, then fading like a struck bar; 20 ms to nothing at the end.
            let envelope =
                (time / 0.005).min(1.0) * (-2.0 * time / length).exp() * ((length - time) / 0.02).clamp(0.0, 1.0);
            self.loudness() * envelope * (std::f32::consts::TAU * hertz * time).sin()
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    const ALL: [Chime; 4] = [Chime::Test, Chime::Recording, Chime::Entering, Chime::Knock];

    fn samples(chime: Chime) -> Vec<f32> {
        chime.sound().flat_map(|block| block.0).collect()
    }

    #[test]
    fn each_has_its_notes_and_no_clicks() {
        for chime in ALL {
            let samples = samples(chime);
            let note = samples.len() / chime.notes().len();
            for (part, hertz) in samples.chunks(note).zip(chime.notes()) {
                let amplitude = measure::amplitude(part, SAMPLE_RATE, *hertz);
                assert!(amplitude > 0.15 * chime.loudness(), "{chime:?}: {amplitude} at {hertz}");
            }
            let step = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
            assert!(step < 0.04, "{chime:?}: a click of {step}");
        }
    }

    #[test]
    fn what_comes_unasked_is_quiet_and_short() {
        for chime in [Chime::Entering, Chime::Knock] {
            let samples = samples(chime);
            assert!(samples.iter().all(|sample| sample.abs() <= 0.1), "{chime:?}");
            assert!(samples.len() < SAMPLE_RATE as usize, "{chime:?}");
        }
        assert_eq!(samples(Chime::Test).len(), SAMPLE_RATE as usize);
    }
}
