//! Screens and windows of X11: pixels through shared memory (MIT-SHM), changes as the server tells them (DAMAGE), windows from their
//! own pictures (Composite), the pointer from XFixes. Nothing here asks again and again.

mod connection;
mod frame;
mod list;
mod place;
mod segment;
mod source;
#[cfg(test)]
mod tests;
mod unseen;

use super::{Error, Source};
use connection::Connection;
use std::sync::Arc;
use visavis_model::{ScreenId, ScreenSource};

/// The X server that this process belongs to.
pub struct Desktop {
    connection: Arc<Connection>,
    display: Option<String>,
}

impl Desktop {
    /// The one that `DISPLAY` names.
    pub fn open() -> Result<Self, Error> {
        Self::of(None)
    }

    fn of(display: Option<&str>) -> Result<Self, Error> {
        Ok(Self { connection: Arc::new(Connection::open(display)?), display: display.map(str::to_owned) })
    }
}

impl super::Desktop for Desktop {
    fn sources(&mut self, thumbnails: bool) -> Result<Vec<ScreenSource>, Error> {
        list::sources(&self.connection, thumbnails)
    }

    fn describe(&mut self, id: &ScreenId) -> Result<ScreenSource, Error> {
        list::source(&self.connection, id)
    }

    fn open(&mut self, id: &ScreenId, framed: bool) -> Result<Box<dyn Source>, Error> {
        // A connection of its own: its events are its own then.
        let connection = Arc::new(Connection::open(self.display.as_deref())?);
        Ok(Box::new(source::X11Source::open(connection, id, framed)?))
    }
}
