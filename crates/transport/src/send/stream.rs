//! One encoding of one own track.

use super::report::Reporting;
use super::retransmissions::Retransmissions;
use crate::sdp::ExtensionIds;
use crate::statistics::LayerStatistics;
use bytes::{BufMut, Bytes, BytesMut};
use rtc::rtp;
use std::time::Duration;
use visavis_media::{MediaTime, RtpClock};
use visavis_model::{MediaKind, Quality, TrackId};

/// Keyframe requests of one layer that come closer than this are one.
const REQUEST_SPACING: Duration = Duration::from_millis(100);
/// On a path that loses packets the keyframe that was asked for is followed by another after this time. A large one seldom arrives
/// whole; a browser asks again after 200 ms, and LiveKit passes that on after a second, repairing nothing meanwhile.
const ECHO: Duration = Duration::from_millis(400);
/// After a refused frame the keyframe is asked for again this often.
const REFUSED_SPACING: Duration = Duration::from_millis(500);

/// Identifies an encoding on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Encoding {
    pub layer: Option<Quality>,
    pub ssrc: u32,
    pub rtx_ssrc: u32,
}

/// What the far end's description settled; read anew after each negotiation.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Negotiated {
    pub payload_type: u8,
    /// Retransmissions have a stream of their own (RFC 4588); `None`: the same SSRC again.
    pub rtx_payload_type: Option<u8>,
    /// The far end takes redundant audio (RFC 2198).
    pub redundant_payload_type: Option<u8>,
    pub mid: Bytes,
    pub ids: ExtensionIds,
    pub nack: bool,
}

#[derive(Debug)]
pub(crate) struct SendStream {
    pub track: TrackId,
    pub kind: MediaKind,
    pub encoding: Encoding,
    pub negotiated: Option<Negotiated>,
    pub statistics: LayerStatistics,
    pub(super) kept: Retransmissions,
    pub(super) reporting: Reporting,
    sequence: u16,
    rtx_sequence: u16,
    rid: Option<Bytes>,
    needs_keyframe: bool,
    last_request: Option<MediaTime>,
    echo: Option<MediaTime>,
}

impl SendStream {
    pub fn new(track: TrackId, kind: MediaKind, encoding: Encoding, clock: RtpClock, sequences: [u16; 2]) -> Self {
        Self {
            track,
            kind,
            encoding,
            negotiated: None,
            statistics: LayerStatistics {
                layer: encoding.layer,
                packets_sent: 0,
                payload_bytes: 0,
                packets_retransmitted: 0,
                nacks_received: 0,
                plis_received: 0,
                frames_sent: 0,
                keyframes_sent: 0,
                frames_refused: 0,
                fraction_lost: 0.0,
                fraction_lost_mean: 0.0,
                last_progress: None,
                round_trip: None,
            },
            kept: Retransmissions::default(),
            reporting: Reporting::new(clock),
            sequence: sequences[0],
            rtx_sequence: sequences[1],
            rid: encoding.layer.map(|layer| Bytes::from_static(layer.rid().as_bytes())),
            needs_keyframe: kind == MediaKind::Video,
            last_request: None,
            echo: None,
        }
    }

    pub fn redundant_payload_type(&self) -> Option<u8> {
        self.negotiated.as_ref()?.redundant_payload_type
    }

    /// True where this frame can be decoded after what was sent before.
    pub fn accepts(&self, keyframe: bool) -> bool {
        keyframe || !self.needs_keyframe
    }

    /// The frame goes out.
    pub fn admitted(&mut self, keyframe: bool) {
        self.needs_keyframe &= !keyframe;
        self.statistics.frames_sent += 1;
        self.statistics.keyframes_sent += u64::from(keyframe);
    }

    /// The frame does not go out: those after it need a keyframe. True where the encoder is to be asked for one now.
    pub fn refused(&mut self, now: MediaTime) -> bool {
        self.needs_keyframe = true;
        self.statistics.frames_refused += 1;
        self.request_due(REFUSED_SPACING, now)
    }

    /// Nothing of what was sent so far arrived.
    pub fn restart(&mut self) {
        self.needs_keyframe = self.kind == MediaKind::Video;
    }

    /// The far end asks for a keyframe. True where the encoder is to be asked.
    pub fn requested(&mut self, now: MediaTime) -> bool {
        self.statistics.plis_received += 1;
        self.request_due(REQUEST_SPACING, now)
    }

