//! Whether the workspace of a window is the one that is looked at (X11, EWMH): asked of the X server itself, on a connection of its own.

use gtk::prelude::{Cast as _, WidgetExt as _};
use tauri::WebviewWindow;
use x11rb::connection::Connection as _;
use x11rb::errors::{ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{Atom, AtomEnum, ConnectionExt as _, MapState, Window};
use x11rb::rust_connection::RustConnection;

x11rb::atom_manager! {
    /// What window managers say of workspaces.
    Atoms: AtomsCookie {
        _NET_CURRENT_DESKTOP,
        _NET_DESKTOP_VIEWPORT,
        _NET_SUPPORTING_WM_CHECK,
        _NET_WM_DESKTOP,
    }
}

/// The workspace of a window that is on all of them.
const ALL: u32 = u32::MAX;
/// Numbers that are read of one property.
const MOST: u32 = 128;

/// Where one window is, for as long as it is there.
pub struct Workspace {
    x: RustConnection,
    root: Window,
    atoms: Atoms,
    window: Window,
}

impl Workspace {
    /// Of a window that is there; `None` where the session is none of X11's. On the main thread.
    pub fn of(window: &WebviewWindow) -> Option<Self> {
        let own = own(&window.gtk_window().ok()?)?;
        let id = Window::try_from(own.xid()).ok()?;
        Self::connect(id).inspect_err(|error| tracing::warn!(%error, "workspaces are not known")).ok()
    }

    fn connect(window: Window) -> Result<Self, Error> {
        let (x, screen) = x11rb::connect(None)?;
        let root = x.setup().roots.get(screen).ok_or(Error::NoScreen)?.root;
        let atoms = Atoms::new(&x).map_err(ReplyOrIdError::from)?.reply().map_err(ReplyOrIdError::from)?;
        Ok(Self { x, root, atoms, window })
    }

    /// Whether it cannot be seen from the workspace that is looked at. A server that does not say is none to trust: then it can.
    pub fn is_elsewhere(&self) -> bool {
        self.told().is_ok_and(|told| told.is_elsewhere())
    }

    fn told(&self) -> Result<Told, ReplyError> {
        let attributes = self.x.get_window_attributes(self.window)?.reply()?;
        let first = |window, property| -> Result<Option<u32>, ReplyError> {
            Ok(self.numbers(window, property)?.first().copied())
        };
        let manager = first(self.root, self.atoms._NET_SUPPORTING_WM_CHECK)?;
        Ok(Told {
            mapped: attributes.map_state == MapState::VIEWABLE,
            // A window manager that ended leaves what it said behind, but not its own window.
            managed: manager
                .is_some_and(|window| first(window, self.atoms._NET_SUPPORTING_WM_CHECK).ok() == Some(manager)),
            of_window: first(self.window, self.atoms._NET_WM_DESKTOP)?,
            current: first(self.root, self.atoms._NET_CURRENT_DESKTOP)?,
            corners: self.numbers(self.root, self.atoms._NET_DESKTOP_VIEWPORT)?,
        })
    }

    fn numbers(&self, window: Window, property: Atom) -> Result<Vec<u32>, ReplyError> {
        let reply = self.x.get_property(false, window, property, AtomEnum::ANY, 0, MOST)?.reply()?;
        Ok(reply.value32().map(Iterator::collect).unwrap_or_default())
    }
}

/// GDK's own window of X11 below GTK's.
pub fn own(window: &gtk::ApplicationWindow) -> Option<gdkx11::X11Window> {
    window.window()?.downcast().ok()
}

/// Why workspaces are not known.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("no X server: {0}")]
    Connect(#[from] x11rb::errors::ConnectError),
    #[error("the X server: {0}")]
    Reply(#[from] ReplyOrIdError),
    #[error("the X server has no screen")]
    NoScreen,
}

/// What the X server and the window manager say.
#[derive(Clone, Debug, Default)]
struct Told {
    /// It and all that holds it are mapped.
    mapped: bool,
    /// A window manager is there.
    managed: bool,
    of_window: Option<u32>,
    current: Option<u32>,
    /// Where each workspace begins on the desktop, two numbers for each.
    corners: Vec<u32>,
}

impl Told {
    fn is_elsewhere(&self) -> bool {
        // Most window managers unmap what is on another workspace; those that do not say where it is.
        if !self.mapped {
            return true;
        }
        // Where each screen has workspaces of its own, the current one is that of one screen alone, and others are seen as well.
        let corners = self.corners.as_chunks::<2>().0;
        let one_for_all = corners.iter().all(|corner| Some(corner) == corners.first());
        self.managed
            && one_for_all
            && matches!((self.of_window, self.current), (Some(of), Some(current)) if of != ALL && of != current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_seen_on_its_own_workspace_and_on_all() {
        let on = |of_window| Told { mapped: true, managed: true, of_window, current: Some(1), corners: vec![] };
        assert!(on(Some(0)).is_elsewhere());
        assert!(!on(Some(1)).is_elsewhere() && !on(Some(ALL)).is_elsewhere() && !on(None).is_elsewhere());
        assert!(Told { mapped: false, ..on(Some(1)) }.is_elsewhere(), "its frame is unmapped");
        assert!(!Told { managed: false, ..on(Some(0)) }.is_elsewhere(), "nobody says that any more");
        assert!(!Told { current: None, ..on(Some(0)) }.is_elsewhere());
    }

    #[test]
    fn where_each_screen_has_its_own_workspaces_the_current_one_says_nothing() {
        let told = Told { mapped: true, managed: true, of_window: Some(0), current: Some(1), corners: vec![] };
        assert!(Told { corners: vec![0, 0, 0, 0, 0, 0], ..told.clone() }.is_elsewhere());
        assert!(!Told { corners: vec![0, 0, 1920, 0], ..told }.is_elsewhere());
    }
}
