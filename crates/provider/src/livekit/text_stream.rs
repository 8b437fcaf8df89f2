//! Text streams (data streams, version 1): a header, chunks, a trailer.

use livekit_protocol::{DataPacket, data_packet, data_stream};
use std::collections::BTreeMap;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::ParticipantId;

/// Bytes of one chunk; more would not pass every client's data channel.
const CHUNK: usize = 15_000;
/// Longest text received, and all unfinished ones together, in bytes.
const LONGEST: usize = 1024 * 1024;
const LONGEST_TOGETHER: usize = 4 * 1024 * 1024;
/// Unfinished streams at a time; the age at which one is given up.
const MOST_OPEN: usize = 64;
const OLDEST: Duration = Duration::from_secs(120);
/// Longest id or topic, and all attributes, in bytes.
const LONGEST_NAME: usize = 256;
const LONGEST_ATTRIBUTES: usize = 16 * 1024;

/// A text that came whole, or as far as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) id: String,
    pub(super) from: Option<ParticipantId>,
    pub(super) topic: String,
    pub(super) text: String,
    pub(super) unix_millis: u64,
    pub(super) attributes: BTreeMap<String, String>,
    /// The sender says that it replaces an earlier one of the same id.
    pub(super) update: bool,
    pub(super) finished: bool,
}

/// What a packet of a stream brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    Nothing,
    Text(Text),
    /// Not understood, too much, or out of place.
    Ignored,
}

#[derive(Debug)]
struct Open {
    header: Text,
    /// Files are followed to their end and thrown away.
    is_text: bool,
    total: Option<u64>,
    bytes: Vec<u8>,
    next_chunk: u64,
    since: MediaTime,
}

/// Which stream: of whom (the server's name for a connection; their own where it gives none) and its id.
type Key = (String, Option<ParticipantId>, String);

fn key(from: Option<ParticipantId>, sid: &str, stream: String) -> Key {
    (sid.to_owned(), from.filter(|_| sid.is_empty()), stream)
}

#[derive(Debug, Default)]
pub(super) struct Assembler {
    open: BTreeMap<Key, Open>,
    held: usize,
}

impl Assembler {
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// `sid` is the server's name for who sends, empty where it gives none. An agent says a stream in somebody's name by its header
    /// alone (`from`): the rest comes under the agent's own (measured, livekit-server 1.13.5).
    pub(super) fn header(
        &mut self,
        from: Option<ParticipantId>,
        sid: &str,
        header: data_stream::Header,
        now: MediaTime,
    ) -> Taken {
        self.drop_old(now);
        let attributes: usize = header.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
        let compressed = header.compression != data_stream::CompressionType::None as i32;
        if header.stream_id.is_empty()
            || header.stream_id.len() > LONGEST_NAME
            || header.topic.len() > LONGEST_NAME
            || attributes > LONGEST_ATTRIBUTES
            || header.total_length.is_some_and(|total| total > LONGEST as u64)
            || compressed
        {
            return Taken::Ignored;
        }
        use data_stream::header::ContentHeader;
        let (is_text, update) = match &header.content_header {
            Some(ContentHeader::TextHeader(text)) => {
                (true, text.operation_type == data_stream::OperationType::Update as i32)
            }
            _ => (false, false),
        };
        let text = Text {
            id: header.stream_id,
            from,
            topic: header.topic,
            text: String::new(),
            unix_millis: u64::try_from(header.timestamp).unwrap_or(0),
            attributes: header.attributes.into_iter().collect(),
            update,
            finished: false,
        };
        if let Some(content) = header.inline_content {
            if !is_text {
                return Taken::Ignored;
            }
            return finish(text, content);
        }
        let key = key(text.from.clone(), sid, text.id.clone());
        if self.open.len() >= MOST_OPEN || self.open.contains_key(&key) {
            return Taken::Ignored;
        }
        let open =
            Open { header: text, is_text, total: header.total_length, bytes: Vec::new(), next_chunk: 0, since: now };
        self.open.insert(key, open);
        if is_text { Taken::Nothing } else { Taken::Ignored }
    }

    /// `partial`: the topic whose texts are wanted while they grow.
    pub(super) fn chunk(
        &mut self,
        from: Option<ParticipantId>,
        sid: &str,
        chunk: data_stream::Chunk,
        partial: &str,
    ) -> Taken {
        let key = key(from, sid, chunk.stream_id);
        let Some(open) = self.open.get_mut(&key) else { return Taken::Ignored };
        if chunk.chunk_index < open.next_chunk {
            return Taken::Nothing;
        }
        if chunk.chunk_index > open.next_chunk {
            self.remove(&key);
            return Taken::Ignored;
        }
        open.next_chunk += 1;
        if !open.is_text {
            return Taken::Nothing;
        }
        let size = chunk.content.len();
        if open.bytes.len() + size > LONGEST || self.held + size > LONGEST_TOGETHER {
            self.remove(&key);
            return Taken::Ignored;
        }
        self.held += size;
        open.bytes.extend_from_slice(&chunk.content);
        if open.header.topic == partial
            && let Ok(text) = std::str::from_utf8(&open.bytes)
        {
            return Taken::Text(Text { text: text.to_owned(), ..open.header.clone() });
        }
        Taken::Nothing
    }

