//! What the organisation has decided, as it is shown: to read, never to change.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The organisation's rules on this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PolicyView {
    /// Who manages this computer, in its own words; may be empty.
    pub organisation: String,
    /// What every place says of every key; of the same key the strongest first.
    pub rules: Vec<RuleView>,
    /// Files and folders that are wrong as a whole, for whoever administers: not translated.
    pub problems: Vec<String>,
    pub brand: BrandView,
}

/// How the organisation looks, where it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct BrandView {
    /// Stands beside the mark; empty: ours.
    pub name: String,
    /// A picture as a `data:` address.
    pub mark: Option<String>,
    /// `#rrggbb`; its contrast was looked at.
    pub accent: Option<String>,
    pub accent_dark: Option<String>,
}

/// What one place says of one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RuleView {
    pub key: String,
    /// Without passwords; empty where it could not be read.
    pub value: String,
    /// The file, registry key or property list.
    pub source: String,
    /// The person cannot choose otherwise.
    pub mandatory: bool,
    /// It holds: it could be read, and no stronger place says otherwise.
    pub in_force: bool,
    /// This version knows the key.
    pub known: bool,
    /// What is wrong with it, for whoever administers: not translated.
    pub error: Option<String>,
}
