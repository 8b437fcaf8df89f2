//! All that a peer connection sends: pure but for its clock's origin.

use super::departures::Departures;
use super::loss::PathLoss;
use super::media_sender::SendOutcome;
use super::pacer::{Class, Pacer};
use super::stream::{Negotiated, SendStream};
use crate::estimate::{BandwidthEstimator, DelayLossEstimator, ProbeView, Prober};
use crate::options::RateLimits;
use crate::peer::Internal;
use crate::random::Random;
use crate::time::Timebase;
use bytes::Bytes;
use rtc::interceptor::Packet;
use rtc::shared::marshal::MarshalSize;
use rtc::{rtcp, rtp};
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_media::MediaTime;
use visavis_model::{BitsPerSecond, Quality, TrackId};

/// AES-GCM tag, UDP and IPv4 headers.
const OVERHEAD: usize = 16 + 8 + 20;
/// Share of the target that retransmissions may take.
const REPAIR_SHARE: f64 = 0.25;
/// Repair that may be saved up, in bytes at least.
const MIN_REPAIR: f64 = 12_000.0;
/// A burst repeats what was sent; with less than this it would repeat one packet too often.
const MIN_FILLERS: usize = 8;
const TICK: Duration = Duration::from_millis(100);
/// From this loss on the first packet of a keyframe goes twice, from the second on three times.
const SOME_LOSS: f64 = 0.005;
const MUCH_LOSS: f64 = 0.08;
/// From this loss on what is asked for again goes twice: a lost repair costs the far end another round of asking, 100 ms and more.
pub(super) const REPAIR_TWICE: f64 = 0.02;

/// A packet in the pacer.
pub(super) struct Outgoing {
    pub packet: rtp::Packet,
    /// SSRC of the media stream, also for its repair.
    pub media: u32,
    pub repair: Repair,
}

/// One audio packet.
pub(super) struct Sound {
    pub payload: Bytes,
    /// The payload is redundant audio (RFC 2198).
    pub redundant: bool,
    pub timestamp: u32,
    /// RFC 6464, with the voice bit.
    pub level: u8,
    pub marker: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repair {
    No,
    Asked,
    /// Goes ahead of being asked for.
    Copy,
    /// Fills a probing burst.
    Filler,
}

pub(crate) struct SendState {
    pub streams: Vec<SendStream>,
    pub connected: bool,
    pub frames_refused: u64,
    pub bytes_sent: u64,
    /// Of them in probing bursts, beyond media.
    pub probe_bytes: u64,
    pub packets_ignored: u64,
    /// When RTCP of any kind last came.
    pub last_heard: Option<MediaTime>,
    pub(super) pacer: Pacer<Outgoing>,
    pub(super) departures: Departures,
    pub(super) estimator: Box<dyn BandwidthEstimator>,
    pub(super) prober: Prober,
    /// Turns through what fills bursts.
    filler: usize,
    pub(super) has_feedback: bool,
    published: BitsPerSecond,
    pub(super) round_trip: Option<Duration>,
    pub(super) loss: PathLoss,
    /// Answers to the far end's reports.
    pub(super) replies: Vec<Box<dyn rtcp::Packet>>,
    pub(super) repair_budget: f64,
    ticked: Option<MediaTime>,
    cname: Bytes,
    pub(super) internal: mpsc::UnboundedSender<Internal>,
}

impl SendState {
    pub fn new(limits: RateLimits, random: &mut Random, internal: mpsc::UnboundedSender<Internal>) -> Self {
        Self {
            streams: Vec::new(),
            connected: false,
            frames_refused: 0,
            bytes_sent: 0,
            probe_bytes: 0,
            packets_ignored: 0,
            last_heard: None,
            pacer: Pacer::new(limits.start),
            departures: Departures::new(random.sequence()),
            estimator: Box::new(DelayLossEstimator::new(limits)),
            prober: Prober::new(limits.wanted),
            filler: 0,
            has_feedback: false,
            published: BitsPerSecond(0),
            round_trip: None,
            loss: PathLoss::default(),
            replies: Vec::new(),
            repair_budget: MIN_REPAIR,
            ticked: None,
            cname: Bytes::from(format!("{:016x}", random.next_u64())),
            internal,
        }
    }

