//! Notifications: small JSON messages between the participants, on the reliable channel, without a topic.
//!
//! Anybody in the room can write one. So none of them changes what we show as true: that somebody records, mutes us or
//! takes our rights is believed from the server alone, and a notification adds at most who did it.

use super::session::Session;
use super::wire::{recording_name, source_names};
use crate::{Input, Notice, RoomCommand, RoomEvent};
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::Duration;
use visavis_model::{ParticipantId, Reaction, RecordingMode, TrackSource};

/// Longest notification, in bytes.
const LONGEST: usize = 4096;
/// Reactions a second, of all participants together; the page shows no more at once.
const MOST_REACTIONS: u32 = 50;
/// A word about a mute belongs to the mute that came so shortly before.
const SHORTLY: Duration = Duration::from_secs(10);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Told {
    Reaction(Reaction),
    Muted,
    Waiting,
    Started(RecordingMode),
    Stopped(RecordingMode),
    Requested(RecordingMode),
    Limit(RecordingMode),
    /// Understood, and the server tells it better.
    Nothing,
}

pub(super) const fn reaction_name(reaction: Reaction) -> &'static str {
    match reaction {
        Reaction::ThumbsUp => "thumbs-up",
        Reaction::ThumbsDown => "thumbs-down",
        Reaction::Clapping => "clapping-hands",
        Reaction::Heart => "red-heart",
        Reaction::Laughing => "face-with-tears-of-joy",
        Reaction::Surprised => "face-with-open-mouth",
        Reaction::Party => "party-popper",
        Reaction::Thanks => "folded-hands",
    }
}

/// `None`: no notification. `Some(None)`: one that this version does not know.
fn read(payload: &[u8]) -> Option<Option<Told>> {
    if payload.len() > LONGEST || !payload.starts_with(b"{") {
        return None;
    }
    let value: Value = serde_json::from_slice(payload).ok()?;
    let screen = RecordingMode::Screen;
    let transcript = RecordingMode::Transcript;
    Some(match value.get("type")?.as_str()? {
        "reactionReceived" => {
            let name = value.get("data").and_then(|data| data.get("emoji")).and_then(Value::as_str);
            Reaction::ALL.into_iter().find(|each| Some(reaction_name(*each)) == name).map(Told::Reaction)
        }
        "participantMuted" => Some(Told::Muted),
        "participantWaiting" => Some(Told::Waiting),
        "screenRecordingStarted" => Some(Told::Started(screen)),
        "screenRecordingStopped" => Some(Told::Stopped(screen)),
        "screenRecordingRequested" => Some(Told::Requested(screen)),
        "screenRecordingLimitReached" => Some(Told::Limit(screen)),
        "transcriptionStarted" => Some(Told::Started(transcript)),
        "transcriptionStopped" => Some(Told::Stopped(transcript)),
        "transcriptionRequested" => Some(Told::Requested(transcript)),
        "transcriptionLimitReached" => Some(Told::Limit(transcript)),
        "permissionsRemoved" => Some(Told::Nothing),
        _ => None,
    })
}

