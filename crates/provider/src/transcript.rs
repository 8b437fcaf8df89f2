//! Captions as a conversation: what one person says in a row is one line, kept for the length of the meeting.

use crate::Segment;
use std::collections::VecDeque;
use visavis_model::ParticipantId;

/// Lines and bytes of text that are kept; the oldest go first. Ten hours of talk are about 600 kB.
const MOST_LINES: usize = 20_000;
const MOST_BYTES: usize = 8 * 1024 * 1024;
/// A silence after which the same person begins a new line, in milliseconds.
const SILENCE_MILLIS: u64 = 10_000;
/// A line that is so long is followed by a new one, in bytes.
const LONG_LINE: usize = 600;

/// What one person said in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counts up; a changed line keeps its number.
    pub number: u64,
    /// `None`: the server does not say who.
    pub speaker: Option<ParticipantId>,
    /// Unix milliseconds of its first word.
    pub at: u64,
    /// No part of it will change any more.
    pub is_final: bool,
    parts: Vec<Part>,
    last_at: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    id: String,
    text: String,
    is_final: bool,
}

impl Line {
    pub fn text(&self) -> String {
        let parts: Vec<_> = self.parts.iter().map(|part| part.text.trim()).filter(|text| !text.is_empty()).collect();
        parts.join(" ")
    }

    fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.id.len() + part.text.len()).sum()
    }
}

/// The lines of one meeting. Nothing of it leaves the memory by itself.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    lines: VecDeque<Line>,
    next: u64,
    bytes: usize,
}

impl Transcript {
    /// Takes a segment, new or grown; gives the number of the line that it is in.
    pub fn take(&mut self, segment: Segment, unix_millis: u64) -> u64 {
        let number = self.put(segment, unix_millis);
        while self.lines.len() > MOST_LINES || (self.bytes > MOST_BYTES && self.lines.len() > 1) {
            if let Some(oldest) = self.lines.pop_front() {
                self.bytes = self.bytes.saturating_sub(oldest.bytes());
            }
        }
        number
    }

    fn put(&mut self, segment: Segment, unix_millis: u64) -> u64 {
        let Segment { id, speaker, text, is_final, .. } = segment;
        self.bytes = self.bytes.saturating_add(text.len());
        // A segment grows for a few seconds, so it is among the last lines.
        for line in self.lines.iter_mut().rev().take(32) {
            if let Some(part) = line.parts.iter_mut().find(|part| part.id == id && line.speaker == speaker) {
                self.bytes = self.bytes.saturating_sub(part.text.len());
                part.text = text;
                part.is_final = is_final;
                line.last_at = line.last_at.max(unix_millis);
                line.is_final = line.parts.iter().all(|part| part.is_final);
                return line.number;
            }
        }
        self.bytes = self.bytes.saturating_add(id.len());
        let part = Part { id, text, is_final };
        if let Some(last) = self.lines.back_mut() {
            let goes_on = last.speaker == speaker
                && unix_millis.saturating_sub(last.last_at) <= SILENCE_MILLIS
                && last.bytes() < LONG_LINE;
            if goes_on {
                last.is_final = last.is_final && part.is_final;
                last.last_at = last.last_at.max(unix_millis);
                last.parts.push(part);
                return last.number;
            }
        }
        let number = self.next;
        self.next += 1;
        self.lines.push_back(Line {
            number,
            speaker,
            at: unix_millis,
            is_final: part.is_final,
            parts: vec![part],
            last_at: unix_millis,
        });
        number
    }

    /// Oldest first.
    pub fn lines(&self) -> impl DoubleEndedIterator<Item = &Line> {
        self.lines.iter()
    }

    pub fn line(&self, number: u64) -> Option<&Line> {
        let first = self.lines.front()?.number;
        self.lines.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    /// The whole as text, a line each; `name` says who a speaker is.
    pub fn text(&self, name: impl Fn(Option<&ParticipantId>) -> String) -> String {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&format!("{}: {}\n", name(line.speaker.as_ref()), line.text()));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(id: &str, speaker: &str, text: &str, is_final: bool) -> Segment {
        Segment { id: id.into(), speaker: Some(speaker.into()), text: text.into(), language: "fr".into(), is_final }
    }

    fn whole(transcript: &Transcript) -> String {
        transcript.text(|speaker| speaker.map(ToString::to_string).unwrap_or_default())
    }

    #[test]
    fn what_one_person_says_in_a_row_is_one_line() {
        let mut transcript = Transcript::default();
        assert_eq!(transcript.take(segment("1", "a", "bon", false), 1000), 0);
        assert_eq!(transcript.take(segment("1", "a", "bonjour", true), 1500), 0);
        assert_eq!(transcript.take(segment("2", "a", "à tous", true), 3000), 0);
        assert_eq!(transcript.take(segment("3", "b", "salut", false), 4000), 1);
        // Somebody's words that grow while another one speaks already.
        assert_eq!(transcript.take(segment("2", "a", "à toutes", true), 4500), 0);
        assert_eq!(transcript.take(segment("4", "a", "bien", true), 5000), 2);
        assert_eq!(transcript.take(segment("5", "a", "plus tard", true), 99_000), 3);
        assert_eq!(whole(&transcript), "a: bonjour à toutes\nb: salut\na: bien\na: plus tard\n");
        assert!(transcript.line(0).is_some_and(|line| line.is_final && line.at == 1000));
        assert!(transcript.line(1).is_some_and(|line| !line.is_final));
        assert_eq!(transcript.line(9), None);
    }

    #[test]
    fn a_transcript_is_bounded() {
        let mut transcript = Transcript::default();
        let text = "x".repeat(16 * 1024);
        for index in 0..2000_u64 {
            transcript.take(segment(&index.to_string(), "a", &text, true), index);
        }
        assert!(transcript.bytes <= MOST_BYTES);
        let counted: usize = transcript.lines.iter().map(Line::bytes).sum();
        assert_eq!(counted, transcript.bytes);
        let mut transcript = Transcript::default();
        for index in 0..(MOST_LINES as u64 + 10) {
            transcript.take(segment(&index.to_string(), &(index % 2).to_string(), "x", true), index);
        }
        assert_eq!(transcript.lines().count(), MOST_LINES);
        assert_eq!(transcript.lines().next().map(|line| line.number), Some(10));
    }
}