    pub fn add(&mut self, stream: SendStream) {
        self.streams.push(stream);
    }

    pub fn remove(&mut self, track: &TrackId) {
        let gone: Vec<_> =
            self.streams.iter().filter(|stream| stream.track == *track).map(|stream| stream.encoding.ssrc).collect();
        self.streams.retain(|stream| stream.track != *track);
        self.pacer.retain(|outgoing| !gone.contains(&outgoing.media));
    }

    /// What the description settled for `track`; true where it can send from now on.
    pub fn negotiate(&mut self, track: &TrackId, negotiated: Option<&Negotiated>) -> bool {
        let mut newly = false;
        for stream in self.streams.iter_mut().filter(|stream| stream.track == *track) {
            newly |= stream.negotiated.is_none() && negotiated.is_some();
            stream.negotiated = negotiated.cloned();
        }
        newly
    }

    /// Tracks that can send.
    pub fn ready(&self) -> Vec<TrackId> {
        let mut ready: Vec<TrackId> = Vec::new();
        for stream in self.streams.iter().filter(|stream| stream.negotiated.is_some()) {
            if !ready.contains(&stream.track) {
                ready.push(stream.track.clone());
            }
        }
        ready
    }

    /// Also where it was connected before: an ICE restart may have lost packets.
    pub fn set_connected(&mut self, connected: bool) {
        if connected {
            for stream in &mut self.streams {
                stream.restart();
            }
        }
        self.connected = connected;
    }

    pub fn is_congested(&self) -> bool {
        self.pacer.is_congested()
    }

    pub fn pacer_queue_max(&self) -> Duration {
        self.pacer.longest()
    }

    pub const fn round_trip(&self) -> Option<Duration> {
        self.round_trip
    }

    /// Share of our packets that the path loses, by transport-wide feedback; 0 to 1.
    pub fn path_loss(&self) -> f64 {
        self.loss.share()
    }

    pub fn estimate(&self) -> Option<BitsPerSecond> {
        self.has_feedback.then(|| self.estimator.estimate())
    }

    fn position(&self, track: &TrackId, layer: Option<Quality>) -> Option<usize> {
        self.streams.iter().position(|stream| stream.track == *track && stream.encoding.layer == layer)
    }

    pub(super) fn by_ssrc(&mut self, ssrc: u32) -> Option<&mut SendStream> {
        self.streams.iter_mut().find(|stream| stream.encoding.ssrc == ssrc)
    }

    /// Takes one frame of one layer, whole or not at all.
    pub fn video(
        &mut self,
        track: &TrackId,
        layer: Option<Quality>,
        timestamp: u32,
        payloads: Vec<Bytes>,
        keyframe: bool,
        now: MediaTime,
    ) -> SendOutcome {
        let Some(index) = self.position(track, layer) else { return SendOutcome::NotConnected };
        let bytes: u64 = payloads.iter().map(|payload| (payload.len() + OVERHEAD + 28) as u64).sum();
        let admits = self.pacer.admits(bytes, keyframe);
        let congested = self.pacer.is_congested();
        let copies = match self.loss.share() {
            loss if !keyframe || loss < SOME_LOSS => 0,
            loss if loss < MUCH_LOSS => 1,
            _ => 2,
        };
        let Some(stream) = self.streams.get_mut(index) else { return SendOutcome::NotConnected };
        if !self.connected || stream.negotiated.is_none() {
            return SendOutcome::NotConnected;
        }
        if !admits || !stream.accepts(keyframe) {
            self.frames_refused += 1;
            if stream.refused(now) && !congested {
                let _ = self.internal.send(Internal::Keyframe(track.clone(), layer));
            }
            return SendOutcome::Refused;
        }
        stream.admitted(keyframe);
        if keyframe {
            // LiveKit changes layers at a keyframe, and only where it has had reports of the layers before and after.
            self.streams.iter_mut().filter(|other| other.track == *track).for_each(|other| other.reporting.hasten(now));
        }
        let Some(stream) = self.streams.get_mut(index) else { return SendOutcome::NotConnected };
        let last = payloads.len().saturating_sub(1);
        for (n, payload) in payloads.into_iter().enumerate() {
            if let Some(packet) = stream.packet(timestamp, n == last, payload, None) {
                let size = wire_size(&packet);
                let media = stream.encoding.ssrc;
                // An SFU changes layers at this packet and nowhere else: without it the keyframe is of no use to it, and by the time
                // that it has asked for it again the rest has passed.
                let copy = if n == 0 && copies > 0 { stream.copy(&packet) } else { None };
                self.pacer.push(Class::Video, Outgoing { packet, media, repair: Repair::No }, size, now);
                for packet in copy.into_iter().flat_map(|copy| std::iter::repeat_n(copy, copies)) {
                    let size = wire_size(&packet);
                    self.pacer.push(Class::Video, Outgoing { packet, media, repair: Repair::Copy }, size, now);
                }
            }
        }
        SendOutcome::Sent
    }

