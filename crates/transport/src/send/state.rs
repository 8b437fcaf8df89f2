//! All that a peer connection sends: pure but for its clock's origin.

use super::history::Departures;
use super::media_sender::SendOutcome;
use super::pacer::{Class, Pacer};
use super::report::round_trip;
use super::stream::{Negotiated, SendStream};
use crate::estimate::{BandwidthEstimator, DelayLossEstimator, Feedback, ProbeView, Prober};
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
/// A burst repeats what was sent; with less than this it would repeat one packet too often.
const MIN_FILLERS: usize = 8;
const TICK: Duration = Duration::from_millis(100);
const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(100);

pub(crate) struct Outgoing {
    packet: rtp::Packet,
    /// SSRC of the media stream, also for its repair.
    media: u32,
    repair: Repair,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repair {
    No,
    Asked,
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
    pacer: Pacer<Outgoing>,
    departures: Departures,
    estimator: Box<dyn BandwidthEstimator>,
    prober: Prober,
    /// Turns through what fills bursts.
    filler: usize,
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
            probe_bytes: 0,
            packets_ignored: 0,
            pacer: Pacer::new(limits.start),
            departures: Departures::new(random.sequence()),
            estimator: Box::new(DelayLossEstimator::new(limits)),
            prober: Prober::new(limits.wanted),
            filler: 0,
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
                self.pacer.push(Class::Video, Outgoing { packet, media, repair: Repair::No }, size, now);
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
        self.pacer.push(Class::Audio, Outgoing { packet, media, repair: Repair::No }, size, now);
        SendOutcome::Sent
    }

