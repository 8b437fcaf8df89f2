//! Our own tracks.

use super::harness::{Said, Talk, Word, camera, me, microphone};
use crate::{
    Input, OperationKind, PeerRole, PublishRequest, RoomCommand, RoomEvent, Session as _, TransportEvent,
    TransportOperation,
};
use livekit_protocol::{
    MuteTrackRequest, ParticipantUpdate, RequestResponse, SubscribedCodec, SubscribedQuality, SubscribedQualityUpdate,
    TrackSource as WireSource, TrackSubscribed, TrackUnpublishedResponse, request_response,
};
use visavis_model::{TrackId, TrackSource};

fn with_camera() -> Talk {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.publish(camera(), "TR_mine");
    talk.hush();
    talk
}

fn mute(sid: &str, muted: bool) -> Word {
    Word::Mute(MuteTrackRequest { sid: sid.into(), muted })
}

#[test]
fn a_track_in_the_meeting_is_asked_for_and_offered_once() {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    talk.command(RoomCommand::Publish(microphone()));
    talk.command(RoomCommand::Publish(camera()));
    assert_eq!(talk.said_kinds(), ["add track", "add track"]);
    talk.pass_millis(19);
    assert_eq!(talk.said.len(), 2);
    talk.pass_millis(1);
    assert_eq!(talk.said_kinds(), ["add track", "add track", "offer"]);
    talk.answer_last();
    assert_eq!(talk.operation_kinds(), ["sender", "sender", "offer", "accept answer"]);
}

#[test]
fn an_offer_waits_for_the_answer_to_the_one_before() {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    talk.command(RoomCommand::Publish(microphone()));
    talk.pass_millis(20);
    talk.command(RoomCommand::Publish(camera()));
    talk.pass_millis(100);
    assert_eq!(talk.said_kinds(), ["add track", "offer", "add track"]);
    talk.answer(77);
    assert_eq!((talk.said.len(), talk.session.ignored()), (3, 1));
    talk.answer_last();
    assert_eq!(talk.said_kinds(), ["add track", "offer", "add track", "offer"]);
    assert_eq!(talk.operation_kinds(), ["sender", "offer", "sender", "accept answer", "offer"]);
}

#[test]
fn mutes_are_told_and_those_before_the_answer_too() {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    talk.command(RoomCommand::Publish(camera()));
    talk.command(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: true });
    assert_eq!(talk.said_kinds(), ["add track"]);
    let cid = talk.cid(&TrackId::local_camera());
    talk.published(&cid, "TR_mine");
    assert_eq!(talk.said.last(), Some(&Said::Mute(MuteTrackRequest { sid: "TR_mine".into(), muted: true })));
    talk.command(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: true });
    talk.command(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: false });
    assert_eq!(talk.said_kinds(), ["add track", "mute", "mute"]);
    talk.command(RoomCommand::SetMuted { track: "unknown".into(), muted: false });
    assert_eq!(talk.said.len(), 3);
}

#[test]
fn a_moderators_mute_is_obeyed_and_echoed() {
    let mut talk = with_camera();
    talk.word(mute("TR_mine", true));
    assert_eq!(talk.events, [RoomEvent::MutedByOther { track: TrackId::local_camera() }]);
    assert_eq!(talk.said, [Said::Mute(MuteTrackRequest { sid: "TR_mine".into(), muted: true })]);
    // Nobody can switch our camera on, and nobody can mute what is not ours.
    talk.word(mute("TR_mine", false));
    talk.word(mute("TR_other", true));
    assert_eq!((talk.events.len(), talk.session.ignored()), (1, 2));
    talk.command(RoomCommand::SetMuted { track: TrackId::local_camera(), muted: false });
    assert_eq!(talk.said.last(), Some(&Said::Mute(MuteTrackRequest { sid: "TR_mine".into(), muted: false })));
}

#[test]
fn unpublishing_takes_the_sender_back() {
    let mut talk = with_camera();
    talk.command(RoomCommand::Unpublish { track: TrackId::local_camera() });
    talk.pass_millis(20);
    assert_eq!(talk.operation_kinds(), ["remove sender", "offer"]);
    talk.word(Word::TrackUnpublished(TrackUnpublishedResponse { track_sid: "TR_mine".into() }));
    assert!(talk.events.is_empty());
    // Published again it has another name.
    talk.answer_last();
    talk.command(RoomCommand::Publish(camera()));
    assert!(matches!(talk.said.last(), Some(Said::AddTrack(add)) if add.cid == talk.cid(&TrackId::local_camera())));
}

#[test]
fn what_the_server_does_not_answer_is_given_up() {
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    talk.command(RoomCommand::Publish(camera()));
    talk.pass_millis(30);
    talk.answer_last();
    talk.pass_millis(9_969);
    assert!(!talk.events.iter().any(|event| matches!(event, RoomEvent::PublishRefused { .. })));
    talk.pass_millis(1);
    assert!(
        talk.events.contains(&RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "no answer".into() })
    );
    assert!(talk.operation_kinds().contains(&"remove sender"));
}

