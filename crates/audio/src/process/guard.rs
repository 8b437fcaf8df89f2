//! Keeps echo from the others while the canceller looks for it anew.
//!
//! AEC3 lets an echo whose delay has jumped (a loudspeaker that was buffered anew, a headset that woke) through at full
//! loudness for one to two seconds, because it takes it for a voice in the room (measured: `cargo xtask bench audio`).
//! Whether it is one can be told within a tenth of a second: an echo is what was played, at a lag that is not the old one.
//! Two people who speak at once lose 0 to 2 % of the time to it, with the very same (synthetic) voice as with two.

use super::likeness::{Likeness, Match, STEPS};
use super::presence::{self, Presence};
use visavis_media::AudioBlock;

/// So much of the microphone's sound is what was played: there is an echo.
const ECHO: f32 = 0.55;
/// So little: what was taken for an echo was none.
const NO_ECHO: f32 = 0.3;
/// The canceller has taken out so much (20 dB): it knows this echo.
const CANCELLED: f32 = 0.01;
/// Nobody but the echo is heard: so much of the sound is what was played at one lag, for a third of a second and now, and the canceller has
/// taken out 10 dB. A voice that is 10 dB fainter than the echo beside it is none for the canceller either.
const ALONE: f32 = 0.5;
const ALONE_NOW: f32 = 0.7;
const ALONE_LEFT: f32 = 0.1;
/// So much of the sound is what was played, for a third of a second and now: its lag is the echo's.
const SURE: f32 = 0.3;
/// Steps in a row that a lag has to be cancelled for before it is trusted, and found elsewhere for before it is not.
const TRUSTED_AFTER: u32 = 6;
const SUSPECT_AFTER: u32 = 2;
/// As many for one that has moved, since the canceller finds and loses it several times.
const AGAIN_AFTER: u32 = 90;
/// No more of an echo than this is held back: where the canceller never finds it, a voice is worth more.
const LONGEST_S: f32 = 4.0;
/// So long nothing of a known echo: it may be a headset by now, whose wearer is not to be doubted.
const FORGOTTEN_S: f32 = 4.0;
/// Steps in a row of the old lag, after which the echo is taken to have stayed there.
const BACK_AFTER: u32 = 3;
/// Steps of another sound, in a row, after which it is let through: at its beginning an echo is not told yet.
const OTHER_AFTER: u32 = 12;
/// Mean square under which a sound is silence (−65 dBFS).
const SILENCE: f32 = 3e-7;
/// What is held back is 46 dB down.
const HELD: f32 = 0.005;
/// How much the gain comes up in one sample (150 ms in all) and goes down (2 ms).
const UP: f32 = 1.0 / 7_200.0;
const DOWN: f32 = 1.0 / 96.0;

/// Stands behind the canceller. Allocates when made, not when used.
pub(super) struct Guard {
    likeness: Likeness,
    presence: Presence,
    is_alone: bool,
    /// Of the last match, until it is taken.
    lag: Option<Option<f32>>,
    state: State,
    /// Steps in a row for what the state waits for.
    count: u32,
    /// Where trusted: steps in a row without that echo. Where suspect: steps with an echo.
    steps: f32,
    /// Where the last match was.
    other: usize,
    /// Steps in a row in which the microphone heard something else.
    else_heard: u32,
    /// Steps in a row in which a suspect echo was where it had been before.
    back: u32,
    gain: f32,
    /// Mean square of what was played, as far as it may still be heard.
    far: f32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// No echo is known: a headset, or the beginning.
    Unknown,
    /// The canceller takes out the echo at this lag.
    Trusted(usize),
    /// The echo has moved from one lag `to` another, which the canceller does not know.
    Suspect { from: usize, to: usize },
}

impl Guard {
    pub fn new() -> Self {
        Self {
            likeness: Likeness::new(presence::KEPT),
            presence: Presence::default(),
            is_alone: false,
            lag: None,
            state: State::Unknown,
            count: 0,
            steps: 0.0,
            other: 0,
            else_heard: 0,
            back: 0,
            gain: 1.0,
            far: 0.0,
        }
    }

