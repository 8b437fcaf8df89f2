//! Nobody else is there: a meeting that everybody has left is not kept open for ever.

use super::*;

/// How long somebody is left alone before they are asked, where the server says nothing (interface specification §4.4).
const AFTER: Duration = Duration::from_secs(300);
/// Whoever said to stay is left in peace for so long, whatever the server says.
const AFTER_STAYING: Duration = Duration::from_secs(1800);
/// How long the question stays before the meeting is left.
const UNTIL_LEAVING: Duration = Duration::from_secs(120);

/// How long we have been alone, and what was said of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Alone {
    since: Option<MediaTime>,
    asked_at: Option<MediaTime>,
    /// Somebody was there before.
    had_company: bool,
    /// The person said to stay.
    stays: bool,
    /// Our own end of the meeting, not the person's.
    leaving: bool,
}

/// What is to be done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AloneStep {
    Ask,
    /// Somebody came, or the person stays.
    Unask,
    Leave,
}

impl Alone {
    /// `limit`: what the server says, which counts for whoever waits for the first one too.
    pub(super) fn look(&mut self, others: usize, limit: Option<Duration>, now: MediaTime) -> Option<AloneStep> {
        if others > 0 {
            let asked = self.asked_at.is_some();
            *self = Self { had_company: true, ..Self::default() };
            return asked.then_some(AloneStep::Unask);
        }
        let since = *self.since.get_or_insert(now);
        let after = limit.or(self.had_company.then_some(AFTER))?;
        let after = if self.stays { after.max(AFTER_STAYING) } else { after };
        match self.asked_at {
            None if now.since(since) >= after => {
                self.asked_at = Some(now);
                Some(AloneStep::Ask)
            }
            Some(at) if !self.leaving && now.since(at) >= UNTIL_LEAVING => {
                self.leaving = true;
                Some(AloneStep::Leave)
            }
            _ => None,
        }
    }

    pub(super) fn stay(&mut self, now: MediaTime) {
        *self = Self { since: Some(now), had_company: self.had_company, stays: true, ..Self::default() };
    }

    pub(super) const fn is_leaving(&self) -> bool {
        self.leaving
    }
}

impl Meeting {
    pub(super) fn look_alone(&mut self, now: MediaTime) {
        let others = self.state.view().room.count.saturating_sub(1) as usize;
        if !self.in_meeting() {
            return;
        }
        let Some(call) = &mut self.call else { return };
        match call.alone.look(others, call.alone_after, now) {
            None => {}
            Some(AloneStep::Ask) => {
                let seconds = UNTIL_LEAVING.as_secs().to_string();
                self.issue(Issue::new(IssueCode::AloneForLong).with("seconds", seconds));
            }
            Some(AloneStep::Unask) => self.issue_gone(IssueCode::AloneForLong),
            Some(AloneStep::Leave) => self.leave(),
        }
    }

    pub(super) fn stay(&mut self) {
        let now = self.clock.now();
        if let Some(call) = &mut self.call {
            call.alone.stay(now);
        }
        self.issue_gone(IssueCode::AloneForLong);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> MediaTime {
        MediaTime::ZERO + Duration::from_secs(seconds)
    }

    #[test]
    fn whoever_is_left_is_asked_and_then_goes() {
        let mut alone = Alone::default();
        assert_eq!(alone.look(2, None, at(0)), None);
        assert_eq!(alone.look(0, None, at(10)), None);
        assert_eq!(alone.look(0, None, at(309)), None);
        assert_eq!(alone.look(0, None, at(310)), Some(AloneStep::Ask));
        assert_eq!(alone.look(0, None, at(400)), None);
        assert_eq!(alone.look(0, None, at(430)), Some(AloneStep::Leave));
        assert!(alone.is_leaving());
        assert_eq!(alone.look(0, None, at(431)), None, "once");
    }

    #[test]
    fn whoever_stays_is_asked_again_much_later() {
        let mut alone = Alone::default();
        alone.look(1, None, at(0));
        alone.look(0, None, at(1));
        assert_eq!(alone.look(0, None, at(301)), Some(AloneStep::Ask));
        alone.stay(at(330));
        assert_eq!(alone.look(0, Some(Duration::from_secs(20)), at(2129)), None);
        assert_eq!(alone.look(0, None, at(2130)), Some(AloneStep::Ask));
        assert_eq!(alone.look(1, None, at(2140)), Some(AloneStep::Unask), "somebody came");
        assert_eq!(alone.look(0, None, at(2150)), None);
        assert_eq!(alone.look(0, None, at(2450)), Some(AloneStep::Ask), "left again");
    }

    #[test]
    fn the_first_one_waits_as_long_as_the_server_lets_them() {
        let mut alone = Alone::default();
        alone.look(0, None, at(0));
        assert_eq!(alone.look(0, None, at(36_000)), None);
        let limit = Some(Duration::from_secs(60));
        assert_eq!(alone.look(0, limit, at(36_000)), Some(AloneStep::Ask));
        let mut fresh = Alone::default();
        fresh.look(0, limit, at(0));
        assert_eq!(fresh.look(0, limit, at(59)), None);
        assert_eq!(fresh.look(0, limit, at(60)), Some(AloneStep::Ask));
    }
}
