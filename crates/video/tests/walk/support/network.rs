//! One track over a network with loss, duplicates, jitter and repair, by a seed, on a clock of its own.

use super::Random;
use super::sender::{Kind, Sender};
use std::collections::BTreeMap;
use visavis_media::{EncodedFrame, MediaTime, RtpPacket};
use visavis_model::Size;
use visavis_video::jitter::JitterBuffer;
use visavis_video::{barcode, decode, jitter};

#[derive(Clone, Copy, Debug)]
pub struct Network {
    pub loss: f64,
    pub duplicates: f64,
    /// Up to so many milliseconds more for each packet: they overtake each other.
    pub jitter_ms: u64,
    /// A lost packet is sent again after this time, and may be lost again.
    pub repair_ms: Option<u64>,
    pub seed: u64,
}

impl Network {
    pub const CLEAN: Self = Self { loss: 0.0, duplicates: 0.0, jitter_ms: 0, repair_ms: None, seed: 1 };
}

#[derive(Debug, Default)]
pub struct Outcome {
    pub sent: u32,
    /// Barcode counters in the order in which they came out, and when.
    pub seen: Vec<(u32, MediaTime)>,
    pub unreadable: u32,
    pub decode_errors: u32,
    pub keyframes_asked: u32,
    /// Size of the last picture.
    pub size: Size,
    pub stats: jitter::Stats,
}

impl Outcome {
    pub fn longest_gap_ms(&self) -> i64 {
        self.seen.windows(2).map(|pair| (pair[1].1.micros() - pair[0].1.micros()) / 1000).max().unwrap_or(i64::MAX)
    }

    pub fn in_order(&self) -> bool {
        self.seen.windows(2).all(|pair| pair[0].0 < pair[1].0)
    }
}

pub const ROUND_TRIP_MS: i64 = 40;

/// Sends `pictures` pictures at 30 a second and plays what arrives.
pub fn run(kind: Kind, size: Size, kilobits: u32, pictures: u32, network: Network) -> Outcome {
    let mut random = Random(network.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut sender = Sender::new(kind, size, kilobits);
    let mut decoder = decode::open(kind.codec()).expect("opens");
    let mut buffer = JitterBuffer::new();
    buffer.set_round_trip(std::time::Duration::from_millis(ROUND_TRIP_MS as u64));
    // By time of arrival, then by order of sending.
    let mut flying: BTreeMap<(i64, u64), RtpPacket> = BTreeMap::new();
    let (mut order, mut sequence) = (0u64, 65_500u16);
    let mut keyframe_asked_at = None;
    let mut outcome = Outcome::default();
    let mut next_picture = 0;
    let end = i64::from(pictures) * 1000 / 30 + 1500;
    for ms in 0..end {
        let now = MediaTime::from_millis(ms);
        if keyframe_asked_at.is_some_and(|at| ms >= at) {
            keyframe_asked_at = None;
            sender.keyframe_wanted = true;
        }
        if next_picture < pictures && ms >= i64::from(next_picture) * 1000 / 30 {
            next_picture += 1;
            let timestamp = 4_294_900_000u32.wrapping_add(next_picture * 3000);
            let payloads = sender.next(now);
            outcome.sent += u32::from(!payloads.is_empty());
            let count = payloads.len();
            for (index, payload) in payloads.into_iter().enumerate() {
                let packet = RtpPacket {
                    ssrc: 7,
                    codec: kind.codec(),
                    sequence,
                    timestamp,
                    marker: index + 1 == count,
                    payload,
                    arrival: now,
                    audio_level: None,
                    recovered: false,
                };
                sequence = sequence.wrapping_add(1);
                let mut delay = ROUND_TRIP_MS / 2 + random.below(network.jitter_ms + 1) as i64;
                let mut lost = random.chance(network.loss);
                let mut recovered = false;
                for _ in 0..3 {
                    let Some(repair) = network.repair_ms else { break };
                    if !lost {
                        break;
                    }
                    delay += repair as i64;
                    lost = random.chance(network.loss);
                    recovered = true;
                }
                if !lost {
                    let copies = 1 + u64::from(random.chance(network.duplicates));
                    for copy in 0..copies {
                        order += 1;
                        let arrival = ms + delay + copy as i64 * 3;
                        let packet =
                            RtpPacket { arrival: MediaTime::from_millis(arrival), recovered, ..packet.clone() };
                        flying.insert((arrival, order), packet);
                    }
                }
            }
        }
        while let Some(entry) = flying.first_entry().filter(|entry| entry.key().0 <= ms) {
            buffer.insert(&entry.remove());
        }
        while let Some(frame) = buffer.poll(now) {
            match decoder.decode(&frame) {
                Ok(Some(picture)) => {
                    outcome.size = picture.size();
                    match barcode::read(picture.i420()) {
                        Some(code) => outcome.seen.push((code.counter, now)),
                        None => outcome.unreadable += 1,
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    println!("{kind:?} at {ms} ms: {error}");
                    outcome.decode_errors += 1;
                    buffer.decode_failed();
                }
            }
        }
        if buffer.wanted(now).is_some() {
            outcome.keyframes_asked += 1;
            keyframe_asked_at = Some(ms + ROUND_TRIP_MS / 2);
        }
    }
    outcome.stats = buffer.stats();
    outcome
}

/// All pictures of a clean network, as the jitter buffer gives them out.
pub fn frames(kind: Kind, size: Size, kilobits: u32, pictures: u32) -> Vec<EncodedFrame> {
    let mut sender = Sender::new(kind, size, kilobits);
    let mut buffer = JitterBuffer::new();
    let (mut sequence, mut frames) = (0u16, Vec::new());
    for count in 0..pictures {
        let now = MediaTime::from_millis(i64::from(count) * 1000 / 30);
        let payloads = sender.next(now);
        let last = payloads.len().saturating_sub(1);
        for (index, payload) in payloads.into_iter().enumerate() {
            buffer.insert(&RtpPacket {
                ssrc: 7,
                codec: kind.codec(),
                sequence,
                timestamp: count * 3000,
                marker: index == last,
                payload,
                arrival: now,
                audio_level: None,
                recovered: false,
            });
            sequence += 1;
        }
        frames.extend(std::iter::from_fn(|| buffer.poll(now)));
    }
    frames
}
