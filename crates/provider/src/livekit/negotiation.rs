//! Offers of the publishing peer connection: one at a time, the last one counts.

use std::time::Duration;
use visavis_media::MediaTime;

/// Changes within this time share one offer (LiveKit's own clients wait as long).
const DEBOUNCE: Duration = Duration::from_millis(20);
/// The server gives up after the same time.
const ANSWER_DUE: Duration = Duration::from_secs(15);

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing, or later.
    Wait,
    /// Have an offer made.
    Offer { restart: bool },
    /// No answer came in time.
    GiveUp,
}

#[derive(Debug, Default)]
pub(super) struct Negotiation {
    /// Offers that the peer connection has been asked for and that have not come yet.
    making: u32,
    /// The offer that the server has, and until when its answer is due.
    pending: Option<(u32, MediaTime)>,
    /// Something changed while an offer was on its way.
    again: bool,
    debounce: Option<MediaTime>,
    last_id: u32,
    begun: bool,
}

impl Negotiation {
    /// True since the first offer: from then on the peer connection has to come up.
    pub(super) fn begun(&self) -> bool {
        self.begun
    }

    /// Something changed; an offer follows soon.
    pub(super) fn want(&mut self, now: MediaTime) {
        if self.busy() {
            self.again = true;
        } else if self.debounce.is_none() {
            self.debounce = Some(now + DEBOUNCE);
        }
    }

    /// Something changed that cannot wait.
    pub(super) fn want_now(&mut self) -> Step {
        if self.busy() {
            self.again = true;
            return Step::Wait;
        }
        self.make(false)
    }

    /// New ICE credentials, whatever is on its way: its answer will never come, or no longer counts.
    pub(super) fn restart(&mut self) -> Step {
        self.pending = None;
        self.make(true)
    }

    fn make(&mut self, restart: bool) -> Step {
        self.begun = true;
        self.debounce = None;
        self.again = false;
        self.making = self.making.saturating_add(1);
        Step::Offer { restart }
    }

    fn busy(&self) -> bool {
        self.making > 0 || self.pending.is_some()
    }

    /// An offer has been made: the id to send it under, or `None` where a newer one is being made.
    pub(super) fn made(&mut self, now: MediaTime) -> Option<u32> {
        if self.making == 0 {
            return None;
        }
        self.making -= 1;
        if self.making > 0 {
            return None;
        }
        self.last_id = self.last_id.wrapping_add(1).max(1);
        self.pending = Some((self.last_id, now + ANSWER_DUE));
        Some(self.last_id)
    }

    /// An answer came. `None`: to no offer that counts. Servers before ids answer with 0.
    pub(super) fn answered(&mut self, id: u32) -> Option<Step> {
        let (pending, _) = self.pending?;
        if (id != 0 && id != pending) || self.making > 0 {
            return None;
        }
        self.pending = None;
        Some(if self.again { self.make(false) } else { Step::Wait })
    }

    /// The connection to the server is gone: so are the answers. A restart follows the resumption.
    pub(super) fn interrupted(&mut self) {
        self.pending = None;
        self.debounce = None;
    }

    pub(super) fn due(&self) -> Option<MediaTime> {
        let answer = self.pending.map(|(_, due)| due);
        [self.debounce, answer].into_iter().flatten().min()
    }

    pub(super) fn timeout(&mut self, now: MediaTime) -> Step {
        if self.pending.is_some_and(|(_, due)| due <= now) {
            self.pending = None;
            return Step::GiveUp;
        }
        if self.debounce.is_some_and(|due| due <= now) {
            self.debounce = None;
            return self.want_now();
        }
        Step::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER: Step = Step::Offer { restart: false };

    #[test]
    fn changes_within_the_debounce_share_an_offer() {
        let mut negotiation = Negotiation::default();
        negotiation.want(MediaTime::ZERO);
        negotiation.want(MediaTime::from_millis(15));
        assert_eq!(negotiation.due(), Some(MediaTime::from_millis(20)));
        assert_eq!(negotiation.timeout(MediaTime::from_millis(19)), Step::Wait);
        assert_eq!(negotiation.timeout(MediaTime::from_millis(20)), OFFER);
        assert_eq!(negotiation.due(), None);
    }

    #[test]
    fn a_change_during_an_offer_follows_its_answer() {
        let mut negotiation = Negotiation::default();
        assert_eq!(negotiation.want_now(), OFFER);
        negotiation.want(MediaTime::ZERO);
        assert_eq!(negotiation.made(MediaTime::ZERO), Some(1));
        assert_eq!(negotiation.answered(1), Some(OFFER));
        assert_eq!(negotiation.made(MediaTime::ZERO), Some(2));
        assert_eq!(negotiation.answered(1), None);
        assert_eq!(negotiation.answered(2), Some(Step::Wait));
        assert_eq!(negotiation.answered(2), None);
    }

    #[test]
    fn a_restart_replaces_what_is_on_its_way() {
        let mut negotiation = Negotiation::default();
        negotiation.want_now();
        assert_eq!(negotiation.restart(), Step::Offer { restart: true });
        assert_eq!(negotiation.made(MediaTime::ZERO), None);
        assert_eq!(negotiation.made(MediaTime::ZERO), Some(1));
        assert_eq!(negotiation.answered(0), Some(Step::Wait));
    }

    #[test]
    fn an_answer_is_not_waited_for_for_ever() {
        let mut negotiation = Negotiation::default();
        negotiation.want_now();
        negotiation.made(MediaTime::ZERO);
        assert_eq!(negotiation.due(), Some(MediaTime::from_millis(15_000)));
        assert_eq!(negotiation.timeout(MediaTime::from_millis(15_000)), Step::GiveUp);
        assert_eq!(negotiation.due(), None);
    }
}
