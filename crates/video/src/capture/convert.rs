//! What cameras and picture files give, made 4:2:0 limited range (BT.601).

use super::Error;
use visavis_media::{I420, Pool};
use visavis_model::Size;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

const SHORT: &str = "shorter than its size";

fn picture(size: Size, pool: &Pool) -> Result<I420, Error> {
    if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
        return Err(Error::BrokenPicture(format!("{size} is too large")));
    }
    I420::new(size, pool.take(I420::byte_len(size))).ok_or_else(|| Error::BrokenPicture("empty".into()))
}

/// Packed 4:2:2 (Y U Y V), rows without padding; chroma is the mean of two rows.
pub fn from_yuyv(data: &[u8], size: Size, pool: &Pool) -> Result<I420, Error> {
    let stride = (size.width as usize).div_ceil(2) * 4;
    if data.len() < stride * size.height as usize {
        return Err(Error::BrokenPicture(SHORT.into()));
    }
    let mut result = picture(size, pool)?;
    let [(luma, luma_stride), (u, chroma_stride), (v, _)] = result.planes_mut();
    let rows: Vec<&[u8]> = data.chunks_exact(stride).take(size.height as usize).collect();
    for (out, row) in luma.chunks_exact_mut(luma_stride).zip(&rows) {
        for (out, sample) in out.iter_mut().zip(row.iter().step_by(2)) {
            *out = *sample;
        }
    }
    for ((u, v), pair) in u.chunks_exact_mut(chroma_stride).zip(v.chunks_exact_mut(chroma_stride)).zip(rows.chunks(2)) {
        let (upper, lower) = (pair[0], pair[pair.len() - 1]);
        for ((u, v), (a, b)) in u.iter_mut().zip(v).zip(upper.chunks_exact(4).zip(lower.chunks_exact(4))) {
            *u = mean(a[1], b[1]);
            *v = mean(a[3], b[3]);
        }
    }
    Ok(result)
}

/// Luma and a plane of U V pairs, rows without padding.
pub fn from_nv12(data: &[u8], size: Size, pool: &Pool) -> Result<I420, Error> {
    let (width, height) = (size.width as usize, size.height as usize);
    let pairs = width.div_ceil(2);
    if data.len() < width * height + 2 * pairs * height.div_ceil(2) {
        return Err(Error::BrokenPicture(SHORT.into()));
    }
    let mut result = picture(size, pool)?;
    let (source_luma, source_chroma) = data.split_at(width * height);
    let [(luma, _), (u, _), (v, _)] = result.planes_mut();
    luma[..width * height].copy_from_slice(source_luma);
    for ((u, v), pair) in u.iter_mut().zip(v).zip(source_chroma.chunks_exact(2)) {
        *u = pair[0];
        *v = pair[1];
    }
    Ok(result)
}

/// One of 8 bits of grey a pixel.
pub fn from_grey(data: &[u8], size: Size, pool: &Pool) -> Result<I420, Error> {
    let samples = size.area() as usize;
    if data.len() < samples {
        return Err(Error::BrokenPicture(SHORT.into()));
    }
    let mut result = picture(size, pool)?;
    let [(luma, _), (u, _), (v, _)] = result.planes_mut();
    for (out, sample) in luma.iter_mut().zip(&data[..samples]) {
        *out = limited(*sample);
    }
    u.fill(128);
    v.fill(128);
    Ok(result)
}

/// Three bytes a pixel; `order` says where red, green and blue are.
pub fn from_rgb(data: &[u8], size: Size, order: [usize; 3], pool: &Pool) -> Result<I420, Error> {
    from_triples(data, size, pool, |pixel| {
        let [r, g, b] = order.map(|index| i32::from(pixel[index]));
        // BT.601 limited range in 8-bit fixed point.
        [
            ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16,
            ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128,
            ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128,
        ]
    })
}

