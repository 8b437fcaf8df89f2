//! What leaves, and what feedback does to it.

use super::*;
use crate::options::RateLimits;
use crate::peer::Internal;
use crate::random::Random;
use bytes::Bytes;
use rtc::interceptor::Packet;
use rtc::rtcp;
use rtc::rtcp::extended_report::{DLRRReport, DLRRReportBlock, ExtendedReport, ReceiverReferenceTimeReportBlock};
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::{
    PacketStatusChunk, RecvDelta, StatusVectorChunk, SymbolTypeTcc, TransportLayerCc,
};
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::rtp;
use tokio::sync::mpsc;
use visavis_media::MediaTime;
use visavis_model::{MediaKind, TrackId};

use crate::sdp::ExtensionIds;
use proptest::prelude::*;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::NackPair;
use std::sync::Arc;
use visavis_media::RtpClock;

fn time() -> Timebase {
    Timebase::new(Arc::new(|| MediaTime::ZERO))
}

/// A connected video track of one encoding, SSRC 7, with RTX and transport feedback.
fn state() -> (SendState, mpsc::UnboundedReceiver<Internal>) {
    let (internal, receiver) = mpsc::unbounded_channel();
    let mut random = Random::new(1);
    let mut state = SendState::new(RateLimits::default(), &mut random, internal);
    let encoding = Encoding { layer: None, ssrc: 7, rtx_ssrc: 8 };
    let clock = RtpClock::new(90_000, 0);
    let track = TrackId::local_camera();
    state.add(SendStream::new(track.clone(), MediaKind::Video, encoding, clock, [100, 0]));
    let ids = ExtensionIds { transport_cc: Some(5), ..ExtensionIds::default() };
    let negotiated = Negotiated {
        payload_type: 125,
        rtx_payload_type: Some(126),
        redundant_payload_type: None,
        mid: Bytes::from_static(b"0"),
        ids,
        nack: true,
    };
    assert!(state.negotiate(&track, Some(&negotiated)));
    state.set_connected(true);
    (state, receiver)
}

fn frame(state: &mut SendState, packets: usize, keyframe: bool, at: i64) -> SendOutcome {
    let payloads = vec![Bytes::from(vec![1; 1000]); packets];
    state.video(&TrackId::local_camera(), None, 0, payloads, keyframe, MediaTime::from_millis(at))
}

fn released(state: &mut SendState, at: i64) -> Vec<rtp::Packet> {
    let mut packets = Vec::new();
    state.release(MediaTime::from_millis(at), &time(), |packet| {
        if let Packet::Rtp(packet) = packet {
            packets.push(packet);
        }
    });
    packets
}

#[test]
fn a_refused_frame_leaves_no_gap_and_asks_for_a_keyframe_when_there_is_room() {
    let (mut state, mut internal) = state();
    assert_eq!(frame(&mut state, 10, true, 0), SendOutcome::Sent);
    let mut refused = 0;
    for _ in 0..10 {
        refused += u32::from(frame(&mut state, 10, false, 0) == SendOutcome::Refused);
    }
    assert!(refused > 0);
    let sequences: Vec<_> =
        (0..100).flat_map(|n| released(&mut state, n * 5)).map(|packet| packet.header.sequence_number).collect();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
    assert!(internal.try_recv().is_err(), "no room yet");
    assert_eq!(frame(&mut state, 1, false, 1000), SendOutcome::Refused);
    assert!(matches!(internal.try_recv(), Ok(Internal::Keyframe(_, None))));
    assert_eq!(frame(&mut state, 1, true, 1010), SendOutcome::Sent);
    assert_eq!(frame(&mut state, 1, false, 1020), SendOutcome::Sent);
}

#[test]
fn repair_is_limited_to_its_share() {
    let (mut state, _internal) = state();
    frame(&mut state, 40, true, 0);
    let sent = (0..60).map(|n| released(&mut state, n * 5).len()).sum::<usize>();
    assert_eq!(sent, 40);
    let all: Vec<_> = (0..40).map(|n| NackPair { packet_id: 100 + n, lost_packets: 0 }).collect();
    let nack: Box<dyn rtcp::Packet> = Box::new(TransportLayerNack { sender_ssrc: 0, media_ssrc: 7, nacks: all });
    state.feedback(&[nack], MediaTime::from_millis(400), &time());
    let repaired: Vec<_> = (80..160).flat_map(|n| released(&mut state, n * 5)).collect();
    assert!((8..20).contains(&repaired.len()), "{}", repaired.len());
    assert!(repaired.iter().all(|packet| packet.header.ssrc == 8 && packet.header.payload_type == 126));
}

