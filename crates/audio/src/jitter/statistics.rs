//! What a jitter buffer counts.

use visavis_media::SAMPLE_RATE;
use visavis_model::AudioReceived;

/// Counters of one stream since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    /// What the report holds.
    pub audio: AudioReceived,
    pub packets_received: u64,
    /// Missing in the numbering; a retransmission takes it out again.
    pub packets_lost: u64,
    pub packets_duplicated: u64,
    /// Came after their time: lost to the ear, though not to the network.
    pub packets_late: u64,
    /// No Opus, no RED, or far from where the stream is.
    pub packets_malformed: u64,
    /// Thrown away because too much waited.
    pub packets_discarded: u64,
    /// Times at which the stream began anew (another SSRC, a jump of its clock).
    pub restarts: u64,
    /// The delay that is aimed at, in milliseconds.
    pub target_ms: f32,
    /// The delay now, in milliseconds.
    pub delay_ms: f32,
}

/// In samples, before it is made into milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counters {
    pub played: u64,
    pub concealed: u64,
    pub from_fec: u64,
    pub from_red: u64,
    pub inserted: u64,
    pub removed: u64,
    pub received: u64,
    pub duplicated: u64,
    pub late: u64,
    pub malformed: u64,
    pub discarded: u64,
    pub restarts: u64,
    /// Sum over frames of arrival to playing, in microseconds, and the frames.
    pub waited_micros: i64,
    pub waited_frames: u64,
    /// Sum of squares of what was played.
    pub energy: f64,
}

impl Counters {
    pub fn audio(&self) -> AudioReceived {
        let millis = |samples: u64| samples * 1000 / u64::from(SAMPLE_RATE);
        AudioReceived {
            played_ms: millis(self.played),
            concealed_ms: millis(self.concealed),
            recovered_by_fec_ms: millis(self.from_fec),
            recovered_by_red_ms: millis(self.from_red),
            inserted_ms: millis(self.inserted),
            removed_ms: millis(self.removed),
            jitter_delay_ms: self.waited_micros as f32 / 1000.0 / self.waited_frames.max(1) as f32,
            rms: (self.energy / self.played.max(1) as f64).sqrt() as f32,
        }
    }
}
