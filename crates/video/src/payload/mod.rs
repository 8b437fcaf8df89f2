//! RTP payload formats, both ways. Pure; hostile bytes give errors, never panics.

mod bits;
pub mod h264;
pub mod sps;
pub mod vp8;
pub mod vp9;

use bytes::Bytes;
use visavis_media::EncodedFrame;
use visavis_model::{Codec, Size};

/// Why a packet or a frame is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("shorter than its format says")]
    Short,
    #[error("a reserved or forbidden value")]
    Reserved,
    #[error("fragments that do not belong together")]
    Fragments,
    #[error("larger than what is decoded")]
    TooLarge,
    #[error("a codec that is not received")]
    Codec,
}

/// What one packet says about its place in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The picture starts in this packet. H.264 does not always tell: false then.
    pub starts_picture: bool,
    /// The picture surely ends in this packet, even without the RTP marker.
    pub ends_picture: bool,
    /// The packet opens a picture that needs no other.
    pub keyframe: bool,
    /// Temporal layer, where the payload tells.
    pub temporal: Option<Temporal>,
}

/// A packet's temporal layer (RFC 7741 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Temporal {
    pub id: u8,
    /// Running count of pictures of layer 0.
    pub base_index: u8,
    /// Needs only pictures of layer 0 and itself.
    pub sync: bool,
}

/// A picture put together from its packets.
#[derive(Clone, Debug)]
pub struct Assembled {
    pub data: Bytes,
    pub keyframe: bool,
    /// Known for keyframes, else empty.
    pub size: Size,
}

/// Cuts frames of one codec into payloads.
#[derive(Clone, Debug)]
pub struct Packetiser {
    codec: Codec,
    vp8: vp8::Packetiser,
}

impl Packetiser {
    /// H.264 and VP8.
    pub fn new(codec: Codec) -> Result<Self, Error> {
        match codec {
            Codec::H264 | Codec::Vp8 => Ok(Self { codec, vp8: vp8::Packetiser::default() }),
            _ => Err(Error::Codec),
        }
    }

    /// The payloads of one frame in order, each of at most `mtu` bytes; the last one carries the RTP marker.
    pub fn packetise(&mut self, frame: &EncodedFrame, mtu: usize) -> Vec<Bytes> {
        match self.codec {
            Codec::H264 => h264::packetise(&frame.data, mtu),
            _ => self.vp8.packetise(&frame.data, mtu),
        }
    }
}

/// Reads what a payload says about its place.
pub fn place(codec: Codec, payload: &[u8]) -> Result<Place, Error> {
    match codec {
        Codec::H264 => h264::place(payload),
        Codec::Vp8 => vp8::place(payload),
        Codec::Vp9 => vp9::place(payload),
        _ => Err(Error::Codec),
    }
}
