//! One program's sound between the sound server's clock and ours.

use std::collections::VecDeque;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// So much has to be there before it begins, or begins again: two of the server's pieces.
const FIRST: usize = 4 * BLOCK_SAMPLES;
/// Blocks over which the least that was there is looked at: more than the longest time between two pieces of any device.
const WINDOW: u32 = 250;
/// Where there was always more than this, it lags behind for nothing: what is over [`KEPT`] is passed over.
const LAGS: usize = 6 * BLOCK_SAMPLES;
const KEPT: usize = 2 * BLOCK_SAMPLES;
/// Never more than three seconds.
const MOST: usize = 300 * BLOCK_SAMPLES;

/// Gives 10 ms whenever they are asked for. Pieces come as large and as late as the device wants; where the two clocks drift apart a moment
/// is passed over, or made up, every few minutes.
#[derive(Debug, Default)]
pub struct Queue {
    samples: VecDeque<f32>,
    flows: bool,
    ended: bool,
    least: usize,
    blocks: u32,
}

impl Queue {
    /// Takes a piece: mono, 48 kHz. What is no number is silence.
    pub fn push(&mut self, piece: impl Iterator<Item = f32>) {
        self.samples.extend(piece.map(|sample| if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 }));
        let over = self.samples.len().saturating_sub(MOST);
        self.samples.drain(..over);
    }

    /// Nothing more will come: what is there is played to its end.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// Its end has been played.
    pub fn is_over(&self) -> bool {
        self.ended && self.samples.is_empty()
    }

    /// The next 10 ms; `None` where nothing plays.
    pub fn pull(&mut self) -> Option<AudioBlock> {
        let there = self.samples.len();
        if there == 0 || (!self.flows && !self.ended && there < FIRST) {
            self.flows = false;
            return None;
        }
        if !self.flows {
            (self.flows, self.least, self.blocks) = (true, there, 0);
        }
        if there < BLOCK_SAMPLES {
            return Some(self.last());
        }
        self.least = self.least.min(there);
        self.blocks += 1;
        let block = self.take();
        if self.blocks < WINDOW {
            return Some(block);
        }
        let over = if self.least > LAGS { self.least - KEPT } else { 0 };
        (self.least, self.blocks) = (usize::MAX, 0);
        if over == 0 || self.samples.len() < over {
            return Some(block);
        }
        // From what would have come next into what comes instead.
        self.samples.drain(..over - BLOCK_SAMPLES);
        let next = self.take();
        Some(AudioBlock(std::array::from_fn(|index| {
            let share = index as f32 / BLOCK_SAMPLES as f32;
            block.0[index] * (1.0 - share) + next.0[index] * share
        })))
    }

    fn take(&mut self) -> AudioBlock {
        let mut block = AudioBlock::SILENCE;
        for (out, sample) in block.0.iter_mut().zip(self.samples.drain(..BLOCK_SAMPLES.min(self.samples.len()))) {
            *out = sample;
        }
        block
    }

    /// Less than a block: it fades out, and begins anew where more comes.
    fn last(&mut self) -> AudioBlock {
        let count = self.samples.len() as f32;
        let mut block = self.take();
        block.0.iter_mut().enumerate().for_each(|(index, sample)| *sample *= (1.0 - index as f32 / count).max(0.0));
        self.flows = false;
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    /// A tone in pieces of any length.
    struct Tone(usize);

    impl Tone {
        fn piece(&mut self, samples: usize) -> Vec<f32> {
            let start = self.0;
            self.0 += samples;
            let sample =
                |index: usize| 0.5 * (std::f32::consts::TAU * 700.0 * (index % 48_000) as f32 / 48_000.0).sin();
            (start..start + samples).map(sample).collect()
        }
    }

    #[test]
    fn it_begins_with_two_pieces_and_loses_nothing() {
        let (mut queue, mut tone) = (Queue::default(), Tone(0));
        queue.push(tone.piece(960).into_iter());
        assert_eq!(queue.pull(), None);
        let mut heard = Vec::new();
        for _ in 0..500 {
            queue.push(tone.piece(960).into_iter());
            heard.extend(queue.pull().expect("sound").0);
            heard.extend(queue.pull().expect("sound").0);
        }
        assert_eq!(heard.len(), 500 * 960);
        assert!((measure::amplitude(&heard, 48_000, 700.0) - 0.5).abs() < 1e-3);
        queue.end();
        assert_eq!(std::iter::from_fn(|| queue.pull()).count(), 2);
        assert!(queue.is_over());
    }

    #[test]
    fn a_device_that_gives_two_seconds_at_once_is_heard_whole() {
        let (mut queue, mut tone) = (Queue::default(), Tone(0));
        let mut silent = 0;
        for _ in 0..5 {
            queue.push(tone.piece(96_000).into_iter());
            silent += (0..200).filter(|_| queue.pull().is_none()).count();
        }
        assert_eq!(silent, 0);
    }

    #[test]
    fn what_lags_behind_is_passed_over_without_a_break() {
        let (mut queue, mut tone) = (Queue::default(), Tone(0));
        // Half a second comes at once; after that all comes in time.
        queue.push(tone.piece(24_000).into_iter());
        let mut heard = Vec::new();
        for _ in 0..600 {
            queue.push(tone.piece(480).into_iter());
            heard.extend(queue.pull().expect("sound").0);
        }
        assert!(queue.samples.len() <= LAGS, "{} samples wait", queue.samples.len());
        let largest = heard.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        // Of the tone itself 0.046.
        assert!(largest < 0.06, "a break of {largest}");
    }

    #[test]
    fn a_stream_that_stands_still_goes_on_when_more_comes() {
        let (mut queue, mut tone) = (Queue::default(), Tone(0));
        queue.push(tone.piece(2_000).into_iter());
        let blocks: Vec<_> = (0..10).map(|_| queue.pull()).collect();
        assert_eq!(blocks.iter().flatten().count(), 5);
        let last = blocks[4].expect("the rest");
        assert!(last.0[80..].iter().all(|sample| *sample == 0.0));
        queue.push(tone.piece(960).into_iter());
        assert_eq!(queue.pull(), None);
        queue.push(tone.piece(960).into_iter());
        assert!(queue.pull().is_some());
    }

    #[test]
    fn nonsense_is_bounded() {
        let mut queue = Queue::default();
        queue.push([f32::NAN, f32::INFINITY, 7.0, -7.0].into_iter().cycle().take(2 * MOST));
        assert_eq!(queue.samples.len(), MOST);
        assert!(queue.pull().expect("sound").peak() <= 1.0);
    }
}
