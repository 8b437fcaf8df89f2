//! Screens and windows of Windows: by Windows.Graphics.Capture where the system has it, whose pictures come when something was drawn and
//! hold the pointer; else by GDI, which tells no changes and is asked again and again. A window is shown with its title bar.

mod bitmap;
mod capture;
mod copy;
mod device;
mod followed;
mod gdi;
mod list;
#[cfg(test)]
mod painter;
mod place;
mod pointer;
#[cfg(test)]
mod tests;
mod top;

use super::target::Target;
use super::{Error, Source};
use visavis_model::{ScreenId, ScreenSource};

/// The screens and windows of the person's session.
#[derive(Clone, Copy, Debug)]
pub struct Desktop {
    /// The system can capture, and says so.
    captures: bool,
}

impl Desktop {
    /// # Errors
    /// There is no screen: a service has none.
    pub fn open() -> Result<Self, Error> {
        if top::screens().is_empty() {
            return Err(Error::NoDesktop);
        }
        Ok(Self { captures: capture::is_supported() })
    }
}

impl super::Desktop for Desktop {
    fn sources(&mut self, thumbnails: bool) -> Result<Vec<ScreenSource>, Error> {
        let _pixels = top::Pixels::real();
        Ok(list::sources(thumbnails))
    }

    fn describe(&mut self, id: &ScreenId) -> Result<ScreenSource, Error> {
        let _pixels = top::Pixels::real();
        list::source(id)
    }

    fn open(&mut self, id: &ScreenId, framed: bool) -> Result<Box<dyn Source>, Error> {
        let _pixels = top::Pixels::real();
        let target = Target::of(id).ok_or(Error::Gone)?;
        place::find(&target)?;
        if self.captures {
            match capture::CaptureSource::open(target.clone(), framed) {
                Ok(source) => return Ok(Box::new(source)),
                // Some systems have it and cannot: an old driver, a window that it does not take.
                Err(error) => tracing::warn!(%error, "the system's capture does not open"),
            }
        }
        Ok(Box::new(gdi::GdiSource::open(target)))
    }
}
