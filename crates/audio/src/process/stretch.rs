//! What is played, read a little faster or slower than it comes.

use std::f32::consts::{PI, TAU};
use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Samples around a place from which the sound there is made, and places between two samples that are worked out before.
const TAPS: usize = 16;
const PLACES: usize = 128;
/// What may be read ahead before more has come, at the beginning: half a minute of clocks that are 250 millionths apart. With the taps it is what the
/// canceller works in, twice 4 ms: with 6 ms it took a voice beside others down by twice as much, so 8 ms or none (measured).
const AHEAD: usize = 376;
/// Two blocks more, and one is not asked for.
const MOST: usize = 3 * BLOCK_SAMPLES + TAPS;

/// A line of samples that is read at a place between them. Allocates when made, not when used.
pub(super) struct Stretch {
    line: Vec<f32>,
    /// Where the next sample is read, between the first and the second of `TAPS`.
    place: f64,
    sooner: f64,
    table: Vec<[f32; TAPS]>,
}

impl Stretch {
    pub fn new() -> Self {
        let mut line = Vec::with_capacity(MOST + BLOCK_SAMPLES);
        line.resize(AHEAD + TAPS, 0.0);
        // A windowed sinc at each place; the last is the first, one sample on.
        let table = (0..=PLACES).map(|place| taps(place as f32 / PLACES as f32)).collect();
        Self { line, place: 0.0, sooner: 0.0, table }
    }

    /// By how many seconds sooner is read what would be read now if all had been read as it came; less than nothing: later.
    pub const fn sooner(&self) -> f64 {
        self.sooner
    }

    /// The next 10 ms, read at `1 + rate` times the pace of what `pull` gives; `None` where that comes late.
    ///
    /// Where nothing more is to be had it is read as it comes, and is late or early by what the rate would have made good.
    pub fn read(&mut self, mut rate: f64, mut pull: impl FnMut() -> Option<AudioBlock>) -> Option<AudioBlock> {
        let needed = |place: f64, rate: f64| (place + BLOCK_SAMPLES as f64 * (1.0 + rate)).ceil() as usize + TAPS;
        if self.line.len() + BLOCK_SAMPLES <= MOST {
            self.line.extend_from_slice(&pull()?.0);
        }
        if self.line.len() < needed(self.place, rate) {
            match pull() {
                Some(block) => self.line.extend_from_slice(&block.0),
                None => rate = 0.0,
            }
        }
        let mut read = AudioBlock::SILENCE;
        if rate == 0.0 && self.place == 0.0 {
            // Most clocks are one: the same samples, and no work.
            read.0.copy_from_slice(&self.line[TAPS / 2 - 1..][..BLOCK_SAMPLES]);
            self.place = BLOCK_SAMPLES as f64;
        } else {
            for sample in &mut read.0 {
                *sample = self.at(self.place);
                self.place += 1.0 + rate;
            }
        }
        self.sooner += rate * BLOCK_SAMPLES as f64 / f64::from(SAMPLE_RATE);
        let whole = (self.place.floor() as usize).min(self.line.len() - TAPS);
        self.line.drain(..whole);
        self.place -= whole as f64;
        Some(read)
    }

    fn at(&self, place: f64) -> f32 {
        let (whole, part) = (place.floor() as usize, place.fract() as f32 * PLACES as f32);
        let (index, part) = (part as usize, part.fract());
        let Some(samples) = self.line.get(whole..whole + TAPS) else { return 0.0 };
        let (low, high) = (&self.table[index], &self.table[(index + 1).min(PLACES)]);
        samples.iter().zip(low.iter().zip(high)).map(|(sample, (low, high))| sample * (low + part * (high - low))).sum()
    }
}

/// The sound `part` of a sample after the one in the middle (Blackman's window).
fn taps(part: f32) -> [f32; TAPS] {
    std::array::from_fn(|at| {
        let from = at as f32 - (TAPS / 2 - 1) as f32 - part;
        if from == 0.0 {
            return 1.0;
        }
        let turn = TAU * (from + TAPS as f32 / 2.0) / TAPS as f32;
        (PI * from).sin() / (PI * from) * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos()).max(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hertz: f64, from: usize) -> AudioBlock {
        let turn = |at| std::f64::consts::TAU * hertz * (from + at) as f64 / 48_000.0;
        AudioBlock(std::array::from_fn(|at| turn(at).sin() as f32))
    }

    /// What is read of two seconds of a tone, and how many blocks that took.
    fn read(hertz: f64, rate: f64) -> (Vec<f32>, usize) {
        let (mut stretch, mut pulled, mut read) = (Stretch::new(), 0, Vec::new());
        for _ in 0..200 {
            let block = stretch.read(rate, || {
                pulled += 1;
                Some(tone(hertz, (pulled - 1) * BLOCK_SAMPLES))
            });
            read.extend_from_slice(&block.expect("there is more").0);
        }
        (read, pulled)
    }

    #[test]
    fn what_is_read_as_it_comes_is_the_same_later() {
        let (read, pulled) = read(440.0, 0.0);
        assert_eq!(pulled, 200);
        let first = tone(440.0, 0).0;
        let at = AHEAD + TAPS / 2 + 1;
        assert!(
            (0..BLOCK_SAMPLES).all(|index| (read[at + index] - first[index]).abs() < 1e-4),
            "{:?}",
            &read[at..at + 5]
        );
    }

    #[test]
    fn what_is_read_faster_is_the_same_sooner_and_as_clean() {
        for (rate, hertz) in [(4e-4, 440.0), (-4e-4, 440.0), (4e-4, 9_000.0)] {
            let (read, _) = read(hertz, rate);
            // What is left of it beside the tone that it is to be now.
            let now = hertz * (1.0 + rate);
            let late = &read[24_000..72_000];
            let angle = |at: usize| std::f64::consts::TAU * now * at as f64 / 48_000.0;
            let (mut sine, mut cosine) = (0.0, 0.0);
            for (at, sample) in late.iter().enumerate() {
                sine += f64::from(*sample) * angle(at).sin() * 2.0 / late.len() as f64;
                cosine += f64::from(*sample) * angle(at).cos() * 2.0 / late.len() as f64;
            }
            let tone = (sine * sine + cosine * cosine) / 2.0;
            let rest = |(at, sample): (usize, &f32)| {
                (f64::from(*sample) - sine * angle(at).sin() - cosine * angle(at).cos()).powi(2)
            };
            let wrong = late.iter().enumerate().map(rest).sum::<f64>() / late.len() as f64;
            let wrong = 10.0 * (wrong / tone).log10();
            assert!(wrong < -60.0 && (tone - 0.5).abs() < 0.02, "{wrong} dB, {tone} at {hertz} Hz");
        }
    }

    #[test]
    fn where_nothing_more_is_to_be_had_nothing_is_lost_but_the_rate() {
        let mut stretch = Stretch::new();
        for tick in 0..20_000 {
            let mut given = Some(tone(440.0, tick * BLOCK_SAMPLES));
            let faster = if tick < 10_000 { 5e-4 } else { -5e-4 };
            let _ = stretch.read(faster, || given.take());
            assert!(stretch.line.len() <= MOST && stretch.line.len() >= TAPS, "{}", stretch.line.len());
        }
        assert!(stretch.read(0.0, || None).is_none() || stretch.line.len() > BLOCK_SAMPLES);
    }
}
