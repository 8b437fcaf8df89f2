//! What of this computer others are shown: its screens and windows.
//!
//! A [`Desktop`] lists them and opens one, or a [`Chooser`] lets the person choose in the system's own dialog; a [`Source`] gives a picture
//! when something in it has changed, never because time has passed; [`Worker`] runs one on a thread. Which system it is, is known here alone.

// What only X11 and Wayland need of these two is written for them all the same: their tests run everywhere.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod area;
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
mod canvas;
#[cfg(test)]
mod contract;
mod cursor;
mod mode;
#[cfg(test)]
mod seen;
mod system;
// On systems without a way to list what there is (macOS) nobody asks for these.
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code))]
mod target;
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code))]
mod thumbnail;
#[cfg(target_os = "linux")]
mod wayland;
#[cfg(windows)]
mod windows;
mod worker;
#[cfg(target_os = "linux")]
mod x11;

pub use mode::Movement;
pub use system::System;
pub use worker::{Event, Worker};

use std::time::Duration;
use visavis_media::Surface;
use visavis_model::{ScreenId, ScreenKind, ScreenSource, ShareChoice, Size};

/// Largest picture that is sent; a larger source is scaled down to fit.
pub const LARGEST: Size = Size::new(1920, 1080);

/// Smaller windows count as hidden: nothing can be read in them, and nothing encodes them.
#[cfg_attr(not(any(target_os = "linux", windows)), allow(dead_code))]
const LEAST_SIDE: u32 = 16;

/// Looks at what can be shared.
pub trait Desktop: Send {
    /// Screens first, the main one before others; then windows, the uppermost first. With small pictures it takes some tenths of a
    /// second.
    fn sources(&mut self, thumbnails: bool) -> Result<Vec<ScreenSource>, Error>;

    /// What an id stands for, without a small picture; also a window that is hidden at the moment, which is in no list.
    fn describe(&mut self, id: &ScreenId) -> Result<ScreenSource, Error>;

    /// Begins to watch a source. `framed`: with a frame around it, which is never in the picture. Windows draws its own where it can
    /// draw one.
    fn open(&mut self, id: &ScreenId, framed: bool) -> Result<Box<dyn Source>, Error>;
}

/// Lets the person choose in a dialog of the system's own, which alone knows what there is.
pub trait Chooser: Send {
    /// Opens the dialog, and does not wait for it: the source tells what was chosen by [`Step::Chosen`], before its first picture.
    /// Dropping it closes the dialog.
    fn ask(&mut self, wish: &Wish) -> Result<Box<dyn Source>, Error>;
}

/// How one comes to a source on this system.
pub enum Access {
    Listed(Box<dyn Desktop>),
    Asked(Box<dyn Chooser>),
}

/// What the person is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Only this kind.
    pub kind: Option<ScreenKind>,
    /// Only windows, says the organisation.
    pub windows_only: bool,
    /// What was chosen before ([`Chosen::again`]): nobody is asked where the system still knows it.
    pub again: Option<String>,
}

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub source: ScreenSource,
    /// By this it is had again without a question. It can be used once.
    pub again: Option<String>,
}

/// A screen or window that is watched. Dropping it takes its frame away.
pub trait Source: Send {
    /// Waits for something to tell, at most for `patience`. The first picture comes at once.
    fn next(&mut self, patience: Duration) -> Result<Step, Error>;

    /// At least this long between two pictures.
    fn set_interval(&mut self, interval: Duration);

    /// No pictures until it goes on, which begins with one where something has changed.
    fn set_paused(&mut self, paused: bool);
}

/// What a source tells.
#[derive(Clone, Debug)]
pub enum Step {
    Chosen(Chosen),
    Picture(Picture),
    /// The window is minimised or on another workspace, or it is back.
    Hidden(bool),
    /// Nothing has changed.
    Still,
}

/// A picture, and how much of it is new.
#[derive(Clone, Debug)]
pub struct Picture {
    pub surface: Surface,
    /// Thousandths of the picture's area.
    pub changed: u32,
}

