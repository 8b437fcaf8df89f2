//! The jitter buffer against recorded-like networks: whole streams of real Opus packets on a virtual clock.
//!
//! Every trace is seeded and runs the same each time. `cargo test -p visavis-audio --test traces -- --nocapture` prints
//! the table.

use bytes::Bytes;
use proptest::prelude::*;
use std::time::Duration;
use visavis_audio::encode::{Encoder, Settings};
use visavis_audio::jitter::{JitterBuffer, Statistics};
use visavis_audio::measure::signal::{Noise, Speech};
use visavis_audio::red;
use visavis_media::{AudioBlock, MediaTime, RtpPacket};
use visavis_model::Codec;

/// A packet on its way.
#[derive(Clone)]
struct Sent {
    packet: RtpPacket,
    /// When it was sent, in microseconds.
    at: i64,
}

fn encoder(loss: f32, discontinuous: bool) -> Encoder {
    let settings = Settings { expected_loss: loss, discontinuous, ..Settings::default() };
    Encoder::new(settings).expect("an encoder")
}

fn packet(sequence: u16, timestamp: u32, payload: Bytes) -> RtpPacket {
    RtpPacket {
        ssrc: 7,
        codec: Codec::Opus,
        sequence,
        timestamp,
        marker: false,
        payload,
        arrival: MediaTime::ZERO,
        audio_level: None,
        recovered: false,
    }
}

/// `seconds` of somebody who speaks without end, numbered and timed from `sequence` and `timestamp` on.
fn speech(seconds: usize, loss: f32, sequence: u16, timestamp: u32) -> Vec<Sent> {
    stream(seconds, loss, sequence, timestamp, false, |speech, _| speech.block(0.4))
}

fn stream(
    seconds: usize,
    loss: f32,
    sequence: u16,
    timestamp: u32,
    discontinuous: bool,
    mut sound: impl FnMut(&mut Speech, usize) -> AudioBlock,
) -> Vec<Sent> {
    let (mut encoder, mut voice) = (encoder(loss, discontinuous), Speech::new(42));
    let mut sent = Vec::new();
    for block in 0..seconds * 100 {
        let sound = sound(&mut voice, block);
        if let Some(encoded) = encoder.push(&sound, MediaTime::from_millis(10 * block as i64)) {
            let number = sequence.wrapping_add(sent.len() as u16);
            let time = timestamp.wrapping_add((encoded.time.0 * 48 / 1000) as u32);
            // Sent when the second of its two blocks is recorded.
            sent.push(Sent { packet: packet(number, time, encoded.data), at: encoded.time.0 + 20_000 });
        }
    }
    sent
}

/// The network: arrival in microseconds after sending for each packet, none where it is lost, two where it is doubled.
fn through(sent: &[Sent], mut network: impl FnMut(usize, i64) -> Vec<i64>) -> Vec<RtpPacket> {
    let mut arrived: Vec<RtpPacket> = Vec::new();
    for (index, sent) in sent.iter().enumerate() {
        for delay in network(index, sent.at) {
            let arrival = MediaTime(sent.at + 40_000 + delay);
            arrived.push(RtpPacket { arrival, ..sent.packet.clone() });
        }
    }
    arrived.sort_by_key(|packet| packet.arrival);
    arrived
}

/// Random delays must not overtake: networks delay, they seldom reorder.
fn in_order(arrived: &mut [RtpPacket]) {
    arrived.sort_by_key(|packet| packet.timestamp);
    let mut last = MediaTime::ZERO;
    for packet in arrived {
        packet.arrival = packet.arrival.max(last);
        last = packet.arrival;
    }
}

struct Heard {
    statistics: Statistics,
    /// Packets that came before the last pull.
    arrived: u64,
    /// Greatest delay at any pull, in milliseconds.
    most_delay_ms: f32,
    sound: Vec<f32>,
}

impl Heard {
    fn concealed(&self) -> f32 {
        100.0 * self.statistics.audio.concealed_ms as f32 / self.statistics.audio.played_ms.max(1) as f32
    }
}

