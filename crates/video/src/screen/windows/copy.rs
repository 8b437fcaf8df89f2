//! Pixels of a screen or window, taken by GDI.

use super::super::Error;
use super::super::target::Target;
use super::bitmap::Bitmap;
use super::top::Window;
use visavis_model::{Rect, Size};
use windows::Win32::Foundation::HWND;
use windows::Win32::Graphics::Gdi::{GetDC, GetWindowDC, HDC, ReleaseDC};
use windows::Win32::Storage::Xps::{PRINT_WINDOW_FLAGS, PrintWindow};
use windows::Win32::UI::WindowsAndMessaging::PW_RENDERFULLCONTENT;

/// A context that the system lends.
struct Lent(HDC, Option<HWND>);

impl Lent {
    fn of(window: Option<Window>) -> Result<Self, Error> {
        let window = window.map(Window::handle);
        // SAFETY: plain questions; without a window the first one is about the whole desktop.
        let context = unsafe { if window.is_some() { GetWindowDC(window) } else { GetDC(None) } };
        if context.is_invalid() {
            Err(Error::Failed("the desktop is not shown".into()))
        } else {
            Ok(Self(context, window))
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // SAFETY: given back once, for the window that it was lent for.
        unsafe { ReleaseDC(self.1, self.0) };
    }
}

/// How large the memory has to be: a window is drawn with the margins that nobody sees.
pub fn room(target: &Target, rect: Rect) -> Size {
    match target {
        Target::Screen(_) => rect.size(),
        Target::Window(number) => Window(*number).whole().unwrap_or(rect).size(),
    }
}

/// Draws the source as it is now; gives the pixel at which what is shared begins.
pub fn take(target: &Target, rect: Rect, into: &mut Bitmap) -> Result<(u32, u32), Error> {
    match target {
        Target::Screen(_) => {
            into.copy(Lent::of(None)?.0, rect)?;
            Ok((0, 0))
        }
        Target::Window(number) => {
            let window = Window(*number);
            let whole = window.whole().ok_or(Error::Gone)?;
            draw_window(window, whole.size(), into)?;
            let margin = |seen: i32, all: i32| u32::try_from(i64::from(seen) - i64::from(all)).unwrap_or_default();
            Ok((margin(rect.x, whole.x), margin(rect.y, whole.y)))
        }
    }
}

/// As the compositor has it, whatever covers it; else as it is on the screen. A program that hangs is not asked to draw.
fn draw_window(window: Window, size: Size, into: &mut Bitmap) -> Result<(), Error> {
    if !window.hangs() {
        into.clear();
        let how = PRINT_WINDOW_FLAGS(PW_RENDERFULLCONTENT);
        // SAFETY: the context is ours; a window that is gone is an answer.
        let drawn = unsafe { PrintWindow(window.handle(), into.context(), how) }.as_bool();
        // It says that it has drawn also where it has not.
        if drawn && !into.is_black() {
            return Ok(());
        }
    }
    let all = Rect { x: 0, y: 0, width: size.width, height: size.height };
    let copied = Lent::of(Some(window)).and_then(|lent| into.copy(lent.0, all));
    if window.exists() { copied } else { Err(Error::Gone) }
}
