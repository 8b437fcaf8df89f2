//! Keys that are taken from the X server: Ctrl+Shift+D for the microphone, Ctrl+Shift+Space held to talk.

use super::press::{Key, Presses};
use super::take::Press;
use std::sync::Arc;
use std::time::Instant;
use visavis_model::{Command, NoKeys};
use x11rb::connection::Connection as _;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::xkb::{ConnectionExt as _, ID, PerClientFlag};
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, Keycode, ModMask, Window, WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::{ConnectError, RustConnection};

/// Names of keys as X11 numbers them.
const KEY_D: u32 = 0x64;
const KEY_SPACE: u32 = 0x20;

/// Lock keys that are no reason not to hear a key: NumLock and CapsLock, each and both.
const LOCKS: [u16; 4] = [0, 0x02, 0x10, 0x12];

/// Keys that are ours until this is dropped.
pub struct Keys {
    screen: Arc<RustConnection>,
    /// Nobody sees it: what is sent there ends the thread.
    window: Window,
}

/// Why the X server gives no keys.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("no X server: {0}")]
    Connect(#[from] ConnectError),
    #[error("the X server: {0}")]
    Reply(#[from] ReplyOrIdError),
    #[error("no thread: {0}")]
    Thread(#[from] std::io::Error),
}

impl From<ReplyError> for Error {
    fn from(error: ReplyError) -> Self {
        Self::Reply(error.into())
    }
}

impl From<x11rb::errors::ConnectionError> for Error {
    fn from(error: x11rb::errors::ConnectionError) -> Self {
        Self::Reply(error.into())
    }
}

impl Error {
    fn why(&self) -> NoKeys {
        match self {
            // What is refused to us is another program's already.
            Self::Reply(ReplyOrIdError::X11Error(error)) if error.error_kind == ErrorKind::Access => NoKeys::Taken,
            _ => NoKeys::Failed,
        }
    }
}

impl Keys {
    /// Takes both keys, or none. `press` does what they ask for.
    pub fn take(press: Press) -> Result<Self, NoKeys> {
        let taken = Self::grab(press);
        taken.inspect_err(|error| tracing::warn!(%error, "no keys from other programs")).map_err(|error| error.why())
    }

    fn grab(press: Press) -> Result<Self, Error> {
        let (screen, number) = x11rb::connect(None)?;
        let root = screen.setup().roots[number].root;
        // Else a key that is held looks like one that is pressed again and again.
        screen.xkb_use_extension(1, 0)?.reply()?;
        let repeat = PerClientFlag::DETECTABLE_AUTO_REPEAT;
        let none = Default::default();
        screen.xkb_per_client_flags(ID::USE_CORE_KBD.into(), repeat, repeat, none, none, none)?.reply()?;
        let (toggle, talk) = (keycodes(&screen, KEY_D)?, keycodes(&screen, KEY_SPACE)?);
        for code in toggle.iter().chain(&talk) {
            for locks in LOCKS {
                let held = ModMask::from(u16::from(ModMask::CONTROL | ModMask::SHIFT) | locks);
                screen.grab_key(false, root, held, *code, GrabMode::ASYNC, GrabMode::ASYNC)?.check()?;
            }
        }
        let window = screen.generate_id()?;
        let (events, class) = (CreateWindowAux::new(), WindowClass::INPUT_ONLY);
        screen.create_window(0, window, root, 0, 0, 1, 1, 0, class, 0, &events)?.check()?;
        let screen = Arc::new(screen);
        let ours = Arc::clone(&screen);
        std::thread::Builder::new().name("keys".into()).spawn(move || {
            let of =
                |code| toggle.contains(&code).then_some(Key::Microphone).or(talk.contains(&code).then_some(Key::Talk));
            let (begun, mut presses) = (Instant::now(), Presses::default());
            while let Ok(event) = ours.wait_for_event() {
                let asks = match event {
                    // The extension leaves out releases alone: a key that is held still goes down again and again.
                    Event::KeyPress(key) => of(key.detail).and_then(|key| presses.down(key, begun.elapsed())),
                    Event::KeyRelease(key) => of(key.detail).and_then(|key| presses.up(key)),
                    Event::ClientMessage(_) => break,
                    _ => None,
                };
                if let Some(command) = asks {
                    press(command);
                }
            }
            // Whoever still holds it must not be heard for ever.
            press(Command::Talk { on: false });
        })?;
        Ok(Self { screen, window })
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let message = ClientMessageEvent::new(32, self.window, x11rb::NONE, [0_u32; 5]);
        let _ = self.screen.send_event(false, self.window, EventMask::NO_EVENT, message);
        let _ = self.screen.flush();
    }
}

/// The keys of this keyboard that write a sign without Shift.
fn keycodes(screen: &RustConnection, sign: u32) -> Result<Vec<Keycode>, Error> {
    let setup = screen.setup();
    let (first, last) = (setup.min_keycode, setup.max_keycode);
    let mapping = screen.get_keyboard_mapping(first, last - first + 1)?.reply()?;
    let wide = usize::from(mapping.keysyms_per_keycode).max(1);
    let rows = mapping.keysyms.chunks(wide).zip(first..=last);
    Ok(rows.filter(|(signs, _)| signs.first() == Some(&sign)).map(|(_, code)| code).collect())
}