    /// How to send redundant audio on this track: the payload type of what is inside; `None`: the far end does not take it.
    pub fn redundancy(&self, track: &TrackId) -> Option<u8> {
        let stream = self.streams.iter().find(|stream| stream.track == *track)?;
        stream.redundant_payload_type()?;
        stream.negotiated.as_ref().map(|negotiated| negotiated.payload_type)
    }

    pub(super) fn audio(&mut self, track: &TrackId, sound: Sound, now: MediaTime) -> SendOutcome {
        let Sound { payload, redundant, timestamp, level, marker } = sound;
        let index = self.position(track, None);
        let Some(stream) = index.and_then(|index| self.streams.get_mut(index)) else {
            return SendOutcome::NotConnected;
        };
        if !self.connected {
            return SendOutcome::NotConnected;
        }
        let Some(mut packet) = stream.packet(timestamp, marker, payload, Some(level)) else {
            return SendOutcome::NotConnected;
        };
        if redundant {
            let Some(payload_type) = stream.redundant_payload_type() else { return SendOutcome::NotConnected };
            packet.header.payload_type = payload_type;
        }
        stream.statistics.frames_sent += 1;
        let (size, media) = (wire_size(&packet), stream.encoding.ssrc);
        self.pacer.push(Class::Audio, Outgoing { packet, media, repair: Repair::No }, size, now);
        SendOutcome::Sent
    }

    /// What leaves now, reports included.
    pub fn release(&mut self, now: MediaTime, time: &Timebase, mut send: impl FnMut(Packet)) {
        // Reports first: a keyframe may wait for them.
        let cname = self.cname.clone();
        for stream in &mut self.streams {
            if let Some(report) = stream.reporting.report(stream.encoding.ssrc, &cname, now, time) {
                send(Packet::Rtcp(report));
            }
        }
        while let Some(outgoing) = self.pacer.pop(now) {
            if let Some(packet) = self.depart(outgoing, now) {
                send(Packet::Rtp(packet));
            }
        }
        while self.prober.due(now) > 0
            && let Some(packet) = self.fill().and_then(|filler| self.depart(filler, now))
        {
            send(Packet::Rtp(packet));
        }
        if !self.replies.is_empty() {
            send(Packet::Rtcp(std::mem::take(&mut self.replies)));
        }
    }

    /// The next packet of a probing burst, from the stream that sends most.
    fn fill(&mut self) -> Option<Outgoing> {
        let stream = self.streams.iter_mut().max_by_key(|stream| stream.fillers())?;
        self.filler = self.filler.wrapping_add(1);
        let packet = stream.filler(self.filler)?;
        Some(Outgoing { packet, media: stream.encoding.ssrc, repair: Repair::Filler })
    }

    /// What the encoders would send if they could, on the wire: nothing beyond it is probed for.
    pub fn want(&mut self, wanted: BitsPerSecond) {
        self.prober.want(wanted);
    }