/// A JPEG picture (JFIF is BT.601 full range), baseline or progressive.
pub fn from_jpeg(data: &[u8], pool: &Pool) -> Result<I420, Error> {
    let side = crate::MAX_SIDE as usize;
    let broken = |error: zune_jpeg::errors::DecodeErrors| Error::BrokenPicture(error.to_string());
    let options = DecoderOptions::default()
        .set_max_width(side)
        .set_max_height(side)
        .set_strict_mode(false)
        .jpeg_set_out_colorspace(ColorSpace::YCbCr);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(data), options);
    decoder.decode_headers().map_err(broken)?;
    let (width, height) = decoder.dimensions().ok_or_else(|| Error::BrokenPicture("no size".into()))?;
    let size = Size::new(width as u32, height as u32);
    match decoder.input_colorspace() {
        Some(ColorSpace::YCbCr) => {
            let pixels = decoder.decode().map_err(broken)?;
            from_triples(&pixels, size, pool, |pixel| {
                let chroma = |sample: u8| 16 + (i32::from(sample) * 224 + 127) / 255;
                [i32::from(limited(pixel[0])), chroma(pixel[1]), chroma(pixel[2])]
            })
        }
        other => {
            let wanted = if other == Some(ColorSpace::Luma) { ColorSpace::Luma } else { ColorSpace::RGB };
            decoder.set_options(decoder.options().jpeg_set_out_colorspace(wanted));
            let pixels = decoder.decode().map_err(broken)?;
            if wanted == ColorSpace::Luma {
                from_grey(&pixels, size, pool)
            } else {
                from_rgb(&pixels, size, [0, 1, 2], pool)
            }
        }
    }
}

/// Three bytes a pixel through `convert`, chroma from the mean of 2 × 2 pixels.
fn from_triples(data: &[u8], size: Size, pool: &Pool, convert: impl Fn(&[u8]) -> [i32; 3]) -> Result<I420, Error> {
    let stride = size.width as usize * 3;
    if stride == 0 || data.len() < stride * size.height as usize {
        return Err(Error::BrokenPicture(SHORT.into()));
    }
    let mut result = picture(size, pool)?;
    let [(luma, luma_stride), (u, chroma_stride), (v, _)] = result.planes_mut();
    let mut sums = vec![[0i32; 3]; chroma_stride];
    let rows = data.chunks_exact(stride).take(size.height as usize).enumerate();
    for ((y, row), luma) in rows.zip(luma.chunks_exact_mut(luma_stride)) {
        for (x, (pixel, out)) in row.chunks_exact(3).zip(luma).enumerate() {
            let [luma, u, v] = convert(pixel);
            *out = luma.clamp(0, 255) as u8;
            let sum = &mut sums[x / 2];
            *sum = [sum[0] + u, sum[1] + v, sum[2] + 1];
        }
        if y % 2 == 1 || y + 1 == size.height as usize {
            let at = y / 2 * chroma_stride;
            for ((u, v), sum) in u[at..].iter_mut().zip(&mut v[at..]).zip(&mut sums) {
                *u = (sum[0] / sum[2].max(1)).clamp(0, 255) as u8;
                *v = (sum[1] / sum[2].max(1)).clamp(0, 255) as u8;
                *sum = [0; 3];
            }
        }
    }
    Ok(result)
}

fn mean(a: u8, b: u8) -> u8 {
    ((u16::from(a) + u16::from(b) + 1) >> 1) as u8
}

