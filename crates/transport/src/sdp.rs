//! Reads from a remote description what routing of packets needs (RFC 8866, 8839, 8843, 5576, 8851, 4588).
//!
//! The crate negotiates; this only looks. Anything not understood is passed over, and nothing is assumed of the text.

use visavis_model::{Codec, MediaKind};

/// A remote description, as far as packets need it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Description {
    pub media: Vec<MediaSection>,
}

/// One `m=` section of audio or video. Data sections hold only candidates.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MediaSection {
    pub mid: String,
    /// Position among all sections.
    pub index: u16,
    pub kind: Option<MediaKind>,
    /// Port not zero (RFC 8843 allows 0 for bundle-only; LiveKit uses 9).
    pub accepted: bool,
    /// The far end sends here.
    pub sends: bool,
    /// The far end receives here.
    pub receives: bool,
    /// Second token of `a=msid`.
    pub track: Option<String>,
    pub formats: Vec<Format>,
    pub extensions: ExtensionIds,
    pub ssrcs: Vec<u32>,
    /// Media and repair SSRC (`a=ssrc-group:FID`).
    pub repairs: Vec<(u32, u32)>,
    /// `candidate:…` values of ICE-TCP passive candidates.
    pub passive_candidates: Vec<String>,
}

/// One payload type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Format {
    pub payload_type: u8,
    pub encoding: Encoding,
    pub clock_rate: u32,
    pub nack: bool,
    pub transport_cc: bool,
    pub remb: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Codec(Codec),
    /// RFC 4588: repairs this payload type; `None` until its `apt` is read.
    Rtx(Option<u8>),
    Other,
}

/// Negotiated ids of the header extensions that we know; `None`: not negotiated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ExtensionIds {
    pub mid: Option<u8>,
    pub rid: Option<u8>,
    pub repaired_rid: Option<u8>,
    pub audio_level: Option<u8>,
    pub absolute_send_time: Option<u8>,
    pub transport_cc: Option<u8>,
}

pub(crate) mod uri {
    pub const MID: &str = "urn:ietf:params:rtp-hdrext:sdes:mid";
    pub const RID: &str = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
    pub const REPAIRED_RID: &str = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
    pub const AUDIO_LEVEL: &str = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    pub const ABSOLUTE_SEND_TIME: &str = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
    pub const TRANSPORT_CC: &str = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
}

impl ExtensionIds {
    fn set(&mut self, uri: &str, id: u8) {
        let slot = match uri {
            uri::MID => &mut self.mid,
            uri::RID => &mut self.rid,
            uri::REPAIRED_RID => &mut self.repaired_rid,
            uri::AUDIO_LEVEL => &mut self.audio_level,
            uri::ABSOLUTE_SEND_TIME => &mut self.absolute_send_time,
            uri::TRANSPORT_CC => &mut self.transport_cc,
            _ => return,
        };
        *slot = Some(id);
    }
}

impl MediaSection {
    pub fn format(&self, payload_type: u8) -> Option<&Format> {
        self.formats.iter().find(|format| format.payload_type == payload_type)
    }

    /// The first payload type of `codec` and its RTX payload type.
    pub fn codec(&self, codec: Codec) -> Option<(&Format, Option<u8>)> {
        let format = self.formats.iter().find(|format| format.encoding == Encoding::Codec(codec))?;
        let rtx = self
            .formats
            .iter()
            .find(|other| other.encoding == Encoding::Rtx(Some(format.payload_type)))
            .map(|other| other.payload_type);
        Some((format, rtx))
    }
}

impl Description {
    pub fn parse(sdp: &str) -> Self {
        let mut description = Self::default();
        let mut session_extensions = ExtensionIds::default();
        for line in sdp.lines().map(str::trim_end) {
            if let Some(value) = line.strip_prefix("m=") {
                let index = description.media.len() as u16;
                let mut section = media_line(value, index);
                section.extensions = session_extensions;
                description.media.push(section);
            } else if let Some(value) = line.strip_prefix("a=") {
                match description.media.last_mut() {
                    Some(section) => section.attribute(value),
                    None => {
                        if let Some(value) = value.strip_prefix("extmap:") {
                            extmap(value, &mut session_extensions);
                        }
                    }
                }
            }
        }
        description
    }

