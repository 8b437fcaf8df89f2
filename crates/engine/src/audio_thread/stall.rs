//! A device that is open and gives nothing: its driver hangs. Pure.

use std::time::{Duration, SystemTime};
use visavis_media::MediaTime;

/// So long without a sample, and a device has stopped. A sound server that has just woken up takes up to two seconds.
const STOPPED_AFTER: Duration = Duration::from_millis(3000);

/// The same where it had begun when it counted as open: nobody is to miss more than about a second. Looked at four times a second.
const BEGUN_STOPPED_AFTER: Duration = Duration::from_millis(900);

/// The count of an open device's samples, as it goes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stall {
    /// The count, and when it was first seen.
    last: Option<(u64, MediaTime)>,
    looked: MediaTime,
}

/// Both devices'.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stalls {
    pub microphone: Stall,
    pub loudspeaker: Stall,
    pub sleep: Sleep,
}

/// So long after a sleep a device may take to wake up, too.
const WAKING: Duration = Duration::from_secs(5);

/// When the computer slept last. Linux' own clock of a process stands still meanwhile, and the wall's does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sleep {
    last: Option<(SystemTime, MediaTime)>,
    woke: Option<MediaTime>,
}

impl Sleep {
    /// Whether devices may be waking up yet. To be asked a few times a second; a wall's clock that is set is taken for a sleep.
    pub fn look(&mut self, wall: SystemTime, now: MediaTime) -> bool {
        if let Some((wall_before, before)) = self.last.replace((wall, now)) {
            let passed = wall.duration_since(wall_before).unwrap_or_default();
            if passed > now.since(before) + Duration::from_secs(1) {
                self.woke = Some(now);
            }
        }
        self.woke.is_some_and(|woke| now.since(woke) < WAKING)
    }
}

impl Stall {
    /// True once for each time that nothing came for so long. `has_begun`: it gave sound, or took it, when it counted as open.
    pub fn look(&mut self, samples: u64, has_begun: bool, now: MediaTime) -> bool {
        let patience = if has_begun { BEGUN_STOPPED_AFTER } else { STOPPED_AFTER };
        // Whoever looks again so late has stood still as well: the computer slept, or had no time for us.
        let slept = now.since(std::mem::replace(&mut self.looked, now)) >= patience / 2;
        match self.last {
            Some((count, since)) if count == samples && !slept => {
                let stopped = now.since(since) >= patience;
                if stopped {
                    self.last = Some((samples, now));
                }
                stopped
            }
            _ => {
                self.last = Some((samples, now));
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_still_has_stopped() {
        let mut stall = Stall::default();
        let at = |seconds: i64| MediaTime::from_millis(seconds * 1000);
        assert!((0..10).all(|second| !stall.look(second as u64 * 48_000, false, at(second))));
        let still: Vec<bool> = (10..17).map(|second| stall.look(480_000, false, at(second))).collect();
        assert_eq!(still, [false, false, false, true, false, false, true]);
    }

    #[test]
    fn nothing_has_stopped_while_the_computer_slept() {
        let mut stall = Stall::default();
        let at = |seconds: i64| MediaTime::from_millis(seconds * 1000);
        let looks = [1, 2, 60, 61, 62, 63].map(|second| stall.look(7, false, at(second)));
        assert_eq!(looks, [false, false, false, false, false, true]);
    }

    #[test]
    fn a_sleep_that_this_process_does_not_see_is_told_by_the_wall() {
        let mut sleep = Sleep::default();
        let mut look = |wall: u64, millis| {
            sleep.look(SystemTime::UNIX_EPOCH + Duration::from_millis(wall), MediaTime::from_millis(millis))
        };
        assert!(!look(0, 0) && !look(300, 250) && !look(600, 500));
        assert!(look(3_600_000, 750), "an hour with the lid closed");
        assert!(look(3_604_000, 4750));
        assert!(!look(3_606_000, 6750) && !look(1000, 7000), "a clock that is put back is none");
    }

    #[test]
    fn one_that_had_begun_has_stopped_within_a_second() {
        let mut stall = Stall::default();
        let mut stopped = |samples, millis| stall.look(samples, true, MediaTime::from_millis(millis));
        assert!(!stopped(1, 0));
        let looks = [250, 500, 750, 1000, 1250].map(|millis| stopped(1, millis));
        assert_eq!(looks, [false, false, false, true, false]);
        // A machine that had no time for us had none for the device.
        let looks = [2500, 2750, 3000, 3250, 3500].map(|millis| stopped(1, millis));
        assert_eq!(looks, [false, false, false, false, true]);
    }
}
