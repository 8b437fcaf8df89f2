//! VP8 and VP9 by libvpx.

use super::{Decoder, Error, POOLED};
use crate::payload::{vp8, vp9};
use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use visavis_media::{EncodedFrame, Frame, I420, Pool, Surface};
use visavis_model::{Codec, Size};
use vpx_sys::{
    VPX_CODEC_OK, VPX_DECODER_ABI_VERSION, vpx_codec_ctx_t, vpx_codec_dec_cfg_t, vpx_codec_dec_init_ver,
    vpx_codec_decode, vpx_codec_destroy, vpx_codec_err_t, vpx_codec_err_to_string, vpx_codec_get_frame,
    vpx_codec_vp8_dx, vpx_codec_vp9_dx, vpx_image_t, vpx_img_fmt,
};

pub(super) struct Vpx {
    codec: Codec,
    context: Context,
    pool: Pool,
    /// A decoder that failed is made anew with the next keyframe.
    failed: bool,
}

impl Vpx {
    pub fn new(codec: Codec) -> Result<Self, Error> {
        Ok(Self { codec, context: Context::new(codec)?, pool: Pool::new(POOLED), failed: false })
    }

    fn check_size(&self, data: &[u8]) -> Result<(), Error> {
        let damaged = |error: crate::payload::Error| Error::Damaged(error.to_string());
        let size = match self.codec {
            Codec::Vp8 if data.first().is_some_and(|byte| byte & 1 == 0) => {
                Some(vp8::frame_size(data).map_err(damaged)?)
            }
            // Of the lowest layer; the upper ones are looked at where pictures are put together.
            Codec::Vp9 => vp9::frame_size(data).map_err(damaged)?,
            _ => None,
        };
        match size {
            Some(size) if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE => Err(Error::TooLarge),
            _ => Ok(()),
        }
    }

    fn decode_unit(&mut self, frame: &EncodedFrame) -> Result<Option<Frame>, Error> {
        if frame.data.is_empty() {
            return Ok(None);
        }
        self.check_size(&frame.data)?;
        let Some(picture) = self.context.decode(&frame.data, &self.pool)? else { return Ok(None) };
        Ok(Some(Frame { surface: Surface::I420(Arc::new(picture)), time: frame.time }))
    }
}

impl Decoder for Vpx {
    fn decode(&mut self, frame: &EncodedFrame) -> Result<Option<Frame>, Error> {
        if self.failed {
            if !frame.keyframe {
                return Err(Error::Damaged("waiting for a keyframe".into()));
            }
            self.context = Context::new(self.codec)?;
            self.failed = false;
        }
        let result = self.decode_unit(frame);
        self.failed = result.is_err();
        result
    }
}

/// An initialised decoder context.
struct Context(Box<vpx_codec_ctx_t>);

// SAFETY: libvpx keeps no thread's state in a context; `Context` is used by one thread at a time.
unsafe impl Send for Context {}

impl Context {
    fn new(codec: Codec) -> Result<Self, Error> {
        let configuration = vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        let mut context: Box<MaybeUninit<vpx_codec_ctx_t>> = Box::new(MaybeUninit::zeroed());
        // SAFETY: the interface functions return static tables; the context is written whole before it is read.
        let code = unsafe {
            let interface = if codec == Codec::Vp8 { vpx_codec_vp8_dx() } else { vpx_codec_vp9_dx() };
            vpx_codec_dec_init_ver(context.as_mut_ptr(), interface, &configuration, 0, VPX_DECODER_ABI_VERSION as i32)
        };
        check(code).map_err(Error::Open)?;
        // SAFETY: initialised by the successful call.
        Ok(Self(unsafe { context.assume_init() }))
    }

    /// Decodes a buffer of one or more frames; the last picture that comes out is the one.
    fn decode(&mut self, data: &[u8], pool: &Pool) -> Result<Option<I420>, Error> {
        let length = u32::try_from(data.len()).map_err(|_| Error::TooLarge)?;
        // SAFETY: the context is initialised, the buffer lives for the call.
        let code = unsafe { vpx_codec_decode(&mut *self.0, data.as_ptr(), length, null_mut(), 0) };
        check(code).map_err(Error::Damaged)?;
        let mut iterator = null();
        let mut newest: *const vpx_image_t = null();
        loop {
            // SAFETY: as above; the iterator is the library's own.
            let image = unsafe { vpx_codec_get_frame(&mut *self.0, &mut iterator) };
            if image.is_null() {
                break;
            }
            newest = image;
        }
        // SAFETY: images stay valid until the next call to decode.
        unsafe { newest.as_ref() }.map(|image| copy(image, pool)).transpose()
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is initialised and not used again.
        let _ = unsafe { vpx_codec_destroy(&mut *self.0) };
    }
}

fn copy(image: &vpx_image_t, pool: &Pool) -> Result<I420, Error> {
    if image.fmt != vpx_img_fmt::VPX_IMG_FMT_I420 {
        return Err(Error::Format);
    }
    let size = Size::new(image.d_w, image.d_h);
    if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
        return Err(Error::TooLarge);
    }
    let mut picture = I420::new(size, pool.take(I420::byte_len(size))).ok_or(Error::Format)?;
    for (index, (out, out_stride)) in picture.planes_mut().into_iter().enumerate() {
        let divisor = if index == 0 { 1 } else { 2 };
        let width = (size.width as usize).div_ceil(divisor);
        let stride = isize::try_from(image.stride[index]).map_err(|_| Error::Format)?;
        let plane = image.planes[index].cast_const();
        if plane.is_null() || stride < width as isize {
            return Err(Error::Format);
        }
        for (row, out) in out.chunks_exact_mut(out_stride).enumerate() {
            // SAFETY: libvpx's planes have d_h (chroma: half, rounded up) rows of at least d_w (half) bytes, `stride` apart.
            let source = unsafe { std::slice::from_raw_parts(plane.offset(row as isize * stride), width) };
            out[..width].copy_from_slice(source);
        }
    }
    Ok(picture)
}

fn check(code: vpx_codec_err_t) -> Result<(), String> {
    if code == VPX_CODEC_OK {
        return Ok(());
    }
    // SAFETY: returns a static text for every code.
    let text = unsafe { CStr::from_ptr(vpx_codec_err_to_string(code)) };
    Err(text.to_string_lossy().into_owned())
}
