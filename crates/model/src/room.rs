//! What people do together in a room, in words that any protocol can fill.

use crate::{ParticipantId, TrackSource};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One of the eight pictures that are thrown into the room for three seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Reaction {
    ThumbsUp,
    ThumbsDown,
    Clapping,
    Heart,
    Laughing,
    Surprised,
    Party,
    Thanks,
}

impl Reaction {
    pub const ALL: [Self; 8] = [
        Self::ThumbsUp,
        Self::ThumbsDown,
        Self::Clapping,
        Self::Heart,
        Self::Laughing,
        Self::Surprised,
        Self::Party,
        Self::Thanks,
    ];
}

/// Who comes in without being let in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AccessLevel {
    /// Everybody who has the link.
    #[default]
    Public,
    /// Everybody who is signed in; guests wait.
    Trusted,
    /// Members only; all others wait.
    Restricted,
}

/// What a room lets its members do, and who comes in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RoomSettings {
    /// `None`: the server does not say.
    pub access: Option<AccessLevel>,
    /// What members may publish; `None`: everything that the server allows.
    pub sources: Option<Vec<TrackSource>>,
    /// Members may mute each other.
    pub everyone_can_mute: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RecordingMode {
    /// Picture and sound.
    Screen,
    /// What is said, as text.
    Transcript,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum RecordingPhase {
    #[default]
    Off,
    Starting,
    Running,
    /// Over, and being stored.
    Saving,
    /// Broken off by the server.
    Failed,
}

/// Whether the room is being recorded, as the server says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RecordingView {
    pub phase: RecordingPhase,
    /// `None` while off, and where the server does not say.
    pub mode: Option<RecordingMode>,
}

/// Somebody before the door, as a moderator sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct WaiterView {
    /// Their id at the door; not that of a participant.
    pub id: ParticipantId,
    pub name: String,
    pub color: Option<String>,
}

/// We are before the door.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LobbyView {
    /// Signing in would open the door.
    pub sign_in_opens: bool,
    /// The server does not want to be asked for so many seconds.
    pub throttled_seconds: Option<u32>,
    /// The server does not answer for now; our place is kept.
    pub lost: bool,
}

/// How a room is reached, for an invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct InvitationView {
    /// The link, as it is sent.
    pub link: String,
    /// International form, as the server writes it.
    pub phone: Option<String>,
    /// Digits only.
    pub pin: Option<String>,
}

/// A reaction that is on screen now; the engine takes it away after three seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReactionView {
    /// Differs from all others of the meeting.
    pub id: u32,
    /// `None`: we.
    pub from: Option<ParticipantId>,
    pub name: String,
    pub reaction: Reaction,
}

/// What was said, as text; a segment grows until it is finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct CaptionView {
    pub id: String,
    pub speaker: Option<ParticipantId>,
    pub name: String,
    pub text: String,
    /// As the server says it, a tag of BCP 47; empty where it does not.
    pub language: String,
    pub finished: bool,
    /// Unix milliseconds of the first word's coming.
    #[ts(type = "number")]
    pub at: u64,
}

/// Whether captions run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum CaptionsState {
    #[default]
    Off,
    Starting,
    On,
    /// Asked for and granted, but nothing in the room writes them.
    Unwritten,
}

/// What people do together beyond media and messages; one value, small, replaced whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct TogetherView {
    pub settings: RoomSettings,
    pub recording: RecordingView,
    pub captions: CaptionsState,
    /// Who waits at the door, in the order of their coming; moderators only.
    pub waiting: Vec<WaiterView>,
    pub reactions: Vec<ReactionView>,
    pub invitation: Option<InvitationView>,
    /// What was asked of the room and is not answered yet, by name of the command.
    pub pending: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reaction_is_there_once() {
        let names: std::collections::BTreeSet<_> = Reaction::ALL.iter().collect();
        assert_eq!(names.len(), Reaction::ALL.len());
    }
}
