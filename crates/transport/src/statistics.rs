//! Plain counters, read once a second.

use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{BitsPerSecond, Codec, MediaKind, Quality, TrackId};
use visavis_provider::{PeerId, PeerRole};

/// All that the transport counts. Counters only rise.
#[derive(Clone, Debug, Default)]
pub struct TransportStatistics {
    pub peers: Vec<PeerStatistics>,
    pub received: Vec<ReceivedStatistics>,
    pub sent: Vec<SentStatistics>,
    /// Media events that the engine did not take in time.
    pub media_events_dropped: u64,
}

/// What carries the selected candidate pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    Udp,
    Tcp,
    Relay,
}

impl Path {
    /// As the report spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Relay => "relay",
        }
    }
}

/// The relay of a selected candidate pair (TURN, RFC 8656), as the last look at the pairs found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    pub peer: PeerId,
    /// Of its TURN server; `None` where it is not known.
    pub url: Option<String>,
}

#[derive(Clone, Debug)]
pub struct PeerStatistics {
    pub peer: PeerId,
    pub role: PeerRole,
    pub path: Option<Path>,
    /// Of the selected pair; from feedback where there is any.
    pub round_trip: Option<Duration>,
    /// Share of our packets that the path loses, before repair, where there is transport-wide feedback; 0 to 1.
    pub path_loss: f32,
    /// Media and RTCP, without UDP and IP headers.
    pub bytes_sent: u64,
    /// Of them to find out whether the path carries more.
    pub probe_bytes: u64,
    pub bytes_received: u64,
    /// When anything last came from the far end: media, reports, feedback.
    pub last_heard: Option<MediaTime>,
    /// Sending rate that the network carries, once there was feedback.
    pub estimate: Option<BitsPerSecond>,
    /// Longest that a packet waited in the pacer.
    pub pacer_queue_max: Duration,
    /// Frames that the pacer refused because its queue would have passed 250 ms.
    pub frames_refused: u64,
    /// What we last told the far end that it may send, where REMB is in use.
    pub receive_estimate: Option<BitsPerSecond>,
    /// Packets of unknown streams or payload types, malformed retransmissions and reports.
    pub packets_ignored: u64,
}

/// One remote track, over all streams that it had.
#[derive(Clone, Debug, PartialEq)]
pub struct ReceivedStatistics {
    pub track: TrackId,
    pub kind: MediaKind,
    /// Of the newest packet.
    pub codec: Option<Codec>,
    pub packets_received: u64,
    /// Came by retransmission.
    pub packets_recovered: u64,
    pub packets_duplicated: u64,
    /// Never came, after all repair; those still awaited included.
    pub packets_lost: u64,
    pub payload_bytes: u64,
    /// Sequence numbers asked for again, repeats included.
    pub nacks_sent: u64,
    pub plis_sent: u64,
    /// RFC 3550 §6.4.1.
    pub jitter: Duration,
}

/// One own track.
#[derive(Clone, Debug, PartialEq)]
pub struct SentStatistics {
    pub track: TrackId,
    pub kind: MediaKind,
    pub codec: Codec,
    pub layers: Vec<LayerStatistics>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LayerStatistics {
    pub layer: Option<Quality>,
    pub packets_sent: u64,
    pub payload_bytes: u64,
    pub packets_retransmitted: u64,
    /// Sequence numbers that the far end asked for again.
    pub nacks_received: u64,
    pub plis_received: u64,
    pub frames_sent: u64,
    pub keyframes_sent: u64,
    pub frames_refused: u64,
    /// From the far end's last report.
    pub fraction_lost: f32,
    /// Mean over all reports.
    pub fraction_lost_mean: f32,
    /// When a report last said that more of our packets had arrived.
    pub last_progress: Option<MediaTime>,
    pub round_trip: Option<Duration>,
}
