//! What we are told inside: notifications, rights, roles, settings, recordings, captions.

use super::harness::Talk;
use crate::livekit::tests::harness::{Word, me, person};
use crate::{LeaveCause, Notice, RoomEvent, Session as _};
use livekit_protocol::{
    DataPacket, LeaveRequest, MuteTrackRequest, ParticipantInfo, ParticipantPermission, ParticipantUpdate, Room,
    RoomUpdate, TrackInfo, TrackPublishedResponse, Transcription, TranscriptionSegment, data_packet, participant_info,
};
use proptest::prelude::*;
use prost::Message;
use visavis_model::{AccessLevel, Reaction, RecordingMode, RecordingPhase, RecordingView, Role, TrackId, TrackSource};

fn moderator() -> ParticipantInfo {
    let mut moderator = person("m", "PA_m", 1, &["TR_a"]);
    moderator.attributes.insert("room_role".into(), "administrator".into());
    moderator
}

fn notices(talk: &Talk) -> Vec<Notice> {
    let each = |event: &RoomEvent| if let RoomEvent::Notice(notice) = event { Some(notice.clone()) } else { None };
    talk.events.iter().filter_map(each).collect()
}

pub(super) fn update(info: ParticipantInfo) -> Word {
    Word::Update(ParticipantUpdate { participants: vec![info] })
}

fn room(metadata: &str, recording: bool) -> Word {
    let room =
        Room { name: "uuid".into(), metadata: metadata.into(), active_recording: recording, ..Default::default() };
    Word::RoomUpdate(RoomUpdate { room: Some(room) })
}

