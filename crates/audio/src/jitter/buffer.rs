//! The jitter buffer: what it is from outside, and how packets come in.

use super::arrival::Arrivals;
use super::flow::{Flow, Losses};
use super::line::Line;
use super::order::{Frame, Order, Placed, Received, Unwrap};
use super::statistics::{Counters, Statistics};
use super::target::Target;
use super::window::DelayWindow;
use crate::decode::{Decoder, MOST_SAMPLES, Opus};
use crate::red;
use bytes::Bytes;
use std::time::Duration;
use visavis_media::{AudioBlock, BLOCK_SAMPLES, MediaTime, RtpPacket, SAMPLE_RATE, Ssrc, sequence_distance};
use visavis_model::Codec;

/// A packet whose clock is this far from its stream's is not believed at once.
const SUSPECT_MICROS: i64 = 3_000_000;
/// Likewise one whose number is this far (20 s) away.
const SUSPECT_NUMBERS: i64 = 1_000;
/// Packets of the SSRC before are stragglers for so long, and not the stream changing back.
const STRAGGLERS_MICROS: i64 = 2_000_000;
/// Numbers by which the packet after a suspect may follow it.
const CONFIRMED_WITHIN: i32 = 5;

/// One stream's packets in, 10 ms of sound out at every pull, whatever comes. See the [module](super) for how.
///
/// Follows changes of SSRC and between Opus and RED by itself. Holds at most six seconds; allocates when made, and little
/// when packets come. Not for real-time callbacks: decoding takes 0.03 ms.
pub struct JitterBuffer {
    pub(super) decoder: Box<dyn Decoder>,
    pub(super) order: Order,
    pub(super) arrivals: Arrivals,
    pub(super) target: Target,
    pub(super) window: DelayWindow,
    pub(super) line: Line,
    pub(super) flow: Flow,
    pub(super) losses: Losses,
    pub(super) counters: Counters,
    pub(super) decoding: bool,
    pub(super) scratch: Box<[f32; MOST_SAMPLES]>,
    received: Received,
    sequences: Unwrap<16>,
    timestamps: Unwrap<32>,
    ssrc: Option<Ssrc>,
    previous_ssrc: Option<(Ssrc, MediaTime)>,
    /// Timestamp and arrival of the newest packet.
    newest: Option<(i64, MediaTime)>,
    suspect: Option<RtpPacket>,
    announced_level: Option<u8>,
}

impl JitterBuffer {
    /// A buffer that decodes Opus.
    ///
    /// # Errors
    /// Where libopus has no memory.
    pub fn new() -> Result<Self, opus::Error> {
        Ok(Self::with_decoder(Box::new(Opus::new()?)))
    }

    /// A buffer with another decoder.
    pub fn with_decoder(decoder: Box<dyn Decoder>) -> Self {
        Self {
            decoder,
            order: Order::new(),
            arrivals: Arrivals::new(),
            target: Target::new(),
            window: DelayWindow::default(),
            line: Line::new(),
            flow: Flow::default(),
            losses: Losses::default(),
            counters: Counters::default(),
            decoding: true,
            scratch: Box::new([0.0; MOST_SAMPLES]),
            received: Received::new(),
            sequences: Unwrap::default(),
            timestamps: Unwrap::default(),
            ssrc: None,
            previous_ssrc: None,
            newest: None,
            suspect: None,
            announced_level: None,
        }
    }

    /// Takes a packet, in any order; what is no sound, came before or comes too late is counted and ignored.
    pub fn insert(&mut self, packet: &RtpPacket) {
        if self.ssrc != Some(packet.ssrc) {
            if let Some((ssrc, since)) = self.previous_ssrc
                && ssrc == packet.ssrc
                && packet.arrival.0 - since.0 < STRAGGLERS_MICROS
            {
                self.counters.late += 1;
                return;
            }
            if let Some(old) = self.ssrc.replace(packet.ssrc) {
                self.previous_ssrc = Some((old, packet.arrival));
                self.restart();
                self.decoder.reset();
            }
        }
        if self.is_suspect(packet) {
            match self.suspect.take() {
                Some(held) if follows(&held, packet) => {
                    self.restart();
                    self.accept(&held);
                    self.accept(packet);
                }
                held => {
                    self.counters.malformed += u64::from(held.is_some());
                    self.suspect = Some(packet.clone());
                }
            }
            return;
        }
        self.accept(packet);
    }

    /// True where number or clock say that this packet does not belong to the stream so far.
    fn is_suspect(&self, packet: &RtpPacket) -> bool {
        let (Some((timestamp, arrival)), Some(highest)) = (self.newest, self.received.highest()) else { return false };
        let number = self.sequences.peek(u32::from(packet.sequence)) - highest;
        let ticks = self.timestamps.peek(packet.timestamp) - timestamp;
        let drift = super::arrival::micros(ticks) - (packet.arrival.0 - arrival.0);
        // A later number with an earlier time: the sender's clock was set back.
        let backwards = number > 0 && ticks < -(MOST_SAMPLES as i64);
        number.abs() > SUSPECT_NUMBERS || drift.abs() > SUSPECT_MICROS || backwards
    }

    /// Begins anew with the next packet; what is decoded is still played.
    fn restart(&mut self) {
        self.counters.restarts += 1;
        self.order.clear();
        self.arrivals.clear();
        self.window.clear();
        self.received.restart();
        self.sequences.clear();
        self.timestamps.clear();
        self.newest = None;
        self.suspect = None;
        self.flow.restart();
    }

