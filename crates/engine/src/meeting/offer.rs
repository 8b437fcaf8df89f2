//! A link that comes from outside while the application runs.

use super::*;

/// A meeting that waits for the person's word.
#[derive(Clone, Debug)]
pub(super) struct Offer {
    pub(super) text: String,
    pub(super) direct: bool,
    pub(super) microphone_off: bool,
    pub(super) camera_off: bool,
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
                self.state.edit().offered = Some(found.link.view());
                self.offered = Some(offer);
            }
            Err(error) => self.refuse_link(error, &offer.text),
        }
    }

    pub(super) fn take_offer(&mut self) {
        self.state.edit().offered = None;
        let Some(offer) = self.offered.take() else { return };
        // The goodbye is said while the other meeting opens.
        if let Some(call) = &self.call {
            call.net.room(RoomCommand::Leave);
        }
        // Home, whatever comes of the other link.
        self.go_home();
        self.follow_offer(&offer);
    }

    pub(super) fn refuse_offer(&mut self) {
        self.state.edit().offered = None;
        self.offered = None;
    }

    fn follow_offer(&mut self, offer: &Offer) {
        let me = &mut self.state.edit().me;
        me.microphone_on &= !offer.microphone_off;
        me.camera_on &= !offer.camera_off;
        // Into what this link leads to, and into nothing that was open before.
        if self.open_link(&offer.text) && offer.direct {
            self.join();
        }
    }
}

fn same_meeting(one: &MeetingLink, other: &MeetingLink) -> bool {
    (&one.host, &one.room) == (&other.host, &other.room)
}
