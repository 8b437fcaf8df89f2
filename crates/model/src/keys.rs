//! Keys that work while another program is looked at.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the system gave when it was last asked for such keys. They are ours in a meeting alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[ts(export)]
pub enum GlobalKeys {
    /// They are not wanted, or nobody has asked yet.
    #[default]
    Unasked,
    /// The system asks the person, or thinks about it.
    Asking,
    /// Ours: Ctrl+Shift+D for the microphone, Ctrl+Shift+Space to talk.
    Usual,
    /// Those that the system, or the person in the system's own dialog, chose; in its words. `None`: it knows what is to be done, and no key for it.
    Given {
        microphone: Option<String>,
        talk: Option<String>,
    },
    Missing {
        why: NoKeys,
    },
}

/// Why there are no such keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum NoKeys {
    /// Another program has them.
    Taken,
    /// Somebody said no in the system's dialog.
    Refused,
    /// This system gives no keys to programs.
    NoSuchSystem,
    /// It does, and it did not work, or it is over.
    Failed,
}
