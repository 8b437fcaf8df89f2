//! Visio (La Suite Meet 1.27 and later): a web server's REST API at the door, LiveKit behind it.

mod recognise;

#[cfg(test)]
mod tests;

use crate::{Found, KnownHosts, LinkError, MeetingLink, SessionOptions, livekit};

/// Visio servers, by a link to a room or its code.
#[derive(Clone, Copy, Debug, Default)]
pub struct Provider;

impl crate::Provider for Provider {
    fn recognise(&self, word: &str) -> Option<Result<MeetingLink, LinkError>> {
        Some(recognise::link(word, &KnownHosts::default())?.map(|found| found.link))
    }

    fn recognise_among(&self, word: &str, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
        recognise::link(word, known)
    }

    fn recognise_code(&self, word: &str, lone: bool, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
        recognise::code(word, lone, known)
    }

    fn session(&self, link: &MeetingLink, options: SessionOptions) -> Box<dyn crate::Session> {
        Box::new(livekit::Session::new(link, options))
    }
}
