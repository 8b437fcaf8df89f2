//! What a real server said to a real client, said to us.

use super::harness::{Talk, Word, camera, microphone};
use crate::{
    ConnectionState, Input, LeaveCause, PeerRole, PeerState, PublishRequest, RoomCommand, RoomEvent, Session as _,
    SocketCause,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use livekit_protocol::{SignalResponse, TrackType};
use prost::Message;
use serde::Deserialize;
use visavis_media::MediaTime;
use visavis_model::{Codec, TrackId};

#[derive(Deserialize)]
pub(super) struct Line {
    t: f64,
    pub(super) ch: String,
    #[serde(default)]
    ev: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    pub(super) label: String,
    #[serde(default)]
    b64: String,
}

impl Line {
    pub(super) fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.b64).expect("base64")
    }
}

pub(super) const CALL: &str = include_str!("../../../fixtures/livekit/v0-dual-pc-join-publish-chat-mute-leave.jsonl");
const CHAT: &str = include_str!("../../../fixtures/livekit/v0-chat-fallback-with-client-protocol-0-peer.jsonl");
const SVC: &str = include_str!("../../../fixtures/livekit/v0-dual-pc-vp9-svc-publish.jsonl");
pub(super) const RESUME: &str = include_str!("../../../fixtures/livekit/v0-resume.jsonl");
const REJOIN: &str = include_str!("../../../fixtures/livekit/v0-full-reconnect.jsonl");
pub(super) const MODERATED: &str = include_str!("../../../fixtures/livekit/v0-guest-moderated-and-removed.jsonl");

pub(super) fn lines(recording: &str) -> Vec<Line> {
    recording.lines().map(|line| serde_json::from_str(line).expect("line")).collect()
}

/// Says a recording to a session, at its times. Names that the recorded client made up are replaced by ours.
fn replay(recording: &str) -> Talk {
    let mut talk = Talk::new();
    talk.command(RoomCommand::Publish(microphone()));
    talk.command(RoomCommand::Publish(PublishRequest { codec: Codec::Vp8, ..camera() }));
    talk.input(Input::Start);
    let mut answered = 0;
    for line in lines(recording) {
        let at = MediaTime::from_millis(line.t as i64);
        talk.pass(at.since(talk.now));
        match (line.ch.as_str(), line.ev.as_str()) {
            ("mark", _) if line.text == "leave" => talk.command(RoomCommand::Leave),
            ("ws", "open") => talk.accept(),
            ("ws", "close") if talk.left().is_none() => talk.drop_socket(SocketCause::Closed { code: Some(1000) }),
            ("ws", "") => {
                let response = SignalResponse::decode(Bytes::from(line.bytes())).expect("response");
                // Large answers were left out of one recording: an empty line stands for each.
                let word = response.message.unwrap_or_else(|| Word::Answer(Default::default()));
                let offered = talk.said_kinds().into_iter().filter(|kind| *kind == "offer").count();
                if matches!(word, Word::Answer(_)) {
                    answered += 1;
                    if answered > offered {
                        // The recorded client offered its channels and its tracks apart; we offer once.
                        answered = offered;
                        continue;
                    }
                }
                let joined = matches!(word, Word::Join(_));
                let word = in_our_names(&talk, word);
                talk.word(word);
                if joined {
                    talk.state(PeerRole::Subscribe, PeerState::Connected);
                    talk.state(PeerRole::Publish, PeerState::Connected);
                }
            }
            ("dc", _) => talk.receive_bytes(&line.label, line.bytes()),
            _ => {}
        }
    }
    talk
}

