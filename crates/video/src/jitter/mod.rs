//! From packets of one remote video track to whole pictures in decoding order. Pure: time is an argument.
//!
//! Packets are ordered and put together; a missing one is waited for as long as its repair (in `transport`) may take.
//! After that, or after any other break in the chain of pictures, nothing is given out until a keyframe, which
//! [`JitterBuffer::wanted`] asks for. A picture is held back only where arrival times jitter by 15 ms or more.

mod delay;
mod requests;
mod source;
mod window;

use crate::payload::{self, Assembled, Temporal};
use delay::Delay;
use requests::Requests;
use source::{Origin, Source};
use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::{EncodedFrame, MediaTime, RtpPacket, Ssrc};
use visavis_model::Codec;
use window::{Run, Slot, Window};

/// Pictures that may wait for their time. A full queue gives out its first picture at once.
pub const MAX_FRAMES: usize = 30;

/// Packets that may wait for a missing one.
pub const MAX_PACKETS: usize = 2048;

/// Keyframes that are not larger are what a server sends to end a track (LiveKit: 8 × 8, 2 × 2), in pixels a side.
const BLANK_SIDE: u32 = 16;

/// Ask the sender for a keyframe (PLI, RFC 4585 §6.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyframeRequest {
    pub ssrc: Ssrc,
}

/// What happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    /// Accepted packets, repaired ones included.
    pub packets: u64,
    pub bytes: u64,
    pub duplicates: u64,
    /// Came when their picture had been given up or shown.
    pub late: u64,
    pub recovered: u64,
    /// Never came, as far as known by now.
    pub lost: u64,
    /// Pictures given out.
    pub frames: u64,
    pub keyframes: u64,
    /// Whole packets or pictures that made no sense.
    pub broken: u64,
    /// Whole pictures left out, because what they need was missing.
    pub undecodable: u64,
    /// Keyframes asked for.
    pub requests: u64,
    /// By how much pictures are held back, and the jitter that it follows.
    pub delay: Duration,
    pub jitter: Duration,
}

/// One remote video track's packets, whatever SSRC and codec they come with.
#[derive(Debug)]
pub struct JitterBuffer {
    source: Source,
    window: Window,
    /// The next packet to be put together; `None` while waiting for the first keyframe.
    next: Option<i64>,
    need_keyframe: bool,
    codec: Option<Codec>,
    base_index: Option<u8>,
    h264: payload::h264::Depacketiser,
    vp9: payload::vp9::Depacketiser,
    ready: VecDeque<Ready>,
    delay: Delay,
    requests: Requests,
    patience: Duration,
    stats: Stats,
}

#[derive(Debug)]
struct Ready {
    frame: EncodedFrame,
    due: MediaTime,
}

impl Default for JitterBuffer {
    fn default() -> Self {
        Self::new()
    }
}

impl JitterBuffer {
    pub fn new() -> Self {
        let mut buffer = Self {
            source: Source::default(),
            window: Window::default(),
            next: None,
            need_keyframe: true,
            codec: None,
            base_index: None,
            h264: payload::h264::Depacketiser::default(),
            vp9: payload::vp9::Depacketiser::default(),
            ready: VecDeque::new(),
            delay: Delay::default(),
            requests: Requests::default(),
            patience: Duration::ZERO,
            stats: Stats::default(),
        };
        buffer.set_round_trip(Duration::from_millis(60));
        buffer
    }

    /// How long a retransmission takes; missing packets are waited for accordingly, 300 to 900 ms.
    ///
    /// Long enough for three retransmissions, the server's rest of up to 100 ms before each included (LiveKit's sequencer): a keyframe
    /// instead costs more than that, as the server stops repairing until it comes and passes on one request a second.
    pub fn set_round_trip(&mut self, round_trip: Duration) {
        let patience = Duration::from_millis(300) + round_trip * 3;
        self.patience = patience.min(Duration::from_millis(900));
    }

    /// Holds every picture back by this much more, at most half a second: for lip synchronisation.
    pub fn set_extra_delay(&mut self, extra: Duration) {
        self.delay.extra = extra.min(Duration::from_millis(500));
    }

