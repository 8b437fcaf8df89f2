//! Screens and windows of a Wayland session: the person chooses in the dialog of the session's portal (ScreenCast), the pictures come
//! from PipeWire, in memory, with the pointer in them, and only when something has changed. Nothing here asks again and again.

mod answer;
mod format;
mod frame;
mod library;
mod pod;
mod portal;
mod source;
mod stream;

use super::{Error, Source, Wish};

/// The portal of the session that this process belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Portal;

impl super::Chooser for Portal {
    fn ask(&mut self, wish: &Wish) -> Result<Box<dyn Source>, Error> {
        // Before anybody is asked for what cannot be shown.
        library::functions()?;
        Ok(Box::new(source::PortalSource::ask(wish)?))
    }
}

/// What the threads of the portal and of PipeWire tell.
#[derive(Debug)]
enum Told {
    Chosen(portal::Chosen),
    /// A picture waits to be taken.
    Picture,
    /// Nothing more comes.
    Ended(Error),
}
