//! The pointer, for those pictures that are without it.

use super::super::cursor::Cursor;
use super::bitmap::layout;
use visavis_model::Size;
use windows::Win32::Graphics::Gdi::{
    BITMAP, CreateCompatibleDC, DIB_RGB_COLORS, DeleteDC, DeleteObject, GetDIBits, GetObjectW, HBITMAP,
};
use windows::Win32::UI::WindowsAndMessaging::{
    CURSOR_SHOWING, CURSORINFO, GetCursorInfo, GetIconInfo, HCURSOR, HICON, ICONINFO,
};

/// A pointer has no longer side.
const LARGEST: u32 = 512;

#[derive(Debug, Default)]
pub struct Pointer {
    /// The system's number for the shape that was read last.
    known: isize,
    shape: Cursor,
    at: Option<(i32, i32)>,
}

impl Pointer {
    /// Asks where it is; gives whether it looks different.
    pub fn look(&mut self) -> bool {
        let mut info = CURSORINFO { cbSize: size_of::<CURSORINFO>() as u32, ..CURSORINFO::default() };
        // SAFETY: the structure says how long it is, and outlives the call.
        let told = unsafe { GetCursorInfo(&raw mut info) }.is_ok();
        let shown = told && info.flags.0 & CURSOR_SHOWING.0 != 0;
        self.at = shown.then_some((info.ptScreenPos.x, info.ptScreenPos.y));
        if !shown || info.hCursor.0 as isize == self.known {
            return false;
        }
        self.known = info.hCursor.0 as isize;
        // One that is gone between two questions is not drawn.
        self.shape = shape(info.hCursor).unwrap_or_default();
        true
    }

    /// Its point, in the desktop's pixels; `None` where there is none to be seen.
    pub const fn at(&self) -> Option<(i32, i32)> {
        self.at
    }

    pub const fn shape(&self) -> &Cursor {
        &self.shape
    }
}

fn shape(pointer: HCURSOR) -> Option<Cursor> {
    let mut info = ICONINFO::default();
    // SAFETY: the structure outlives the call; a pointer that is gone is an answer.
    unsafe { GetIconInfo(HICON(pointer.0), &raw mut info) }.ok()?;
    let (colours, mask) = (Owned(info.hbmColor), Owned(info.hbmMask));
    let hot = (info.xHotspot as i32, info.yHotspot as i32);
    let (size, masks) = mask.pixels()?;
    match colours.pixels() {
        Some((size, pixels)) => Some(Cursor::of_colours(size.width, size.height, hot, &pixels, &masks)),
        None => Some(Cursor::of_masks(size.width, size.height / 2, hot, &masks)),
    }
}

/// A bitmap that is ours to free; there may be none.
struct Owned(HBITMAP);

impl Owned {
    fn pixels(&self) -> Option<(Size, Vec<[u8; 4]>)> {
        let mut about = BITMAP::default();
        let room = size_of::<BITMAP>() as i32;
        // SAFETY: the system writes no more than there is room for.
        if self.0.is_invalid() || unsafe { GetObjectW(self.0.into(), room, Some((&raw mut about).cast())) } == 0 {
            return None;
        }
        let side = |length: i32| u32::try_from(length).ok().filter(|length| (1..=2 * LARGEST).contains(length));
        let (width, height) = (side(about.bmWidth)?, side(about.bmHeight)?);
        let mut pixels = vec![[0; 4]; (width * height) as usize];
        let mut info = layout(about.bmWidth, about.bmHeight);
        let place = Some(pixels.as_mut_ptr().cast());
        // SAFETY: there is room for all rows in the layout that is asked for; the context is ours.
        let rows = unsafe {
            let context = CreateCompatibleDC(None);
            let rows = GetDIBits(context, self.0, 0, height, place, &raw mut info, DIB_RGB_COLORS);
            let _ = DeleteDC(context);
            rows
        };
        (rows as u32 == height).then(|| (Size::new(width, height), pixels))
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if !self.0.is_invalid() {
            // SAFETY: ours, and in no context.
            let _ = unsafe { DeleteObject(self.0.into()) };
        }
    }
}
