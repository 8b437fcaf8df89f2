//! What lies on the desktop, as Windows tells it: thin, and the only place that walks its lists.

use visavis_model::Rect;
use windows::Win32::Foundation::{HWND, LPARAM, POINT, RECT};
use windows::Win32::Graphics::Dwm::{
    DWMWA_CLOAKED, DWMWA_EXTENDED_FRAME_BOUNDS, DWMWINDOWATTRIBUTE, DwmGetWindowAttribute,
};
use windows::Win32::Graphics::Gdi::{EnumDisplayMonitors, GetMonitorInfoW, HDC, HMONITOR, MONITORINFO, MONITORINFOEXW};
use windows::Win32::System::Threading::GetCurrentProcessId;
use windows::Win32::UI::HiDpi::{
    DPI_AWARENESS_CONTEXT, DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2, SetThreadDpiAwarenessContext,
};
use windows::Win32::UI::WindowsAndMessaging::{
    EnumWindows, GA_ROOT, GW_OWNER, GWL_EXSTYLE, GetAncestor, GetShellWindow, GetWindow, GetWindowLongPtrW,
    GetWindowRect, GetWindowThreadProcessId, InternalGetWindowText, IsHungAppWindow, IsIconic, IsWindow,
    IsWindowVisible, MONITORINFOF_PRIMARY, WS_EX_APPWINDOW, WS_EX_TOOLWINDOW, WindowFromPoint,
};
use windows::core::BOOL;

/// Longest title that is read, in units of UTF-16; most windows that are looked at.
const LONGEST_TITLE: usize = 256;
const MOST_WINDOWS: usize = 1024;

/// While it lives, this thread hears of pixels as they are on each screen, not as they would be without scaling.
pub struct Pixels(DPI_AWARENESS_CONTEXT);

impl Pixels {
    pub fn real() -> Self {
        // SAFETY: it touches this thread's own setting.
        Self(unsafe { SetThreadDpiAwarenessContext(DPI_AWARENESS_CONTEXT_PER_MONITOR_AWARE_V2) })
    }
}

impl Drop for Pixels {
    fn drop(&mut self) {
        if !self.0.0.is_null() {
            // SAFETY: as above; the value is what the system gave.
            unsafe { SetThreadDpiAwarenessContext(self.0) };
        }
    }
}

/// One screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// `\\.\DISPLAY1`.
    pub name: String,
    pub rect: Rect,
    pub is_main: bool,
    monitor: isize,
}

impl Screen {
    pub fn monitor(&self) -> HMONITOR {
        HMONITOR(self.monitor as *mut _)
    }
}

/// The screens, the main one first.
pub fn screens() -> Vec<Screen> {
    unsafe extern "system" fn take(monitor: HMONITOR, _: HDC, _: *mut RECT, list: LPARAM) -> BOOL {
        // SAFETY: `list` is the vector below, which nobody else touches while the system walks.
        unsafe { &mut *(list.0 as *mut Vec<HMONITOR>) }.push(monitor);
        true.into()
    }
    let mut monitors: Vec<HMONITOR> = Vec::new();
    // SAFETY: the vector outlives the call, and the call does not keep it.
    let _ = unsafe { EnumDisplayMonitors(None, None, Some(take), LPARAM(&raw mut monitors as isize)) };
    let mut screens: Vec<Screen> = monitors.into_iter().filter_map(describe).collect();
    screens.sort_by_key(|screen| !screen.is_main);
    screens
}

fn describe(monitor: HMONITOR) -> Option<Screen> {
    let mut info = MONITORINFOEXW::default();
    info.monitorInfo.cbSize = size_of::<MONITORINFOEXW>() as u32;
    // SAFETY: the longer structure begins with the shorter one, and says that it is the longer one.
    unsafe { GetMonitorInfoW(monitor, (&raw mut info).cast::<MONITORINFO>()) }.ok().ok()?;
    let rect = rect_of(info.monitorInfo.rcMonitor).filter(|rect| !rect.size().is_empty())?;
    let is_main = info.monitorInfo.dwFlags & MONITORINFOF_PRIMARY != 0;
    Some(Screen { name: text_of(&info.szDevice), rect, is_main, monitor: monitor.0 as isize })
}

/// A window on the desktop itself. It may be gone: every question has an answer for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window(pub u32);

