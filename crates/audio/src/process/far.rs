//! What is played, at the microphone's pace.
//!
//! AEC3 counts what is played and what is recorded. 32 ms too much of the one, and it begins anew: for 2.5 s it takes whoever speaks beside the
//! others for their echo (measured: a voice 60 dB down). A change of loudspeaker is too much: what waited in the old one is never
//! played, what the new one wants comes at once.

use std::collections::VecDeque;
use visavis_media::AudioBlock;

/// More has piled up because nobody records (160 ms; a loudspeaker asks for 120 at once at most).
const MOST: usize = 16;
/// Blocks in which what waits all the time is seen to be too much: half a second.
const LOOKED_FOR: u32 = 50;
/// What may wait all the time.
const SPARE: usize = 1;
/// After so many blocks without any, nothing is played: 120 ms.
const IDLE_AFTER: u32 = 12;

/// Gives one block of what is played for each that is recorded. Allocates when made, not when used.
pub(super) struct Far {
    waiting: VecDeque<AudioBlock>,
    /// The least that waited, in this look.
    least: usize,
    pulled: u32,
    without: u32,
}

impl Far {
    pub fn new() -> Self {
        Self { waiting: VecDeque::with_capacity(MOST), least: usize::MAX, pulled: 0, without: 0 }
    }

    pub fn push(&mut self, block: AudioBlock) {
        if self.waiting.len() == MOST {
            self.waiting.clear();
        }
        self.waiting.push_back(block);
    }

    /// What is played while the next 10 ms are recorded; `None` where it comes a little late.
    pub fn pull(&mut self) -> Option<AudioBlock> {
        let block = self.waiting.pop_front();
        self.without = if block.is_some() { 0 } else { self.without.saturating_add(1) };
        self.least = self.least.min(self.waiting.len());
        self.pulled += 1;
        if self.pulled == LOOKED_FOR {
            self.waiting.drain(..self.least.saturating_sub(SPARE).min(self.waiting.len()));
            (self.least, self.pulled) = (usize::MAX, 0);
        }
        block.or_else(|| (self.without > IDLE_AFTER).then_some(AudioBlock::SILENCE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(number: usize) -> AudioBlock {
        AudioBlock([number as f32; 480])
    }

    #[test]
    fn what_comes_in_bursts_goes_evenly() {
        let mut far = Far::new();
        let mut given = Vec::new();
        for tick in 0..1_000 {
            if tick % 10 == 0 {
                (tick..tick + 10).for_each(|number| far.push(block(number)));
            }
            given.extend(far.pull().map(|block| block.0[0] as usize));
        }
        assert_eq!(given, (0..1_000).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_never_played_is_dropped_within_half_a_second() {
        let mut far = Far::new();
        for tick in 0..200 {
            if tick == 100 {
                (0..6).for_each(|_| far.push(block(0)));
            }
            far.push(block(tick));
            far.pull();
        }
        assert!(far.waiting.len() <= SPARE, "{}", far.waiting.len());
    }

    #[test]
    fn without_a_microphone_nothing_old_is_kept() {
        let mut far = Far::new();
        (0..1_000).for_each(|number| far.push(block(number)));
        let oldest = far.pull().expect("what is played").0[0];
        assert!(oldest >= 1_000.0 - MOST as f32);
    }

    #[test]
    fn a_loudspeaker_that_is_closed_plays_silence() {
        let mut far = Far::new();
        let given: Vec<_> = (0..20).map(|_| far.pull().is_some()).collect();
        assert!(given[..12].iter().all(|given| !given) && given[12..].iter().all(|given| *given));
    }
}
