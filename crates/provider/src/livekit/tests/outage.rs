//! Connections that break, and how we come back.

use super::harness::{Said, Talk, Word, camera, join, microphone, person};
use crate::{
    ConnectionState, Input, LeaveCause, OperationKind, PeerRole, PeerState, RoomCommand, RoomEvent, Session as _,
    SocketCause, TransportEvent, TransportOperation,
};
use livekit_protocol::{
    ClientConfigSetting, ClientConfiguration, DisconnectReason, LeaveRequest, ReconnectResponse, SessionDescription,
    leave_request,
};
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{Fps, Size, TrackId, VideoDemand};

fn in_a_call() -> Talk {
    let mut talk = Talk::in_meeting(vec![person("a", "PA_a", 1, &["TR_a1", "TR_v1", "TR_v2"])]);
    talk.publish(camera(), "TR_mine");
    talk.word(Word::Offer(SessionDescription {
        r#type: "offer".into(),
        sdp: "server offer".into(),
        id: 3,
        ..Default::default()
    }));
    talk.command(RoomCommand::Demand { track: "TR_v1".into(), demand: VideoDemand::NOTHING });
    let demand = VideoDemand { size: Size::new(320, 180), fps: Fps(15.0), priority: 1 };
    talk.command(RoomCommand::Demand { track: "TR_v2".into(), demand });
    talk.hush();
    talk
}

fn reconnected() -> Word {
    Word::Reconnect(ReconnectResponse::default())
}

fn leave(action: leave_request::Action, reason: DisconnectReason) -> Word {
    Word::Leave(LeaveRequest { action: action as i32, reason: reason as i32, ..Default::default() })
}

fn connection(talk: &Talk) -> Vec<ConnectionState> {
    talk.events
        .iter()
        .filter_map(|event| if let RoomEvent::Connection(state) = event { Some(*state) } else { None })
        .collect()
}

#[test]
fn a_lost_socket_is_resumed_at_once_with_everything_known() {
    let mut talk = in_a_call();
    talk.word(Word::RefreshToken("second.token".into()));
    talk.drop_socket(SocketCause::Reset);
    let (_, url, bearer) = &talk.opened[1];
    assert!(url.ends_with("&reconnect=1&sid=PA_me&reconnect_reason=1"), "{url}");
    assert_eq!(bearer, "second.token");
    assert_eq!(connection(&talk), [ConnectionState::Resuming]);
    assert!(talk.operations.is_empty());

    talk.accept();
    talk.word(reconnected());
    assert_eq!(talk.said_kinds(), ["sync", "offer"]);
    assert_eq!(talk.operation_kinds(), ["restart"]);
    let Said::SyncState(sync) = &talk.said[0] else { panic!() };
    assert_eq!(sync.answer.as_ref().map(|answer| (answer.id, answer.sdp.as_str())), Some((3, "answer to 3")));
    assert_eq!(sync.offer.as_ref().map(|offer| offer.sdp.as_str()), Some("server offer"));
    assert_eq!(sync.publish_tracks.len(), 1);
    assert_eq!(sync.publish_tracks[0].track.as_ref().map(|track| track.sid.as_str()), Some("TR_mine"));
    assert_eq!(sync.track_sids_disabled, ["TR_v1"]);
    assert!(
        sync.subscription
            .as_ref()
            .is_some_and(|subscription| !subscription.subscribe && subscription.track_sids.is_empty())
    );
    talk.answer_last();
    assert_eq!(connection(&talk), [ConnectionState::Resuming]);
    talk.renewed();
    assert_eq!(connection(&talk), [ConnectionState::Resuming, ConnectionState::Connected]);
    talk.pass(Duration::from_secs(4));
    assert_eq!(talk.opened.len(), 2);
}

