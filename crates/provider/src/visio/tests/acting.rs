//! What we do to the room and to each other, compared with what was recorded.

use super::harness::{PUBLIC, Talk, recorded};
use crate::livekit::tests::harness::person;
use crate::{Action, ActionError, Header, Notice, RoomCommand, RoomEvent, SettingsChange, SocketCause};
use livekit_protocol::{DataPacket, ParticipantInfo, data_packet};
use serde_json::Value;
use visavis_model::{AccessLevel, Reaction, RecordingMode, Role, TrackSource};

/// The guest and the member of the recordings.
const GUEST: &str = "3528901c-b4f3-42a8-b82d-aeb0539758d3";
const MEMBER: &str = "9f9d51bc70ef21ca5c14f307980a29d8";

pub(super) fn guest() -> ParticipantInfo {
    let mut guest = person(GUEST, "PA_guest", 1, &["TR_a", "TR_v"]);
    guest.tracks[0].sid = "TR_AM8iJTpZ8wAwcU".into();
    guest.attributes.insert("handRaisedAt".into(), "2026-11-24T21:48:59.483924+00:00".into());
    guest
}

fn member() -> ParticipantInfo {
    person(MEMBER, "PA_member", 1, &["TR_AMhgk4g86D4kEC"])
}

fn said(packet: &DataPacket) -> (Value, Vec<String>) {
    let Some(data_packet::Value::User(user)) = &packet.value else { panic!("{packet:?}") };
    assert_eq!(user.topic, None);
    (serde_json::from_slice(&user.payload).expect("json"), packet.destination_identities.clone())
}

/// Asks for `action` as the owner, answers with the recording, and gives what came of it.
fn owner_does(action: Action, recording: &str) -> (Result<(), ActionError>, Talk) {
    let mut talk = Talk::owner_inside(vec![guest(), member()]);
    talk.replay_waiting_empty();
    talk.hush();
    talk.act(7, action);
    talk.replay(recording);
    let outcome = talk.outcome(7).expect("done");
    (outcome, talk)
}

