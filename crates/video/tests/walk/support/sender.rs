//! A sender of one track: synthetic picture, encoder, payloads.

use super::vpx;
use bytes::{BufMut, Bytes, BytesMut};
use std::sync::Arc;
use visavis_media::{EncodedFrame, MediaTime};
use visavis_model::{BitsPerSecond, Codec, Fps, Size};
use visavis_video::capture::Synthetic;
use visavis_video::{encode, payload};

pub const MTU: usize = 1160;

/// What a sender sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    H264,
    Vp8,
    Vp9,
    /// Three spatial layers; in all but key pictures only the one with this number is forwarded.
    Vp9Svc {
        forwarded: usize,
    },
}

impl Kind {
    pub const ALL: [Self; 5] =
        [Self::H264, Self::Vp8, Self::Vp9, Self::Vp9Svc { forwarded: 2 }, Self::Vp9Svc { forwarded: 0 }];

    pub fn codec(self) -> Codec {
        match self {
            Self::H264 => Codec::H264,
            Self::Vp8 => Codec::Vp8,
            _ => Codec::Vp9,
        }
    }
}

enum Encoder {
    H264(encode::Encoder),
    Vpx(vpx::Encoder),
}

pub struct Sender {
    kind: Kind,
    source: Synthetic,
    encoder: Encoder,
    payloads: Option<payload::Packetiser>,
    picture_id: u16,
    pub counter: u32,
    pub keyframe_wanted: bool,
}

impl Sender {
    pub fn new(kind: Kind, size: Size, kilobits: u32) -> Self {
        let encoder = match kind {
            Kind::H264 => {
                let rate = BitsPerSecond::from_kilobits(u64::from(kilobits));
                Encoder::H264(encode::Encoder::new(Codec::H264, None, rate, Fps(30.0)).expect("opens"))
            }
            Kind::Vp8 | Kind::Vp9 => Encoder::Vpx(vpx::Encoder::new(kind.codec(), size, kilobits, 1)),
            Kind::Vp9Svc { .. } => Encoder::Vpx(vpx::Encoder::new(Codec::Vp9, size, kilobits, vpx::SVC_LAYERS)),
        };
        Self {
            kind,
            // A clock that stands still: the same pictures in every run.
            source: Synthetic::with_clock(size, Fps(30.0), 1, Arc::new(|| 0x0102_0304)),
            encoder,
            payloads: payload::Packetiser::new(kind.codec()).ok(),
            picture_id: 77,
            counter: 0,
            keyframe_wanted: false,
        }
    }

    /// The payloads of the next picture; empty where the encoder left it out.
    pub fn next(&mut self, time: MediaTime) -> Vec<Bytes> {
        let picture = self.source.draw(self.counter);
        self.counter += 1;
        let wanted = std::mem::take(&mut self.keyframe_wanted);
        match &mut self.encoder {
            Encoder::H264(encoder) => {
                if wanted {
                    encoder.request_keyframe();
                }
                let Some(frame) = encoder.encode(&picture, time).expect("encodes") else { return Vec::new() };
                self.payloads.as_mut().expect("H.264 is sent").packetise(&frame, MTU)
            }
            Encoder::Vpx(encoder) => {
                let Some(encoded) = encoder.encode(&picture, wanted) else { return Vec::new() };
                if self.kind == Kind::Vp8 {
                    let frame = frame(Codec::Vp8, encoded.keyframe, encoded.layers[0].clone());
                    return self.payloads.as_mut().expect("VP8 is sent").packetise(&frame, MTU);
                }
                self.picture_id = (self.picture_id + 1) & 0x7fff;
                vp9_payloads(&encoded, self.kind, self.picture_id)
            }
        }
    }
}

pub fn frame(codec: Codec, keyframe: bool, data: Bytes) -> EncodedFrame {
    EncodedFrame { codec, layer: None, keyframe, size: Size::default(), time: MediaTime::ZERO, rtp_timestamp: 0, data }
}

/// RFC 9628, non-flexible mode; the scalability structure comes with every key picture.
fn vp9_payloads(encoded: &vpx::Encoded, kind: Kind, picture_id: u16) -> Vec<Bytes> {
    let mut payloads = Vec::new();
    for (layer, data) in encoded.layers.iter().enumerate() {
        if let Kind::Vp9Svc { forwarded } = kind {
            let wanted = if encoded.keyframe { layer <= forwarded } else { layer == forwarded };
            if !wanted {
                continue;
            }
        }
        let parts: Vec<&[u8]> = data.chunks(MTU - 20).collect();
        for (index, part) in parts.iter().enumerate() {
            let (first, last) = (index == 0, index + 1 == parts.len());
            let structure = encoded.keyframe && layer == 0 && first;
            let mut payload = BytesMut::new();
            let flag = |bit: u8, set: bool| if set { bit } else { 0 };
            payload.put_u8(
                0x80 | 0x20
                    | flag(0x40, !encoded.keyframe)
                    | flag(0x08, first)
                    | flag(0x04, last)
                    | flag(0x02, structure),
            );
            payload.put_u16(0x8000 | picture_id);
            payload.put_u8((layer as u8) << 1 | flag(1, encoded.keyframe && layer > 0));
            payload.put_u8(picture_id as u8);
            if structure {
                payload.put_u8((encoded.layers.len() as u8 - 1) << 5);
            }
            payload.put_slice(part);
            payloads.push(payload.freeze());
        }
    }
    payloads
}