fn in_our_names(talk: &Talk, word: Word) -> Word {
    match word {
        Word::TrackPublished(mut published) => {
            let audio = published.track.as_ref().is_some_and(|track| track.r#type == TrackType::Audio as i32);
            let track = if audio { TrackId::local_microphone() } else { TrackId::local_camera() };
            published.cid = talk.cid(&track);
            Word::TrackPublished(published)
        }
        Word::Answer(mut answer) => {
            answer.id = 0;
            Word::Answer(answer)
        }
        other => other,
    }
}

fn count(talk: &Talk, is_it: impl Fn(&RoomEvent) -> bool) -> usize {
    talk.events.iter().filter(|event| is_it(event)).count()
}

#[test]
fn a_whole_call_is_understood() {
    let talk = replay(CALL);
    let RoomEvent::Joined { others, .. } =
        talk.events.iter().find(|event| matches!(event, RoomEvent::Joined { .. })).expect("joined")
    else {
        panic!()
    };
    let peer = others[0].id.clone().expect("id");
    assert!(others[0].guest && others[0].color.is_some());
    let codecs: Vec<_> = others[0].publications.iter().map(|publication| publication.codec).collect();
    assert_eq!(codecs, [Some(Codec::Red), Some(Codec::Vp8)]);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::Published { .. })), 2);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::TrackSubscribed { .. })), 2);
    assert!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::LayersWanted { track, wanted: [true, ..] } if *track == TrackId::local_camera())
        ) > 0
    );
    assert_eq!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::Message(message) if message.text == "Hello from peer" && message.author == Some(peer.clone()))
        ),
        1
    );
    assert_eq!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::Data { payload, .. } if payload.starts_with(b"{\"type\":\"reactionReceived\""))
        ),
        1
    );
    assert!(
        count(&talk, |event| matches!(event, RoomEvent::MeChanged(me) if me.hand_raised_at.starts_with("2026-"))) > 0
    );
    assert!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::MeChanged(me) if me.name == "Renamed" && me.hand_raised_at.is_empty())
        ) > 0
    );
    assert!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::Speakers(list) if list.iter().any(|(id, speaks, _)| *speaks && *id == peer))
        ) > 0
    );
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::TrackGone(_))), 2);
    assert_eq!(count(&talk, |event| *event == RoomEvent::ParticipantLeft(peer.clone())), 1);
    assert_eq!(talk.left(), Some(LeaveCause::Ours));
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn chat_and_svc_are_understood() {
    let talk = replay(CHAT);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::Message(message) if message.text == "peer says hi")), 1);
    assert_eq!(talk.session.ignored(), 0);
    let talk = replay(SVC);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::Published { .. })), 2);
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn a_resumption_is_understood() {
    let talk = replay(RESUME);
    assert!(talk.opened[1].1.contains("reconnect=1"));
    let states: Vec<_> = talk
        .events
        .iter()
        .filter_map(|event| if let RoomEvent::Connection(state) = event { Some(*state) } else { None })
        .collect();
    use ConnectionState::{Connected, Connecting, Joined, Resuming};
    // The last one is the end of the recording.
    assert_eq!(states, [Connecting, Joined, Connected, Resuming, Connected, Resuming]);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::TrackGone(_) | RoomEvent::PublishRefused { .. })), 0);
    assert!(talk.said_kinds().contains(&"sync"));
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn a_rejoin_is_understood() {
    let talk = replay(REJOIN);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::Joined { .. })), 2);
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::Published { .. })), 4);
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn a_moderated_guest_is_understood() {
    let talk = replay(MODERATED);
    assert_eq!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::MutedByOther { track } if *track == TrackId::local_microphone())
        ),
        1
    );
    assert_eq!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::PublishRefused { track, .. } if *track == TrackId::local_camera())
        ),
        1
    );
    assert!(count(&talk, |event| matches!(event, RoomEvent::RoomChanged(room) if !room.metadata.is_empty())) > 0);
    assert_eq!(talk.left(), Some(LeaveCause::Removed));
    assert_eq!(talk.session.ignored(), 0);
    // The echo of the moderator's mute.
    assert_eq!(talk.said_kinds().into_iter().filter(|kind| *kind == "mute").count(), 1);
}
