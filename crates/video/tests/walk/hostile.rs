//! Damaged and made-up input: an error or a picture, never a panic, a hang, or memory without bound.

use crate::support::network::frames;
use crate::support::sender::{Kind, MTU, Sender};
use bytes::Bytes;
use proptest::prelude::*;
use std::sync::LazyLock;
use visavis_media::{EncodedFrame, MediaTime, RtpPacket};
use visavis_model::{Codec, Size};
use visavis_video::decode;
use visavis_video::jitter::{JitterBuffer, MAX_PACKETS};

const SIZE: Size = Size::new(160, 96);

static CLIPS: LazyLock<Vec<(Kind, Vec<EncodedFrame>)>> =
    LazyLock::new(|| Kind::ALL.into_iter().map(|kind| (kind, frames(kind, SIZE, 300, 8))).collect());

#[derive(Clone, Debug)]
enum Damage {
    Flip { at: usize, mask: u8 },
    Cut { keep: usize },
    Repeat { from: usize, count: usize },
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        // Most of what matters is in the first bytes.
        (0usize..64, 1u8..).prop_map(|(at, mask)| Damage::Flip { at, mask }),
        (any::<usize>(), 1u8..).prop_map(|(at, mask)| Damage::Flip { at, mask }),
        any::<usize>().prop_map(|keep| Damage::Cut { keep }),
        (any::<usize>(), 1usize..40).prop_map(|(from, count)| Damage::Repeat { from, count }),
    ]
}

fn apply(data: &Bytes, damages: &[Damage]) -> Bytes {
    let mut data = data.to_vec();
    for damage in damages {
        if data.is_empty() {
            break;
        }
        let length = data.len();
        match *damage {
            Damage::Flip { at, mask } => data[at % length] ^= mask,
            Damage::Cut { keep } => data.truncate(keep % length),
            Damage::Repeat { from, count } => {
                let from = from % length;
                let part = data[from..(from + count).min(length)].to_vec();
                data.splice(from..from, part);
            }
        }
    }
    data.into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn damaged_pictures_decode_or_fail(
        clip in 0usize..5, damages in prop::collection::vec((0usize..8, prop::collection::vec(damage(), 1..4)), 1..5),
    ) {
        let (kind, frames) = &CLIPS[clip];
        let mut decoder = decode::open(kind.codec()).expect("opens");
        let mut frames = frames.clone();
        for (index, damages) in &damages {
            let count = frames.len();
            let frame = &mut frames[index % count];
            frame.data = apply(&frame.data, damages);
        }
        for frame in &frames {
            if let Ok(Some(picture)) = decoder.decode(frame) {
                prop_assert!(picture.size().width <= 4096 && picture.size().height <= 4096);
            }
        }
    }

    #[test]
    fn made_up_bytes_decode_or_fail(clip in 0usize..3, keyframe: bool, data in prop::collection::vec(any::<u8>(), 0..300)) {
        let (kind, frames) = &CLIPS[clip];
        let mut decoder = decode::open(kind.codec()).expect("opens");
        let _ = decoder.decode(&frames[0]);
        let _ = decoder.decode(&EncodedFrame { keyframe, data: data.into(), ..frames[0].clone() });
        let _ = decoder.decode(&frames[0]);
    }
}

#[derive(Clone, Debug)]
struct Made {
    ssrc: u32,
    codec: u8,
    sequence: u16,
    timestamp: u32,
    marker: bool,
    payload: Vec<u8>,
    later_ms: u8,
}

