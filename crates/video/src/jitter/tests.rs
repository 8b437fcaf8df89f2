use super::*;
use bytes::Bytes;
use visavis_model::Size;

/// Made-up VP8 packets: the payload format is real, the pictures are not.
struct Stream {
    buffer: JitterBuffer,
    now: MediaTime,
    sequence: u16,
    timestamp: u32,
    ssrc: Ssrc,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Picture {
    Key(Size),
    Delta,
    /// Temporal layer, TL0PICIDX, Y.
    Layer(u8, u8, bool),
}

const KEY: Picture = Picture::Key(Size::new(640, 360));

impl Stream {
    fn new() -> Self {
        Self {
            buffer: JitterBuffer::new(),
            now: MediaTime::from_millis(1000),
            sequence: 65_530,
            timestamp: u32::MAX - 4000,
            ssrc: 1,
        }
    }

    /// The next picture in two packets, 33 ms later.
    fn packets(&mut self, picture: Picture) -> Vec<RtpPacket> {
        self.now = self.now + Duration::from_millis(33);
        self.timestamp = self.timestamp.wrapping_add(3000);
        let first = match picture {
            Picture::Key(size) => {
                let (width, height) = (size.width.to_le_bytes(), size.height.to_le_bytes());
                vec![0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, width[0], width[1], height[0], height[1]]
            }
            Picture::Delta => vec![0x10, 0x11, 1, 2],
            Picture::Layer(id, base, sync) => vec![0x90, 0x60, base, id << 6 | u8::from(sync) << 5, 0x11, 1, 2],
        };
        let second = match picture {
            Picture::Layer(id, base, sync) => vec![0x80, 0x60, base, id << 6 | u8::from(sync) << 5, 3, 4],
            _ => vec![0x00, 3, 4],
        };
        [(first, false), (second, true)]
            .into_iter()
            .map(|(payload, marker)| {
                let packet = self.packet(payload, marker);
                self.sequence = self.sequence.wrapping_add(1);
                packet
            })
            .collect()
    }

    fn packet(&self, payload: Vec<u8>, marker: bool) -> RtpPacket {
        RtpPacket {
            ssrc: self.ssrc,
            codec: Codec::Vp8,
            sequence: self.sequence,
            timestamp: self.timestamp,
            marker,
            payload: Bytes::from(payload),
            arrival: self.now,
            audio_level: None,
            recovered: false,
        }
    }

    fn send(&mut self, picture: Picture) -> usize {
        for packet in self.packets(picture) {
            self.buffer.insert(&packet);
        }
        self.poll()
    }

    fn lose(&mut self, picture: Picture) -> Vec<RtpPacket> {
        self.packets(picture)
    }

    fn poll(&mut self) -> usize {
        std::iter::from_fn(|| self.buffer.poll(self.now)).count()
    }

    fn wait(&mut self, milliseconds: u64) -> usize {
        self.now = self.now + Duration::from_millis(milliseconds);
        self.poll()
    }

