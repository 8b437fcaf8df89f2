//! Raw pictures.

use crate::{MediaTime, Pooled};
use std::sync::Arc;
use visavis_model::Size;

/// One raw picture and when it was taken. Cloning shares the pixels.
#[derive(Clone, Debug)]
pub struct Frame {
    pub surface: Surface,
    pub time: MediaTime,
}

impl Frame {
    pub fn size(&self) -> Size {
        match &self.surface {
            Surface::I420(picture) => picture.size(),
        }
    }

    pub fn i420(&self) -> &I420 {
        match &self.surface {
            Surface::I420(picture) => picture,
        }
    }
}

/// Where the pixels are. Hardware surfaces become variants of their own.
#[derive(Clone, Debug)]
pub enum Surface {
    I420(Arc<I420>),
}

/// 8-bit 4:2:0, three planes in one buffer, BT.601 limited range unless the codec says otherwise.
///
/// Rows are `stride` bytes apart; chroma planes are `(width + 1) / 2` by `(height + 1) / 2`.
#[derive(Debug)]
pub struct I420 {
    size: Size,
    luma_stride: usize,
    chroma_stride: usize,
    data: Pooled,
}

/// One plane, borrowed.
#[derive(Clone, Copy, Debug)]
pub struct PlaneRef<'a> {
    pub data: &'a [u8],
    pub stride: usize,
    pub width: usize,
    pub height: usize,
}

impl PlaneRef<'_> {
    /// Row `y`, `width` bytes.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.data[y * self.stride..y * self.stride + self.width]
    }
}

impl I420 {
    /// Bytes that a picture of `size` takes with tight rows.
    pub const fn byte_len(size: Size) -> usize {
        let (width, height) = (size.width as usize, size.height as usize);
        width * height + 2 * width.div_ceil(2) * height.div_ceil(2)
    }

    /// Takes a buffer of at least [`I420::byte_len`]; its content becomes the picture, with tight rows.
    ///
    /// Returns `None` where the buffer is too short or the size is empty.
    pub fn new(size: Size, data: Pooled) -> Option<Self> {
        let luma_stride = size.width as usize;
        (!size.is_empty() && data.len() >= Self::byte_len(size)).then_some(Self {
            size,
            luma_stride,
            chroma_stride: luma_stride.div_ceil(2),
            data,
        })
    }

    /// A black picture outside of any pool.
    pub fn black(size: Size) -> Self {
        let mut data = vec![128; Self::byte_len(size).max(1)];
        data[..size.area() as usize].fill(16);
        Self {
            size,
            luma_stride: size.width as usize,
            chroma_stride: (size.width as usize).div_ceil(2),
            data: Pooled::unpooled(data),
        }
    }

    pub const fn size(&self) -> Size {
        self.size
    }

    fn chroma_size(&self) -> (usize, usize) {
        ((self.size.width as usize).div_ceil(2), (self.size.height as usize).div_ceil(2))
    }

    fn offsets(&self) -> (usize, usize, usize) {
        let luma = self.luma_stride * self.size.height as usize;
        let chroma = self.chroma_stride * self.chroma_size().1;
        (luma, luma + chroma, luma + 2 * chroma)
    }

    /// Y, U and V.
    pub fn planes(&self) -> [PlaneRef<'_>; 3] {
        let (y_end, u_end, v_end) = self.offsets();
        let (width, height) = self.chroma_size();
        let chroma = |data| PlaneRef { data, stride: self.chroma_stride, width, height };
        [
            PlaneRef {
                data: &self.data[..y_end],
                stride: self.luma_stride,
                width: self.size.width as usize,
                height: self.size.height as usize,
            },
            chroma(&self.data[y_end..u_end]),
            chroma(&self.data[u_end..v_end]),
        ]
    }

    /// Y, U and V to write, with their row distance.
    pub fn planes_mut(&mut self) -> [(&mut [u8], usize); 3] {
        let (y_end, u_end, v_end) = self.offsets();
        let (luma_stride, chroma_stride) = (self.luma_stride, self.chroma_stride);
        let (y, rest) = self.data[..v_end].split_at_mut(y_end);
        let (u, v) = rest.split_at_mut(u_end - y_end);
        [(y, luma_stride), (u, chroma_stride), (v, chroma_stride)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_sizes_keep_their_last_chroma() {
        let size = Size::new(5, 3);
        let picture = I420::black(size);
        let [y, u, v] = picture.planes();
        assert_eq!((y.width, y.height), (5, 3));
        assert_eq!((u.width, u.height, v.width), (3, 2, 3));
        assert_eq!(I420::byte_len(size), 15 + 12);
    }

    #[test]
    fn a_short_buffer_is_refused() {
        assert!(I420::new(Size::new(4, 4), Pooled::unpooled(vec![0; 23])).is_none());
        assert!(I420::new(Size::new(4, 4), Pooled::unpooled(vec![0; 24])).is_some());
        assert!(I420::new(Size::new(0, 4), Pooled::unpooled(vec![0; 24])).is_none());
    }
}
