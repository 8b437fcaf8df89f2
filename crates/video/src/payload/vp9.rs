//! VP9 (RFC 9628), received only: one or more spatial layers, flexible mode or not.

use super::bits::Bits;
use super::{Assembled, Error, Place};
use bytes::{BufMut, Bytes, BytesMut};
use visavis_model::Size;

/// A payload descriptor (§4.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptor {
    /// Bytes of the descriptor.
    pub length: usize,
    pub picture_id: Option<u16>,
    /// P: the layer frame needs an earlier picture.
    pub inter_picture: bool,
    /// B and E: the layer frame starts and ends here.
    pub starts_frame: bool,
    pub ends_frame: bool,
    pub flexible: bool,
    pub temporal_id: u8,
    /// U: upward switching point of the temporal layer.
    pub switching_up: bool,
    pub spatial_id: u8,
    /// D: the layer frame needs the one below.
    pub inter_layer: bool,
    pub base_index: Option<u8>,
    /// V: what the layers are.
    pub structure: Option<Structure>,
}

/// The scalability structure: how many spatial layers, and their sizes where given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    pub layers: u8,
    pub sizes: Vec<Size>,
}

impl Descriptor {
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader { payload, at: 0 };
        let first = reader.byte()?;
        let mut descriptor = Self {
            inter_picture: first & 0x40 != 0,
            flexible: first & 0x10 != 0,
            starts_frame: first & 0x08 != 0,
            ends_frame: first & 0x04 != 0,
            ..Self::default()
        };
        if first & 0x80 != 0 {
            let high = reader.byte()?;
            descriptor.picture_id = Some(if high & 0x80 != 0 {
                u16::from(high & 0x7f) << 8 | u16::from(reader.byte()?)
            } else {
                u16::from(high)
            });
        }
        if first & 0x20 != 0 {
            let layer = reader.byte()?;
            descriptor.temporal_id = layer >> 5;
            descriptor.switching_up = layer & 0x10 != 0;
            descriptor.spatial_id = layer >> 1 & 0x07;
            descriptor.inter_layer = layer & 0x01 != 0;
            if !descriptor.flexible {
                descriptor.base_index = Some(reader.byte()?);
            }
        }
        if descriptor.flexible && descriptor.inter_picture {
            // At most three references, each with a bit that says that another one follows.
            for count in 1.. {
                if reader.byte()? & 1 == 0 {
                    break;
                }
                if count == 3 {
                    return Err(Error::Reserved);
                }
            }
        }
        if first & 0x02 != 0 {
            descriptor.structure = Some(reader.structure()?);
        }
        descriptor.length = reader.at;
        Ok(descriptor)
    }
}

struct Reader<'a> {
    payload: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, Error> {
        let byte = self.payload.get(self.at).copied().ok_or(Error::Short)?;
        self.at += 1;
        Ok(byte)
    }

    fn side(&mut self) -> Result<u32, Error> {
        Ok(u32::from(u16::from_be_bytes([self.byte()?, self.byte()?])))
    }

    /// §4.2.1.
    fn structure(&mut self) -> Result<Structure, Error> {
        let first = self.byte()?;
        let layers = (first >> 5) + 1;
        let mut structure = Structure { layers, sizes: Vec::new() };
        if first & 0x10 != 0 {
            for _ in 0..layers {
                let (width, height) = (self.side()?, self.side()?);
                structure.sizes.push(Size::new(width, height));
            }
        }
        if first & 0x08 != 0 {
            for _ in 0..self.byte()? {
                let references = self.byte()? >> 2 & 0x03;
                for _ in 0..references {
                    self.byte()?;
                }
            }
        }
        Ok(structure)
    }
}

/// Reads what a payload says about its place.
pub fn place(payload: &[u8]) -> Result<Place, Error> {
    let descriptor = Descriptor::parse(payload)?;
    Ok(Place {
        // A server may forward upper layers only: whether a picture starts with one of them, only its neighbours tell.
        starts_picture: descriptor.starts_frame && descriptor.spatial_id == 0,
        ends_picture: false,
        keyframe: descriptor.starts_frame && descriptor.spatial_id == 0 && !descriptor.inter_picture,
        temporal: None,
    })
}

