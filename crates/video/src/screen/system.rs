//! Which of a computer's systems has its screens.

use std::ffi::OsString;

/// What shows the screens that this process belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum System {
    /// None that we know.
    #[default]
    None,
    X11,
    /// Its portal is asked; X11 would show the programs of XWayland on a black screen.
    Wayland,
    Windows,
}

impl System {
    /// What the environment says, read by `look`: the only place where it is decided.
    ///
    /// On Linux a session is Wayland's where it has such a display or says so (`XDG_SESSION_TYPE`). An empty `WAYLAND_DISPLAY` says that there is
    /// none for this program.
    pub fn of(look: impl Fn(&str) -> Option<OsString>) -> Self {
        if cfg!(windows) {
            return Self::Windows;
        }
        if !cfg!(target_os = "linux") {
            return Self::None;
        }
        let has = |name| look(name).is_some_and(|value| !value.is_empty());
        let session = look("XDG_SESSION_TYPE").is_some_and(|kind| kind == "wayland");
        if has("WAYLAND_DISPLAY") || session && look("WAYLAND_DISPLAY").is_none() {
            Self::Wayland
        } else if has("DISPLAY") {
            Self::X11
        } else {
            Self::None
        }
    }

    /// Whether the system's own dialog asks what is to be shared, and there is no list.
    pub fn asks(self) -> bool {
        self == Self::Wayland
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> System {
        System::of(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn the_environment_says_which_it_is() {
        assert_eq!(of(&[]), System::None);
        assert_eq!(of(&[("DISPLAY", ":0")]), System::X11);
        assert_eq!(of(&[("DISPLAY", ":0"), ("XDG_SESSION_TYPE", "x11")]), System::X11);
        assert_eq!(of(&[("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")]), System::Wayland);
        // A display that is not named is the first one.
        assert_eq!(of(&[("DISPLAY", ":0"), ("XDG_SESSION_TYPE", "wayland")]), System::Wayland);
        // Turned off for this program alone.
        let off = [("DISPLAY", ":9"), ("XDG_SESSION_TYPE", "wayland"), ("WAYLAND_DISPLAY", "")];
        assert_eq!(of(&off), System::X11);
        assert!(System::Wayland.asks() && !System::X11.asks());
    }
}
