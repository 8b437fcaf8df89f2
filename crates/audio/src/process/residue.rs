//! Takes down what the canceller leaves of an echo.
//!
//! Where the room moves (a laptop that is turned, a loudspeaker turned up), where the echo is late, or the clocks drift apart, AEC3 lets some of
//! it through for a tenth of a second to several (measured: `cargo xtask bench audio`). What is sent and is like what was played, at one lag, is
//! such a rest: 0.25 to 0.5 of it is, and of a voice in the room 0.05 to 0.2. What a loudspeaker has bent is like nothing; but where the
//! microphone hears the echo alone, all that is sent is its rest. So the rest goes 20 dB down, and a voice, alone or beside others, loses 0.1 dB.

use super::likeness::Likeness;
use visavis_media::AudioBlock;

/// From so much on it is an echo's rest, until it is less than that.
const REST: f32 = 0.27;
const NONE: f32 = 0.2;
/// So little of the last moment, at that lag, and somebody has begun to speak.
const NOW: f32 = 0.2;
/// How much of the mean stays with each step: a tenth of a second.
const KEPT: f32 = 0.9;
/// Steps (11 ms) until that mean says something.
const FIRST: u32 = 6;
/// Mean square under which nobody is disturbed (−60 dBFS).
const HEARD: f32 = 1e-6;
/// What is taken down is 20 dB down; how much the gain goes down in one sample (2 ms in all), and comes up (50 ms).
const LEFT: f32 = 0.1;
const DOWN: f32 = 1.0 / 96.0;
const UP: f32 = 1.0 / 2_400.0;

/// Stands behind the canceller. Allocates when made, not when used.
pub(super) struct Residue {
    likeness: Likeness,
    steps: u32,
    is_rest: bool,
    gain: f32,
}

impl Residue {
    pub fn new() -> Self {
        Self { likeness: Likeness::new(KEPT), steps: 0, is_rest: false, gain: 1.0 }
    }

    pub fn played(&mut self, far: &AudioBlock) {
        self.likeness.played(far);
    }

    /// Works on what the canceller has left. `plays`: what was played may still be heard; `alone`: nothing else was recorded.
    pub fn sent(&mut self, sent: &mut AudioBlock, plays: bool, alone: bool) {
        let wanted = plays && sent.rms().powi(2) > HEARD;
        if let Some(found) = self.likeness.recorded(sent, wanted) {
            self.steps = self.steps.saturating_add(1);
            let now = self.likeness.share_at(found.steady_lag);
            let least = if self.is_rest { NONE } else { REST };
            self.is_rest = self.steps >= FIRST && found.steady > least && now > NOW;
        }
        self.is_rest &= wanted;
        let goes_down = self.is_rest || alone;
        if !goes_down && self.gain >= 1.0 {
            return;
        }
        for sample in &mut sent.0 {
            self.gain = if goes_down { (self.gain - DOWN).max(LEFT) } else { (self.gain + UP).min(1.0) };
            *sample *= self.gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signal::Speech;

    /// How much is left, in dB, of what the canceller sent in ten seconds.
    fn left(leaks: impl Fn(&[AudioBlock], &AudioBlock) -> AudioBlock) -> f32 {
        let (mut residue, mut far, mut near) = (Residue::new(), Speech::new(11), Speech::new(23));
        let mut played = Vec::new();
        let (mut before, mut after) = (0.0, 0.0);
        for block in 0..1_000 {
            played.push(far.block(0.5));
            residue.played(&played[block]);
            let mut sent = leaks(&played, &near.block(0.2));
            before += sent.rms().powi(2);
            residue.sent(&mut sent, true, false);
            after += sent.rms().powi(2);
        }
        10.0 * (after / before).log10()
    }

    fn echo(played: &[AudioBlock], delay: usize) -> AudioBlock {
        played.len().checked_sub(delay + 1).map_or(AudioBlock::SILENCE, |block| {
            let mut echo = played[block];
            echo.0.iter_mut().for_each(|sample| *sample *= 0.05);
            echo
        })
    }

    #[test]
    fn what_is_left_of_an_echo_goes_down() {
        for delay in [2, 8, 25] {
            let left = left(|played, _| echo(played, delay));
            assert!(left < -15.0, "{left} dB at {delay}0 ms");
        }
    }

    #[test]
    fn a_voice_in_the_room_stays_alone_and_beside_what_is_left() {
        let alone = left(|_, near| *near);
        let both = left(|played, near| {
            let echo = echo(played, 6);
            AudioBlock(std::array::from_fn(|at| near.0[at] + echo.0[at]))
        });
        assert!(alone > -0.3 && both > -2.5, "{alone} and {both} dB");
    }

    #[test]
    fn nothing_is_taken_down_where_nothing_is_played() {
        let (mut residue, mut speech) = (Residue::new(), Speech::new(11));
        for _ in 0..300 {
            let said = speech.block(0.3);
            let mut sent = said;
            residue.played(&said);
            residue.sent(&mut sent, false, false);
            assert_eq!(sent, said);
        }
    }
}