/// Puts pictures together: all spatial layers of one picture, lowest first, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Depacketiser {
    structure: Option<Structure>,
}

impl Depacketiser {
    /// The number of spatial layers that the sender announced last.
    pub fn layers(&self) -> Option<u8> {
        self.structure.as_ref().map(|structure| structure.layers)
    }

    /// True where this packet ends the highest layer that there is.
    pub fn ends_top_layer(&self, descriptor: &Descriptor) -> bool {
        let layers = descriptor.structure.as_ref().map(|structure| structure.layers).or(self.layers());
        descriptor.ends_frame && layers.is_some_and(|layers| descriptor.spatial_id + 1 == layers)
    }

    /// As [`place`], and knows the end of the highest layer.
    pub fn place(&mut self, payload: &[u8]) -> Result<Place, Error> {
        let descriptor = Descriptor::parse(payload)?;
        if let Some(structure) = &descriptor.structure {
            self.structure = Some(structure.clone());
        }
        Ok(Place { ends_picture: self.ends_top_layer(&descriptor), ..place(payload)? })
    }

    /// The picture of these payloads; `None` where there is nothing in them.
    ///
    /// The size of a keyframe is that of its highest layer.
    pub fn assemble<'a>(&mut self, payloads: impl Iterator<Item = &'a Bytes>) -> Result<Option<Assembled>, Error> {
        let mut out = BytesMut::new();
        let mut open = false;
        let (mut keyframe, mut first, mut size) = (false, true, Size::default());
        for payload in payloads {
            let descriptor = Descriptor::parse(payload)?;
            let body = payload.get(descriptor.length..).unwrap_or_default();
            if let Some(structure) = descriptor.structure.clone() {
                self.structure = Some(structure);
            }
            if descriptor.starts_frame == open {
                return Err(Error::Fragments);
            }
            if descriptor.starts_frame {
                if std::mem::take(&mut first) {
                    keyframe = descriptor.spatial_id == 0 && !descriptor.inter_picture;
                }
                match frame_size(body) {
                    Ok(Some(layer)) => {
                        if layer.width > crate::MAX_SIDE || layer.height > crate::MAX_SIDE {
                            return Err(Error::TooLarge);
                        }
                        size = layer;
                    }
                    // Its size is that of a reference.
                    Ok(None) => {}
                    Err(error) => return Err(error),
                }
            }
            out.put_slice(body);
            open = !descriptor.ends_frame;
        }
        if open {
            return Err(Error::Fragments);
        }
        if out.is_empty() {
            return Ok(None);
        }
        let size = if keyframe { size } else { Size::default() };
        Ok(Some(Assembled { data: out.freeze(), keyframe, size }))
    }
}

/// The size that a frame's uncompressed header states (VP9 bitstream §6.2); `None` where it takes that of a reference.
pub fn frame_size(frame: &[u8]) -> Result<Option<Size>, Error> {
    let mut bits = Bits::new(frame);
    if bits.read(2)? != 2 {
        return Err(Error::Reserved);
    }
    let profile = bits.read(1)? | bits.read(1)? << 1;
    if profile == 3 && bits.flag()? {
        return Err(Error::Reserved);
    }
    // show_existing_frame
    if bits.flag()? {
        return Ok(None);
    }
    let inter = bits.flag()?;
    let shown = bits.flag()?;
    let resilient = bits.flag()?;
    if !inter {
        sync_code(&mut bits)?;
        colour(&mut bits, profile)?;
        return explicit_size(&mut bits).map(Some);
    }
    let intra_only = !shown && bits.flag()?;
    if !resilient {
        bits.read(2)?;
    }
    if intra_only {
        sync_code(&mut bits)?;
        if profile > 0 {
            colour(&mut bits, profile)?;
        }
        bits.read(8)?;
        return explicit_size(&mut bits).map(Some);
    }
    bits.read(8)?;
    for _ in 0..3 {
        bits.read(4)?;
    }
    for _ in 0..3 {
        if bits.flag()? {
            return Ok(None);
        }
    }
    explicit_size(&mut bits).map(Some)
}

fn sync_code(bits: &mut Bits<'_>) -> Result<(), Error> {
    if bits.read(24)? == 0x49_83_42 { Ok(()) } else { Err(Error::Reserved) }
}