    fn depart(&mut self, outgoing: Outgoing, now: MediaTime) -> Option<rtp::Packet> {
        let Outgoing { mut packet, media, repair } = outgoing;
        let stream = self.streams.iter_mut().find(|stream| stream.encoding.ssrc == media)?;
        let ids = stream.negotiated.as_ref()?.ids;
        let size = wire_size(&packet);
        if let Some(id) = ids.transport_cc {
            let burst = self.prober.sent(size, now);
            let sequence = self.departures.depart(size, burst, now);
            let _ = packet.header.set_extension(id, Bytes::copy_from_slice(&sequence.to_be_bytes()));
            self.estimator.sent(size, now);
        }
        self.bytes_sent += packet.marshal_size() as u64;
        match repair {
            Repair::Filler => self.probe_bytes += packet.marshal_size() as u64,
            Repair::Asked => stream.statistics.packets_retransmitted += 1,
            Repair::Copy => {
                packet.header.sequence_number = stream.next_repair();
                stream.statistics.packets_retransmitted += 1;
            }
            Repair::No => {
                stream.statistics.packets_sent += 1;
                stream.statistics.payload_bytes += packet.payload.len() as u64;
                stream.reporting.sent(packet.header.timestamp, packet.payload.len(), now);
                if stream.negotiated.as_ref().is_some_and(|negotiated| negotiated.nack) {
                    stream.kept.sent(packet.clone(), now);
                }
            }
        }
        Some(packet)
    }

    /// When [`SendState::release`] or [`SendState::tick`] has something to do.
    pub fn next(&self, now: MediaTime) -> Option<MediaTime> {
        let reports = self.streams.iter().filter_map(|stream| stream.reporting.due());
        let tick =
            (!self.streams.is_empty() && self.has_feedback).then(|| self.ticked.map_or(now, |ticked| ticked + TICK));
        self.pacer.next(now).into_iter().chain(reports).chain(tick).chain(self.prober.next(now)).min()
    }

    pub fn tick(&mut self, now: MediaTime) {
        if self.ticked.is_none_or(|ticked| now.since(ticked) >= TICK) {
            let elapsed = self.ticked.map_or(Duration::ZERO, |ticked| now.since(ticked));
            self.ticked = Some(now);
            self.refill_repair(elapsed);
            for stream in &mut self.streams {
                if stream.take_echo(now) {
                    let _ = self.internal.send(Internal::Keyframe(stream.track.clone(), stream.encoding.layer));
                }
            }
            self.estimator.tick(now);
            self.publish();
            if self.has_feedback && self.connected {
                let fillers = self.streams.iter().map(SendStream::fillers).max().unwrap_or(0);
                let view = ProbeView { estimate: self.estimator.estimate(), calm: self.estimator.is_calm() };
                self.prober.tick(view, fillers >= MIN_FILLERS, now);
            }
        }
    }

    fn refill_repair(&mut self, elapsed: Duration) {
        let rate = self.estimator.estimate().0 as f64 / 8.0 * REPAIR_SHARE;
        let cap = (rate * 0.5).max(MIN_REPAIR);
        self.repair_budget = (self.repair_budget + rate * elapsed.as_secs_f64().min(1.0)).min(cap);
    }

    pub(super) fn publish(&mut self) {
        let estimate = self.estimator.estimate();
        self.pacer.set_target(estimate);
        if self.has_feedback && estimate.0.abs_diff(self.published.0) * 50 > self.published.0 {
            self.published = estimate;
            let _ = self.internal.send(Internal::Estimate(estimate));
        }
    }

    /// A round trip from any source.
    pub fn measured(&mut self, round_trip: Duration) {
        self.round_trip = Some(self.round_trip.map_or(round_trip, |old| (old * 7 + round_trip) / 8));
    }
}

/// Bytes on the wire with all headers.
pub(super) fn wire_size(packet: &rtp::Packet) -> u32 {
    (packet.marshal_size() + OVERHEAD) as u32
}