#[test]
fn new_ice_servers_are_taken_over_before_anything_is_gathered() {
    let mut talk = in_a_call();
    talk.drop_socket(SocketCause::Reset);
    talk.accept();
    let server = livekit_protocol::IceServer {
        urls: vec!["turn:127.0.0.1:3478?transport=udp".into()],
        username: "second".into(),
        credential: "later".into(),
    };
    talk.word(Word::Reconnect(ReconnectResponse { ice_servers: vec![server], ..Default::default() }));
    assert_eq!(talk.operation_kinds(), ["configure", "configure", "restart"]);
    let names: Vec<_> = talk
        .operations
        .iter()
        .filter_map(|operation| match operation {
            TransportOperation::Configure { config, .. } => {
                Some((config.role, config.ice_servers[0].username.as_str()))
            }
            _ => None,
        })
        .collect();
    assert_eq!(names, [(PeerRole::Subscribe, "second"), (PeerRole::Publish, "second")]);
}

#[test]
fn peer_connections_that_never_left_are_connected() {
    let mut talk = in_a_call();
    talk.drop_socket(SocketCause::Reset);
    talk.accept();
    talk.word(reconnected());
    talk.pass_millis(2999);
    assert_eq!(connection(&talk), [ConnectionState::Resuming]);
    talk.pass_millis(1);
    assert_eq!(connection(&talk), [ConnectionState::Resuming, ConnectionState::Connected]);
    assert_eq!(talk.opened.len(), 2);
}

#[test]
fn what_was_asked_meanwhile_follows() {
    let mut talk = in_a_call();
    talk.pass_millis(1000);
    talk.drop_socket(SocketCause::Closed { code: Some(1006) });
    talk.command(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: true });
    talk.command(RoomCommand::Publish(microphone()));
    talk.command(RoomCommand::Demand { track: "TR_v2".into(), demand: VideoDemand::NOTHING });
    assert!(talk.said.is_empty() && talk.operations.is_empty());
    talk.accept();
    talk.word(reconnected());
    assert_eq!(talk.said_kinds(), ["sync", "add track", "mute", "setting", "offer"]);
    // One offer holds the restart and the new track.
    assert_eq!(talk.operation_kinds(), ["sender", "restart"]);
}

#[test]
fn a_track_that_was_not_answered_is_asked_for_anew() {
    let mut talk = in_a_call();
    talk.command(RoomCommand::Publish(microphone()));
    let cid = talk.cid(&TrackId::local_microphone());
    talk.drop_socket(SocketCause::Reset);
    talk.accept();
    talk.hush();
    talk.word(reconnected());
    assert_eq!(talk.said_kinds(), ["sync", "add track", "offer"]);
    assert_eq!(talk.operation_kinds(), ["remove sender", "sender", "restart"]);
    assert_ne!(talk.cid(&TrackId::local_microphone()), cid);
}

#[test]
fn attempts_become_rarer_and_end_after_a_minute() {
    let mut talk = in_a_call();
    talk.drop_socket(SocketCause::Reset);
    let start = talk.now;
    let mut waits = Vec::new();
    let mut last = talk.now;
    while talk.left().is_none() {
        talk.drop_socket(SocketCause::Refused);
        let Some(due) = talk.session.poll_timeout() else { break };
        talk.now = due;
        talk.input(Input::Timeout);
        waits.push(due.since(last).as_millis());
        last = due;
    }
    assert_eq!(talk.left(), Some(LeaveCause::Lost));
    assert_eq!(waits[0], 300);
    assert!((1200..=2200).contains(&waits[1]), "{waits:?}");
    assert!((7000..=8000).contains(&waits[5]), "{waits:?}");
    let total = talk.now.since(start);
    assert!(total <= Duration::from_secs(60) && total >= Duration::from_secs(50), "{total:?}");
    assert_eq!(talk.session.poll_timeout(), None);
}

