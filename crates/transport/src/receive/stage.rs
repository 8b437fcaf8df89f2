//! The receiving half's two places in the chain.

use super::Receiving;
use super::state::Verdict;
use crate::event::PeerEvent;
use crate::stage::{Outbox, Stage, is_recovered, mark_recovered};
use rtc::interceptor::{Packet, TaggedPacket};
use rtc::rtcp::sender_report::SenderReport;
use std::sync::Arc;
use std::time::Instant;

/// Before the crate's receiver reports: routes, undoes RTX, drops duplicates, asks for what is missing.
pub(crate) struct RepairStage {
    receiving: Arc<Receiving>,
}

impl RepairStage {
    pub fn new(receiving: Arc<Receiving>) -> Self {
        Self { receiving }
    }

    fn flush(&self, out: &mut Outbox) {
        let now = self.receiving.time.now();
        for packet in self.receiving.lock().due(now) {
            out.send(Packet::Rtcp(vec![packet]));
        }
    }
}

impl Stage for RepairStage {
    fn read(&mut self, mut tagged: TaggedPacket, out: &mut Outbox) {
        match &mut tagged.message.packet {
            Packet::Rtp(packet) => {
                let now = self.receiving.time.now();
                let verdict = self.receiving.lock().packet(packet, now);
                match verdict {
                    Verdict::Media { recovered } => {
                        if recovered {
                            mark_recovered(&mut tagged);
                        }
                        out.read(tagged);
                    }
                    Verdict::Drop => {}
                }
            }
            Packet::Rtcp(packets) => {
                let arrival = self.receiving.time.now();
                for report in packets.iter().filter_map(|packet| packet.as_any().downcast_ref::<SenderReport>()) {
                    let track = self.receiving.lock().track_of(report.ssrc);
                    if let Some(track) = track {
                        self.receiving.events.media(PeerEvent::SenderReport {
                            track,
                            ssrc: report.ssrc,
                            ntp: report.ntp_time,
                            rtp: report.rtp_time,
                            arrival,
                        });
                    }
                }
                out.read(tagged);
            }
            _ => out.read(tagged),
        }
    }

    fn write(&mut self, packet: TaggedPacket, out: &mut Outbox) {
        self.flush(out);
        out.write(packet);
    }

    fn timeout(&mut self, out: &mut Outbox) {
        self.flush(out);
    }

    fn next_timeout(&mut self) -> Option<Instant> {
        let next = self.receiving.lock().next()?;
        Some(self.receiving.time.instant(next))
    }
}

/// After the crate's receiver reports: hands media to the engine.
///
/// Nothing goes on to the crate's track objects: they end never, their queue is short, and their life is not the track's.
pub(crate) struct TapStage {
    receiving: Arc<Receiving>,
}

impl TapStage {
    pub fn new(receiving: Arc<Receiving>) -> Self {
        Self { receiving }
    }
}

impl Stage for TapStage {
    fn read(&mut self, tagged: TaggedPacket, out: &mut Outbox) {
        let recovered = is_recovered(&tagged);
        match tagged.message.packet {
            Packet::Rtp(packet) => {
                let now = self.receiving.time.now();
                let media = self.receiving.lock().media(packet, recovered, now);
                if let Some((track, packet)) = media {
                    self.receiving.events.media(PeerEvent::Rtp { track, packet });
                }
            }
            _ => out.read(tagged),
        }
    }

    fn write(&mut self, packet: TaggedPacket, out: &mut Outbox) {
        out.write(packet);
    }

    fn timeout(&mut self, _out: &mut Outbox) {}

    fn next_timeout(&mut self) -> Option<Instant> {
        None
    }
}
