//! Routing, repair, requests and counters together.

use super::state::*;
use crate::sdp::Description;
use bytes::Bytes;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::rtp;
use visavis_media::{MediaTime, RtpPacket};
use visavis_model::TrackId;

const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 125 126 96\r\na=mid:1\r\na=sendrecv\r\na=rtpmap:125 H264/90000\r\n\
    a=rtcp-fb:125 nack\r\na=rtcp-fb:125 goog-remb\r\na=rtpmap:126 rtx/90000\r\na=fmtp:126 apt=125\r\na=rtpmap:96 VP8/90000\r\n\
    a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
    a=ssrc-group:FID 11 12\r\na=ssrc:11 cname:x\r\na=ssrc:12 cname:x\r\n";

fn state() -> ReceiveState {
    let mut state = ReceiveState::new();
    state.describe(&Description::parse(OFFER), &[("1".to_owned(), TrackId::from("TR"))]);
    state
}

fn packet(ssrc: u32, payload_type: u8, sequence: u16, payload: &'static [u8]) -> rtp::Packet {
    rtp::Packet {
        header: rtp::Header { version: 2, ssrc, payload_type, sequence_number: sequence, ..Default::default() },
        payload: Bytes::from_static(payload),
    }
}

fn take(state: &mut ReceiveState, mut packet: rtp::Packet, at: i64) -> Option<RtpPacket> {
    let now = MediaTime::from_millis(at);
    match state.packet(&mut packet, now) {
        Verdict::Media { recovered } => state.media(packet, recovered, now).map(|(_, media)| media),
        Verdict::Drop => None,
    }
}

#[test]
fn a_repair_is_the_packet_that_was_lost_and_is_asked_for_once() {
    let mut state = state();
    for sequence in [1, 2, 4, 5] {
        assert!(take(&mut state, packet(11, 125, sequence, b"x"), 0).is_some());
    }
    let asked = state.due(MediaTime::ZERO);
    let nack = asked[0].as_any().downcast_ref::<TransportLayerNack>().expect("a NACK");
    assert_eq!((nack.media_ssrc, nack.nacks[0].packet_id, nack.nacks.len()), (11, 3, 1));
    let media = take(&mut state, packet(12, 126, 900, b"\x00\x03late"), 60).expect("recovered");
    assert_eq!((media.ssrc, media.sequence, &media.payload[..]), (11, 3, &b"late"[..]));
    assert!(media.recovered);
    assert!(take(&mut state, packet(12, 126, 901, b"\x00\x03late"), 61).is_none());
    assert!(take(&mut state, packet(12, 126, 902, b""), 62).is_none());
    assert!(!state.due(MediaTime::from_millis(400)).iter().any(|packet| packet.as_any().is::<TransportLayerNack>()));
    let counters = &state.statistics()[0];
    assert_eq!((counters.packets_received, counters.packets_recovered), (5, 1));
    assert_eq!((counters.packets_duplicated, counters.packets_lost, counters.nacks_sent), (1, 0, 1));
}

#[test]
fn the_codec_is_each_packets_own() {
    let mut state = state();
    let first = take(&mut state, packet(11, 125, 1, b"x"), 0).expect("H.264");
    let second = take(&mut state, packet(11, 96, 2, b"x"), 0).expect("VP8");
    assert_eq!((first.codec, second.codec), (visavis_model::Codec::H264, visavis_model::Codec::Vp8));
}

#[test]
fn unknown_sources_and_formats_are_ignored_and_counted() {
    let mut state = state();
    assert!(take(&mut state, packet(99, 125, 1, b"x"), 0).is_none());
    assert!(take(&mut state, packet(11, 77, 1, b"x"), 0).is_none());
    assert!(take(&mut state, packet(12, 125, 1, b"xyz"), 0).is_none());
    assert_eq!(state.packets_ignored, 3);
}

#[test]
fn keyframe_requests_are_spaced() {
    let mut state = state();
    let track = TrackId::from("TR");
    assert!(!state.request_keyframe(&track, MediaTime::ZERO));
    take(&mut state, packet(11, 125, 1, b"x"), 0);
    assert!(state.request_keyframe(&track, MediaTime::ZERO));
    assert!(!state.request_keyframe(&track, MediaTime::from_millis(400)));
    assert!(state.request_keyframe(&track, MediaTime::from_millis(500)));
    assert_eq!(state.statistics()[0].plis_sent, 2);
}

#[test]
fn remb_names_the_live_video() {
    let mut state = state();
    for n in 0..200u16 {
        let mut stamped = packet(11, 125, n, b"xxxxxxxxxxxxxxxx");
        let stamp = ((u32::from(n) * 10) << 18) / 1000;
        stamped.header.set_extension(3, Bytes::copy_from_slice(&stamp.to_be_bytes()[1..])).expect("fits");
        take(&mut state, stamped, i64::from(n) * 10);
    }
    let sent = state.due(MediaTime::from_millis(2000));
    let remb = sent[0].as_any().downcast_ref::<ReceiverEstimatedMaximumBitrate>().expect("REMB");
    assert_eq!(remb.ssrcs, [11]);
    assert_eq!(state.remb.map(|rate| rate.0 as f32), Some(remb.bitrate));
}

#[test]
fn a_forgotten_track_leaves_nothing() {
    let mut state = state();
    take(&mut state, packet(11, 125, 1, b"x"), 0);
    assert!(state.forget(&TrackId::from("TR")).is_some());
    assert!(state.statistics().is_empty());
    assert!(take(&mut state, packet(11, 125, 2, b"x"), 0).is_none());
}

proptest::proptest! {
    #[test]
    fn any_packets_are_survived_and_nothing_grows_without_bound(
        packets in proptest::collection::vec(
            (0u32..14, 0u8..128, proptest::prelude::any::<u16>(), proptest::prelude::any::<u32>(), 0usize..5, 0i64..60),
            1..300,
        )
    ) {
        let mut state = state();
        let mut at = 0;
        for (ssrc, payload_type, sequence, timestamp, length, elapsed) in packets {
            at += elapsed;
            let now = MediaTime::from_millis(at);
            let mut packet = packet(ssrc, payload_type, sequence, b"");
            packet.header.timestamp = timestamp;
            packet.payload = Bytes::from(vec![7; length]);
            if let Verdict::Media { recovered } = state.packet(&mut packet, now) {
                state.media(packet, recovered, now);
            }
            let asked = state.due(now).len();
            proptest::prop_assert!(asked <= 3, "{asked} packets at once");
        }
        proptest::prop_assert!(state.streams.len() <= 2 && state.tracks.len() <= 1);
    }
}

#[test]
fn redundant_audio_is_asked_for_where_plain_opus_is_kept() {
    let offer = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:1\r\na=sendrecv\r\na=rtpmap:111 opus/48000/2\r\n\
        a=rtcp-fb:111 nack\r\na=rtpmap:63 red/48000/2\r\na=ssrc:11 cname:x\r\n";
    let mut state = ReceiveState::new();
    state.describe(&Description::parse(offer), &[("1".to_owned(), TrackId::from("TR"))]);
    for (payload_type, first, asked) in [(63, 1, 1), (111, 10, 1)] {
        for sequence in [first, first + 1, first + 3, first + 4] {
            assert!(take(&mut state, packet(11, payload_type, sequence, b"x"), i64::from(first) * 1000).is_some());
        }
        assert_eq!(state.due(MediaTime::from_millis(i64::from(first) * 1000 + 1)).len(), asked, "{payload_type}");
    }
}
