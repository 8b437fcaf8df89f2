//! Text that is seen while it is typed, beside the voice (EN 301 549 §6.2).

use crate::{ParticipantId, Sending};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One line of somebody's live text, as it stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LiveLine {
    /// The writer's own, unique among their lines.
    pub id: String,
    /// `None`: ourselves.
    pub author: Option<ParticipantId>,
    pub author_name: String,
    pub text: String,
    /// It does not grow any more.
    pub done: bool,
    /// Unix milliseconds of its first letter, by our clock.
    #[ts(type = "number")]
    pub at: u64,
    /// Of an own line: how far what stands there has come.
    pub sending: Sending,
}

/// What was and is being written, oldest first, and who sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LiveTextView {
    pub lines: Vec<LiveLine>,
    /// Others whose client shows what is typed at once.
    pub readers: u32,
    /// Others who get each finished sentence in the chat instead.
    pub by_chat: u32,
}
