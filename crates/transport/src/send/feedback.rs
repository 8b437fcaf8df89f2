//! What the far end says of what we sent.

use super::pacer::Class;
use super::report::round_trip;
use super::state::{Outgoing, REPAIR_TWICE, Repair, SendState, wire_size};
use crate::estimate::Feedback;
use crate::peer::Internal;
use crate::time::{Timebase, middle};
use rtc::rtcp;
use rtc::rtcp::extended_report::{DLRRReport, DLRRReportBlock, ExtendedReport, ReceiverReferenceTimeReportBlock};
use rtc::rtcp::payload_feedbacks::full_intra_request::FullIntraRequest;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::receiver_report::ReceiverReport;
use rtc::rtcp::reception_report::ReceptionReport;
use rtc::rtcp::sender_report::SenderReport;
use rtc::rtcp::transport_feedbacks::transport_layer_cc::TransportLayerCc;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::TransportLayerNack;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::{BitsPerSecond, MediaKind};

const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(100);

impl SendState {
    /// RTCP from the far end.
    pub fn feedback(&mut self, packets: &[Box<dyn rtcp::Packet>], now: MediaTime, time: &Timebase) {
        self.last_heard = Some(now);
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
            } else if let Some(report) = packet.downcast_ref::<ExtendedReport>() {
                self.reference_time(report);
            } else if let Some(remb) = packet.downcast_ref::<ReceiverEstimatedMaximumBitrate>() {
                let limit =
                    (remb.bitrate.is_finite() && remb.bitrate >= 0.0).then_some(BitsPerSecond(remb.bitrate as u64));
                self.estimator.remote_limit(limit);
                self.publish();
            }
        }
    }

    /// Answers a receiver that measures the round trip (RFC 3611 §4.4, §4.5), at once, so with no delay: an SFU that does not know it
    /// takes it for 70 ms (LiveKit) and asks for a lost repair accordingly late.
    fn reference_time(&mut self, report: &ExtendedReport) {
        let time =
            report.reports.iter().find_map(|block| block.as_any().downcast_ref::<ReceiverReferenceTimeReportBlock>());
        // One answer to the last question is enough.
        if let Some(time) = time
            && self.replies.is_empty()
            && let Some(stream) = self.streams.first()
        {
            let answer = DLRRReport { ssrc: report.sender_ssrc, last_rr: middle(time.ntp_timestamp), dlrr: 0 };
            self.replies.push(Box::new(ExtendedReport {
                sender_ssrc: stream.encoding.ssrc,
                reports: vec![Box::new(DLRRReportBlock { reports: vec![answer] })],
            }));
        }
    }

    fn nack(&mut self, nack: &TransportLayerNack, now: MediaTime) {
        let round_trip = self.round_trip.unwrap_or(DEFAULT_ROUND_TRIP);
        let twice = self.loss.share() >= REPAIR_TWICE;
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
                    let size = wire_size(&packet);
                    self.repair_budget -= f64::from(size);
                    let copy = (twice && packet.header.ssrc != media).then(|| packet.clone());
                    let outgoing = Outgoing { packet, media, repair: Repair::Asked };
                    self.pacer.push(Class::Retransmission, outgoing, size, now);
                    if let Some(packet) = copy {
                        self.repair_budget -= f64::from(size);
                        let outgoing = Outgoing { packet, media, repair: Repair::Copy };
                        self.pacer.push(Class::Retransmission, outgoing, size, now);
                    }
                }
            }
        }
    }

    fn keyframe_requested(&mut self, ssrc: u32, now: MediaTime) {
        let lossy = self.loss.share() >= REPAIR_TWICE;
        let Some(stream) = self.by_ssrc(ssrc).filter(|stream| stream.kind == MediaKind::Video) else {
            self.packets_ignored += 1;
            return;
        };
        if stream.requested(now) {
            if lossy {
                stream.set_echo(now);
            }
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
        self.loss.feedback(&packets, now);
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
}