    pub fn played(&mut self, far: &AudioBlock) {
        // 3 dB down after 340 ms: so late an echo may come.
        self.far = (self.far * 0.98).max(far.rms().powi(2));
        self.likeness.played(far);
    }

    /// Whether what was played may still be heard.
    pub fn plays(&self) -> bool {
        self.far > SILENCE
    }

    /// Whether the echo alone is heard: whatever is sent now is what the canceller has left of it.
    pub fn hears_echo_alone(&self) -> bool {
        self.is_alone
    }

    /// Whether nothing of what is played comes back.
    pub fn is_without_echo(&self) -> bool {
        self.presence.is_absent()
    }

    /// How late the echo is, in samples at 12 kHz, where one is heard for sure; new every 11 ms.
    pub fn take_lag(&mut self) -> Option<Option<f32>> {
        self.lag.take()
    }

    /// The microphone or the loudspeaker is another one: whether there is an echo is open again.
    pub fn moved(&mut self) {
        self.presence = Presence::default();
        self.likeness.forget();
    }

    /// `recorded` went into the canceller and `sent` came out.
    pub fn recorded(&mut self, recorded: &AudioBlock, sent: &mut AudioBlock) {
        let (before, after) = (recorded.rms().powi(2), sent.rms().powi(2));
        let wanted = self.plays() && before > SILENCE;
        if let Some(found) = self.likeness.recorded(recorded, wanted) {
            self.presence.step(found);
            let now = self.likeness.share_at(found.steady_lag);
            self.is_alone = found.steady > ALONE && now > ALONE_NOW && after < before * ALONE_LEFT;
            self.lag = Some((found.steady.min(now) > SURE).then(|| self.likeness.late(found.steady_lag)));
            self.step(found, after < before * CANCELLED);
        }
        self.is_alone &= wanted;
        self.apply(sent);
    }

    /// `cancelled`: the canceller took this sound out.
    fn step(&mut self, found: Match, cancelled: bool) {
        let echo = found.share > ECHO;
        match self.state {
            State::Unknown => {
                let known = echo && cancelled && found.is_at(self.other);
                self.count = if known { self.count + 1 } else { 0 };
                self.other = found.lag;
                if self.count >= TRUSTED_AFTER {
                    self.turn(State::Trusted(found.lag));
                }
            }
            State::Trusted(known) => {
                let there = self.likeness.share_at(known);
                self.steps = if there > NO_ECHO { 0.0 } else { self.steps + 1.0 };
                // A voice is like itself one pitch later too, so the known lag may be nearly as good.
                let moved = echo && !found.is_at(known) && there < 0.95 * found.share && !cancelled;
                self.count = if !moved {
                    0
                } else if found.is_at(self.other) {
                    self.count + 1
                } else {
                    1
                };
                self.other = found.lag;
                if self.count >= SUSPECT_AFTER {
                    self.turn(State::Suspect { from: known, to: found.lag });
                } else if self.steps > FORGOTTEN_S * STEPS {
                    self.turn(State::Unknown);
                }
            }
            State::Suspect { from, to } => {
                if echo {
                    let known = cancelled && found.is_at(self.other);
                    self.count = if known { self.count + 1 } else { 0 };
                    self.other = found.lag;
                    self.steps += 1.0;
                }
                self.else_heard = if self.likeness.share_at(to) > NO_ECHO { 0 } else { self.else_heard + 1 };
                self.back = if echo && found.is_at(from) { self.back + 1 } else { 0 };
                if self.back >= BACK_AFTER {
                    // It never went: a voice was like what was played, for a moment.
                    self.turn(State::Trusted(from));
                } else if self.count >= AGAIN_AFTER || self.steps > LONGEST_S * STEPS {
                    self.turn(State::Trusted(if self.count > 0 { found.lag } else { to }));
                }
            }
        }
    }

    fn turn(&mut self, state: State) {
        (self.state, self.count, self.steps, self.else_heard, self.back) = (state, 0, 0.0, 0, 0);
    }

    /// True where an echo that the canceller does not know is in the microphone. Where nothing was played there is none.
    pub fn holds(&self) -> bool {
        matches!(self.state, State::Suspect { .. }) && self.else_heard < OTHER_AFTER && self.plays()
    }