#[test]
fn a_restarted_server_is_joined_anew() {
    let mut talk = in_a_call();
    talk.drop_socket(SocketCause::Reset);
    talk.drop_socket(SocketCause::Refused);
    talk.pass_millis(300);
    talk.accept();
    talk.hush();
    talk.word(leave(leave_request::Action::Reconnect, DisconnectReason::StateMismatch));
    assert_eq!(talk.operation_kinds(), ["close", "close"]);
    let gone: Vec<_> = talk.events.iter().filter(|event| matches!(event, RoomEvent::TrackGone(_))).collect();
    assert_eq!(gone.len(), 3);
    assert_eq!(connection(&talk), [ConnectionState::Rejoining]);
    // At once: the server is there.
    assert_eq!(talk.opened.len(), 4);
    let (_, url, _) = talk.opened.last().expect("opened");
    assert!(!url.contains("reconnect"), "{url}");
    talk.accept();
    talk.word(Word::Join(join(vec![person("a", "PA_a", 1, &["TR_v2"])])));
    // Everything anew: peers, channels, our track under another name, and what we want to see.
    assert_eq!(talk.said_kinds(), ["add track", "setting", "setting", "offer"]);
    assert_eq!(talk.operation_kinds()[2..], ["create", "create", "channel", "channel", "sender", "offer"]);
    assert!(talk.events.iter().any(|event| matches!(event, RoomEvent::Joined { others, .. } if others.len() == 1)));
    talk.connect();
    assert_eq!(connection(&talk), [ConnectionState::Rejoining, ConnectionState::Joined, ConnectionState::Connected]);
    let cid = talk.cid(&TrackId::local_camera());
    talk.published(&cid, "TR_new");
    assert!(talk.events.contains(&RoomEvent::Published { track: TrackId::local_camera(), server_id: "TR_new".into() }));
}

#[test]
fn a_resumption_that_does_not_connect_is_repeated_and_then_given_up() {
    let mut talk = in_a_call();
    talk.state(PeerRole::Publish, PeerState::Disconnected);
    talk.state(PeerRole::Subscribe, PeerState::Disconnected);
    talk.word(leave(leave_request::Action::Resume, DisconnectReason::ConnectionTimeout));
    for round in 1..=6 {
        assert_eq!(talk.opened.len(), 1 + round);
        assert!(talk.opened[round].1.contains("reconnect=1"), "round {round}");
        talk.accept();
        talk.word(reconnected());
        assert_eq!(talk.said_kinds().last(), Some(&"offer"));
        talk.pass_millis(3000);
    }
    talk.pass_millis(300);
    assert!(!talk.opened[7].1.contains("reconnect=1"));
    assert_eq!(connection(&talk), [ConnectionState::Resuming, ConnectionState::Rejoining]);
    // The path returns.
    talk.accept();
    talk.word(Word::Join(join(Vec::new())));
    talk.connect();
    assert_eq!(connection(&talk).last(), Some(&ConnectionState::Connected));
    assert_eq!(talk.left(), None);
}

#[test]
fn a_resumption_that_connects_is_over() {
    let mut talk = in_a_call();
    talk.state(PeerRole::Subscribe, PeerState::Failed);
    assert!(talk.opened[1].1.ends_with("reconnect_reason=3"));
    talk.accept();
    talk.word(reconnected());
    talk.state(PeerRole::Subscribe, PeerState::Connecting);
    assert_eq!(connection(&talk), [ConnectionState::Resuming]);
    talk.renewed();
    assert_eq!(connection(&talk), [ConnectionState::Resuming, ConnectionState::Connected]);
    talk.pass_millis(4000);
    assert_eq!(talk.opened.len(), 2);
}

#[test]
fn a_short_break_heals_by_itself_and_a_long_one_does_not() {
    let mut talk = in_a_call();
    talk.state(PeerRole::Publish, PeerState::Disconnected);
    talk.pass_millis(7000);
    talk.state(PeerRole::Publish, PeerState::Connected);
    talk.pass_millis(3000);
    assert_eq!(talk.opened.len(), 1);
    talk.word(Word::Pong(0));
    talk.state(PeerRole::Publish, PeerState::Disconnected);
    talk.pass_millis(8000);
    assert_eq!(talk.opened.len(), 2);
    assert!(talk.opened[1].1.ends_with("reconnect_reason=2"));
}

