//! H.264 by OpenH264.

use super::{Decoder, Error, POOLED};
use crate::payload::{h264 as format, sps};
use bytes::Bytes;
use openh264::OpenH264API;
use openh264::decoder::{DecodeOptions, DecoderConfig, Flush};
use openh264::formats::YUVSource;
use std::sync::Arc;
use visavis_media::{EncodedFrame, Frame, I420, Pool, Surface};
use visavis_model::Size;

pub(super) struct OpenH264 {
    decoder: openh264::decoder::Decoder,
    pool: Pool,
    /// A decoder that failed is made anew with the next keyframe: what a damaged stream left in it is gone.
    failed: bool,
}

impl OpenH264 {
    pub fn new() -> Result<Self, Error> {
        Ok(Self { decoder: open()?, pool: Pool::new(POOLED), failed: false })
    }

    fn decode_unit(&mut self, frame: &EncodedFrame) -> Result<Option<Frame>, Error> {
        check_sizes(&frame.data)?;
        // A picture is complete with its access unit: nothing is ever held back in the decoder.
        let options = DecodeOptions::new().flush_after_decode(Flush::NoFlush);
        let decoded = self
            .decoder
            .decode_with_options(&frame.data, options)
            .map_err(|error| Error::Damaged(error.to_string()))?;
        let Some(decoded) = decoded else { return Ok(None) };
        let (width, height) = decoded.dimensions();
        let size = Size::new(width as u32, height as u32);
        if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
            return Err(Error::TooLarge);
        }
        let mut picture = I420::new(size, self.pool.take(I420::byte_len(size))).ok_or(Error::Format)?;
        let strides = decoded.strides();
        let sources = [(decoded.y(), strides.0), (decoded.u(), strides.1), (decoded.v(), strides.2)];
        for (index, ((source, stride), (out, out_stride))) in sources.into_iter().zip(picture.planes_mut()).enumerate()
        {
            let divisor = if index == 0 { 1 } else { 2 };
            copy_plane(source, stride, out, out_stride, width.div_ceil(divisor))?;
        }
        Ok(Some(Frame { surface: Surface::I420(Arc::new(picture)), time: frame.time }))
    }
}

impl Decoder for OpenH264 {
    fn decode(&mut self, frame: &EncodedFrame) -> Result<Option<Frame>, Error> {
        if self.failed {
            if !frame.keyframe {
                return Err(Error::Damaged("waiting for a keyframe".into()));
            }
            self.decoder = open()?;
            self.failed = false;
        }
        let result = self.decode_unit(frame);
        self.failed = result.is_err();
        result
    }
}

fn open() -> Result<openh264::decoder::Decoder, Error> {
    openh264::decoder::Decoder::with_api_config(OpenH264API::from_source(), DecoderConfig::new())
        .map_err(|error| Error::Open(error.to_string()))
}

/// The library allocates what a parameter set asks for: look first.
fn check_sizes(data: &Bytes) -> Result<(), Error> {
    for unit in format::units(data) {
        // Sequence parameter sets, and the subset ones of scalable streams (which we never take).
        match unit[0] & 0x1f {
            7 => {
                let size = sps::size(&unit).map_err(|error| Error::Damaged(error.to_string()))?;
                if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
                    return Err(Error::TooLarge);
                }
            }
            15 => return Err(Error::Format),
            _ => {}
        }
    }
    Ok(())
}

fn copy_plane(source: &[u8], stride: usize, out: &mut [u8], out_stride: usize, width: usize) -> Result<(), Error> {
    if stride < width || out_stride < width {
        return Err(Error::Format);
    }
    let mut rows = source.chunks(stride);
    for out in out.chunks_exact_mut(out_stride) {
        let row = rows.next().and_then(|row| row.get(..width)).ok_or(Error::Format)?;
        out[..width].copy_from_slice(row);
    }
    Ok(())
}
