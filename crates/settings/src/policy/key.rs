//! What is said of a key beside its value.

/// A key of the policy, as administrators know it.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub form: Form,
    pub levels: Levels,
    pub effect: Effect,
    /// A value as JSON, for the templates.
    pub example: &'static str,
    /// What holds without it.
    pub default: Words,
    pub title: Words,
    /// One or more sentences.
    pub text: Words,
}

/// The same in the languages of the templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    pub en: &'static str,
    pub fr: &'static str,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Switch,
    Text {
        longest: usize,
    },
    Number {
        least: u32,
        most: u32,
    },
    Choice(&'static [&'static str]),
    /// Of texts.
    List {
        most: usize,
    },
    /// Of objects with `name`, `link` and, where there is one, `icon`.
    Rooms {
        most: usize,
    },
}

/// Where a key may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Levels {
    /// Mandatory, or recommended: then the person may choose otherwise.
    Any,
    Mandatory,
}

/// When a change is felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    AtOnce,
    /// With the next meeting that is joined.
    NextMeeting,
    /// With the next start of the application.
    NextStart,
}

impl Effect {
    pub const fn text(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::NextMeeting => "next_meeting",
            Self::NextStart => "next_start",
        }
    }
}
