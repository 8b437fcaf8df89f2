//! Devices that were opened in vain while nothing else is heard: others are tried before them.

use super::{Cause, is_usable};
use visavis_media::MediaTime;
use visavis_model::{DeviceId, DeviceKind, DeviceView};

/// Those of one kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dead {
    devices: Vec<DeviceId>,
    /// The one that failed before the others, while it is there: of that one alone it is told.
    first: Option<DeviceId>,
    /// Another one is open in their place: they are left alone until then, so that it can be told.
    until: Option<MediaTime>,
    /// The one of which it was told that it does not answer, and what is heard instead.
    told: Option<DeviceId>,
}

impl Dead {
    /// It did not open, and nothing is open. False where none is left to try: then it begins anew, with all of them.
    pub fn add(&mut self, device: &DeviceId, kind: DeviceKind, list: &[DeviceView]) -> bool {
        if self.is_empty() {
            self.first = Some(device.clone());
        }
        if !self.has(device) {
            self.devices.push(device.clone());
        }
        let is_left = list.iter().any(|one| is_usable(one, kind, &self.devices));
        if !is_left {
            *self = Self::default();
        }
        is_left
    }

    /// Those that are not to be tried now.
    pub fn left_out(&self, is_open: bool, now: MediaTime) -> &[DeviceId] {
        let rest = !is_open || self.until.is_some_and(|until| now < until);
        if rest { &self.devices } else { &[] }
    }