    fn apply(&mut self, sent: &mut AudioBlock) {
        let holds = self.holds();
        if !holds && self.gain >= 1.0 {
            return;
        }
        for sample in &mut sent.0 {
            self.gain = if holds { (self.gain - DOWN).max(HELD) } else { (self.gain + UP).min(1.0) };
            *sample *= self.gain;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::signal::Speech;

    /// Seconds in which the guard held something back, of a microphone that hears `heard`; the canceller takes out what is
    /// at `known` blocks.
    fn held(seconds: usize, known: usize, heard: impl Fn(usize, &[AudioBlock], &AudioBlock) -> AudioBlock) -> Vec<f32> {
        let (mut guard, mut far, mut near) = (Guard::new(), Speech::new(11), Speech::new(23));
        let mut played = Vec::new();
        let mut held = vec![0.0; seconds];
        for block in 0..seconds * 100 {
            played.push(far.block(0.5));
            guard.played(played.last().expect("just pushed"));
            let recorded = heard(block, &played, &near.block(0.2));
            let cancels = played.get(block.wrapping_sub(known)).is_some_and(|echo| echo.0[17] == recorded.0[17]);
            let mut sent = if cancels { AudioBlock::SILENCE } else { recorded };
            guard.recorded(&recorded, &mut sent);
            held[block / 100] += f32::from(u8::from(guard.holds())) / 100.0;
        }
        held
    }

    fn at(block: usize, played: &[AudioBlock], delay: usize) -> AudioBlock {
        block.checked_sub(delay).map_or(AudioBlock::SILENCE, |block| played[block])
    }

    #[test]
    fn an_echo_that_moves_is_held_back_and_not_for_ever() {
        let held = held(11, 6, |block, played, _| at(block, played, if block < 300 { 6 } else { 18 }));
        assert_eq!(held[..3], [0.0; 3]);
        assert!(held[3] > 0.6 && held[4] > 0.6, "{held:?}");
        assert_eq!(held[10], 0.0, "the canceller never found it, and the microphone is heard again");
    }

    #[test]
    fn an_echo_that_never_went_is_trusted_again_at_once() {
        let moves = |block: usize| if (300..330).contains(&block) { 18 } else { 6 };
        let held = held(8, 6, |block, played, _| at(block, played, moves(block)));
        assert!(held[3] > 0.1 && held[3] < 0.6, "{held:?}");
        assert_eq!(held[4..], [0.0; 4]);
    }

    #[test]
    fn whoever_speaks_after_the_others_have_stopped_is_heard() {
        // The echo moves, nothing is played any more, and seconds of silence later somebody speaks in the room.
        let (mut guard, mut far, mut near) = (Guard::new(), Speech::new(11), Speech::new(23));
        let mut played = Vec::new();
        let mut last = 0.0;
        for block in 0..1_600 {
            played.push(if block < 340 { far.block(0.5) } else { AudioBlock::SILENCE });
            guard.played(&played[block]);
            let recorded = match block {
                0..300 => at(block, &played, 6),
                300..350 => at(block, &played, 18),
                350..1_400 => AudioBlock::SILENCE,
                _ => near.block(0.2),
            };
            let mut sent = if block < 300 { AudioBlock::SILENCE } else { recorded };
            guard.recorded(&recorded, &mut sent);
            assert!(block != 345 || guard.holds(), "the echo is held back first");
            last = if recorded.rms() > 0.01 { sent.rms() / recorded.rms() } else { last };
        }
        assert_eq!(last, 1.0);
    }

    #[test]
    fn a_voice_in_the_room_is_not_held_back() {
        let both = |block: usize, played: &[AudioBlock], near: &AudioBlock| {
            let echo = at(block, played, 6);
            AudioBlock(std::array::from_fn(|index| 0.4 * echo.0[index] + near.0[index]))
        };
        let alone = |block, played: &[AudioBlock], near: &AudioBlock| {
            // First a loudspeaker, then a headset.
            if block < 300 { at(block, played, 6) } else { *near }
        };
        assert!(held(9, 6, both).iter().sum::<f32>() < 0.1);
        assert!(held(12, 6, alone).iter().sum::<f32>() < 0.2);
    }
}
