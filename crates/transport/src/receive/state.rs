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
    pub packets_ignored: u64,
    pub remb: Option<BitsPerSecond>,
    table: RoutingTable,
    streams: HashMap<u32, RemoteStream>,
    tracks: HashMap<TrackId, Track>,
    request: RequestTime,
    driver: Option<RembDriver>,
    outgoing: Vec<Box<dyn rtcp::Packet>>,
}

struct Track {
    statistics: ReceivedStatistics,
    last_keyframe_request: Option<MediaTime>,
}

impl ReceiveState {
    pub fn new() -> Self {
        Self {
            bytes_received: 0,
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
            if let (true, Some((index, section))) = (kept, section) {
                stream.section = index;
                stream.missing.set_tries(section.tries());
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
            .or_insert_with(|| RemoteStream::new(section.track.clone(), section.kind, route.section, section.tries()));
        let track = self.tracks.entry(section.track.clone()).or_insert_with(|| Track {
            statistics: statistics(section.track.clone(), section.kind),
            last_keyframe_request: None,
        });
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

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    const OFFER: &str = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 125 126 96\r\na=mid:1\r\na=sendrecv\r\na=rtpmap:125 H264/90000\r\n\
        a=rtcp-fb:125 nack\r\na=rtcp-fb:125 goog-remb\r\na=rtpmap:126 rtx/90000\r\na=fmtp:126 apt=125\r\na=rtpmap:96 VP8/90000\r\n\
        a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
        a=ssrc-group:FID 11 12\r\na=ssrc:11 cname:x\r\na=ssrc:12 cname:x\r\n";

    fn state() -> ReceiveState {
        let mut state = ReceiveState::new();
        state.describe(&Description::parse(OFFER), &[("1".to_owned(), TrackId::from("TR"))]);
        state
    }

    fn packet(ssrc: u32, payload_type: u8, sequence: u16, payload: &'static [u8]) -> rtp::Packet {
        rtp::Packet {
            header: rtp::Header { version: 2, ssrc, payload_type, sequence_number: sequence, ..Default::default() },
            payload: Bytes::from_static(payload),
        }
    }

    fn take(state: &mut ReceiveState, mut packet: rtp::Packet, at: i64) -> Option<RtpPacket> {
        let now = MediaTime::from_millis(at);
        match state.packet(&mut packet, now) {
            Verdict::Media { recovered } => state.media(packet, recovered, now).map(|(_, media)| media),
            Verdict::Drop => None,
        }
    }

    #[test]
    fn a_repair_is_the_packet_that_was_lost_and_is_asked_for_once() {
        let mut state = state();
        for sequence in [1, 2, 4, 5] {
            assert!(take(&mut state, packet(11, 125, sequence, b"x"), 0).is_some());
        }
        let asked = state.due(MediaTime::ZERO);
        let nack = asked[0].as_any().downcast_ref::<TransportLayerNack>().expect("a NACK");
        assert_eq!((nack.media_ssrc, nack.nacks[0].packet_id, nack.nacks.len()), (11, 3, 1));
        let media = take(&mut state, packet(12, 126, 900, b"\x00\x03late"), 60).expect("recovered");
        assert_eq!((media.ssrc, media.sequence, &media.payload[..]), (11, 3, &b"late"[..]));
        assert!(media.recovered);
        assert!(take(&mut state, packet(12, 126, 901, b"\x00\x03late"), 61).is_none());
        assert!(take(&mut state, packet(12, 126, 902, b""), 62).is_none());
        assert!(!state.due(MediaTime::from_millis(400)).iter().any(|packet| packet.as_any().is::<TransportLayerNack>()));
        let counters = &state.statistics()[0];
        assert_eq!((counters.packets_received, counters.packets_recovered), (5, 1));
        assert_eq!((counters.packets_duplicated, counters.packets_lost, counters.nacks_sent), (1, 0, 1));
    }

    #[test]
    fn the_codec_is_each_packets_own() {
        let mut state = state();
        let first = take(&mut state, packet(11, 125, 1, b"x"), 0).expect("H.264");
        let second = take(&mut state, packet(11, 96, 2, b"x"), 0).expect("VP8");
        assert_eq!((first.codec, second.codec), (visavis_model::Codec::H264, visavis_model::Codec::Vp8));
    }

    #[test]
    fn unknown_sources_and_formats_are_ignored_and_counted() {
        let mut state = state();
        assert!(take(&mut state, packet(99, 125, 1, b"x"), 0).is_none());
        assert!(take(&mut state, packet(11, 77, 1, b"x"), 0).is_none());
        assert!(take(&mut state, packet(12, 125, 1, b"xyz"), 0).is_none());
        assert_eq!(state.packets_ignored, 3);
    }

    #[test]
    fn keyframe_requests_are_spaced() {
        let mut state = state();
        let track = TrackId::from("TR");
        assert!(!state.request_keyframe(&track, MediaTime::ZERO));
        take(&mut state, packet(11, 125, 1, b"x"), 0);
        assert!(state.request_keyframe(&track, MediaTime::ZERO));
        assert!(!state.request_keyframe(&track, MediaTime::from_millis(400)));
        assert!(state.request_keyframe(&track, MediaTime::from_millis(500)));
        assert_eq!(state.statistics()[0].plis_sent, 2);
    }

    #[test]
    fn remb_names_the_live_video() {
        let mut state = state();
        for n in 0..200u16 {
            let mut stamped = packet(11, 125, n, b"xxxxxxxxxxxxxxxx");
            let stamp = ((u32::from(n) * 10) << 18) / 1000;
            stamped.header.set_extension(3, Bytes::copy_from_slice(&stamp.to_be_bytes()[1..])).expect("fits");
            take(&mut state, stamped, i64::from(n) * 10);
        }
        let sent = state.due(MediaTime::from_millis(2000));
        let remb = sent[0].as_any().downcast_ref::<ReceiverEstimatedMaximumBitrate>().expect("REMB");
        assert_eq!(remb.ssrcs, [11]);
        assert_eq!(state.remb.map(|rate| rate.0 as f32), Some(remb.bitrate));
    }

    #[test]
    fn a_forgotten_track_leaves_nothing() {
        let mut state = state();
        take(&mut state, packet(11, 125, 1, b"x"), 0);
        assert!(state.forget(&TrackId::from("TR")).is_some());
        assert!(state.statistics().is_empty());
        assert!(take(&mut state, packet(11, 125, 2, b"x"), 0).is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_packets_are_survived_and_nothing_grows_without_bound(
            packets in proptest::collection::vec(
                (0u32..14, 0u8..128, proptest::prelude::any::<u16>(), proptest::prelude::any::<u32>(), 0usize..5, 0i64..60),
                1..300,
            )
        ) {
            let mut state = state();
            let mut at = 0;
            for (ssrc, payload_type, sequence, timestamp, length, elapsed) in packets {
                at += elapsed;
                let now = MediaTime::from_millis(at);
                let mut packet = packet(ssrc, payload_type, sequence, b"");
                packet.header.timestamp = timestamp;
                packet.payload = Bytes::from(vec![7; length]);
                if let Verdict::Media { recovered } = state.packet(&mut packet, now) {
                    state.media(packet, recovered, now);
                }
                let asked = state.due(now).len();
                proptest::prop_assert!(asked <= 3, "{asked} packets at once");
            }
            proptest::prop_assert!(state.streams.len() <= 2 && state.tracks.len() <= 1);
        }
    }
}
