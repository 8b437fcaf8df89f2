//! Coming in, and the ways in which it fails.

use super::harness::{Said, Talk, Word, camera, join, link, microphone, person};
use crate::{
    ConnectionState, Input, LeaveCause, PeerRole, PeerState, RoomCommand, RoomEvent, Session as _, SocketCause,
    SocketFrame, TransportEvent, TransportOperation,
};
use bytes::Bytes;
use livekit_protocol::{
    ClientConfigSetting, ClientConfiguration, Codec as WireCodec, DisabledCodecs, DisconnectReason, IceServer,
    JoinResponse, LeaveRequest, RegionInfo, RegionSettings, leave_request,
};
use visavis_model::{LinkKind, TrackId};

#[test]
fn a_join_with_two_tracks_asks_and_offers_at_once() {
    let mut talk = Talk::new();
    talk.command(RoomCommand::Publish(microphone()));
    talk.command(RoomCommand::Publish(camera()));
    assert!(talk.opened.is_empty());
    talk.input(Input::Start);
    assert_eq!(talk.events, [RoomEvent::Connection(ConnectionState::Connecting)]);
    let (_, url, bearer) = &talk.opened[0];
    assert!(
        url.starts_with("wss://meet.example/rtc?auto_subscribe=1&adaptive_stream=1&protocol=16&client_protocol=0"),
        "{url}"
    );
    assert!(!url.contains("first.token") && bearer == "first.token");

    talk.accept();
    talk.word(Word::Join(join(vec![person("a", "PA_a", 1, &["TR_a1", "TR_v1"])])));
    // No timer and no answer is waited for: the offer with both tracks is out.
    assert_eq!(talk.said_kinds(), ["add track", "add track", "offer"]);
    assert_eq!(talk.operation_kinds(), ["create", "create", "channel", "channel", "sender", "sender", "offer"]);
    let [Said::AddTrack(sound), Said::AddTrack(picture), Said::Offer(offer)] = talk.said.as_slice() else { panic!() };
    assert!(!sound.disable_red && sound.simulcast_codecs.is_empty());
    assert_eq!(picture.layers.len(), 3);
    assert_eq!((offer.id, offer.sdp.as_str(), offer.r#type.as_str()), (1, "offer 1", "offer"));
    let cid = talk.cid(&TrackId::local_camera());
    assert_eq!(picture.cid, cid);

    let RoomEvent::Joined { room, me, others } = &talk.events[2] else { panic!("{:?}", talk.events) };
    assert_eq!((room.name.as_str(), me.name.as_str(), others.len()), ("den", "Zoé", 1));
    assert_eq!(others[0].publications.len(), 2);

    talk.published(&cid, "TR_mine");
    assert_eq!(
        talk.events.last(),
        Some(&RoomEvent::Published { track: TrackId::local_camera(), server_id: "TR_mine".into() })
    );
    talk.answer(1);
    talk.state(PeerRole::Subscribe, PeerState::Connected);
    assert_eq!(talk.events.last(), Some(&RoomEvent::Connection(ConnectionState::Connected)));
    talk.state(PeerRole::Publish, PeerState::Connected);
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn without_a_track_the_offer_is_of_data_alone() {
    let talk = Talk::in_meeting(Vec::new());
    assert_eq!(talk.said_kinds(), ["offer"]);
    let channels: Vec<_> = talk
        .operations
        .iter()
        .filter_map(|operation| match operation {
            TransportOperation::OpenChannel { label, ordered, max_retransmits, .. } => {
                Some((label.as_str(), *ordered, *max_retransmits))
            }
            _ => None,
        })
        .collect();
    assert_eq!(channels, [("_lossy", false, Some(0)), ("_reliable", true, None)]);
}

#[test]
fn who_may_send_nothing_offers_nothing() {
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.accept();
    let mut response = join(Vec::new());
    response.fast_publish = false;
    if let Some(permission) = response.participant.as_mut().and_then(|me| me.permission.as_mut()) {
        permission.can_publish = false;
        permission.can_publish_data = false;
    }
    talk.command(RoomCommand::Publish(camera()));
    talk.word(Word::Join(response));
    assert!(talk.said.is_empty());
    assert!(
        talk.events
            .contains(&RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "not permitted".into() })
    );
    talk.state(PeerRole::Subscribe, PeerState::Connected);
    assert_eq!(talk.events.last(), Some(&RoomEvent::Connection(ConnectionState::Connected)));
    talk.hush();
    for _ in 0..12 {
        talk.pass_millis(5000);
        talk.word(Word::Pong(0));
    }
    assert!(talk.events.is_empty(), "{:?}", talk.events);
}

#[test]
fn candidates_trickle_both_ways() {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    let peer = talk.peer(PeerRole::Subscribe);
    talk.input(Input::Transport(TransportEvent::Candidate { peer, candidate: "{\"candidate\":\"x\"}".into() }));
    let [Said::Trickle(trickle)] = talk.said.as_slice() else { panic!() };
    assert_eq!((trickle.target, trickle.candidate_init.as_str()), (1, "{\"candidate\":\"x\"}"));
    talk.word(Word::Trickle(livekit_protocol::TrickleRequest {
        candidate_init: "{}".into(),
        target: 0,
        r#final: false,
    }));
    let publish = talk.peer(PeerRole::Publish);
    assert!(
        matches!(&talk.operations[0], TransportOperation::AddCandidate { peer, candidate } if *peer == publish && candidate == "{}")
    );
    for (text, target) in [("{}".repeat(5000), 0), ("{}".into(), 9)] {
        talk.word(Word::Trickle(livekit_protocol::TrickleRequest { candidate_init: text, target, r#final: false }));
    }
    assert_eq!((talk.operations.len(), talk.session.ignored()), (1, 2));
}

#[test]
fn the_servers_configuration_is_obeyed() {
    let mut talk = Talk::new();
    talk.command(RoomCommand::Publish(camera()));
    talk.input(Input::Start);
    talk.accept();
    let mut response = join(Vec::new());
    response.client_configuration = Some(ClientConfiguration {
        force_relay: ClientConfigSetting::Enabled as i32,
        disabled_codecs: Some(DisabledCodecs {
            codecs: vec![WireCodec { mime: "video/H264".into(), ..Default::default() }],
            publish: Vec::new(),
        }),
        ..Default::default()
    });
    response.ice_servers = vec![
        IceServer { urls: vec!["turn:t.example".into()], username: "u".into(), credential: "c".into() },
        IceServer::default(),
    ];
    talk.word(Word::Join(response));
    for operation in &talk.operations {
        if let TransportOperation::Create { config, .. } = operation {
            assert!(config.relay_only);
            assert_eq!((config.ice_servers.len(), config.ice_servers[0].credential.reveal()), (1, "c"));
        }
    }
    assert!(
        talk.events
            .contains(&RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "codec not allowed".into() })
    );
}

#[test]
fn a_codec_that_is_not_listed_is_not_sent() {
    let mut talk = Talk::new();
    talk.command(RoomCommand::Publish(camera()));
    talk.command(RoomCommand::Publish(microphone()));
    talk.input(Input::Start);
    talk.accept();
    let codec = |mime: &str| WireCodec { mime: mime.into(), ..Default::default() };
    talk.word(Word::Join(JoinResponse {
        enabled_publish_codecs: vec![codec("video/VP8"), codec("audio/opus")],
        ..join(Vec::new())
    }));
    assert_eq!(talk.said_kinds(), ["add track", "offer"]);
}

#[test]
fn our_name_is_said_where_the_token_has_none_and_lets_us() {
    for (may, said) in [(true, 1), (false, 0)] {
        let mut talk = Talk::new();
        talk.input(Input::Start);
        talk.accept();
        let mut response = join(Vec::new());
        let me = response.participant.as_mut().expect("me");
        me.name.clear();
        me.permission.as_mut().expect("permission").can_update_metadata = may;
        talk.word(Word::Join(response));
        let names = talk
            .said
            .iter()
            .filter(|said| matches!(said, Said::UpdateMetadata(update) if update.name == "Zoé"))
            .count();
        assert_eq!(names, said);
    }
}

#[test]
fn a_demonstration_makes_its_own_token() {
    let mut link = link("ws://127.0.0.1:7880");
    link.kind = LinkKind::LivekitDemo;
    link.credentials = crate::Credentials::KeyAndSecret { key: "devkey".into(), secret: crate::Secret::new("secret") };
    let mut talk = Talk::with(link);
    talk.input(Input::Start);
    let token = &talk.opened[0].2;
    assert_eq!(token.split('.').count(), 3);
}

/// What a session says that is refused by `cause` before it is in.
fn refused_by(cause: SocketCause) -> Option<LeaveCause> {
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.drop_socket(cause);
    assert_eq!(talk.session.poll_timeout(), None);
    talk.input(Input::Start);
    assert_eq!(talk.opened.len(), 1);
    talk.left()
}

#[test]
fn each_failure_has_its_cause() {
    let status = |status: u16, body: &str| SocketCause::Status { status, body: body.into() };
    for (cause, expected) in [
        (SocketCause::NameUnknown, LeaveCause::NameUnknown),
        (SocketCause::Refused, LeaveCause::Refused),
        (SocketCause::Unreachable, LeaveCause::Unreachable),
        (SocketCause::Timeout, LeaveCause::Timeout),
        (
            SocketCause::Certificate(crate::CertificateFault::Expired),
            LeaveCause::Certificate(crate::CertificateFault::Expired),
        ),
        (SocketCause::Encryption, LeaveCause::Encryption),
        (SocketCause::Forbidden, LeaveCause::Forbidden),
        (status(401, "invalid token"), LeaveCause::InvitationRefused),
        (status(403, ""), LeaveCause::InvitationRefused),
        (status(404, "requested room does not exist"), LeaveCause::NoRoom),
        (status(500, "oops"), LeaveCause::ServerDown),
        (status(503, ""), LeaveCause::ServerDown),
        (status(302, ""), LeaveCause::Nonsense),
        (SocketCause::Nonsense, LeaveCause::Nonsense),
        (SocketCause::Reset, LeaveCause::ClosedWhileJoining),
        (SocketCause::Closed { code: Some(1000) }, LeaveCause::ClosedWhileJoining),
    ] {
        assert_eq!(refused_by(cause.clone()), Some(expected), "{cause:?}");
    }
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for() {
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.pass_millis(4999);
    assert_eq!(talk.left(), None);
    talk.pass_millis(1);
    assert_eq!(talk.left(), Some(LeaveCause::Timeout));

    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.pass_millis(4000);
    talk.accept();
    talk.pass_millis(4999);
    assert_eq!(talk.left(), None);
    talk.pass_millis(1);
    assert_eq!(talk.left(), Some(LeaveCause::Timeout));
    assert_eq!(talk.closed.len(), 1);
}

#[test]
fn a_first_word_that_is_none_ends_it() {
    let frames = [
        SocketFrame::Text("hello".into()),
        SocketFrame::Binary(Bytes::from_static(&[0xff, 0xff, 0xff])),
        SocketFrame::Binary(Bytes::from(vec![0; 3 << 20])),
    ];
    for frame in frames {
        let mut talk = Talk::new();
        talk.input(Input::Start);
        talk.accept();
        talk.frame(frame);
        assert_eq!(talk.left(), Some(LeaveCause::Nonsense));
    }
    // A join that says nobody is in it.
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.accept();
    talk.word(Word::Join(JoinResponse::default()));
    assert_eq!(talk.left(), Some(LeaveCause::Nonsense));
    // Words that are merely out of place, or newer than we, are passed over.
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.accept();
    talk.word(Word::Pong(1));
    talk.frame(SocketFrame::Binary(Bytes::new()));
    talk.word(Word::Join(join(Vec::new())));
    assert_eq!((talk.left(), talk.session.ignored()), (None, 2));
}

#[test]
fn the_servers_reasons_are_told_apart() {
    for (reason, before, after) in [
        (DisconnectReason::DuplicateIdentity, LeaveCause::OtherDevice, LeaveCause::OtherDevice),
        (DisconnectReason::ParticipantRemoved, LeaveCause::Removed, LeaveCause::Removed),
        (DisconnectReason::RoomDeleted, LeaveCause::RoomEnded, LeaveCause::RoomEnded),
        (DisconnectReason::RoomClosed, LeaveCause::RoomEnded, LeaveCause::RoomEnded),
        (DisconnectReason::ServerShutdown, LeaveCause::ServerShutdown, LeaveCause::ServerShutdown),
        (DisconnectReason::JoinFailure, LeaveCause::Full, LeaveCause::Full),
        (DisconnectReason::UnknownReason, LeaveCause::ClosedWhileJoining, LeaveCause::Lost),
    ] {
        let leave = || Word::Leave(LeaveRequest { reason: reason as i32, ..Default::default() });
        let mut talk = Talk::new();
        talk.input(Input::Start);
        talk.accept();
        talk.word(leave());
        assert_eq!(talk.left(), Some(before), "{reason:?}");
        let mut talk = Talk::in_meeting(Vec::new());
        talk.hush();
        talk.word(leave());
        assert_eq!(talk.left(), Some(after), "{reason:?}");
        assert_eq!(talk.operation_kinds(), ["close", "close"]);
        assert_eq!((talk.closed.len(), talk.session.poll_timeout()), (1, None));
    }
}

#[test]
fn an_alternative_url_is_followed_but_not_round_in_circles() {
    let mut talk = Talk::new();
    talk.input(Input::Start);
    for _ in 0..3 {
        talk.accept();
        talk.word(Word::Join(JoinResponse { alternative_url: "wss://other.example".into(), ..Default::default() }));
    }
    assert_eq!(talk.left(), None);
    assert!(talk.opened[1].1.starts_with("wss://other.example/rtc?"));
    talk.accept();
    talk.word(Word::Join(JoinResponse { alternative_url: "wss://other.example".into(), ..Default::default() }));
    assert_eq!(talk.left(), Some(LeaveCause::Nonsense));
    assert_eq!(talk.closed.len(), 4);
}

#[test]
fn the_clouds_other_regions_are_tried() {
    let mut talk = Talk::with(link("wss://project.livekit.cloud"));
    talk.input(Input::Start);
    talk.drop_socket(SocketCause::Unreachable);
    assert_eq!(talk.left(), None);
    let request = talk.http[0].clone();
    assert_eq!((request.url.as_str(), request.method), ("https://project.livekit.cloud/settings/regions", "GET"));
    assert!(request.bearer.is_some());
    let body = Bytes::from_static(br#"{"regions":[{"region":"a","url":"https://project.a.livekit.cloud"},{"region":"b","url":"https://project.b.livekit.cloud"}]}"#);
    talk.input(Input::HttpResponse { request: request.id, status: 200, headers: Vec::new(), body });
    assert!(talk.opened[1].1.starts_with("wss://project.a.livekit.cloud/rtc?"));
    talk.drop_socket(SocketCause::Timeout);
    assert!(talk.opened[2].1.starts_with("wss://project.b.livekit.cloud/rtc?"));
    talk.drop_socket(SocketCause::Refused);
    assert_eq!(talk.left(), Some(LeaveCause::Refused));

    for silent in [true, false] {
        let mut talk = Talk::with(link("wss://project.livekit.cloud"));
        talk.input(Input::Start);
        talk.drop_socket(SocketCause::Unreachable);
        let request = talk.http[0].id;
        if silent {
            talk.pass_millis(5000);
        } else {
            talk.input(Input::HttpFailed { request, cause: SocketCause::Unreachable });
        }
        assert_eq!(talk.left(), Some(LeaveCause::Unreachable));
    }
}

#[test]
fn media_that_never_connects_is_tried_twice() {
    let mut talk = Talk::new();
    talk.command(RoomCommand::Publish(camera()));
    talk.input(Input::Start);
    talk.accept();
    talk.word(Word::Join(join(vec![person("a", "PA_a", 1, &["TR_v1"])])));
    let first_cid = talk.cid(&TrackId::local_camera());
    talk.published(&first_cid, "TR_mine");
    talk.answer_last();
    talk.hush();
    // The server is there all the time.
    for _ in 0..3 {
        talk.pass_millis(4000);
        talk.word(Word::Pong(0));
    }
    talk.pass_millis(3000);
    assert_eq!(talk.opened.len(), 2);
    assert!(!talk.opened[1].1.contains("reconnect=1"));
    assert!(talk.events.contains(&RoomEvent::Connection(ConnectionState::Rejoining)));
    assert!(talk.events.contains(&RoomEvent::TrackGone("TR_v1".into())));
    talk.accept();
    talk.word(Word::Join(join(vec![person("a", "PA_a", 1, &["TR_v1"])])));
    assert_ne!(talk.cid(&TrackId::local_camera()), first_cid);
    talk.state(PeerRole::Subscribe, PeerState::Failed);
    assert_eq!(talk.left(), Some(LeaveCause::MediaBlocked));
}

#[test]
fn a_goodbye_is_said_and_heard() {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    talk.command(RoomCommand::Leave);
    let [Said::Leave(leave)] = talk.said.as_slice() else { panic!() };
    assert_eq!(
        (leave.reason, leave.action),
        (DisconnectReason::ClientInitiated as i32, leave_request::Action::Disconnect as i32)
    );
    assert_eq!(talk.events, [RoomEvent::Left(LeaveCause::Ours)]);
    assert_eq!(talk.operation_kinds(), ["close", "close"]);
    assert_eq!(talk.closed.len(), 1);
    talk.hush();
    talk.command(RoomCommand::Publish(camera()));
    talk.word(Word::Join(join(Vec::new())));
    assert!(talk.events.is_empty() && talk.said.is_empty() && talk.operations.is_empty());
    // Before anything began.
    let mut talk = Talk::new();
    talk.command(RoomCommand::Leave);
    assert_eq!(talk.left(), Some(LeaveCause::Ours));
}

#[test]
fn a_server_cannot_send_us_to_a_plain_socket() {
    let mut talk = Talk::in_meeting(Vec::new());
    let regions =
        RegionSettings { regions: vec![RegionInfo { url: "ws://evil.example".into(), ..Default::default() }] };
    talk.word(Word::Leave(LeaveRequest {
        action: leave_request::Action::Reconnect as i32,
        regions: Some(regions),
        ..Default::default()
    }));
    assert!(talk.opened[1].1.starts_with("wss://meet.example/"));
    let mut talk = Talk::in_meeting(Vec::new());
    let regions = RegionSettings { regions: vec![RegionInfo { url: "wss://b.example".into(), ..Default::default() }] };
    talk.word(Word::Leave(LeaveRequest {
        action: leave_request::Action::Reconnect as i32,
        regions: Some(regions),
        ..Default::default()
    }));
    assert!(talk.opened[1].1.starts_with("wss://b.example/"));
    talk.drop_socket(SocketCause::Unreachable);
    talk.pass_millis(400);
    assert!(talk.opened[2].1.starts_with("wss://meet.example/"));
}
