//! Links that come from outside while the application runs.

use super::*;
use std::collections::VecDeque;
use visavis_model::Link;

/// Links that wait at once; more are not taken.
const MOST_WAITING: usize = 8;

/// What was opened from outside, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) text: String,
    pub(super) direct: bool,
    pub(super) microphone_off: bool,
    pub(super) camera_off: bool,
}

/// Meetings that wait for the person's word, each with its link as it is read: the first is being read, a newer one waits behind it.
#[derive(Debug, Default)]
pub(super) struct Offers(VecDeque<(Offer, Link)>);

impl Offers {
    /// Puts an offer behind all others; one of a meeting that waits already adds nothing.
    fn add(&mut self, offer: Offer, link: Link) {
        let waits = self.0.iter().any(|(_, known)| (&known.host, &known.room) == (&link.host, &link.room));
        if !waits && self.0.len() < MOST_WAITING {
            self.0.push_back((offer, link));
        }
    }

    fn first(&self) -> Option<&Link> {
        self.0.front().map(|(_, link)| link)
    }
}

impl Meeting {
    pub(super) fn offer(&mut self, offer: Offer) {
        if let Some(path) = crate::calendar::calendar_file(&offer.text) {
            return self.open_calendar_file(path, offer);
        }
        if self.call.is_none() {
            return self.follow_offer(&offer);
        }
        match self.destination(&offer.text).map(|destination| match destination {
            Destination::Here(meeting) => Ok(meeting.found),
            Destination::Elsewhere(foreign) => Err(foreign),
        }) {
            Ok(Err(foreign)) => self.set_elsewhere(Some(&foreign), true),
            // The meeting that is open already.
            Ok(Ok(found)) if self.opened.as_ref().is_some_and(|opened| same_meeting(&opened.link, &found.link)) => {}
            Ok(Ok(found)) => {
                let link = self.link_to_read(&found.link);
                self.offers.add(offer, link);
                self.ask_offer();
            }
            Err(error) => self.refuse_link(error, &offer.text),
        }
    }

    /// Shows the first offer, where there is a meeting that it would end.
    pub(super) fn ask_offer(&mut self) {
        self.state.edit().offered = self.offers.first().filter(|_| self.call.is_some()).cloned();
    }

    pub(super) fn take_offer(&mut self) {
        let mut offers = std::mem::take(&mut self.offers);
        let Some((offer, _)) = offers.0.pop_front() else { return };
        // The goodbye is said while the other meeting opens.
        if let Some(call) = &self.call {
            call.net.room(RoomCommand::Leave);
        }
        // Home, whatever comes of the other link.
        self.go_home();
        // Those behind are asked about in the meeting that this one leads to.
        self.offers = offers;
        self.follow_offer(&offer);
    }

    pub(super) fn refuse_offer(&mut self) {
        self.offers.0.pop_front();
        self.ask_offer();
    }

    pub(super) fn forget_offers(&mut self) {
        self.offers = Offers::default();
        self.ask_offer();
    }

    /// Another file is opened: what was said and asked about links and files before is over.
    pub(super) fn forget_what_was_said(&mut self) {
        let in_call = self.call.is_some();
        let (over, stay): (Vec<_>, Vec<_>) =
            self.state.view().issues.iter().cloned().partition(|issue| is_of_opened(issue.code, in_call));
        if !over.is_empty() {
            self.state.edit().issues = stay;
        }
        // A question goes with what it would have led to.
        if over.iter().any(|issue| issue.code == IssueCode::ServerUnknown) {
            self.asked_about = None;
        }
        if over.iter().any(|issue| issue.code == IssueCode::ServerMoved) {
            self.moved_to = None;
        }
        if !in_call && self.state.view().elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.asked) {
            self.set_elsewhere(None, false);
        }
    }

    /// What follows a meeting shows no issue: what is said of a link or a file is read at home.
    pub(super) fn go_where_it_is_read(&mut self) {
        if matches!(self.state.view().phase, Phase::Ended { .. } | Phase::Failed { .. }) {
            self.go_home();
        }
    }

    fn follow_offer(&mut self, offer: &Offer) {
        // What leads elsewhere asks in a dialog of its own, over any view.
        if !matches!(self.destination(&offer.text), Ok(Destination::Elsewhere(_))) {
            self.go_where_it_is_read();
        }
        let me = &mut self.state.edit().me;
        me.microphone_on &= !offer.microphone_off;
        me.camera_on &= !offer.camera_off;
        // Into what this link leads to, and into nothing that was open before.
        if self.open_link(&offer.text) && offer.direct {
            self.join();
        }
    }
}

/// Whether it speaks of what was opened, or of the way there. A call's own way is none of it.
fn is_of_opened(code: IssueCode, in_call: bool) -> bool {
    match code {
        IssueCode::LinkUnknown | IssueCode::CalendarFileUnreadable | IssueCode::CalendarFileNoLink => true,
        // It speaks of an account.
        IssueCode::SessionExpired => false,
        _ => {
            let areas = ["VIS-JOIN-", "VIS-NET-", "VIS-SRV-", "VIS-INT-"];
            !in_call && areas.iter().any(|area| code.text().starts_with(area))
        }
    }
}

fn same_meeting(one: &MeetingLink, other: &MeetingLink) -> bool {
    (&one.host, &one.room) == (&other.host, &other.room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use visavis_model::LinkKind;

    fn offer(room: &str) -> (Offer, Link) {
        let link =
            Link { kind: LinkKind::Visio, host: "a.example".into(), room: room.into(), secure: true, given_name: None };
        (Offer { text: room.into(), direct: false, microphone_off: false, camera_off: false }, link)
    }

    #[test]
    fn a_newer_offer_waits_behind_the_one_that_is_read() {
        let mut offers = Offers::default();
        for room in ["first", "second", "first"] {
            let (offer, link) = offer(room);
            offers.add(offer, link);
        }
        assert_eq!(offers.first().map(|link| link.room.as_str()), Some("first"));
        assert_eq!(offers.0.len(), 2, "the same meeting is asked about once");
        for number in 0..100 {
            let (offer, link) = offer(&number.to_string());
            offers.add(offer, link);
        }
        assert_eq!(offers.0.len(), MOST_WAITING);
    }

    #[test]
    fn another_file_ends_what_was_said_of_links_and_files_and_nothing_else() {
        use IssueCode::*;
        for (code, at_home, in_call) in [
            (LinkUnknown, true, true),
            (CalendarFileUnreadable, true, true),
            (CalendarFileNoLink, true, true),
            (ServerUnknown, true, false),
            (ServerMoved, true, false),
            (ServerNotAllowed, true, false),
            (ProxyAuthentication, true, false),
            (SessionExpired, false, false),
            (SignInFailed, false, false),
            (Reconnecting, false, false),
            (MicrophoneBusy, false, false),
            (ActionRefused, false, false),
        ] {
            assert_eq!((is_of_opened(code, false), is_of_opened(code, true)), (at_home, in_call), "{code:?}");
        }
    }
}
