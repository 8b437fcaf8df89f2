//! What the engine decides once for all peer connections.

use crate::contacts::Contacts;
use std::fmt;
use std::sync::Arc;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

/// The engine's one monotonic clock.
pub type Clock = Arc<dyn Fn() -> MediaTime + Send + Sync>;

/// Which local addresses get sockets.
///
/// The crate's own interface filter is never read (webrtc 0.21.1), so the addresses are chosen here, afresh for each peer connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BindPolicy {
    /// Also 127.0.0.1 and ::1: only where the server is on this machine.
    pub loopback: bool,
    pub udp: bool,
    /// ICE-TCP, for networks that let no UDP out.
    pub tcp: bool,
    pub ipv6: bool,
    /// First and last port of UDP sockets; where none of them is free, and without them, any.
    pub udp_ports: Option<(u16, u16)>,
}

impl Default for BindPolicy {
    fn default() -> Self {
        Self { loopback: false, udp: true, tcp: true, ipv6: true, udp_ports: None }
    }
}

/// Bounds of the sending rate, on the wire with all headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    pub min: BitsPerSecond,
    /// Before the first feedback; the last good estimate of this network times 0.7 is a good one.
    pub start: BitsPerSecond,
    pub max: BitsPerSecond,
    /// What the encoders would send if they could, until [`crate::Peers::want`] says it: probing does not go beyond.
    pub wanted: BitsPerSecond,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            min: BitsPerSecond::from_kilobits(60),
            start: BitsPerSecond::from_kilobits(600),
            max: BitsPerSecond::from_kilobits(8000),
            wanted: BitsPerSecond::from_kilobits(2700),
        }
    }
}

/// Shared by all peer connections of one session.
#[derive(Clone)]
pub struct TransportOptions {
    pub bind: BindPolicy,
    pub contacts: Arc<dyn Contacts>,
    pub clock: Clock,
    /// Seeds synchronisation sources, first sequence numbers and timestamps: random in the product, fixed in tests.
    pub seed: u64,
    pub rates: RateLimits,
}

impl fmt::Debug for TransportOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportOptions").field("bind", &self.bind).field("rates", &self.rates).finish_non_exhaustive()
    }
}

/// Depth of the queue of media events towards the engine: half a second of nine 30 fps videos and their voices.
pub const MEDIA_QUEUE: usize = 2048;

/// Depth of the queue of all other events; a full one makes the peer connection wait, nothing is dropped.
pub const CONTROL_QUEUE: usize = 256;

/// Largest RTP payload that fits every path: 1200 bytes as the field has it, less header and extensions.
pub const MAX_RTP_PAYLOAD: usize = 1160;

/// Largest data message: LiveKit closes the channel silently on bigger ones.
pub const MAX_CHANNEL_MESSAGE: usize = 64_000;

/// Messages that wait for a channel to open.
pub const MAX_WAITING_MESSAGES: usize = 256;

/// Remote candidates that wait for the remote description.
pub const MAX_WAITING_CANDIDATES: usize = 128;