fn made() -> impl Strategy<Value = Made> {
    let sequence = prop_oneof![4 => 0u16..80, 1 => any::<u16>()];
    let payload = prop::collection::vec(any::<u8>(), 0..40);
    (0u32..3, 0u8..6, sequence, 0u32..10, any::<bool>(), payload, any::<u8>()).prop_map(
        |(ssrc, codec, sequence, timestamp, marker, payload, later_ms)| Made {
            ssrc: if ssrc == 0 { 1 } else { 2 },
            codec,
            sequence,
            timestamp: timestamp * 3000,
            marker,
            payload,
            later_ms,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn made_up_packets_break_no_jitter_buffer(packets in prop::collection::vec(made(), 0..120)) {
        let mut buffer = JitterBuffer::new();
        let mut now = MediaTime::ZERO;
        let mut given = 0;
        for made in packets {
            now = now + std::time::Duration::from_millis(u64::from(made.later_ms));
            buffer.insert(&RtpPacket {
                ssrc: made.ssrc,
                codec: [Codec::H264, Codec::Vp8, Codec::Vp9, Codec::Av1, Codec::Opus, Codec::Red][usize::from(made.codec)],
                sequence: made.sequence,
                timestamp: made.timestamp,
                marker: made.marker,
                payload: made.payload.into(),
                arrival: now,
                audio_level: None,
                recovered: false,
            });
            given += std::iter::from_fn(|| buffer.poll(now)).take(1000).count();
            let _ = (buffer.wanted(now), buffer.deadline());
        }
        prop_assert!(given <= 240);
    }

    /// Real packets, mixed, doubled and damaged: whatever comes out decodes or fails.
    #[test]
    fn a_mangled_stream_breaks_nothing(
        clip in 0usize..5, moves in prop::collection::vec((any::<usize>(), any::<usize>()), 0..20),
        damages in prop::collection::vec((any::<usize>(), damage()), 0..6),
    ) {
        let (kind, _) = CLIPS[clip];
        let mut packets = packets(kind);
        for (from, to) in moves {
            let count = packets.len();
            packets.swap(from % count, to % count);
        }
        for (index, damage) in damages {
            let count = packets.len();
            let packet = &mut packets[index % count];
            packet.payload = apply(&packet.payload, &[damage]);
        }
        let mut buffer = JitterBuffer::new();
        let mut decoder = decode::open(kind.codec()).expect("opens");
        for (index, packet) in packets.iter().enumerate() {
            let now = MediaTime::from_millis(index as i64 * 7);
            buffer.insert(&RtpPacket { arrival: now, ..packet.clone() });
            while let Some(frame) = buffer.poll(now) {
                if decoder.decode(&frame).is_err() {
                    buffer.decode_failed();
                }
            }
        }
    }
}

fn packets(kind: Kind) -> Vec<RtpPacket> {
    static PACKETS: LazyLock<Vec<Vec<RtpPacket>>> = LazyLock::new(|| Kind::ALL.into_iter().map(make_packets).collect());
    let index = Kind::ALL.iter().position(|known| *known == kind).expect("known");
    PACKETS[index].clone()
}

fn make_packets(kind: Kind) -> Vec<RtpPacket> {
    let mut sender = Sender::new(kind, SIZE, 300);
    let mut packets = Vec::new();
    for count in 0..8u32 {
        let payloads = sender.next(MediaTime::from_millis(i64::from(count) * 33));
        let last = payloads.len() - 1;
        for (index, payload) in payloads.into_iter().enumerate() {
            assert!(payload.len() <= MTU);
            packets.push(RtpPacket {
                ssrc: 1,
                codec: kind.codec(),
                sequence: packets.len() as u16,
                timestamp: count * 3000,
                marker: index == last,
                payload,
                arrival: MediaTime::ZERO,
                audio_level: None,
                recovered: false,
            });
        }
    }
    packets
}

#[test]
fn packets_that_never_make_a_picture_are_bounded() {
    let mut buffer = JitterBuffer::new();
    let payload = Bytes::from(vec![0x10; 60_000]);
    for count in 0..100_000u32 {
        let now = MediaTime::from_micros(i64::from(count) * 10);
        buffer.insert(&RtpPacket {
            ssrc: 1,
            codec: Codec::Vp8,
            sequence: (count * 2) as u16,
            timestamp: count,
            marker: false,
            payload: payload.clone(),
            arrival: now,
            audio_level: None,
            recovered: false,
        });
        assert!(buffer.waiting() <= MAX_PACKETS);
        assert!(buffer.poll(now).is_none());
    }
}

#[test]
fn a_picture_that_is_too_large_is_refused_before_it_is_allocated() {
    // 16 383 × 16 383 in a VP8 keyframe; 65 536 × 65 536 in a VP9 one.
    let vp8 = [&[0x10u8, 0, 0, 0x9d, 0x01, 0x2a, 0xff, 0x3f, 0xff, 0x3f][..], &[0; 40]].concat();
    let vp9 = [&[0x82u8, 0x49, 0x83, 0x42, 0x2f, 0xff, 0xff, 0xff, 0xff][..], &[0; 40]].concat();
    for (codec, data) in [(Codec::Vp8, vp8), (Codec::Vp9, vp9)] {
        let mut decoder = decode::open(codec).expect("opens");
        let frame = crate::support::sender::frame(codec, true, data.into());
        assert_eq!(decoder.decode(&frame).err(), Some(decode::Error::TooLarge), "{codec:?}");
    }
}
