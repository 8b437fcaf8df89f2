//! What the program of a shared window has not drawn since the window was kept apart.

use super::super::{Error, area};
use super::connection::Connection;
use std::sync::Arc;
use visavis_model::{Rect, Size};
use x11rb::connection::Connection as _;
use x11rb::protocol::composite::{self, Redirect};
use x11rb::protocol::damage::{self, Damage, ReportLevel};
use x11rb::protocol::xfixes::{self, Region};
use x11rb::protocol::xproto::{ConnectionExt as _, Rectangle, Window};

/// As large as a window can be: what it grows by is not drawn either at first.
const EVERYTHING: Rectangle = Rectangle { x: 0, y: 0, width: 0x7fff, height: 0x7fff };

/// The parts of a window's own picture whose pixels may be another's.
///
/// A window that nobody has kept apart until now (Composite) gets a picture of its own, into which the server copies what is on the screen:
/// with all that lies over the window. What it uncovers so it paints with the window's background, where there is one, and asks the
/// program to draw; one that hangs never does.
pub struct Unseen {
    connection: Arc<Connection>,
    region: Region,
    parts: Vec<Rect>,
}

impl Unseen {
    /// Keeps a window apart, and makes `damage` for it: it tells of everything that is drawn from then on.
    pub fn redirect(connection: &Arc<Connection>, window: Window, damage: Damage) -> Result<Self, Error> {
        let x = &connection.x;
        let (region, seen) = (x.generate_id()?, x.generate_id()?);
        xfixes::create_region(x, region, &[EVERYTHING])?;
        xfixes::create_region(x, seen, &[])?;
        // Nobody lays anything over it in between.
        x.grab_server()?;
        let watched = damage::create(x, damage, window, ReportLevel::NON_EMPTY)?;
        // It begins with what is seen of the window, which is all of it where somebody keeps it, or what holds it, apart already.
        damage::subtract(x, damage, x11rb::NONE, seen)?;
        let apart = composite::redirect_window(x, window, Redirect::AUTOMATIC)?;
        x.ungrab_server()?;
        watched.check()?;
        apart.check()?;
        let mut unseen = Self { connection: Arc::clone(connection), region, parts: Vec::new() };
        unseen.drawn(seen)?;
        xfixes::destroy_region(&connection.x, seen)?;
        Ok(unseen)
    }

    /// This was drawn.
    pub fn drawn(&mut self, drawn: Region) -> Result<(), Error> {
        let x = &self.connection.x;
        xfixes::subtract_region(x, self.region, drawn, self.region)?;
        let left = xfixes::fetch_region(x, self.region)?.reply()?.rectangles;
        self.parts = left
            .into_iter()
            .map(|part| Rect {
                x: part.x.into(),
                y: part.y.into(),
                width: part.width.into(),
                height: part.height.into(),
            })
            .collect();
        Ok(())
    }

    /// What of a picture of `size` others are not shown.
    pub fn parts(&self, size: Size) -> impl Iterator<Item = Rect> {
        self.parts.iter().filter_map(move |part| area::clip(*part, size))
    }
}
