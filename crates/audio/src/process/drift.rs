//! How far the clocks of loudspeaker and microphone run apart, from where the echo is found.
//!
//! AEC3 follows an echo that moves by 20 millionths; with 100 it takes twice as many of a voice's tenths of a second beside others as
//! without (measured: `cargo xtask bench audio`). So what is played is read faster or slower until its echo stays where it was: a loop of
//! second order over the lag, damped just enough not to swing (F. Gardner, *Phaselock Techniques*, §2).

use super::likeness::STEPS;

/// Lags are in samples at 12 kHz. In hours of a meeting what is made good adds up to tens of thousands of them, by a hundredth in each step: more
/// than an `f32` holds.
const RATE: f64 = 12_000.0;
/// From one step to the next, in seconds.
const STEP_S: f64 = 1.0 / STEPS as f64;
/// How fast the loop follows, in radians a second: while it knows nothing, and later.
const QUICK: f64 = 1.5;
const SLOW: f64 = 0.8;
/// Steps (11 ms, in which an echo was found) until it is later, and until what it found is used.
const QUICK_FOR: u32 = 300;
/// From one step to the next a clock moves an echo by a twentieth of a sample; what goes farther is another way through the room.
const FARTHEST: f64 = 0.8;
/// No clock of a sound card is farther off (500 millionths).
const MOST: f64 = 5e-4;
/// From where on it is made good, and where no more: less than this AEC3 follows itself, and the loop is 2 to 4 millionths wrong (measured).
const ON: f64 = 1.5e-5;
const OFF: f64 = 7e-6;

/// The loop. Allocates nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drift {
    /// Where the loop takes the echo to be, and where it was found last, as if nothing were read faster.
    place: Option<(f64, f64)>,
    /// What the clocks have been found to differ by.
    known: f64,
    is_on: bool,
    /// Steps in which an echo was found.
    steps: u32,
}

impl Drift {
    /// How much faster what is played is to be read: 1e-4 is a hundred millionths.
    pub fn rate(&self) -> f64 {
        if self.is_on { self.known } else { 0.0 }
    }

    /// The echo this late (samples at 12 kHz), or none that is sure, in one step. `sooner`: so many seconds sooner is read by now what is played,
    /// counted from any beginning.
    pub fn step(&mut self, late: Option<f32>, sooner: f64) {
        let before = self.known * RATE * STEP_S;
        let Some(late) = late else {
            if let Some((place, last)) = &mut self.place {
                *place -= before;
                *last -= before;
            }
            return;
        };
        let natural = f64::from(late) - sooner * RATE;
        let place = match self.place {
            Some((place, last)) if (natural - last).abs() < FARTHEST => place - before,
            // Found again elsewhere: that it moves meanwhile is no error.
            _ => natural,
        };
        self.steps = self.steps.saturating_add(1);
        let follows = if self.steps < QUICK_FOR { QUICK } else { SLOW };
        let error = place - natural;
        self.known = (self.known + follows * follows * error / RATE * STEP_S).clamp(-MOST, MOST);
        self.place = Some((place - 2.0 * follows * error * STEP_S, natural));
        self.is_on = self.steps > QUICK_FOR && self.known.abs() > if self.is_on { OFF } else { ON };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loop, and where the echo is.
    #[derive(Default)]
    struct Room {
        drift: Drift,
        lag: f64,
        sooner: f64,
    }

    impl Room {
        /// Lets clocks that are `apart` drift for so many seconds, and tells what the loop makes of it. `read`: so much of the rate is read.
        fn follow(&mut self, apart: f64, seconds: f64, noise: f64, read: f64) -> f64 {
            for step in 0..(seconds / STEP_S) as usize {
                let rate = read * self.drift.rate();
                self.sooner += rate * STEP_S;
                self.lag += (rate - apart) * STEP_S * RATE;
                // Up and down, not in step with the loop.
                let wrong = noise * (step as f64 * 2.3).sin();
                self.drift.step(Some((700.0 + self.lag + wrong) as f32), self.sooner);
            }
            self.drift.known
        }
    }

    #[test]
    fn clocks_that_run_apart_are_found_within_seconds() {
        for apart in [1e-4, -1e-4, 3e-4] {
            let known = Room::default().follow(apart, 6.0, 0.2, 1.0);
            assert!((known - apart).abs() < 2e-5, "{known} of {apart}");
        }
        let known = Room::default().follow(0.0, 20.0, 0.2, 1.0);
        assert!(known.abs() < 5e-6, "{known}");
    }

    #[test]
    fn what_is_found_stays_right_for_a_day() {
        for apart in [1e-4, 2e-5] {
            let mut room = Room::default();
            let known = room.follow(apart, 24.0 * 3_600.0, 0.2, 1.0);
            assert!((known - apart).abs() < 3e-6 && room.lag.abs() < 10.0, "{known} of {apart}, {}", room.lag);
        }
    }

    #[test]
    fn what_could_not_be_read_faster_is_not_taken_for_read() {
        for read in [0.0, 0.5] {
            let known = Room::default().follow(1e-4, 20.0, 0.2, read);
            assert!((known - 1e-4).abs() < 2e-5, "{known} where {read} of it is read");
        }
    }

    #[test]
    fn an_echo_found_elsewhere_is_no_drift() {
        let mut drift = Drift::default();
        (0..500).for_each(|step| drift.step(Some(if step % 20 < 10 { 700.0 } else { 820.0 }), 0.0));
        assert_eq!(drift.rate(), 0.0);
        drift.step(None, 0.0);
        assert_eq!(drift.rate(), 0.0);
    }

    #[test]
    fn what_was_found_stays_while_nobody_speaks() {
        let mut room = Room::default();
        let known = room.follow(1e-4, 10.0, 0.0, 1.0);
        (0..1_000).for_each(|_| room.drift.step(None, room.sooner));
        assert_eq!(room.drift.rate(), known);
        let wild = (0..100_000).fold(Drift::default(), |mut drift, step| {
            drift.step(Some(step as f32 * 0.5), 0.0);
            drift
        });
        assert!(wild.rate().abs() <= MOST);
    }
}