/// Plays what arrives; the loudspeaker's clock is wrong by `parts_per_million`.
fn play(name: &str, arrived: &[RtpPacket], seconds: usize, parts_per_million: f64) -> Heard {
    let mut buffer = JitterBuffer::new().expect("a decoder");
    let heard = play_with(&mut buffer, arrived, seconds, parts_per_million);
    print(name, &heard);
    heard
}

fn print(name: &str, heard: &Heard) {
    let statistics = &heard.statistics;
    let audio = &statistics.audio;
    println!(
        "{name:28} concealed {:5.2} %  delay mean {:5.1} most {:5.1} target {:5.1} ms  fec {:5} red {:5} in {:5} out {:5} ms  \
         lost {:3} late {:3} twice {:3} bad {:2}",
        heard.concealed(),
        audio.jitter_delay_ms,
        heard.most_delay_ms,
        statistics.target_ms,
        audio.recovered_by_fec_ms,
        audio.recovered_by_red_ms,
        audio.inserted_ms,
        audio.removed_ms,
        statistics.packets_lost,
        statistics.packets_late,
        statistics.packets_duplicated,
        statistics.packets_malformed,
    );
}

fn play_with(buffer: &mut JitterBuffer, arrived: &[RtpPacket], seconds: usize, parts_per_million: f64) -> Heard {
    let mut waiting = arrived.iter().peekable();
    let mut sound = Vec::with_capacity(seconds * 48_000);
    let (mut most, mut arrived) = (0.0_f32, 0);
    for pull in 0..seconds * 100 {
        let now = MediaTime((pull as f64 * 10_000.0 * (1.0 + parts_per_million / 1e6)) as i64 + 3_000);
        while let Some(packet) = waiting.next_if(|packet| packet.arrival <= now) {
            buffer.insert(packet);
            arrived += 1;
        }
        let block = buffer.pull(now);
        assert!(block.0.iter().all(|sample| sample.is_finite() && sample.abs() <= 2.0), "pull {pull} is no sound");
        sound.extend_from_slice(&block.0);
        if pull > 100 {
            most = most.max(buffer.playout_delay().as_secs_f32() * 1000.0);
        }
    }
    Heard { statistics: buffer.statistics(), arrived, most_delay_ms: most, sound }
}

#[test]
fn a_clean_network_costs_little_delay_and_nothing_is_concealed() {
    let heard = play("clean", &through(&speech(20, 0.05, 0, 0), |_, _| vec![0]), 20, 0.0);
    assert_eq!(heard.statistics.audio.concealed_ms, 0);
    assert!(heard.statistics.audio.jitter_delay_ms <= 40.0);
    assert!(heard.most_delay_ms <= 45.0);
    assert_eq!(heard.statistics.packets_received, heard.arrived);
    assert!(heard.statistics.audio.inserted_ms + heard.statistics.audio.removed_ms < 50);
}

#[test]
fn lost_packets_come_from_the_next_one() {
    for (percent, most) in [(5, 2.5), (10, 5.0), (20, 10.0), (30, 16.0)] {
        let mut chance = Noise::new(percent);
        let sent = speech(30, percent as f32 / 100.0, 0, 0);
        let arrived =
            through(&sent, |_, _| if chance.sample() < percent as f32 / 50.0 - 1.0 { vec![] } else { vec![0] });
        let heard = play(&format!("loss {percent} %"), &arrived, 30, 0.0);
        assert!(heard.concealed() <= most, "{percent} %: {} concealed", heard.concealed());
        assert!(heard.statistics.audio.jitter_delay_ms <= 60.0);
        assert!(heard.statistics.packets_lost > 10 * percent);
    }
}