    /// The keyframe that was asked for will be followed by another.
    pub fn set_echo(&mut self, now: MediaTime) {
        self.echo.get_or_insert(now + ECHO);
    }

    /// True where that other keyframe is due.
    pub fn take_echo(&mut self, now: MediaTime) -> bool {
        self.echo.take_if(|at| *at <= now).is_some() && self.request_due(REQUEST_SPACING, now)
    }

    fn request_due(&mut self, spacing: Duration, now: MediaTime) -> bool {
        let due = self.last_request.is_none_or(|last| now.since(last) >= spacing);
        if due {
            self.last_request = Some(now);
        }
        due
    }

    /// The next packet, with MID and RID on each packet of a simulcast layer (LiveKit maps layers by nothing else).
    ///
    /// `None` before the negotiation. `level`: RFC 6464, with the voice bit.
    pub fn packet(&mut self, timestamp: u32, marker: bool, payload: Bytes, level: Option<u8>) -> Option<rtp::Packet> {
        let negotiated = self.negotiated.as_ref()?;
        let mut header = rtp::Header {
            version: 2,
            payload_type: negotiated.payload_type,
            sequence_number: self.sequence,
            timestamp,
            ssrc: self.encoding.ssrc,
            marker,
            ..Default::default()
        };
        let ids = negotiated.ids;
        if let Some(rid) = &self.rid {
            extend(&mut header, ids.mid, &negotiated.mid);
            extend(&mut header, ids.rid, rid);
        }
        if let Some(level) = level {
            extend(&mut header, ids.audio_level, &Bytes::copy_from_slice(&[level]));
        }
        if ids.transport_cc.is_some() {
            // The number itself comes when the packet leaves.
            extend(&mut header, ids.transport_cc, &Bytes::from_static(&[0, 0]));
        }
        self.sequence = self.sequence.wrapping_add(1);
        Some(rtp::Packet { header, payload })
    }

    /// The packet to answer a NACK with: RFC 4588 with MID and the repaired RID, or the same packet again.
    ///
    /// Without the two extensions an SFU cannot tell which layer is repaired and ignores the repair.
    pub fn retransmission(&mut self, sequence: u16, round_trip: Duration, now: MediaTime) -> Option<rtp::Packet> {
        let negotiated = self.negotiated.as_ref()?;
        let original = self.kept.again(sequence, round_trip, now)?;
        let Some(payload_type) = negotiated.rtx_payload_type else { return Some(original.clone()) };
        let packet =
            repair(original, payload_type, self.encoding.rtx_ssrc, self.rtx_sequence, negotiated, self.rid.as_ref());
        self.rtx_sequence = self.rtx_sequence.wrapping_add(1);
        Some(packet)
    }

    /// The same packet once more on the repair stream, its number left open ([`SendStream::next_repair`]); `None` without one.
    pub fn copy(&self, original: &rtp::Packet) -> Option<rtp::Packet> {
        let negotiated = self.negotiated.as_ref()?;
        let payload_type = negotiated.rtx_payload_type?;
        Some(repair(original, payload_type, self.encoding.rtx_ssrc, 0, negotiated, self.rid.as_ref()))
    }

    /// The next number on the repair stream.
    pub const fn next_repair(&mut self) -> u16 {
        let sequence = self.rtx_sequence;
        self.rtx_sequence = sequence.wrapping_add(1);
        sequence
    }

    /// A packet to fill a probing burst with: something sent lately, once more on the repair stream, where receivers drop it.
    pub fn filler(&mut self, n: usize) -> Option<rtp::Packet> {
        let negotiated = self.negotiated.as_ref()?;
        let payload_type = negotiated.rtx_payload_type?;
        let original = self.kept.filler(n)?;
        let packet =
            repair(original, payload_type, self.encoding.rtx_ssrc, self.rtx_sequence, negotiated, self.rid.as_ref());
        self.rtx_sequence = self.rtx_sequence.wrapping_add(1);
        Some(packet)
    }

    /// How many different fillers there are; 0 without a repair stream or transport-wide feedback.
    pub fn fillers(&self) -> usize {
        let usable = self
            .negotiated
            .as_ref()
            .is_some_and(|negotiated| negotiated.rtx_payload_type.is_some() && negotiated.ids.transport_cc.is_some());
        if usable { self.kept.len() } else { 0 }
    }
}

