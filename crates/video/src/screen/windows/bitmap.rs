//! Memory that GDI draws into.

use super::super::Error;
use visavis_model::{Rect, Size};
use windows::Win32::Graphics::Gdi::{
    BI_RGB, BITMAPINFO, BITMAPINFOHEADER, BitBlt, CreateCompatibleDC, CreateDIBSection, DIB_RGB_COLORS, DeleteDC,
    DeleteObject, GdiFlush, HBITMAP, HDC, HGDIOBJ, SRCCOPY, SelectObject,
};

/// Pixels of four octets (blue, green, red, nothing), rows from the top without padding.
#[derive(Debug)]
pub struct Bitmap {
    context: HDC,
    bitmap: HBITMAP,
    /// What the context had before: it wants it back.
    before: HGDIOBJ,
    pixels: *mut u8,
    size: Size,
}

// SAFETY: its context and memory belong to it alone, and GDI takes them from any thread, one at a time; `&mut` sees to that.
unsafe impl Send for Bitmap {}

impl Bitmap {
    pub fn new(size: Size) -> Result<Self, Error> {
        let (Ok(width), Ok(height)) = (i32::try_from(size.width.max(1)), i32::try_from(size.height.max(1))) else {
            return Err(Error::Pixels("too large".into()));
        };
        let info = layout(width, height);
        let mut pixels = std::ptr::null_mut();
        // SAFETY: the layout and the pointer outlive the call; the memory that it gives lives as long as the bitmap.
        let bitmap = unsafe { CreateDIBSection(None, &raw const info, DIB_RGB_COLORS, &raw mut pixels, None, 0) };
        let bitmap = bitmap.map_err(|error| Error::Failed(error.to_string()))?;
        // SAFETY: a bitmap of our own is put into a context of our own.
        let (context, before) = unsafe {
            let context = CreateCompatibleDC(None);
            (context, SelectObject(context, bitmap.into()))
        };
        let size = Size::new(width as u32, height as u32);
        let made = Self { context, bitmap, before, pixels: pixels.cast(), size };
        if made.context.is_invalid() || made.pixels.is_null() {
            return Err(Error::Failed("no memory to draw into".into()));
        }
        Ok(made)
    }

    pub const fn size(&self) -> Size {
        self.size
    }

    pub const fn stride(&self) -> usize {
        self.size.width as usize * 4
    }

    pub const fn context(&self) -> HDC {
        self.context
    }

    /// Copies a part of another context to the upper left corner.
    pub fn copy(&mut self, from: HDC, part: Rect) -> Result<(), Error> {
        let (width, height) = (part.width.min(self.size.width) as i32, part.height.min(self.size.height) as i32);
        // SAFETY: both contexts are there; GDI cuts what is outside of either.
        unsafe { BitBlt(self.context, 0, 0, width, height, Some(from), part.x, part.y, SRCCOPY) }
            .map_err(|error| Error::Failed(error.to_string()))
    }

    pub fn clear(&mut self) {
        self.pixels_mut().fill(0);
    }

    /// Nothing was drawn since it was cleared, or nothing but black.
    pub fn is_black(&self) -> bool {
        // What is behind the colours is no colour.
        self.pixels().as_chunks::<4>().0.iter().all(|[blue, green, red, _]| blue | green | red == 0)
    }

    /// The octets from a pixel on; none where it is outside.
    pub fn from(&self, (x, y): (u32, u32)) -> &[u8] {
        self.pixels().get(y as usize * self.stride() + x as usize * 4..).unwrap_or_default()
    }

    pub fn pixels(&self) -> &[u8] {
        // SAFETY: the memory is as long as the layout says, it lives with the bitmap, and GDI draws nothing after the flush.
        unsafe {
            let _ = GdiFlush();
            std::slice::from_raw_parts(self.pixels, self.length())
        }
    }

    fn pixels_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and nobody else has it.
        unsafe {
            let _ = GdiFlush();
            std::slice::from_raw_parts_mut(self.pixels, self.length())
        }
    }

    const fn length(&self) -> usize {
        self.stride() * self.size.height as usize
    }
}

impl Drop for Bitmap {
    fn drop(&mut self) {
        // SAFETY: both are ours and used by nobody any more; the bitmap leaves the context first.
        unsafe {
            SelectObject(self.context, self.before);
            let _ = DeleteDC(self.context);
            let _ = DeleteObject(self.bitmap.into());
        }
    }
}

/// The layout that is described above.
pub fn layout(width: i32, height: i32) -> BITMAPINFO {
    let header = BITMAPINFOHEADER {
        biSize: size_of::<BITMAPINFOHEADER>() as u32,
        biWidth: width,
        // From the top.
        biHeight: -height,
        biPlanes: 1,
        biBitCount: 32,
        biCompression: BI_RGB.0,
        ..BITMAPINFOHEADER::default()
    };
    BITMAPINFO { bmiHeader: header, ..BITMAPINFO::default() }
}
