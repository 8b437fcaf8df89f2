//! The two data channels: `_reliable`, numbered and repeated over a resumption, and `_lossy`.

use super::session::Session;
use super::text_stream::{self, Outgoing, Taken, Text};
use super::{captions, chat};
use crate::{ChannelLabel, PeerId, RoomEvent, TransportOperation};
use bytes::Bytes;
use livekit_protocol::{
    DataChannelReceiveState, DataPacket, RpcError, RpcResponse, UserPacket, data_packet, rpc_response,
};
use prost::Message;
use std::collections::{BTreeMap, VecDeque};
use visavis_model::{ParticipantId, TrackId};

pub(super) const RELIABLE: &str = "_reliable";
pub(super) const LOSSY: &str = "_lossy";

/// A larger message would end the channel at some clients (64 000 bytes), a larger one is never received.
const LARGEST_SENT: usize = 63_000;
const LARGEST_RECEIVED: usize = 256 * 1024;
/// Bytes that wait for the channel to open or for a resumption.
const MOST_HELD: usize = 2 * 1024 * 1024;
/// Packets and bytes that are kept to be sent again after a resumption.
const MOST_KEPT: usize = 1024;
const MOST_KEPT_BYTES: usize = 1024 * 1024;
/// Senders whose sequence numbers are remembered.
const MOST_SENDERS: usize = 8192;
/// The answer to a remote procedure call that we do not have (LiveKit RPC).
const UNSUPPORTED_METHOD: u32 = 1400;

#[derive(Debug, Default)]
pub(super) struct Channels {
    reliable_open: bool,
    lossy_open: bool,
    /// Reliable packets that could not be sent yet, without their number.
    held: VecDeque<DataPacket>,
    held_bytes: usize,
    last_sequence: u32,
    kept: VecDeque<(u32, Bytes)>,
    kept_bytes: usize,
    /// The last number received, by the sender's session.
    received: BTreeMap<String, u32>,
    /// What the server had received when it took us back; 0: it does not say.
    server_received: u32,
}

impl Channels {
    /// New peer connections: new channels, numbers from 1. What was held is still to be sent.
    pub(super) fn renew(&mut self) {
        *self = Self { held: std::mem::take(&mut self.held), held_bytes: self.held_bytes, ..Self::default() };
    }

    pub(super) fn opened(&mut self, label: &str) {
        match label {
            RELIABLE => self.reliable_open = true,
            LOSSY => self.lossy_open = true,
            _ => {}
        }
    }

    pub(super) fn resumed(&mut self, server_received: u32) {
        self.server_received = server_received;
    }

    /// Whether a sender's packet is new. Packets without a number or a sender always are.
    fn is_new(&mut self, sid: &str, sequence: u32) -> bool {
        if sequence == 0 || sid.is_empty() || sid.len() > 256 {
            return true;
        }
        match self.received.get_mut(sid) {
            Some(last) if *last >= sequence => false,
            Some(last) => {
                *last = sequence;
                true
            }
            None => {
                if self.received.len() < MOST_SENDERS {
                    self.received.insert(sid.to_owned(), sequence);
                }
                true
            }
        }
    }

    pub(super) fn forget_sender(&mut self, sid: &str) {
        self.received.remove(sid);
    }

    pub(super) fn receive_states(&self) -> Vec<DataChannelReceiveState> {
        self.received
            .iter()
            .map(|(sid, last)| DataChannelReceiveState { publisher_sid: sid.clone(), last_seq: *last })
            .collect()
    }

    /// Holds packets that belong together: all of them or none.
    fn hold(&mut self, packets: Vec<DataPacket>) -> bool {
        let sizes: Vec<usize> = packets.iter().map(Message::encoded_len).collect();
        let size: usize = sizes.iter().sum();
        if self.held_bytes + size > MOST_HELD || sizes.into_iter().any(|size| size > LARGEST_SENT) {
            return false;
        }
        self.held_bytes += size;
        self.held.extend(packets);
        true
    }

    /// What is to be sent now: first what the server missed, then what was held.
    fn take(&mut self) -> Vec<Bytes> {
        if !self.reliable_open {
            return Vec::new();
        }
        let mut out = Vec::new();
        let missed_from = std::mem::take(&mut self.server_received);
        if missed_from > 0 {
            self.kept.retain(|(sequence, _)| *sequence > missed_from);
            self.kept_bytes = self.kept.iter().map(|(_, bytes)| bytes.len()).sum();
            out.extend(self.kept.iter().map(|(_, bytes)| bytes.clone()));
        }
        for mut packet in std::mem::take(&mut self.held) {
            self.last_sequence = self.last_sequence.saturating_add(1);
            packet.sequence = self.last_sequence;
            let bytes = Bytes::from(packet.encode_to_vec());
            self.keep(bytes.clone());
            out.push(bytes);
        }
        self.held_bytes = 0;
        out
    }