#[test]
fn bursts_of_loss_are_bridged_by_red() {
    // Two states (Gilbert): 5 % of the packets in bursts of two on average.
    let bursts = || {
        let (mut chance, mut bad) = (Noise::new(99), false);
        move || {
            let dice = 0.5 + 0.5 * chance.sample();
            bad = if bad { dice < 0.5 } else { dice < 0.026 };
            bad
        }
    };
    let sent = speech(30, 0.1, 0, 0);
    let mut lost = bursts();
    let plain = play("bursts, fec", &through(&sent, |_, _| if lost() { vec![] } else { vec![0] }), 30, 0.0);

    let with_red: Vec<Sent> = sent
        .iter()
        .enumerate()
        .map(|(index, now)| {
            let older: Vec<red::Block> = (1..=2.min(index))
                .rev()
                .map(|back| red::Block { offset: 960 * back as u32, data: sent[index - back].packet.payload.clone() })
                .collect();
            let payload = red::pack(111, &now.packet.payload, &older);
            Sent { packet: RtpPacket { codec: Codec::Red, payload, ..now.packet.clone() }, at: now.at }
        })
        .collect();
    let mut lost = bursts();
    let red = play("bursts, red", &through(&with_red, |_, _| if lost() { vec![] } else { vec![0] }), 30, 0.0);
    assert!(plain.concealed() < 4.0 && red.concealed() < plain.concealed() / 2.0);
    assert!(red.statistics.audio.recovered_by_red_ms > 700);
    assert!(red.statistics.audio.jitter_delay_ms < 80.0);
}

#[test]
fn thirty_milliseconds_of_jitter_cost_little() {
    let mut chance = Noise::new(5);
    let mut arrived =
        through(&speech(40, 0.0, 0, 0), |_, _| vec![(-(0.5 + 0.4999 * chance.sample()).ln() * 15_000.0) as i64]);
    in_order(&mut arrived);
    let heard = play("jitter, exponential 15 ms", &arrived, 40, 0.0);
    assert!(heard.concealed() <= 1.0, "{}", heard.concealed());
    assert!(heard.statistics.audio.jitter_delay_ms <= 90.0);

    let mut arrived = through(&speech(40, 0.0, 0, 0), |_, _| vec![(15_000.0 * (1.0 + chance.sample())) as i64]);
    in_order(&mut arrived);
    let heard = play("jitter, even 0 to 30 ms", &arrived, 40, 0.0);
    assert!(heard.concealed() <= 0.5, "{}", heard.concealed());
    assert!(heard.statistics.audio.jitter_delay_ms <= 60.0);
}

#[test]
fn spikes_are_learned() {
    // Every two seconds the network stands still for 150 ms and then gives everything at once.
    let arrived = through(&speech(40, 0.0, 0, 0), |_, at| {
        let into = at % 2_000_000;
        vec![if into < 150_000 { 150_000 - into } else { 0 }]
    });
    let heard = play("spikes 150 ms each 2 s", &arrived, 40, 0.0);
    assert!(heard.concealed() <= 1.5, "{}", heard.concealed());
    assert!(heard.most_delay_ms <= 230.0);
    assert_eq!(heard.statistics.packets_late, 0);
}

#[test]
fn after_one_spike_the_delay_comes_back() {
    let arrived = through(&speech(60, 0.0, 0, 0), |_, at| {
        let into = at - 20_000_000;
        vec![if (0..200_000).contains(&into) { 200_000 - into } else { 0 }]
    });
    let mut buffer = JitterBuffer::new().expect("a decoder");
    let heard = play_with(&mut buffer, &arrived, 60, 0.0);
    print("one spike of 200 ms", &heard);
    assert!(heard.statistics.audio.concealed_ms <= 250);
    assert!(buffer.playout_delay() < Duration::from_millis(45), "{:?}", buffer.playout_delay());
}

#[test]
fn a_wrong_clock_is_followed_without_a_gap() {
    for drift in [-200.0, 200.0] {
        let heard = play(&format!("drift {drift} ppm"), &through(&speech(120, 0.0, 0, 0), |_, _| vec![0]), 120, drift);
        assert!(heard.concealed() <= 0.05, "{}", heard.concealed());
        assert!(heard.most_delay_ms <= 60.0 && heard.statistics.audio.jitter_delay_ms <= 45.0);
        let moved = heard.statistics.audio.inserted_ms.max(heard.statistics.audio.removed_ms);
        assert!((5..80).contains(&moved), "{moved} ms for 24");
    }
}