/// Why there are no pictures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no desktop, or none whose screens we can look at.
    #[error("there is no desktop that we can look at")]
    NoDesktop,
    /// A Wayland session shows its screens through its portal and PipeWire alone, and one of them is missing.
    #[error("nothing shows a Wayland session's screens: {0}")]
    NoPortal(String),
    /// The person was asked by the system, and chose nothing.
    #[error("the person chose nothing")]
    Declined,
    /// The system ended it: what was shared is gone, or the person stopped it there.
    #[error("the system ended it")]
    Ended,
    /// The window was closed, or the screen unplugged.
    #[error("what was shared is gone")]
    Gone,
    /// No window has the title that was asked for.
    #[error("no window is called so")]
    NotFound,
    /// The organisation lets windows be shared, no screens.
    #[error("screens are not shared here")]
    NotAllowed,
    #[error("pixels of a form that we do not read: {0}")]
    Pixels(String),
    #[error("the desktop failed: {0}")]
    Failed(String),
}

/// The desktop that this process belongs to.
pub fn access(system: System) -> Result<Access, Error> {
    match system {
        #[cfg(target_os = "linux")]
        System::X11 => Ok(Access::Listed(Box::new(x11::Desktop::open()?))),
        #[cfg(target_os = "linux")]
        System::Wayland => Ok(Access::Asked(Box::new(wayland::Portal))),
        #[cfg(windows)]
        System::Windows => Ok(Access::Listed(Box::new(self::windows::Desktop::open()?))),
        _ => Err(Error::NoDesktop),
    }
}

/// The source that a choice means, among what there is.
pub fn choose<'a>(sources: &'a [ScreenSource], choice: &ShareChoice) -> Option<&'a ScreenSource> {
    sources.iter().find(|source| match choice {
        ShareChoice::Source(id) => source.id == *id,
        ShareChoice::MainScreen => source.kind == ScreenKind::Screen,
        // Here is a list, and nobody else asks.
        ShareChoice::Asked => false,
        ShareChoice::WindowTitled(text) => source.kind == ScreenKind::Window && source.title.contains(text.as_str()),
    })
}

/// What kind of source a choice means, where that is known before it is found.
pub fn kind_of(choice: &ShareChoice) -> Option<ScreenKind> {
    match choice {
        ShareChoice::MainScreen => Some(ScreenKind::Screen),
        ShareChoice::WindowTitled(_) => Some(ScreenKind::Window),
        ShareChoice::Source(id) => target::Target::of(id).map(|target| target.kind()),
        ShareChoice::Asked => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(id: &str, kind: ScreenKind, title: &str) -> ScreenSource {
        let (id, title, size) = (id.into(), title.into(), Size::new(9, 9));
        ScreenSource { id, kind, title, size, own: false, thumbnail: None, process: None }
    }

    #[test]
    fn a_choice_means_the_first_that_fits() {
        let all = [
            source("s1", ScreenKind::Screen, "Report"),
            source("s2", ScreenKind::Screen, "HDMI-1"),
            source("w1", ScreenKind::Window, "Report - editor"),
            source("w2", ScreenKind::Window, "Report"),
        ];
        let id = |choice| choose(&all, &choice).map(|source| source.id.as_str());
        assert_eq!(id(ShareChoice::MainScreen), Some("s1"));
        assert_eq!(id(ShareChoice::WindowTitled("Report".into())), Some("w1"));
        assert_eq!(id(ShareChoice::Source("w2".into())), Some("w2"));
        assert_eq!(id(ShareChoice::WindowTitled("Other".into())), None);
        assert_eq!(id(ShareChoice::Asked), None);
    }

    #[test]
    fn the_kind_is_known_before_anything_is_found() {
        assert_eq!(kind_of(&ShareChoice::Source("screen:HDMI-1".into())), Some(ScreenKind::Screen));
        assert_eq!(kind_of(&ShareChoice::Source("window:7".into())), Some(ScreenKind::Window));
        assert_eq!(kind_of(&ShareChoice::MainScreen), Some(ScreenKind::Screen));
        assert_eq!(kind_of(&ShareChoice::WindowTitled("screen:HDMI-1".into())), Some(ScreenKind::Window));
        assert_eq!(kind_of(&ShareChoice::Source("portal".into())), None);
        assert_eq!(kind_of(&ShareChoice::Asked), None);
    }
}