/// §6.2.2.
fn colour(bits: &mut Bits<'_>, profile: u32) -> Result<(), Error> {
    if profile >= 2 {
        bits.flag()?;
    }
    let space = bits.read(3)?;
    if space != 7 {
        bits.flag()?;
        if profile & 1 == 1 {
            bits.read(3)?;
        }
    } else if profile & 1 == 1 {
        bits.flag()?;
    } else {
        return Err(Error::Reserved);
    }
    Ok(())
}

fn explicit_size(bits: &mut Bits<'_>) -> Result<Size, Error> {
    let width = bits.read(16)? + 1;
    Ok(Size::new(width, bits.read(16)? + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_picture_with_its_structure_is_read() {
        // I, L, B, V; 15-bit picture id 0x0123; layer ids 0; TL0PICIDX 9; three layers with sizes, one picture in the group.
        let mut payload = vec![0xaa, 0x81, 0x23, 0x00, 9, 0x58];
        for (width, height) in [(320u16, 180u16), (640, 360), (1280, 720)] {
            payload.extend(width.to_be_bytes());
            payload.extend(height.to_be_bytes());
        }
        payload.extend([1, 0x04, 1]);
        payload.extend([0x82, 0x49]);
        let descriptor = Descriptor::parse(&payload).expect("valid");
        assert_eq!(descriptor.picture_id, Some(0x123));
        assert_eq!(descriptor.base_index, Some(9));
        assert_eq!(descriptor.length, payload.len() - 2);
        let structure = descriptor.structure.clone().expect("given");
        assert_eq!((structure.layers, structure.sizes[2]), (3, Size::new(1280, 720)));
        assert!(place(&payload).expect("valid").keyframe);
    }

    #[test]
    fn flexible_mode_reads_its_references() {
        // I, P, L, F, B; picture id 5; T 1, U, S 2, D; two references.
        let payload = [0xf8, 5, 0b0011_0101, 0b0000_0011, 0b0000_0100, 0x86];
        let descriptor = Descriptor::parse(&payload).expect("valid");
        assert_eq!(
            (descriptor.temporal_id, descriptor.spatial_id, descriptor.switching_up, descriptor.inter_layer),
            (1, 2, true, true)
        );
        assert_eq!((descriptor.length, descriptor.base_index), (5, None));
        assert_eq!(Descriptor::parse(&[0xf8, 5, 0, 1, 1, 1, 0]), Err(Error::Reserved));
    }

    #[test]
    fn the_end_of_the_top_layer_is_the_end_of_the_picture() {
        let mut depacketiser = Depacketiser::default();
        let descriptor = Descriptor { ends_frame: true, spatial_id: 2, ..Descriptor::default() };
        assert!(!depacketiser.ends_top_layer(&descriptor));
        depacketiser.structure = Some(Structure { layers: 3, sizes: Vec::new() });
        assert!(depacketiser.ends_top_layer(&descriptor));
        assert!(!depacketiser.ends_top_layer(&Descriptor { spatial_id: 1, ..descriptor }));
    }

    #[test]
    fn a_keyframe_header_tells_its_size() {
        // frame_marker 2, profile 0, key, shown, not resilient; sync code; colour space 1, range 0; 1280 × 720.
        let header = [0x82, 0x49, 0x83, 0x42, 0x20, 0x4f, 0xf0, 0x2c, 0xf0];
        assert_eq!(frame_size(&header), Ok(Some(Size::new(1280, 720))));
        assert_eq!(frame_size(&header[..5]), Err(Error::Short));
        assert_eq!(frame_size(&[0x00, 0x49]), Err(Error::Reserved));
    }

    proptest! {
        #[test]
        fn no_payloads_break_anything(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..6)) {
            let payloads: Vec<Bytes> = payloads.into_iter().map(Bytes::from).collect();
            for payload in &payloads {
                let _ = place(payload);
                let _ = frame_size(payload);
                if let Ok(descriptor) = Descriptor::parse(payload) {
                    prop_assert!(descriptor.length <= payload.len());
                }
            }
            let _ = Depacketiser::default().assemble(payloads.iter());
        }
    }
}