    /// One is open: of these, or another one in their place, which they leave alone until `until`.
    pub fn opened(&mut self, device: Option<&DeviceId>, until: MediaTime) {
        if device.is_none_or(|device| self.has(device)) {
            *self = Self::default();
        } else if !self.is_empty() {
            self.until = Some(until);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// The one that failed before the others: the one that is wanted.
    pub fn first(&self) -> Option<&DeviceId> {
        self.first.as_ref()
    }

    /// What is not there any more is no longer known to be dead.
    pub fn keep_listed(&mut self, kind: DeviceKind, list: &[DeviceView]) {
        self.devices.retain(|device| list.iter().any(|one| one.id == *device && is_usable(one, kind, &[])));
        self.first = self.first.take().filter(|first| self.devices.contains(first));
        self.told = self.told.take().filter(|told| self.devices.contains(told));
        if self.is_empty() {
            *self = Self::default();
        }
    }

    /// Whether it is one of them.
    pub fn has(&self, device: &DeviceId) -> bool {
        self.devices.contains(device)
    }

    /// Everybody has read that it does not answer, and what is heard instead.
    pub fn tell(&mut self, device: &DeviceId) {
        self.told = Some(device.clone());
    }

    /// Whether it is news that this one failed: where its death was told it is not, before another one fails.
    pub fn is_news(&mut self, device: Option<&DeviceId>) -> bool {
        let is_told = self.told.is_some() && self.told.as_ref() == device;
        if !is_told {
            self.told = None;
        }
        !is_told
    }

    /// Why the call goes to a device, where the one before is not gone. `is_open`: the one before is heard.
    pub fn why(&self, device: &DeviceId, is_open: bool, chosen: bool) -> Cause {
        if self.first() == Some(device) {
            Cause::Answers
        } else if !self.is_empty() && !is_open {
            Cause::Dead
        } else if chosen {
            Cause::Back
        } else {
            Cause::System
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::example::device;
    use super::*;
    use crate::follow::target_but;
    use visavis_model::DeviceChoice;

    const KIND: DeviceKind = DeviceKind::Loudspeaker;

    fn loudspeaker(id: &str, is_default: bool) -> DeviceView {
        DeviceView { is_default, ..device(KIND, id) }
    }

    fn at(millis: i64) -> MediaTime {
        MediaTime::from_millis(millis)
    }

    #[test]
    fn where_nothing_is_open_the_others_are_tried_before_the_dead_one() {
        let list = [loudspeaker("b", true), loudspeaker("c", false), loudspeaker("d", false)];
        let wanted = |dead: &Dead, is_open, now| {
            let found = target_but(&DeviceChoice::System, KIND, &list, dead.left_out(is_open, now));
            found.map(|one| one.id.as_str().to_owned())
        };
        let (b, c, d) = (DeviceId::from("b"), DeviceId::from("c"), DeviceId::from("d"));
        let mut dead = Dead::default();
        assert_eq!(wanted(&dead, false, at(0)).as_deref(), Some("b"));
        assert!(dead.add(&b, KIND, &list));
        assert_eq!(wanted(&dead, false, at(0)).as_deref(), Some("c"));
        assert_eq!(dead.why(&c, false, false), Cause::Dead);
        assert!(dead.add(&c, KIND, &list));
        assert_eq!((wanted(&dead, false, at(0)).as_deref(), dead.first()), (Some("d"), Some(&b)));
        // That one answers: it is heard for a while before the one that is wanted is tried beside it.
        dead.opened(Some(&d), at(700));
        assert_eq!(wanted(&dead, true, at(699)).as_deref(), Some("d"));
        assert_eq!(wanted(&dead, true, at(700)).as_deref(), Some("b"));
        assert_eq!(dead.why(&b, true, true), Cause::Answers);
        dead.opened(Some(&b), at(800));
        assert!(dead.is_empty());
        assert_eq!((dead.why(&c, true, false), dead.why(&c, true, true)), (Cause::System, Cause::Back));
    }

    #[test]
    fn only_of_whom_it_was_told_answers_again() {
        let list = [loudspeaker("b", true), loudspeaker("c", false), loudspeaker("d", false)];
        let (b, c) = (DeviceId::from("b"), DeviceId::from("c"));
        let mut dead = Dead::default();
        assert!(dead.add(&b, KIND, &list) && dead.add(&c, KIND, &list));
        assert_eq!((dead.why(&b, true, true), dead.why(&c, true, false)), (Cause::Answers, Cause::System));
        // It goes: it is no longer known to be dead, and the next one is not told of for that.
        dead.keep_listed(KIND, &list[1..]);
        assert_eq!((dead.first(), dead.has(&b), dead.has(&c)), (None, false, true));
        assert_eq!(dead.why(&b, true, true), Cause::Back);
        dead.keep_listed(KIND, &[]);
        assert_eq!(dead, Dead::default());
    }

    #[test]
    fn a_death_is_told_once_while_nothing_changes() {
        let list = [loudspeaker("b", true), loudspeaker("c", false), loudspeaker("d", false)];
        let (b, c) = (DeviceId::from("b"), DeviceId::from("c"));
        let told = || {
            let mut dead = Dead::default();
            assert!(dead.add(&b, KIND, &list) && dead.is_news(Some(&b)));
            dead.tell(&b);
            dead.opened(Some(&c), at(700));
            dead
        };
        // It is tried again and again, in vain.
        let mut dead = told();
        assert!(!dead.is_news(Some(&b)) && !dead.is_news(Some(&b)));
        // Another one fails, or whatever the system gives.
        assert!(dead.is_news(Some(&c)) && dead.is_news(Some(&b)));
        assert!(told().is_news(None));
        // It answers meanwhile, or is plugged in again.
        let mut dead = told();
        dead.opened(Some(&b), at(800));
        assert!(dead.add(&b, KIND, &list) && dead.is_news(Some(&b)));
        let mut dead = told();
        dead.keep_listed(KIND, &list[1..]);
        assert!(dead.is_news(Some(&b)));
    }

    #[test]
    fn where_all_are_dead_it_begins_anew() {
        let list = [loudspeaker("b", true), loudspeaker("c", false)];
        let mut dead = Dead::default();
        assert!(dead.add(&DeviceId::from("b"), KIND, &list));
        assert!(!dead.add(&DeviceId::from("c"), KIND, &list) && dead.is_empty());
        assert!(!dead.add(&DeviceId::from("b"), KIND, &list[..1]) && dead.is_empty());
        // The only other one went meanwhile: what is dead is better than nothing.
        assert!(dead.add(&DeviceId::from("b"), KIND, &list));
        let left = target_but(&DeviceChoice::System, KIND, &list[..1], dead.left_out(false, at(0)));
        assert_eq!(left.map(|one| one.id.as_str()), Some("b"));
    }
}
