//! Rates of what arrived.

use super::PacketResult;
use std::collections::VecDeque;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

const MIN_PACKETS: usize = 10;
const WINDOW_PACKETS: usize = 20;
const MAX_PACKETS: usize = 500;
const WINDOW: i64 = 1_000_000;
const MAX_WINDOW: i64 = 5_000_000;

/// Robust throughput: over at least 20 packets and a second, the lower of sending and receiving rate of the same packets.
///
/// The largest receive gap counts as the second largest, so that one stall does not look like a slow path (goog_cc, 2026).
#[derive(Clone, Debug, Default)]
pub(crate) struct AcknowledgedRate {
    /// Sent, arrival (microseconds), bytes; in order of arrival.
    packets: VecDeque<(i64, i64, u32)>,
}

impl AcknowledgedRate {
    pub fn feedback(&mut self, packets: &[PacketResult]) {
        for packet in packets {
            let Some(arrival) = packet.arrival else { continue };
            let entry = (packet.sent.micros(), arrival.micros(), packet.size);
            let at = self.packets.partition_point(|(_, other, _)| *other <= entry.1);
            self.packets.insert(at, entry);
        }
        while let (Some(first), Some(last)) = (self.packets.front(), self.packets.back()) {
            let span = last.1 - first.1;
            let enough = self.packets.len() > WINDOW_PACKETS && span > WINDOW;
            if enough || self.packets.len() > MAX_PACKETS || span > MAX_WINDOW {
                self.packets.pop_front();
            } else {
                break;
            }
        }
    }

    pub fn rate(&self) -> Option<BitsPerSecond> {
        if self.packets.len() < MIN_PACKETS {
            return None;
        }
        let (first, last) = (self.packets.front()?, self.packets.back()?);
        let (mut largest, mut second) = (0, 0);
        for (before, after) in self.packets.iter().zip(self.packets.iter().skip(1)) {
            let gap = after.1 - before.1;
            if gap > largest {
                (largest, second) = (gap, largest);
            } else {
                second = second.max(gap);
            }
        }
        let bytes: u64 = self.packets.iter().map(|packet| u64::from(packet.2)).sum();
        let sent = self.packets.iter().map(|packet| packet.0);
        let (earliest, latest) = (sent.clone().min()?, sent.max()?);
        let latest_size = self.packets.iter().max_by_key(|packet| packet.0).map_or(0, |packet| packet.2);
        // The first packet's own time is not in the span on the receiving side, the last one's not on the sending side.
        let receive = rate(bytes - u64::from(first.2), last.1 - first.1 - largest + second);
        let send = rate(bytes - u64::from(latest_size), latest - earliest);
        Some(BitsPerSecond(receive.min(send)))
    }
}

fn rate(bytes: u64, micros: i64) -> u64 {
    bytes * 8 * 1_000_000 / micros.max(1000) as u64
}

/// Rate of what a receiver takes, over a sliding window.
#[derive(Clone, Debug)]
pub(crate) struct ReceivedRate {
    packets: VecDeque<(i64, u32)>,
    bytes: u64,
    window: i64,
}

impl ReceivedRate {
    pub fn new(window: std::time::Duration) -> Self {
        Self { packets: VecDeque::new(), bytes: 0, window: window.as_micros() as i64 }
    }

    pub fn packet(&mut self, size: u32, arrival: MediaTime) {
        self.packets.push_back((arrival.micros(), size));
        self.bytes += u64::from(size);
        self.expire(arrival);
    }

    pub fn rate(&mut self, now: MediaTime) -> BitsPerSecond {
        self.expire(now);
        BitsPerSecond(rate(self.bytes, self.window))
    }

    fn expire(&mut self, now: MediaTime) {
        while let Some((at, size)) = self.packets.front().copied()
            && (now.micros() - at > self.window || self.packets.len() > 20_000)
        {
            self.packets.pop_front();
            self.bytes -= u64::from(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packets(count: i64, send_interval: i64, arrival_interval: i64) -> Vec<PacketResult> {
        (0..count)
            .map(|n| PacketResult {
                sent: MediaTime(n * send_interval),
                size: 1000,
                arrival: Some(MediaTime(n * arrival_interval)),
                burst: 0,
            })
            .collect()
    }

    #[test]
    fn the_slower_side_counts() {
        let mut acknowledged = AcknowledgedRate::default();
        assert_eq!(acknowledged.rate(), None);
        acknowledged.feedback(&packets(100, 8000, 10_000));
        assert_eq!(acknowledged.rate(), Some(BitsPerSecond(800_000)));
        let mut acknowledged = AcknowledgedRate::default();
        acknowledged.feedback(&packets(100, 10_000, 8000));
        assert_eq!(acknowledged.rate(), Some(BitsPerSecond(800_000)));
    }

    #[test]
    fn one_stall_does_not_count() {
        let mut list = packets(60, 10_000, 10_000);
        for packet in &mut list[30..] {
            packet.arrival = packet.arrival.map(|arrival| MediaTime(arrival.0 + 300_000));
        }
        let mut acknowledged = AcknowledgedRate::default();
        acknowledged.feedback(&list);
        assert_eq!(acknowledged.rate(), Some(BitsPerSecond(800_000)));
    }

    #[test]
    fn a_window_forgets() {
        let mut received = ReceivedRate::new(std::time::Duration::from_millis(500));
        for n in 0..100 {
            received.packet(1000, MediaTime::from_millis(n * 10));
        }
        let rate = received.rate(MediaTime::from_millis(1000)).0;
        assert!((780_000..=820_000).contains(&rate), "{rate}");
        assert_eq!(received.rate(MediaTime::from_millis(3000)).0, 0);
    }
}
