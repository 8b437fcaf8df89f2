//! What the real page heard in a real meeting, said to us byte for byte.
//!
//! The page speaks the newer path of LiveKit (one peer connection, `/rtc/v1`) and we the older one, so its answers come to
//! offers of ours, and names that it made up stand for ours. Nothing else is changed.

use super::harness::Talk;
use crate::livekit::tests::harness::{Said, Word, camera, microphone};
use crate::{Input, LeaveCause, Notice, PublishRequest, RoomCommand, RoomEvent, Session as _, SocketFrame};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use livekit_protocol::{SignalResponse, TrackType};
use prost::Message;
use serde::Deserialize;
use visavis_media::MediaTime;
use visavis_model::{Codec, Reaction, Role, TrackId};

#[derive(Deserialize)]
struct Line {
    t: f64,
    ch: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    ev: String,
    #[serde(default)]
    label: String,
    #[serde(default)]
    b64: String,
}

const GUEST: &str = include_str!("../../../fixtures/meet/wire/visio-guest-join-chat-hand-reaction-mute-leave.jsonl");
const OWNER: &str = include_str!("../../../fixtures/meet/wire/visio-owner-same-session.jsonl");
const LOBBY: &str = include_str!("../../../fixtures/meet/wire/visio-owner-lobby-admit.jsonl");

/// Says a recording to a session that stands before the open socket.
fn replay(mut talk: Talk, recording: &str) -> Talk {
    talk.input(Input::Command(RoomCommand::Publish(microphone())));
    talk.input(Input::Command(RoomCommand::Publish(PublishRequest { codec: Codec::Vp8, ..camera() })));
    let (mut joined, mut up) = (false, false);
    for line in recording.lines() {
        let line: Line = serde_json::from_str(line).expect("line");
        let bytes = STANDARD.decode(&line.b64).expect("base64");
        let at = MediaTime::from_millis(line.t as i64 + 1000);
        let millis = u64::try_from(at.since(talk.now).as_millis()).expect("time");
        talk.pass_millis(millis);
        if joined && !up {
            talk.media_up();
            up = true;
        }
        match (line.ch.as_str(), line.ev.as_str()) {
            ("mark", _) if line.text == "leave" => talk.input(Input::Command(RoomCommand::Leave)),
            ("ws", "open") => talk.socket_opened(),
            ("ws", "") if !bytes.is_empty() => {
                let word =
                    SignalResponse::decode(Bytes::from(bytes.clone())).expect("response").message.expect("message");
                joined |= matches!(word, Word::Join(_));
                say(&mut talk, word, bytes);
            }
            ("dc", _) => talk.receive(&line.label, bytes),
            _ => {}
        }
    }
    talk
}

