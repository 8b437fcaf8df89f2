//! How the snapshot changes: keyed upserts, at most 30 batches a second.

use crate::{
    CaptionView, Devices, DoctorView, Elsewhere, GlobalKeys, HomeView, Issue, Link, LiveTextView, LocalView, Message,
    ParticipantId, ParticipantView, Phase, PolicyView, RoomView, Settings, SharingView, Snapshot, TogetherView,
    TrackId, WindowChoices,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One upsert. Each replaces a whole keyed value, so the last one wins and order between keys is free.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "key", content = "value")]
#[ts(export)]
pub enum Patch {
    Phase(Phase),
    Recognised(Option<Link>),
    Elsewhere(Option<Elsewhere>),
    Offered(Option<Link>),
    Room(RoomView),
    Me(LocalView),
    Participant(ParticipantView),
    ParticipantGone(ParticipantId),
    Devices(Devices),
    Issues(Vec<Issue>),
    /// Added, or edited where the id is known.
    Message(Message),
    /// The meeting is over: forget its messages.
    MessagesGone(()),
    LiveText(LiveTextView),
    Together(TogetherView),
    /// Added, or grown where the id is known.
    Caption(CaptionView),
    /// The meeting is over: forget what was said.
    CaptionsGone(()),
    Home(HomeView),
    ShareWindow(bool),
    Sharing(SharingView),
    Policy(PolicyView),
    Window(WindowChoices),
    Settings(Box<Settings>),
    GlobalKeys(GlobalKeys),
    Doctor(DoctorView),
}

/// Patches that lead from revision `from` to `to`. A reader whose revision is not `from` subscribes again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Batch {
    #[ts(type = "number")]
    pub from: u64,
    #[ts(type = "number")]
    pub to: u64,
    pub patches: Vec<Patch>,
}

/// Loudness at 20 Hz, lossy; never part of the snapshot. 0 is silence, 255 is 0 dBov.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Levels {
    pub own: u8,
    pub tracks: Vec<(TrackId, u8)>,
}

/// Applies a batch; returns false, and changes nothing, where the batch does not follow the snapshot.
pub fn apply(snapshot: &mut Snapshot, batch: &Batch) -> bool {
    if batch.from != snapshot.revision {
        return false;
    }
    for patch in &batch.patches {
        match patch.clone() {
            Patch::Phase(phase) => snapshot.phase = phase,
            Patch::Recognised(link) => snapshot.recognised = link,
            Patch::Elsewhere(elsewhere) => snapshot.elsewhere = elsewhere,
            Patch::Offered(link) => snapshot.offered = link,
            Patch::Room(room) => snapshot.room = room,
            Patch::Me(me) => snapshot.me = me,
            Patch::Participant(participant) => {
                snapshot.participants.insert(participant.id.clone(), participant);
            }
            Patch::ParticipantGone(id) => {
                snapshot.participants.remove(&id);
            }
            Patch::Devices(devices) => snapshot.devices = devices,
            Patch::Issues(issues) => snapshot.issues = issues,
            Patch::Message(message) => {
                match snapshot
                    .messages
                    .iter_mut()
                    .find(|known| known.id == message.id && known.author == message.author)
                {
                    Some(known) => *known = message,
                    None => snapshot.messages.push(message),
                }
            }
            Patch::MessagesGone(()) => snapshot.messages.clear(),
            Patch::LiveText(live) => snapshot.live_text = live,
            Patch::Together(together) => snapshot.together = together,
            Patch::Caption(caption) => match snapshot.captions.iter_mut().rev().find(|known| known.id == caption.id) {
                Some(known) => *known = caption,
                None => snapshot.captions.push(caption),
            },
            Patch::CaptionsGone(()) => snapshot.captions.clear(),
            Patch::Home(home) => snapshot.home = home,
            Patch::ShareWindow(open) => snapshot.share_window = open,
            Patch::Sharing(sharing) => snapshot.sharing = sharing,
            Patch::Policy(policy) => snapshot.policy = policy,
            Patch::Window(choices) => snapshot.window = choices,
            Patch::Settings(settings) => snapshot.settings = *settings,
            Patch::GlobalKeys(keys) => snapshot.global_keys = keys,
            Patch::Doctor(doctor) => snapshot.doctor = doctor,
        }
    }
    snapshot.revision = batch.to;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_that_does_not_follow_changes_nothing() {
        let mut snapshot = Snapshot::default();
        let batch = Batch { from: 3, to: 4, patches: vec![Patch::Phase(Phase::Home)] };
        let before = snapshot.clone();
        assert!(!apply(&mut snapshot, &batch));
        assert_eq!(snapshot, before);
    }

    #[test]
    fn an_edited_message_replaces_its_first_form() {
        let mut snapshot = Snapshot::default();
        let message = |text: &str| Message {
            id: "1".into(),
            author: Some("a".into()),
            author_name: "A".into(),
            own: false,
            text: text.into(),
            at: 0,
            edited: false,
            sending: Default::default(),
        };
        for (from, text) in [(0, "one"), (1, "two")] {
            assert!(apply(&mut snapshot, &Batch { from, to: from + 1, patches: vec![Patch::Message(message(text))] }));
        }
        assert_eq!(snapshot.messages.len(), 1);
        assert_eq!(snapshot.messages[0].text, "two");
    }
}
