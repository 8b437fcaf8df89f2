//! All that a peer connection sends: pure but for its clock's origin.

use super::history::Departures;
use super::media_sender::SendOutcome;
use super::pacer::{Class, Pacer};
use super::report::round_trip;
use super::stream::{Negotiated, SendStream};
use crate::estimate::{BandwidthEstimator, DelayLossEstimator, Feedback};
use crate::options::RateLimits;
use crate::peer::Internal;
use crate::random::Random;
use crate::time::Timebase;
use bytes::Bytes;
use rtc::interceptor::Packet;
use rtc::rtcp;
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use rtc::rtp;
use rtc::shared::marshal::MarshalSize;
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_media::MediaTime;
use visavis_model::{BitsPerSecond, MediaKind, Quality, TrackId};

/// AES-GCM tag, UDP and IPv4 headers.
const OVERHEAD: usize = 16 + 8 + 20;
/// Share of the target that retransmissions may take.
const REPAIR_SHARE: f64 = 0.25;
/// Repair that may be saved up, in bytes at least.
const MIN_REPAIR: f64 = 12_000.0;
const TICK: Duration = Duration::from_millis(100);
const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(100);

pub(crate) struct Outgoing {
    packet: rtp::Packet,
    /// SSRC of the media stream, also for its repair.
    media: u32,
    repair: bool,
}

pub(crate) struct SendState {
    pub streams: Vec<SendStream>,
    pub connected: bool,
    pub frames_refused: u64,
    pub bytes_sent: u64,
    pub packets_ignored: u64,
    pacer: Pacer<Outgoing>,
    departures: Departures,
    estimator: Box<dyn BandwidthEstimator>,
    has_feedback: bool,
    published: BitsPerSecond,
    round_trip: Option<Duration>,
    repair_budget: f64,
    ticked: Option<MediaTime>,
    cname: Bytes,
    internal: mpsc::UnboundedSender<Internal>,
}

