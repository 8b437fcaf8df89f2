//! One application for one person: a second start hands its link to the first and is done within milliseconds.
//!
//! Unix: the first one holds a lock in the user's runtime folder, which nobody else can read (XDG Base Directory Specification), and
//! listens on a socket beside it. Windows: it holds a pipe whose name exists once for each person and session. macOS has no runtime folder and
//! starts an application once by itself: links come as events of the running one (`starts::take`).

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use serde::{Deserialize, Serialize};
use std::time::Duration;

#[cfg(unix)]
pub use unix::{First, claim, place};
#[cfg(windows)]
pub use windows::{First, claim, place};

/// Longest request, in bytes: a link of the longest kind, and room.
const LONGEST: u64 = 64 * 1024;
/// A first one that does not answer for so long is not waited for.
const PATIENCE: Duration = Duration::from_secs(2);
/// The first one's answer.
const DONE: &[u8] = b"done\n";

/// Whether this start is the first.
pub enum Claim {
    /// It is, for as long as this lives.
    First(First),
    /// The first one has it.
    Handed,
    /// There is no place to meet: each start is its own.
    Alone,
}

/// What a second start wants of the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// A link to open; without one the window comes to the front.
    pub link: Option<String>,
    /// Nobody asked for the window: the session began.
    #[serde(default)]
    pub minimized: bool,
    /// Without the last look.
    pub direct: bool,
    /// Come in with the microphone, the camera, off.
    #[serde(default)]
    pub microphone_off: bool,
    #[serde(default)]
    pub camera_off: bool,
    /// What lets the window come to the front under Wayland (xdg-activation) and X11 (startup notification).
    pub activation: Option<String>,
}
