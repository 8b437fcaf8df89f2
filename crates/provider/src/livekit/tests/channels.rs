//! Chat, data and captions over the data channels.

use super::harness::{Talk, Word, join, me, person};
use crate::{
    ChatMessage, Input, PeerRole, PeerState, RoomCommand, RoomEvent, Session as _, SocketCause, TransportOperation,
};
use bytes::Bytes;
use data_packet::Value;
use livekit_protocol::{
    ChatMessage as WireMessage, DataPacket, JoinResponse, ParticipantPermission, ReconnectResponse, RpcRequest,
    SignalTarget, Transcription, TranscriptionSegment, UserPacket, data_packet, data_stream, rpc_response,
};
use std::collections::BTreeMap;

fn from_a(value: Value, sequence: u32) -> DataPacket {
    DataPacket {
        value: Some(value),
        participant_identity: "a".into(),
        participant_sid: "PA_a".into(),
        sequence,
        ..Default::default()
    }
}

fn user(topic: Option<&str>, payload: &str) -> Value {
    Value::User(UserPacket { topic: topic.map(str::to_owned), payload: payload.into(), ..Default::default() })
}

fn with_one() -> Talk {
    let mut talk = Talk::in_meeting(vec![person("a", "PA_a", 1, &["TR_a1"])]);
    talk.hush();
    talk
}

fn messages(talk: &Talk) -> Vec<ChatMessage> {
    talk.events
        .iter()
        .filter_map(|event| if let RoomEvent::Message(message) = event { Some(message.clone()) } else { None })
        .collect()
}

