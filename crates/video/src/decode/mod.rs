//! From compressed pictures to raw ones: one [`Decoder`] a track, [`Worker`] for the threads that own them.

mod h264;
mod vpx;
mod worker;

pub use worker::{QUEUE, Stats, Tap, Worker};

use visavis_media::{EncodedFrame, Frame};
use visavis_model::Codec;

/// Why a picture was not decoded. After any of these, nothing decodes until a keyframe.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("{0:?} is not a codec that we receive")]
    Codec(Codec),
    #[error("the decoder did not start: {0}")]
    Open(String),
    #[error("the picture is damaged: {0}")]
    Damaged(String),
    #[error("the picture is larger than 4096 pixels a side")]
    TooLarge,
    #[error("the picture is not 8-bit 4:2:0")]
    Format,
}

/// Decodes one track's pictures in order.
pub trait Decoder: Send {
    /// One access unit in, at most one picture out: the highest spatial layer's. The frame's time is passed on.
    ///
    /// `Ok(None)`: nothing to show yet.
    fn decode(&mut self, frame: &EncodedFrame) -> Result<Option<Frame>, Error>;
}

/// A decoder of H.264, VP8 or VP9.
pub fn open(codec: Codec) -> Result<Box<dyn Decoder>, Error> {
    match codec {
        Codec::H264 => Ok(Box::new(h264::OpenH264::new()?)),
        Codec::Vp8 | Codec::Vp9 => Ok(Box::new(vpx::Vpx::new(codec)?)),
        other => Err(Error::Codec(other)),
    }
}

/// Buffers that a decoder keeps for its next pictures: those in a mailbox, on the stage, and being written.
const POOLED: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codecs_that_are_not_video_are_refused() {
        assert_eq!(open(Codec::Opus).err(), Some(Error::Codec(Codec::Opus)));
        assert_eq!(open(Codec::Av1).err(), Some(Error::Codec(Codec::Av1)));
    }
}