#[test]
fn silence_that_is_not_sent_is_not_concealment() {
    let mut hiss = Noise::new(3);
    let sent = stream(40, 0.05, 0, 0, true, |voice, block| {
        // Two seconds of voice, three of a quiet room.
        if block % 500 < 200 { voice.block(0.4) } else { hiss.block(0.0005) }
    });
    assert!(sent.len() < 1_500, "{} packets: the encoder does not stop", sent.len());
    let heard = play("discontinuous", &through(&sent, |_, _| vec![0]), 40, 0.0);
    assert_eq!(heard.statistics.audio.concealed_ms, 0);
    assert!(heard.statistics.audio.jitter_delay_ms <= 45.0);
    // A room, not a buzz: what is made up in the pauses stays quiet.
    let pause = &heard.sound[48_000 * 33 / 10..48_000 * 48 / 10];
    assert!(visavis_audio::measure::rms(pause) < 0.003, "{}", visavis_audio::measure::rms(pause));

    let mut chance = Noise::new(8);
    let arrived =
        through(
            &sent,
            |_, _| {
                if chance.sample() < -0.9 { vec![] } else { vec![(10_000.0 * (1.0 + chance.sample())) as i64] }
            },
        );
    let heard = play("discontinuous, loss, jitter", &arrived, 40, 0.0);
    assert!(heard.concealed() <= 4.0, "{}", heard.concealed());
}

#[test]
fn a_muted_microphone_is_not_concealment() {
    // Five seconds of speech, five of nothing at all: the server forwards nothing, and time goes on.
    let arrived = through(&speech(30, 0.0, 0, 0), |_, at| if at % 10_000_000 < 5_000_000 { vec![0] } else { vec![] });
    let mut arrived = arrived;
    for (number, packet) in arrived.iter_mut().enumerate() {
        packet.sequence = number as u16;
    }
    let heard = play("muted by halves", &arrived, 30, 0.0);
    assert_eq!(heard.statistics.audio.concealed_ms, 0);
    assert_eq!(heard.statistics.packets_lost, 0);
}

#[test]
fn numbers_and_clocks_wrap() {
    let heard = play("wrap", &through(&speech(20, 0.0, 65_300, u32::MAX - 300_000), |_, _| vec![0]), 20, 0.0);
    assert_eq!(
        (heard.statistics.audio.concealed_ms, heard.statistics.packets_lost, heard.statistics.restarts),
        (0, 0, 0)
    );
}

#[test]
fn duplicates_change_nothing() {
    let sent = speech(10, 0.0, 0, 0);
    let once = play("once", &through(&sent, |_, _| vec![0]), 10, 0.0);
    let twice = play("twice", &through(&sent, |_, _| vec![0, 5_000]), 10, 0.0);
    assert_eq!(twice.statistics.packets_duplicated, once.arrived);
    assert_eq!(twice.statistics.packets_received, once.arrived);
    assert_eq!(once.sound, twice.sound);
}

#[test]
fn reordering_is_undone() {
    let arrived = through(&speech(30, 0.0, 0, 0), |index, _| vec![if index % 7 == 3 { 70_000 } else { 0 }]);
    let heard = play("every 7th 70 ms late", &arrived, 30, 0.0);
    assert!(heard.concealed() <= 0.5, "{}", heard.concealed());
    assert!(heard.statistics.audio.jitter_delay_ms <= 90.0);
    // The last of them is still on its way at the end.
    assert!(heard.statistics.packets_lost <= 1);
}

#[test]
fn another_ssrc_goes_on_without_a_hole() {
    let mut sent = speech(10, 0.0, 30_000, 1_000_000);
    let mut second = speech(10, 0.0, 5, 77);
    for next in &mut second {
        next.at += 10_000_000;
        next.packet.ssrc = 8;
    }
    sent.append(&mut second);
    let mut arrived = through(&sent, |_, _| vec![0]);
    // A straggler of the first stream must not switch back.
    let straggler = RtpPacket { arrival: MediaTime::from_millis(10_500), ..arrived[490].clone() };
    arrived.push(straggler);
    arrived.sort_by_key(|packet| packet.arrival);
    let heard = play("another ssrc", &arrived, 20, 0.0);
    assert_eq!((heard.statistics.restarts, heard.statistics.packets_late), (1, 1));
    assert!(heard.statistics.audio.concealed_ms <= 20);
    assert_eq!(heard.statistics.packets_received + 1, heard.arrived);
}

