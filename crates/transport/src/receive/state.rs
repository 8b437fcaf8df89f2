//! All that a peer connection receives.

use super::missing::{Arrival, RequestTime};
use super::remb::RembDriver;
use super::stream::{RemoteStream, statistics};
use super::table::{Route, RoutingTable};
use crate::sdp::{Description, Encoding};
use crate::statistics::ReceivedStatistics;
use rtc::rtcp;
use rtc::rtcp::payload_feedbacks::picture_loss_indication::PictureLossIndication;
use rtc::rtcp::payload_feedbacks::receiver_estimated_maximum_bitrate::ReceiverEstimatedMaximumBitrate;
use rtc::rtcp::transport_feedbacks::transport_layer_nack::{TransportLayerNack, nack_pairs_from_sequence_numbers};
use rtc::rtp;
use rtc::shared::marshal::MarshalSize;
use std::collections::HashMap;
use std::time::Duration;
use visavis_media::{MediaTime, RtpPacket};
use visavis_model::{BitsPerSecond, MediaKind, TrackId};

/// AES-GCM tag, UDP and IPv4 headers.
const OVERHEAD: usize = 16 + 8 + 20;
/// A keyframe is not asked for again before the answer can be here, nor more often than servers answer.
const KEYFRAME_SPACING: Duration = Duration::from_millis(500);
/// A source that was silent this long is not live.
const LIVE: Duration = Duration::from_secs(2);

/// What becomes of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Media { recovered: bool },
    Drop,
}

pub(crate) struct ReceiveState {
    pub bytes_received: u64,
    pub last_heard: Option<MediaTime>,
    pub packets_ignored: u64,
    pub remb: Option<BitsPerSecond>,
    table: RoutingTable,
    pub(super) streams: HashMap<u32, RemoteStream>,
    pub(super) tracks: HashMap<TrackId, Track>,
    request: RequestTime,
    driver: Option<RembDriver>,
    outgoing: Vec<Box<dyn rtcp::Packet>>,
}

pub(super) struct Track {
    statistics: ReceivedStatistics,
    last_keyframe_request: Option<MediaTime>,
}

impl ReceiveState {
    pub fn new() -> Self {
        Self {
            bytes_received: 0,
            last_heard: None,
            packets_ignored: 0,
            remb: None,
            table: RoutingTable::default(),
            streams: HashMap::new(),
            tracks: HashMap::new(),
            request: RequestTime::default(),
            driver: None,
            outgoing: Vec::new(),
        }
    }

    /// A new remote description: streams that it still names go on.
    pub fn describe(&mut self, description: &Description, tracks: &[(String, TrackId)]) {
        self.table = RoutingTable::new(description, tracks);
        let (table, streams, counted) = (&self.table, &mut self.streams, &mut self.tracks);
        streams.retain(|ssrc, stream| {
            let section = table.route(*ssrc).and_then(|route| Some((route.section, table.section(route.section)?)));
            let kept = section.is_some_and(|(_, section)| section.track == stream.track);
            if let (true, Some((index, _))) = (kept, section) {
                stream.section = index;
                stream.payload_type = None;
            } else {
                settle_losses(stream, counted);
            }
            kept
        });
        let remb = self.table.sections.iter().any(super::table::Section::uses_remb);
        match (&self.driver, remb) {
            (None, true) => self.driver = Some(RembDriver::default()),
            (Some(_), false) => self.driver = None,
            _ => {}
        }
    }

    /// Signalling says that the track is gone: its last counters.
    pub fn forget(&mut self, track: &TrackId) -> Option<ReceivedStatistics> {
        self.table.forget(track);
        self.streams.retain(|_, stream| stream.track != *track);
        self.tracks.remove(track).map(|track| track.statistics)
    }

    pub fn set_path_round_trip(&mut self, round_trip: Duration) {
        self.request.path = Some(round_trip);
    }

    pub fn has_track(&self, track: &TrackId) -> bool {
        self.table.sections.iter().any(|section| section.track == *track)
    }