#[test]
fn refusals_are_heard() {
    let refusal = |cid: &str, reason: request_response::Reason| {
        let add = livekit_protocol::AddTrackRequest { cid: cid.into(), ..Default::default() };
        Word::RequestResponse(RequestResponse {
            reason: reason as i32,
            request: Some(request_response::Request::AddTrack(add)),
            ..Default::default()
        })
    };
    let mut talk = Talk::in_meeting(Vec::new());
    talk.hush();
    talk.command(RoomCommand::Publish(camera()));
    let cid = talk.cid(&TrackId::local_camera());
    talk.word(refusal(&cid, request_response::Reason::Queued));
    talk.word(refusal("other", request_response::Reason::NotAllowed));
    assert!(talk.events.is_empty());
    talk.word(refusal(&cid, request_response::Reason::NotAllowed));
    assert_eq!(
        talk.events,
        [RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "NOT_ALLOWED".into() }]
    );

    talk.hush();
    talk.command(RoomCommand::Publish(camera()));
    let peer = talk.peer(PeerRole::Publish);
    talk.input(Input::Transport(TransportEvent::Failed {
        peer,
        operation: OperationKind::AddSender,
        cause: "codec".into(),
    }));
    assert_eq!(talk.events, [RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "transport".into() }]);

    talk.hush();
    let unknown = PublishRequest { source: TrackSource::Unknown, ..camera() };
    talk.command(RoomCommand::Publish(unknown));
    assert!(matches!(talk.events.as_slice(), [RoomEvent::PublishRefused { .. }]));
    assert!(talk.said.is_empty());
}

#[test]
fn a_permission_that_is_gone_takes_its_tracks() {
    let mut talk = with_camera();
    talk.publish(microphone(), "TR_sound");
    talk.hush();
    let mut changed = me();
    changed.version = 2;
    changed.permission.as_mut().expect("permission").can_publish_sources = vec![WireSource::Microphone as i32];
    talk.word(Word::Update(ParticipantUpdate { participants: vec![changed] }));
    assert!(
        matches!(&talk.events[0], RoomEvent::RoomChanged(room) if room.capabilities.publish_microphone && !room.capabilities.publish_camera)
    );
    assert_eq!(
        talk.events[1],
        RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "not permitted".into() }
    );
    talk.pass_millis(20);
    assert_eq!(talk.operation_kinds(), ["remove sender", "offer"]);
    talk.word(Word::TrackUnpublished(TrackUnpublishedResponse { track_sid: "TR_sound".into() }));
    assert!(
        matches!(talk.events.last(), Some(RoomEvent::PublishRefused { track, .. }) if *track == TrackId::local_microphone())
    );
}

#[test]
fn only_the_layers_that_somebody_wants_are_sent() {
    let mut talk = with_camera();
    let qualities = |low, medium, high| {
        [low, medium, high]
            .into_iter()
            .zip(0..)
            .map(|(enabled, quality)| SubscribedQuality { quality, enabled })
            .collect::<Vec<_>>()
    };
    let update = |codec: &str, qualities: Vec<SubscribedQuality>| {
        Word::SubscribedQualityUpdate(SubscribedQualityUpdate {
            track_sid: "TR_mine".into(),
            subscribed_codecs: vec![SubscribedCodec { codec: codec.into(), qualities }],
            ..Default::default()
        })
    };
    talk.word(update("h264", qualities(true, true, false)));
    talk.word(update("video/H264", qualities(true, true, false)));
    talk.word(update("vp8", qualities(true, true, true)));
    assert_eq!(talk.events, [RoomEvent::LayersWanted { track: TrackId::local_camera(), wanted: [true, true, false] }]);
    talk.word(update("h264", qualities(false, false, false)));
    assert_eq!(talk.events.len(), 2);
    talk.word(Word::TrackSubscribed(TrackSubscribed { track_sid: "TR_mine".into() }));
    assert_eq!(talk.events.last(), Some(&RoomEvent::TrackSubscribed { track: TrackId::local_camera() }));

    // A single encoding is wanted where any layer is; older servers name no codec.
    let mut talk = Talk::in_meeting(Vec::new());
    talk.publish(PublishRequest { layers: Vec::new(), ..camera() }, "TR_mine");
    talk.hush();
    #[allow(deprecated)]
    let old = SubscribedQualityUpdate {
        track_sid: "TR_mine".into(),
        subscribed_qualities: qualities(true, false, false),
        ..Default::default()
    };
    talk.word(Word::SubscribedQualityUpdate(old));
    assert_eq!(talk.events, [RoomEvent::LayersWanted { track: TrackId::local_camera(), wanted: [true; 3] }]);
}

#[test]
fn a_track_published_anew_replaces_the_old_one() {
    let mut talk = with_camera();
    talk.command(RoomCommand::Publish(PublishRequest { layers: Vec::new(), ..camera() }));
    talk.pass_millis(20);
    assert_eq!(talk.operation_kinds(), ["remove sender", "sender", "offer"]);
    let cids: Vec<_> =
        talk.operations
            .iter()
            .filter_map(|operation| {
                if let TransportOperation::AddSender { sender, .. } = operation { Some(&sender.cid) } else { None }
            })
            .collect();
    assert_eq!(cids.len(), 1);
}