    fn asks(&mut self) -> bool {
        self.buffer.wanted(self.now).is_some()
    }
}

#[test]
fn nothing_comes_out_before_a_keyframe_and_then_everything() {
    let mut stream = Stream::new();
    assert_eq!(stream.send(Picture::Delta), 0);
    assert!(!stream.asks(), "the server sends a keyframe by itself");
    stream.wait(200);
    assert_eq!(stream.send(Picture::Delta), 0);
    assert!(stream.asks());
    assert_eq!(stream.send(KEY), 1);
    assert_eq!(stream.send(Picture::Delta), 1);
    assert!(!stream.asks());
}

#[test]
fn a_repaired_packet_lets_everything_go_on() {
    let mut stream = Stream::new();
    stream.send(KEY);
    let lost = stream.lose(Picture::Delta);
    assert_eq!(stream.send(Picture::Delta), 0);
    stream.buffer.insert(&lost[0]);
    assert_eq!(stream.poll(), 0);
    stream.buffer.insert(&RtpPacket { recovered: true, ..lost[1].clone() });
    assert_eq!(stream.poll(), 2);
    let stats = stream.buffer.stats();
    assert_eq!((stats.recovered, stats.lost, stats.frames), (1, 0, 3));
}

#[test]
fn without_repair_a_keyframe_is_asked_for_and_jumped_to() {
    let mut stream = Stream::new();
    stream.send(KEY);
    stream.lose(Picture::Delta);
    assert_eq!(stream.send(Picture::Delta), 0);
    assert!(!stream.asks());
    let deadline = stream.buffer.deadline().expect("it waits");
    assert!(deadline > stream.now);
    stream.now = deadline;
    assert_eq!(stream.poll(), 0);
    assert!(stream.asks() && !stream.asks());
    assert_eq!(stream.send(Picture::Delta), 0);
    assert_eq!(stream.send(KEY), 1);
    assert_eq!(stream.send(Picture::Delta), 1);
    let stats = stream.buffer.stats();
    assert_eq!((stats.lost, stats.undecodable, stats.requests), (2, 2, 1));
}

#[test]
fn a_lost_upper_temporal_layer_needs_no_keyframe() {
    let mut stream = Stream::new();
    stream.send(KEY);
    assert_eq!(stream.send(Picture::Layer(0, 5, false)), 1);
    stream.lose(Picture::Layer(2, 5, false));
    assert_eq!(stream.send(Picture::Layer(0, 6, false)), 0);
    assert_eq!(stream.wait(600), 1);
    assert!(!stream.asks());
    // The lost one was of the base layer.
    stream.lose(Picture::Layer(0, 7, false));
    assert_eq!(stream.send(Picture::Layer(0, 8, false)), 0);
    assert_eq!(stream.wait(600), 0);
    assert!(stream.asks());
}

#[test]
fn duplicates_late_packets_and_fillers_are_told_apart() {
    let mut stream = Stream::new();
    let key = stream.packets(KEY);
    for packet in key.iter().chain(&key) {
        stream.buffer.insert(packet);
    }
    assert_eq!(stream.poll(), 1);
    stream.buffer.insert(&key[0]);
    // A filler between two pictures.
    let filler = stream.packet(Vec::new(), false);
    stream.buffer.insert(&filler);
    stream.sequence = stream.sequence.wrapping_add(1);
    assert_eq!(stream.send(Picture::Delta), 1);
    let lost = stream.lose(Picture::Delta);
    stream.send(Picture::Delta);
    stream.wait(600);
    assert_eq!(stream.send(KEY), 1);
    stream.buffer.insert(&lost[0]);
    let stats = stream.buffer.stats();
    assert_eq!((stats.duplicates, stats.late, stats.lost), (3, 1, 2));
}

#[test]
fn blank_pictures_at_the_end_are_not_shown_and_ask_for_nothing() {
    let mut stream = Stream::new();
    stream.send(KEY);
    for _ in 0..6 {
        assert_eq!(stream.send(Picture::Key(Size::new(8, 8))), 0);
        assert!(!stream.asks());
    }
    stream.wait(1000);
    assert!(!stream.asks());
    assert_eq!(stream.send(KEY), 1);
}

#[test]
fn another_ssrc_starts_anew_and_the_old_one_is_ignored() {
    let mut stream = Stream::new();
    stream.send(KEY);
    let old = stream.packets(Picture::Delta);
    stream.ssrc = 2;
    stream.sequence = 100;
    stream.timestamp = 5;
    assert_eq!(stream.send(Picture::Delta), 0);
    stream.buffer.insert(&old[0]);
    assert_eq!(stream.send(KEY), 1);
    assert_eq!(stream.send(Picture::Delta), 1);
    assert_eq!(stream.buffer.stats().late, 1);
}

#[test]
fn a_sequence_that_starts_again_is_another_stream() {
    let mut stream = Stream::new();
    stream.send(KEY);
    stream.sequence = stream.sequence.wrapping_add(20_000);
    stream.send(Picture::Delta);
    stream.send(Picture::Delta);
    assert_eq!(stream.send(KEY), 1);
}

#[test]
fn another_codec_on_the_same_ssrc_needs_a_keyframe() {
    let mut stream = Stream::new();
    stream.send(KEY);
    // A VP9 picture that needs an earlier one: I, P, B, E.
    stream.now = stream.now + Duration::from_millis(33);
    stream.timestamp = stream.timestamp.wrapping_add(3000);
    let inter = RtpPacket { codec: Codec::Vp9, ..stream.packet(vec![0xcc, 5, 0x86, 0, 0x40, 0x92, 0x80, 0, 0], true) };
    stream.buffer.insert(&inter);
    stream.sequence = stream.sequence.wrapping_add(1);
    assert_eq!(stream.poll(), 0);
    assert!(stream.asks());
    stream.timestamp = stream.timestamp.wrapping_add(3000);
    let key = vec![0x8c, 6, 0x82, 0x49, 0x83, 0x42, 0x20, 0x4f, 0xf0, 0x2c, 0xf0, 0, 0];
    stream.buffer.insert(&RtpPacket { codec: Codec::Vp9, ..stream.packet(key, true) });
    let frame = stream.buffer.poll(stream.now).expect("a keyframe");
    assert_eq!((frame.codec, frame.size), (Codec::Vp9, Size::new(1280, 720)));
    assert_eq!(stream.buffer.codec(), Some(Codec::Vp9));
}

#[test]
fn a_failed_decoder_gets_a_keyframe_next() {
    let mut stream = Stream::new();
    stream.send(KEY);
    stream.buffer.decode_failed();
    assert!(stream.asks());
    assert_eq!(stream.send(Picture::Delta), 0);
    assert_eq!(stream.send(KEY), 1);
}

#[test]
fn extra_delay_holds_pictures_back() {
    let mut stream = Stream::new();
    stream.buffer.set_extra_delay(Duration::from_millis(50));
    assert_eq!(stream.send(KEY), 0);
    assert_eq!(stream.buffer.deadline(), Some(stream.now + Duration::from_millis(50)));
    assert_eq!(stream.wait(50), 1);
}

#[test]
fn no_more_than_the_bound_waits_for_its_time() {
    let mut stream = Stream::new();
    stream.buffer.set_extra_delay(Duration::from_millis(500));
    let mut given = stream.send(KEY);
    for _ in 0..3 * MAX_FRAMES {
        // A burst: all at one moment.
        let now = stream.now;
        let packets = stream.packets(Picture::Delta);
        stream.now = now;
        for packet in packets {
            stream.buffer.insert(&RtpPacket { arrival: now, ..packet });
        }
        given += stream.poll();
    }
    assert!(given >= 2 * MAX_FRAMES, "{given}");
}
