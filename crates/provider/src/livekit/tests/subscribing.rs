//! Other people and their tracks.

use super::harness::{Said, Talk, Word, me, person};
use crate::{PeerRole, RoomCommand, RoomEvent, Session as _, TransportOperation};
use livekit_protocol::{
    ConnectionQualityInfo, ConnectionQualityUpdate, ParticipantInfo, ParticipantUpdate, Room, RoomMovedResponse,
    RoomUpdate, SessionDescription, SpeakerInfo, SpeakersChanged, StreamStateInfo, StreamStateUpdate,
    SubscriptionPermissionUpdate, SubscriptionResponse, participant_info,
};
use visavis_model::{ConnectionQuality, Fps, Size, TrackId, VideoDemand};

fn update(people: &[ParticipantInfo]) -> Word {
    Word::Update(ParticipantUpdate { participants: people.to_vec() })
}

fn with_one() -> Talk {
    let mut talk = Talk::in_meeting(vec![person("a", "PA_a", 1, &["TR_a1", "TR_v1"])]);
    talk.hush();
    talk
}

fn offer(id: u32, sections: &[(&str, &str)]) -> Word {
    Word::Offer(SessionDescription {
        r#type: "offer".into(),
        sdp: format!("server offer {id}"),
        id,
        mid_to_track_id: sections.iter().map(|(mid, track)| ((*mid).to_owned(), (*track).to_owned())).collect(),
    })
}

