//! VP8 (RFC 7741).

use super::{Assembled, Error, Place, Temporal};
use bytes::{BufMut, Bytes, BytesMut};
use visavis_model::Size;

/// A payload descriptor (§4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Bytes of the descriptor.
    pub length: usize,
    pub starts_partition: bool,
    pub partition: u8,
    pub non_reference: bool,
    pub picture_id: Option<u16>,
    pub base_index: Option<u8>,
    pub temporal_id: Option<u8>,
    pub layer_sync: bool,
}

impl Descriptor {
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut at = 0;
        let mut next = || {
            let byte = payload.get(at).copied().ok_or(Error::Short);
            at += 1;
            byte
        };
        let first = next()?;
        let mut descriptor = Self {
            starts_partition: first & 0x10 != 0,
            partition: first & 0x07,
            non_reference: first & 0x20 != 0,
            ..Self::default()
        };
        if first & 0x80 != 0 {
            let extension = next()?;
            if extension & 0x80 != 0 {
                let high = next()?;
                descriptor.picture_id = Some(if high & 0x80 != 0 {
                    u16::from(high & 0x7f) << 8 | u16::from(next()?)
                } else {
                    u16::from(high)
                });
            }
            if extension & 0x40 != 0 {
                descriptor.base_index = Some(next()?);
            }
            if extension & 0x30 != 0 {
                let byte = next()?;
                if extension & 0x20 != 0 {
                    descriptor.temporal_id = Some(byte >> 6);
                    descriptor.layer_sync = byte & 0x20 != 0;
                }
            }
        }
        descriptor.length = at;
        Ok(descriptor)
    }
}

/// Reads what a payload says about its place.
pub fn place(payload: &[u8]) -> Result<Place, Error> {
    let descriptor = Descriptor::parse(payload)?;
    let starts = descriptor.starts_partition && descriptor.partition == 0;
    let body = payload.get(descriptor.length..).unwrap_or_default();
    let temporal = descriptor.temporal_id.zip(descriptor.base_index);
    Ok(Place {
        starts_picture: starts,
        ends_picture: false,
        // §4.3: the P bit is 0 in a keyframe.
        keyframe: starts && body.first().is_some_and(|byte| byte & 1 == 0),
        temporal: temporal.map(|(id, base_index)| Temporal { id, base_index, sync: descriptor.layer_sync }),
    })
}

/// The frame of these payloads; `None` where there is nothing in them.
pub fn assemble<'a>(payloads: impl Iterator<Item = &'a Bytes>) -> Result<Option<Assembled>, Error> {
    let mut out = BytesMut::new();
    for payload in payloads {
        let descriptor = Descriptor::parse(payload)?;
        if out.is_empty() && !(descriptor.starts_partition && descriptor.partition == 0) {
            return Err(Error::Fragments);
        }
        out.put_slice(payload.get(descriptor.length..).unwrap_or_default());
    }
    if out.is_empty() {
        return Ok(None);
    }
    let keyframe = out[0] & 1 == 0;
    let size = if keyframe { frame_size(&out)? } else { Size::default() };
    if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
        return Err(Error::TooLarge);
    }
    Ok(Some(Assembled { data: out.freeze(), keyframe, size }))
}

/// The size in a keyframe's header (RFC 6386 §9.1).
pub fn frame_size(frame: &[u8]) -> Result<Size, Error> {
    let header = frame.get(..10).ok_or(Error::Short)?;
    if header[3..6] != [0x9d, 0x01, 0x2a] {
        return Err(Error::Reserved);
    }
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    let size = Size::new(side(header[6], header[7]), side(header[8], header[9]));
    if size.is_empty() { Err(Error::Reserved) } else { Ok(size) }
}

/// Cuts frames into payloads of equal length, with a running picture id of 15 bits.
#[derive(Clone, Debug, Default)]
pub struct Packetiser {
    picture_id: u16,
}

impl Packetiser {
    pub fn packetise(&mut self, frame: &Bytes, mtu: usize) -> Vec<Bytes> {
        const DESCRIPTOR: usize = 4;
        if frame.is_empty() {
            return Vec::new();
        }
        let room = mtu.max(16) - DESCRIPTOR;
        let share = frame.len().div_ceil(frame.len().div_ceil(room));
        let payloads = frame.chunks(share).enumerate().map(|(index, part)| {
            let mut payload = BytesMut::with_capacity(part.len() + DESCRIPTOR);
            payload.put_u8(if index == 0 { 0x90 } else { 0x80 });
            payload.put_u8(0x80);
            payload.put_u16(0x8000 | self.picture_id);
            payload.put_slice(part);
            payload.freeze()
        });
        let payloads = payloads.collect();
        self.picture_id = (self.picture_id + 1) & 0x7fff;
        payloads
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_field_of_the_descriptor_is_read() {
        // X, S, partition 0; I, L, T, K; 15-bit picture id 0x1234; TL0PICIDX 7; T 2, Y, key index 3.
        let payload = [0x90, 0xf0, 0x92, 0x34, 7, 0xa3, 0x01, 0x02];
        let descriptor = Descriptor::parse(&payload).expect("valid");
        assert_eq!(
            descriptor,
            Descriptor {
                length: 6,
                starts_partition: true,
                partition: 0,
                non_reference: false,
                picture_id: Some(0x1234),
                base_index: Some(7),
                temporal_id: Some(2),
                layer_sync: true,
            }
        );
        let place = place(&payload).expect("valid");
        assert_eq!(place.temporal, Some(Temporal { id: 2, base_index: 7, sync: true }));
        assert!(place.starts_picture && !place.keyframe);
        assert_eq!(Descriptor::parse(&[0x10]).expect("valid").length, 1);
        assert_eq!(Descriptor::parse(&[0x90, 0x80, 0x80]), Err(Error::Short));
        assert_eq!(Descriptor::parse(&[]), Err(Error::Short));
    }

    #[test]
    fn a_keyframe_tells_its_size() {
        let frame = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41];
        assert_eq!(frame_size(&frame), Ok(Size::new(640, 360)));
        let mut packetiser = Packetiser::default();
        let payloads = packetiser.packetise(&Bytes::copy_from_slice(&frame), 1000);
        let whole = assemble(payloads.iter()).expect("valid").expect("a frame");
        assert!(whole.keyframe);
        assert_eq!(whole.size, Size::new(640, 360));
    }

    proptest! {
        #[test]
        fn what_is_cut_is_put_together_again(body in prop::collection::vec(any::<u8>(), 1..5000), mtu in 16usize..1400) {
            let mut frame = body;
            // An interframe: no header to be right.
            frame[0] |= 1;
            let frame = Bytes::from(frame);
            let mut packetiser = Packetiser::default();
            let payloads = packetiser.packetise(&frame, mtu);
            prop_assert!(payloads.iter().all(|payload| payload.len() <= mtu));
            prop_assert_eq!(assemble(payloads.iter()).expect("valid").expect("a frame").data, frame);
        }

        #[test]
        fn no_payloads_break_anything(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
            let payloads: Vec<Bytes> = payloads.into_iter().map(Bytes::from).collect();
            for payload in &payloads {
                let _ = place(payload);
                let _ = frame_size(payload);
            }
            let _ = assemble(payloads.iter());
        }
    }
}