/// RFC 4588 §4, with MID and the repaired RID.
fn repair(
    original: &rtp::Packet,
    payload_type: u8,
    ssrc: u32,
    sequence_number: u16,
    negotiated: &Negotiated,
    rid: Option<&Bytes>,
) -> rtp::Packet {
    let mut payload = BytesMut::with_capacity(2 + original.payload.len());
    payload.put_u16(original.header.sequence_number);
    payload.put_slice(&original.payload);
    let mut header = rtp::Header {
        version: 2,
        payload_type,
        sequence_number,
        timestamp: original.header.timestamp,
        ssrc,
        marker: original.header.marker,
        ..Default::default()
    };
    let ids = negotiated.ids;
    if let Some(rid) = rid {
        extend(&mut header, ids.mid, &negotiated.mid);
        extend(&mut header, ids.repaired_rid, rid);
    }
    if ids.transport_cc.is_some() {
        extend(&mut header, ids.transport_cc, &Bytes::from_static(&[0, 0]));
    }
    rtp::Packet { header, payload: payload.freeze() }
}

fn extend(header: &mut rtp::Header, id: Option<u8>, value: &Bytes) {
    if let Some(id) = id {
        // Fails only for ids and sizes that the negotiation cannot give (1..=14, at most 16 bytes).
        let _ = header.set_extension(id, value.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> SendStream {
        let encoding = Encoding { layer: Some(Quality::Medium), ssrc: 7, rtx_ssrc: 8 };
        let mut stream = SendStream::new(
            TrackId::local_camera(),
            MediaKind::Video,
            encoding,
            RtpClock::new(90_000, 0),
            [65_535, 100],
        );
        stream.negotiated = Some(Negotiated {
            payload_type: 125,
            rtx_payload_type: Some(126),
            redundant_payload_type: None,
            mid: Bytes::from_static(b"1"),
            ids: ExtensionIds {
                mid: Some(1),
                rid: Some(2),
                repaired_rid: Some(3),
                transport_cc: Some(5),
                ..ExtensionIds::default()
            },
            nack: true,
        });
        stream
    }

    fn extension(packet: &rtp::Packet, id: u8) -> Option<Vec<u8>> {
        packet.header.get_extension(id).map(|value| value.to_vec())
    }

    #[test]
    fn each_packet_says_its_section_and_layer() {
        let mut stream = stream();
        for sequence in [65_535, 0, 1] {
            let packet = stream.packet(9, false, Bytes::from_static(b"x"), None).expect("negotiated");
            assert_eq!(packet.header.sequence_number, sequence);
            assert_eq!(extension(&packet, 1), Some(b"1".to_vec()));
            assert_eq!(extension(&packet, 2), Some(b"h".to_vec()));
            assert_eq!(extension(&packet, 5), Some(vec![0, 0]));
        }
    }

    #[test]
    fn a_repair_says_what_it_repairs() {
        let mut stream = stream();
        let packet = stream.packet(9, true, Bytes::from_static(b"abc"), None).expect("negotiated");
        stream.kept.sent(packet, MediaTime::ZERO);
        let again = stream.retransmission(65_535, Duration::from_millis(50), MediaTime::from_millis(10)).expect("kept");
        assert_eq!((again.header.ssrc, again.header.payload_type, again.header.sequence_number), (8, 126, 100));
        assert_eq!((again.header.timestamp, again.header.marker), (9, true));
        assert_eq!(&again.payload[..], b"\xff\xffabc");
        assert_eq!(extension(&again, 1), Some(b"1".to_vec()));
        assert_eq!(extension(&again, 2), None);
        assert_eq!(extension(&again, 3), Some(b"h".to_vec()));
    }

    #[test]
    fn without_rtx_the_same_packet_goes_again() {
        let mut stream = stream();
        if let Some(negotiated) = &mut stream.negotiated {
            negotiated.rtx_payload_type = None;
        }
        let packet = stream.packet(9, true, Bytes::from_static(b"abc"), None).expect("negotiated");
        stream.kept.sent(packet.clone(), MediaTime::ZERO);
        assert_eq!(stream.retransmission(65_535, Duration::ZERO, MediaTime::ZERO), Some(packet));
    }

    #[test]
    fn after_a_refused_frame_only_a_keyframe_helps() {
        let mut stream = stream();
        assert!(!stream.accepts(false) && stream.accepts(true));
        stream.admitted(true);
        assert!(stream.accepts(false));
        assert!(stream.refused(MediaTime::ZERO));
        assert!(!stream.refused(MediaTime::from_millis(33)));
        assert!(!stream.accepts(false));
        assert!(stream.refused(MediaTime::from_millis(533)));
    }
}
