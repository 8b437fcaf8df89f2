//! What encoders give and decoders take.

use crate::MediaTime;
use bytes::Bytes;
use visavis_model::{Codec, Quality, Size};

/// One compressed picture of one layer: a whole access unit (H.264 in Annex B; VP8, VP9 as the codec's frame).
///
/// Received VP9 SVC: all spatial layers of one picture in one buffer, lowest first.
#[derive(Clone, Debug)]
pub struct EncodedFrame {
    pub codec: Codec,
    /// The simulcast layer when sent; `None` when received or single.
    pub layer: Option<Quality>,
    pub keyframe: bool,
    /// Known for keyframes and own encodings, else empty.
    pub size: Size,
    /// Capture time when sent; time at which the frame was complete when received.
    pub time: MediaTime,
    /// RTP timestamp when received, else 0.
    pub rtp_timestamp: u32,
    pub data: Bytes,
}

/// One Opus packet with what its RTP packet says about it.
#[derive(Clone, Debug)]
pub struct EncodedAudio {
    /// Capture time of the first sample.
    pub time: MediaTime,
    /// Duration in samples at 48 kHz.
    pub samples: u32,
    /// RFC 6464: 0 loudest, 127 silence.
    pub level: u8,
    pub voice: bool,
    /// First packet after silence: the RTP marker (RFC 7587).
    pub first_after_silence: bool,
    pub data: Bytes,
}
