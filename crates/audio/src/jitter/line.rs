//! Decoded sound on its way out, and a little of what has just gone out.

use super::stretch;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// What is kept of what went out: a pitch period and more, to lengthen from.
pub const HISTORY: usize = 2 * BLOCK_SAMPLES;

/// Samples of the fade between levels.
const FADE: usize = BLOCK_SAMPLES / 2;

/// A queue of samples with a past.
#[derive(Debug)]
pub struct Line {
    samples: Vec<f32>,
    /// First sample that has not gone out.
    next: usize,
    /// Gain of the last sample that was put in.
    gain: f32,
}

impl Line {
    /// Most samples that are put in at once, and most that wait: a packet of 120 ms on top of 40 ms.
    pub const ROOM: usize = 16 * BLOCK_SAMPLES;

    pub fn new() -> Self {
        let mut samples = Vec::with_capacity(HISTORY + 2 * Self::ROOM);
        samples.resize(HISTORY, 0.0);
        Self { samples, next: HISTORY, gain: 1.0 }
    }

    /// Samples that wait.
    pub fn pending(&self) -> usize {
        self.samples.len() - self.next
    }

    /// Appends samples, their gain going from the last one's to `gain` in 5 ms.
    pub fn push(&mut self, samples: &[f32], gain: f32) {
        self.make_room();
        let room = HISTORY + 2 * Self::ROOM - self.samples.len();
        let samples = &samples[..samples.len().min(room)];
        if gain == self.gain {
            self.samples.extend(samples.iter().map(|sample| sample * gain));
            return;
        }
        let step = (gain - self.gain) / FADE as f32;
        let from = self.gain;
        self.samples.extend(samples.iter().enumerate().map(|(index, sample)| {
            let now = if index < FADE { from + step * (index + 1) as f32 } else { gain };
            sample * now
        }));
        self.gain = if samples.len() >= FADE { gain } else { from + step * samples.len() as f32 };
    }

    /// The oldest 10 ms; silence where less waits.
    pub fn take(&mut self) -> AudioBlock {
        let mut block = AudioBlock::SILENCE;
        let count = self.pending().min(BLOCK_SAMPLES);
        block.0[..count].copy_from_slice(&self.samples[self.next..self.next + count]);
        self.next += count;
        block
    }

    /// Takes one pitch period out of what waits; gives its samples, or `None` where the sound does not allow it.
    pub fn shorten(&mut self, least_correlation: f32) -> Option<stretch::Done> {
        let done = stretch::shorten(&mut self.samples[self.next..], least_correlation)?;
        self.samples.truncate(self.samples.len() - done.samples);
        Some(done)
    }

    /// Repeats one pitch period in front of what waits; gives its samples, or `None` where the sound does not allow it.
    pub fn lengthen(&mut self, least_correlation: f32) -> Option<stretch::Done> {
        self.make_room();
        let (past, waiting) = self.samples.split_at(self.next);
        let (done, period) = stretch::lengthen(past, waiting, least_correlation)?;
        let end = self.samples.len();
        self.samples.resize(end + done.samples, 0.0);
        self.samples.copy_within(self.next..end, self.next + done.samples);
        self.samples[self.next..self.next + done.samples].copy_from_slice(&period[..done.samples]);
        Some(done)
    }

    /// Moves what is still of use to the front, once most of the room is used.
    fn make_room(&mut self) {
        if self.next > HISTORY + Self::ROOM / 2 || self.samples.len() > HISTORY + Self::ROOM {
            let from = self.next - HISTORY;
            self.samples.drain(..from);
            self.next = HISTORY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out_and_the_memory_stays() {
        let mut line = Line::new();
        let capacity = line.samples.capacity();
        let mut expected = 0.0;
        for round in 0..1_000 {
            let samples: Vec<f32> = (0..960).map(|index| ((round * 960 + index) % 10_007) as f32).collect();
            line.push(&samples, 1.0);
            while line.pending() >= 480 {
                for sample in line.take().0 {
                    assert_eq!(sample, expected % 10_007.0);
                    expected = (expected + 1.0) % 10_007.0;
                }
            }
        }
        assert_eq!(line.samples.capacity(), capacity);
    }

    #[test]
    fn a_change_of_gain_is_a_ramp() {
        let mut line = Line::new();
        line.push(&[1.0; 480], 0.0);
        line.push(&[1.0; 480], 1.0);
        let heard: Vec<f32> = [line.take().0, line.take().0].concat();
        assert!(heard.windows(2).all(|pair| (pair[1] - pair[0]).abs() < 0.01));
        assert_eq!((heard[300], heard[959]), (0.0, 1.0));
        assert_eq!(line.take(), AudioBlock::SILENCE);
    }

    #[test]
    fn too_much_is_cut_and_never_grows() {
        let mut line = Line::new();
        let capacity = line.samples.capacity();
        for _ in 0..20 {
            line.push(&[0.5; Line::ROOM], 1.0);
        }
        assert_eq!(line.samples.capacity(), capacity);
    }
}