    pub(super) fn trailer(&mut self, from: Option<ParticipantId>, sid: &str, trailer: data_stream::Trailer) -> Taken {
        let Some(mut open) = self.remove(&key(from, sid, trailer.stream_id)) else { return Taken::Ignored };
        if !open.is_text {
            return Taken::Nothing;
        }
        let complete = open.total.is_none_or(|total| total == open.bytes.len() as u64);
        let attributes: usize = trailer.attributes.iter().map(|(key, value)| key.len() + value.len()).sum();
        if !complete || !trailer.reason.is_empty() || attributes > LONGEST_ATTRIBUTES {
            return Taken::Ignored;
        }
        open.header.attributes.extend(trailer.attributes);
        finish(open.header, open.bytes)
    }

    fn remove(&mut self, key: &Key) -> Option<Open> {
        let open = self.open.remove(key)?;
        self.held = self.held.saturating_sub(open.bytes.len());
        Some(open)
    }

    fn drop_old(&mut self, now: MediaTime) {
        let old: Vec<_> =
            self.open.iter().filter(|(_, open)| open.since + OLDEST <= now).map(|(key, _)| key.clone()).collect();
        for key in old {
            self.remove(&key);
        }
    }
}

fn finish(header: Text, bytes: Vec<u8>) -> Taken {
    if bytes.len() > LONGEST {
        return Taken::Ignored;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Taken::Text(Text { text, finished: true, ..header }),
        Err(_) => Taken::Ignored,
    }
}

/// A text to be sent; `update` where one of this id was sent before.
pub(super) struct Outgoing<'a> {
    pub(super) id: &'a str,
    pub(super) topic: &'a str,
    pub(super) text: &'a str,
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) unix_millis: u64,
    pub(super) update: bool,
}

/// The packets of a text, in order.
pub(super) fn packets(outgoing: Outgoing<'_>) -> Vec<data_packet::Value> {
    let operation =
        if outgoing.update { data_stream::OperationType::Update } else { data_stream::OperationType::Create };
    let header = data_stream::Header {
        stream_id: outgoing.id.to_owned(),
        timestamp: i64::try_from(outgoing.unix_millis).unwrap_or(i64::MAX),
        topic: outgoing.topic.to_owned(),
        mime_type: "text/plain".into(),
        total_length: Some(outgoing.text.len() as u64),
        attributes: outgoing.attributes.into_iter().collect(),
        content_header: Some(data_stream::header::ContentHeader::TextHeader(data_stream::TextHeader {
            operation_type: operation as i32,
            ..Default::default()
        })),
        ..Default::default()
    };
    let stream_id = outgoing.id.to_owned();
    let chunks = split(outgoing.text).into_iter().zip(0..).map(|(piece, chunk_index)| {
        data_packet::Value::StreamChunk(data_stream::Chunk {
            stream_id: stream_id.clone(),
            chunk_index,
            content: piece.as_bytes().to_vec(),
            ..Default::default()
        })
    });
    let trailer = data_stream::Trailer { stream_id: stream_id.clone(), ..Default::default() };
    std::iter::once(data_packet::Value::StreamHeader(header))
        .chain(chunks)
        .chain(std::iter::once(data_packet::Value::StreamTrailer(trailer)))
        .collect()
}

/// A packet of ours, without sequence number and receiver.
pub(super) fn packet(value: data_packet::Value) -> DataPacket {
    DataPacket { value: Some(value), ..Default::default() }
}

