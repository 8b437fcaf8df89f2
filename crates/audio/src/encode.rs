//! Sound to Opus packets.

use crate::meter::VoiceDetector;
use bytes::Bytes;
use std::time::Duration;
use visavis_media::{AudioBlock, BLOCK_SAMPLES, EncodedAudio, MediaTime, SAMPLE_RATE};
use visavis_model::BitsPerSecond;

/// Samples in a packet: 20 ms.
pub const PACKET_SAMPLES: usize = 2 * BLOCK_SAMPLES;

const PACKET_TIME: Duration = Duration::from_millis(20);

/// How far the blocks' times may be from the packets' while somebody speaks, and in silence.
const DRIFT: Duration = Duration::from_millis(100);
const SILENT_DRIFT: Duration = Duration::from_millis(20);

/// libopus marks frames that need not be sent by giving at most this many bytes.
const DTX_BYTES: usize = 2;

/// No packet of ours is larger: 20 ms at the highest bitrate that Opus has, 510 kbit/s, are 1275 bytes.
const MOST_BYTES: usize = 1_275;

/// The encoder could not be made.
#[derive(Debug, thiserror::Error)]
#[error("no Opus encoder: {0}")]
pub struct Error(#[from] opus::Error);

/// What the sound is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Content {
    #[default]
    Voice,
    /// Whatever programs play: nothing is taken for speech, nothing is left out for it.
    Music,
}

/// How to encode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Of the encoder's whole life.
    pub content: Content,
    pub bitrate: BitsPerSecond,
    /// Loss that the stream should survive, 0 to 1: gives room to the copy of the packet before (in-band FEC).
    pub expected_loss: f32,
    /// Send next to nothing while nobody speaks.
    pub discontinuous: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            content: Content::Voice,
            bitrate: BitsPerSecond::from_kilobits(32),
            expected_loss: 0.05,
            discontinuous: true,
        }
    }
}

impl Settings {
    /// Music in mono that nobody tells from what was played, and that goes on in silence.
    pub const fn music() -> Self {
        Self {
            content: Content::Music,
            bitrate: BitsPerSecond::from_kilobits(64),
            expected_loss: 0.0,
            discontinuous: false,
        }
    }
}

/// Opus: 20 ms, mono, 48 kHz; for voice with in-band forward error correction and discontinuous transmission.
///
/// In silence the first empty packet is given (it tells the far end that silence begins) and then only libopus' refresh
/// every 400 ms, as browsers do; RFC 7587 §3.1.3.
pub struct Encoder {
    encoder: opus::Encoder,
    settings: Settings,
    samples: [f32; PACKET_SAMPLES],
    filled: usize,
    /// Time of the next packet's first sample, had the microphone's clock and ours the same speed.
    next: Option<MediaTime>,
    voice: VoiceDetector,
    heard_voice: bool,
    /// The packet before this one was empty.
    in_silence: bool,
    first_after_silence: bool,
    failures: u64,
}

impl Encoder {
    /// # Errors
    /// Where libopus has no memory.
    pub fn new(settings: Settings) -> Result<Self, Error> {
        let music = settings.content == Content::Music;
        let application = if music { opus::Application::Audio } else { opus::Application::Voip };
        let mut encoder = opus::Encoder::new(SAMPLE_RATE, opus::Channels::Mono, application)?;
        // Only frames of voice can carry the copy of the one before.
        encoder.set_inband_fec(!music)?;
        encoder.set_signal(if music { opus::Signal::Music } else { opus::Signal::Voice })?;
        // Of 0.19 ms at 10 this takes 0.14, and nobody hears it (measured).
        encoder.set_complexity(7)?;
        let mut encoder = Self {
            encoder,
            settings,
            samples: [0.0; PACKET_SAMPLES],
            filled: 0,
            next: None,
            voice: VoiceDetector::default(),
            heard_voice: false,
            in_silence: false,
            first_after_silence: true,
            failures: 0,
        };
        encoder.apply()?;
        Ok(encoder)
    }

    /// From the next packet on; limited to what Opus can do (6 to 510 kbit/s).
    pub fn set_bitrate(&mut self, bitrate: BitsPerSecond) {
        self.set(Settings { bitrate, ..self.settings });
    }

    /// From the next packet on; 0 to 1.
    pub fn set_expected_loss(&mut self, expected_loss: f32) {
        self.set(Settings { expected_loss, ..self.settings });
    }

    pub const fn settings(&self) -> Settings {
        self.settings
    }

    /// Packets that libopus refused to make; they are missing from the stream.
    pub const fn failures(&self) -> u64 {
        self.failures
    }

    fn set(&mut self, settings: Settings) {
        if settings != self.settings {
            self.settings = settings;
            // Every value is within what libopus takes.
            if self.apply().is_err() {
                self.failures += 1;
            }
        }
    }

