//! The few sounds of our own: soft notes, one after the other.

use std::collections::VecDeque;
use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// What is sounded. No two are alike, so that one knows them apart with the eyes elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Chime {
    /// *Test the loudspeaker*: loud enough to judge by.
    Test,
    /// A recording begins; as loud, because nobody is to miss it.
    Recording,
    /// The door is open for us.
    Entering,
    /// Somebody asks to come in.
    Knock,
    /// Somebody came into a small meeting.
    Arrival,
    /// Somebody raises the hand.
    Hand,
    /// Somebody wrote.
    Message,
}

impl Chime {
    /// The notes in hertz, in their order.
    pub const fn notes(self) -> &'static [f32] {
        match self {
            Self::Test => &[523.0, 659.0],
            Self::Recording => &[659.0, 523.0],
            Self::Entering => &[392.0, 523.0, 784.0],
            Self::Knock => &[440.0, 440.0],
            Self::Arrival => &[392.0, 587.0],
            Self::Hand => &[587.0, 784.0, 784.0],
            Self::Message => &[880.0],
        }
    }

    /// How long each note sounds, in blocks of 10 ms.
    const fn blocks(self) -> usize {
        match self {
            Self::Test | Self::Recording => 50,
            Self::Entering => 24,
            Self::Knock | Self::Arrival | Self::Message => 16,
            Self::Hand => 12,
        }
    }

    /// Of full scale. What comes unasked is quiet (interface specification §5).
    const fn loudness(self) -> f32 {
        match self {
            Self::Test | Self::Recording => 0.3,
            Self::Entering | Self::Knock | Self::Arrival | Self::Hand | Self::Message => 0.1,
        }
    }

    /// In blocks of 10 ms.
    const fn length(self) -> usize {
        self.notes().len() * self.blocks()
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

/// Our own sounds one after the other: none is cut off by the next, which would click.
#[derive(Debug, Default)]
pub struct ChimeQueue {
    waiting: VecDeque<Chime>,
    /// The first one's blocks that were played.
    played: usize,
}

impl ChimeQueue {
    /// Sounds it after what is sounding; one that waits already sounds once.
    pub fn play(&mut self, chime: Chime) {
        let sounding = usize::from(self.played > 0);
        if !self.waiting.iter().skip(sounding).any(|other| *other == chime) {
            self.waiting.push_back(chime);
        }
    }

    /// The sound that begins with the next block; `None` where one goes on, or none waits.
    pub fn begins(&self) -> Option<Chime> {
        self.waiting.front().copied().filter(|_| self.played == 0)
    }

    /// The next 10 ms; `None`: nothing sounds.
    pub fn next_block(&mut self) -> Option<AudioBlock> {
        let chime = *self.waiting.front()?;
        let block = chime.block(self.played);
        self.played += 1;
        if self.played == chime.length() {
            self.waiting.pop_front();
            self.played = 0;
        }
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    const UNASKED: [Chime; 5] = [Chime::Entering, Chime::Knock, Chime::Arrival, Chime::Hand, Chime::Message];

    fn samples(chime: Chime) -> Vec<f32> {
        (0..chime.length()).flat_map(|block| chime.block(block).0).collect()
    }

    #[test]
    fn each_has_its_notes_and_no_clicks() {
        for chime in UNASKED.into_iter().chain([Chime::Test, Chime::Recording]) {
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
        for chime in UNASKED {
            let samples = samples(chime);
            assert!(samples.iter().all(|sample| sample.abs() <= 0.1), "{chime:?}");
            assert!(samples.len() < SAMPLE_RATE as usize, "{chime:?}");
        }
        assert_eq!(samples(Chime::Test).len(), SAMPLE_RATE as usize);
    }
    #[test]
    fn each_sounds_to_its_end_and_none_twice_in_a_row() {
        let mut queue = ChimeQueue::default();
        assert!(queue.next_block().is_none() && queue.begins().is_none());
        queue.play(Chime::Message);
        assert_eq!(queue.begins(), Some(Chime::Message));
        let mut heard = vec![queue.next_block().expect("a sound")];
        assert_eq!(queue.begins(), None, "it sounds already");
        // The second message waits for the first one's end, the third is no news.
        for chime in [Chime::Message, Chime::Message, Chime::Recording] {
            queue.play(chime);
        }
        heard.extend(std::iter::from_fn(|| queue.next_block()));
        let wanted = [Chime::Message, Chime::Message, Chime::Recording];
        let heard: Vec<_> = heard.iter().flat_map(|block| block.0).collect();
        assert_eq!(heard, wanted.into_iter().flat_map(samples).collect::<Vec<_>>());
    }
}
