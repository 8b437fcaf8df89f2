//! A connection to an X server that can do what we need.

use super::super::Error;
use std::os::fd::AsFd as _;
use std::time::Duration;
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, ImageOrder, Window};
use x11rb::protocol::{composite, damage, randr, shm, xfixes, xinput};
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// The names that window managers and programs agree on (EWMH, ICCCM).
    pub Atoms: AtomsCookie {
        UTF8_STRING,
        WM_STATE,
        _NET_CLIENT_LIST,
        _NET_CLIENT_LIST_STACKING,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_NAME,
        _NET_WM_PID,
        _NET_WM_WINDOW_TYPE,
        _NET_WM_WINDOW_TYPE_DESKTOP,
        _NET_WM_WINDOW_TYPE_DOCK,
    }
}

/// Longest title that is read, in bytes; and most windows.
const LONGEST_TITLE: u32 = 512;
const MOST_WINDOWS: u32 = 256;
/// What window managers put around a program's window is no deeper; and most windows that are looked at for one.
const DEEPEST: usize = 3;
const MOST_AROUND: usize = 64;

pub struct Connection {
    pub x: RustConnection,
    pub root: Window,
    pub atoms: Atoms,
}

impl Connection {
    /// Connects to that display, or the one that the environment names.
    pub fn open(display: Option<&str>) -> Result<Self, Error> {
        let (x, screen) = x11rb::connect(display).map_err(|_| Error::NoDesktop)?;
        let setup = x.setup();
        if setup.image_byte_order != ImageOrder::LSB_FIRST {
            return Err(Error::Pixels("most significant byte first".into()));
        }
        let root = setup.roots.get(screen).ok_or(Error::NoDesktop)?.root;
        for extension in [
            composite::X11_EXTENSION_NAME,
            damage::X11_EXTENSION_NAME,
            randr::X11_EXTENSION_NAME,
            shm::X11_EXTENSION_NAME,
            xfixes::X11_EXTENSION_NAME,
            xinput::X11_EXTENSION_NAME,
        ] {
            if x.extension_information(extension)?.is_none() {
                return Err(Error::Failed(format!("no {extension}")));
            }
        }
        composite::query_version(&x, 0, 4)?.reply()?;
        damage::query_version(&x, 1, 1)?.reply()?;
        xfixes::query_version(&x, 5, 0)?.reply()?;
        randr::query_version(&x, 1, 5)?.reply()?;
        xinput::xi_query_version(&x, 2, 2)?.reply()?;
        let shared = shm::query_version(&x)?.reply()?;
        // Memory that is handed over as a file came with 1.2; a server on another computer cannot take it at all.
        if (shared.major_version, shared.minor_version) < (1, 2) {
            return Err(Error::Failed("no shared memory".into()));
        }
        let atoms = Atoms::new(&x)?.reply()?;
        Ok(Self { x, root, atoms })
    }

    /// Waits until the server has something to say, at most for `patience`.
    pub fn wait(&self, patience: Duration) {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let _ = self.x.flush();
        let fd = self.x.stream().as_fd();
        let timeout = Timespec { tv_sec: patience.as_secs() as i64, tv_nsec: patience.subsec_nanos().into() };
        // An interruption is as good as a timeout.
        let _ = poll(&mut [PollFd::new(&fd, PollFlags::IN)], Some(&timeout));
    }

    /// The windows of programs, lowest first: as the window manager lists them, else as they lie on the desktop.
    pub fn windows(&self) -> Result<Vec<Window>, Error> {
        if self.is_managed()
            && let Some(windows) = self.listed()?
        {
            return Ok(windows);
        }
        let children = self.x.query_tree(self.root)?.reply()?.children;
        Ok(children.into_iter().flat_map(|child| self.programs_at(child)).collect())
    }

    /// Whether a window manager that keeps lists is there (EWMH): its own window says so. One that ended leaves its lists behind.
    fn is_managed(&self) -> bool {
        let check = self.atoms._NET_SUPPORTING_WM_CHECK;
        self.number(self.root, check).is_some_and(|window| self.number(window, check) == Some(window))
    }