#[test]
fn the_servers_offer_is_answered_under_its_id() {
    let mut talk = with_one();
    talk.word(offer(7, &[("2", "TR_v1"), ("1", "TR_a1")]));
    let TransportOperation::AcceptOffer { peer, sdp, id, tracks } = &talk.operations[0] else { panic!() };
    assert_eq!((*peer, sdp.as_str(), *id), (talk.peer(PeerRole::Subscribe), "server offer 7", 7));
    assert_eq!(tracks, &[("1".to_owned(), TrackId::from("TR_a1")), ("2".to_owned(), TrackId::from("TR_v1"))]);
    let [Said::Answer(answer)] = talk.said.as_slice() else { panic!() };
    assert_eq!((answer.id, answer.sdp.as_str(), answer.r#type.as_str()), (7, "answer to 7", "answer"));
}

#[test]
fn a_track_in_another_codec_starts_over() {
    let mut talk = with_one();
    talk.word(offer(1, &[("1", "TR_v1")]));
    talk.word(offer(2, &[("3", "TR_v1")]));
    assert_eq!(talk.events, [RoomEvent::TrackGone("TR_v1".into())]);
    assert_eq!(talk.operation_kinds(), ["accept offer", "accept offer"]);
}

#[test]
fn people_come_change_and_go() {
    let mut talk = with_one();
    talk.word(update(&[person("b", "PA_b", 1, &[])]));
    assert!(matches!(&talk.events[0], RoomEvent::ParticipantChanged(b) if b.name == "B"));
    talk.word(update(&[person("a", "PA_a", 2, &["TR_a1"])]));
    assert_eq!(talk.events[1], RoomEvent::TrackGone("TR_v1".into()));
    talk.word(update(&[ParticipantInfo {
        state: participant_info::State::Disconnected as i32,
        ..person("a", "PA_a", 3, &[])
    }]));
    assert_eq!(talk.events[3..], [RoomEvent::TrackGone("TR_a1".into()), RoomEvent::ParticipantLeft("a".into())]);
    talk.hush();
    let mut myself = me();
    myself.version = 5;
    myself.attributes.insert("handRaisedAt".into(), "2026-01-01T00:00:00Z".into());
    talk.word(update(&[myself]));
    assert!(matches!(talk.events.as_slice(), [RoomEvent::MeChanged(me)] if !me.hand_raised_at.is_empty()));
    talk.word(update(&[person("", "PA_x", 1, &[])]));
    assert_eq!(talk.session.ignored(), 1);
}

#[test]
fn a_tile_sets_what_is_sent_to_it() {
    let mut talk = with_one();
    let demand = |width| VideoDemand { size: Size::new(width, width), fps: Fps(30.0), priority: 1 };
    for demand in [demand(300), demand(300), VideoDemand::NOTHING, demand(500)] {
        talk.command(RoomCommand::Demand { track: "TR_v1".into(), demand });
    }
    assert_eq!(talk.said_kinds(), ["setting"]);
    talk.pass_millis(100);
    let settings: Vec<_> = talk
        .said
        .iter()
        .filter_map(
            |said| if let Said::TrackSetting(setting) = said { Some((setting.width, setting.disabled)) } else { None },
        )
        .collect();
    assert_eq!(settings, [(300, false), (500, false)]);
    // A track that is over takes its demand with it.
    talk.hush();
    talk.command(RoomCommand::Demand { track: "TR_v1".into(), demand: VideoDemand::NOTHING });
    talk.word(update(&[person("a", "PA_a", 2, &["TR_a1"])]));
    talk.pass_millis(200);
    assert!(talk.said.is_empty());
}

#[test]
fn what_is_heard_about_the_room_is_passed_on() {
    let mut talk = with_one();
    talk.word(Word::SpeakersChanged(SpeakersChanged {
        speakers: vec![
            SpeakerInfo { sid: "PA_a".into(), level: 0.5, active: true },
            SpeakerInfo { sid: "PA_me".into(), level: 0.25, active: true },
            SpeakerInfo { sid: "PA_nobody".into(), level: 0.25, active: true },
        ],
    }));
    assert_eq!(talk.events.pop(), Some(RoomEvent::Speakers(vec![("a".into(), true, 0.5), ("me".into(), true, 0.25)])));
    talk.word(Word::ConnectionQuality(ConnectionQualityUpdate {
        updates: vec![
            ConnectionQualityInfo { participant_sid: "PA_a".into(), quality: 0, score: 1.0 },
            ConnectionQualityInfo { participant_sid: "PA_me".into(), quality: 2, score: 1.0 },
        ],
    }));
    let expected = vec![(Some("a".into()), ConnectionQuality::Poor), (None, ConnectionQuality::Excellent)];
    assert_eq!(talk.events.pop(), Some(RoomEvent::Quality(expected)));
    let stream = |state| StreamStateInfo { participant_sid: "PA_a".into(), track_sid: "TR_v1".into(), state };
    talk.word(Word::StreamStateUpdate(StreamStateUpdate { stream_states: vec![stream(1)] }));
    assert_eq!(talk.events.pop(), Some(RoomEvent::Paused { track: "TR_v1".into(), paused: true }));
    talk.word(Word::SubscriptionResponse(SubscriptionResponse { track_sid: "TR_v1".into(), err: 1 }));
    assert_eq!(
        talk.events.pop(),
        Some(RoomEvent::SubscriptionFailed { track: "TR_v1".into(), cause: "SE_CODEC_UNSUPPORTED".into() })
    );
    talk.word(Word::SubscriptionPermissionUpdate(SubscriptionPermissionUpdate {
        participant_sid: "PA_a".into(),
        track_sid: "TR_v1".into(),
        allowed: false,
    }));
    assert!(matches!(talk.events.pop(), Some(RoomEvent::SubscriptionFailed { .. })));
    let room = Room { name: "den".into(), active_recording: true, metadata: "{}".into(), ..Default::default() };
    for _ in 0..2 {
        talk.word(Word::RoomUpdate(RoomUpdate { room: Some(room.clone()) }));
    }
    assert!(
        matches!(talk.events.as_slice(), [RoomEvent::RoomChanged(room)] if room.recording && room.metadata == "{}")
    );
}

#[test]
fn pings_go_out_and_their_round_trip_comes_in() {
    let mut talk = with_one();
    talk.pass_millis(2000);
    let [Said::PingReq(ping)] = talk.said.as_slice() else { panic!("{:?}", talk.said_kinds()) };
    let stamp = ping.timestamp;
    assert_eq!(stamp, 1_800_000_002_000);
    talk.pass_millis(35);
    talk.word(Word::PongResp(livekit_protocol::Pong { last_ping_timestamp: stamp, timestamp: 0 }));
    assert_eq!(talk.events, [RoomEvent::RoundTrip { millis: 35 }]);
    talk.pass_millis(2000);
    assert!(matches!(talk.said.last(), Some(Said::PingReq(ping)) if ping.rtt == 35));
}

#[test]
fn a_move_to_another_room_brings_its_people() {
    let mut talk = with_one();
    talk.word(Word::RoomMoved(RoomMovedResponse {
        room: Some(Room { name: "hall".into(), ..Default::default() }),
        token: "moved".into(),
        participant: Some(me()),
        other_participants: vec![person("c", "PA_c", 1, &[])],
    }));
    assert!(
        matches!(talk.events.last(), Some(RoomEvent::Joined { room, others, .. }) if room.name == "hall" && others.len() == 1)
    );
    assert!(talk.events.contains(&RoomEvent::TrackGone("TR_v1".into())));
    assert!(talk.events.contains(&RoomEvent::Notice(crate::Notice::Moved("hall".into()))));
    talk.drop_socket(crate::SocketCause::Reset);
    assert_eq!(talk.opened[1].2, "moved");
}
