//! Whatever comes, in whatever state: no panic, no endless timer, one end and nothing after it.

use super::harness::{Talk, Word, camera, join, microphone, person};
use super::recorded::{CALL, MODERATED, RESUME, lines};
use crate::{
    DescriptionKind, Input, OperationKind, PeerId, PeerState, RequestId, RoomCommand, RoomEvent, Session as _,
    SocketCause, SocketFrame, SocketId, TransportEvent,
};
use bytes::Bytes;
use livekit_protocol::{LeaveRequest, ReconnectResponse};
use proptest::prelude::*;
use visavis_model::{TrackId, VideoDemand};

/// Where a session is when the unexpected comes.
#[derive(Clone, Copy, Debug)]
enum Place {
    Before,
    Opening,
    Entering,
    Joined,
    Connected,
    Resuming,
    Rejoining,
    Over,
}

const PLACES: [Place; 8] = [
    Place::Before,
    Place::Opening,
    Place::Entering,
    Place::Joined,
    Place::Connected,
    Place::Resuming,
    Place::Rejoining,
    Place::Over,
];

fn at(place: Place) -> Talk {
    let mut talk = Talk::new();
    talk.command(RoomCommand::Publish(camera()));
    if matches!(place, Place::Before) {
        return talk;
    }
    talk.input(Input::Start);
    if matches!(place, Place::Opening) {
        return talk;
    }
    talk.accept();
    if matches!(place, Place::Entering) {
        return talk;
    }
    talk.word(Word::Join(join(vec![person("a", "PA_a", 1, &["TR_a1", "TR_v1"])])));
    if matches!(place, Place::Joined) {
        return talk;
    }
    talk.connect();
    match place {
        Place::Resuming => {
            talk.drop_socket(SocketCause::Reset);
            talk.accept();
        }
        Place::Rejoining => talk.word(Word::Leave(LeaveRequest { action: 2, ..Default::default() })),
        Place::Over => talk.command(RoomCommand::Leave),
        _ => {}
    }
    talk
}

fn feed(talk: &mut Talk, bytes: &[u8]) {
    let socket = talk.socket().unwrap_or(SocketId(0));
    talk.input(Input::SocketFrame { socket, frame: SocketFrame::Binary(Bytes::copy_from_slice(bytes)) });
    let peer = PeerId(0);
    let message =
        TransportEvent::ChannelMessage { peer, label: "_reliable".into(), data: Bytes::copy_from_slice(bytes) };
    talk.input(Input::Transport(message));
    talk.pass_millis(10);
}

/// Recorded words and packets, a spoilt one of which is said.
fn spoilt(recording: &str, which: usize, position: usize, value: u8, cut: bool) -> Vec<u8> {
    let lines: Vec<_> = lines(recording).into_iter().filter(|line| !line.bytes().is_empty()).collect();
    let mut bytes = lines[which % lines.len()].bytes();
    let position = position % bytes.len();
    if cut {
        bytes.truncate(position);
    } else {
        bytes[position] = value;
    }
    bytes
}

#[derive(Clone, Debug)]
enum Step {
    Word(u8),
    Socket(u8),
    Transport(u8, u32),
    Command(u8),
    Pass(u16),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => any::<u8>().prop_map(Step::Word),
        2 => any::<u8>().prop_map(Step::Socket),
        3 => (any::<u8>(), 0_u32..6).prop_map(|(what, peer)| Step::Transport(what, peer)),
        2 => any::<u8>().prop_map(Step::Command),
        2 => any::<u16>().prop_map(Step::Pass),
    ]
}

fn word(what: u8) -> Word {
    let leave = |action: i32| Word::Leave(LeaveRequest { action, reason: i32::from(what % 17), ..Default::default() });
    match what % 16 {
        0 => Word::Join(join(vec![person("a", "PA_a", u32::from(what), &["TR_v1"])])),
        1 => Word::Reconnect(ReconnectResponse { last_message_seq: u32::from(what), ..Default::default() }),
        2 => leave(1),
        3 => leave(2),
        4 if what > 200 => leave(0),
        5 => Word::Offer(livekit_protocol::SessionDescription {
            id: u32::from(what),
            sdp: "x".into(),
            ..Default::default()
        }),
        6 | 7 => Word::Answer(livekit_protocol::SessionDescription { id: u32::from(what % 8), ..Default::default() }),
        8 => Word::Update(livekit_protocol::ParticipantUpdate {
            participants: vec![person("a", "PA_a", u32::from(what), &[])],
        }),
        9 => Word::Update(livekit_protocol::ParticipantUpdate {
            participants: vec![person("b", "PA_b", u32::from(what), &["TR_v2"])],
        }),
        10 => Word::Mute(livekit_protocol::MuteTrackRequest { sid: "TR_mine".into(), muted: what > 100 }),
        11 => Word::RefreshToken("token".into()),
        12 => Word::TrackUnpublished(livekit_protocol::TrackUnpublishedResponse { track_sid: "TR_mine".into() }),
        _ => Word::Pong(0),
    }
}

