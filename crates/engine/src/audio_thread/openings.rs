//! Which openings of one kind of device run, and whose answers still count. Pure.

use visavis_media::MediaTime;
use visavis_model::DeviceId;

/// The opening that was asked for last, and beside it that of the device that was open and ended, or stood still. What was given up comes too
/// late.
#[derive(Debug, Default)]
pub struct Openings {
    numbers: u64,
    asked: Option<Opening>,
    again: Option<Opening>,
}

/// A device that is being opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    number: u64,
    /// Which one; `None`: whatever the system gives, or none of the system's.
    pub device: Option<DeviceId>,
    since: MediaTime,
}

impl Openings {
    /// The number of the opening that somebody asks for; an earlier one comes too late. `None`: it is being opened again already, and that one is
    /// waited for.
    pub fn ask(&mut self, device: Option<DeviceId>, now: MediaTime) -> Option<u64> {
        if device.is_some() && self.again.as_ref().is_some_and(|again| again.device == device) {
            self.asked = self.again.take();
            return None;
        }
        let opening = self.opening(device, now);
        let number = opening.number;
        self.asked = Some(opening);
        Some(number)
    }

    /// The number of the opening of what was open, beside that of another one that is asked for. `None`: that is the same one.
    pub fn again(&mut self, device: Option<DeviceId>, now: MediaTime) -> Option<u64> {
        if self.asked.as_ref().is_some_and(|asked| device.is_none() || asked.device == device) {
            return None;
        }
        let opening = self.opening(device, now);
        let number = opening.number;
        self.again = Some(opening);
        Some(number)
    }

    /// Whatever is being opened comes too late.
    pub fn forget(&mut self) {
        (self.asked, self.again) = (None, None);
    }

    /// Since when something is being opened.
    pub fn since(&self) -> Option<MediaTime> {
        self.asked.as_ref().or(self.again.as_ref()).map(|opening| opening.since)
    }

    /// An opening has ended: which one it was, where its answer counts. What was asked for, and is open, makes the other one needless.
    pub fn ended(&mut self, number: u64, is_open: bool) -> Option<Opening> {
        if self.asked.as_ref().is_some_and(|asked| asked.number == number) {
            if is_open {
                self.again = None;
            }
            return self.asked.take();
        }
        self.again.take_if(|again| again.number == number)
    }

    fn opening(&mut self, device: Option<DeviceId>, since: MediaTime) -> Opening {
        self.numbers += 1;
        Opening { number: self.numbers, device, since }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: MediaTime = MediaTime::ZERO;

    fn id(name: &str) -> Option<DeviceId> {
        Some(DeviceId::from(name))
    }

    fn device(ended: Option<Opening>) -> Option<DeviceId> {
        ended.and_then(|opening| opening.device)
    }

    #[test]
    fn what_was_open_comes_back_beside_another_one_that_is_being_opened() {
        let mut openings = Openings::default();
        let b = openings.ask(id("b"), NOW).expect("an opening");
        let a = openings.again(id("a"), NOW).expect("another one");
        assert_eq!(device(openings.ended(a, true)), id("a"));
        // The other one is asked for still, and takes its place, or fails.
        assert_eq!((device(openings.ended(b, false)), openings.since()), (id("b"), None));
    }

    #[test]
    fn what_is_opened_again_is_not_opened_a_second_time() {
        let mut openings = Openings::default();
        let a = openings.again(id("a"), NOW).expect("an opening");
        assert_eq!((openings.ask(id("a"), NOW), openings.again(id("a"), NOW)), (None, None));
        assert_eq!(device(openings.ended(a, false)), id("a"));
        // Whatever the system gives may be another one.
        let a = openings.again(id("a"), NOW).expect("an opening");
        let system = openings.ask(None, NOW).expect("another one");
        assert_eq!(openings.again(None, NOW), None);
        assert!(openings.ended(system, true).is_some());
        assert_eq!(openings.ended(a, true), None, "too late");
    }

    #[test]
    fn what_was_given_up_comes_too_late() {
        let mut openings = Openings::default();
        let first = openings.ask(id("a"), NOW).expect("an opening");
        let second = openings.ask(id("b"), MediaTime::from_millis(5)).expect("another one");
        assert_eq!((openings.ended(first, true), openings.since()), (None, Some(MediaTime::from_millis(5))));
        let again = openings.again(id("a"), NOW).expect("a third one");
        openings.forget();
        assert_eq!((openings.ended(second, true), openings.ended(again, true), openings.since()), (None, None, None));
    }
}
