//! Whether what is played comes back into the microphone at all: with a headset it does not.
//!
//! AEC3 learns from echo alone. Where there is none, it takes whoever speaks beside others for their echo: for 2.5 s at least, and for
//! nine more with some voices, it took 57 % of theirs (measured: `cargo xtask bench audio`). What is alike by chance is so at another lag each
//! time, so that a third of a second tells: with a headset 0.02 to 0.11 of the sound is like what is played, beside an echo that is 12 dB
//! fainter than the voice 0.1 to 0.4, and in an echo alone 0.6 to 0.85.

use super::likeness::Match;

/// How much of the mean stays with each step: a third of a second.
pub(super) const KEPT: f32 = 0.97;
/// From so much on there is an echo, and under so much there is none.
const THERE: f32 = 0.25;
const NONE: f32 = 0.12;
/// Steps (11 ms) in which both sides are heard, after which the mean says something.
const FIRST: u32 = 24;
/// Steps in a row without an echo where nothing is known, and where there was one: whoever speaks loudly beside it may hide it.
const SOON: u32 = 3;
const LATE: u32 = 190;

/// Decides from what [`super::likeness::Likeness`] finds.
#[derive(Debug, Default)]
pub(super) struct Presence {
    state: State,
    /// Steps since the beginning, and those in a row without an echo.
    steps: u32,
    without: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum State {
    #[default]
    Unknown,
    There,
    Absent,
}

impl Presence {
    /// Nothing that is played is heard: the canceller has nothing to do.
    pub fn is_absent(&self) -> bool {
        self.state == State::Absent
    }

    /// Both sides are heard, and so much of the one is in the other.
    pub fn step(&mut self, found: Match) {
        self.steps = self.steps.saturating_add(1);
        if self.steps < FIRST {
            return;
        }
        self.without = if found.steady < NONE { self.without.saturating_add(1) } else { 0 };
        let needed = if self.state == State::There { LATE } else { SOON };
        if found.steady > THERE {
            self.state = State::There;
        } else if self.without >= needed {
            self.state = State::Absent;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(presence: &mut Presence, steps: u32, steady: f32) -> State {
        (0..steps).for_each(|_| presence.step(Match { lag: 7, share: 0.5, steady, steady_lag: 7 }));
        presence.state
    }

    #[test]
    fn the_first_moments_say_nothing() {
        let mut presence = Presence::default();
        assert_eq!(after(&mut presence, FIRST - 1, 0.9), State::Unknown);
        assert_eq!(after(&mut presence, 1, 0.9), State::There);
        let mut presence = Presence::default();
        assert_eq!(after(&mut presence, FIRST + SOON - 2, 0.05), State::Unknown);
        assert_eq!(after(&mut presence, 1, 0.05), State::Absent);
    }

    #[test]
    fn an_echo_that_was_there_is_not_forgotten_while_somebody_speaks_loudly() {
        let mut presence = Presence::default();
        assert_eq!(after(&mut presence, 50, 0.7), State::There);
        assert_eq!(after(&mut presence, LATE - 1, 0.1), State::There);
        assert_eq!(after(&mut presence, 1, 0.2), State::There);
        assert_eq!(after(&mut presence, LATE - 1, 0.1), State::There);
        assert_eq!(after(&mut presence, 1, 0.1), State::Absent);
    }

    #[test]
    fn a_headset_that_is_taken_off_is_noticed_at_once() {
        let mut presence = Presence::default();
        assert_eq!(after(&mut presence, 50, 0.05), State::Absent);
        assert_eq!(after(&mut presence, 30, 0.2), State::Absent);
        assert_eq!(after(&mut presence, 1, 0.26), State::There);
        assert!(!presence.is_absent());
    }
}
