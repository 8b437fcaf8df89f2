//! The seam between a meeting and the protocol of its server: room semantics and transport operations.
//!
//! A [`Session`] is sans-IO: it says what to send and never sends. It alone knows how many peer
//! connections exist, who offers, and which media section belongs to whom. Wire types stay private to
//! the module of their protocol. Pure: time, randomness and I/O are arguments.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod act;
mod allowed;
mod cookies;
mod cut;
mod destination;
mod event;
mod exceptions;
mod fault;
mod foreign;
mod host;
mod http;
mod known;
mod label;
mod link;
pub mod livekit;
mod proofpoint;
mod refused;
mod room;
mod scheme;
mod services;
mod session;
mod standing;
mod transcript;
mod transport;
pub mod visio;
mod words;
mod wrapped;

pub use act::{Account, Action, ActionError, ActionId, Notice, SettingsChange};
pub use allowed::{AllowedHosts, BadPattern, PatternFault};
pub use cookies::CookieJar;
pub use destination::{Destination, Meeting, find_destination, find_meeting};
pub use event::{ChatMessage, ConnectionState, LeaveCause, PublishRequest, RoomCommand, RoomEvent, Segment};
pub use exceptions::ProxyExceptions;
pub use fault::{CertificateFault, ProxyFault};
pub use foreign::Foreign;
pub use host::is_loopback_host;
pub use http::{Header, HttpRequest, LARGEST_BODY, LONGEST_HEADER, MOST_HEADERS, header};
pub use known::KnownHosts;
pub use link::{Credentials, LinkError, MeetingLink, Secret, find_link};
pub use refused::{Refused, find_refused};
pub use room::{Participant, Publication, RoomInfo};
pub use session::{
    ClientInfo, Input, Output, Provider, RequestId, Session, SessionOptions, SocketCause, SocketFrame, SocketId,
};
pub use standing::{Found, Standing};
pub use transcript::{Line, Transcript};
pub use transport::{
    ChannelLabel, DescriptionKind, IceServer, OperationKind, PeerConfig, PeerId, PeerRole, PeerState, SenderConfig,
    TransportEvent, TransportOperation,
};