    /// Takes a packet.
    pub fn insert(&mut self, packet: &RtpPacket) {
        match self.source.accept(packet, self.window.highest()) {
            Origin::Same => {}
            Origin::New => self.restart(),
            Origin::Over => {
                self.stats.late += 1;
                return;
            }
        }
        self.requests.packet(packet.arrival);
        let sequence = self.window.unwrap(packet.sequence);
        if self.window.knows(sequence) {
            self.stats.duplicates += 1;
            return;
        }
        if self.next.is_some_and(|next| sequence < next) {
            self.window.mark(sequence);
            self.stats.late += 1;
            return;
        }
        let place = if packet.payload.is_empty() {
            // Padding or a probe: it only fills its place.
            payload::Place::default()
        } else {
            let place = match packet.codec {
                Codec::H264 => self.h264.place(&packet.payload),
                Codec::Vp9 => self.vp9.place(&packet.payload),
                codec => payload::place(codec, &packet.payload),
            };
            match place {
                Ok(place) => place,
                Err(_) => {
                    // As if it had not come: a repair may bring a better one.
                    self.stats.broken += 1;
                    return;
                }
            }
        };
        self.stats.packets += 1;
        self.stats.bytes += packet.payload.len() as u64;
        self.stats.recovered += u64::from(packet.recovered);
        self.window.insert(sequence, Slot::new(packet, place));
        if self.window.is_over(MAX_PACKETS) {
            self.give_up();
            self.window.shrink(MAX_PACKETS / 2);
        }
    }

    fn restart(&mut self) {
        self.window = Window::default();
        self.next = None;
        self.need_keyframe = true;
        self.base_index = None;
        self.h264 = payload::h264::Depacketiser::default();
        self.vp9 = payload::vp9::Depacketiser::default();
        self.delay.restart();
        self.requests.restart();
    }

    /// The next picture in decoding order, when it is complete, decodable and due. Call until `None`.
    pub fn poll(&mut self, now: MediaTime) -> Option<EncodedFrame> {
        while self.ready.len() < MAX_FRAMES && self.advance(now) {}
        let first = self.ready.front()?;
        if first.due > now && self.ready.len() < MAX_FRAMES {
            return None;
        }
        let frame = self.ready.pop_front()?.frame;
        self.stats.frames += 1;
        self.stats.keyframes += u64::from(frame.keyframe);
        Some(frame)
    }

    /// When to call [`JitterBuffer::poll`] again although no packet came.
    pub fn deadline(&self) -> Option<MediaTime> {
        let due = self.ready.front().map(|ready| ready.due);
        let gap = self.gap().map(|(_, since)| since + self.patience);
        [due, gap].into_iter().flatten().min()
    }

    /// Whether a keyframe is to be asked for now. At least half a second lies between two requests, and more each time.
    /// Not while one is on its way whose missing packets may still be repaired: LiveKit stops repairing when it is asked.
    pub fn wanted(&mut self, now: MediaTime) -> Option<KeyframeRequest> {
        let ssrc = self.source.ssrc()?;
        let awaited = |at: MediaTime| now.since(at) < self.patience;
        if !self.need_keyframe || self.window.keyframe_arrival(self.next).is_some_and(awaited) {
            return None;
        }
        self.requests.is_due(now).then(|| {
            self.stats.requests += 1;
            KeyframeRequest { ssrc }
        })
    }

    /// The decoder could not use what it got: nothing more until a keyframe.
    pub fn decode_failed(&mut self) {
        self.need_keyframe = true;
        self.requests.broken();
    }

    pub fn stats(&self) -> Stats {
        Stats { delay: self.delay.target(), jitter: self.delay.jitter(), ..self.stats }
    }

    /// Packets that wait: at most [`MAX_PACKETS`].
    pub fn waiting(&self) -> usize {
        self.window.len()
    }

    /// The codec of the last picture.
    pub const fn codec(&self) -> Option<Codec> {
        self.codec
    }

    /// One step; false where nothing more can be done with what there is.
    fn advance(&mut self, now: MediaTime) -> bool {
        if self.need_keyframe {
            return self.advance_to_keyframe(now);
        }
        let Some(next) = self.next else { return false };
        match self.window.run(next) {
            Run::Complete(last) => {
                self.take(next, last, now);
                true
            }
            Run::Open => false,
            Run::Missing(_) => match self.gap() {
                Some((_, since)) if now >= since + self.patience => {
                    self.skip_gap();
                    true
                }
                _ => false,
            },
        }
    }