impl Talk {
    fn replay_waiting_empty(&mut self) {
        self.answer("/waiting-participants/", 200, Vec::new(), br#"{"participants": []}"#);
    }
}

#[test]
fn a_guest_raises_the_hand_renames_and_starts_captions_by_token() {
    // The recordings are of the room that the pass is for.
    for (action, recording, expected) in [
        (Action::RaiseHand(true), "toggle-hand-raise-200", Ok(())),
        (Action::RaiseHand(false), "toggle-hand-lower-200", Ok(())),
        (Action::RaiseHand(true), "toggle-hand-not-in-room-404", Err(ActionError::Gone)),
        (Action::RaiseHand(true), "toggle-hand-bad-signature-403", Err(ActionError::NotAllowed)),
        (Action::Rename("Renamed Guest".into()), "rename-200", Ok(())),
        (Action::StartCaptions, "start-subtitle-200", Ok(())),
    ] {
        let mut talk = Talk::guest_inside(Vec::new());
        talk.act(1, action);
        assert_eq!(talk.outcome(1), None, "the window does not wait");
        talk.replay(recording);
        assert_eq!(talk.outcome(1), Some(expected), "{recording}");
    }
    let mut talk = Talk::guest_inside(Vec::new());
    talk.act(1, Action::Rename(" \n".into()));
    assert_eq!(talk.outcome(1), Some(Err(ActionError::Invalid)));
}

#[test]
fn an_owner_moderates() {
    let who = || GUEST.into();
    let (outcome, talk) = owner_does(
        Action::Mute { participant: who(), source: TrackSource::Microphone },
        "mute-participant-by-owner-200",
    );
    assert_eq!(outcome, Ok(()));
    let (told, to) = said(&talk.sent[0]);
    assert_eq!((told["type"].as_str(), to), (Some("participantMuted"), vec![GUEST.to_owned()]));

    assert_eq!(owner_does(Action::LowerHand(who()), "update-participant-attributes-200").0, Ok(()));
    let sources = vec![TrackSource::Camera];
    let (outcome, talk) =
        owner_does(Action::SetSources { participant: who(), sources }, "update-participant-permission-200");
    assert_eq!(outcome, Ok(()));
    let (told, to) = said(&talk.sent[0]);
    assert_eq!(told["data"]["removedSources"], serde_json::json!(["microphone", "screen_share", "screen_share_audio"]));
    assert_eq!((told["type"].as_str(), to), (Some("permissionsRemoved"), vec![GUEST.to_owned()]));

    for (role, recording) in
        [(Role::Administrator, "update-participant-role-200"), (Role::Member, "update-participant-role-member-200")]
    {
        let action = Action::SetRole { participant: MEMBER.into(), role };
        assert_eq!(owner_does(action, recording).0, Ok(()));
    }
    let to_guest = Action::SetRole { participant: who(), role: Role::Administrator };
    assert_eq!(owner_does(to_guest, "update-participant-role-anonymous-target-404").0, Err(ActionError::Gone));
    assert_eq!(owner_does(Action::Remove(who()), "remove-participant-200").0, Ok(()));
    assert_eq!(owner_does(Action::Remove(who()), "remove-participant-again-404").0, Err(ActionError::Gone));

    let mut talk = Talk::owner_inside(vec![guest()]);
    talk.act(1, Action::SetRole { participant: who(), role: Role::Owner });
    assert_eq!(talk.outcome(1), Some(Err(ActionError::Invalid)));
    talk.act(2, Action::Mute { participant: "nobody".into(), source: TrackSource::Microphone });
    assert_eq!(talk.outcome(2), Some(Err(ActionError::Gone)));
}

#[test]
fn everybody_is_muted_and_every_hand_lowered() {
    let others: Vec<_> =
        (0..20).map(|index| person(&format!("p{index}"), &format!("PA_{index}"), 1, &["TR_a"])).collect();
    let mut talk = Talk::owner_inside(others.into_iter().chain([guest()]).collect());
    talk.hush();
    talk.act(1, Action::MuteAll);
    let mut muted = 0;
    while talk.outcome(1).is_none() {
        assert_eq!(talk.asks("/mute-participant/"), 6.min(21 - muted), "a few at once");
        talk.answer("/mute-participant/", 200, Vec::new(), br#"{"status": "success"}"#);
        muted += 1;
    }
    assert_eq!((muted, talk.sent.len()), (21, 21));
    talk.act(2, Action::LowerAllHands);
    talk.replay("update-participant-attributes-200");
    assert_eq!(talk.outcome(2), Some(Ok(())));
    // One that fails does not keep the others.
    talk.act(3, Action::MuteAll);
    for index in 0..21 {
        talk.answer("/mute-participant/", if index == 3 { 500 } else { 200 }, Vec::new(), b"{}");
    }
    assert_eq!(talk.outcome(3), Some(Err(ActionError::Failed)));
    let mut alone = Talk::owner_inside(Vec::new());
    alone.act(1, Action::MuteAll);
    assert_eq!(alone.outcome(1), Some(Ok(())));
}

#[test]
fn a_guest_mutes_where_everybody_may() {
    let mut member = member();
    member.tracks[0].source = livekit_protocol::TrackSource::Microphone as i32;
    member.tracks[0].r#type = livekit_protocol::TrackType::Audio as i32;
    let mut talk = Talk::guest_inside(vec![member]);
    let mute = || Action::Mute { participant: MEMBER.into(), source: TrackSource::Microphone };
    talk.act(1, mute());
    talk.replay("mute-participant-by-guest-200");
    assert_eq!(talk.outcome(1), Some(Ok(())));
    talk.act(2, mute());
    talk.replay("mute-participant-guest-everyone-can-mute-off-403");
    assert_eq!(talk.outcome(2), Some(Err(ActionError::NotAllowed)));
    for action in [Action::MuteAll, Action::Remove(GUEST.into()), Action::StopRecording, Action::AdmitAll] {
        talk.act(3, action);
        assert_eq!(talk.outcome(3), Some(Err(ActionError::SignedOut)));
    }
    assert!(talk.asked.is_empty(), "nothing is asked that is refused anyway");
}

#[test]
fn people_at_the_door_are_seen_and_let_in() {
    let mut talk = Talk::owner_inside(vec![guest()]);
    talk.replay_waiting_empty();
    talk.pass_millis(5000);
    assert_eq!(talk.asks("/waiting-participants/"), 0, "nobody waits, nobody asks");
    talk.notify("", r#"{"type": "participantWaiting"}"#);
    assert!(talk.events.contains(&RoomEvent::Notice(Notice::SomebodyWaits)));
    let one = recorded("waiting-participants-one-200");
    talk.answer("/waiting-participants/", 200, Vec::new(), &one.answer);
    let waiting = |talk: &Talk| {
        talk.events
            .iter()
            .rev()
            .find_map(|event| if let RoomEvent::Waiting(list) = event { Some(list.clone()) } else { None })
            .unwrap_or_default()
    };
    assert_eq!(waiting(&talk)[0].name, "Guest One");
    talk.pass_millis(1000);
    talk.answer("/waiting-participants/", 200, Vec::new(), &one.answer);
    talk.act(1, Action::Admit(waiting(&talk)[0].id.clone()));
    let asked = talk.question("/enter/");
    let body: Value = serde_json::from_slice(asked.body.as_deref().expect("body")).expect("json");
    assert_eq!(body, recorded("enter-accept-200").body);
    let done = recorded("enter-accept-200");
    talk.input(crate::Input::HttpResponse {
        request: asked.id,
        status: 200,
        headers: done.headers,
        body: done.answer.into(),
    });
    assert_eq!(talk.outcome(1), Some(Ok(())));
    talk.replay_waiting_empty();
    assert!(waiting(&talk).is_empty());
    for (recording, expected) in [
        ("enter-deny-200", Ok(())),
        ("enter-expired-404", Err(ActionError::Gone)),
        ("enter-bad-uuid-400", Err(ActionError::Invalid)),
        ("enter-norole-403", Err(ActionError::NotAllowed)),
    ] {
        let done = recorded(recording);
        talk.act(2, Action::Refuse("fa4e0000-0000-4000-8000-000000000036".into()));
        talk.answer("/enter/", done.status, done.headers, &done.answer);
        assert_eq!(talk.outcome(2), Some(expected), "{recording}");
        while talk.asks("/waiting-participants/") > 0 {
            talk.replay_waiting_empty();
        }
    }
}

#[test]
fn a_look_at_the_door_that_fails_is_repeated_ever_less_often() {
    let mut talk = Talk::owner_inside(Vec::new());
    let mut looks = 0;
    for _ in 0..600 {
        if talk.asks("/waiting-participants/") > 0 {
            looks += 1;
            talk.fail("/waiting-participants/", SocketCause::Reset);
        }
        talk.live_millis(1000);
    }
    assert_eq!(looks, 20);
    // The next word of the server begins anew.
    talk.notify("", r#"{"type": "participantWaiting"}"#);
    assert_eq!(talk.asks("/waiting-participants/"), 1);
}

#[test]
fn the_room_is_configured_and_its_people_get_their_rights() {
    let change = SettingsChange { access: Some(AccessLevel::Trusted), ..SettingsChange::default() };
    let (outcome, talk) = owner_does(Action::Configure(change), "room-patch-access-level-200");
    assert_eq!(outcome, Ok(()));
    let told = talk.events.iter().find_map(|event| match event {
        RoomEvent::Settings(settings) => Some(settings),
        _ => None,
    });
    assert_eq!(told.expect("settings").access, Some(AccessLevel::Trusted));

    let mut talk = Talk::owner_inside(vec![guest(), member()]);
    let change = SettingsChange {
        access: None,
        sources: Some(vec![TrackSource::Microphone, TrackSource::Camera]),
        everyone_can_mute: Some(false),
    };
    talk.hush();
    talk.act(1, Action::Configure(change));
    talk.replay("room-patch-configuration-200");
    assert_eq!(talk.outcome(1), None, "the people in the room come after the room");
    assert_eq!(talk.asks("/update-participant/"), 2);
    for _ in 0..2 {
        talk.answer("/update-participant/", 200, Vec::new(), b"{}");
    }
    assert_eq!((talk.outcome(1), talk.sent.len()), (Some(Ok(())), 2));
    talk.act(2, Action::Configure(SettingsChange::default()));
    assert_eq!(talk.outcome(2), Some(Err(ActionError::Invalid)));
    talk.act(3, Action::Configure(SettingsChange { everyone_can_mute: Some(true), ..SettingsChange::default() }));
    let body: Value =
        serde_json::from_slice(talk.question(&format!("/{PUBLIC}/")).body.as_deref().expect("body")).expect("json");
    let kept = serde_json::json!({ "configuration": { "can_publish_sources": ["microphone", "camera"], "everyone_can_mute": true } });
    assert_eq!(body, kept, "what is not changed stays");
}

#[test]
fn a_recording_takes_its_time() {
    let start =
        || Action::StartRecording { mode: RecordingMode::Screen, language: Some("fr".into()), transcribe: false };
    let mut talk = Talk::owner_inside(Vec::new());
    talk.hush();
    talk.act(1, start());
    assert!(talk.asked.iter().any(|request| request.timeout.as_secs() >= 30));
    talk.live_millis(22_000);
    talk.replay("start-recording-no-egress-502");
    assert_eq!((talk.outcome(1), talk.sent.len()), (Some(Err(ActionError::Failed)), 0));
    talk.act(2, start());
    talk.answer("/start-recording/", 201, Vec::new(), br#"{"message":"Recording successfully started"}"#);
    assert_eq!(talk.outcome(2), Some(Ok(())));
    assert_eq!(said(&talk.sent[0]).0["type"], "screenRecordingStarted");
    talk.act(3, start());
    talk.answer("/start-recording/", 409, Vec::new(), br#"{"error":"A recording is already in progress."}"#);
    assert_eq!(talk.outcome(3), Some(Err(ActionError::Conflict)));
    talk.act(4, start());
    talk.fail("/start-recording/", SocketCause::Timeout);
    assert_eq!(talk.outcome(4), Some(Err(ActionError::Timeout)));
    talk.act(5, Action::StopRecording);
    talk.replay("stop-recording-none-404");
    assert_eq!(talk.outcome(5), Some(Err(ActionError::Gone)));
    talk.act(6, Action::AskForRecording(RecordingMode::Transcript));
    assert_eq!(said(talk.sent.last().expect("sent")).0["type"], "transcriptionRequested");
}

#[test]
fn reactions_are_limited() {
    let mut talk = Talk::guest_inside(Vec::new());
    for id in 0..15 {
        talk.act(id, Action::React(Reaction::Party));
    }
    let done = (0..15).filter(|id| talk.outcome(*id) == Some(Ok(()))).count();
    assert_eq!((done, talk.sent.len()), (10, 10));
    let (told, to) = said(&talk.sent[0]);
    assert_eq!(told, serde_json::json!({ "type": "reactionReceived", "data": { "emoji": "party-popper" } }));
    assert!(to.is_empty());
    talk.pass_millis(1000);
    talk.act(20, Action::React(Reaction::Heart));
    assert_eq!(talk.outcome(20), Some(Ok(())));
}

#[test]
fn a_session_that_is_over_does_not_end_the_meeting() {
    let mut talk = Talk::owner_inside(vec![guest()]);
    talk.replay_waiting_empty();
    talk.hush();
    talk.act(1, Action::Remove(GUEST.into()));
    talk.answer(
        "/remove-participant/",
        401,
        Vec::new(),
        br#"{"detail":"Authentication credentials were not provided."}"#,
    );
    assert_eq!(talk.outcome(1), Some(Err(ActionError::SignedOut)));
    assert!(talk.events.contains(&RoomEvent::Notice(Notice::SignedOut)));
    assert!(
        talk.events.iter().any(|event| matches!(event, RoomEvent::RoomChanged(room) if !room.capabilities.moderate))
    );
    assert_eq!(talk.left(), None);
    talk.act(2, Action::RaiseHand(true));
    talk.answer("/toggle-hand/", 200, Vec::new(), br#"{"status":"success"}"#);
    assert_eq!(talk.outcome(2), Some(Ok(())));
}

#[test]
fn whoever_signs_in_again_may_moderate_again() {
    let mut talk = Talk::owner_inside(vec![guest()]);
    talk.replay_waiting_empty();
    talk.act(1, Action::Remove(GUEST.into()));
    talk.answer(
        "/remove-participant/",
        401,
        Vec::new(),
        br#"{"detail":"Authentication credentials were not provided."}"#,
    );
    talk.hush();
    // Of another host: no word for this one.
    let mut foreign = crate::CookieJar::new("evil.example");
    foreign.put("sessionid", "stolen");
    let jar = super::harness::owner_jar();
    talk.input(crate::Input::Command(crate::RoomCommand::SignedIn(jar)));
    talk.replay("users-me-200");
    let moderates = |event: &RoomEvent| matches!(event, RoomEvent::RoomChanged(room) if room.capabilities.moderate);
    assert!(talk.events.iter().any(moderates));
    assert!(talk.events.iter().any(|event| matches!(event, RoomEvent::Account(Some(_)))));
    talk.input(crate::Input::Command(crate::RoomCommand::SignedIn(foreign)));
    talk.act(2, Action::Remove(GUEST.into()));
    let asked = talk.question("/remove-participant/");
    let cookie = crate::header(&asked.headers, "cookie").next().expect("a cookie").to_owned();
    assert!(cookie.contains("sessionid=") && !cookie.contains("stolen"), "{cookie}");
}

#[test]
fn actions_are_bounded_and_each_is_answered_once() {
    let mut talk = Talk::guest_inside(Vec::new());
    talk.asked.clear();
    for id in 0..100 {
        talk.act(id, Action::RaiseHand(true));
    }
    let refused = (0..100).filter(|id| talk.outcome(*id) == Some(Err(ActionError::TooMany))).count();
    assert_eq!((refused, talk.asked.len()), (36, 6));
    for _ in 0..64 {
        let page = vec![Header::new("content-type", "text/html")];
        talk.answer("/toggle-hand/", 200, page, b"<!doctype html>");
    }
    assert_eq!((0..100).filter(|id| talk.outcome(*id) == Some(Err(ActionError::Nonsense))).count(), 64);
    // At the door, and after the end.
    let mut talk = Talk::guest(PUBLIC, "");
    talk.act(1, Action::RaiseHand(true));
    assert_eq!(talk.outcome(1), Some(Err(ActionError::NotInMeeting)));
    talk.input(crate::Input::Command(RoomCommand::Leave));
    talk.act(2, Action::RaiseHand(true));
    assert_eq!(talk.outcome(2), None);
}

#[test]
fn a_token_that_is_over_gives_way_to_the_refreshed_one() {
    use crate::livekit::tests::harness::Word;
    let mut talk = Talk::guest_inside(Vec::new());
    talk.act(1, Action::RaiseHand(true));
    let first = talk.question("/toggle-hand/").bearer.expect("bearer");
    talk.word(Word::RefreshToken("fresh.er.token".into()));
    talk.act(2, Action::RaiseHand(true));
    assert_eq!(talk.question("/toggle-hand/").bearer, Some(first), "Meet's own token while it lasts");
    talk.now = talk.now + std::time::Duration::from_secs(7 * 3600);
    talk.act(3, Action::RaiseHand(true));
    assert_eq!(talk.question("/toggle-hand/").bearer.expect("bearer").reveal(), "fresh.er.token");
}