impl SendState {
    pub fn new(limits: RateLimits, random: &mut Random, internal: mpsc::UnboundedSender<Internal>) -> Self {
        Self {
            streams: Vec::new(),
            connected: false,
            frames_refused: 0,
            bytes_sent: 0,
            packets_ignored: 0,
            pacer: Pacer::new(limits.start),
            departures: Departures::new(random.sequence()),
            estimator: Box::new(DelayLossEstimator::new(limits)),
            has_feedback: false,
            published: BitsPerSecond(0),
            round_trip: None,
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
        let gone: Vec<_> = self
            .streams
            .iter()
            .filter(|stream| stream.track == *track)
            .map(|stream| stream.encoding.ssrc)
            .collect();
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

    pub fn estimate(&self) -> Option<BitsPerSecond> {
        self.has_feedback.then(|| self.estimator.estimate())
    }

    fn position(&self, track: &TrackId, layer: Option<Quality>) -> Option<usize> {
        self.streams.iter().position(|stream| stream.track == *track && stream.encoding.layer == layer)
    }

    fn by_ssrc(&mut self, ssrc: u32) -> Option<&mut SendStream> {
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
        let last = payloads.len().saturating_sub(1);
        for (n, payload) in payloads.into_iter().enumerate() {
            if let Some(packet) = stream.packet(timestamp, n == last, payload, None) {
                let size = (packet.marshal_size() + OVERHEAD) as u32;
                let media = stream.encoding.ssrc;
                self.pacer.push(Class::Video, Outgoing { packet, media, repair: false }, size, now);
            }
        }
        SendOutcome::Sent
    }

    pub fn audio(
        &mut self,
        track: &TrackId,
        payload: Bytes,
        timestamp: u32,
        level: u8,
        marker: bool,
        now: MediaTime,
    ) -> SendOutcome {
        let index = self.position(track, None);
        let Some(stream) = index.and_then(|index| self.streams.get_mut(index)) else {
            return SendOutcome::NotConnected;
        };
        if !self.connected {
            return SendOutcome::NotConnected;
        }
        let Some(packet) = stream.packet(timestamp, marker, payload, Some(level)) else {
            return SendOutcome::NotConnected;
        };
        stream.statistics.frames_sent += 1;
        let (size, media) = ((packet.marshal_size() + OVERHEAD) as u32, stream.encoding.ssrc);
        self.pacer.push(Class::Audio, Outgoing { packet, media, repair: false }, size, now);
        SendOutcome::Sent
    }

    /// What leaves now, reports included.
    pub fn release(&mut self, now: MediaTime, time: &Timebase, mut send: impl FnMut(Packet)) {
        while let Some(outgoing) = self.pacer.pop(now) {
            if let Some(packet) = self.depart(outgoing, now) {
                send(Packet::Rtp(packet));
            }
        }
        let cname = self.cname.clone();
        for stream in &mut self.streams {
            if let Some(report) = stream.reporting.report(stream.encoding.ssrc, &cname, now, time) {
                send(Packet::Rtcp(report));
            }
        }
    }

    fn depart(&mut self, outgoing: Outgoing, now: MediaTime) -> Option<rtp::Packet> {
        let Outgoing { mut packet, media, repair } = outgoing;
        let stream = self.streams.iter_mut().find(|stream| stream.encoding.ssrc == media)?;
        let ids = stream.negotiated.as_ref()?.ids;
        let size = (packet.marshal_size() + OVERHEAD) as u32;
        if let Some(id) = ids.transport_cc {
            let sequence = self.departures.depart(size, now);
            let _ = packet.header.set_extension(id, Bytes::copy_from_slice(&sequence.to_be_bytes()));
            self.estimator.sent(size, now);
        }
        self.bytes_sent += packet.marshal_size() as u64;
        if repair {
            stream.statistics.packets_retransmitted += 1;
        } else {
            stream.statistics.packets_sent += 1;
            stream.statistics.payload_bytes += packet.payload.len() as u64;
            stream.reporting.sent(packet.header.timestamp, packet.payload.len(), now);
            if stream.negotiated.as_ref().is_some_and(|negotiated| negotiated.nack) {
                stream.kept.sent(packet.clone(), now);
            }
        }
        Some(packet)
    }

    /// When [`SendState::release`] or [`SendState::tick`] has something to do.
    pub fn next(&self, now: MediaTime) -> Option<MediaTime> {
        let reports = self.streams.iter().filter_map(|stream| stream.reporting.due());
        let tick = (!self.streams.is_empty() && self.has_feedback)
            .then(|| self.ticked.map_or(now, |ticked| ticked + TICK));
        self.pacer.next(now).into_iter().chain(reports).chain(tick).min()
    }

    pub fn tick(&mut self, now: MediaTime) {
        if self.ticked.is_none_or(|ticked| now.since(ticked) >= TICK) {
            let elapsed = self.ticked.map_or(Duration::ZERO, |ticked| now.since(ticked));
            self.ticked = Some(now);
            self.refill_repair(elapsed);
            self.estimator.tick(now);
            self.publish();
        }
    }

    fn refill_repair(&mut self, elapsed: Duration) {
        let rate = self.estimator.estimate().0 as f64 / 8.0 * REPAIR_SHARE;
        let cap = (rate * 0.5).max(MIN_REPAIR);
        self.repair_budget = (self.repair_budget + rate * elapsed.as_secs_f64().min(1.0)).min(cap);
    }

    fn publish(&mut self) {
        let estimate = self.estimator.estimate();
        self.pacer.set_target(estimate);
        if self.has_feedback && estimate.0.abs_diff(self.published.0) * 50 > self.published.0 {
            self.published = estimate;
            let _ = self.internal.send(Internal::Estimate(estimate));
        }
    }

    /// RTCP from the far end.
    pub fn feedback(&mut self, packets: &[Box<dyn rtcp::Packet>], now: MediaTime, time: &Timebase) {
        for packet in packets {
            let packet = packet.as_any();
            if let Some(nack) = packet.downcast_ref::<TransportLayerNack>() {
                self.nack(nack, now);
            } else if let Some(pli) = packet.downcast_ref::<PictureLossIndication>() {
                self.keyframe_requested(pli.media_ssrc, now);
            } else if let Some(fir) = packet.downcast_ref::<FullIntraRequest>() {
                for entry in &fir.fir {
                    self.keyframe_requested(entry.ssrc, now);
                }
            } else if let Some(report) = packet.downcast_ref::<TransportLayerCc>() {
                self.transport_feedback(report, now);
            } else if let Some(report) = packet.downcast_ref::<ReceiverReport>() {
                self.receiver_reports(&report.reports, now, time);
            } else if let Some(report) = packet.downcast_ref::<SenderReport>() {
                self.receiver_reports(&report.reports, now, time);
            } else if let Some(remb) = packet.downcast_ref::<ReceiverEstimatedMaximumBitrate>() {
                let limit = (remb.bitrate.is_finite() && remb.bitrate >= 0.0)
                    .then_some(BitsPerSecond(remb.bitrate as u64));
                self.estimator.remote_limit(limit);
                self.publish();
            }
        }
    }

    fn nack(&mut self, nack: &TransportLayerNack, now: MediaTime) {
        let round_trip = self.round_trip.unwrap_or(DEFAULT_ROUND_TRIP);
        let Some(stream) = self.streams.iter_mut().find(|stream| stream.encoding.ssrc == nack.media_ssrc) else {
            self.packets_ignored += 1;
            return;
        };
        let media = stream.encoding.ssrc;
        for pair in &nack.nacks {
            for bit in 0..=16u16 {
                if bit > 0 && pair.lost_packets & (1 << (bit - 1)) == 0 {
                    continue;
                }
                stream.statistics.nacks_received += 1;
                if self.repair_budget <= 0.0 {
                    continue;
                }
                let sequence = pair.packet_id.wrapping_add(bit);
                if let Some(packet) = stream.retransmission(sequence, round_trip, now) {
                    let size = (packet.marshal_size() + OVERHEAD) as u32;
                    self.repair_budget -= f64::from(size);
                    let outgoing = Outgoing { packet, media, repair: true };
                    self.pacer.push(Class::Retransmission, outgoing, size, now);
                }
            }
        }
    }

    fn keyframe_requested(&mut self, ssrc: u32, now: MediaTime) {
        let Some(stream) = self.by_ssrc(ssrc).filter(|stream| stream.kind == MediaKind::Video) else {
            self.packets_ignored += 1;
            return;
        };
        if stream.requested(now) {
            let request = Internal::Keyframe(stream.track.clone(), stream.encoding.layer);
            let _ = self.internal.send(request);
        }
    }

    fn transport_feedback(&mut self, report: &TransportLayerCc, now: MediaTime) {
        let (packets, round_trip) = self.departures.report(report, now);
        if packets.is_empty() {
            return;
        }
        self.has_feedback = true;
        if let Some(round_trip) = round_trip {
            self.measured(round_trip);
        }
        self.estimator.feedback(&Feedback { now, round_trip, packets: &packets });
        self.publish();
    }

    fn receiver_reports(&mut self, reports: &[ReceptionReport], now: MediaTime, time: &Timebase) {
        let ntp = time.ntp(now);
        for report in reports {
            let Some(stream) = self.by_ssrc(report.ssrc) else { continue };
            let (lost, mean) = stream.reporting.received(report);
            stream.statistics.fraction_lost = lost;
            stream.statistics.fraction_lost_mean = mean;
            if stream.reporting.moved(report) {
                stream.statistics.last_progress = Some(now);
            }
            if let Some(round_trip) = round_trip(report, ntp) {
                stream.statistics.round_trip = Some(round_trip);
                self.measured(round_trip);
                self.estimator.round_trip(round_trip, now);
            }
        }
    }

    /// A round trip from any source.
    pub fn measured(&mut self, round_trip: Duration) {
        self.round_trip = Some(self.round_trip.map_or(round_trip, |old| (old * 7 + round_trip) / 8));
    }
}