    fn keep(&mut self, bytes: Bytes) {
        self.kept_bytes += bytes.len();
        self.kept.push_back((self.last_sequence, bytes));
        while self.kept.len() > MOST_KEPT || self.kept_bytes > MOST_KEPT_BYTES {
            let Some((_, oldest)) = self.kept.pop_front() else { break };
            self.kept_bytes = self.kept_bytes.saturating_sub(oldest.len());
        }
    }
}

impl Session {
    /// Sends what is held, where the channel is open and no resumption is under way: a packet sent
    /// before those that the server missed would make it drop them.
    pub(super) fn flush_channels(&mut self) {
        let Some(peers) = self.peers.as_ref().filter(|_| !self.recovery.down()) else { return };
        let peer = peers.publish.id;
        for data in self.channels.take() {
            self.out.transport(TransportOperation::SendChannel { peer, label: RELIABLE.into(), data });
        }
    }

    fn send_reliable(&mut self, packets: Vec<DataPacket>) {
        if !self.room.may_send_data() || !self.channels.hold(packets) {
            self.out.ignore();
            return;
        }
        self.flush_channels();
    }

    pub(super) fn send_message(&mut self, id: &str, text: &str, unix_millis: u64) {
        let update = self.chat.sent(id);
        let outgoing = Outgoing { id, topic: chat::TOPIC, text, attributes: BTreeMap::new(), unix_millis, update };
        self.send_reliable(text_stream::packets(outgoing).into_iter().map(text_stream::packet).collect());
    }

    pub(super) fn send_text(&mut self, topic: &str, text: &str, attributes: BTreeMap<String, String>, unix_millis: u64) {
        let id = self.ids.uuid();
        let outgoing = Outgoing { id: &id, topic, text, attributes, unix_millis, update: false };
        self.send_reliable(text_stream::packets(outgoing).into_iter().map(text_stream::packet).collect());
    }

    pub(super) fn send_data(&mut self, topic: Option<String>, payload: &[u8], reliable: bool, to: Vec<ParticipantId>) {
        let user = UserPacket { payload: payload.to_vec(), topic, ..Default::default() };
        let mut packet = text_stream::packet(data_packet::Value::User(user));
        packet.destination_identities = to.into_iter().map(|id| id.to_string()).collect();
        if reliable {
            self.send_reliable(vec![packet]);
            return;
        }
        #[allow(deprecated)] // older servers look at it
        {
            packet.kind = data_packet::Kind::Lossy as i32;
        }
        let peer = self.peers.as_ref().filter(|_| self.channels.lossy_open && !self.recovery.down()).map(|peers| peers.publish.id);
        let data = Bytes::from(packet.encode_to_vec());
        match peer.filter(|_| data.len() <= LARGEST_SENT && self.room.may_send_data()) {
            Some(peer) => self.out.transport(TransportOperation::SendChannel { peer, label: LOSSY.into(), data }),
            // Lossy means that it may be lost.
            None => self.out.ignore(),
        }
    }

    /// A message on a channel of either peer connection.
    pub(super) fn channel_message(&mut self, label: &ChannelLabel, data: &Bytes) {
        if label != RELIABLE && label != LOSSY {
            // The server's own `_data_track`.
            return;
        }
        if data.len() > LARGEST_RECEIVED {
            self.out.ignore();
            return;
        }
        match DataPacket::decode(data.clone()) {
            Ok(packet) => {
                let is_new = label != RELIABLE || self.channels.is_new(&packet.participant_sid, packet.sequence);
                if is_new {
                    self.packet(packet);
                }
            }
            Err(_) => self.out.ignore(),
        }
    }

    pub(super) fn channel_opened(&mut self, peer: PeerId, label: &str) {
        if self.peers.as_ref().is_some_and(|peers| peers.publish.id == peer) {
            self.channels.opened(label);
            self.flush_channels();
        }
    }

    fn packet(&mut self, packet: DataPacket) {
        use data_packet::Value;
        let from = Some(packet.participant_identity)
            .filter(|identity| !identity.is_empty() && identity.len() <= super::participant::LONGEST_ID)
            .map(ParticipantId::from);
        let Some(value) = packet.value else {
            self.out.ignore();
            return;
        };
        match value {
            Value::User(user) => self.user_packet(from, user),
            Value::Transcription(transcription) => {
                let segments = self.captions.packet(transcription);
                self.out.events(segments.into_iter().map(RoomEvent::Captions));
            }
            Value::ChatMessage(message) => {
                let from = from.filter(|from| Some(from) != self.room.my_identity());
                match self.chat.packet(from, message) {
                    Some(message) => self.out.event(RoomEvent::Message(message)),
                    None => self.out.ignore(),
                }
            }
            Value::StreamHeader(header) => {
                let taken = self.streams.header(from, header, self.now);
                self.stream_taken(taken);
            }
            Value::StreamChunk(chunk) => {
                let taken = self.streams.chunk(from, chunk, captions::TOPIC);
                self.stream_taken(taken);
            }
            Value::StreamTrailer(trailer) => {
                let taken = self.streams.trailer(from, trailer);
                self.stream_taken(taken);
            }
            Value::RpcRequest(request) => self.refuse_call(from, request.id),
            // Encrypted packets, metrics and what else is not for us.
            _ => self.out.ignore(),
        }
    }