fn take(talk: &mut Talk, step: Step) {
    match step {
        Step::Word(what) => {
            if talk.socket().is_some() {
                if what % 5 == 0
                    && talk.operations.iter().any(|each| matches!(each, crate::TransportOperation::AddSender { .. }))
                {
                    let track = talk.operations.iter().rev().find_map(|each| match each {
                        crate::TransportOperation::AddSender { sender, .. } => Some(sender.track.clone()),
                        _ => None,
                    });
                    let cid = talk.cid(&track.expect("a sender"));
                    talk.published(&cid, "TR_mine");
                } else {
                    talk.word(word(what));
                }
            }
        }
        Step::Socket(what) => {
            let socket = SocketId(talk.socket().map_or(0, |socket| socket.0).saturating_sub(u32::from(what % 3 == 0)));
            let cause = match what % 5 {
                0 => SocketCause::Refused,
                1 => SocketCause::Reset,
                2 => SocketCause::Status { status: 500 + u16::from(what % 4), body: String::new() },
                _ => SocketCause::Closed { code: None },
            };
            if what % 2 == 0 {
                talk.input(Input::SocketOpened { socket });
            } else {
                talk.input(Input::SocketClosed { socket, cause });
            }
            talk.input(Input::HttpFailed { request: RequestId(0), cause: SocketCause::Timeout });
        }
        Step::Transport(what, peer) => {
            let peer = PeerId(peer);
            let states = [
                PeerState::New,
                PeerState::Connecting,
                PeerState::Connected,
                PeerState::Disconnected,
                PeerState::Failed,
                PeerState::Closed,
            ];
            let operations = [
                OperationKind::Create,
                OperationKind::Offer,
                OperationKind::AcceptOffer,
                OperationKind::AddSender,
                OperationKind::SendChannel,
            ];
            talk.input(Input::Transport(match what % 12 {
                0..=5 => TransportEvent::State { peer, state: states[usize::from(what % 12)] },
                6 => TransportEvent::State { peer, state: PeerState::Connected },
                7 => TransportEvent::ChannelOpened {
                    peer,
                    label: if what > 100 { "_reliable" } else { "_lossy" }.into(),
                },
                8 => TransportEvent::LocalDescription { peer, kind: DescriptionKind::Offer, sdp: "x".into(), id: None },
                9 => TransportEvent::LocalDescription {
                    peer,
                    kind: DescriptionKind::Answer,
                    sdp: "x".into(),
                    id: Some(1),
                },
                10 => TransportEvent::Candidate { peer, candidate: "{}".into() },
                _ => TransportEvent::Failed {
                    peer,
                    operation: operations[usize::from(what) % operations.len()],
                    cause: String::new(),
                },
            }));
        }
        Step::Command(what) => talk.command(match what % 9 {
            0 => RoomCommand::Publish(camera()),
            1 => RoomCommand::Publish(microphone()),
            2 => RoomCommand::Unpublish { track: TrackId::local_camera() },
            3 => RoomCommand::SetMuted { track: TrackId::local_camera(), muted: what > 100 },
            4 => RoomCommand::Demand { track: "TR_v1".into(), demand: VideoDemand::NOTHING },
            5 => RoomCommand::SendMessage { id: what.to_string(), text: "x".into(), unix_millis: 0 },
            6 => RoomCommand::NetworkChanged,
            7 if what > 230 => RoomCommand::Leave,
            _ => RoomCommand::SendData { topic: None, payload: Bytes::from("x"), reliable: what > 100, to: Vec::new() },
        }),
        Step::Pass(millis) => talk.pass_millis(u64::from(millis)),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn random_bytes_do_no_harm(place in 0_usize..8, frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..64), 1..6)) {
        let mut talk = at(PLACES[place]);
        for frame in frames {
            feed(&mut talk, &frame);
        }
        talk.pass_millis(100_000);
    }

    #[test]
    fn spoilt_words_do_no_harm(place in 0_usize..8, recording in 0_usize..3, spoils in prop::collection::vec((any::<usize>(), any::<usize>(), any::<u8>(), any::<bool>()), 1..20)) {
        let mut talk = at(PLACES[place]);
        for (which, position, value, cut) in spoils {
            let bytes = spoilt([CALL, RESUME, MODERATED][recording], which, position, value, cut);
            feed(&mut talk, &bytes);
        }
        talk.pass_millis(100_000);
    }

    #[test]
    fn any_order_of_things_ends_well(place in 0_usize..8, steps in prop::collection::vec(step(), 1..60)) {
        let mut talk = at(PLACES[place]);
        for step in steps {
            let over = talk.left().is_some();
            let before = (talk.events.len(), talk.said.len(), talk.operations.len(), talk.opened.len());
            take(&mut talk, step);
            if over {
                prop_assert_eq!(before, (talk.events.len(), talk.said.len(), talk.operations.len(), talk.opened.len()));
            }
        }
        // A server that never answers again: everything ends, in bounded time, exactly once.
        talk.pass_millis(200_000);
        let ends = talk.events.iter().filter(|event| matches!(event, RoomEvent::Left(_))).count();
        prop_assert_eq!(ends, usize::from(!talk.opened.is_empty()).max(ends));
        prop_assert!(ends <= 1);
        if ends == 1 {
            prop_assert_eq!(talk.session.poll_timeout(), None);
        }
    }
}