    fn apply(&mut self) -> Result<(), opus::Error> {
        let bits = self.settings.bitrate.0.clamp(6_000, 510_000) as i32;
        let loss = self.settings.expected_loss;
        let percent = if loss.is_finite() { (loss.clamp(0.0, 1.0) * 100.0).round() as i32 } else { 0 };
        self.encoder.set_bitrate(opus::Bitrate::Bits(bits))?;
        self.encoder.set_packet_loss_perc(percent)?;
        self.encoder.set_dtx(self.settings.discontinuous)
    }

    /// Takes 10 ms recorded at `time`; gives a packet after every second block, but for silence.
    ///
    /// Packets' times follow each other by exactly their duration, however unevenly the blocks come. Where the two clocks
    /// have drifted apart by 20 ms they are brought together in the next silence, and at 100 ms (sound was lost) at once.
    pub fn push(&mut self, block: &AudioBlock, time: MediaTime) -> Option<EncodedAudio> {
        if self.filled == 0 {
            self.follow(time);
            self.heard_voice = false;
        }
        self.samples[self.filled..self.filled + BLOCK_SAMPLES].copy_from_slice(&block.0);
        self.filled += BLOCK_SAMPLES;
        self.heard_voice |= self.voice.push(block);
        if self.filled < PACKET_SAMPLES {
            return None;
        }
        self.filled = 0;
        self.encode()
    }

    fn follow(&mut self, time: MediaTime) {
        let tolerance = if self.in_silence { SILENT_DRIFT } else { DRIFT };
        if self.next.is_none_or(|next| (next.0 - time.0).abs() > tolerance.as_micros() as i64) {
            self.next = Some(time);
        }
    }

    /// Forgets half a packet and the voice so far: after the microphone was off.
    pub fn reset(&mut self) {
        self.filled = 0;
        self.next = None;
        self.in_silence = false;
        self.first_after_silence = true;
        self.voice = VoiceDetector::default();
        if self.encoder.reset_state().is_err() {
            self.failures += 1;
        }
    }

    fn encode(&mut self) -> Option<EncodedAudio> {
        let time = self.next?;
        self.next = Some(time + PACKET_TIME);
        let mut packet = [0; MOST_BYTES];
        let Ok(length) = self.encoder.encode_float(&self.samples, &mut packet) else {
            self.failures += 1;
            return None;
        };
        let empty = length <= DTX_BYTES;
        let send = !empty || !self.in_silence;
        let first_after_silence = !empty && self.first_after_silence;
        self.in_silence = empty;
        self.first_after_silence = empty;
        send.then(|| EncodedAudio {
            time,
            samples: PACKET_SAMPLES as u32,
            level: self.level(),
            voice: self.heard_voice && self.settings.content == Content::Voice,
            first_after_silence,
            data: Bytes::copy_from_slice(&packet[..length]),
        })
    }

