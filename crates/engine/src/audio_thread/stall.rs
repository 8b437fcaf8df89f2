//! A device that is open and gives nothing: its driver hangs. Pure.

use std::time::{Duration, SystemTime};
use visavis_media::MediaTime;

/// So long without a sample, and a device has stopped. A sound server that has just woken up takes up to two seconds.
const STOPPED_AFTER: Duration = Duration::from_millis(3000);

/// The same where it had begun when it counted as open, and its server answers: nobody is to miss more than a second.
const BEGUN_STOPPED_AFTER: Duration = Duration::from_millis(600);

/// What a server that answers has given by then to all of its streams.
const SETTLES: Duration = Duration::from_millis(40);

/// A server that takes longer for its answer stood still itself. Usual: a millisecond.
const PROMPT: Duration = Duration::from_millis(200);

/// The count of an open device's samples, as it goes. To be looked at some twenty times a second.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stall {
    /// The count, and when it was first seen.
    last: Option<(u64, MediaTime)>,
    looked: MediaTime,
    doubt: Doubt,
}

/// Whether the device stands still, or all of its server: that one may have had no time, and then no other device would be any better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Doubt {
    #[default]
    None,
    Asked,
    Answered(MediaTime),
}

/// What a look at a device shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gait {
    Goes,
    /// Its server is to be asked whether it is there; [`Stall::server_answers`] is told once it is.
    Doubtful,
    /// Told once for each time. `alone`: as far as is known its server does not stand still with it.
    Stopped {
        alone: bool,
    },
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
    /// `has_begun`: it gave sound, or took it, when it counted as open.
    pub fn look(&mut self, samples: u64, has_begun: bool, now: MediaTime) -> Gait {
        let patience = if has_begun { BEGUN_STOPPED_AFTER } else { STOPPED_AFTER };
        // Whoever looks again so late has stood still as well: the computer slept, or had no time for us.
        let slept = now.since(std::mem::replace(&mut self.looked, now)) >= patience / 2;
        let still = match self.last {
            Some((count, since)) if count == samples && !slept => now.since(since),
            _ => {
                (self.last, self.doubt) = (Some((samples, now)), Doubt::None);
                return Gait::Goes;
            }
        };
        let answered = matches!(self.doubt, Doubt::Answered(at) if now.since(at) >= SETTLES);
        if still >= STOPPED_AFTER || (still >= patience && answered) {
            let alone = self.doubt != Doubt::Asked;
            (self.last, self.doubt) = (Some((samples, now)), Doubt::None);
            return Gait::Stopped { alone };
        }
        if still >= patience && self.doubt == Doubt::None {
            self.doubt = Doubt::Asked;
            return Gait::Doubtful;
        }
        Gait::Goes
    }

    /// The server of a doubtful device is there: it answered `after` so long.
    pub fn server_answers(&mut self, after: Duration, now: MediaTime) {
        if self.doubt != Doubt::Asked {
            return;
        }
        if after <= PROMPT {
            self.doubt = Doubt::Answered(now);
        } else {
            // The device had no chance until now: its time begins anew.
            self.last = self.last.map(|(count, _)| (count, now));
            self.doubt = Doubt::None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Gait::{Doubtful, Goes};

    const PROMPTLY: Duration = Duration::from_millis(2);
    const ALONE: Gait = Gait::Stopped { alone: true };

    fn at(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    #[test]
    fn only_what_stands_still_has_stopped() {
        let mut stall = Stall::default();
        assert!((0..10).all(|second| stall.look(second as u64 * 48_000, false, at(second * 1000)) == Goes));
        let still: Vec<Gait> = (10..17).map(|second| stall.look(480_000, false, at(second * 1000))).collect();
        assert_eq!(still, [Goes, Goes, Goes, ALONE, Goes, Goes, ALONE]);
    }

    #[test]
    fn nothing_has_stopped_while_the_computer_slept() {
        let mut stall = Stall::default();
        let looks = [1, 2, 60, 61, 62, 63].map(|second| stall.look(7, false, at(second * 1000)));
        assert_eq!(looks, [Goes, Goes, Goes, Goes, Goes, ALONE]);
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
    fn one_that_had_begun_has_stopped_within_a_second_where_its_server_answers() {
        let mut stall = Stall::default();
        let looks = [0, 200, 400, 599, 600, 650].map(|millis| stall.look(1, true, at(millis)));
        assert_eq!(looks, [Goes, Goes, Goes, Goes, Doubtful, Goes]);
        stall.server_answers(PROMPTLY, at(655));
        let looks = [660, 700, 750, 800].map(|millis| stall.look(1, true, at(millis)));
        assert_eq!(looks, [Goes, ALONE, Goes, Goes]);
        // Asked anew the next time.
        let looks = [1000, 1200, 1400].map(|millis| stall.look(1, true, at(millis)));
        assert_eq!(looks, [Goes, Goes, Doubtful]);
    }

    #[test]
    fn a_server_that_had_no_time_is_no_device_that_stands_still() {
        let mut stall = Stall::default();
        let mut looks = |samples, times: std::ops::Range<i64>| -> Vec<Gait> {
            times
                .step_by(100)
                .map(|millis| stall.look(samples, true, at(millis)))
                .filter(|gait| *gait != Goes)
                .collect()
        };
        assert_eq!(looks(1, 0..900), [Doubtful]);
        // It answers, and so does the device: an old answer is nothing in a new doubt.
        assert_eq!(looks(2, 900..1600), [Doubtful]);
        stall.server_answers(PROMPTLY, at(1600));
        assert_eq!(stall.look(3, true, at(1650)), Goes);
        stall.server_answers(PROMPTLY, at(1660));
        let looks = [1800, 2000, 2200, 2300].map(|millis| stall.look(3, true, at(millis)));
        assert_eq!(looks, [Goes, Goes, Goes, Doubtful]);
        // One that never answers has taken all of its devices with it.
        let looks: Vec<Gait> = (24..=48).map(|tenth| stall.look(3, true, at(tenth * 100))).collect();
        assert!(
            looks[..22].iter().all(|gait| *gait == Goes) && looks[23] == (Gait::Stopped { alone: false }),
            "{looks:?}"
        );
    }

    #[test]
    fn after_a_late_answer_the_device_has_all_of_its_time() {
        let mut stall = Stall::default();
        let looks = [0, 200, 400, 600].map(|millis| stall.look(1, true, at(millis)));
        assert_eq!(looks, [Goes, Goes, Goes, Doubtful]);
        stall.look(1, true, at(800));
        stall.server_answers(Duration::from_millis(300), at(900));
        let looks = [1000, 1200, 1450, 1500].map(|millis| stall.look(1, true, at(millis)));
        assert_eq!(looks, [Goes, Goes, Goes, Doubtful]);
        stall.server_answers(PROMPTLY, at(1502));
        assert_eq!(stall.look(1, true, at(1550)), ALONE);
    }

    #[test]
    fn a_machine_that_had_no_time_for_us_had_none_for_the_device() {
        let mut stall = Stall::default();
        let looks = [0, 250, 2500, 2750, 3000, 3100].map(|millis| stall.look(1, true, at(millis)));
        assert_eq!(looks, [Goes, Goes, Goes, Goes, Goes, Doubtful]);
    }
}
