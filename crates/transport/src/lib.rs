//! Peer connections over the `webrtc` crate, with our own repair, congestion control and pacing.
//!
//! [`Peers`] executes a session's [`visavis_provider::TransportOperation`]s; [`PeerEvents`] tells what happens; [`MediaSender`] takes
//! encoders' output. The crate does ICE, DTLS, SRTP, SCTP and negotiation; every media packet takes our own way through its interceptor
//! chain (`peer/build.rs` has the order), because the crate's own way repairs, paces and reports wrongly (`docs/ARCHITECTURE.md`).
//!
//! What the crate logs at `warn` without harm: targets `rtc_ice` ("pingAllCandidates with no candidate pairs"), `rtc::peer_connection`
//! ("password is empty", "conn.remote_addr is empty"), `rtc_dtls` ("refusing first packet due to empty server_config"). See
//! [`QUIET_TARGETS`].
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod codecs;
mod contacts;
mod crypto;
pub mod estimate;
mod event;
mod options;
mod peer;
mod peers;
mod random;
mod receive;
mod runtime;
mod sdp;
mod send;
mod stage;
mod statistics;
mod time;
mod wake;

pub use contacts::{AnyAddress, Contacts};
pub use event::{PeerEvent, PeerEvents};
pub use options::{
    BindPolicy, CONTROL_QUEUE, Clock, MAX_CHANNEL_MESSAGE, MAX_RTP_PAYLOAD, MEDIA_QUEUE, RateLimits, TransportOptions,
};
pub use peer::PeerTransport;
pub use peers::Peers;
pub use send::{MediaSender, SendOutcome};
pub use statistics::{
    LayerStatistics, Path, PeerStatistics, ReceivedStatistics, Relay, SentStatistics, TransportStatistics,
};

/// Log targets of the crates underneath that warn without harm: show them from `error` on.
pub const QUIET_TARGETS: [&str; 10] = [
    "webrtc",
    "rtc",
    "rtc_ice",
    "rtc_dtls",
    "rtc_srtp",
    "rtc_sctp",
    "rtc_interceptor",
    "rtc_mdns",
    "rtc_stun",
    "rtc_turn",
];
