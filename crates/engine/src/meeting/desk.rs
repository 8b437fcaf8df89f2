//! What happens to the computer itself: its screen is locked, it has slept.

use super::*;

/// What the system tells of the person's session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskEvent {
    /// Nobody sits there any more, or nobody else is to.
    Locked,
    /// The computer has slept, for however long.
    Woke,
    /// Keys that work while another program is looked at were given, or not.
    Keys(visavis_model::GlobalKeys),
}

impl Meeting {
    pub(super) fn desk_event(&mut self, event: DeskEvent) {
        match event {
            DeskEvent::Locked => self.locked(),
            DeskEvent::Keys(keys) => self.state.edit().global_keys = keys,
            DeskEvent::Woke => {
                // What the server thinks of us by now is found out at once, not by waiting for an answer that does not come.
                if let Some(call) = self.call.as_ref().filter(|call| call.connected) {
                    call.net.room(RoomCommand::NetworkChanged);
                }
            }
        }
    }

    /// Whoever walks away is not heard, where they want that; they turn the microphone on again themselves. Nor is who waits at the door: it
    /// may open meanwhile.
    fn locked(&mut self) {
        let wanted = self.state.view().settings.mute_on_lock;
        if !wanted || !self.has_place() || !self.state.view().me.microphone_on {
            return;
        }
        self.state.edit().me.microphone_on = false;
        self.apply_microphone();
        self.issue(Issue::new(IssueCode::MutedByLock));
    }
}
