//! Whether what is shared moves, as a film does, or changes now and then, as text does: pure.

use std::time::Duration;
use visavis_media::MediaTime;

/// Screens full of new pixels a second from which on it may be a film: a quarter of the picture at 24 pictures.
const MOVES_FROM: f32 = 5.0;
/// Below this it is none any more.
const STILL_BELOW: f32 = 2.0;
/// A page that is scrolled or a window that is dragged is no film: it lasts at least so long.
const CONVINCED_AFTER: Duration = Duration::from_millis(2000);
/// How quickly the mean forgets.
const MEMORY: f32 = 1.0;

/// Follows how much changes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Movement {
    /// Screens a second.
    rate: f32,
    last: Option<MediaTime>,
    /// Since when it has looked like the other kind.
    other_since: Option<MediaTime>,
    moving: bool,
}

impl Movement {
    /// A picture came of which so many thousandths are new (0: none came, time has passed). Gives whether it moves.
    pub fn changed(&mut self, per_mille: u32, now: MediaTime) -> bool {
        let seconds = self.last.map_or(0.0, |last| now.since(last).as_secs_f32());
        self.last = Some(now);
        self.rate = self.rate * (-seconds / MEMORY).exp() + per_mille as f32 / 1000.0 / MEMORY;
        let other = if self.moving { self.rate < STILL_BELOW } else { self.rate > MOVES_FROM };
        if !other {
            self.other_since = None;
        } else if now.since(*self.other_since.get_or_insert(now)) >= CONVINCED_AFTER {
            self.moving = !self.moving;
            self.other_since = None;
        }
        self.moving
    }

    pub const fn is_moving(&self) -> bool {
        self.moving
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many pictures a second, of which so much is new, for so long; from `from` milliseconds on.
    fn play(movement: &mut Movement, from: i64, fps: i64, per_mille: u32, seconds: i64) -> i64 {
        for number in 0..fps * seconds {
            movement.changed(per_mille, MediaTime::from_millis(from + number * 1000 / fps));
        }
        from + seconds * 1000
    }

    #[test]
    fn a_film_moves_and_typing_does_not() {
        let mut movement = Movement::default();
        let at = play(&mut movement, 0, 15, 4, 10);
        assert!(!movement.is_moving(), "typing");
        let at = play(&mut movement, at, 15, 1000, 1);
        assert!(!movement.is_moving(), "one second of scrolling");
        let at = play(&mut movement, at + 1500, 15, 1000, 4);
        assert!(movement.is_moving(), "a film");
        let at = play(&mut movement, at, 30, 250, 2);
        assert!(movement.is_moving(), "a smaller one");
        play(&mut movement, at, 5, 5, 6);
        assert!(!movement.is_moving(), "text again");
    }

    #[test]
    fn what_stands_still_is_no_film_any_more() {
        let mut movement = Movement::default();
        let at = play(&mut movement, 0, 30, 1000, 5);
        assert!(movement.is_moving());
        play(&mut movement, at, 2, 0, 8);
        assert!(!movement.is_moving());
    }
}
