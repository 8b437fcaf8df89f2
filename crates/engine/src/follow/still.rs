//! A device that was open and stands still, or fails beside another one: pure.

use super::{Use, is_usable};
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{DeviceId, DeviceKind, DeviceView};

/// Whether what stands still is given up for another one at once: nobody is to miss more than that. Where the other one
/// is no help, the first is waited for, because it may answer again. `known`: another one that does not answer already. `is_private`: the
/// room would hear what one person heard, or their microphone be turned off.
pub fn gives_way(still: &DeviceView, known: Option<&DeviceId>, list: &[DeviceView], is_private: bool) -> bool {
    let dead: Vec<DeviceId> = known.into_iter().chain([&still.id]).cloned().collect();
    !is_private && list.iter().any(|one| is_usable(one, still.kind, &dead))
}

/// What stood still so long ago has nothing to do with what it does now.
const LATELY: Duration = Duration::from_secs(120);

/// How often the device that stood still last did so of late. One that pauses again and again would throw the call to and fro.
#[derive(Clone, Debug, Default)]
pub struct Stood {
    last: Option<(DeviceId, MediaTime)>,
    times: usize,
}

impl Stood {
    pub fn add(&mut self, device: &DeviceId, now: MediaTime) {
        let again = self.last.as_ref().is_some_and(|(last, at)| last == device && now.since(*at) < LATELY);
        self.times = if again { self.times + 1 } else { 1 };
        self.last = Some((device.clone(), now));
    }

    /// How long it is left alone once another one is heard in its place: `shortest` the first time.
    pub fn rest(&self, shortest: Duration) -> Duration {
        let later = [5, 20, 60].map(Duration::from_secs);
        match self.times {
            0 | 1 => shortest,
            times => later[(times - 2).min(later.len() - 1)],
        }
    }
}

impl Use {
    /// Whether what is told of a device is of another one than that which is asked for: of what was open before, or was asked for before.
    pub fn is_elsewhere(&self, device: Option<&DeviceId>) -> bool {
        match self {
            Self::Idle => device.is_some(),
            Self::Opening { device: asked, .. } => asked.as_ref() != device,
            Self::Open(_) | Self::Failed { .. } => false,
        }
    }

    /// What was open stands still and is being opened again: that is its second try. Where another one is wanted, that one is tried on.
    pub fn again(&self, device: &DeviceId, now: MediaTime) -> Self {
        match self {
            Self::Failed { device: other, .. } if other.as_ref() != Some(device) => self.clone(),
            _ => Self::Opening { device: Some(device.clone()), since: now },
        }
    }

    /// Whether what has opened is not the one that is asked for, or tried again: that one is not given up for it.
    pub fn goes_on(&self, opened: &DeviceId, kind: DeviceKind, list: &[DeviceView]) -> bool {
        let is_other = |asked: &DeviceId| asked.as_str().contains(':') && asked != opened;
        match self {
            Self::Opening { device: Some(asked), .. } => is_other(asked),
            Self::Failed { device: Some(failed), .. } => {
                // What is not there went since, and is told late.
                is_other(failed) && list.iter().any(|one| one.id == *opened && is_usable(one, kind, &[]))
            }
            _ => false,
        }
    }

    /// The device that is wanted, does not answer, and is not being tried at the moment.
    pub fn failed(&self) -> Option<&DeviceId> {
        match self {
            Self::Failed { device, .. } => device.as_ref(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::device;
    use super::*;
    use crate::follow::{Meanwhile, Step};
    use visavis_model::DeviceState;

    const NOW: MediaTime = MediaTime::ZERO;

    fn loudspeaker(id: &str) -> DeviceView {
        device(DeviceKind::Loudspeaker, id)
    }

    #[test]
    fn what_stands_still_gives_way_where_another_one_is_heard() {
        let (a, b, c) = (loudspeaker("a"), loudspeaker("b"), loudspeaker("c"));
        let list = [a.clone(), b.clone()];
        assert!(gives_way(&a, None, &list, false));
        assert!(!gives_way(&a, None, &list[..1], false) && !gives_way(&a, None, &list, true));
        // An empty jack is no other one, nor is what is known to be dead.
        let empty = DeviceView { state: DeviceState::Unplugged, ..b.clone() };
        assert!(!gives_way(&a, None, &[a.clone(), empty], false));
        assert!(!gives_way(&a, Some(&b.id), &list, false));
        assert!(gives_way(&a, Some(&b.id), &[a.clone(), b.clone(), c], false));
    }

    #[test]
    fn what_pauses_again_and_again_is_left_alone_for_longer() {
        let shortest = Duration::from_millis(700);
        let mut stood = Stood::default();
        let mut rest_after = |device: &str, seconds: i64| {
            stood.add(&device.into(), MediaTime::from_millis(seconds * 1000));
            stood.rest(shortest).as_millis()
        };
        assert_eq!(
            [0, 10, 20, 50, 120, 190].map(|at| rest_after("a", at)),
            [700, 5000, 20_000, 60_000, 60_000, 60_000]
        );
        assert_eq!((rest_after("a", 320), rest_after("a", 321), rest_after("b", 322)), (700, 5000, 700));
        assert_eq!(Stood::default().rest(shortest), shortest);
    }

    #[test]
    fn what_is_being_opened_again_is_not_opened_twice() {
        let (a, b) = (DeviceId::from("a"), DeviceId::from("b"));
        let again = Use::Open(a.clone()).again(&a, NOW);
        assert_eq!(again, Use::Opening { device: Some(a.clone()), since: NOW });
        assert_eq!(again.step(Some(&a), Meanwhile::Nothing, MediaTime::from_millis(9000)), Step::Stay);
        // The one that is wanted, and failed beside it, is tried on.
        let failed = |device: &DeviceId| Use::Failed { device: Some(device.clone()), again: NOW };
        assert_eq!((failed(&b).again(&a, NOW), failed(&a).again(&a, NOW)), (failed(&b), again));
    }

    #[test]
    fn one_that_is_open_again_takes_no_ones_place() {
        let list = [loudspeaker("x:a"), loudspeaker("x:b")];
        let [a, b] = list.each_ref().map(|one| one.id.clone());
        let of = |usage: &Use, opened: &DeviceId| usage.goes_on(opened, DeviceKind::Loudspeaker, &list);
        for usage in
            [Use::Opening { device: Some(b.clone()), since: NOW }, Use::Failed { device: Some(b.clone()), again: NOW }]
        {
            assert!(of(&usage, &a) && !of(&usage, &b));
        }
        assert!(!of(&Use::Failed { device: Some(b), again: NOW }, &"x:gone".into()));
        // Whatever the system gives, and what is called by a name, may be this one.
        let named = Use::Opening { device: Some("usb".into()), since: NOW };
        assert!(
            !of(&Use::Opening { device: None, since: NOW }, &a) && !of(&named, &a) && !of(&Use::Open(a.clone()), &a)
        );
    }

    #[test]
    fn a_failure_is_of_the_device_that_failed() {
        let (a, b) = (DeviceId::from("a"), DeviceId::from("b"));
        let opening = Use::Opening { device: Some(b.clone()), since: NOW };
        assert!(opening.is_elsewhere(Some(&a)) && !opening.is_elsewhere(Some(&b)) && opening.is_elsewhere(None));
        let given = Use::Opening { device: None, since: NOW };
        assert!(given.is_elsewhere(Some(&a)) && !given.is_elsewhere(None));
        assert!(!Use::Open(a.clone()).is_elsewhere(Some(&a)) && !Use::Idle.is_elsewhere(None));
    }
}
