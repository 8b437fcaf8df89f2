//! One application for one person: a second start hands its link to the first and is done within milliseconds.
//!
//! Unix: the first one holds a lock in the user's runtime folder, which nobody else can read (XDG Base Directory Specification), or in a
//! folder of the person's own that is closed to others, and listens on a socket beside it. Windows: it holds a pipe whose name exists once
//! for each person and session. macOS has no runtime folder and starts an application once by itself: links come as events of the running
//! one (`starts::take`).

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use serde::{Deserialize, Serialize};
use std::io::{Error, ErrorKind};
use std::time::Duration;

#[cfg(unix)]
pub use unix::{First, claim, place};
#[cfg(windows)]
pub use windows::{First, claim, place};

/// Longest request, in bytes: a link of the longest kind, and room.
const LONGEST: u64 = 64 * 1024;
/// Whoever listens has so long to hear a request.
const PATIENCE: Duration = Duration::from_secs(2);
/// A first one that has its place and does not listen yet has so long for it: a session begins, and the machine is slow. One that hangs is
/// not waited for any longer.
const STARTING: Duration = Duration::from_secs(10);
/// The first one's answer.
const DONE: &[u8] = b"done\n";

/// Whether this start is the first.
pub enum Claim {
    /// It is, for as long as this lives.
    First(First),
    /// The first one has it, or there is a first one and nothing to hand over.
    Handed,
    /// There is no place to meet, or nobody answers there: each start is its own.
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

impl Request {
    /// A session that begins finds the window there, and nothing moves.
    pub fn moves_nothing(&self) -> bool {
        self.link.is_none() && self.minimized
    }
}

/// What a start is whose request was not taken for `waited`, by whoever has the place; `None`: it asks again. Pure.
///
/// `patience`: how long a first one that starts is waited for. Whoever wants a window gets one after that, a session that begins has one.
fn unanswered(request: &Request, error: &Error, waited: Duration, patience: Duration) -> Option<Claim> {
    // Somebody else's: no window of ours is there.
    if error.kind() == ErrorKind::PermissionDenied {
        return (waited >= PATIENCE).then_some(Claim::Alone);
    }
    (waited >= patience).then(|| if request.moves_nothing() { Claim::Handed } else { Claim::Alone })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_one_that_starts_is_waited_for_and_one_that_hangs_is_not() {
        let session = Request { minimized: true, ..Request::default() };
        let link = Request { link: Some("x".into()), ..session.clone() };
        let late =
            |request: &Request, kind: ErrorKind, waited| unanswered(request, &Error::from(kind), waited, STARTING);
        for request in [&session, &link, &Request::default()] {
            for kind in [ErrorKind::TimedOut, ErrorKind::WouldBlock, ErrorKind::ConnectionRefused] {
                assert!(late(request, kind, PATIENCE).is_none(), "{request:?}");
                let claim = late(request, kind, STARTING).expect("the end of it");
                assert_eq!(matches!(claim, Claim::Handed), *request == session, "{request:?}");
                assert_eq!(matches!(claim, Claim::Alone), *request != session, "{request:?}");
            }
            assert!(late(request, ErrorKind::PermissionDenied, Duration::ZERO).is_none());
            assert!(matches!(late(request, ErrorKind::PermissionDenied, PATIENCE), Some(Claim::Alone)));
        }
    }
}
