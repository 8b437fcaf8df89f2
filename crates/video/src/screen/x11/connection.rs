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

    /// The windows of programs, lowest first, as the window manager lists them; without one, those that say what they are called.
    pub fn windows(&self) -> Result<Vec<Window>, Error> {
        for list in [self.atoms._NET_CLIENT_LIST_STACKING, self.atoms._NET_CLIENT_LIST] {
            let reply = self.x.get_property(false, self.root, list, AtomEnum::WINDOW, 0, MOST_WINDOWS)?.reply()?;
            if let Some(windows) = reply.value32().map(Iterator::collect::<Vec<_>>).filter(|list| !list.is_empty()) {
                return Ok(windows);
            }
        }
        let children = self.x.query_tree(self.root)?.reply()?.children;
        Ok(children.into_iter().filter(|window| self.title(*window).is_some()).collect())
    }

    /// What a window is called; `None` where it does not say, or is gone.
    pub fn title(&self, window: Window) -> Option<String> {
        let names =
            [(self.atoms._NET_WM_NAME, self.atoms.UTF8_STRING), (AtomEnum::WM_NAME.into(), AtomEnum::ANY.into())];
        names.into_iter().find_map(|(name, kind): (Atom, Atom)| {
            let reply = self.x.get_property(false, window, name, kind, 0, LONGEST_TITLE / 4).ok()?.reply().ok()?;
            let text = String::from_utf8_lossy(&reply.value);
            let text: String = text.trim().chars().filter(|c| !c.is_control()).collect();
            (!text.is_empty()).then_some(text)
        })
    }

    /// One number of a property.
    pub fn number(&self, window: Window, property: Atom) -> Option<u32> {
        let reply = self.x.get_property(false, window, property, AtomEnum::ANY, 0, 1).ok()?.reply().ok()?;
        reply.value32()?.next()
    }
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
