//! How well the host of a link is known, and what that lets us do.

use crate::MeetingLink;

/// How well the host of a link is known, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Somebody named it: may be contacted as soon as the user opens the link.
    Known,
    /// Looks like a meeting, of a host that the policy lets be contacted beside others: the same. What is named counts more, for the
    /// policy's list holds servers of other kinds too.
    Allowed,
    /// Looks like a meeting, of a server that nobody has named yet: **ask first, contact nobody**.
    Unknown,
    /// The same, and the link does not even look like one to a meeting.
    Guessed,
}

impl Standing {
    /// Whether somebody has to say first that the host may be contacted.
    pub const fn asks_first(self) -> bool {
        matches!(self, Self::Unknown | Self::Guessed)
    }
}

/// A link, and whether its host may be contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub link: MeetingLink,
    pub standing: Standing,
}