    /// What the window manager lists; `None` where it lists nothing.
    fn listed(&self) -> Result<Option<Vec<Window>>, Error> {
        for list in [self.atoms._NET_CLIENT_LIST_STACKING, self.atoms._NET_CLIENT_LIST] {
            let reply = self.x.get_property(false, self.root, list, AtomEnum::WINDOW, 0, MOST_WINDOWS)?.reply()?;
            if let Some(windows) = reply.value32().map(Iterator::collect::<Vec<_>>).filter(|list| !list.is_empty()) {
                return Ok(Some(windows));
            }
        }
        Ok(None)
    }

    /// What of a window that lies on the desktop is a program's: what a window manager has taken in hand (ICCCM), in its frame or bare; else
    /// the window itself where it says what it is called.
    fn programs_at(&self, child: Window) -> Vec<Window> {
        let mut around = vec![child];
        for _ in 0..=DEEPEST {
            let taken: Vec<Window> = around.iter().copied().filter(|window| self.has_state(*window)).collect();
            if !taken.is_empty() {
                return taken;
            }
            let within = around.iter().flat_map(|window| self.children(*window));
            around = within.take(MOST_AROUND).collect();
        }
        let is_named = self.title(child).is_some() || (self.class(child).is_some() && !self.is_fleeting(child));
        is_named.then_some(child).into_iter().collect()
    }

    fn has_state(&self, window: Window) -> bool {
        self.number(window, self.atoms.WM_STATE).is_some()
    }

    fn children(&self, window: Window) -> Vec<Window> {
        let tree = self.x.query_tree(window).ok().and_then(|tree| tree.reply().ok());
        tree.map_or_else(Vec::new, |tree| tree.children)
    }

    /// A menu or a tooltip, which says whose it is, too.
    fn is_fleeting(&self, window: Window) -> bool {
        let attributes = self.x.get_window_attributes(window).ok().and_then(|attributes| attributes.reply().ok());
        attributes.is_none_or(|attributes| attributes.override_redirect)
    }

    /// What a window is called; `None` where it does not say, or is gone.
    pub fn title(&self, window: Window) -> Option<String> {
        let names =
            [(self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING), (AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())];
        names.into_iter().find_map(|(name, kind)| readable(&self.bytes(window, name, kind)?))
    }

    /// What the program of a window is called.
    pub fn class(&self, window: Window) -> Option<String> {
        class_of(&self.bytes(window, AtomEnum::WM_CLASS.into(), AtomEnum::ANY.into())?)
    }

    fn bytes(&self, window: Window, property: Atom, kind: Atom) -> Option<Vec<u8>> {
        let reply = self.x.get_property(false, window, property, kind, 0, LONGEST_TITLE / 4).ok()?.reply().ok()?;
        Some(reply.value)
    }

    /// One number of a property.
    pub fn number(&self, window: Window, property: Atom) -> Option<u32> {
        let reply = self.x.get_property(false, window, property, AtomEnum::ANY, 0, 1).ok()?.reply().ok()?;
        reply.value32()?.next()
    }
}

/// Text that people can read; `None` where nothing is left of it.
fn readable(bytes: &[u8]) -> Option<String> {
    let text: String = String::from_utf8_lossy(bytes).chars().filter(|c| !c.is_control()).collect();
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The class of `WM_CLASS`, which names an instance before it (ICCCM).
fn class_of(bytes: &[u8]) -> Option<String> {
    readable(bytes.split(|byte| *byte == 0).nth(1)?)
}

impl From<ConnectionError> for Error {
    fn from(error: ConnectionError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ReplyError> for Error {
    fn from(error: ReplyError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<ReplyOrIdError> for Error {
    fn from(error: ReplyOrIdError) -> Self {
        Self::Failed(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_the_second_of_two_names() {
        assert_eq!(class_of(b"navigator\0Firefox\0").as_deref(), Some("Firefox"));
        assert_eq!(class_of(b"navigator\0Firefox").as_deref(), Some("Firefox"));
        for bytes in [&b""[..], b"navigator", b"navigator\0", b"navigator\0\0", b"navigator\0 \x01\0"] {
            assert_eq!(class_of(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_no_title() {
        assert_eq!(readable("\u{7} Brief \n".as_bytes()).as_deref(), Some("Brief"));
        assert_eq!((readable(b""), readable(b"   "), readable(b"\x01 \x02")), (None, None, None));
    }
}