    /// Routes, repairs and counts one RTP packet; afterwards it is as its sender sent it first.
    pub(super) fn packet(&mut self, packet: &mut rtp::Packet, now: MediaTime) -> Verdict {
        let wire = packet.marshal_size();
        self.bytes_received += wire as u64;
        self.last_heard = Some(now);
        let route = self.table.route(packet.header.ssrc).or_else(|| self.table.learn(&packet.header));
        self.observe(route, packet, wire, now);
        let Some(route) = route else {
            self.packets_ignored += 1;
            return Verdict::Drop;
        };
        if let Some(media) = route.repairs
            && !self.decapsulate(route, media, packet, now)
        {
            return Verdict::Drop;
        }
        self.count(route, packet, now)
    }

    fn observe(&mut self, route: Option<Route>, packet: &rtp::Packet, wire: usize, now: MediaTime) {
        let Some(driver) = &mut self.driver else { return };
        let id = route
            .and_then(|route| self.table.section(route.section))
            .and_then(|section| section.ids.absolute_send_time);
        let send_time = id.and_then(|id| packet.header.get_extension(id)).and_then(|value| match value[..] {
            [a, b, c] => Some(u32::from_be_bytes([0, a, b, c])),
            _ => None,
        });
        driver.packet(send_time, (wire + OVERHEAD) as u32, now);
    }

    /// RFC 4588 §4. False for padding and for nonsense.
    fn decapsulate(&mut self, route: Route, media: u32, packet: &mut rtp::Packet, now: MediaTime) -> bool {
        let Some(sequence) = packet.payload.first_chunk::<2>().map(|bytes| u16::from_be_bytes(*bytes)) else {
            if let Some(driver) = &mut self.driver {
                driver.padding(now);
            }
            return false;
        };
        let format = self.table.section(route.section).and_then(|section| section.format(packet.header.payload_type));
        let Some(Encoding::Rtx(Some(payload_type))) = format.map(|format| format.encoding) else {
            self.packets_ignored += 1;
            return false;
        };
        packet.payload = packet.payload.slice(2..);
        packet.header.ssrc = media;
        packet.header.payload_type = payload_type;
        packet.header.sequence_number = sequence;
        packet.header.padding = false;
        true
    }

    fn count(&mut self, route: Route, packet: &rtp::Packet, now: MediaTime) -> Verdict {
        let Some(section) = self.table.section(route.section) else { return Verdict::Drop };
        let Some((codec, clock_rate)) = section.codec(packet.header.payload_type) else {
            self.packets_ignored += 1;
            return Verdict::Drop;
        };
        let stream = self
            .streams
            .entry(packet.header.ssrc)
            .or_insert_with(|| RemoteStream::new(section.track.clone(), section.kind, route.section));
        let track = self.tracks.entry(section.track.clone()).or_insert_with(|| Track {
            statistics: statistics(section.track.clone(), section.kind),
            last_keyframe_request: None,
        });
        if stream.payload_type != Some(packet.header.payload_type) {
            stream.payload_type = Some(packet.header.payload_type);
            stream.missing.set_tries(section.tries(packet.header.payload_type));
        }
        let repair = route.repairs.is_some();
        let arrival = stream.missing.packet(packet.header.sequence_number, repair, &mut self.request, now);
        settle_one(stream, &mut track.statistics);
        let counters = &mut track.statistics;
        if arrival == Arrival::Duplicate {
            counters.packets_duplicated += 1;
            return Verdict::Drop;
        }
        let recovered = arrival == Arrival::Recovered;
        if !recovered {
            counters.jitter = stream.arrived(packet.header.timestamp, clock_rate, now);
        }
        counters.codec = Some(codec);
        counters.packets_received += 1;
        counters.packets_recovered += u64::from(recovered);
        counters.payload_bytes += packet.payload.len() as u64;
        Verdict::Media { recovered }
    }

    /// The packet as jitter buffers take it.
    pub(super) fn media(&self, packet: rtp::Packet, recovered: bool, now: MediaTime) -> Option<(TrackId, RtpPacket)> {
        let stream = self.streams.get(&packet.header.ssrc)?;
        let section = self.table.section(stream.section)?;
        let (codec, _) = section.codec(packet.header.payload_type)?;
        let level = section
            .ids
            .audio_level
            .and_then(|id| packet.header.get_extension(id))
            .and_then(|value| value.first().map(|level| level & 0x7f));
        let media = RtpPacket {
            ssrc: packet.header.ssrc,
            codec,
            sequence: packet.header.sequence_number,
            timestamp: packet.header.timestamp,
            marker: packet.header.marker,
            payload: packet.payload,
            arrival: now,
            audio_level: level,
            recovered,
        };
        Some((stream.track.clone(), media))
    }

