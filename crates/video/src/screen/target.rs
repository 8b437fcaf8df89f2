//! What a source's id stands for, where the system lists sources: pure.

use visavis_model::{ScreenId, ScreenKind};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A screen by the name that the system gives it.
    Screen(String),
    /// A window by its number: X11's, or Windows' handle, which never has more than 32 bits.
    Window(u32),
}

impl Target {
    pub fn of(id: &ScreenId) -> Option<Self> {
        match id.as_str().split_once(':')? {
            ("screen", name) => Some(Self::Screen(name.to_owned())),
            ("window", number) => number.parse().ok().map(Self::Window),
            _ => None,
        }
    }

    pub fn id(&self) -> ScreenId {
        match self {
            Self::Screen(name) => format!("screen:{name}").into(),
            Self::Window(number) => format!("window:{number}").into(),
        }
    }

    pub const fn kind(&self) -> ScreenKind {
        match self {
            Self::Screen(_) => ScreenKind::Screen,
            Self::Window(_) => ScreenKind::Window,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_it_stands_for() {
        for target in
            [Target::Screen("HDMI-1:2".into()), Target::Screen(r"\\.\DISPLAY1".into()), Target::Window(0x0120_0007)]
        {
            assert_eq!(Target::of(&target.id()), Some(target));
        }
        for text in ["", "window", "window:", "window:x", "window:99999999999", "camera:1"] {
            assert_eq!(Target::of(&text.into()), None, "{text}");
        }
    }
}
