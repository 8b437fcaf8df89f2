//! What people do to the room and to each other, beyond media and messages.

use crate::SocketCause;
use thiserror::Error;
use visavis_model::{AccessLevel, ParticipantId, Reaction, RecordingMode, Role, TrackSource};

/// Chosen by who asks; [`crate::RoomEvent::ActionDone`] repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(pub u32);

/// Something to be done that a server (or nobody but the others) has to agree to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Our own hand.
    RaiseHand(bool),
    /// Our own name.
    Rename(String),
    React(Reaction),

    /// Let in who waits; ids of [`visavis_model::WaiterView`].
    Admit(ParticipantId),
    Refuse(ParticipantId),
    AdmitAll,

    Mute {
        participant: ParticipantId,
        source: TrackSource,
    },
    /// Every microphone but ours.
    MuteAll,
    LowerHand(ParticipantId),
    LowerAllHands,
    /// `Owner` cannot be given.
    SetRole {
        participant: ParticipantId,
        role: Role,
    },
    RenameOther {
        participant: ParticipantId,
        name: String,
    },
    /// What a participant may publish.
    SetSources {
        participant: ParticipantId,
        sources: Vec<TrackSource>,
    },
    Remove(ParticipantId),

    Configure(SettingsChange),
    StartRecording {
        mode: RecordingMode,
        /// Of the transcript: `fr`, …
        language: Option<String>,
        /// A transcript beside the picture.
        transcribe: bool,
    },
    StopRecording,
    /// Ask the moderators to record.
    AskForRecording(RecordingMode),
    StartCaptions,
    /// By mail.
    Invite(Vec<String>),
}

/// What is to become different of [`visavis_model::RoomSettings`]; `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    pub access: Option<AccessLevel>,
    pub sources: Option<Vec<TrackSource>>,
    pub everyone_can_mute: Option<bool>,
}

/// Why an action came to nothing.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ActionError {
    #[error("this kind of server cannot do that")]
    Unsupported,
    #[error("there is no meeting in which to do it")]
    NotInMeeting,
    #[error("we lack the right")]
    NotAllowed,
    #[error("only somebody who is signed in may do that, and we are not, or not any more")]
    SignedOut,
    #[error("the person, the track or the recording is not there")]
    Gone,
    #[error("the person has no account, and it takes one")]
    NoAccount,
    #[error("it is in conflict with what runs already")]
    Conflict,
    #[error("the server does not accept the value")]
    Invalid,
    #[error("the server wants to be asked again in {seconds} s")]
    Throttled { seconds: u32 },
    #[error("the server failed at it")]
    Failed,
    #[error("the server answered something that is not the protocol")]
    Nonsense,
    #[error("the server could not be reached")]
    Unreachable,
    #[error("the server did not answer in time; it may have been done")]
    Timeout,
    #[error("too much of it at once")]
    TooMany,
}

/// What a request that got no answer is for who asked.
impl From<SocketCause> for ActionError {
    fn from(cause: SocketCause) -> Self {
        match cause {
            SocketCause::Timeout => Self::Timeout,
            SocketCause::Nonsense => Self::Nonsense,
            _ => Self::Unreachable,
        }
    }
}

/// Something that happened to us or to the room, to be said once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Who muted us, as they say themselves; [`crate::RoomEvent::MutedByOther`] came before.
    MutedBy(ParticipantId),
    /// What we may not publish any more.
    RightsRemoved(Vec<TrackSource>),
    /// What we may publish again.
    RightsGiven(Vec<TrackSource>),
    RoleChanged(Role),
    /// We were taken to the room of this name; who is there is told with [`crate::RoomEvent::Joined`].
    Moved(String),
    /// A moderator says so; [`crate::RoomEvent::Recording`] is the truth.
    RecordingStarted {
        mode: RecordingMode,
        by: ParticipantId,
    },
    RecordingStopped {
        mode: RecordingMode,
        by: ParticipantId,
    },
    /// Somebody asks us, a moderator, to record.
    RecordingRequested {
        mode: RecordingMode,
        by: ParticipantId,
    },
    /// The server ended a recording at its longest.
    LimitReached(RecordingMode),
    /// Somebody new waits at the door; [`crate::RoomEvent::Waiting`] follows.
    SomebodyWaits,
    /// The sign-in is over; the meeting goes on, with what guests may do.
    SignedOut,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    pub name: String,
    pub email: String,
}