    /// RFC 6464 level of the whole packet.
    fn level(&self) -> u8 {
        let (first, second) = self.samples.split_at(BLOCK_SAMPLES);
        let rms = |samples: &[f32]| samples.iter().map(|sample| sample * sample).sum::<f32>() / BLOCK_SAMPLES as f32;
        let level = ((rms(first) + rms(second)) / 2.0).sqrt();
        AudioBlock([level; BLOCK_SAMPLES]).rfc6464_level()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{Source, Synthetic};
    use crate::decode::{Decoder, MOST_SAMPLES, Opus};
    use crate::measure::{self, signal};

    fn time(block: usize) -> MediaTime {
        MediaTime::from_millis(10 * block as i64)
    }

    #[test]
    fn two_blocks_make_a_packet_with_the_time_of_the_first() {
        let mut encoder = Encoder::new(Settings::default()).expect("made");
        let mut voice = Synthetic::new(0);
        assert!(encoder.push(&voice.next_block().expect("endless"), time(7)).is_none());
        let packet = encoder.push(&voice.next_block().expect("endless"), time(8)).expect("a packet");
        assert_eq!((packet.time, packet.samples), (time(7), 960));
        assert!(packet.first_after_silence);
    }

    #[test]
    fn times_are_even_though_blocks_are_not() {
        let mut encoder = Encoder::new(Settings { discontinuous: false, ..Settings::default() }).expect("made");
        let mut speech = signal::Speech::new(4);
        // Two blocks at once every 20 ms, up to 9 ms late; then 300 ms are missing.
        let given = |block: i64| 10 * (block / 2 * 2) + block * 7 % 9 + if block >= 100 { 300 } else { 0 };
        let times: Vec<i64> = (0..200)
            .filter_map(|block| encoder.push(&speech.block(0.3), MediaTime::from_millis(given(block))))
            .map(|packet| packet.time.0 / 1000)
            .collect();
        assert_eq!(times.len(), 100);
        let steps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert_eq!(steps.iter().filter(|step| **step != 20).count(), 1, "{steps:?}");
        assert!((300..=330).contains(&steps[49]), "{steps:?}");
    }

    #[test]
    fn tones_arrive_at_their_level_and_are_called_voice() {
        let mut encoder = Encoder::new(Settings::default()).expect("made");
        let mut decoder = Opus::new().expect("made");
        let mut source = Synthetic::new(5);
        let (mut heard, mut out, mut loudest, mut voiced) = (Vec::new(), [0.0; MOST_SAMPLES], 127, 0);
        for block in 0..400 {
            if let Some(packet) = encoder.push(&source.next_block().expect("endless"), time(block)) {
                let samples = decoder.decode(&packet.data, &mut out).expect("good");
                heard.extend_from_slice(&out[..samples]);
                loudest = loudest.min(packet.level);
                voiced += u32::from(packet.voice);
            }
        }
        let share = measure::presence(&heard, 48_000, &Synthetic::tones(5), 1_920, Synthetic::AMPLITUDE * 0.6);
        assert!(share > Synthetic::duty() * 0.85, "{share}");
        assert!((13..=17).contains(&loudest), "{loudest}");
        assert!(voiced > 100, "{voiced}");
    }

    #[test]
    fn silence_costs_three_packets_a_second_at_most() {
        let mut encoder = Encoder::new(Settings::default()).expect("made");
        let (mut hiss, mut speech) = (signal::Noise::new(1), signal::Speech::new(2));
        let mut sent = Vec::new();
        for block in 0..1_300 {
            // libopus calls steady noise silence only once it has heard something 25 dB louder.
            let sound = if block < 300 { speech.block(0.3) } else { hiss.block(0.0005) };
            sent.extend(encoder.push(&sound, time(block)));
        }
        let late: Vec<_> = sent.iter().filter(|packet| packet.time > time(400)).collect();
        assert!(late.iter().all(|packet| !packet.voice));
        assert!((20..=60).contains(&late.len()), "{} in nine seconds", late.len());
        let gap = late.windows(2).map(|pair| pair[1].time.since(pair[0].time)).max().expect("several");
        assert!(gap.as_millis() <= 440, "{gap:?} without a refresh");
        assert!(late.iter().any(|packet| packet.first_after_silence));
        assert!(late.iter().filter(|packet| packet.data.len() <= 2).all(|packet| !packet.first_after_silence));
    }

    #[test]
    fn the_bitrate_follows_and_loss_adds_copies() {
        let mut encoder =
            Encoder::new(Settings { discontinuous: false, expected_loss: 0.0, ..Settings::default() }).expect("made");
        let decoder = Opus::new().expect("made");
        let mut speech = signal::Speech::new(8);
        let mut rates = Vec::new();
        for (kilobits, loss) in [(16, 0.0), (48, 0.0), (32, 0.2)] {
            encoder.set_bitrate(BitsPerSecond::from_kilobits(kilobits));
            encoder.set_expected_loss(loss);
            let (mut bytes, mut copies, mut packets) = (0, 0, 0);
            for block in 0..600 {
                if let Some(packet) = encoder.push(&speech.block(0.3), time(block)) {
                    bytes += packet.data.len();
                    copies += usize::from(decoder.copied_samples(&packet.data) > 0);
                    packets += 1;
                }
            }
            rates.push((bytes * 8 / 6, copies * 100 / packets));
        }
        assert!((11_000..18_000).contains(&rates[0].0) && (35_000..52_000).contains(&rates[1].0), "{rates:?}");
        assert!(rates[0].1 == 0 && rates[1].1 == 0 && rates[2].1 > 40, "{rates:?}");
    }

    #[test]
    fn music_is_sent_whole_and_never_called_a_voice() {
        let mut encoder = Encoder::new(Settings::music()).expect("made");
        let mut decoder = Opus::new().expect("made");
        // Higher than a voice's codec goes, and then silence.
        let tone = |clock: usize| 0.25 * (std::f32::consts::TAU * 14_000.0 * (clock % 48_000) as f32 / 48_000.0).sin();
        let (mut heard, mut out, mut packets) = (Vec::new(), [0.0; MOST_SAMPLES], 0);
        for block in 0..400 {
            let sound = if block < 200 {
                AudioBlock(std::array::from_fn(|index| tone(block * BLOCK_SAMPLES + index)))
            } else {
                AudioBlock::SILENCE
            };
            if let Some(packet) = encoder.push(&sound, time(block)) {
                let samples = decoder.decode(&packet.data, &mut out).expect("good");
                heard.extend_from_slice(&out[..samples]);
                packets += 1;
                assert!(!packet.voice);
            }
        }
        assert_eq!(packets, 200, "silence is sent too");
        let amplitude = measure::amplitude(&heard[24_000..72_000], SAMPLE_RATE, 14_000.0);
        assert!((0.2..0.3).contains(&amplitude), "{amplitude}");
    }

    #[test]
    fn nonsense_settings_are_limited() {
        let mut encoder = Encoder::new(Settings::default()).expect("made");
        encoder.set_bitrate(BitsPerSecond(u64::MAX));
        encoder.set_bitrate(BitsPerSecond(0));
        for loss in [-1.0, 7.0, f32::NAN] {
            encoder.set_expected_loss(loss);
        }
        encoder.push(&AudioBlock([f32::NAN; 480]), time(0));
        encoder.push(&AudioBlock([f32::INFINITY; 480]), time(1));
        encoder.reset();
        assert_eq!(encoder.push(&AudioBlock::SILENCE, time(2)).map(|_| ()), None);
    }
}
