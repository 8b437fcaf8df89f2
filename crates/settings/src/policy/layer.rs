//! What one place says.

use super::Problem;
use serde_json::{Map, Value as Json};

/// Whether the person may choose otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Recommended,
    Mandatory,
}

/// For whom it was said; the machine's word is over the user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    User,
    Machine,
}

impl Level {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Recommended => "recommended",
            Self::Mandatory => "mandatory",
        }
    }
}

impl Scope {
    pub const fn text(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Machine => "machine",
        }
    }
}

/// The keys and values of one file, registry key or property list.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    pub level: Level,
    pub scope: Scope,
    pub origin: String,
    pub values: Map<String, Json>,
}

/// Everything that a source says: of the same level and scope, what comes later wins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    pub layers: Vec<Layer>,
    pub problems: Vec<Problem>,
}