#[test]
fn jumps_of_number_and_clock_are_believed_once_confirmed() {
    for (name, number, ticks) in
        [("clock ahead", 0, 48_000_u32 * 60), ("clock back", 0, 0_u32.wrapping_sub(48_000)), ("both", 20_000, 1 << 31)]
    {
        let mut sent = speech(20, 0.0, 100, 5_000);
        for later in &mut sent[500..] {
            later.packet.sequence = later.packet.sequence.wrapping_add(number);
            later.packet.timestamp = later.packet.timestamp.wrapping_add(ticks);
        }
        // And one packet from nowhere, which is not believed.
        let stray = Sent { packet: packet(50_000, 1 << 30, sent[3].packet.payload.clone()), at: 5_000_000 };
        sent.push(stray);
        let heard = play(name, &through(&sent, |_, _| vec![0]), 20, 0.0);
        assert_eq!(heard.statistics.restarts, 1, "{name}");
        assert_eq!(heard.statistics.packets_received + 1, heard.arrived, "{name}");
        assert_eq!(heard.statistics.packets_malformed, 1, "{name}");
        assert!(heard.statistics.audio.concealed_ms <= 60, "{name}: {}", heard.statistics.audio.concealed_ms);
    }
}

#[test]
fn three_seconds_without_a_network_are_caught_up() {
    let arrived = through(&speech(30, 0.0, 0, 0), |_, at| {
        let into = at - 10_000_000;
        vec![if (0..3_000_000).contains(&into) { 3_000_000 - into } else { 0 }]
    });
    let heard = play("stands still for 3 s", &arrived, 30, 0.0);
    assert!((2_700..=3_300).contains(&heard.statistics.audio.concealed_ms), "{}", heard.statistics.audio.concealed_ms);
    assert!(heard.statistics.delay_ms < 1_100.0, "{}", heard.statistics.delay_ms);
}

/// Packets of `samples`, one or two channels, straight from libopus.
fn frames(samples: usize, channels: opus::Channels, seconds: usize) -> Vec<Sent> {
    let mut encoder = opus::Encoder::new(48_000, channels, opus::Application::Voip).expect("an encoder");
    let mut voice = Speech::new(6);
    let sound = voice.samples(seconds * 100, 0.4);
    sound
        .chunks_exact(samples)
        .enumerate()
        .map(|(index, part)| {
            let input: Vec<f32> = match channels {
                opus::Channels::Mono => part.to_vec(),
                opus::Channels::Stereo => part.iter().flat_map(|sample| [*sample, *sample]).collect(),
            };
            let payload = encoder.encode_vec_float(&input, 1_500).expect("encoded");
            let at = ((index + 1) * samples * 1_000 / 48) as i64;
            Sent { packet: packet(index as u16, (index * samples) as u32, payload.into()), at }
        })
        .collect()
}

#[test]
fn packets_of_every_length_and_of_two_channels_play() {
    for samples in [120, 240, 480, 960, 1_920, 2_880, 5_760] {
        for channels in [opus::Channels::Mono, opus::Channels::Stereo] {
            let heard = play(
                &format!("{} ms {channels:?}", samples as f32 / 48.0),
                &through(&frames(samples, channels, 10), |_, _| vec![0]),
                10,
                0.0,
            );
            assert_eq!(heard.statistics.audio.concealed_ms, 0, "{samples} {channels:?}");
            assert_eq!(heard.statistics.packets_malformed, 0);
            assert!(visavis_audio::measure::rms(&heard.sound) > 0.05, "{samples} {channels:?} is silent");
        }
    }
}

#[test]
fn the_length_of_packets_may_change_in_the_middle() {
    let mut sent = frames(960, opus::Channels::Mono, 5);
    let longer = frames(2_880, opus::Channels::Mono, 5);
    let count = sent.len();
    for (index, mut next) in longer.into_iter().enumerate() {
        next.packet.sequence = (count + index) as u16;
        next.packet.timestamp += 5 * 48_000;
        next.at += 5_000_000;
        sent.push(next);
    }
    // Recorded at the same time, but 40 ms later complete.
    let heard = play("20 to 60 ms packets", &through(&sent, |_, _| vec![0]), 10, 0.0);
    assert!(heard.statistics.audio.concealed_ms <= 60, "{}", heard.statistics.audio.concealed_ms);
}

