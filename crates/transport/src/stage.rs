//! Our own interceptors, without the crate's boilerplate.

use rtc::interceptor::{Attribute, AttributedPacket, Interceptor, Packet, StreamInfo, TaggedPacket};
use rtc::sansio::Protocol;
use rtc::shared::TransportContext;
use rtc::shared::error::Error;
use std::collections::VecDeque;
use std::time::Instant;

/// One place in the chain. What is not pushed to an outbox is swallowed.
pub(crate) trait Stage: Send + Sync {
    /// From the network towards the application.
    fn read(&mut self, packet: TaggedPacket, out: &mut Outbox);

    /// From the application towards the network.
    fn write(&mut self, packet: TaggedPacket, out: &mut Outbox);

    fn timeout(&mut self, out: &mut Outbox);

    /// When [`Stage::timeout`] wants to be called.
    fn next_timeout(&mut self) -> Option<Instant>;
}

/// What leaves a stage.
#[derive(Default)]
pub(crate) struct Outbox {
    read: VecDeque<TaggedPacket>,
    write: VecDeque<TaggedPacket>,
}

impl Outbox {
    pub fn read(&mut self, packet: TaggedPacket) {
        self.read.push_back(packet);
    }

    pub fn write(&mut self, packet: TaggedPacket) {
        self.write.push_back(packet);
    }

    /// A packet of our own towards the network.
    pub fn send(&mut self, packet: Packet) {
        self.write.push_back(TaggedPacket {
            now: Instant::now(),
            transport: TransportContext::default(),
            message: AttributedPacket::new(packet),
        });
    }
}

/// An RTCP packet with nothing in it: how the application wakes the chain. The lowest stage swallows it.
pub(crate) fn is_wake(packet: &TaggedPacket) -> bool {
    matches!(&packet.message.packet, Packet::Rtcp(packets) if packets.is_empty())
}

/// Marks a packet that came by retransmission.
pub(crate) fn mark_recovered(packet: &mut TaggedPacket) {
    packet.message.add(Attribute::Retransmission);
}

pub(crate) fn is_recovered(packet: &TaggedPacket) -> bool {
    packet.message.has(&Attribute::Retransmission)
}

/// Makes an interceptor of a stage.
pub(crate) struct Staged<S> {
    stage: S,
    out: Outbox,
}

impl<S: Stage> Staged<S> {
    pub fn new(stage: S) -> Self {
        Self { stage, out: Outbox::default() }
    }
}

impl<S: Stage> Protocol<TaggedPacket, TaggedPacket, ()> for Staged<S> {
    type Rout = TaggedPacket;
    type Wout = TaggedPacket;
    type Eout = ();
    type Error = Error;
    type Time = Instant;

    fn handle_read(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.stage.read(packet, &mut self.out);
        Ok(())
    }

    fn poll_read(&mut self) -> Option<TaggedPacket> {
        self.out.read.pop_front()
    }

    fn handle_write(&mut self, packet: TaggedPacket) -> Result<(), Error> {
        self.stage.write(packet, &mut self.out);
        Ok(())
    }

    fn poll_write(&mut self) -> Option<TaggedPacket> {
        self.out.write.pop_front()
    }

    fn handle_timeout(&mut self, _now: Instant) -> Result<(), Error> {
        self.stage.timeout(&mut self.out);
        Ok(())
    }

    fn poll_timeout(&mut self) -> Option<Instant> {
        self.stage.next_timeout()
    }
}

/// Streams are routed by our own tables, so the crate's bindings do not matter.
impl<S: Stage> Interceptor for Staged<S> {
    fn bind_local_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_local_stream(&mut self, _info: &StreamInfo) {}
    fn bind_remote_stream(&mut self, _info: &StreamInfo) {}
    fn unbind_remote_stream(&mut self, _info: &StreamInfo) {}
}