#[test]
fn silence_of_the_server_is_a_lost_socket() {
    let mut talk = in_a_call();
    talk.pass_millis(14_999);
    assert_eq!(talk.opened.len(), 1);
    talk.pass_millis(1);
    assert_eq!((talk.opened.len(), talk.closed.len()), (2, 1));
}

#[test]
fn a_changed_network_is_met_with_new_candidates() {
    let mut talk = in_a_call();
    talk.command(RoomCommand::NetworkChanged);
    assert!(talk.opened[1].1.ends_with("reconnect=1&sid=PA_me&reconnect_reason=4"));
    talk.drop_socket(SocketCause::Unreachable);
    // It does not wait for its turn where the network changes again.
    talk.command(RoomCommand::NetworkChanged);
    assert_eq!(talk.opened.len(), 3);
}

#[test]
fn a_server_that_forbids_resumption_is_joined_anew() {
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.accept();
    let mut response = join(Vec::new());
    response.client_configuration =
        Some(ClientConfiguration { resume_connection: ClientConfigSetting::Disabled as i32, ..Default::default() });
    talk.word(Word::Join(response));
    talk.connect();
    talk.drop_socket(SocketCause::Reset);
    assert!(!talk.opened[1].1.contains("reconnect"));
}

#[test]
fn a_refreshed_token_that_is_refused_gives_way_to_the_invitation() {
    let mut talk = in_a_call();
    talk.word(Word::RefreshToken("second.token".into()));
    talk.drop_socket(SocketCause::Reset);
    talk.drop_socket(SocketCause::Status { status: 401, body: String::new() });
    talk.pass_millis(400);
    let (_, url, bearer) = talk.opened.last().expect("opened");
    assert!(!url.contains("reconnect") && bearer == "first.token");
    talk.drop_socket(SocketCause::Status { status: 401, body: String::new() });
    assert_eq!(talk.left(), Some(LeaveCause::InvitationRefused));
}

/// The socket breaks, and the next attempt, whenever it comes, leads in.
fn break_and_return(talk: &mut Talk) {
    let before = talk.opened.len();
    talk.drop_socket(SocketCause::Reset);
    while talk.opened.len() == before {
        let Some(due) = talk.session.poll_timeout() else { return };
        talk.now = due;
        talk.input(Input::Timeout);
    }
    talk.said.clear();
    talk.accept();
    talk.word(reconnected());
    talk.answer_last();
    talk.renewed();
}

#[test]
fn a_connection_that_never_stays_is_given_up() {
    let mut talk = in_a_call();
    let start = talk.now;
    while talk.left().is_none() {
        break_and_return(&mut talk);
        assert!(talk.now.since(start) < Duration::from_secs(90), "it never ends");
    }
    assert_eq!(talk.left(), Some(LeaveCause::Lost));
}

#[test]
fn a_connection_that_stands_most_of_the_time_is_not_given_up() {
    let mut talk = in_a_call();
    for _ in 0..9 {
        break_and_return(&mut talk);
        talk.pass_millis(9000);
    }
    assert!(talk.now.since(MediaTime::ZERO) > Duration::from_secs(81));
    // Ten seconds end the outage, and with it the waits.
    talk.pass_millis(2000);
    for _ in 0..3 {
        break_and_return(&mut talk);
        talk.pass_millis(9000);
    }
    assert_eq!(talk.left(), None);
}

