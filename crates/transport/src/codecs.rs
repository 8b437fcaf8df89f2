//! What is offered and accepted.

use crate::sdp::uri;
use rtc::peer_connection::configuration::media_engine::{
    MIME_TYPE_H264, MIME_TYPE_OPUS, MIME_TYPE_RTX, MIME_TYPE_VP8, MIME_TYPE_VP9, MediaEngine,
};
use rtc::rtp_transceiver::rtp_sender::{
    RTCPFeedback, RTCRtpCodec, RTCRtpCodecParameters, RTCRtpHeaderExtensionCapability, RtpCodecKind,
};
use rtc::shared::error::Error;
use visavis_model::{Codec, MediaKind};
use visavis_provider::PeerRole;

const OPUS: &str = "minptime=10;useinbandfec=1";
const H264_MODE_1: &str = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
const H264_MODE_0: &str = "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f";

/// Codecs and header extensions of a peer connection of `role`.
pub(crate) fn media_engine(role: PeerRole) -> Result<MediaEngine, Error> {
    let mut engine = MediaEngine::default();
    engine.register_codec(opus(), RtpCodecKind::Audio)?;
    engine.register_codec(red(), RtpCodecKind::Audio)?;
    let video: &[Codec] = match role {
        PeerRole::Publish => &[Codec::H264, Codec::Vp8],
        PeerRole::Subscribe => &[Codec::H264, Codec::Vp8, Codec::Vp9],
    };
    for codec in video.iter().flat_map(|codec| formats(*codec, role)) {
        engine.register_codec(codec, RtpCodecKind::Video)?;
    }
    let mut extension = |uri: &str, kind| {
        engine.register_header_extension(RTCRtpHeaderExtensionCapability { uri: uri.to_owned() }, kind, None)
    };
    for uri in [uri::MID, uri::RID, uri::REPAIRED_RID] {
        extension(uri, RtpCodecKind::Video)?;
    }
    extension(uri::MID, RtpCodecKind::Audio)?;
    extension(uri::AUDIO_LEVEL, RtpCodecKind::Audio)?;
    for kind in [RtpCodecKind::Video, RtpCodecKind::Audio] {
        extension(uri::TRANSPORT_CC, kind)?;
    }
    if role == PeerRole::Subscribe {
        for kind in [RtpCodecKind::Video, RtpCodecKind::Audio] {
            extension(uri::ABSOLUTE_SEND_TIME, kind)?;
        }
    }
    Ok(engine)
}

/// The payload types to offer for a sender of `codec`, its repair or redundancy included; empty where we never send it.
pub(crate) fn sent(codec: Codec) -> Vec<RTCRtpCodecParameters> {
    match codec {
        Codec::Opus => vec![opus(), red()],
        Codec::H264 | Codec::Vp8 => formats(codec, PeerRole::Publish),
        Codec::Red | Codec::Vp9 | Codec::Av1 => Vec::new(),
    }
}

pub(crate) const fn kind(kind: MediaKind) -> RtpCodecKind {
    match kind {
        MediaKind::Audio => RtpCodecKind::Audio,
        MediaKind::Video => RtpCodecKind::Video,
    }
}

fn opus() -> RTCRtpCodecParameters {
    let feedback = vec![feedback("transport-cc", ""), feedback("nack", "")];
    parameters(MIME_TYPE_OPUS, 48_000, 2, OPUS.to_owned(), feedback, 111)
}

fn red() -> RTCRtpCodecParameters {
    parameters("audio/red", 48_000, 2, "111/111".to_owned(), Vec::new(), 63)
}

/// As an answerer the crate keeps the offer's payload types, so ours matter in offers only.
fn formats(codec: Codec, role: PeerRole) -> Vec<RTCRtpCodecParameters> {
    let video = |mime, fmtp: &str, payload_type| {
        parameters(mime, 90_000, 0, fmtp.to_owned(), video_feedback(role), payload_type)
    };
    let media = match (codec, role) {
        (Codec::H264, PeerRole::Publish) => vec![video(MIME_TYPE_H264, H264_MODE_1, 125)],
        (Codec::H264, PeerRole::Subscribe) => {
            vec![video(MIME_TYPE_H264, H264_MODE_1, 108), video(MIME_TYPE_H264, H264_MODE_0, 125)]
        }
        (Codec::Vp8, _) => vec![video(MIME_TYPE_VP8, "", 96)],
        (Codec::Vp9, _) => vec![video(MIME_TYPE_VP9, "profile-id=0", 98)],
        _ => Vec::new(),
    };
    media
        .into_iter()
        .flat_map(|codec| {
            let apt = codec.payload_type;
            let repair = parameters(MIME_TYPE_RTX, 90_000, 0, format!("apt={apt}"), Vec::new(), apt + 1);
            [codec, repair]
        })
        .collect()
}

fn video_feedback(role: PeerRole) -> Vec<RTCPFeedback> {
    let mut list =
        vec![feedback("ccm", "fir"), feedback("nack", ""), feedback("nack", "pli"), feedback("transport-cc", "")];
    if role == PeerRole::Subscribe {
        list.push(feedback("goog-remb", ""));
    }
    list
}

fn feedback(typ: &str, parameter: &str) -> RTCPFeedback {
    RTCPFeedback { typ: typ.to_owned(), parameter: parameter.to_owned() }
}

fn parameters(
    mime: &str,
    clock_rate: u32,
    channels: u16,
    sdp_fmtp_line: String,
    rtcp_feedback: Vec<RTCPFeedback>,
    payload_type: u8,
) -> RTCRtpCodecParameters {
    RTCRtpCodecParameters {
        rtp_codec: RTCRtpCodec { mime_type: mime.to_owned(), clock_rate, channels, sdp_fmtp_line, rtcp_feedback },
        payload_type,
    }
}
