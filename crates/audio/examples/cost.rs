//! What each part costs: processor milliseconds for 10 ms of sound, and as a share of one core.
//!
//! `cargo run --release -p visavis-audio --example cost`

use std::hint::black_box;
use std::time::Instant;
use visavis_audio::capture::{Source, Synthetic};
use visavis_audio::encode::{Encoder, Settings};
use visavis_audio::jitter::JitterBuffer;
use visavis_audio::measure::signal::{Noise, Speech};
use visavis_audio::meter::Meter;
use visavis_audio::mix::Mixer;
use visavis_audio::process::{Noise as Suppression, Parts, Processor};
use visavis_media::{AudioBlock, MediaTime, RtpPacket};
use visavis_model::Codec;

const BLOCKS: usize = 3_000;

fn cost(name: &str, mut work: impl FnMut(usize)) {
    let mut worst = 0.0_f64;
    let start = Instant::now();
    for block in 0..BLOCKS {
        let before = Instant::now();
        work(block);
        worst = worst.max(before.elapsed().as_secs_f64() * 1000.0);
    }
    let mean = start.elapsed().as_secs_f64() * 1000.0 / BLOCKS as f64;
    println!("{name:44} {mean:7.4} ms per 10 ms  {:5.2} % of a core  worst {worst:6.3} ms", mean * 10.0);
}

fn main() {
    let mut voice = Speech::new(1);
    let sound: Vec<AudioBlock> = (0..BLOCKS).map(|_| voice.block(0.3)).collect();
    let mut hiss = Noise::new(2);

    for (name, parts) in [
        ("process: echo canceller, high-pass", Parts { noise: Suppression::Off, gain: false, ..Parts::ALL }),
        ("process: and noise suppression", Parts { gain: false, ..Parts::ALL }),
        ("process: all", Parts::ALL),
    ] {
        let mut processor = Processor::new(parts);
        cost(name, |block| {
            let mut near = hiss.block(0.001);
            processor.process(&mut near, &sound[block]);
            black_box(near);
        });
    }
    let mut meter = Meter::new();
    cost("meter", |block| meter.push(black_box(&sound[block])));
    let mut synthetic = Synthetic::new(1);
    cost("synthetic microphone", |_| {
        black_box(synthetic.next_block());
    });

    let mut packets = Vec::new();
    for loss in [0.0, 0.15] {
        packets.clear();
        let mut encoder = Encoder::new(Settings { expected_loss: loss, ..Settings::default() }).expect("an encoder");
        cost(&format!("encode 32 kbit/s, expecting {} % loss", (loss * 100.0_f32).round()), |block| {
            packets.extend(encoder.push(&sound[block], MediaTime::from_millis(10 * block as i64)));
        });
    }
    for (name, every) in [("jitter and decode", usize::MAX), ("jitter and decode, 10 % loss", 10)] {
        let mut buffer = JitterBuffer::new().expect("a decoder");
        let mut next = packets.iter().enumerate().peekable();
        cost(name, |block| {
            let now = MediaTime::from_millis(10 * block as i64);
            while let Some((number, encoded)) = next.next_if(|(_, encoded)| encoded.time.0 + 20_000 <= now.0) {
                if number % every == 5 {
                    continue;
                }
                buffer.insert(&RtpPacket {
                    ssrc: 1,
                    codec: Codec::Opus,
                    sequence: number as u16,
                    timestamp: (encoded.time.0 * 48 / 1000) as u32,
                    marker: false,
                    payload: encoded.data.clone(),
                    arrival: now,
                    audio_level: None,
                    recovered: false,
                });
            }
            black_box(buffer.pull(now));
        });
    }
    let mut mixer = Mixer::new();
    cost("mix of 9", |block| {
        for track in 0..9 {
            mixer.add(&sound[(block + track * 7) % BLOCKS]);
        }
        black_box(mixer.finish());
    });
}
