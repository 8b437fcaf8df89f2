//! One remote stream: one SSRC of one track.

use super::missing::MissingPackets;
use crate::statistics::ReceivedStatistics;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{MediaKind, TrackId};

#[derive(Debug)]
pub(super) struct RemoteStream {
    pub track: TrackId,
    pub kind: MediaKind,
    /// Which section of the description it belongs to.
    pub section: usize,
    /// Of the newest packet.
    pub payload_type: Option<u8>,
    pub missing: MissingPackets,
    /// Lost packets that the track's counter already has.
    pub lost_counted: u64,
    pub last_packet: Option<MediaTime>,
    jitter: Jitter,
}

impl RemoteStream {
    pub fn new(track: TrackId, kind: MediaKind, section: usize) -> Self {
        Self {
            track,
            kind,
            section,
            payload_type: None,
            missing: MissingPackets::new(0),
            lost_counted: 0,
            last_packet: None,
            jitter: Jitter::default(),
        }
    }

    /// Interarrival jitter after a packet that came in its own time.
    pub fn arrived(&mut self, timestamp: u32, clock_rate: u32, now: MediaTime) -> Duration {
        self.last_packet = Some(now);
        self.jitter.packet(timestamp, clock_rate, now)
    }
}

/// RFC 3550 §6.4.1 and appendix A.8.
#[derive(Debug, Default)]
struct Jitter {
    last: Option<(u32, MediaTime)>,
    /// Microseconds.
    value: f64,
}

impl Jitter {
    fn packet(&mut self, timestamp: u32, clock_rate: u32, now: MediaTime) -> Duration {
        if let Some((last_timestamp, last_arrival)) = self.last {
            let media = f64::from(timestamp.wrapping_sub(last_timestamp) as i32) * 1e6 / f64::from(clock_rate.max(1));
            let transit = (now.micros() - last_arrival.micros()) as f64 - media;
            // A pause or a restart is not jitter.
            if transit.abs() < 1e6 {
                self.value += (transit.abs() - self.value) / 16.0;
            }
        }
        self.last = Some((timestamp, now));
        Duration::from_micros(self.value as u64)
    }
}

pub(super) fn statistics(track: TrackId, kind: MediaKind) -> ReceivedStatistics {
    ReceivedStatistics {
        track,
        kind,
        codec: None,
        packets_received: 0,
        packets_recovered: 0,
        packets_duplicated: 0,
        packets_lost: 0,
        payload_bytes: 0,
        nacks_sent: 0,
        plis_sent: 0,
        jitter: Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_arrival_has_no_jitter_and_uneven_has() {
        let mut jitter = Jitter::default();
        for n in 0..50u32 {
            jitter.packet(n * 960, 48_000, MediaTime::from_millis(i64::from(n) * 20));
        }
        assert_eq!(jitter.value as u64, 0);
        for n in 50..200u32 {
            jitter.packet(n * 960, 48_000, MediaTime::from_millis(i64::from(n) * 20 + i64::from(n % 2) * 10));
        }
        assert!((9_000.0..10_100.0).contains(&jitter.value), "{}", jitter.value);
    }
}
