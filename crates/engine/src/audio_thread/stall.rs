//! A device that is open and gives nothing: its driver hangs. Pure.

use std::time::Duration;
use visavis_media::MediaTime;

/// So long without a sample, and a device has stopped. A sound server that has just woken up takes up to two seconds.
const STOPPED_AFTER: Duration = Duration::from_millis(3000);

/// Whoever looks again so late has stood still as well: the computer slept, or had no time for us.
const SLEPT_AFTER: Duration = Duration::from_millis(2000);

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
}

impl Stall {
    /// True once for each time that nothing came for three seconds.
    pub fn look(&mut self, samples: u64, now: MediaTime) -> bool {
        let slept = now.since(std::mem::replace(&mut self.looked, now)) >= SLEPT_AFTER;
        match self.last {
            Some((count, since)) if count == samples && !slept => {
                let stopped = now.since(since) >= STOPPED_AFTER;
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
        assert!((0..10).all(|second| !stall.look(second as u64 * 48_000, at(second))));
        let still: Vec<bool> = (10..17).map(|second| stall.look(480_000, at(second))).collect();
        assert_eq!(still, [false, false, false, true, false, false, true]);
    }

    #[test]
    fn nothing_has_stopped_while_the_computer_slept() {
        let mut stall = Stall::default();
        let at = |seconds: i64| MediaTime::from_millis(seconds * 1000);
        let looks = [1, 2, 60, 61, 62, 63].map(|second| stall.look(7, at(second)));
        assert_eq!(looks, [false, false, false, false, false, true]);
    }
}
