//! Chat: text streams of the topic `lk.chat`; older ways are understood too.

use super::text_stream::Text;
use crate::ChatMessage;
use livekit_protocol::ChatMessage as WireMessage;
use serde::Deserialize;
use std::collections::{BTreeSet, VecDeque};
use visavis_model::ParticipantId;

/// The topic of messages.
pub(super) const TOPIC: &str = "lk.chat";
/// The topic of user packets by which clients before text streams chat.
pub(super) const LEGACY_TOPIC: &str = "lk-chat-topic";
/// Messages that are remembered to tell an edit from a new one.
const MOST_REMEMBERED: usize = 2000;
/// Longest message, in bytes.
const LONGEST: usize = 256 * 1024;

/// A message of clients before text streams.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Legacy {
    id: String,
    #[serde(default)]
    timestamp: f64,
    message: String,
    /// The same message comes as a text stream.
    #[serde(default)]
    ignore_legacy: bool,
}

#[derive(Debug, Default)]
pub(super) struct Chat {
    seen: BTreeSet<(Option<ParticipantId>, String)>,
    order: VecDeque<(Option<ParticipantId>, String)>,
}

impl Chat {
    pub(super) fn stream(&mut self, text: Text) -> Option<ChatMessage> {
        let seen = self.remember(text.from.clone(), &text.id);
        self.checked(ChatMessage {
            id: text.id,
            author: text.from,
            text: text.text,
            unix_millis: text.unix_millis,
            edited: seen || text.update,
        })
    }

    /// `Ok(None)`: rightly nothing.
    pub(super) fn legacy(&mut self, from: Option<ParticipantId>, payload: &[u8]) -> Result<Option<ChatMessage>, ()> {
        let legacy: Legacy = serde_json::from_slice(payload).map_err(|_| ())?;
        if legacy.ignore_legacy {
            return Ok(None);
        }
        let edited = self.remember(from.clone(), &legacy.id);
        // A float to integer cast saturates, and NaN is 0.
        let unix_millis = legacy.timestamp as u64;
        self.checked(ChatMessage { id: legacy.id, author: from, text: legacy.message, unix_millis, edited })
            .map(Some)
            .ok_or(())
    }

    pub(super) fn packet(&mut self, from: Option<ParticipantId>, message: WireMessage) -> Option<ChatMessage> {
        if message.deleted {
            return None;
        }
        let seen = self.remember(from.clone(), &message.id);
        self.checked(ChatMessage {
            id: message.id,
            author: from,
            text: message.message,
            unix_millis: u64::try_from(message.timestamp).unwrap_or(0),
            edited: seen || message.edit_timestamp.is_some(),
        })
    }

    /// Notes an own message; true where it is an edit of one.
    pub(super) fn sent(&mut self, id: &str) -> bool {
        self.remember(None, id)
    }

    /// An own message did not leave: at its next try it is no edit.
    pub(super) fn not_sent(&mut self, id: &str) {
        self.seen.remove(&(None, id.to_owned()));
    }

    fn checked(&self, message: ChatMessage) -> Option<ChatMessage> {
        let id_fits = !message.id.is_empty() && message.id.len() <= 256;
        (id_fits && message.text.len() <= LONGEST).then_some(message)
    }

    /// True where it was known.
    fn remember(&mut self, from: Option<ParticipantId>, id: &str) -> bool {
        if id.len() > 256 {
            return false;
        }
        let key = (from, id.to_owned());
        if !self.seen.insert(key.clone()) {
            return true;
        }
        self.order.push_back(key);
        if self.order.len() > MOST_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(id: &str, from: &str) -> Text {
        Text {
            id: id.into(),
            from: Some(from.into()),
            topic: TOPIC.into(),
            text: "bonjour".into(),
            unix_millis: 5,
            attributes: Default::default(),
            update: false,
            finished: true,
        }
    }

    #[test]
    fn the_same_id_of_the_same_person_is_an_edit() {
        let mut chat = Chat::default();
        assert!(!chat.stream(text("1", "a")).expect("message").edited);
        assert!(!chat.stream(text("1", "b")).expect("message").edited);
        assert!(chat.stream(text("1", "a")).expect("message").edited);
        assert!(!chat.sent("1"));
        assert!(chat.sent("1"));
        chat.not_sent("1");
        assert!(!chat.sent("1"));
    }

    #[test]
    fn what_also_comes_as_a_stream_is_dropped() {
        let mut chat = Chat::default();
        let dropped = br#"{"id":"x","timestamp":1.5e3,"message":"m","ignoreLegacy":true}"#;
        assert_eq!(chat.legacy(None, dropped), Ok(None));
        let old = br#"{"id":"x","timestamp":1500.5,"message":"m"}"#;
        let message = chat.legacy(Some("a".into()), old).expect("json").expect("message");
        assert_eq!((message.text.as_str(), message.unix_millis, message.edited), ("m", 1500, false));
        for bad in [&b"nonsense"[..], b"{}", br#"{"id":"","message":"m"}"#, br#"{"id":1,"message":"m"}"#] {
            assert_eq!(chat.legacy(None, bad), Err(()));
        }
    }

    #[test]
    fn a_deleted_message_and_an_endless_one_are_none() {
        let mut chat = Chat::default();
        let wire = |message: &str, deleted: bool| WireMessage {
            id: "1".into(),
            message: message.into(),
            deleted,
            timestamp: -5,
            ..Default::default()
        };
        assert_eq!(chat.packet(None, wire("x", true)), None);
        assert_eq!(chat.packet(None, wire("x", false)).expect("message").unix_millis, 0);
        assert_eq!(chat.packet(None, wire(&"x".repeat(LONGEST + 1), false)), None);
    }

    #[test]
    fn the_memory_of_messages_is_bounded() {
        let mut chat = Chat::default();
        for index in 0..5000 {
            chat.sent(&index.to_string());
        }
        assert_eq!((chat.seen.len(), chat.order.len()), (MOST_REMEMBERED, MOST_REMEMBERED));
    }
}