#[test]
fn an_outage_is_forgotten_when_the_connection_stood() {
    let mut talk = in_a_call();
    for _ in 0..20 {
        talk.drop_socket(SocketCause::Reset);
        // The first attempt of a new outage is at once.
        talk.accept();
        talk.word(reconnected());
        talk.answer_last();
        talk.renewed();
        for _ in 0..3 {
            talk.pass_millis(4000);
            talk.word(Word::Pong(0));
        }
        talk.said.clear();
    }
    assert_eq!((talk.left(), talk.opened.len()), (None, 21));
}

#[test]
fn descriptions_that_do_not_fit_need_new_peer_connections() {
    for operation in
        [OperationKind::Offer, OperationKind::AcceptAnswer, OperationKind::AcceptOffer, OperationKind::Create]
    {
        let mut talk = in_a_call();
        let peer = talk.peer(PeerRole::Publish);
        talk.input(Input::Transport(TransportEvent::Failed { peer, operation, cause: String::new() }));
        assert_eq!(connection(&talk), [ConnectionState::Rejoining], "{operation:?}");
        assert!(!talk.opened[1].1.contains("reconnect"));
    }
    let mut talk = in_a_call();
    let peer = talk.peer(PeerRole::Publish);
    talk.input(Input::Transport(TransportEvent::Failed {
        peer,
        operation: OperationKind::AddCandidate,
        cause: String::new(),
    }));
    assert_eq!((connection(&talk).len(), talk.session.ignored()), (0, 1));
}

#[test]
fn an_answer_that_never_comes_needs_new_peer_connections() {
    let mut talk = in_a_call();
    talk.command(RoomCommand::Publish(microphone()));
    for _ in 0..4 {
        talk.pass_millis(4000);
        talk.word(Word::Pong(0));
    }
    assert!(connection(&talk).contains(&ConnectionState::Rejoining));
}

#[test]
fn a_server_that_takes_us_for_somebody_new_is_joined_anew() {
    let mut talk = in_a_call();
    talk.drop_socket(SocketCause::Reset);
    talk.accept();
    talk.word(Word::Join(join(Vec::new())));
    assert_eq!(talk.said_kinds(), ["add track", "setting", "setting", "offer"]);
    assert_eq!(connection(&talk), [ConnectionState::Resuming, ConnectionState::Rejoining, ConnectionState::Joined]);
    assert_eq!(talk.events.iter().filter(|event| matches!(event, RoomEvent::TrackGone(_))).count(), 3);
}

#[test]
fn an_older_server_takes_us_back_without_a_word() {
    let mut talk = in_a_call();
    talk.drop_socket(SocketCause::Reset);
    talk.accept();
    talk.word(Word::Update(livekit_protocol::ParticipantUpdate { participants: vec![person("b", "PA_b", 1, &[])] }));
    assert_eq!(talk.said_kinds(), ["sync", "offer"]);
    assert!(talk.events.iter().any(|event| matches!(event, RoomEvent::ParticipantChanged(b) if b.name == "B")));
}

#[test]
fn words_of_an_old_socket_and_of_old_peers_are_not_heard() {
    let mut talk = in_a_call();
    let (old_socket, old_peer) = (talk.socket().expect("socket"), talk.peer(PeerRole::Subscribe));
    talk.word(leave(leave_request::Action::Reconnect, DisconnectReason::UnknownReason));
    talk.accept();
    talk.word(Word::Join(join(Vec::new())));
    talk.connect();
    talk.hush();
    let opened = talk.opened.len();
    talk.input(Input::SocketClosed { socket: old_socket, cause: SocketCause::Closed { code: None } });
    talk.input(Input::SocketFrame { socket: old_socket, frame: crate::SocketFrame::Text("x".into()) });
    talk.input(Input::Transport(TransportEvent::State { peer: old_peer, state: PeerState::Failed }));
    talk.input(Input::Transport(TransportEvent::ChannelMessage {
        peer: old_peer,
        label: "_reliable".into(),
        data: vec![1].into(),
    }));
    assert!(talk.events.is_empty() && talk.opened.len() == opened);
    assert!(talk.now >= MediaTime::ZERO);
}
