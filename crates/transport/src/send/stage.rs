//! The sending half's place in the chain: the lowest stage, next to the wire.

use super::Sending;
use crate::stage::{Outbox, Stage, is_wake};
use rtc::interceptor::{Packet, TaggedPacket};
use rtc::shared::marshal::MarshalSize;
use std::sync::Arc;
use std::time::Instant;

/// Injects what the pacer lets go, reads all RTCP.
///
/// Packets do not pass the crate's own senders: those check and clone a stream's parameters for each packet, and send repair without
/// extensions.
pub(crate) struct SendStage {
    sending: Arc<Sending>,
}

impl SendStage {
    pub fn new(sending: Arc<Sending>) -> Self {
        Self { sending }
    }

    fn flush(&self, out: &mut Outbox) {
        let now = self.sending.time.now();
        let mut state = self.sending.lock();
        state.tick(now);
        state.release(now, &self.sending.time, |packet| out.send(packet));
    }
}

impl Stage for SendStage {
    fn read(&mut self, packet: TaggedPacket, out: &mut Outbox) {
        if let Packet::Rtcp(packets) = &packet.message.packet {
            let now = self.sending.time.now();
            self.sending.lock().feedback(packets, now, &self.sending.time);
            self.flush(out);
        }
        out.read(packet);
    }

    fn write(&mut self, packet: TaggedPacket, out: &mut Outbox) {
        if !is_wake(&packet) {
            let bytes = match &packet.message.packet {
                Packet::Rtp(packet) => packet.marshal_size(),
                Packet::Rtcp(packets) => packets.iter().map(|packet| packet.marshal_size()).sum(),
                _ => 0,
            };
            self.sending.lock().bytes_sent += bytes as u64;
            out.write(packet);
        }
        self.flush(out);
    }

    fn timeout(&mut self, out: &mut Outbox) {
        self.flush(out);
    }

    fn next_timeout(&mut self) -> Option<Instant> {
        let now = self.sending.time.now();
        let next = self.sending.lock().next(now)?;
        Some(self.sending.time.instant(next))
    }
}
