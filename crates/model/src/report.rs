//! The report of one headless call (`visavis join --headless --report FILE`), versioned; see `docs/report.md`.

use crate::{BitsPerSecond, Codec, Fps, Issue, Size, TrackId, TrackSource};
use serde::{Deserialize, Serialize};

/// Raised with every change that is not an addition.
pub const REPORT_VERSION: u32 = 1;

/// All times in milliseconds, all sizes in pixels, all rates in bits per second unless named otherwise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub version: u32,
    /// The application's version.
    pub application: String,
    /// `left`, `ended`, `removed`, `other_device`, `failed`.
    pub end: String,
    /// The process' exit code (`docs/report.md`).
    pub exit_code: i32,
    pub duration_ms: u64,
    pub times: ReportTimes,
    pub reconnects: u32,
    pub remote: Vec<RemoteTrackReport>,
    pub own: Vec<SentTrackReport>,
    pub transport: TransportReport,
    pub process: ProcessUse,
    pub issues: Vec<IssueRecord>,
}

/// Milliseconds from the start of the process; absent where it did not happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportTimes {
    pub socket_open: Option<u64>,
    pub joined: Option<u64>,
    pub first_audio_heard: Option<u64>,
    pub first_picture_shown: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteTrackReport {
    pub track: TrackId,
    pub participant: String,
    pub source: TrackSource,
    pub codec: Option<Codec>,
    pub packets_received: u64,
    /// Never came, after all repair.
    pub packets_lost: u64,
    /// Came by retransmission (RTX or the same SSRC after a NACK).
    pub packets_recovered: u64,
    pub packets_duplicated: u64,
    pub video: Option<VideoReceived>,
    pub audio: Option<AudioReceived>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VideoReceived {
    pub size: Size,
    pub frames_decoded: u64,
    /// Handed to a presenter (headless: to the one that only counts).
    pub frames_shown: u64,
    /// Gaps between shown pictures of at least max(3 × mean, mean + 150 ms).
    pub freezes: u32,
    pub freeze_ms: u64,
    /// Longest gap between two shown pictures after the first second.
    pub longest_gap_ms: u64,
    pub keyframes: u64,
    pub plis_sent: u64,
    pub nacks_sent: u64,
    pub decode_errors: u64,
    pub jitter_delay_ms: f32,
    pub mean_decode_ms: f32,
    /// Capture to shown by the barcode's clock, where the sender draws one with a clock we share; median and 95th percentile.
    pub latency_ms_p50: Option<f32>,
    pub latency_ms_p95: Option<f32>,
    /// Barcodes read from decoded pictures, and the highest count seen.
    pub barcodes_read: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AudioReceived {
    /// Milliseconds played since the first packet.
    pub played_ms: u64,
    /// Of them concealed (neither packet nor forward error correction), outside of discontinuous transmission.
    pub concealed_ms: u64,
    pub recovered_by_fec_ms: u64,
    pub recovered_by_red_ms: u64,
    pub inserted_ms: u64,
    pub removed_ms: u64,
    pub jitter_delay_ms: f32,
    /// Root mean square of what was played, full scale 1.
    pub rms: f32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SentTrackReport {
    pub source: TrackSource,
    pub codec: Codec,
    pub layers: Vec<LayerSent>,
    pub packets_sent: u64,
    pub packets_retransmitted: u64,
    pub nacks_received: u64,
    pub plis_received: u64,
    pub round_trip_ms: Option<f32>,
    /// Loss of our packets as the server reports it, 0 to 1, mean.
    pub fraction_lost: f32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerSent {
    /// Empty for a single encoding.
    pub rid: String,
    pub size: Size,
    /// Means over the time in which the layer was on.
    pub fps: Fps,
    pub bitrate: BitsPerSecond,
    pub frames: u64,
    pub keyframes: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TransportReport {
    /// `udp`, `tcp` or `relay` of the pair that carries what we receive.
    pub path: Option<String>,
    pub estimate: Option<BitsPerSecond>,
    pub pacer_queue_ms_max: f32,
    pub ignored_messages: u64,
    pub bytes_sent: u64,
    pub bytes_received: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessUse {
    pub cpu_seconds: f64,
    pub peak_memory_bytes: u64,
}

/// An issue that a user would have seen, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRecord {
    pub at_ms: u64,
    #[serde(flatten)]
    pub issue: Issue,
}
