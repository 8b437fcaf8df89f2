//! Captions, which come by two ways: transcription packets and text streams of the topic `lk.transcription`.

use super::text_stream::Text;
use crate::Segment;
use livekit_protocol::Transcription;
use std::collections::{BTreeMap, VecDeque};
use visavis_model::ParticipantId;

/// The topic of caption streams.
pub(super) const TOPIC: &str = "lk.transcription";
/// Segments that are remembered to tell repetitions.
const MOST_REMEMBERED: usize = 512;
/// Longest segment, in bytes.
const LONGEST: usize = 16 * 1024;

#[derive(Debug, Default)]
pub(super) struct Captions {
    known: BTreeMap<String, (String, bool)>,
    order: VecDeque<String>,
}

impl Captions {
    /// Takes a packet; gives what is new in it.
    pub(super) fn packet(&mut self, transcription: Transcription) -> Vec<Segment> {
        let speaker = transcription.transcribed_participant_identity;
        let speaker = (!speaker.is_empty()).then(|| ParticipantId::from(speaker));
        let segments = transcription.segments.into_iter().filter(|segment| segment.text.len() <= LONGEST);
        segments
            .filter_map(|segment| {
                self.new_segment(Segment {
                    id: segment.id,
                    speaker: speaker.clone(),
                    text: segment.text,
                    language: segment.language,
                    is_final: segment.r#final,
                })
            })
            .collect()
    }

    /// Takes a text stream, finished or not; gives what is new in it. `speaker` is the owner of the
    /// track that was transcribed, where it is known.
    pub(super) fn stream(&mut self, text: Text, speaker: Option<ParticipantId>) -> Option<Segment> {
        if text.text.len() > LONGEST {
            return None;
        }
        let attribute = |name: &str| text.attributes.get(name).cloned().unwrap_or_default();
        let id = Some(attribute("lk.segment_id")).filter(|id| !id.is_empty()).unwrap_or(text.id);
        // A stream that says nothing about it is final at its end.
        let is_final = text.finished && !attribute("lk.transcription_final").eq_ignore_ascii_case("false");
        let language = attribute("lk.transcription_language");
        self.new_segment(Segment { id, speaker: speaker.or(text.from), text: text.text, language, is_final })
    }

    fn new_segment(&mut self, segment: Segment) -> Option<Segment> {
        if segment.id.is_empty() || segment.id.len() > 256 {
            return None;
        }
        match self.known.get(&segment.id) {
            Some((_, true)) => return None,
            Some((text, false)) if *text == segment.text && !segment.is_final => return None,
            Some(_) => {}
            None => {
                if self.order.len() >= MOST_REMEMBERED
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.known.remove(&oldest);
                }
                self.order.push_back(segment.id.clone());
            }
        }
        self.known.insert(segment.id.clone(), (segment.text.clone(), segment.is_final));
        Some(segment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use livekit_protocol::TranscriptionSegment;

    fn packet(id: &str, text: &str, is_final: bool) -> Transcription {
        Transcription {
            transcribed_participant_identity: "a".into(),
            segments: vec![TranscriptionSegment {
                id: id.into(),
                text: text.into(),
                r#final: is_final,
                ..Default::default()
            }],
            ..Default::default()
        }
    }

    fn stream(segment: &str, text: &str, is_final: &str) -> Text {
        Text {
            id: format!("stream of {text}"),
            from: Some("agent".into()),
            topic: TOPIC.into(),
            text: text.into(),
            unix_millis: 0,
            attributes: [
                ("lk.segment_id".to_owned(), segment.to_owned()),
                ("lk.transcription_final".to_owned(), is_final.to_owned()),
            ]
            .into(),
            update: false,
            finished: true,
        }
    }

    #[test]
    fn both_ways_together_say_it_once() {
        let mut captions = Captions::default();
        assert_eq!(captions.packet(packet("s1", "bon", false)).len(), 1);
        assert_eq!(captions.stream(stream("s1", "bon", "false"), None), None);
        let grown = captions.stream(stream("s1", "bonjour", "false"), Some("a".into())).expect("new");
        assert_eq!((grown.text.as_str(), grown.speaker, grown.is_final), ("bonjour", Some("a".into()), false));
        assert!(captions.packet(packet("s1", "bonjour", true))[0].is_final);
        assert_eq!(captions.stream(stream("s1", "bonjour", "true"), None), None);
        assert!(captions.packet(packet("s1", "autre", true)).is_empty());
    }

    #[test]
    fn the_memory_of_segments_is_bounded() {
        let mut captions = Captions::default();
        for index in 0..5000 {
            assert_eq!(captions.packet(packet(&index.to_string(), "x", true)).len(), 1);
        }
        assert_eq!((captions.known.len(), captions.order.len()), (MOST_REMEMBERED, MOST_REMEMBERED));
        assert!(captions.packet(packet("", "x", true)).is_empty());
    }
}
