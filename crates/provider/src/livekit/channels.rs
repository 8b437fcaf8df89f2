//! The two data channels: `_reliable`, numbered and repeated over a resumption, and `_lossy`.

use bytes::Bytes;
use livekit_protocol::{DataChannelReceiveState, DataPacket};
use prost::Message;
use std::collections::{BTreeMap, VecDeque};

pub(super) const RELIABLE: &str = "_reliable";
pub(super) const LOSSY: &str = "_lossy";

/// A larger message would end the channel at some clients (64 000 bytes).
pub(super) const LARGEST_SENT: usize = 63_000;
/// Bytes that wait for the channel to open or for a resumption.
const MOST_HELD: usize = 2 * 1024 * 1024;
/// Packets and bytes that are kept to be sent again after a resumption.
const MOST_KEPT: usize = 1024;
const MOST_KEPT_BYTES: usize = 1024 * 1024;
/// Senders whose sequence numbers are remembered.
const MOST_SENDERS: usize = 8192;

#[derive(Debug, Default)]
pub(super) struct Channels {
    reliable_open: bool,
    pub(super) lossy_open: bool,
    /// Reliable packets that could not be sent yet, without their number; the last ones of what has an id, with it.
    held: VecDeque<(DataPacket, Option<String>)>,
    held_bytes: usize,
    /// What has gone to the channel whole and was not told yet.
    sent: Vec<String>,
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
    pub(super) fn is_new(&mut self, sid: &str, sequence: u32) -> bool {
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

    /// Holds packets that belong together, under the id by which they are asked about: all of them or none.
    pub(super) fn hold(&mut self, packets: Vec<DataPacket>, id: Option<String>) -> bool {
        let sizes: Vec<usize> = packets.iter().map(Message::encoded_len).collect();
        let size: usize = sizes.iter().sum();
        if self.held_bytes + size > MOST_HELD || sizes.into_iter().any(|size| size > LARGEST_SENT) {
            return false;
        }
        self.held_bytes += size;
        let last = packets.len().saturating_sub(1);
        let mut id = id;
        let with_id = packets.into_iter().enumerate().map(|(at, packet)| (packet, id.take_if(|_| at == last)));
        self.held.extend(with_id);
        true
    }

    /// Lets go of all that waits; gives the ids of it.
    pub(super) fn drop_held(&mut self) -> Vec<String> {
        self.held_bytes = 0;
        std::mem::take(&mut self.held).into_iter().filter_map(|(_, id)| id).collect()
    }

    /// The ids of what [`Self::take`] gave since this was asked last.
    pub(super) fn sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }

    /// What is to be sent now: first what the server missed, then what was held.
    pub(super) fn take(&mut self) -> Vec<Bytes> {
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
        for (mut packet, id) in std::mem::take(&mut self.held) {
            self.last_sequence = self.last_sequence.saturating_add(1);
            packet.sequence = self.last_sequence;
            let bytes = Bytes::from(packet.encode_to_vec());
            self.keep(bytes.clone());
            out.push(bytes);
            self.sent.extend(id);
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

#[cfg(test)]
mod tests {
    use super::super::text_stream;
    use super::*;
    use livekit_protocol::{UserPacket, data_packet};

    fn user(payload: &str) -> DataPacket {
        text_stream::packet(data_packet::Value::User(UserPacket { payload: payload.into(), ..Default::default() }))
    }

    fn sequences(sent: &[Bytes]) -> Vec<u32> {
        sent.iter().map(|bytes| DataPacket::decode(bytes.clone()).expect("packet").sequence).collect()
    }

    #[test]
    fn what_the_server_missed_is_sent_again_before_what_is_new() {
        let mut channels = Channels::default();
        channels.hold(vec![user("1"), user("2"), user("3")], Some("all".into()));
        assert!(channels.take().is_empty() && channels.sent().is_empty());
        channels.opened(RELIABLE);
        assert_eq!(sequences(&channels.take()), [1, 2, 3]);
        assert_eq!(channels.sent(), ["all"]);
        channels.hold(vec![user("4")], None);
        channels.resumed(1);
        assert_eq!(sequences(&channels.take()), [2, 3, 4]);
        // A server that does not say what it has gets nothing twice.
        channels.resumed(0);
        assert!(channels.take().is_empty());
        channels.hold(vec![user("5")], Some("5".into()));
        channels.renew();
        channels.opened(RELIABLE);
        assert_eq!(sequences(&channels.take()), [1]);
        assert_eq!(channels.sent(), ["5"]);
        channels.hold(vec![user("6"), user("6")], Some("6".into()));
        assert_eq!(channels.drop_held(), ["6"]);
        assert!(channels.take().is_empty() && channels.sent().is_empty() && channels.held_bytes == 0);
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
        let held = (0..100).filter(|_| channels.hold(vec![user(&large)], None)).count();
        assert!(held * 60_000 <= MOST_HELD && held > 10, "{held}");
        assert!(!channels.hold(vec![user(&"x".repeat(LARGEST_SENT))], None));
        channels.opened(RELIABLE);
        channels.take();
        assert!(channels.kept_bytes <= MOST_KEPT_BYTES && channels.held_bytes == 0);
        for sender in 0..(MOST_SENDERS + 10) {
            channels.is_new(&sender.to_string(), 1);
        }
        assert_eq!(channels.received.len(), MOST_SENDERS);
    }
}