impl Window {
    /// The programs' windows, the uppermost first.
    pub fn all() -> Vec<Self> {
        unsafe extern "system" fn take(window: HWND, list: LPARAM) -> BOOL {
            // SAFETY: `list` is the vector below, which nobody else touches while the system walks.
            let list = unsafe { &mut *(list.0 as *mut Vec<Window>) };
            list.push(Window::of(window));
            (list.len() < MOST_WINDOWS).into()
        }
        let mut list: Vec<Self> = Vec::new();
        // SAFETY: the vector outlives the call, and the call does not keep it. Ending early counts as an error there.
        let _ = unsafe { EnumWindows(Some(take), LPARAM(&raw mut list as isize)) };
        list
    }

    /// The one that is seen at a point of the desktop.
    pub fn at(x: i32, y: i32) -> Self {
        // SAFETY: plain questions; no window is as good as one that nobody asks about.
        Self::of(unsafe { GetAncestor(WindowFromPoint(POINT { x, y }), GA_ROOT) })
    }

    fn of(window: HWND) -> Self {
        Self(window.0 as usize as u32)
    }

    pub fn handle(self) -> HWND {
        // Handles have 32 bits, and are widened with their sign.
        HWND(self.0 as i32 as isize as *mut _)
    }

    pub fn exists(self) -> bool {
        // SAFETY: a plain question.
        unsafe { IsWindow(Some(self.handle())) }.as_bool()
    }

    /// Neither hidden, nor minimised, nor on another desktop.
    pub fn is_visible(self) -> bool {
        // SAFETY: plain questions.
        let shown = unsafe { IsWindowVisible(self.handle()).as_bool() && !IsIconic(self.handle()).as_bool() };
        shown && self.attribute::<u32>(DWMWA_CLOAKED).unwrap_or_default() == 0
    }

    /// A program's main window or dialog; panels, tips and the desktop's own icons are none.
    pub fn is_for_people(self) -> bool {
        // SAFETY: plain questions; a window that is gone has neither style nor owner.
        let (style, owned, shell) = unsafe {
            let style = GetWindowLongPtrW(self.handle(), GWL_EXSTYLE) as u32;
            (style, GetWindow(self.handle(), GW_OWNER).is_ok_and(|owner| !owner.is_invalid()), GetShellWindow())
        };
        let wanted = style & WS_EX_APPWINDOW.0 != 0;
        style & WS_EX_TOOLWINDOW.0 == 0 && (wanted || !owned) && shell != self.handle()
    }

    /// What it is called, `None` where it does not say. Its program is not asked: it may hang.
    pub fn title(self) -> Option<String> {
        let mut units = [0; LONGEST_TITLE];
        // SAFETY: the system writes no more than there is room for.
        unsafe { InternalGetWindowText(self.handle(), &mut units) };
        Some(text_of(&units)).filter(|text| !text.is_empty())
    }

    pub fn is_ours(self) -> bool {
        let mut process = 0;
        // SAFETY: the number outlives the call.
        unsafe { GetWindowThreadProcessId(self.handle(), Some(&raw mut process)) };
        // SAFETY: a plain question.
        process == unsafe { GetCurrentProcessId() }
    }

    /// Its program answers nobody.
    pub fn hangs(self) -> bool {
        // SAFETY: a plain question.
        unsafe { IsHungAppWindow(self.handle()) }.as_bool()
    }

    /// What people see of it: without the margins by which it can be taken hold of.
    pub fn seen(self) -> Option<Rect> {
        self.attribute::<RECT>(DWMWA_EXTENDED_FRAME_BOUNDS).and_then(rect_of).or_else(|| self.whole())
    }

    /// All of it, margins as well.
    pub fn whole(self) -> Option<Rect> {
        let mut rect = RECT::default();
        // SAFETY: the rectangle outlives the call.
        unsafe { GetWindowRect(self.handle(), &raw mut rect) }.ok()?;
        rect_of(rect)
    }

    fn attribute<T: Default>(self, which: DWMWINDOWATTRIBUTE) -> Option<T> {
        let mut value = T::default();
        let (place, room) = ((&raw mut value).cast(), size_of::<T>() as u32);
        // SAFETY: the system writes as much as it is told that there is room for; both kinds are plain numbers.
        unsafe { DwmGetWindowAttribute(self.handle(), which, place, room) }.ok()?;
        Some(value)
    }
}

fn rect_of(rect: RECT) -> Option<Rect> {
    let length = |start: i32, end: i32| u32::try_from(i64::from(end) - i64::from(start)).ok();
    let (width, height) = (length(rect.left, rect.right)?, length(rect.top, rect.bottom)?);
    Some(Rect { x: rect.left, y: rect.top, width, height })
}

/// Up to the first nought, without what cannot be shown.
fn text_of(units: &[u16]) -> String {
    let length = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
    let text: String = String::from_utf16_lossy(&units[..length]).chars().filter(|c| !c.is_control()).collect();
    text.trim().to_owned()
}
