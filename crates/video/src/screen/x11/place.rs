//! Where a source is now.

use super::super::target::Target;
use super::super::{Error, LEAST_SIDE};
use super::connection::Connection;
use visavis_model::Rect;
use x11rb::protocol::randr;
use x11rb::protocol::xproto::{ConnectionExt as _, MapState, Window, WindowClass};

/// Where something is on the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What is shared, in the desktop's pixels.
    pub inner: Rect,
    /// With what the window manager draws around it.
    pub outer: Rect,
    /// Whether there is anything to see.
    pub visible: bool,
    /// The window that lies on the desktop itself: the window manager's around a program's.
    pub top: Window,
}

impl Place {
    /// Whether people see it, and it is large enough to be read.
    pub fn is_shown(&self) -> bool {
        self.visible && self.inner.width >= LEAST_SIDE && self.inner.height >= LEAST_SIDE
    }
}

/// The screens, the main one first.
pub fn screens(connection: &Connection) -> Result<Vec<(String, Rect)>, Error> {
    let reply = randr::get_monitors(&connection.x, connection.root, true)?.reply()?;
    let mut monitors = reply.monitors;
    monitors.sort_by_key(|monitor| !monitor.primary);
    let named = monitors.into_iter().map(|monitor| {
        let name = connection.x.get_atom_name(monitor.name)?.reply()?.name;
        let rect = Rect {
            x: monitor.x.into(),
            y: monitor.y.into(),
            width: monitor.width.into(),
            height: monitor.height.into(),
        };
        Ok((String::from_utf8_lossy(&name).into_owned(), rect))
    });
    named
        .collect::<Result<Vec<_>, Error>>()
        .map(|list| list.into_iter().filter(|(_, rect)| !rect.size().is_empty()).collect())
}

/// The whole desktop.
pub fn desktop(connection: &Connection) -> Result<Rect, Error> {
    let geometry = connection.x.get_geometry(connection.root)?.reply()?;
    Ok(Rect { x: 0, y: 0, width: geometry.width.into(), height: geometry.height.into() })
}

/// Where a target is; [`Error::Gone`] where it is not any more.
pub fn find(connection: &Connection, target: &Target) -> Result<Place, Error> {
    match target {
        Target::Screen(name) => {
            let screens = screens(connection)?;
            let (_, rect) = screens.into_iter().find(|(known, _)| known == name).ok_or(Error::Gone)?;
            Ok(Place { inner: rect, outer: rect, visible: true, top: connection.root })
        }
        // All that is on the desktop is no window, whatever number it has.
        Target::Window(window) if *window == connection.root => Err(Error::Gone),
        Target::Window(window) => find_window(connection, *window).map_err(|error| match error {
            Error::Failed(_) => Error::Gone,
            other => other,
        }),
    }
}

fn find_window(connection: &Connection, window: Window) -> Result<Place, Error> {
    let x = &connection.x;
    let (attributes, geometry) = (x.get_window_attributes(window)?, x.get_geometry(window)?);
    let (attributes, geometry) = (attributes.reply()?, geometry.reply()?);
    let origin = x.translate_coordinates(window, connection.root, 0, 0)?.reply()?;
    let top = top_of(connection, window)?;
    let around = x.get_geometry(top)?.reply()?;
    let border = u32::from(around.border_width) * 2;
    Ok(Place {
        inner: Rect {
            x: origin.dst_x.into(),
            y: origin.dst_y.into(),
            width: geometry.width.into(),
            height: geometry.height.into(),
        },
        outer: Rect {
            x: around.x.into(),
            y: around.y.into(),
            width: u32::from(around.width) + border,
            height: u32::from(around.height) + border,
        },
        visible: attributes.map_state == MapState::VIEWABLE && attributes.class == WindowClass::INPUT_OUTPUT,
        top,
    })
}

/// The window below the root that holds this one.
fn top_of(connection: &Connection, window: Window) -> Result<Window, Error> {
    let mut top = window;
    // No window manager nests deeper; a tree that changes meanwhile does not keep us.
    for _ in 0..16 {
        let parent = connection.x.query_tree(top)?.reply()?.parent;
        if parent == connection.root || parent == x11rb::NONE {
            break;
        }
        top = parent;
    }
    Ok(top)
}
