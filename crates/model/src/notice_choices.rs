//! Which notices of the system somebody wants.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is told by the system's notices, outside of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct NoticeChoices {
    /// Somebody asks to come in.
    pub waits: bool,
    /// We may come in.
    pub entry: bool,
    /// Somebody writes.
    pub message: bool,
    /// Somebody raises the hand.
    pub hand: bool,
    /// Somebody muted us.
    pub muted: bool,
    /// We were taken out, or the connection is gone.
    pub end: bool,
    /// A recording or a transcript begins.
    pub recording: bool,
    /// Nobody else is there any more.
    pub alone: bool,
    /// A meeting of the calendar begins soon.
    pub soon: bool,
}

impl Default for NoticeChoices {
    fn default() -> Self {
        Self {
            waits: true,
            entry: true,
            message: true,
            hand: true,
            muted: true,
            end: true,
            recording: true,
            alone: true,
            soon: true,
        }
    }
}
