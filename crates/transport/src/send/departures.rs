//! What was sent, for transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).

use crate::estimate::PacketResult;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, SymbolTypeTcc, TransportLayerCc};
use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::{MediaTime, sequence_distance};

/// Feedback on packets older than this is ignored.
const TRANSPORT_KEEP: Duration = Duration::from_secs(10);
const MAX_TRANSPORT: usize = 8192;

/// Departures by transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#[derive(Debug, Default)]
pub(super) struct Departures {
    next: u16,
    packets: VecDeque<Departure>,
    /// Unwrapped 24-bit count of 64 ms of the last report.
    reference: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Departure {
    sequence: u16,
    sent: MediaTime,
    size: u32,
    burst: u32,
    reported: bool,
}

impl Departures {
    pub fn new(first: u16) -> Self {
        Self { next: first, ..Self::default() }
    }

    /// The number for a packet that leaves now, as part of a probing burst (0: none).
    pub fn depart(&mut self, size: u32, burst: u32, now: MediaTime) -> u16 {
        while let Some(oldest) = self.packets.front()
            && (now.since(oldest.sent) > TRANSPORT_KEEP || self.packets.len() >= MAX_TRANSPORT)
        {
            self.packets.pop_front();
        }
        let sequence = self.next;
        self.next = self.next.wrapping_add(1);
        self.packets.push_back(Departure { sequence, sent: now, size, burst, reported: false });
        sequence
    }

    /// What the report says of packets that we sent, each at most once as arrived; in order of sending.
    ///
    /// The second value is the round trip: from the departure of the newest packet to now, less the time that the far end held it.
    pub fn report(&mut self, report: &TransportLayerCc, now: MediaTime) -> (Vec<PacketResult>, Option<Duration>) {
        let reference = self.unwrap(report.reference_time);
        let mut arrival = reference * 64_000;
        let mut newest: Option<(MediaTime, i64)> = None;
        let mut last_arrival = i64::MIN;
        let mut results = Vec::new();
        let Some(first) = self.packets.front().map(|departure| departure.sequence) else {
            return (results, None);
        };
        let mut deltas = report.recv_deltas.iter();
        for (offset, symbol) in symbols(report).enumerate() {
            let sequence = report.base_sequence_number.wrapping_add(offset as u16);
            let received = match symbol {
                SymbolTypeTcc::PacketNotReceived => None,
                SymbolTypeTcc::PacketReceivedWithoutDelta => Some(arrival),
                _ => {
                    // A report that claims more arrivals than it gives times for ends here.
                    let Some(delta) = deltas.next() else { break };
                    arrival += delta.delta;
                    Some(arrival)
                }
            };
            let index = usize::try_from(sequence_distance(first, sequence)).ok();
            let Some(departure) = index.and_then(|index| self.packets.get_mut(index)) else { continue };
            if departure.sequence != sequence || departure.reported {
                continue;
            }
            if let Some(at) = received {
                departure.reported = true;
                last_arrival = last_arrival.max(at);
                if newest.is_none_or(|(sent, _)| departure.sent > sent) {
                    newest = Some((departure.sent, at));
                }
            }
            results.push(PacketResult {
                sent: departure.sent,
                size: departure.size,
                arrival: received.map(MediaTime::from_micros),
                burst: departure.burst,
            });
        }
        let round_trip = newest.map(|(sent, at)| {
            let held = Duration::from_micros((last_arrival - at).max(0) as u64);
            now.since(sent).saturating_sub(held)
        });
        (results, round_trip)
    }