#[test]
fn garbage_between_good_packets_is_counted() {
    let sent = speech(10, 0.0, 0, 0);
    let mut arrived = through(&sent, |_, _| vec![0]);
    for (index, packet) in arrived.iter_mut().enumerate() {
        match index % 50 {
            10 => packet.payload = Bytes::new(),
            20 => packet.payload = Bytes::from_static(&[0xff, 0xff]),
            30 => packet.codec = Codec::Vp8,
            40 => {
                packet.codec = Codec::Red;
                packet.payload = Bytes::from_static(&[0xef, 1]);
            }
            _ => {}
        }
    }
    let heard = play("8 % garbage", &arrived, 10, 0.0);
    assert_eq!(heard.statistics.packets_malformed, 40);
    assert!(heard.concealed() <= 8.5);
}

#[test]
fn the_minimum_delay_is_reached_and_left_again_by_stretching() {
    let arrived = through(&speech(60, 0.0, 0, 0), |_, _| vec![0]);
    let mut buffer = JitterBuffer::new().expect("a decoder");
    let part = |from: usize, to: usize| -> Vec<RtpPacket> {
        let within = |packet: &&RtpPacket| (from as i64..to as i64).contains(&(packet.arrival.0 / 1_000_000));
        arrived.iter().filter(within).cloned().collect()
    };
    let mut pulled = 0;
    let mut run = |buffer: &mut JitterBuffer, to: usize| {
        let mut waiting = part(pulled / 100, to).into_iter().peekable();
        while pulled < to * 100 {
            let now = MediaTime(pulled as i64 * 10_000 + 3_000);
            while let Some(packet) = waiting.next_if(|packet| packet.arrival <= now) {
                buffer.insert(&packet);
            }
            buffer.pull(now);
            pulled += 1;
        }
        let played = buffer.playout_rtp_timestamp().expect("it plays");
        // Sent at 40 ms after recording of the packet's end, so the true delay of the sample is that much more.
        pulled as i64 * 10 - i64::from(played) / 48 - 60
    };
    run(&mut buffer, 5);
    buffer.set_minimum_delay(Duration::from_millis(200));
    let slow = run(&mut buffer, 20);
    assert!((195..=225).contains(&slow), "{slow} ms");
    buffer.set_minimum_delay(Duration::ZERO);
    let fast = run(&mut buffer, 40);
    assert!((0..=40).contains(&fast), "{fast} ms");
    let statistics = buffer.statistics();
    assert_eq!(statistics.audio.concealed_ms, 0);
    assert!(statistics.audio.inserted_ms >= 150 && statistics.audio.removed_ms >= 150);
}

#[test]
fn a_loudspeaker_that_takes_much_at_once_and_a_thread_that_comes_late_are_borne() {
    let arrived = through(&speech(30, 0.0, 0, 0), |_, _| vec![0]);
    // 30 ms at once; 40 ms at once; ten at a time, but once a second the thread sleeps for 50 ms and then catches up.
    let late = |pull: i64| if pull % 100 < 5 { (pull / 100 * 100 + 5) * 10_000 } else { pull * 10_000 };
    let cases: [(&str, &dyn Fn(i64) -> i64); 3] = [
        ("pulls of 30 ms", &|pull| (pull / 3 * 3 + 2) * 10_000),
        ("pulls of 40 ms", &|pull| (pull / 4 * 4 + 3) * 10_000),
        ("a thread late by 50 ms each s", &late),
    ];
    for (name, time) in cases {
        let mut buffer = JitterBuffer::new().expect("a decoder");
        let mut waiting = arrived.iter().peekable();
        for pull in 0..3_000 {
            let now = MediaTime(time(pull) + 3_000);
            while let Some(packet) = waiting.next_if(|packet| packet.arrival <= now) {
                buffer.insert(packet);
            }
            buffer.pull(now);
        }
        let statistics = buffer.statistics();
        print(name, &Heard { statistics, arrived: 0, most_delay_ms: 0.0, sound: Vec::new() });
        assert!(statistics.audio.concealed_ms <= 40, "{name}: {}", statistics.audio.concealed_ms);
        assert!(statistics.audio.jitter_delay_ms <= 75.0, "{name}: {}", statistics.audio.jitter_delay_ms);
        assert!(statistics.audio.inserted_ms + statistics.audio.removed_ms <= 120, "{name} is stretched all the time");
    }
}

