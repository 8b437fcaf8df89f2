//! What a key that is pressed elsewhere asks for. Pure.

use std::time::Duration;
use visavis_model::Command;

/// What one of the keys is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Microphone,
    Talk,
}

impl Key {
    pub const ALL: [Self; 2] = [Self::Microphone, Self::Talk];

    /// How the portal calls it, for good: what a person chose is kept under it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Microphone => "microphone",
            Self::Talk => "talk",
        }
    }

    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.id() == id)
    }
}

/// A key that stays down is told again and again by some systems, and some never tell that it is up: there half a second is the usual
/// delay before the first time.
const REPEATS_WITHIN: Duration = Duration::from_secs(1);
/// Where it was told that a key is up, it stays down until then, however late it begins to repeat; but for a word that got lost.
const LOST_AFTER: Duration = Duration::from_secs(10);

/// Which keys are down, by what is told of them.
#[derive(Debug, Default)]
pub struct Presses {
    /// When each was told last, where it was not told to be up since.
    down: [Option<Duration>; 2],
    /// The system tells when keys are up.
    tells_up: bool,
}

impl Presses {
    /// The key goes down at `at`, by any clock that only goes forward.
    pub fn down(&mut self, key: Key, at: Duration) -> Option<Command> {
        let before = self.down[key as usize].replace(at);
        let within = if self.tells_up { LOST_AFTER } else { REPEATS_WITHIN };
        let repeats = before.is_some_and(|before| at.saturating_sub(before) < within);
        match key {
            _ if repeats => None,
            Key::Microphone => Some(Command::ToggleMicrophone),
            Key::Talk => Some(Command::Talk { on: true }),
        }
    }

    pub fn up(&mut self, key: Key) -> Option<Command> {
        self.tells_up = true;
        let was_down = self.down[key as usize].take().is_some();
        (was_down && key == Key::Talk).then_some(Command::Talk { on: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn one_key_turns_over_and_the_other_is_held() {
        let mut presses = Presses::default();
        assert_eq!(presses.down(Key::Microphone, at(0)), Some(Command::ToggleMicrophone));
        assert_eq!(presses.up(Key::Microphone), None);
        assert_eq!(presses.down(Key::Microphone, at(50)), Some(Command::ToggleMicrophone), "somebody is quick");
        assert_eq!(presses.down(Key::Talk, at(60)), Some(Command::Talk { on: true }));
        assert_eq!(presses.up(Key::Talk), Some(Command::Talk { on: false }));
        assert_eq!(presses.up(Key::Talk), None);
    }

    #[test]
    fn a_key_that_stays_down_is_pressed_once() {
        let mut presses = Presses::default();
        assert_eq!(presses.down(Key::Microphone, at(0)), Some(Command::ToggleMicrophone));
        for millis in (600..3000).step_by(40) {
            assert_eq!(presses.down(Key::Microphone, at(millis)), None);
        }
        assert_eq!(
            presses.down(Key::Microphone, at(5000)),
            Some(Command::ToggleMicrophone),
            "nobody told that it was up"
        );
    }

    #[test]
    fn a_key_that_repeats_late_is_pressed_once_where_its_end_is_told() {
        let mut presses = Presses::default();
        assert!(presses.down(Key::Microphone, at(0)).is_some() && presses.up(Key::Microphone).is_none());
        assert_eq!(presses.down(Key::Microphone, at(3000)), Some(Command::ToggleMicrophone));
        assert_eq!(presses.down(Key::Microphone, at(5000)), None, "somebody needs two seconds");
        assert_eq!(presses.down(Key::Microphone, at(16_000)), Some(Command::ToggleMicrophone), "a word got lost");
    }

    #[test]
    fn keys_have_names_of_their_own() {
        assert_eq!(Key::ALL.map(|key| Key::of(key.id())), Key::ALL.map(Some));
        assert_eq!(Key::of("camera"), None);
    }
}