    /// What leaves now, reports included.
    pub fn release(&mut self, now: MediaTime, time: &Timebase, mut send: impl FnMut(Packet)) {
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
        let cname = self.cname.clone();
        for stream in &mut self.streams {
            if let Some(report) = stream.reporting.report(stream.encoding.ssrc, &cname, now, time) {
                send(Packet::Rtcp(report));
            }
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
        let size = (packet.marshal_size() + OVERHEAD) as u32;
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
        let tick = (!self.streams.is_empty() && self.has_feedback)
            .then(|| self.ticked.map_or(now, |ticked| ticked + TICK));
        self.pacer.next(now).into_iter().chain(reports).chain(tick).chain(self.prober.next(now)).min()
    }

    pub fn tick(&mut self, now: MediaTime) {
        if self.ticked.is_none_or(|ticked| now.since(ticked) >= TICK) {
            let elapsed = self.ticked.map_or(Duration::ZERO, |ticked| now.since(ticked));
            self.ticked = Some(now);
            self.refill_repair(elapsed);
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
                    let outgoing = Outgoing { packet, media, repair: Repair::Asked };
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
        if let Some(rate) = self.prober.feedback(&packets, now) {
            self.estimator.proven(rate, now);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sdp::ExtensionIds;
    use crate::send::stream::Encoding;
    use proptest::prelude::*;
    use rtc::rtcp::transport_feedbacks::transport_layer_nack::NackPair;
    use std::sync::Arc;
    use visavis_media::RtpClock;

    fn time() -> Timebase {
        Timebase::new(Arc::new(|| MediaTime::ZERO))
    }

    /// A connected video track of one encoding, SSRC 7, with RTX and transport feedback.
    fn state() -> (SendState, mpsc::UnboundedReceiver<Internal>) {
        let (internal, receiver) = mpsc::unbounded_channel();
        let mut random = Random::new(1);
        let mut state = SendState::new(RateLimits::default(), &mut random, internal);
        let encoding = Encoding { layer: None, ssrc: 7, rtx_ssrc: 8 };
        let clock = RtpClock::new(90_000, 0);
        let track = TrackId::local_camera();
        state.add(SendStream::new(track.clone(), MediaKind::Video, encoding, clock, [100, 0]));
        let ids = ExtensionIds { transport_cc: Some(5), ..ExtensionIds::default() };
        let negotiated =
            Negotiated { payload_type: 125, rtx_payload_type: Some(126), mid: Bytes::from_static(b"0"), ids, nack: true };
        assert!(state.negotiate(&track, Some(&negotiated)));
        state.set_connected(true);
        (state, receiver)
    }

    fn frame(state: &mut SendState, packets: usize, keyframe: bool, at: i64) -> SendOutcome {
        let payloads = vec![Bytes::from(vec![1; 1000]); packets];
        state.video(&TrackId::local_camera(), None, 0, payloads, keyframe, MediaTime::from_millis(at))
    }

    fn released(state: &mut SendState, at: i64) -> Vec<rtp::Packet> {
        let mut packets = Vec::new();
        state.release(MediaTime::from_millis(at), &time(), |packet| {
            if let Packet::Rtp(packet) = packet {
                packets.push(packet);
            }
        });
        packets
    }

    #[test]
    fn a_refused_frame_leaves_no_gap_and_asks_for_a_keyframe_when_there_is_room() {
        let (mut state, mut internal) = state();
        assert_eq!(frame(&mut state, 10, true, 0), SendOutcome::Sent);
        let mut refused = 0;
        for _ in 0..10 {
            refused += u32::from(frame(&mut state, 10, false, 0) == SendOutcome::Refused);
        }
        assert!(refused > 0);
        let sequences: Vec<_> = (0..100)
            .flat_map(|n| released(&mut state, n * 5))
            .map(|packet| packet.header.sequence_number)
            .collect();
        assert!(sequences.windows(2).all(|pair| pair[1] == pair[0] + 1), "{sequences:?}");
        assert!(internal.try_recv().is_err(), "no room yet");
        assert_eq!(frame(&mut state, 1, false, 1000), SendOutcome::Refused);
        assert!(matches!(internal.try_recv(), Ok(Internal::Keyframe(_, None))));
        assert_eq!(frame(&mut state, 1, true, 1010), SendOutcome::Sent);
        assert_eq!(frame(&mut state, 1, false, 1020), SendOutcome::Sent);
    }

    #[test]
    fn repair_is_limited_to_its_share() {
        let (mut state, _internal) = state();
        frame(&mut state, 40, true, 0);
        let sent = (0..60).map(|n| released(&mut state, n * 5).len()).sum::<usize>();
        assert_eq!(sent, 40);
        let all: Vec<_> = (0..40).map(|n| NackPair { packet_id: 100 + n, lost_packets: 0 }).collect();
        let nack: Box<dyn rtcp::Packet> = Box::new(TransportLayerNack { sender_ssrc: 0, media_ssrc: 7, nacks: all });
        state.feedback(&[nack], MediaTime::from_millis(400), &time());
        let repaired: Vec<_> = (80..160).flat_map(|n| released(&mut state, n * 5)).collect();
        assert!((8..20).contains(&repaired.len()), "{}", repaired.len());
        assert!(repaired.iter().all(|packet| packet.header.ssrc == 8 && packet.header.payload_type == 126));
    }

    proptest! {
        #[test]
        fn any_feedback_is_survived(
            nacks in prop::collection::vec((0u32..10, any::<u16>(), any::<u16>()), 0..50),
            reports in prop::collection::vec((0u32..10, any::<u32>(), any::<u32>(), any::<u8>()), 0..50),
            bitrate in any::<f32>(),
        ) {
            let (mut state, _internal) = state();
            frame(&mut state, 20, true, 0);
            let before = (0..60).map(|n| released(&mut state, n * 5).len()).sum::<usize>();
            let mut packets: Vec<Box<dyn rtcp::Packet>> = vec![Box::new(ReceiverEstimatedMaximumBitrate {
                sender_ssrc: 0,
                bitrate,
                ssrcs: vec![7],
            })];
            for (media_ssrc, packet_id, lost_packets) in nacks {
                packets.push(Box::new(TransportLayerNack {
                    sender_ssrc: 0,
                    media_ssrc,
                    nacks: vec![NackPair { packet_id, lost_packets }],
                }));
                packets.push(Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc }));
            }
            let reports = reports.into_iter().map(|(ssrc, last_sender_report, delay, fraction_lost)| ReceptionReport {
                ssrc,
                last_sender_report,
                delay,
                fraction_lost,
                ..Default::default()
            });
            packets.push(Box::new(ReceiverReport { reports: reports.take(31).collect(), ..Default::default() }));
            state.feedback(&packets, MediaTime::from_millis(400), &time());
            let after = (80..160).map(|n| released(&mut state, n * 5).len()).sum::<usize>();
            prop_assert_eq!(before, 20);
            prop_assert!(after <= 60);
        }
    }
}