#[test]
fn what_is_not_decoded_keeps_its_place() {
    let arrived = through(&speech(12, 0.0, 0, 0), |_, _| vec![0]);
    let (mut all, mut some) = (JitterBuffer::new().expect("a decoder"), JitterBuffer::new().expect("a decoder"));
    let mut waiting = arrived.iter().peekable();
    let (mut silent, mut loud) = (0.0_f32, 0.0_f32);
    for pull in 0..1_200 {
        let now = MediaTime(pull * 10_000 + 3_000);
        while let Some(packet) = waiting.next_if(|packet| packet.arrival <= now) {
            all.insert(packet);
            some.insert(packet);
        }
        some.set_decoding(!(400..800).contains(&pull));
        all.pull(now);
        let level = some.pull(now).rms();
        match pull {
            410..800 => silent = silent.max(level),
            900.. => loud = loud.max(level),
            _ => {}
        }
    }
    assert_eq!(silent, 0.0);
    assert!(loud > 0.05);
    assert_eq!(some.statistics().audio.concealed_ms, 0);
    // Stretching depends on the sound; the place only a little.
    let distance =
        some.playout_rtp_timestamp().expect("plays").wrapping_sub(all.playout_rtp_timestamp().expect("plays")) as i32;
    assert!(distance.abs() < 1_440, "{distance} samples apart");
}

/// Bytes as an attacker with the keys could send them: plain noise, RED around noise, true packets cut or bent.
fn any_payload() -> impl Strategy<Value = Bytes> {
    let good = speech(1, 0.2, 0, 0);
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80).prop_map(Bytes::from),
        (prop::collection::vec(any::<u8>(), 1..40), any::<u32>(), prop::collection::vec(any::<u8>(), 1..40)).prop_map(
            |(primary, offset, data)| red::pack(
                111,
                &primary,
                &[red::Block { offset: offset % 16_384, data: data.into() }]
            )
        ),
        (0..good.len(), 0_usize..100, any::<u8>(), 0_usize..300).prop_map(move |(which, place, value, length)| {
            let mut bytes = good[which].packet.payload.to_vec();
            if let Some(byte) = bytes.get_mut(place) {
                *byte ^= value;
            }
            bytes.truncate(length);
            bytes.into()
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_comes_there_are_ten_milliseconds_of_sound(
        packets in prop::collection::vec(
            (any_payload(), any::<bool>(), prop_oneof![0_u16..200, any::<u16>()], prop_oneof![0_u32..96_000, any::<u32>()],
             0_u32..3, -2_000_000_i64..2_000_000, any::<bool>()),
            0..200,
        ),
        pulls in prop::collection::vec((0_i64..40_000, 0_u64..300), 1..200),
    ) {
        let mut buffer = JitterBuffer::new().expect("a decoder");
        let mut packets = packets.into_iter();
        let mut now = 0;
        for (step, minimum) in pulls {
            now += step;
            if let Some((payload, is_red, sequence, timestamp, ssrc, skew, recovered)) = packets.next() {
                let mut packet = packet(sequence, timestamp, payload);
                packet.codec = if is_red { Codec::Red } else { Codec::Opus };
                packet.ssrc = ssrc;
                packet.arrival = MediaTime(now + skew);
                packet.recovered = recovered;
                buffer.insert(&packet);
            }
            buffer.set_minimum_delay(Duration::from_millis(minimum));
            let block = buffer.pull(MediaTime(now));
            prop_assert!(block.0.iter().all(|sample| sample.is_finite()));
        }
        let statistics = buffer.statistics();
        prop_assert!(statistics.audio.concealed_ms <= statistics.audio.played_ms + 120);
    }
}
