//! Windows that tests draw, of this program or of another one.

use super::top::Window;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Once;
use std::sync::mpsc::sync_channel;
use windows::Win32::Foundation::{COLORREF, HWND, LPARAM, LRESULT, RECT, WPARAM};
use windows::Win32::Graphics::Gdi::{
    BeginPaint, CreateSolidBrush, DeleteObject, EndPaint, FillRect, HDC, PAINTSTRUCT, RDW_ERASE, RDW_INVALIDATE,
    RDW_UPDATENOW, RedrawWindow,
};
use windows::Win32::UI::WindowsAndMessaging::{
    CreateWindowExW, DefWindowProcW, DispatchMessageW, GWLP_USERDATA, GetClientRect, GetMessageW, GetWindowLongPtrW,
    HWND_TOP, IDC_ARROW, LoadCursorW, MSG, PostMessageW, PostQuitMessage, RegisterClassW, SHOW_WINDOW_CMD,
    SWP_NOACTIVATE, SetCursorPos, SetWindowLongPtrW, SetWindowPos, ShowWindow, WINDOW_EX_STYLE, WM_CLOSE, WM_DESTROY,
    WM_ERASEBKGND, WM_PAINT, WM_PRINTCLIENT, WNDCLASSW, WS_POPUP,
};
use windows::core::{HSTRING, PCWSTR, w};

const CLASS: PCWSTR = w!("VisavisTestPainter");

/// Says that this is the other program.
pub const ANOTHER: &str = "VISAVIS_TEST_ANOTHER";

/// Of the spot: from (10, 10) on, so large.
pub const SPOT: i32 = 20;

/// A window of one colour, whose thread answers it until it is closed.
#[derive(Clone, Copy, Debug)]
pub struct Painted(pub Window);

impl Painted {
    pub fn open(title: &str, x: i32, y: i32, width: i32, height: i32, color: u32) -> Self {
        let (told, made) = sync_channel(1);
        let title = HSTRING::from(title);
        std::thread::spawn(move || {
            register();
            // SAFETY: the class is there, and the title outlives the call.
            let window = unsafe {
                let (style, extended) = (WS_POPUP, WINDOW_EX_STYLE::default());
                CreateWindowExW(extended, CLASS, &title, style, x, y, width, height, None, None, None, None)
            };
            let window = window.expect("a window");
            paint(window, color, None);
            // SAFETY: it is this thread's window.
            let _ = unsafe { ShowWindow(window, SHOW_WINDOW_CMD(1)) };
            let _ = told.send(window.0 as usize as u32);
            let mut message = MSG::default();
            // SAFETY: the usual loop of a window's thread.
            while unsafe { GetMessageW(&raw mut message, None, 0, 0) }.0 > 0 {
                unsafe { DispatchMessageW(&raw const message) };
            }
        });
        let window = Self(Window(made.recv().expect("it is made")));
        window.fill(color, None);
        window
    }

    /// Another colour, and a spot of a third one.
    pub fn fill(self, color: u32, spot: Option<u32>) {
        paint(self.0.handle(), color, spot);
        let how = RDW_INVALIDATE | RDW_ERASE | RDW_UPDATENOW;
        // SAFETY: it returns when the window's thread has drawn.
        let _ = unsafe { RedrawWindow(Some(self.0.handle()), None, None, how) };
    }

    pub fn resize(self, x: i32, y: i32, width: i32, height: i32) {
        // SAFETY: a plain wish.
        unsafe { SetWindowPos(self.0.handle(), Some(HWND_TOP), x, y, width, height, SWP_NOACTIVATE) }.expect("resized");
    }

    pub fn show(self, how: SHOW_WINDOW_CMD) {
        // SAFETY: a plain wish.
        let _ = unsafe { ShowWindow(self.0.handle(), how) };
    }

    pub fn close(self) {
        // SAFETY: a plain wish.
        unsafe { PostMessageW(Some(self.0.handle()), WM_CLOSE, WPARAM(0), LPARAM(0)) }.expect("told");
    }
}

/// Another program with a window of one colour: this one, started again.
pub struct Another {
    child: Child,
    wishes: ChildStdin,
    said: BufReader<std::process::ChildStdout>,
}