    pub fn section(&self, mid: &str) -> Option<&MediaSection> {
        self.media.iter().find(|section| section.mid == mid)
    }
}

fn media_line(value: &str, index: u16) -> MediaSection {
    let mut fields = value.split_ascii_whitespace();
    let kind = match fields.next() {
        Some("audio") => Some(MediaKind::Audio),
        Some("video") => Some(MediaKind::Video),
        _ => None,
    };
    let accepted = fields.next().is_some_and(|port| port != "0");
    // RFC 8866 §6.7: sendrecv where nothing is said.
    MediaSection { index, kind, accepted, sends: true, receives: true, ..MediaSection::default() }
}

fn extmap(value: &str, ids: &mut ExtensionIds) {
    // `3/sendonly uri attributes`; ids above 14 need two-byte headers, which nobody here uses.
    let mut fields = value.split_ascii_whitespace();
    let id = fields.next().and_then(|id| id.split('/').next()).and_then(|id| id.parse().ok());
    if let (Some(id @ 1..=14), Some(uri)) = (id, fields.next()) {
        ids.set(uri, id);
    }
}

impl MediaSection {
    fn attribute(&mut self, attribute: &str) {
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        match name {
            "mid" => self.mid = value.to_owned(),
            "sendrecv" => (self.sends, self.receives) = (true, true),
            "sendonly" => (self.sends, self.receives) = (true, false),
            "recvonly" => (self.sends, self.receives) = (false, true),
            "inactive" => (self.sends, self.receives) = (false, false),
            "msid" => self.track = value.split_ascii_whitespace().nth(1).map(str::to_owned),
            "extmap" => extmap(value, &mut self.extensions),
            "rtpmap" => self.rtpmap(value),
            "fmtp" => self.fmtp(value),
            "rtcp-fb" => self.feedback(value),
            "ssrc" => {
                if let Some(ssrc) = value.split_ascii_whitespace().next().and_then(|ssrc| ssrc.parse().ok())
                    && !self.ssrcs.contains(&ssrc)
                {
                    self.ssrcs.push(ssrc);
                }
            }
            "ssrc-group" => {
                let mut fields = value.split_ascii_whitespace();
                let group = fields.next();
                let mut ssrc = || fields.next()?.parse().ok();
                if group == Some("FID")
                    && let (Some(media), Some(repair)) = (ssrc(), ssrc())
                {
                    self.repairs.push((media, repair));
                }
            }
            "candidate" if value.contains("tcptype passive") => {
                self.passive_candidates.push(attribute.to_owned());
            }
            _ => {}
        }
    }

    fn rtpmap(&mut self, value: &str) {
        let mut fields = value.split_ascii_whitespace();
        let (Some(Ok(payload_type @ 0..=127)), Some(map)) = (fields.next().map(str::parse::<u8>), fields.next()) else {
            return;
        };
        let mut map = map.split('/');
        let name = map.next().unwrap_or_default().to_ascii_lowercase();
        let encoding = match name.as_str() {
            "opus" => Encoding::Codec(Codec::Opus),
            "red" => Encoding::Codec(Codec::Red),
            "h264" => Encoding::Codec(Codec::H264),
            "vp8" => Encoding::Codec(Codec::Vp8),
            "vp9" => Encoding::Codec(Codec::Vp9),
            "av1" => Encoding::Codec(Codec::Av1),
            "rtx" => Encoding::Rtx(None),
            _ => Encoding::Other,
        };
        let clock_rate = map.next().and_then(|rate| rate.parse().ok()).unwrap_or(90_000);
        if self.format(payload_type).is_none() {
            self.formats.push(Format {
                payload_type,
                encoding,
                clock_rate,
                nack: false,
                transport_cc: false,
                remb: false,
            });
        }
    }

