//! What was sent and may be asked for again.

use rtc::rtp;
use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::{MediaTime, sequence_distance};

/// How long a packet can be asked for again.
const KEEP: Duration = Duration::from_millis(1500);
const MAX_KEPT: usize = 2048;
/// How often one packet is sent again.
const MAX_RESENDS: u8 = 3;

/// Packets of one stream that may be asked for again.
#[derive(Debug, Default)]
pub(super) struct Retransmissions {
    packets: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    packet: rtp::Packet,
    sent: MediaTime,
    resends: u8,
    last: MediaTime,
}

impl Retransmissions {
    /// Packets must come in order of their sequence numbers.
    pub fn sent(&mut self, packet: rtp::Packet, now: MediaTime) {
        while let Some(oldest) = self.packets.front()
            && (now.since(oldest.sent) > KEEP || self.packets.len() >= MAX_KEPT)
        {
            self.packets.pop_front();
        }
        self.packets.push_back(Kept { packet, sent: now, resends: 0, last: now });
    }

    /// A packet to fill a burst with: the `n`-th newest, in turns.
    pub fn filler(&self, n: usize) -> Option<&rtp::Packet> {
        let count = self.packets.len();
        let kept = self.packets.get(count.checked_sub(1 + n.checked_rem(count)?)?)?;
        Some(&kept.packet)
    }

    pub fn len(&self) -> usize {
        self.packets.len()
    }

    /// The packet, where it may go again: kept, not resent too often, and not within the last round trip.
    pub fn again(&mut self, sequence: u16, round_trip: Duration, now: MediaTime) -> Option<&rtp::Packet> {
        let first = self.packets.front()?.packet.header.sequence_number;
        let guess = usize::try_from(sequence_distance(first, sequence)).ok()?;
        // Sequence numbers are consecutive, so the guess is right unless the stream was reset.
        let kept = self.packets.get_mut(guess)?;
        let wait = if kept.resends == 0 { Duration::ZERO } else { round_trip.max(Duration::from_millis(20)) };
        let due = kept.packet.header.sequence_number == sequence
            && kept.resends < MAX_RESENDS
            && now.since(kept.sent) <= KEEP
            && now.since(kept.last) >= wait;
        if !due {
            return None;
        }
        kept.resends += 1;
        kept.last = now;
        Some(&kept.packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(sequence: u16) -> rtp::Packet {
        rtp::Packet {
            header: rtp::Header { version: 2, sequence_number: sequence, ..Default::default() },
            ..Default::default()
        }
    }

    #[test]
    fn a_packet_goes_again_three_times_and_not_within_a_round_trip() {
        let mut kept = Retransmissions::default();
        for n in 0..10u16 {
            kept.sent(packet(65_530u16.wrapping_add(n)), MediaTime::from_millis(i64::from(n)));
        }
        let rtt = Duration::from_millis(50);
        let mut again = |sequence, at| kept.again(sequence, rtt, MediaTime::from_millis(at)).is_some();
        assert!(again(1, 20));
        assert!(!again(1, 40));
        assert!(again(1, 80) && again(1, 140));
        assert!(!again(1, 300));
        assert!(!again(500, 300) && !again(60_000, 300));
        assert!(!again(65_530, 1600));
    }
}
