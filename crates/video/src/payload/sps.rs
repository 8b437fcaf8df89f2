//! H.264 sequence parameter sets: how large the pictures are.

use super::Error;
use super::bits::Bits;
use visavis_model::Size;

/// The picture size of a sequence parameter set (H.264 §7.3.2.1.1), with its cropping.
pub fn size(unit: &[u8]) -> Result<Size, Error> {
    let raw = unescape(unit.get(1..).ok_or(Error::Short)?);
    let mut bits = Bits::new(&raw);
    let profile = bits.read(8)?;
    bits.read(16)?;
    bits.golomb()?;
    let mut chroma = 1;
    if matches!(profile, 44 | 83 | 86 | 100 | 110 | 118 | 122 | 128 | 134 | 135 | 138 | 139 | 244) {
        chroma = bits.golomb()?;
        if chroma == 3 {
            bits.flag()?;
        }
        bits.golomb()?;
        bits.golomb()?;
        bits.flag()?;
        if bits.flag()? {
            for list in 0..if chroma == 3 { 12 } else { 8 } {
                if bits.flag()? {
                    skip_scaling_list(&mut bits, if list < 6 { 16 } else { 64 })?;
                }
            }
        }
    }
    bits.golomb()?;
    match bits.golomb()? {
        0 => {
            bits.golomb()?;
        }
        1 => {
            bits.flag()?;
            bits.signed_golomb()?;
            bits.signed_golomb()?;
            let count = bits.golomb()?;
            if count > 255 {
                return Err(Error::Reserved);
            }
            for _ in 0..count {
                bits.signed_golomb()?;
            }
        }
        _ => {}
    }
    bits.golomb()?;
    bits.flag()?;
    let width = u64::from(bits.golomb()?) + 1;
    let height = u64::from(bits.golomb()?) + 1;
    let frames_only = bits.flag()?;
    if !frames_only {
        bits.flag()?;
    }
    bits.flag()?;
    let fields = if frames_only { 1 } else { 2 };
    let (mut width, mut height) = (width * 16, height * 16 * fields);
    if bits.flag()? {
        let crop: Vec<u64> = (0..4).map(|_| bits.golomb().map(u64::from)).collect::<Result<_, _>>()?;
        let (across, down) = match chroma {
            0 | 3 => (1, fields),
            2 => (2, fields),
            _ => (2, 2 * fields),
        };
        width = width.saturating_sub((crop[0] + crop[1]) * across);
        height = height.saturating_sub((crop[2] + crop[3]) * down);
    }
    match (u32::try_from(width), u32::try_from(height)) {
        (Ok(width), Ok(height)) if width > 0 && height > 0 => Ok(Size::new(width, height)),
        _ => Err(Error::Reserved),
    }
}

/// §7.3.2.1.1.1.
fn skip_scaling_list(bits: &mut Bits<'_>, length: u32) -> Result<(), Error> {
    let (mut last, mut next) = (8i32, 8i32);
    for _ in 0..length {
        if next != 0 {
            next = (last.wrapping_add(bits.signed_golomb()?)).rem_euclid(256);
        }
        last = if next == 0 { last } else { next };
    }
    Ok(())
}

/// Takes the emulation prevention bytes out (§7.4.1). Parameter sets only: bounded at 4 kB.
fn unescape(unit: &[u8]) -> Vec<u8> {
    let mut raw = Vec::with_capacity(unit.len().min(4096));
    let mut zeros = 0;
    for &byte in unit.iter().take(4096) {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        raw.push(byte);
    }
    raw
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::Encoder;
    use crate::payload::h264;
    use visavis_media::{I420, MediaTime};
    use visavis_model::{BitsPerSecond, Codec, Fps};

    #[test]
    fn the_size_of_our_own_encoder_is_read() {
        let size = Size::new(322, 182);
        let mut encoder = Encoder::new(Codec::H264, None, BitsPerSecond(100_000), Fps(30.0)).expect("opens");
        let frame = encoder.encode(&I420::black(size), MediaTime::ZERO).expect("encodes").expect("a frame");
        let sps = h264::units(&frame.data).into_iter().find(|unit| unit[0] & 0x1f == 7).expect("a parameter set");
        assert_eq!(super::size(&sps), Ok(size));
    }

    #[test]
    fn a_high_profile_with_scaling_lists_and_fields_is_read() {
        // Profile 100, level 4.0, 4:2:0, one scaling list of 16 that ends at once, order count of type 0,
        // interlaced 1920 x 1088 in fields, cropped by 8 rows.
        let mut bits = String::from("01100100" /* profile */);
        bits += "0000000000101000" /* constraints, level */;
        bits += "1" /* id */;
        bits += "010" /* chroma 1 */;
        bits += "1" /* depth */;
        bits += "1" /* depth */;
        bits += "0" /* no bypass */;
        bits += "1" /* scaling matrix */;
        // First list: a difference of -8 makes the next scale 0. The other seven are not given.
        bits += "1000010001";
        bits += "0000000";
        bits += "1" /* frame number */;
        bits += "1" /* order type 0 */;
        bits += "1" /* order bits */;
        bits += "010" /* references */;
        bits += "0" /* gaps */;
        bits += "0000001111000" /* 120 macroblocks */;
        bits += "00000100010" /* 34 pairs of macroblocks */;
        bits += "0" /* fields */;
        bits += "0" /* not adaptive */;
        bits += "1" /* direct */;
        bits += "1" /* cropped */;
        bits += "111" /* left, right, top */;
        bits += "011" /* bottom: 2 times 4 rows */;
        bits += "01" /* no usage information; the end */;
        let mut unit = vec![0x67];
        for byte in bits.as_bytes().chunks(8) {
            unit.push((0..8).fold(0, |value, index| value << 1 | u8::from(byte.get(index) == Some(&b'1'))));
        }
        assert_eq!(super::size(&unit), Ok(Size::new(1920, 1080)));
    }
}