fn say(talk: &mut Talk, word: Word, bytes: Vec<u8>) {
    match word {
        // The page's offers are not ours; ours are answered as soon as they are made.
        Word::Answer(_) => {}
        Word::TrackPublished(mut published) => {
            let audio = published.track.as_ref().is_some_and(|track| track.r#type == TrackType::Audio as i32);
            let wanted = if audio { TrackType::Audio } else { TrackType::Video } as i32;
            let cid = talk.said.iter().rev().find_map(|said| match said {
                Said::AddTrack(add) if add.r#type == wanted => Some(add.cid.clone()),
                _ => None,
            });
            // The page publishes its camera anew after each pause; we mute ours, so there is nothing to answer.
            if let Some(cid) = cid {
                published.cid = cid;
                talk.word(Word::TrackPublished(published));
            }
        }
        _ => {
            let socket = talk.opened.last().expect("socket").0;
            talk.input(Input::SocketFrame { socket, frame: SocketFrame::Binary(Bytes::from(bytes)) });
        }
    }
}

fn count(talk: &Talk, is_it: impl Fn(&RoomEvent) -> bool) -> usize {
    talk.events.iter().filter(|event| is_it(event)).count()
}

fn guest() -> Talk {
    let mut talk = Talk::guest(super::harness::PUBLIC, "Guest Four");
    talk.replay("config-get-200");
    talk.replay("room-get-public-anonymous-200");
    talk.replay("request-entry-public-accepted-200");
    talk
}

fn owner() -> Talk {
    let mut talk = Talk::owner(super::harness::PUBLIC);
    talk.replay("config-get-200");
    talk.replay("users-me-200");
    talk.replay("room-get-public-owner-200");
    talk
}

#[test]
fn a_guests_whole_meeting_is_understood() {
    let talk = replay(guest(), GUEST);
    assert_eq!(talk.session.ignored(), 0);
    let joined = talk.events.iter().find_map(|event| match event {
        RoomEvent::Joined { room, me, others } => Some((room, me, others)),
        _ => None,
    });
    let (room, me, others) = joined.expect("joined");
    assert!(me.guest && me.role == Role::Member && me.color.is_some());
    assert_eq!((others.len(), others[0].role), (1, Role::Owner));
    let owner = others[0].id.clone().expect("id");
    assert!(
        room.capabilities.chat
            && room.capabilities.raise_hand
            && room.capabilities.captions
            && !room.capabilities.moderate
    );
    assert_eq!(count(&talk, |event| matches!(event, RoomEvent::Published { .. })), 2);
    let message =
        |event: &RoomEvent| matches!(event, RoomEvent::Message(message) if message.author.as_ref() == Some(&owner));
    assert_eq!(count(&talk, message), 1);
    assert_eq!(
        count(&talk, |event| *event == RoomEvent::Reaction { from: owner.clone(), reaction: Reaction::Heart }),
        1
    );
    let hand = |raised: bool| move |event: &RoomEvent| matches!(event, RoomEvent::MeChanged(me) if me.hand_raised_at.is_empty() != raised);
    assert!(count(&talk, hand(true)) > 0 && count(&talk, hand(false)) > 0);
    assert_eq!(
        count(&talk, |event| matches!(event, RoomEvent::SubscriptionFailed { .. } | RoomEvent::PublishRefused { .. })),
        0
    );
    let muted =
        |event: &RoomEvent| matches!(event, RoomEvent::MutedByOther { track } if *track == TrackId::local_microphone());
    assert_eq!(count(&talk, muted), 1);
    assert_eq!(count(&talk, |event| *event == RoomEvent::Notice(Notice::MutedBy(owner.clone()))), 1);
    assert_eq!(talk.left(), Some(LeaveCause::Ours));
}

#[test]
fn an_owners_whole_meeting_is_understood() {
    let talk = replay(owner(), OWNER);
    assert_eq!(talk.session.ignored(), 0);
    let newcomer = talk.events.iter().find_map(|event| match event {
        RoomEvent::ParticipantChanged(participant) if participant.guest => participant.id.clone(),
        _ => None,
    });
    let guest = newcomer.expect("the guest came");
    let of_guest = |event: &RoomEvent| matches!(event, RoomEvent::ParticipantChanged(participant) if participant.id.as_ref() == Some(&guest) && !participant.hand_raised_at.is_empty());
    assert!(count(&talk, of_guest) > 0);
    assert_eq!(
        count(&talk, |event| *event == RoomEvent::Reaction { from: guest.clone(), reaction: Reaction::Party }),
        1
    );
    let message =
        |event: &RoomEvent| matches!(event, RoomEvent::Message(message) if message.author.as_ref() == Some(&guest));
    assert_eq!(count(&talk, message), 1);
    assert!(count(&talk, |event| *event == RoomEvent::ParticipantLeft(guest.clone())) <= 1);
    assert!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::Joined { room, .. } if room.capabilities.moderate && room.capabilities.record)
        ) == 1
    );
    assert_eq!(talk.left(), Some(LeaveCause::Ours));
}

#[test]
fn an_owner_hears_of_who_waits() {
    let talk = replay(owner(), LOBBY);
    assert_eq!(talk.session.ignored(), 0);
    assert_eq!(count(&talk, |event| *event == RoomEvent::Notice(Notice::SomebodyWaits)), 1);
    assert!(talk.asks("/waiting-participants/") > 0);
    assert!(
        count(&talk, |event| matches!(event, RoomEvent::ParticipantChanged(participant) if participant.guest)) > 0,
        "the guest came in"
    );
    assert_eq!(
        count(
            &talk,
            |event| matches!(event, RoomEvent::MutedByOther { track } if *track == TrackId::local_microphone())
        ),
        0
    );
}
