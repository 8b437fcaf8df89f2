//! Where in the stream playing is, and how much goes missing.

use super::arrival::micros;
use visavis_media::BLOCK_SAMPLES;

const BLOCK: i64 = BLOCK_SAMPLES as i64;
/// A guess is believed for 60 ms and then faded out until 200 ms.
const BELIEVED: i64 = 6 * BLOCK;
pub const FADED: i64 = 20 * BLOCK;

/// Where the stream is.
#[derive(Debug, Default)]
pub struct Flow {
    pub place: Option<Place>,
    pub begun: bool,
    pub state: State,
    /// Samples guessed in a row.
    pub guessed: i64,
    /// Samples of time to pass before the sound is stretched again.
    pub rest: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Timestamp of the next sample to be decoded.
    pub next: i64,
    /// Number of the packet before it.
    pub sequence: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Playing,
    /// The sender said that nothing comes.
    Silent,
    /// Nothing is there; these samples were guessed since, while the place stood still. Whether they count as concealed is
    /// known only when the next packet comes.
    Waiting(i64),
}

impl Flow {
    pub fn restart(&mut self) {
        self.place = None;
        self.state = State::Playing;
    }

    pub const fn is_placed(&self) -> bool {
        self.place.is_some()
    }

    pub const fn has_begun(&self) -> bool {
        self.begun
    }

    pub fn has_passed(&self, end: i64) -> bool {
        self.place.is_some_and(|place| end <= place.next)
    }

    pub fn next(&self) -> Option<i64> {
        self.place.map(|place| place.next)
    }

    /// Gain of the next guess.
    pub fn belief(&self) -> f32 {
        1.0 - ((self.guessed - BELIEVED) as f32 / (FADED - BELIEVED) as f32).clamp(0.0, 1.0)
    }
}

/// Whether packets are lost, and how far behind a packet its copies come.
#[derive(Debug, Default)]
pub struct Losses {
    /// Mean over about 128 packets.
    share: f32,
    waiting: bool,
    reach: i64,
}

impl Losses {
    const WEIGHT: f32 = 1.0 / 128.0;
    const ON: f32 = 0.012;
    const OFF: f32 = 0.004;

    /// A copy was seen that comes this many samples after its packet.
    pub fn copies_reach(&mut self, samples: i64) {
        self.reach = self.reach.max(samples);
    }

    /// Takes what became of one packet.
    pub fn push(&mut self, lost: bool) {
        self.share += Self::WEIGHT * (f32::from(u8::from(lost)) - self.share);
        self.waiting = self.share > if self.waiting { Self::OFF } else { Self::ON };
        if !self.waiting {
            self.reach = 0;
        }
    }

    /// Microseconds worth waiting for copies.
    pub const fn reach_micros(&self) -> i64 {
        if self.waiting { micros(self.reach) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guess_is_believed_less_and_less() {
        let belief = |guessed| Flow { guessed, ..Flow::default() }.belief();
        assert_eq!((belief(0), belief(BELIEVED), belief(FADED), belief(10 * FADED)), (1.0, 1.0, 0.0, 0.0));
        assert!((belief((BELIEVED + FADED) / 2) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn copies_are_waited_for_only_while_packets_are_lost() {
        let mut losses = Losses::default();
        losses.copies_reach(960);
        losses.push(true);
        assert_eq!(losses.reach_micros(), 0, "one loss is no trend");
        losses.copies_reach(960);
        losses.push(true);
        assert_eq!(losses.reach_micros(), 20_000);
        for _ in 0..400 {
            losses.copies_reach(960);
            losses.push(false);
        }
        assert_eq!(losses.reach_micros(), 0);
    }
}
