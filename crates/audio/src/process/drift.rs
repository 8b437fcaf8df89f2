//! How far the clocks of loudspeaker and microphone run apart, from where the echo is found.
//!
//! AEC3 follows an echo that moves by 20 millionths; with 100 it takes twice as many of a voice's tenths of a second beside others as
//! without (measured: `cargo xtask bench audio`). So what is played is read faster or slower until its echo stays where it was: a loop of
//! second order over the lag, damped just enough not to swing (F. Gardner, *Phaselock Techniques*, §2).

use super::likeness::STEPS;

/// Lags are in samples at 12 kHz.
const RATE: f32 = 12_000.0;
/// How fast the loop follows, in radians a second: while it knows nothing, and later.
const QUICK: f32 = 1.5;
const SLOW: f32 = 0.8;
/// Steps (11 ms, in which an echo was found) until it is later, and until what it found is used.
const QUICK_FOR: u32 = 300;
/// From one step to the next a clock moves an echo by a twentieth of a sample; what goes farther is another way through the room.
const STEP: f32 = 0.8;
/// No clock of a sound card is farther off (500 millionths).
const MOST: f32 = 5e-4;
/// From where on it is made good, and where no more: less than this AEC3 follows itself, and the loop is 2 to 4 millionths wrong (measured).
const ON: f32 = 1.5e-5;
const OFF: f32 = 7e-6;

/// The loop. Allocates nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Drift {
    /// Where the loop takes the echo to be, and where it was found last, as if nothing were read faster.
    place: Option<(f32, f32)>,
    /// What was read faster until now, in samples.
    made_good: f32,
    /// What the clocks have been found to differ by.
    known: f32,
    is_on: bool,
    /// Steps in which an echo was found.
    steps: u32,
}

impl Drift {
    /// How much faster what is played is to be read: 1e-4 is a hundred millionths.
    pub fn rate(&self) -> f32 {
        if self.is_on { self.known } else { 0.0 }
    }

    /// The echo this late (samples at 12 kHz), or none that is sure, in one step.
    pub fn step(&mut self, late: Option<f32>) {
        self.made_good += self.rate() * RATE / STEPS;
        let before = self.known * RATE / STEPS;
        let Some(late) = late else {
            if let Some((place, last)) = &mut self.place {
                *place -= before;
                *last -= before;
            }
            return;
        };
        let natural = late - self.made_good;
        let place = match self.place {
            Some((place, last)) if (natural - last).abs() < STEP => place - before,
            // Found again elsewhere: that it moves meanwhile is no error.
            _ => natural,
        };
        self.steps = self.steps.saturating_add(1);
        let follows = if self.steps < QUICK_FOR { QUICK } else { SLOW };
        let error = place - natural;
        self.known = (self.known + follows * follows * error / RATE / STEPS).clamp(-MOST, MOST);
        self.place = Some((place - 2.0 * follows * error / STEPS, natural));
        self.is_on = self.steps > QUICK_FOR && self.known.abs() > if self.is_on { OFF } else { ON };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lets clocks that are `apart` drift for so many seconds, and tells what the loop makes of it.
    fn follow(drift: &mut Drift, apart: f32, seconds: f32, noise: f32) -> f32 {
        let mut lag = 700.0;
        for step in 0..(seconds * STEPS) as usize {
            lag += (drift.rate() - apart) / STEPS * RATE;
            // Up and down, not in step with the loop.
            let wrong = noise * (step as f32 * 2.3).sin();
            drift.step(Some(lag + wrong));
        }
        drift.known
    }

    #[test]
    fn clocks_that_run_apart_are_found_within_seconds() {
        for apart in [1e-4, -1e-4, 3e-4] {
            let mut drift = Drift::default();
            let known = follow(&mut drift, apart, 6.0, 0.2);
            assert!((known - apart).abs() < 2e-5, "{known} of {apart}");
        }
        let mut drift = Drift::default();
        let known = follow(&mut drift, 0.0, 20.0, 0.2);
        assert!(known.abs() < 5e-6, "{known}");
    }

    #[test]
    fn an_echo_found_elsewhere_is_no_drift() {
        let mut drift = Drift::default();
        (0..500).for_each(|step| drift.step(Some(if step % 20 < 10 { 700.0 } else { 820.0 })));
        assert_eq!(drift.rate(), 0.0);
        drift.step(None);
        assert_eq!(drift.rate(), 0.0);
    }

    #[test]
    fn what_was_found_stays_while_nobody_speaks() {
        let mut drift = Drift::default();
        let known = follow(&mut drift, 1e-4, 10.0, 0.0);
        (0..1_000).for_each(|_| drift.step(None));
        assert_eq!(drift.rate(), known);
        let wild = (0..100_000).fold(Drift::default(), |mut drift, step| {
            drift.step(Some(step as f32 * 0.5));
            drift
        });
        assert!(wild.rate().abs() <= MOST);
    }
}