    fn user_packet(&mut self, from: Option<ParticipantId>, user: UserPacket) {
        #[allow(deprecated)] // older servers say it there
        let from = from.or_else(|| Some(user.participant_identity).filter(|id| !id.is_empty()).map(ParticipantId::from));
        if user.topic.as_deref() == Some(chat::LEGACY_TOPIC) {
            match self.chat.legacy(from, &user.payload) {
                Ok(Some(message)) => self.out.event(RoomEvent::Message(message)),
                Ok(None) => {}
                Err(()) => self.out.ignore(),
            }
            return;
        }
        self.out.event(RoomEvent::Data { topic: user.topic, from, payload: Bytes::from(user.payload) });
    }

    fn stream_taken(&mut self, taken: Taken) {
        match taken {
            Taken::Nothing => {}
            Taken::Ignored => self.out.ignore(),
            Taken::Text(text) => self.text_arrived(text),
        }
    }

    fn text_arrived(&mut self, text: Text) {
        if text.topic == captions::TOPIC {
            let track = text.attributes.get("lk.transcribed_track_id").map(|id| TrackId::from(id.as_str()));
            let speaker = track.and_then(|track| self.room.owner_of(&track).cloned());
            let segment = self.captions.stream(text, speaker);
            self.out.events(segment.map(RoomEvent::Captions));
        } else if text.topic == chat::TOPIC {
            match self.chat.stream(text) {
                Some(message) => self.out.event(RoomEvent::Message(message)),
                None => self.out.ignore(),
            }
        } else {
            let Text { topic, from, id, text, attributes, .. } = text;
            self.out.event(RoomEvent::Text { topic, from, id, text, attributes });
        }
    }

    /// We offer no procedures; a caller is told so at once.
    fn refuse_call(&mut self, from: Option<ParticipantId>, request_id: String) {
        let Some(from) = from.filter(|_| request_id.len() <= 256) else {
            self.out.ignore();
            return;
        };
        let error = RpcError { code: UNSUPPORTED_METHOD, message: "Method not supported at destination".into(), data: String::new() };
        let response = RpcResponse { request_id, value: Some(rpc_response::Value::Error(error)) };
        let mut packet = text_stream::packet(data_packet::Value::RpcResponse(response));
        packet.destination_identities = vec![from.to_string()];
        self.send_reliable(vec![packet]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(payload: &str) -> DataPacket {
        text_stream::packet(data_packet::Value::User(UserPacket { payload: payload.into(), ..Default::default() }))
    }

    fn sequences(sent: &[Bytes]) -> Vec<u32> {
        sent.iter().map(|bytes| DataPacket::decode(bytes.clone()).expect("packet").sequence).collect()
    }

    #[test]
    fn what_the_server_missed_is_sent_again_before_what_is_new() {
        let mut channels = Channels::default();
        channels.hold(vec![user("1"), user("2"), user("3")]);
        assert!(channels.take().is_empty());
        channels.opened(RELIABLE);
        assert_eq!(sequences(&channels.take()), [1, 2, 3]);
        channels.hold(vec![user("4")]);
        channels.resumed(1);
        assert_eq!(sequences(&channels.take()), [2, 3, 4]);
        // A server that does not say what it has gets nothing twice.
        channels.resumed(0);
        assert!(channels.take().is_empty());
        channels.hold(vec![user("5")]);
        channels.renew();
        channels.opened(RELIABLE);
        assert_eq!(sequences(&channels.take()), [1]);
    }

    #[test]
    fn repetitions_are_dropped_by_the_senders_session() {
        let mut channels = Channels::default();
        assert!(channels.is_new("PA_1", 1));
        assert!(!channels.is_new("PA_1", 1));
        assert!(channels.is_new("PA_2", 1));
        assert!(channels.is_new("PA_1", 5));
        assert!(!channels.is_new("PA_1", 4));
        assert!(channels.is_new("", 0) && channels.is_new("", 0));
        assert_eq!(channels.receive_states().len(), 2);
        channels.forget_sender("PA_1");
        assert!(channels.is_new("PA_1", 1));
    }

    #[test]
    fn memory_is_bounded() {
        let mut channels = Channels::default();
        let large = "x".repeat(60_000);
        let held = (0..100).filter(|_| channels.hold(vec![user(&large)])).count();
        assert!(held * 60_000 <= MOST_HELD && held > 10, "{held}");
        assert!(!channels.hold(vec![user(&"x".repeat(LARGEST_SENT))]));
        channels.opened(RELIABLE);
        channels.take();
        assert!(channels.kept_bytes <= MOST_KEPT_BYTES && channels.held_bytes == 0);
        for sender in 0..(MOST_SENDERS + 10) {
            channels.is_new(&sender.to_string(), 1);
        }
        assert_eq!(channels.received.len(), MOST_SENDERS);
    }
}