#[test]
fn reactions_come_from_people_in_the_room() {
    let mut talk = Talk::guest_inside(vec![person("a", "PA_a", 1, &[])]);
    talk.hush();
    talk.notify("a", r#"{"type":"reactionReceived","data":{"emoji":"red-heart"}}"#);
    assert_eq!(talk.events, [RoomEvent::Reaction { from: "a".into(), reaction: Reaction::Heart }]);
    talk.hush();
    let before = talk.session.ignored();
    talk.notify("nobody", r#"{"type":"reactionReceived","data":{"emoji":"red-heart"}}"#);
    talk.notify("a", r#"{"type":"reactionReceived","data":{"emoji":"of-a-newer-page"}}"#);
    talk.notify("a", r#"{"type":"somethingNew"}"#);
    assert_eq!((talk.events.len(), talk.session.ignored()), (0, before + 2));
    for _ in 0..5000 {
        talk.notify("a", r#"{"type":"reactionReceived","data":{"emoji":"red-heart"}}"#);
    }
    assert_eq!(talk.events.len(), 49, "one of this second was heard before");
    talk.hush();
    talk.notify("a", "not of us");
    assert!(matches!(talk.events.as_slice(), [RoomEvent::Data { topic: None, .. }]));
    talk.hush();
    talk.live_millis(6000);
    let told = talk.events.iter().any(|event| matches!(event, RoomEvent::Reaction { .. }));
    assert_eq!((told, talk.session.ignored()), (false, before + 3), "nobody came who could have said it");
}

#[test]
fn an_early_reaction_is_heard_when_its_sender_is_there() {
    let mut talk = Talk::guest_inside(vec![person("a", "PA_a", 1, &[])]);
    talk.hush();
    talk.notify("b", r#"{"type":"reactionReceived","data":{"emoji":"party-popper"}}"#);
    talk.live_millis(3000);
    assert_eq!(talk.events, []);
    talk.word(update(person("b", "PA_b", 1, &[])));
    let heard = RoomEvent::Reaction { from: "b".into(), reaction: Reaction::Party };
    assert!(matches!(talk.events.as_slice(), [RoomEvent::ParticipantChanged(_), last] if *last == heard));
    talk.hush();
    talk.word(update(person("b", "PA_b", 2, &[])));
    assert!(!talk.events.contains(&heard), "once");
    // Whoever leaves before they were told of has said nothing.
    talk.notify("c", r#"{"type":"reactionReceived","data":{"emoji":"party-popper"}}"#);
    talk.live_millis(6000);
    talk.word(update(person("c", "PA_c", 1, &[])));
    assert!(!talk.events.iter().any(|event| matches!(event, RoomEvent::Reaction { .. })));
}

#[test]
fn who_muted_us_is_told_after_the_server_did() {
    let mut talk = Talk::guest_inside(vec![moderator()]);
    talk.input(crate::Input::Command(crate::RoomCommand::Publish(crate::livekit::tests::harness::microphone())));
    let cid = talk.said.iter().rev().find_map(|said| match said {
        livekit_protocol::signal_request::Message::AddTrack(add) => Some(add.cid.clone()),
        _ => None,
    });
    let track = TrackInfo { sid: "TR_me".into(), ..Default::default() };
    talk.word(Word::TrackPublished(TrackPublishedResponse { cid: cid.expect("cid"), track: Some(track) }));
    talk.notify("m", r#"{"type":"participantMuted"}"#);
    assert_eq!(notices(&talk), [], "a word alone mutes nobody");
    talk.word(Word::Mute(MuteTrackRequest { sid: "TR_me".into(), muted: true }));
    assert!(talk.events.contains(&RoomEvent::MutedByOther { track: TrackId::local_microphone() }));
    talk.notify("m", r#"{"type":"participantMuted"}"#);
    assert_eq!(notices(&talk), [Notice::MutedBy("m".into())]);
    talk.notify("m", r#"{"type":"participantMuted"}"#);
    assert_eq!(notices(&talk).len(), 1, "once for each mute");
}

#[test]
fn rights_and_roles_are_believed_from_the_server() {
    let mut talk = Talk::owner_inside(vec![moderator()]);
    talk.hush();
    talk.notify("m", r#"{"type":"permissionsRemoved","data":{"removedSources":["microphone"]}}"#);
    assert_eq!(notices(&talk), []);
    let mut less = me();
    less.version = 2;
    less.attributes.insert("room_role".into(), "owner".into());
    less.permission = Some(ParticipantPermission {
        can_publish: true,
        can_publish_data: true,
        can_subscribe: true,
        can_publish_sources: vec![2],
        ..Default::default()
    });
    talk.word(update(less.clone()));
    assert_eq!(notices(&talk), [Notice::RightsRemoved(vec![TrackSource::Camera, TrackSource::ScreenShare])]);
    talk.hush();
    let mut member = me();
    member.version = 3;
    member.attributes.insert("room_role".into(), "member".into());
    talk.word(update(member));
    assert_eq!(
        notices(&talk),
        [Notice::RoleChanged(Role::Member), Notice::RightsGiven(vec![TrackSource::Camera, TrackSource::ScreenShare])]
    );
    assert!(
        talk.events.iter().any(|event| matches!(event, RoomEvent::RoomChanged(room) if !room.capabilities.moderate))
    );
    talk.notify("", r#"{"type": "participantWaiting"}"#);
    assert_eq!(notices(&talk).len(), 2, "who may not open the door is not asked to");
}

#[test]
fn settings_and_recording_come_with_the_room() {
    let mut talk = Talk::owner_inside(vec![moderator()]);
    talk.hush();
    talk.word(room(r#"{"configuration": {"can_publish_sources": ["microphone"], "everyone_can_mute": false}, "access_level": "restricted"}"#, false));
    let settings = talk.events.iter().find_map(|event| match event {
        RoomEvent::Settings(settings) => Some(settings.clone()),
        _ => None,
    });
    let settings = settings.expect("settings");
    assert_eq!((settings.access, settings.everyone_can_mute), (Some(AccessLevel::Restricted), false));
    assert_eq!(settings.sources, Some(vec![TrackSource::Microphone]));
    talk.hush();
    let at = |status: &str| format!(r#"{{"recording_mode": "transcript", "recording_status": "{status}"}}"#);
    for (status, active) in [("starting", false), ("started", false), ("started", true), ("saving", false)] {
        talk.word(room(&at(status), active));
    }
    talk.word(room("{}", false));
    let phases: Vec<_> = talk
        .events
        .iter()
        .filter_map(
            |event| if let RoomEvent::Recording(RecordingView { phase, .. }) = event { Some(*phase) } else { None },
        )
        .collect();
    use RecordingPhase::{Off, Running, Saving, Starting};
    assert_eq!(phases, [Starting, Running, Saving, Off]);
    assert!(talk.events.iter().all(|event| !matches!(event, RoomEvent::RoomChanged(room) if room.name == "uuid")));
}

#[test]
fn only_moderators_and_the_server_speak_of_recordings() {
    let mut talk = Talk::owner_inside(vec![moderator(), person("g", "PA_g", 1, &[])]);
    talk.hush();
    let mode = RecordingMode::Screen;
    for (from, kind, expected) in [
        ("g", "screenRecordingStarted", None),
        ("m", "screenRecordingStarted", Some(Notice::RecordingStarted { mode, by: "m".into() })),
        ("m", "screenRecordingStopped", Some(Notice::RecordingStopped { mode, by: "m".into() })),
        ("g", "screenRecordingRequested", Some(Notice::RecordingRequested { mode, by: "g".into() })),
        ("m", "screenRecordingLimitReached", None),
        ("", "screenRecordingLimitReached", Some(Notice::LimitReached(mode))),
        ("", "transcriptionLimitReached", Some(Notice::LimitReached(RecordingMode::Transcript))),
        ("g", "participantWaiting", None),
    ] {
        talk.hush();
        talk.notify(from, &format!(r#"{{"type":"{kind}"}}"#));
        assert_eq!(notices(&talk), expected.into_iter().collect::<Vec<_>>(), "{from} {kind}");
    }
}

#[test]
fn nobody_puts_words_in_anothers_mouth() {
    let mut agent = person("agent", "PA_agent", 1, &[]);
    agent.kind = participant_info::Kind::Agent as i32;
    let mut talk = Talk::guest_inside(vec![person("a", "PA_a", 1, &[]), person("b", "PA_b", 1, &[]), agent]);
    talk.hush();
    for (from, id) in [("b", "1"), ("agent", "2"), ("a", "3"), ("hidden", "4")] {
        let segment = TranscriptionSegment { id: id.into(), text: "oui".into(), r#final: true, ..Default::default() };
        let transcription = Transcription {
            transcribed_participant_identity: "a".into(),
            segments: vec![segment],
            ..Default::default()
        };
        let packet = DataPacket {
            participant_identity: from.into(),
            value: Some(data_packet::Value::Transcription(transcription)),
            ..Default::default()
        };
        talk.receive("_reliable", packet.encode_to_vec());
    }
    let heard: Vec<_> = talk
        .events
        .iter()
        .filter_map(|event| if let RoomEvent::Captions(segment) = event { Some(segment.id.as_str()) } else { None })
        .collect();
    assert_eq!(heard, ["2", "3", "4"]);
}

#[test]
fn the_end_of_the_meeting_ends_everything() {
    let mut talk = Talk::owner_inside(vec![moderator()]);
    talk.notify("", r#"{"type": "participantWaiting"}"#);
    let reason = livekit_protocol::DisconnectReason::ParticipantRemoved as i32;
    talk.word(Word::Leave(LeaveRequest { reason, ..Default::default() }));
    assert_eq!(talk.left(), Some(LeaveCause::Removed));
    assert_eq!(talk.session.poll_timeout(), None);
    talk.hush();
    talk.answer("/waiting-participants/", 200, Vec::new(), br#"{"participants":[{"id":"x"}]}"#);
    assert!(talk.events.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nothing_that_anybody_says_panics(
        texts in proptest::collection::vec((".{0,40}", "[a-z]{0,12}", 0..3_u8), 0..20),
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let mut talk = Talk::owner_inside(vec![moderator()]);
        talk.receive("_reliable", bytes);
        for (text, kind, from) in texts {
            let from = ["", "m", "nobody"][usize::from(from)];
            talk.notify(from, &text);
            talk.notify(from, &serde_json::json!({ "type": kind, "data": { "emoji": text, "removedSources": text } }).to_string());
            talk.word(room(&text, false));
            let request = talk.asked.first().map(|request| request.id);
            if let Some(request) = request {
                talk.asked.remove(0);
                talk.input(crate::Input::HttpResponse { request, status: 200, headers: Vec::new(), body: text.into_bytes().into() });
            }
            talk.pass_millis(500);
        }
        prop_assert_eq!(talk.left(), None);
    }
}

#[test]
fn what_was_told_last_holds_where_the_metadata_is_forgotten() {
    let mut talk = Talk::guest_inside(Vec::new());
    talk.word(room(r#"{"configuration": {"can_publish_sources": ["microphone"]}, "access_level": "trusted"}"#, false));
    let settings = |talk: &Talk| {
        talk.events.iter().rev().find_map(|event| match event {
            RoomEvent::Settings(settings) => Some(settings.clone()),
            _ => None,
        })
    };
    let told = settings(&talk).expect("settings");
    assert_eq!((told.access, told.sources), (Some(AccessLevel::Trusted), Some(vec![TrackSource::Microphone])));
    talk.hush();
    // As after a restart of LiveKit (seen on a real server).
    talk.word(room("", false));
    assert_eq!(settings(&talk), None);
}