impl Another {
    /// What that program runs; `test` is the test that calls [`serve`].
    pub fn start(test: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command.args([test, "--exact", "--nocapture"]).env(ANOTHER, "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("this program starts again");
        let (wishes, said) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let mut another = Self { child, wishes, said: BufReader::new(said) };
        another.hears("ready");
        another
    }

    pub fn wish(&mut self, words: &str) {
        writeln!(self.wishes, "{words}").expect("it listens");
        self.hears("done");
    }

    fn hears(&mut self, word: &str) {
        let mut line = String::new();
        while line.trim() != word {
            line.clear();
            assert!(self.said.read_line(&mut line).expect("it speaks") > 0, "it ended before it was {word}");
        }
    }
}

impl Drop for Another {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other program: a window of that title and colour, that takes wishes until nobody has any.
pub fn serve(title: &str, color: u32, spot: u32) {
    let window = Painted::open(title, 300, 300, 160, 120, color);
    println!("\nready");
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match line.trim() {
            "spot" => window.fill(color, Some(spot)),
            other => panic!("what is {other}?"),
        }
        println!("\ndone");
    }
    window.close();
}

/// Where the pointer is to be.
pub fn point(x: i32, y: i32) {
    // SAFETY: a plain wish.
    unsafe { SetCursorPos(x, y) }.expect("the pointer moves");
}

fn register() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: the class names a function that stays, and a pointer of the system's own.
        let made = unsafe {
            let class = WNDCLASSW {
                lpfnWndProc: Some(answer),
                lpszClassName: CLASS,
                hCursor: LoadCursorW(None, IDC_ARROW).expect("an arrow"),
                ..WNDCLASSW::default()
            };
            RegisterClassW(&raw const class)
        };
        assert_ne!(made, 0, "no class");
    });
}

/// Keeps both colours in the window's own number: 0xRRGGBB, and one bit more for the spot.
fn paint(window: HWND, color: u32, spot: Option<u32>) {
    let both = u64::from(color) | spot.map_or(0, |spot| u64::from(spot) << 32 | 1 << 63);
    // SAFETY: a plain number.
    unsafe { SetWindowLongPtrW(window, GWLP_USERDATA, both as isize) };
}

unsafe extern "system" fn answer(window: HWND, message: u32, word: WPARAM, long: LPARAM) -> LRESULT {
    // SAFETY: what the system calls this with is its own, and lives as long as this call.
    unsafe {
        match message {
            WM_ERASEBKGND => draw(window, HDC(word.0 as *mut _), false),
            WM_PRINTCLIENT => draw(window, HDC(word.0 as *mut _), true),
            WM_PAINT => {
                let mut about = PAINTSTRUCT::default();
                let context = BeginPaint(window, &raw mut about);
                draw(window, context, true);
                let _ = EndPaint(window, &raw const about);
            }
            WM_DESTROY => PostQuitMessage(0),
            _ => return DefWindowProcW(window, message, word, long),
        }
    }
    LRESULT(1)
}

/// # Safety
/// The context is one to draw in.
unsafe fn draw(window: HWND, context: HDC, spot: bool) {
    let mut all = RECT::default();
    // SAFETY: the caller's promise.
    unsafe {
        let both = GetWindowLongPtrW(window, GWLP_USERDATA) as u64;
        let _ = GetClientRect(window, &raw mut all);
        fill(context, &all, both as u32);
        if spot && both >> 63 == 1 {
            let square = RECT { left: 10, top: 10, right: 10 + SPOT, bottom: 10 + SPOT };
            fill(context, &square, (both >> 32) as u32);
        }
    }
}

/// # Safety
/// The context is one to draw in.
unsafe fn fill(context: HDC, rect: &RECT, color: u32) {
    let [blue, green, red, _] = color.to_le_bytes();
    // SAFETY: the caller's promise; the brush is ours.
    unsafe {
        let brush = CreateSolidBrush(COLORREF(u32::from_le_bytes([red, green, blue, 0])));
        FillRect(context, rect, brush);
        let _ = DeleteObject(brush.into());
    }
}
