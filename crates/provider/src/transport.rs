//! What a session asks of its peer connections, and what it hears from them.

use crate::Secret;
use bytes::Bytes;
use visavis_model::{Codec, MediaKind, Quality, TrackId};

/// One peer connection; a number is never used twice in a session (a full reconnection makes new ones).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(pub u32);

/// Which way media flows: decides codecs, header extensions and interceptors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PeerRole {
    /// We offer and send.
    Publish,
    /// The server offers and we receive.
    Subscribe,
}

/// A data channel's label.
pub type ChannelLabel = String;

#[derive(Clone, Debug)]
pub struct PeerConfig {
    pub role: PeerRole,
    /// As announced: the engine contacts only those that the link's host and the policy allow.
    pub ice_servers: Vec<IceServer>,
    pub relay_only: bool,
}

#[derive(Clone, Debug)]
pub struct IceServer {
    pub urls: Vec<String>,
    pub username: String,
    pub credential: Secret,
}

/// A track to send. `layers` empty: one encoding without a rid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SenderConfig {
    /// The engine's id of the own track.
    pub track: TrackId,
    /// Second token of `a=msid`: what the server knows the track by before it has an id.
    pub cid: String,
    /// First token of `a=msid`: tracks of one stream are kept in step.
    pub stream: String,
    pub kind: MediaKind,
    pub codec: Codec,
    pub layers: Vec<Quality>,
}

#[derive(Clone, Debug)]
pub enum TransportOperation {
    Create {
        peer: PeerId,
        config: PeerConfig,
    },
    /// Other ICE servers for what is gathered from now on; what is connected stays. One that cannot be used is left out.
    Configure {
        peer: PeerId,
        config: PeerConfig,
    },
    Close {
        peer: PeerId,
    },
    /// Make and set an offer; answered by [`TransportEvent::LocalDescription`]. `restart`: with new ICE credentials.
    Offer {
        peer: PeerId,
        restart: bool,
    },
    /// Set the remote offer, make and set the answer; `tracks` are the ids of its media sections by mid.
    AcceptOffer {
        peer: PeerId,
        sdp: String,
        id: u32,
        tracks: Vec<(String, TrackId)>,
    },
    AcceptAnswer {
        peer: PeerId,
        sdp: String,
    },
    /// `candidate` is a JSON `RTCIceCandidateInit`. Early ones wait for the remote description.
    AddCandidate {
        peer: PeerId,
        candidate: String,
    },
    AddSender {
        peer: PeerId,
        sender: SenderConfig,
    },
    RemoveSender {
        peer: PeerId,
        track: TrackId,
    },
    /// `max_retransmits` `None`: reliable.
    OpenChannel {
        peer: PeerId,
        label: ChannelLabel,
        ordered: bool,
        max_retransmits: Option<u16>,
    },
    SendChannel {
        peer: PeerId,
        label: ChannelLabel,
        data: Bytes,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DescriptionKind {
    Offer,
    Answer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerState {
    New,
    Connecting,
    Connected,
    Disconnected,
    Failed,
    Closed,
}

/// Which operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationKind {
    Create,
    Offer,
    AcceptOffer,
    AcceptAnswer,
    AddCandidate,
    AddSender,
    RemoveSender,
    OpenChannel,
    SendChannel,
}

#[derive(Clone, Debug)]
pub enum TransportEvent {
    /// `id` repeats [`TransportOperation::AcceptOffer`]'s for answers.
    LocalDescription {
        peer: PeerId,
        kind: DescriptionKind,
        sdp: String,
        id: Option<u32>,
    },
    /// A JSON `RTCIceCandidateInit`, to be trickled.
    Candidate {
        peer: PeerId,
        candidate: String,
    },
    State {
        peer: PeerId,
        state: PeerState,
    },
    ChannelOpened {
        peer: PeerId,
        label: ChannelLabel,
    },
    ChannelMessage {
        peer: PeerId,
        label: ChannelLabel,
        data: Bytes,
    },
    /// `cause` is for diagnosis, never shown.
    Failed {
        peer: PeerId,
        operation: OperationKind,
        cause: String,
    },
}
