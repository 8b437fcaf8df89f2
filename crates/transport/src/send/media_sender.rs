//! The handle that encoders' output goes into.

use super::Sending;
use super::state::Sound;
use super::stream::Encoding;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use visavis_media::RtpClock;
use visavis_model::{Codec, MediaKind, Quality, TrackId};

/// Where one own track's packets go in. Cheap to clone; may be used from any thread; never waits for the network.
#[derive(Clone)]
pub struct MediaSender {
    parts: Arc<SenderParts>,
}

pub(crate) struct SenderParts {
    pub track: TrackId,
    pub kind: MediaKind,
    pub codec: Codec,
    pub encodings: Vec<Encoding>,
    pub clock: RtpClock,
    pub sending: Arc<Sending>,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// Taken: it leaves within 250 ms.
    Sent,
    /// The pacer's queue would have passed 250 ms, or a frame before this one was refused: nothing of it leaves, and nothing more of
    /// this layer before a keyframe ([`crate::PeerEvent::KeyframeWanted`] asks for it when there is room again).
    Refused,
    /// Not negotiated or not connected yet: nothing of it leaves.
    NotConnected,
}

impl MediaSender {
    pub(crate) fn new(parts: SenderParts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    pub fn track(&self) -> &TrackId {
        &self.parts.track
    }

    pub fn kind(&self) -> MediaKind {
        self.parts.kind
    }

    pub fn codec(&self) -> Codec {
        self.parts.codec
    }

    /// Turns capture times into this track's RTP timestamps; all layers share it.
    ///
    /// Sender Reports map RTP time to capture time exactly where timestamps come from it, so that sound and picture stay in step.
    pub fn clock(&self) -> RtpClock {
        self.parts.clock
    }

    /// Layer and SSRC of each encoding.
    pub fn ssrcs(&self) -> impl Iterator<Item = (Option<Quality>, u32)> + '_ {
        self.parts.encodings.iter().map(|encoding| (encoding.layer, encoding.ssrc))
    }

    /// Sends one frame of one layer, whole or not at all. `payloads` are RTP payloads of at most [`crate::MAX_RTP_PAYLOAD`] bytes;
    /// the last one gets the marker.
    pub fn send_video(
        &self,
        layer: Option<Quality>,
        rtp_timestamp: u32,
        payloads: Vec<Bytes>,
        keyframe: bool,
    ) -> SendOutcome {
        let sending = &self.parts.sending;
        let now = sending.time.now();
        let outcome = sending.lock().video(&self.parts.track, layer, rtp_timestamp, payloads, keyframe, now);
        self.wake(outcome)
    }

    /// Sends one audio packet at once. `level`: RFC 6464, 0 loudest to 127; `marker`: first packet after silence (RFC 7587).
    pub fn send_audio(&self, payload: Bytes, rtp_timestamp: u32, level: u8, voice: bool, marker: bool) -> SendOutcome {
        self.audio(payload, false, rtp_timestamp, level, voice, marker)
    }

    /// Likewise with a payload of redundant audio (RFC 2198), as [`MediaSender::redundancy`] wants it.
    pub fn send_redundant_audio(
        &self,
        payload: Bytes,
        rtp_timestamp: u32,
        level: u8,
        voice: bool,
        marker: bool,
    ) -> SendOutcome {
        self.audio(payload, true, rtp_timestamp, level, voice, marker)
    }

    /// Payload type of the blocks inside of redundant audio; `None`: the far end does not take it.
    pub fn redundancy(&self) -> Option<u8> {
        self.parts.sending.lock().redundancy(&self.parts.track)
    }

    fn audio(
        &self,
        payload: Bytes,
        redundant: bool,
        rtp_timestamp: u32,
        level: u8,
        voice: bool,
        marker: bool,
    ) -> SendOutcome {
        let level = level.min(127) | if voice { 0x80 } else { 0 };
        let sending = &self.parts.sending;
        let now = sending.time.now();
        let sound = Sound { payload, redundant, timestamp: rtp_timestamp, level, marker };
        let outcome = sending.lock().audio(&self.parts.track, sound, now);
        self.wake(outcome)
    }

    /// True where the pacer's queue is long: skip a picture rather than having one refused.
    pub fn congested(&self) -> bool {
        self.parts.sending.lock().is_congested()
    }

    fn wake(&self, outcome: SendOutcome) -> SendOutcome {
        if outcome == SendOutcome::Sent {
            self.parts.sending.wake.notify_one();
        }
        outcome
    }
}

impl fmt::Debug for MediaSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaSender").field("kind", &self.parts.kind).finish_non_exhaustive()
    }
}