    fn unwrap(&mut self, reference: u32) -> i64 {
        const WRAP: i64 = 1 << 24;
        let reference = i64::from(reference) % WRAP;
        let unwrapped = match self.reference {
            None => reference,
            Some(last) => {
                let mut distance = (reference - last).rem_euclid(WRAP);
                if distance >= WRAP / 2 {
                    distance -= WRAP;
                }
                last + distance
            }
        };
        self.reference = Some(unwrapped);
        unwrapped
    }
}

/// One symbol a packet, as many as the report says that it has and never more than 16 bits can number.
fn symbols(report: &TransportLayerCc) -> impl Iterator<Item = SymbolTypeTcc> + '_ {
    report
        .packet_chunks
        .iter()
        .flat_map(|chunk| {
            let (run, list): (usize, &[SymbolTypeTcc]) = match chunk {
                PacketStatusChunk::RunLengthChunk(run) => {
                    (usize::from(run.run_length), std::slice::from_ref(&run.packet_status_symbol))
                }
                PacketStatusChunk::StatusVectorChunk(vector) => (1, vector.symbol_list.as_slice()),
            };
            std::iter::repeat_n(list, run).flatten().copied()
        })
        .take(usize::from(report.packet_status_count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rtc::rtcp::transport_feedbacks::transport_layer_cc::{RecvDelta, RunLengthChunk, StatusVectorChunk};

    fn report(base: u16, symbols: Vec<SymbolTypeTcc>, deltas: &[i64]) -> TransportLayerCc {
        TransportLayerCc {
            base_sequence_number: base,
            packet_status_count: symbols.len() as u16,
            reference_time: 10,
            packet_chunks: vec![PacketStatusChunk::StatusVectorChunk(StatusVectorChunk {
                symbol_list: symbols,
                ..Default::default()
            })],
            recv_deltas: deltas
                .iter()
                .map(|delta| RecvDelta { type_tcc_packet: SymbolTypeTcc::PacketReceivedSmallDelta, delta: *delta })
                .collect(),
            ..Default::default()
        }
    }

    #[test]
    fn a_report_is_matched_with_what_left() {
        use SymbolTypeTcc::{PacketNotReceived as Lost, PacketReceivedSmallDelta as Got};
        let mut departures = Departures::new(65_534);
        for n in 0..4 {
            assert_eq!(
                departures.depart(1000 + n, n, MediaTime::from_millis(i64::from(n) * 10)),
                65_534u16.wrapping_add(n as u16)
            );
        }
        let (results, round_trip) =
            departures.report(&report(65_534, vec![Got, Lost, Got], &[1000, 20_000]), MediaTime::from_millis(80));
        assert_eq!(results.len(), 3);
        assert_eq!(results[0].arrival, Some(MediaTime(641_000)));
        assert_eq!(results[1].arrival, None);
        assert_eq!(
            results[2],
            PacketResult { sent: MediaTime(20_000), size: 1002, arrival: Some(MediaTime(661_000)), burst: 2 }
        );
        assert_eq!(round_trip, Some(Duration::from_millis(60)));
        // The lost one turns up in a later report; the others are not counted twice.
        let (results, _) =
            departures.report(&report(65_534, vec![Got, Got, Got], &[1, 1, 1]), MediaTime::from_millis(90));
        assert_eq!(results.len(), 1);
        assert_eq!(results[0].size, 1001);
    }

    #[test]
    fn a_lying_report_ends_where_its_times_do() {
        let mut departures = Departures::new(0);
        for _ in 0..10 {
            departures.depart(1000, 0, MediaTime::ZERO);
        }
        let mut lying = report(0, vec![], &[250]);
        lying.packet_status_count = u16::MAX;
        lying.packet_chunks = vec![
            PacketStatusChunk::RunLengthChunk(RunLengthChunk {
                packet_status_symbol: SymbolTypeTcc::PacketReceivedSmallDelta,
                run_length: u16::MAX,
                ..Default::default()
            });
            100
        ];
        assert_eq!(departures.report(&lying, MediaTime::ZERO).0.len(), 1);
    }

    #[test]
    fn the_reference_time_wraps() {
        let mut departures = Departures::default();
        assert_eq!(departures.unwrap((1 << 24) - 1), (1 << 24) - 1);
        assert_eq!(departures.unwrap(2), (1 << 24) + 2);
        assert_eq!(departures.unwrap((1 << 24) - 3), (1 << 24) - 3);
    }
}
