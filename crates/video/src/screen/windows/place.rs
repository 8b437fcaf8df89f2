//! Where a source is now.

use super::super::target::Target;
use super::super::{Error, LEAST_SIDE};
use super::top::{Window, screens};
use visavis_model::Rect;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// What is shared, in the desktop's pixels.
    pub rect: Rect,
    /// Whether there is anything to see.
    pub visible: bool,
}

/// Where a target is; [`Error::Gone`] where it is not any more.
pub fn find(target: &Target) -> Result<Place, Error> {
    let (rect, visible) = match target {
        Target::Screen(name) => {
            let screen = screens().into_iter().find(|screen| screen.name == *name).ok_or(Error::Gone)?;
            (screen.rect, true)
        }
        Target::Window(number) => {
            let window = Window(*number);
            let rect = window.seen().filter(|_| window.exists()).ok_or(Error::Gone)?;
            (rect, window.is_visible())
        }
    };
    Ok(Place { rect, visible: visible && rect.width >= LEAST_SIDE && rect.height >= LEAST_SIDE })
}