/// Transport-wide feedback on `packets`: every `lost`-th did not arrive.
fn arrivals(packets: &[rtp::Packet], lost: usize) -> Box<dyn rtcp::Packet> {
    let base = packets[0].header.get_extension(5).expect("numbered");
    let symbols: Vec<_> = (1..=packets.len())
        .map(|n| if n % lost == 0 { SymbolTypeTcc::PacketNotReceived } else { SymbolTypeTcc::PacketReceivedSmallDelta })
        .collect();
    let arrived = symbols.iter().filter(|symbol| **symbol != SymbolTypeTcc::PacketNotReceived);
    Box::new(TransportLayerCc {
        base_sequence_number: u16::from_be_bytes([base[0], base[1]]),
        packet_status_count: symbols.len() as u16,
        recv_deltas: arrived.map(|symbol| RecvDelta { type_tcc_packet: *symbol, delta: 250 }).collect(),
        packet_chunks: vec![PacketStatusChunk::StatusVectorChunk(StatusVectorChunk {
            symbol_list: symbols,
            ..Default::default()
        })],
        ..Default::default()
    })
}

#[test]
fn on_a_path_that_loses_repairs_and_the_head_of_a_keyframe_go_twice() {
    let (mut state, _internal) = state();
    frame(&mut state, 40, true, 0);
    let sent: Vec<_> = (0..60).flat_map(|n| released(&mut state, n * 5)).collect();
    assert_eq!(sent.len(), 40, "nothing is known of the path yet");
    state.feedback(&[arrivals(&sent, 20)], MediaTime::from_millis(300), &time());
    assert!((state.path_loss() - 0.05).abs() < 1e-9);
    let nacks = vec![NackPair { packet_id: 119, lost_packets: 0 }];
    let nack: Box<dyn rtcp::Packet> = Box::new(TransportLayerNack { sender_ssrc: 0, media_ssrc: 7, nacks });
    state.feedback(&[nack], MediaTime::from_millis(310), &time());
    let repairs: Vec<_> = (63..70).flat_map(|n| released(&mut state, n * 5)).collect();
    let numbers: Vec<_> = repairs.iter().map(|packet| (packet.header.ssrc, packet.header.sequence_number)).collect();
    assert_eq!(numbers, [(8, 0), (8, 1)]);
    assert_eq!(repairs[0].payload, repairs[1].payload);

    frame(&mut state, 3, true, 400);
    let sent: Vec<_> = (80..120).flat_map(|n| released(&mut state, n * 5)).collect();
    let ssrcs: Vec<_> = sent.iter().map(|packet| packet.header.ssrc).collect();
    assert_eq!(ssrcs, [7, 8, 7, 7], "the copy goes between the first packet and the second");
    assert_eq!(sent[1].payload[..2], sent[0].header.sequence_number.to_be_bytes());
    frame(&mut state, 3, false, 700);
    assert_eq!((140..200).map(|n| released(&mut state, n * 5).len()).sum::<usize>(), 3);
}

#[test]
fn a_receiver_that_measures_the_round_trip_is_answered_at_once() {
    let (mut state, _internal) = state();
    let question: Box<dyn rtcp::Packet> = Box::new(ExtendedReport {
        sender_ssrc: 7,
        reports: vec![Box::new(ReceiverReferenceTimeReportBlock { ntp_timestamp: 0x1122_3344_5566_7788 })],
    });
    state.feedback(&[question], MediaTime::ZERO, &time());
    let mut answers = Vec::new();
    state.release(MediaTime::ZERO, &time(), |packet| {
        if let Packet::Rtcp(packets) = packet {
            answers.extend(packets);
        }
    });
    let answer = answers[0].as_any().downcast_ref::<ExtendedReport>().expect("an extended report");
    let block = answer.reports[0].as_any().downcast_ref::<DLRRReportBlock>().expect("an answer");
    assert_eq!(block.reports, [DLRRReport { ssrc: 7, last_rr: 0x3344_5566, dlrr: 0 }]);
}

proptest! {
    #[test]
    fn any_feedback_is_survived(
        nacks in prop::collection::vec((0u32..10, any::<u16>(), any::<u16>()), 0..50),
        reports in prop::collection::vec((0u32..10, any::<u32>(), any::<u32>(), any::<u8>()), 0..50),
        bitrate in any::<f32>(),
    ) {
        let (mut state, _internal) = state();
        frame(&mut state, 20, true, 0);
        let before = (0..60).map(|n| released(&mut state, n * 5).len()).sum::<usize>();
        let mut packets: Vec<Box<dyn rtcp::Packet>> = vec![Box::new(ReceiverEstimatedMaximumBitrate {
            sender_ssrc: 0,
            bitrate,
            ssrcs: vec![7],
        })];
        for (media_ssrc, packet_id, lost_packets) in nacks {
            packets.push(Box::new(TransportLayerNack {
                sender_ssrc: 0,
                media_ssrc,
                nacks: vec![NackPair { packet_id, lost_packets }],
            }));
            packets.push(Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc }));
        }
        let reports = reports.into_iter().map(|(ssrc, last_sender_report, delay, fraction_lost)| ReceptionReport {
            ssrc,
            last_sender_report,
            delay,
            fraction_lost,
            ..Default::default()
        });
        packets.push(Box::new(ReceiverReport { reports: reports.take(31).collect(), ..Default::default() }));
        state.feedback(&packets, MediaTime::from_millis(400), &time());
        let after = (80..160).map(|n| released(&mut state, n * 5).len()).sum::<usize>();
        prop_assert_eq!(before, 20);
        prop_assert!(after <= 60);
    }
}