/// Full range to limited range.
fn limited(sample: u8) -> u8 {
    (16 + (u16::from(sample) * 219 + 127) / 255) as u8
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A baseline 4:2:0 JPEG of one colour (luma, blue, red difference), written by hand: DC coefficients only.
    pub fn flat_jpeg(width: u16, height: u16, colour: [u8; 3]) -> Vec<u8> {
        let mut file = vec![0xff, 0xd8, 0xff, 0xdb, 0, 67, 0];
        // A quantiser of 8: a block's DC coefficient is then its level around 128.
        file.extend([8; 64]);
        file.extend([0xff, 0xc0, 0, 17, 8]);
        file.extend(height.to_be_bytes());
        file.extend(width.to_be_bytes());
        file.extend([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
        // DC: twelve codes of four bits for the categories 0 to 11. AC: one code of one bit, "end of block".
        file.extend([0xff, 0xc4, 0, 31, 0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.extend(0..12);
        file.extend([0xff, 0xc4, 0, 20, 0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        file.extend([0xff, 0xda, 0, 12, 3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
        let mut bits = Vec::new();
        let mut before = [0i32; 3];
        for _ in 0..width.div_ceil(16) as usize * height.div_ceil(16) as usize {
            for component in [0, 0, 0, 0, 1, 2] {
                let level = i32::from(colour[component]) - 128;
                let difference = level - before[component];
                before[component] = level;
                let category = 32 - difference.unsigned_abs().leading_zeros();
                bits.extend((0..4).rev().map(|bit| category >> bit & 1 == 1));
                let magnitude = if difference < 0 { difference - 1 } else { difference };
                bits.extend((0..category).rev().map(|bit| magnitude >> bit & 1 == 1));
                bits.push(false);
            }
        }
        for byte in bits.chunks(8) {
            let value = (0..8).fold(0, |value, index| value << 1 | u8::from(byte.get(index).copied().unwrap_or(true)));
            file.push(value);
            if value == 0xff {
                file.push(0);
            }
        }
        file.extend([0xff, 0xd9]);
        file
    }

    #[test]
    fn a_jpeg_becomes_limited_range() {
        for (colour, want) in
            [([255, 128, 128], [235, 128, 128]), ([76, 85, 255], [81, 91, 240]), ([0, 128, 128], [16, 128, 128])]
        {
            let picture = from_jpeg(&flat_jpeg(32, 48, colour), &Pool::new(1)).expect("decodes");
            assert_eq!(picture.size(), Size::new(32, 48));
            for (plane, want) in picture.planes().iter().zip(want) {
                assert!(plane.data.iter().all(|sample| sample.abs_diff(want) <= 2), "{}: not {want}", plane.data[0]);
            }
        }
    }

    #[test]
    fn packed_422_is_taken_apart() {
        let data = [10, 100, 20, 200, 30, 102, 40, 202];
        let picture = from_yuyv(&data, Size::new(2, 2), &Pool::new(1)).expect("long enough");
        let [y, u, v] = picture.planes();
        assert_eq!((y.data, u.data, v.data), (&[10, 20, 30, 40][..], &[101][..], &[201][..]));
    }

    #[test]
    fn pairs_of_chroma_are_taken_apart() {
        let data = [1, 2, 3, 4, 5, 6];
        let picture = from_nv12(&data, Size::new(2, 2), &Pool::new(1)).expect("long enough");
        let [y, u, v] = picture.planes();
        assert_eq!((y.data, u.data, v.data), (&[1, 2, 3, 4][..], &[5][..], &[6][..]));
    }

    #[test]
    fn pure_colours_are_the_known_ones() {
        for (rgb, yuv) in [
            ([255, 255, 255], [235, 128, 128]),
            ([0, 0, 0], [16, 128, 128]),
            ([255, 0, 0], [82, 90, 240]),
            ([0, 0, 255], [41, 240, 110]),
        ] {
            let picture = from_rgb(&rgb.repeat(4), Size::new(2, 2), [0, 1, 2], &Pool::new(1)).expect("long enough");
            for (plane, want) in picture.planes().iter().zip(yuv) {
                assert!(plane.data[0].abs_diff(want) <= 1, "{rgb:?}: {} is not {want}", plane.data[0]);
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_and_no_size_break_anything(
            data in prop::collection::vec(any::<u8>(), 0..400), width in 0u32..40, height in 0u32..40,
        ) {
            let (size, pool) = (Size::new(width, height), Pool::new(1));
            let _ = from_yuyv(&data, size, &pool);
            let _ = from_nv12(&data, size, &pool);
            let _ = from_grey(&data, size, &pool);
            let _ = from_rgb(&data, size, [2, 1, 0], &pool);
            let _ = from_jpeg(&data, &pool);
        }
    }
}