impl Session {
    /// A packet without a topic; `from` `None`: of the server.
    pub(super) fn notification(&mut self, from: Option<ParticipantId>, payload: Bytes) {
        let told = match read(&payload) {
            Some(Some(told)) => told,
            Some(None) => return self.ignore(),
            None => return self.event(RoomEvent::Data { topic: None, from, payload }),
        };
        let now = self.now;
        let moderates = self.moderates();
        let Some(inside) = &mut self.inside else { return };
        let by_moderator = from.as_ref().and_then(|from| inside.people.get(from)).is_some_and(|by| by.moderates());
        let is_known = from.as_ref().is_some_and(|from| inside.people.get(from).is_some());
        if let Some(from) = from.as_ref().filter(|_| !is_known) {
            // Perhaps the SFU tells of them in a moment.
            if !inside.early.keep(from.clone(), payload, now) {
                self.ignore();
            }
            return;
        }
        match (told, from) {
            (Told::Reaction(reaction), Some(from)) => {
                if inside.reactions_heard.take(MOST_REACTIONS, now) {
                    self.event(RoomEvent::Reaction { from, reaction });
                }
            }
            (Told::Muted, Some(from)) => {
                if inside.muted_at.take().is_some_and(|at| now.since(at) <= SHORTLY) {
                    self.event(RoomEvent::Notice(Notice::MutedBy(from)));
                }
            }
            (Told::Waiting, None) => {
                if moderates {
                    self.event(RoomEvent::Notice(Notice::SomebodyWaits));
                    self.ask_waiters();
                }
            }
            (Told::Started(mode), Some(by)) if by_moderator => {
                self.event(RoomEvent::Notice(Notice::RecordingStarted { mode, by }));
            }
            (Told::Stopped(mode), Some(by)) if by_moderator => {
                self.event(RoomEvent::Notice(Notice::RecordingStopped { mode, by }));
            }
            (Told::Requested(mode), Some(by)) => {
                if moderates {
                    self.event(RoomEvent::Notice(Notice::RecordingRequested { mode, by }));
                }
            }
            (Told::Limit(mode), None) => self.event(RoomEvent::Notice(Notice::LimitReached(mode))),
            (Told::Nothing, _) => {}
            // Said by somebody who cannot know it.
            _ => self.ignore(),
        }
    }

    /// Somebody is in the room now: what they said before counts.
    pub(super) fn hear_early(&mut self, who: &ParticipantId) {
        let Some(inside) = self.inside.as_mut().filter(|inside| inside.people.get(who).is_some()) else { return };
        for payload in inside.early.take(who) {
            self.notification(Some(who.clone()), payload);
        }
    }

    fn notify(&mut self, message: &Value, to: Vec<ParticipantId>) {
        let payload = Bytes::from(message.to_string());
        self.tell_inside(Input::Command(RoomCommand::SendData { topic: None, payload, reliable: true, to }));
    }

    pub(super) fn notify_reaction(&mut self, reaction: Reaction) {
        self.notify(&json!({ "type": "reactionReceived", "data": { "emoji": reaction_name(reaction) } }), Vec::new());
    }

    pub(super) fn notify_muted(&mut self, who: ParticipantId) {
        self.notify(&json!({ "type": "participantMuted" }), vec![who]);
    }

    pub(super) fn notify_rights(&mut self, who: ParticipantId, removed: &[TrackSource]) {
        let message = json!({ "type": "permissionsRemoved", "data": { "removedSources": source_names(removed) } });
        self.notify(&message, vec![who]);
    }

    /// `what`: `Started`, `Stopped`, `Requested`.
    pub(super) fn notify_recording(&mut self, mode: RecordingMode, what: &str) {
        let subject = if recording_name(mode) == "transcript" { "transcription" } else { "screenRecording" };
        self.notify(&json!({ "type": format!("{subject}{what}") }), Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn notifications_are_told_from_other_data() {
        assert_eq!(read(br#"{"type": "participantWaiting"}"#), Some(Some(Told::Waiting)));
        assert_eq!(
            read(br#"{"type":"reactionReceived","data":{"emoji":"party-popper"}}"#),
            Some(Some(Told::Reaction(Reaction::Party)))
        );
        assert_eq!(read(br#"{"type":"reactionReceived","data":{"emoji":"bomb"}}"#), Some(None));
        assert_eq!(read(br#"{"type":"reactionReceived","data":7}"#), Some(None));
        assert_eq!(read(br#"{"type":"ofANewerPage"}"#), Some(None));
        for other in [&b""[..], b"{}", b"[1]", br#"{"type":1}"#, b"\x00\x01", b"{\"type\":"] {
            assert_eq!(read(other), None);
        }
        let long = json!({ "type": "participantWaiting", "x": "x".repeat(LONGEST) }).to_string();
        assert_eq!(read(long.as_bytes()), None);
    }

    proptest! {
        #[test]
        fn no_packet_panics(payload in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,50}") {
            let _ = read(&payload);
            let _ = read(json!({ "type": text, "data": { "emoji": text } }).to_string().as_bytes());
        }
    }
}