    fn accept(&mut self, packet: &RtpPacket) {
        let sequence = self.sequences.peek(u32::from(packet.sequence));
        let timestamp = self.timestamps.peek(packet.timestamp);
        if !self.received.push(sequence) {
            self.counters.duplicated += 1;
            return;
        }
        self.counters.received += 1;
        if self.received.highest() == Some(sequence) {
            self.sequences.keep(sequence);
        }
        if self.newest.is_none_or(|(newest, _)| timestamp >= newest) {
            self.newest = Some((timestamp, packet.arrival));
            self.timestamps.keep(timestamp);
            self.announced_level = packet.audio_level;
        }
        match packet.codec {
            Codec::Opus => self.place(sequence, timestamp, &packet.payload, packet, false),
            Codec::Red => match red::unpack(&packet.payload) {
                Ok(unpacked) => {
                    self.place_copies(sequence, timestamp, &unpacked, packet);
                    self.place(sequence, timestamp, &unpacked.primary, packet, false);
                }
                Err(_) => self.counters.malformed += 1,
            },
            _ => self.counters.malformed += 1,
        }
    }

    fn place_copies(&mut self, sequence: i64, timestamp: i64, unpacked: &red::Unpacked, packet: &RtpPacket) {
        let blocks = unpacked.redundant();
        if let Some(oldest) = blocks.first() {
            self.losses.copies_reach(i64::from(oldest.offset));
        }
        // Before anything plays, copies would only make it begin in the past.
        if !self.flow.is_placed() {
            return;
        }
        for (index, block) in blocks.iter().enumerate() {
            let number = sequence - (blocks.len() - index) as i64;
            self.place(number, timestamp - i64::from(block.offset), &block.data, packet, true);
        }
    }

    fn place(&mut self, sequence: i64, timestamp: i64, payload: &Bytes, packet: &RtpPacket, copy: bool) {
        let Some(samples) = self.decoder.samples(payload) else {
            self.counters.malformed += u64::from(!copy);
            return;
        };
        let samples = samples.min(MOST_SAMPLES) as i64;
        // Retransmissions would teach that the network is slow, and empty packets come when they like.
        if !copy && !packet.recovered && payload.len() > super::playout::EMPTY_BYTES {
            let late = self.arrivals.push(timestamp, packet.arrival);
            self.target.push(late, packet.arrival);
        }
        if self.flow.has_passed(timestamp + samples) {
            self.counters.late += u64::from(!copy);
            return;
        }
        let frame = Frame { sequence, timestamp, samples, payload: payload.clone(), copy, arrival: packet.arrival };
        if self.order.insert(frame) == Placed::Overflow {
            self.counters.discarded += 1;
        }
    }

    /// The next 10 ms. Call it when the loudspeaker needs them, with the time at which it does.
    pub fn pull(&mut self, now: MediaTime) -> AudioBlock {
        self.measure(now);
        while self.line.pending() < BLOCK_SAMPLES {
            self.feed(now);
        }
        self.stretch(now);
        let block = self.line.take();
        if self.flow.has_begun() {
            self.counters.played += BLOCK_SAMPLES as u64;
            self.counters.energy += block.0.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
        }
        block
    }

    /// False: the sound is not decoded, and pulls give silence, while place and delay go on as if it was. For tracks that
    /// are too quiet to matter when there is no time to decode all.
    pub fn set_decoding(&mut self, decoding: bool) {
        if decoding && !self.decoding {
            self.decoder.reset();
        }
        self.decoding = decoding;
    }

    /// Never plays sooner than this after the fastest arrival (up to two seconds), for sound and picture to be in step;
    /// the change is made by stretching.
    pub fn set_minimum_delay(&mut self, minimum: Duration) {
        self.target.set_minimum(minimum);
    }

    pub fn minimum_delay(&self) -> Duration {
        self.target.minimum()
    }

    /// From the fastest possible arrival to playing, now.
    pub fn playout_delay(&self) -> Duration {
        let micros = self.window.least().unwrap_or_else(|| self.target.micros());
        Duration::from_micros(micros.max(0) as u64)
    }

    /// The delay that is aimed at.
    pub fn target_delay(&self) -> Duration {
        Duration::from_micros(self.target.micros().max(0) as u64)
    }

    /// RTP timestamp of the first sample of the next pull; `None` before anything plays.
    pub fn playout_rtp_timestamp(&self) -> Option<u32> {
        // The continued timestamp and the one in packets are the same modulo 2³².
        self.flow.next().map(|next| (next - self.line.pending() as i64) as u32)
    }

    /// RFC 6464 level of the newest packet, where the sender gives one: 0 loudest, 127 silence.
    pub const fn announced_level(&self) -> Option<u8> {
        self.announced_level
    }

    pub const fn ssrc(&self) -> Option<Ssrc> {
        self.ssrc
    }

    pub fn statistics(&self) -> Statistics {
        Statistics {
            audio: self.counters.audio(),
            packets_received: self.counters.received,
            packets_lost: self.received.lost(),
            packets_duplicated: self.counters.duplicated,
            packets_late: self.counters.late,
            packets_malformed: self.counters.malformed,
            packets_discarded: self.counters.discarded,
            restarts: self.counters.restarts,
            target_ms: self.target_delay().as_secs_f32() * 1000.0,
            delay_ms: self.playout_delay().as_secs_f32() * 1000.0,
        }
    }
}

/// True where `packet` goes on where `held` was, so that both show a new place and not damage.
fn follows(held: &RtpPacket, packet: &RtpPacket) -> bool {
    let number = sequence_distance(held.sequence, packet.sequence);
    let ticks = packet.timestamp.wrapping_sub(held.timestamp);
    (1..=CONFIRMED_WITHIN).contains(&number) && ticks <= SAMPLE_RATE
}
