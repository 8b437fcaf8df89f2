//! What is said over the data channels.

use super::channels::{LARGEST_SENT, LOSSY, RELIABLE};
use super::participant::LONGEST_ID;
use super::session::Session;
use super::text_stream::{self, Outgoing, Taken, Text};
use super::{captions, chat};
use crate::{ChannelLabel, PeerId, RoomEvent, TransportOperation};
use bytes::Bytes;
use livekit_protocol::{DataPacket, RpcError, RpcResponse, UserPacket, data_packet, rpc_response};
use prost::Message;
use std::collections::BTreeMap;
use visavis_model::{ParticipantId, TrackId};

/// A larger message is never received.
const LARGEST_RECEIVED: usize = 256 * 1024;
/// The answer to a remote procedure call that we do not have (LiveKit RPC).
const UNSUPPORTED_METHOD: u32 = 1400;

impl Session {
    /// Sends what is held, where the channel is open and no resumption is under way: a packet sent
    /// before those that the server missed would make it drop them, and one sent before the restarted
    /// path is up arrives a second late (measured).
    pub(super) fn flush_channels(&mut self) {
        if !self.room.may_send_data() {
            // Said before we knew, or the right went while it waited: the server would drop it without a word.
            self.channels.drop_held().into_iter().for_each(|id| self.not_sent(id));
        }
        let Some(peer) = self.sending_peer() else { return };
        for data in self.channels.take() {
            self.out.transport(TransportOperation::SendChannel { peer, label: RELIABLE.into(), data });
        }
        let sent = self.channels.sent();
        self.out.events(sent.into_iter().map(RoomEvent::Sent));
    }

    /// The peer connection that takes messages now.
    fn sending_peer(&self) -> Option<PeerId> {
        let peers = self.peers.as_ref().filter(|_| !self.recovery.down())?;
        peers.publish.connected().then_some(peers.publish.id)
    }

    fn not_sent(&mut self, id: String) {
        self.chat.not_sent(&id);
        self.out.event(RoomEvent::NotSent(id));
    }

    /// `id`: under it their fate is told.
    fn send_reliable(&mut self, packets: Vec<DataPacket>, id: Option<String>) {
        if !self.room.may_send_data() || !self.channels.hold(packets, id.clone()) {
            self.out.ignore();
            if let Some(id) = id {
                self.not_sent(id);
            }
            return;
        }
        self.flush_channels();
    }

    fn send_stream(&mut self, outgoing: Outgoing<'_>) {
        let id = outgoing.id.to_owned();
        let packets = text_stream::packets(outgoing).into_iter().map(text_stream::packet).collect();
        self.send_reliable(packets, Some(id));
    }

    pub(super) fn send_message(&mut self, id: &str, text: &str, unix_millis: u64) {
        let update = self.chat.sent(id);
        self.send_stream(Outgoing { id, topic: chat::TOPIC, text, attributes: BTreeMap::new(), unix_millis, update });
    }

    pub(super) fn send_text(
        &mut self,
        id: &str,
        topic: &str,
        text: &str,
        attributes: BTreeMap<String, String>,
        unix_millis: u64,
    ) {
        self.send_stream(Outgoing { id, topic, text, attributes, unix_millis, update: false });
    }

    pub(super) fn send_data(&mut self, topic: Option<String>, payload: &[u8], reliable: bool, to: Vec<ParticipantId>) {
        let user = UserPacket { payload: payload.to_vec(), topic, ..Default::default() };
        let mut packet = text_stream::packet(data_packet::Value::User(user));
        packet.destination_identities = to.into_iter().map(|id| id.to_string()).collect();
        if reliable {
            self.send_reliable(vec![packet], None);
            return;
        }
        #[allow(deprecated)] // older servers look at it
        {
            packet.kind = data_packet::Kind::Lossy as i32;
        }
        let data = Bytes::from(packet.encode_to_vec());
        let fits = self.channels.lossy_open && data.len() <= LARGEST_SENT && self.room.may_send_data();
        match self.sending_peer().filter(|_| fits) {
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
            .filter(|identity| !identity.is_empty() && identity.len() <= LONGEST_ID)
            .map(ParticipantId::from);
        let sid = packet.participant_sid;
        if sid.len() > LONGEST_ID {
            self.out.ignore();
            return;
        }
        let Some(value) = packet.value else {
            self.out.ignore();
            return;
        };
        match value {
            Value::User(user) => self.user_packet(from, user),
            Value::Transcription(transcription) => {
                let speaker = ParticipantId::from(transcription.transcribed_participant_identity.as_str());
                if !self.room.may_caption(from.as_ref(), Some(&speaker)) {
                    self.out.ignore();
                    return;
                }
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
                let taken = self.streams.header(from, &sid, header, self.now);
                self.stream_taken(taken);
            }
            Value::StreamChunk(chunk) => {
                let taken = self.streams.chunk(from, &sid, chunk, captions::TOPIC);
                self.stream_taken(taken);
            }
            Value::StreamTrailer(trailer) => {
                let taken = self.streams.trailer(from, &sid, trailer);
                self.stream_taken(taken);
            }
            Value::RpcRequest(request) => self.refuse_call(from, request.id),
            // Encrypted packets, metrics and what else is not for us.
            _ => self.out.ignore(),
        }
    }

    fn user_packet(&mut self, from: Option<ParticipantId>, user: UserPacket) {
        #[allow(deprecated)] // older servers say it there
        let from =
            from.or_else(|| Some(user.participant_identity).filter(|id| !id.is_empty()).map(ParticipantId::from));
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
            if !self.room.may_caption(text.from.as_ref(), speaker.as_ref().or(text.from.as_ref())) {
                self.out.ignore();
                return;
            }
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
        let error = RpcError {
            code: UNSUPPORTED_METHOD,
            message: "Method not supported at destination".into(),
            data: String::new(),
        };
        let response = RpcResponse { request_id, value: Some(rpc_response::Value::Error(error)) };
        let mut packet = text_stream::packet(data_packet::Value::RpcResponse(response));
        packet.destination_identities = vec![from.to_string()];
        self.send_reliable(vec![packet], None);
    }
}
