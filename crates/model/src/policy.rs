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