    /// The first missing packet, and since when it has been known to miss.
    fn gap(&self) -> Option<(i64, MediaTime)> {
        if self.need_keyframe {
            return None;
        }
        match self.window.run(self.next?) {
            Run::Missing(sequence) => self.window.arrival_after(sequence).map(|since| (sequence, since)),
            _ => None,
        }
    }

    /// Finds a whole keyframe and goes on there.
    fn advance_to_keyframe(&mut self, now: MediaTime) -> bool {
        let Some((first, last)) = self.window.keyframe(self.next) else { return false };
        if let Some(next) = self.next {
            self.pass_over(next, first);
        }
        self.need_keyframe = false;
        self.take(first, last, now);
        true
    }

    /// The missing packet will not come. Goes on where no lost picture is needed (VP8's temporal layers tell), else at a keyframe.
    fn skip_gap(&mut self) {
        let Some((missing, _)) = self.gap() else { return };
        let resume = self.window.first_start(missing);
        match (resume, self.next, self.base_index) {
            (Some((sequence, Some(temporal))), Some(next), Some(base)) if follows(base, temporal) => {
                self.pass_over(next, sequence);
                self.next = Some(sequence);
            }
            _ => self.give_up(),
        }
    }

    fn give_up(&mut self) {
        if !self.need_keyframe {
            self.need_keyframe = true;
            self.requests.broken();
        }
    }

    /// Counts and forgets the packets from `from` to before `to`.
    fn pass_over(&mut self, from: i64, to: i64) {
        let (missing, pictures) = self.window.discard(from, to);
        self.stats.lost += missing;
        self.stats.undecodable += pictures;
    }

    /// Puts a complete picture together.
    fn take(&mut self, first: i64, last: i64, now: MediaTime) {
        self.next = Some(last + 1);
        let taken = self.window.take(first, last);
        let Some(head) = taken.iter().find(|slot| !slot.payload.is_empty()) else { return };
        let (codec, timestamp, temporal) = (head.codec, head.timestamp, head.place.temporal);
        let payloads = taken.iter().map(|slot| &slot.payload).filter(|payload| !payload.is_empty());
        let assembled = match codec {
            Codec::H264 => self.h264.assemble(payloads),
            Codec::Vp8 => payload::vp8::assemble(payloads),
            Codec::Vp9 => self.vp9.assemble(payloads),
            _ => Err(payload::Error::Codec),
        };
        let picture = match assembled {
            Ok(Some(picture)) => picture,
            Ok(None) => return,
            Err(_) => {
                self.stats.broken += 1;
                self.give_up();
                return;
            }
        };
        if picture.keyframe && picture.size.width.max(picture.size.height) <= BLANK_SIDE {
            // The track ends or pauses here; what comes later starts with a keyframe of its own.
            self.need_keyframe = true;
            self.requests.restart();
            return;
        }
        if !picture.keyframe && self.codec.is_some_and(|known| known != codec) {
            self.stats.undecodable += 1;
            self.give_up();
            return;
        }
        let complete = taken.iter().map(|slot| slot.arrival).max().unwrap_or(now);
        self.give_out(picture, codec, timestamp, temporal, complete);
    }

    fn give_out(
        &mut self,
        picture: Assembled,
        codec: Codec,
        timestamp: u32,
        temporal: Option<Temporal>,
        complete: MediaTime,
    ) {
        if picture.keyframe {
            self.requests.satisfied();
            self.base_index = None;
        }
        if let Some(temporal) = temporal
            && (temporal.id == 0 || self.base_index.is_none())
        {
            self.base_index = Some(temporal.base_index);
        }
        self.codec = Some(codec);
        let due = self.delay.frame(timestamp, complete);
        // Never out of order, whatever the timestamps say.
        let due = self.ready.back().map_or(due, |before| due.max(before.due));
        let frame = EncodedFrame {
            codec,
            layer: None,
            keyframe: picture.keyframe,
            size: picture.size,
            time: complete,
            rtp_timestamp: timestamp,
            data: picture.data,
        };
        self.ready.push_back(Ready { frame, due });
    }
}

/// Whether a picture can be decoded although pictures before it are missing (RFC 7741 §4.2, TL0PICIDX and Y).
fn follows(base: u8, picture: Temporal) -> bool {
    if picture.id == 0 {
        picture.base_index == base.wrapping_add(1)
    } else {
        picture.sync && picture.base_index == base
    }
}

#[cfg(test)]
mod tests;