    /// The track of a source that a Sender Report speaks of.
    pub(super) fn track_of(&self, ssrc: u32) -> Option<TrackId> {
        let route = self.table.route(ssrc).filter(|route| route.repairs.is_none())?;
        self.table.section(route.section).map(|section| section.track.clone())
    }

    /// Queues a keyframe request; false where none is possible (no packet came yet) or the last one is too fresh.
    pub fn request_keyframe(&mut self, track: &TrackId, now: MediaTime) -> bool {
        let newest = self
            .streams
            .iter()
            .filter(|(_, stream)| stream.track == *track && stream.kind == MediaKind::Video)
            .max_by_key(|(_, stream)| stream.last_packet)
            .map(|(ssrc, _)| *ssrc);
        let spacing = KEYFRAME_SPACING.max(self.request.round_trip() + Duration::from_millis(100));
        let (Some(media_ssrc), Some(track)) = (newest, self.tracks.get_mut(track)) else { return false };
        if track.last_keyframe_request.is_some_and(|last| now.since(last) < spacing) {
            return false;
        }
        track.last_keyframe_request = Some(now);
        track.statistics.plis_sent += 1;
        self.outgoing.push(Box::new(PictureLossIndication { sender_ssrc: 0, media_ssrc }));
        true
    }

    /// RTCP to send now.
    pub(super) fn due(&mut self, now: MediaTime) -> Vec<Box<dyn rtcp::Packet>> {
        let mut overflown = Vec::new();
        for (ssrc, stream) in &mut self.streams {
            let (sequences, overflow) = stream.missing.due(&self.request, now);
            if let Some(track) = self.tracks.get_mut(&stream.track) {
                track.statistics.nacks_sent += sequences.len() as u64;
                settle_one(stream, &mut track.statistics);
            }
            if !sequences.is_empty() {
                self.outgoing.push(Box::new(TransportLayerNack {
                    sender_ssrc: 0,
                    media_ssrc: *ssrc,
                    nacks: nack_pairs_from_sequence_numbers(&sequences),
                }));
            }
            if overflow {
                overflown.push(stream.track.clone());
            }
        }
        for track in overflown {
            self.request_keyframe(&track, now);
        }
        if let Some(bitrate) = self.driver.as_mut().and_then(|driver| driver.report(now)) {
            let ssrcs = self.live_video(now);
            // A list without a live video source is ignored by LiveKit.
            if !ssrcs.is_empty() {
                self.remb = Some(bitrate);
                self.outgoing.push(Box::new(ReceiverEstimatedMaximumBitrate {
                    sender_ssrc: 0,
                    bitrate: bitrate.0 as f32,
                    ssrcs,
                }));
            }
        }
        std::mem::take(&mut self.outgoing)
    }

    pub(super) fn next(&self) -> Option<MediaTime> {
        let missing = self.streams.values().filter_map(|stream| stream.missing.next(&self.request));
        let remb = self.driver.as_ref().and_then(RembDriver::next);
        missing.chain(remb).min()
    }

    fn live_video(&self, now: MediaTime) -> Vec<u32> {
        let mut live: Vec<_> = self
            .streams
            .iter()
            .filter(|(_, stream)| {
                stream.kind == MediaKind::Video && stream.last_packet.is_some_and(|last| now.since(last) < LIVE)
            })
            .map(|(ssrc, _)| *ssrc)
            .take(200)
            .collect();
        live.sort_unstable();
        live
    }

    pub fn statistics(&self) -> Vec<ReceivedStatistics> {
        self.tracks.values().map(|track| track.statistics.clone()).collect()
    }
}

/// Brings the stream's losses into its track's counter.
fn settle_one(stream: &mut RemoteStream, statistics: &mut ReceivedStatistics) {
    let lost = stream.missing.lost();
    statistics.packets_lost = (statistics.packets_lost + lost).saturating_sub(stream.lost_counted);
    stream.lost_counted = lost;
}

fn settle_losses(stream: &mut RemoteStream, tracks: &mut HashMap<TrackId, Track>) {
    if let Some(track) = tracks.get_mut(&stream.track) {
        settle_one(stream, &mut track.statistics);
    }
}