    fn fmtp(&mut self, value: &str) {
        let Some((payload_type, parameters)) = value.split_once(' ') else { return };
        let apt = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("apt="));
        if let (Ok(payload_type), Some(Ok(apt))) = (payload_type.parse::<u8>(), apt.map(str::parse))
            && let Some(format) = self.formats.iter_mut().find(|format| format.payload_type == payload_type)
            && matches!(format.encoding, Encoding::Rtx(_))
        {
            format.encoding = Encoding::Rtx(Some(apt));
        }
    }

    fn feedback(&mut self, value: &str) {
        let Some((payload_type, feedback)) = value.split_once(' ') else { return };
        let only = payload_type.parse::<u8>().ok();
        for format in &mut self.formats {
            if payload_type == "*" || only == Some(format.payload_type) {
                match feedback.trim() {
                    "nack" => format.nack = true,
                    "transport-cc" => format.transport_cc = true,
                    "goog-remb" => format.remb = true,
                    _ => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OFFER: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
        m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 127.0.0.1 7892 typ host\r\n\
        a=candidate:2 1 tcp 1671430143 127.0.0.1 7891 typ host tcptype passive\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 108 109 96\r\na=mid:1\r\na=sendrecv\r\na=msid:PA_a|TR_b TR_b\r\n\
        a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n\
        a=rtpmap:108 H264/90000\r\na=fmtp:108 packetization-mode=1\r\na=rtcp-fb:108 nack\r\na=rtcp-fb:108 nack pli\r\n\
        a=rtcp-fb:108 goog-remb\r\na=rtpmap:109 rtx/90000\r\na=fmtp:109 apt=108\r\na=rtpmap:96 VP8/90000\r\n\
        a=ssrc-group:FID 11 12\r\na=ssrc:11 cname:x\r\na=ssrc:11 msid:a b\r\na=ssrc:12 cname:x\r\n\
        m=audio 0 UDP/TLS/RTP/SAVPF 111 63\r\na=mid:2\r\na=recvonly\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:63 red/48000/2\r\n";

    #[test]
    fn a_subscriber_offer_is_read() {
        let description = Description::parse(OFFER);
        assert_eq!(description.media.len(), 3);
        assert_eq!(description.media[0].passive_candidates.len(), 1);
        assert!(description.media[0].passive_candidates[0].starts_with("candidate:2 "));
        let video = description.section("1").expect("mid 1");
        assert_eq!((video.kind, video.index, video.sends), (Some(MediaKind::Video), 1, true));
        assert_eq!(video.track.as_deref(), Some("TR_b"));
        assert_eq!((video.ssrcs.as_slice(), video.repairs.as_slice()), ([11, 12].as_slice(), [(11, 12)].as_slice()));
        assert_eq!(video.extensions.absolute_send_time, Some(3));
        let (h264, rtx) = video.codec(Codec::H264).expect("H.264");
        assert!(h264.nack && h264.remb && !h264.transport_cc);
        assert_eq!((h264.payload_type, rtx), (108, Some(109)));
        assert_eq!(video.codec(Codec::Vp8).expect("VP8").1, None);
        let audio = description.section("2").expect("mid 2");
        assert!(!audio.accepted && !audio.sends && audio.receives);
        assert_eq!(audio.format(63).map(|format| format.encoding), Some(Encoding::Codec(Codec::Red)));
    }

    proptest! {
        #[test]
        fn any_text_is_survived(mut lines in prop::collection::vec("(m=|a=(rtpmap|fmtp|ssrc|ssrc-group|extmap|rtcp-fb|msid|candidate):)?.{0,40}", 0..40)) {
            Description::parse(&lines.join("\r\n"));
            lines.insert(0, OFFER.to_owned());
            Description::parse(&lines.join("\n"));
        }
    }
}
