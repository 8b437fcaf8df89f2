//! The server-side place and the people in it, as any protocol tells them.

use std::time::Duration;
use visavis_model::{
    CapabilitySet, Codec, ConnectionQuality, ParticipantId, ParticipantKind, Role, Size, TrackId, TrackSource,
};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomInfo {
    pub name: String,
    pub recording: bool,
    /// As the server keeps it, for the protocols' own extras.
    pub metadata: String,
    pub capabilities: CapabilitySet,
    /// How long somebody may be alone before they are asked whether they stay; `None`: the server does not say.
    pub alone_after: Option<Duration>,
    /// In a meeting of more people one comes in with the microphone off; `None`: the server does not say.
    pub mute_from: Option<u32>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Participant {
    pub id: Option<ParticipantId>,
    pub name: String,
    pub kind: ParticipantKind,
    pub role: Role,
    pub guest: bool,
    pub signed_in: bool,
    pub color: Option<String>,
    /// Unix milliseconds.
    pub joined_at: u64,
    /// As the server writes it (ISO 8601); empty is no hand.
    pub hand_raised_at: String,
    pub quality: ConnectionQuality,
    /// The server still keeps the place of somebody who is not connected.
    pub reconnecting: bool,
    pub publications: Vec<Publication>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Publication {
    pub track: TrackId,
    pub source: TrackSource,
    pub muted: bool,
    pub codec: Option<Codec>,
    pub size: Option<Size>,
    pub simulcast: bool,
}
