//! What is asked of a room, and what is heard from it.

use crate::{
    Account, Action, ActionError, ActionId, CertificateFault, CookieJar, Notice, Participant, ProxyFault, RoomInfo,
};
use bytes::Bytes;
use std::collections::BTreeMap;
use visavis_model::{
    Codec, ConnectionQuality, InvitationView, Layer, LobbyView, ParticipantId, Reaction, RecordingView, RoomSettings,
    Size, TrackId, TrackSource, VideoDemand, WaiterView,
};

/// What the meeting asks. Commands given while the connection is down are kept and follow later, where they still mean something.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomCommand {
    Publish(PublishRequest),
    Unpublish {
        track: TrackId,
    },
    /// Own track: stop (or take up) sending; the publication stays.
    SetMuted {
        track: TrackId,
        muted: bool,
    },
    /// What is wanted of a remote video track; sent only where it changes something.
    Demand {
        track: TrackId,
        demand: VideoDemand,
    },
    /// [`RoomEvent::Sent`] or [`RoomEvent::NotSent`] follows, where the meeting lasts until then.
    SendMessage {
        id: String,
        text: String,
        unix_millis: u64,
    },
    /// A text stream under an id of its own; answered as a message is.
    SendText {
        id: String,
        topic: String,
        text: String,
        attributes: BTreeMap<String, String>,
        unix_millis: u64,
    },
    SendData {
        topic: Option<String>,
        payload: Bytes,
        reliable: bool,
        to: Vec<ParticipantId>,
    },
    /// The machine's network changed: restart ICE.
    NetworkChanged,
    /// Something that [`RoomEvent::ActionDone`] answers.
    Act {
        id: ActionId,
        action: Action,
    },
    /// We are signed in (again) at the meeting's server: what goes with it is ours from now on.
    SignedIn(CookieJar),
    /// Say goodbye; [`RoomEvent::Left`] follows.
    Leave,
}

/// An own track to be published.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishRequest {
    /// The engine's id ([`TrackId::local_camera`], …).
    pub track: TrackId,
    pub source: TrackSource,
    pub codec: Codec,
    /// Full size (video).
    pub size: Size,
    /// Lowest first; one entry or none (audio): a single encoding.
    pub layers: Vec<Layer>,
    pub muted: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionState {
    /// Socket being opened.
    Connecting,
    /// The server let us in; media is on its way.
    Joined,
    /// The peer connection that carries what we receive is connected.
    Connected,
    /// Down; ids and peers are kept.
    Resuming,
    /// Down; everything is made anew.
    Rejoining,
}

/// Why a meeting is over, or did not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeaveCause {
    /// We asked for it.
    Ours,
    OtherDevice,
    Removed,
    RoomEnded,
    ServerShutdown,
    /// The token was refused: wrong, expired, of another room.
    InvitationRefused,
    NoRoom,
    Full,
    VersionTooOld,
    NameUnknown,
    Refused,
    Unreachable,
    Timeout,
    Certificate(CertificateFault),
    /// No safe version or cipher of TLS that both know.
    Encryption,
    /// The proxy does not lead there.
    Proxy(ProxyFault),
    /// The policy does not allow the host.
    Forbidden,
    /// HTTP status of 500 and more.
    ServerDown,
    /// Closed by the server while we were joining.
    ClosedWhileJoining,
    Nonsense,
    /// Was in, lost it, and could not get back in time.
    Lost,
    /// Peer connections could not be connected.
    MediaBlocked,
    /// Those inside do not let us in.
    EntryDenied,
    /// Nobody answered at the door for too long.
    EntryTimeout,
    /// The server is at this root now, which is not asked before somebody says so.
    Moved(url::Url),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatMessage {
    pub id: String,
    /// `None`: ourselves, on another path.
    pub author: Option<ParticipantId>,
    pub text: String,
    pub unix_millis: u64,
    pub edited: bool,
}

/// A piece of captions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub id: String,
    pub speaker: Option<ParticipantId>,
    pub text: String,
    pub language: String,
    pub is_final: bool,
}

/// What the meeting hears.
#[derive(Clone, Debug, PartialEq)]
pub enum RoomEvent {
    Connection(ConnectionState),
    /// We are in; also after a full reconnection, with everything anew.
    Joined {
        room: RoomInfo,
        me: Participant,
        others: Vec<Participant>,
    },
    /// What the room is called, while we are still at its door.
    Named(String),
    RoomChanged(RoomInfo),
    MeChanged(Participant),
    /// New or changed.
    ParticipantChanged(Participant),
    ParticipantLeft(ParticipantId),
    /// A remote track is over: stop its receivers. A track with this id may come again.
    TrackGone(TrackId),
    /// The server knows our track.
    Published {
        track: TrackId,
        server_id: TrackId,
    },
    PublishRefused {
        track: TrackId,
        cause: String,
    },
    /// The first other participant receives our track.
    TrackSubscribed {
        track: TrackId,
    },
    /// Somebody else muted our track: stop sending.
    MutedByOther {
        track: TrackId,
    },
    /// Changes only; level 0 to 1.
    Speakers(Vec<(ParticipantId, bool, f32)>),
    Quality(Vec<(Option<ParticipantId>, ConnectionQuality)>),
    /// The server paused a remote track, or took it up, for want of bandwidth.
    Paused {
        track: TrackId,
        paused: bool,
    },
    /// Which layers of our video somebody wants, by [`visavis_model::Quality`]; single encodings: all equal.
    LayersWanted {
        track: TrackId,
        wanted: [bool; 3],
    },
    /// We can have nothing of this track (no common codec, no permission).
    SubscriptionFailed {
        track: TrackId,
        cause: String,
    },
    Message(ChatMessage),
    /// All of the message or text stream of ours with this id was put into an open channel; nobody says that it arrived.
    Sent(String),
    /// It will not leave: too much waits, or the room lets nothing out.
    NotSent(String),
    /// A text stream of another topic.
    Text {
        topic: String,
        from: Option<ParticipantId>,
        id: String,
        text: String,
        attributes: BTreeMap<String, String>,
    },
    Data {
        topic: Option<String>,
        from: Option<ParticipantId>,
        payload: Bytes,
    },
    Captions(Segment),
    /// Signalling round trip.
    RoundTrip {
        millis: u32,
    },
    /// We wait before the door; comes again where something about it changes. [`ConnectionState::Connecting`] ends it.
    Lobby(LobbyView),
    /// The server's cookies changed: to be handed in as [`crate::Credentials::Cookies`] next time, and kept where the user
    /// stays signed in.
    Cookies(CookieJar),
    /// Who the server takes us for; `None`: a guest, whatever our cookies said.
    Account(Option<Account>),
    /// The room's settings, at the beginning and at each change.
    Settings(RoomSettings),
    Recording(RecordingView),
    /// Everybody who waits at the door, in the order of their coming; moderators only.
    Waiting(Vec<WaiterView>),
    Reaction {
        from: ParticipantId,
        reaction: Reaction,
    },
    Notice(Notice),
    /// What an invitation to this meeting says.
    Invitation(InvitationView),
    ActionDone {
        id: ActionId,
        outcome: Result<(), ActionError>,
    },
    Left(LeaveCause),
}