/// Pieces of at most [`CHUNK`] bytes, each of whole characters.
fn split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(CHUNK);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        let (piece, next) = rest.split_at(end);
        pieces.push(piece);
        rest = next;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_packet::Value;
    use proptest::prelude::*;

    fn outgoing(text: &str) -> Outgoing<'_> {
        Outgoing { id: "id", topic: "lk.chat", text, attributes: BTreeMap::new(), unix_millis: 7, update: false }
    }

    fn feed(assembler: &mut Assembler, values: Vec<Value>) -> Vec<Taken> {
        let from = || Some(ParticipantId::from("a"));
        values
            .into_iter()
            .map(|value| match value {
                Value::StreamHeader(header) => assembler.header(from(), "", header, MediaTime::ZERO),
                Value::StreamChunk(chunk) => assembler.chunk(from(), "", chunk, ""),
                Value::StreamTrailer(trailer) => assembler.trailer(from(), "", trailer),
                _ => Taken::Ignored,
            })
            .collect()
    }

    fn header(id: &str) -> data_stream::Header {
        let Some(Value::StreamHeader(header)) = packets(Outgoing { id, ..outgoing("x") }).into_iter().next() else {
            unreachable!("the first packet is the header")
        };
        header
    }

    #[test]
    fn unfinished_streams_are_few_and_do_not_live_for_ever() {
        let mut assembler = Assembler::default();
        for index in 0..MOST_OPEN {
            assert_eq!(assembler.header(None, "", header(&index.to_string()), MediaTime::ZERO), Taken::Nothing);
        }
        assert_eq!(assembler.header(None, "", header("one more"), MediaTime::ZERO), Taken::Ignored);
        assert_eq!(assembler.header(None, "", header("one more"), MediaTime::ZERO + OLDEST), Taken::Nothing);
        assert_eq!(assembler.open.len(), 1);
    }

    #[test]
    fn what_does_not_fit_together_is_ignored() {
        let mut assembler = Assembler::default();
        let mut values = packets(outgoing(&"x".repeat(CHUNK * 3)));
        values.remove(2);
        let taken = feed(&mut assembler, values);
        assert_eq!(taken.iter().filter(|taken| **taken == Taken::Ignored).count(), 2);
        assert_eq!(assembler.held, 0);

        let mut short = header("s");
        short.total_length = Some(5);
        let end = data_stream::Trailer { stream_id: "s".into(), ..Default::default() };
        assert_eq!(
            feed(&mut assembler, vec![Value::StreamHeader(short), Value::StreamTrailer(end)])[1],
            Taken::Ignored
        );

        let mut deflated = header("d");
        deflated.compression = 1;
        deflated.inline_content = Some(vec![1, 2, 3]);
        assert_eq!(assembler.header(None, "", deflated, MediaTime::ZERO), Taken::Ignored);

        let mut bad = header("b");
        bad.inline_content = Some(vec![0xff, 0xfe]);
        assert_eq!(assembler.header(None, "", bad, MediaTime::ZERO), Taken::Ignored);
    }

    #[test]
    fn what_an_agent_says_in_somebodys_name_is_theirs_and_nobody_elses() {
        let chunk = || data_stream::Chunk { stream_id: "s".into(), content: b"x".to_vec(), ..Default::default() };
        let end = || data_stream::Trailer { stream_id: "s".into(), ..Default::default() };
        let (zoe, agent) = (|| Some("zoe".into()), Some(ParticipantId::from("agent")));
        for agent in [None, agent] {
            let mut open = Assembler::default();
            assert_eq!(open.header(zoe(), "PA_agent", header("s"), MediaTime::ZERO), Taken::Nothing);
            assert_eq!(open.chunk(zoe(), "PA_other", chunk(), ""), Taken::Ignored);
            assert_eq!(open.chunk(zoe(), "", chunk(), ""), Taken::Ignored);
            assert_eq!(open.chunk(agent.clone(), "PA_agent", chunk(), ""), Taken::Nothing);
            let Taken::Text(text) = open.trailer(agent, "PA_agent", end()) else { panic!("no text") };
            assert_eq!((text.text.as_str(), text.from), ("x", zoe()));
        }
    }

    #[test]
    fn a_text_in_one_packet_is_taken() {
        let mut inline = header("i");
        inline.inline_content = Some("é".into());
        let Taken::Text(text) = Assembler::default().header(None, "", inline, MediaTime::ZERO) else {
            panic!("no text")
        };
        assert_eq!((text.text.as_str(), text.finished), ("é", true));
    }

    #[test]
    fn memory_is_bounded() {
        let mut assembler = Assembler::default();
        for index in 0..20 {
            let mut endless = header(&index.to_string());
            endless.total_length = None;
            assembler.header(None, "", endless, MediaTime::ZERO);
            for chunk_index in 0..100 {
                let content = vec![b'x'; CHUNK];
                let chunk =
                    data_stream::Chunk { stream_id: index.to_string(), chunk_index, content, ..Default::default() };
                assembler.chunk(None, "", chunk, "");
            }
        }
        assert!(assembler.held <= LONGEST_TOGETHER, "{}", assembler.held);
    }

    proptest! {
        #[test]
        fn a_text_arrives_as_it_was_sent(text in "\\PC{0,40}", times in 0_usize..800) {
            let text = text.repeat(times);
            let mut assembler = Assembler::default();
            let values = packets(outgoing(&text));
            let within = |value: &Value| !matches!(value, Value::StreamChunk(chunk) if chunk.content.len() > CHUNK);
            prop_assert!(values.iter().all(within));
            let taken = feed(&mut assembler, values);
            let Some(Taken::Text(arrived)) = taken.last() else { panic!("nothing arrived") };
            prop_assert_eq!(&arrived.text, &text);
            prop_assert_eq!(assembler.held, 0);
        }
    }
}