#[test]
fn a_message_of_ours_is_a_text_stream() {
    let mut talk = with_one();
    talk.command(RoomCommand::SendMessage { id: "m1".into(), text: "bonjour".into(), unix_millis: 99 });
    let packets = talk.packets();
    assert_eq!(packets.iter().map(|packet| packet.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    let Some(Value::StreamHeader(header)) = &packets[0].value else { panic!() };
    assert_eq!(
        (header.stream_id.as_str(), header.topic.as_str(), header.total_length, header.timestamp),
        ("m1", "lk.chat", Some(7), 99)
    );
    assert!(
        matches!(&packets[1].value, Some(Value::StreamChunk(chunk)) if chunk.content == b"bonjour" && chunk.chunk_index == 0)
    );
    assert!(matches!(&packets[2].value, Some(Value::StreamTrailer(trailer)) if trailer.stream_id == "m1"));

    talk.hush();
    talk.command(RoomCommand::SendMessage { id: "m1".into(), text: "bonsoir".into(), unix_millis: 100 });
    let packets = talk.packets();
    let Some(Value::StreamHeader(header)) = &packets[0].value else { panic!() };
    let Some(data_stream::header::ContentHeader::TextHeader(text)) = &header.content_header else { panic!() };
    assert_eq!((text.operation_type, packets[0].sequence), (data_stream::OperationType::Update as i32, 4));

    talk.hush();
    let text = "é".repeat(40_000);
    talk.command(RoomCommand::SendText {
        id: "t1".into(),
        topic: "notes".into(),
        text: text.clone(),
        attributes: BTreeMap::from([("k".into(), "v".into())]),
        unix_millis: 1,
    });
    let packets = talk.packets();
    assert_eq!(packets.len(), 2 + 6);
    assert_eq!(talk.events, [RoomEvent::Sent("t1".into())]);
    // What we send we would also understand.
    let mut other = with_one();
    for packet in packets {
        other.receive(
            "_reliable",
            &DataPacket { participant_identity: "a".into(), participant_sid: "PA_a".into(), ..packet },
        );
    }
    assert!(matches!(other.events.as_slice(), [RoomEvent::Text { topic, text: arrived, from, attributes, .. }]
        if topic == "notes" && *arrived == text && from.as_ref().is_some_and(|from| from.as_str() == "a") && attributes["k"] == "v"));
}

#[test]
fn messages_of_every_kind_are_understood() {
    let mut talk = with_one();
    let header = |id: &str, inline: Option<&str>| {
        Value::StreamHeader(data_stream::Header {
            stream_id: id.into(),
            timestamp: 5,
            topic: "lk.chat".into(),
            inline_content: inline.map(Into::into),
            content_header: Some(data_stream::header::ContentHeader::TextHeader(data_stream::TextHeader::default())),
            ..Default::default()
        })
    };
    let chunk =
        Value::StreamChunk(data_stream::Chunk { stream_id: "1".into(), content: "bon".into(), ..Default::default() });
    let trailer = Value::StreamTrailer(data_stream::Trailer { stream_id: "1".into(), ..Default::default() });
    for (value, sequence) in [(header("1", None), 1), (chunk, 2), (trailer, 3), (header("2", Some("jour")), 4)] {
        talk.receive("_reliable", &from_a(value, sequence));
    }
    let wire = WireMessage { id: "3".into(), message: "old".into(), timestamp: 6, ..Default::default() };
    talk.receive("_reliable", &from_a(Value::ChatMessage(wire), 5));
    talk.receive("_reliable", &from_a(user(Some("lk-chat-topic"), r#"{"id":"4","timestamp":7,"message":"older"}"#), 6));
    talk.receive(
        "_reliable",
        &from_a(user(Some("lk-chat-topic"), r#"{"id":"2","timestamp":7,"message":"jour","ignoreLegacy":true}"#), 7),
    );
    talk.receive("_reliable", &from_a(header("2", Some("nuit")), 8));
    let heard: Vec<_> = messages(&talk).into_iter().map(|message| (message.id, message.text, message.edited)).collect();
    let expected =
        [("1", "bon", false), ("2", "jour", false), ("3", "old", false), ("4", "older", false), ("2", "nuit", true)];
    assert_eq!(heard, expected.map(|(id, text, edited)| (id.to_owned(), text.to_owned(), edited)));
    assert!(messages(&talk).iter().all(|message| message.author == Some("a".into())));
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn repetitions_after_a_resumption_are_dropped() {
    let mut talk = with_one();
    for sequence in [1, 2, 2, 1, 3] {
        talk.receive("_reliable", &from_a(user(None, "x"), sequence));
    }
    // The server's own packets have no number; the lossy channel has none at all.
    for _ in 0..2 {
        talk.receive("_reliable", &DataPacket { value: Some(user(None, "server")), ..Default::default() });
        talk.receive("_lossy", &from_a(user(None, "x"), 1));
    }
    assert_eq!(talk.events.len(), 3 + 4);
    assert_eq!(talk.session.ignored(), 0);
}

#[test]
fn data_goes_both_ways() {
    let mut talk = with_one();
    talk.receive("_lossy", &from_a(user(Some("t"), "{}"), 0));
    assert_eq!(
        talk.events,
        [RoomEvent::Data { topic: Some("t".into()), from: Some("a".into()), payload: Bytes::from("{}") }]
    );
    talk.command(RoomCommand::SendData {
        topic: None,
        payload: Bytes::from("r"),
        reliable: true,
        to: vec!["a".into()],
    });
    talk.command(RoomCommand::SendData { topic: None, payload: Bytes::from("l"), reliable: false, to: Vec::new() });
    let labels: Vec<_> = talk
        .operations
        .iter()
        .filter_map(|operation| {
            if let TransportOperation::SendChannel { label, .. } = operation { Some(label.as_str()) } else { None }
        })
        .collect();
    assert_eq!(labels, ["_reliable", "_lossy"]);
    let packets = talk.packets();
    assert_eq!((packets[0].sequence, packets[0].destination_identities.as_slice()), (1, &["a".to_owned()][..]));
    assert_eq!(packets[1].sequence, 0);
    talk.hush();
    talk.command(RoomCommand::SendData {
        topic: None,
        payload: Bytes::from(vec![0; 64_000]),
        reliable: true,
        to: Vec::new(),
    });
    assert!(talk.operations.is_empty());
    assert_eq!(talk.session.ignored(), 1);
}

#[test]
fn a_call_of_a_procedure_is_answered_with_no() {
    let mut talk = with_one();
    let request = RpcRequest { id: "r1".into(), method: "anything".into(), version: 1, ..Default::default() };
    talk.receive("_reliable", &from_a(Value::RpcRequest(request), 1));
    let packets = talk.packets();
    assert_eq!(packets[0].destination_identities, ["a"]);
    let Some(Value::RpcResponse(response)) = &packets[0].value else { panic!() };
    assert!(matches!(&response.value, Some(rpc_response::Value::Error(error)) if error.code == 1400));
}

#[test]
fn captions_are_passed_on_once() {
    let mut talk = with_one();
    let packet = Transcription {
        transcribed_participant_identity: "a".into(),
        segments: vec![TranscriptionSegment {
            id: "s".into(),
            text: "bonjour".into(),
            r#final: true,
            language: "fr".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    talk.receive("_reliable", &from_a(Value::Transcription(packet), 1));
    let attributes = [("lk.segment_id", "s"), ("lk.transcription_final", "true"), ("lk.transcribed_track_id", "TR_a1")];
    let stream = |id: &str, attributes: &[(&str, &str)]| {
        Value::StreamHeader(data_stream::Header {
            stream_id: id.into(),
            topic: "lk.transcription".into(),
            attributes: attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            inline_content: Some("bonjour".into()),
            content_header: Some(data_stream::header::ContentHeader::TextHeader(data_stream::TextHeader::default())),
            ..Default::default()
        })
    };
    talk.receive(
        "_reliable",
        &DataPacket {
            participant_identity: "agent".into(),
            value: Some(stream("x", &attributes)),
            ..Default::default()
        },
    );
    talk.receive(
        "_reliable",
        &DataPacket {
            participant_identity: "agent".into(),
            value: Some(stream("y", &attributes[2..])),
            ..Default::default()
        },
    );
    let segments: Vec<_> = talk
        .events
        .iter()
        .map(|event| {
            if let RoomEvent::Captions(segment) = event {
                (segment.id.as_str(), segment.speaker.clone(), segment.is_final)
            } else {
                panic!()
            }
        })
        .collect();
    assert_eq!(segments, [("s", Some("a".into()), true), ("y", Some("a".into()), true)]);
}

#[test]
fn what_is_said_during_an_outage_follows_it_in_order() {
    let mut talk = with_one();
    let say = |talk: &mut Talk, id: &str| {
        talk.command(RoomCommand::SendData {
            topic: None,
            payload: Bytes::from(id.to_owned()),
            reliable: true,
            to: Vec::new(),
        })
    };
    say(&mut talk, "1");
    say(&mut talk, "2");
    talk.hush();
    talk.drop_socket(SocketCause::Reset);
    say(&mut talk, "3");
    assert!(talk.packets().is_empty());
    talk.accept();
    talk.word(Word::Reconnect(ReconnectResponse { last_message_seq: 1, ..Default::default() }));
    // Sent into a path that is being made anew they would be late by a second (measured).
    assert!(talk.packets().is_empty());
    talk.renewed();
    let sequences: Vec<_> = talk.packets().iter().map(|packet| packet.sequence).collect();
    assert_eq!(sequences, [2, 3]);
    // After a rejoin the numbers begin anew, and nothing that was sent is sent twice.
    talk.hush();
    talk.word(Word::Leave(livekit_protocol::LeaveRequest { action: 2, ..Default::default() }));
    say(&mut talk, "4");
    talk.pass_millis(2000);
    talk.accept();
    talk.word(Word::Join(join(Vec::new())));
    talk.connect();
    assert_eq!(talk.packets().iter().map(|packet| packet.sequence).collect::<Vec<_>>(), [1]);
}

#[test]
fn before_the_channel_is_open_messages_wait() {
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.command(RoomCommand::SendMessage { id: "early".into(), text: "x".into(), unix_millis: 0 });
    talk.accept();
    talk.word(Word::Join(join(Vec::new())));
    assert!(talk.packets().is_empty());
    talk.channel_open("_reliable");
    assert!(talk.packets().is_empty());
    talk.state(PeerRole::Publish, PeerState::Connected);
    assert_eq!(talk.packets().len(), 3);
}

#[test]
fn it_is_told_when_a_message_leaves_and_that_it_does_not() {
    let sent = |id: &str| RoomEvent::Sent(id.into());
    let say = |talk: &mut Talk, id: &str, text: &str| {
        talk.command(RoomCommand::SendMessage { id: id.into(), text: text.into(), unix_millis: 1 });
    };
    let mut talk = with_one();
    say(&mut talk, "1", "bonjour");
    assert_eq!(talk.events, [sent("1")]);
    talk.drop_socket(SocketCause::Reset);
    talk.hush();
    say(&mut talk, "2", "je reviens");
    let much = "x".repeat(3_000_000);
    say(&mut talk, "3", &much);
    assert_eq!(talk.events, [RoomEvent::NotSent("3".into())], "one waits, the other is too much");
    talk.accept();
    talk.word(Word::Reconnect(ReconnectResponse::default()));
    talk.renewed();
    assert!(talk.events.contains(&sent("2")));
    // What did not leave is no edit at its next try.
    talk.hush();
    say(&mut talk, "3", "court");
    let Some(Value::StreamHeader(header)) = &talk.packets()[0].value else { panic!() };
    let Some(data_stream::header::ContentHeader::TextHeader(text)) = &header.content_header else { panic!() };
    assert_eq!(text.operation_type, data_stream::OperationType::Create as i32);
    assert_eq!(talk.events, [sent("3")]);
}

#[test]
fn a_room_that_lets_nothing_out_says_so_of_each_message() {
    let mut me = me();
    me.permission = Some(ParticipantPermission { can_subscribe: true, ..Default::default() });
    let mut talk = Talk::new();
    talk.input(Input::Start);
    talk.accept();
    // Before the server has said what we may, it waits.
    talk.command(RoomCommand::SendMessage { id: "early".into(), text: "x".into(), unix_millis: 0 });
    talk.word(Word::Join(JoinResponse { participant: Some(me), ..join(Vec::new()) }));
    talk.connect();
    let lost = |id: &str| RoomEvent::NotSent(id.into());
    assert!(talk.events.contains(&lost("early")));
    talk.hush();
    talk.command(RoomCommand::SendMessage { id: "late".into(), text: "x".into(), unix_millis: 0 });
    assert_eq!(talk.events, [lost("late")]);
    assert!(talk.packets().is_empty());
}

#[test]
fn what_cannot_be_read_is_counted() {
    let mut talk = with_one();
    talk.receive_bytes("_reliable", vec![0xff; 10]);
    talk.receive_bytes("_reliable", vec![0; 300_000]);
    talk.receive("_reliable", &DataPacket::default());
    talk.receive("_reliable", &from_a(Value::EncryptedPacket(Default::default()), 1));
    assert_eq!(talk.session.ignored(), 4);
    talk.receive_bytes("_data_track", vec![0xff; 10]);
    assert_eq!((talk.session.ignored(), talk.events.len()), (4, 0));
    assert_eq!(SignalTarget::Publisher as i32, 0);
}
