//! Visio (La Suite Meet 1.27 and later): a web server's REST API at the door, LiveKit behind it.
//!
//! [`Session`] is one state machine over small files by subject: links (`recognise`), requests and answers (`rest`,
//! `reply`, `wire`), coming in (`door`), the LiveKit session and what it says (`inside`, `metadata`, `people`), small
//! messages of the others (`notify`), what we ask for (`act`, `jobs`) and who waits (`waiters`). [`Server`] is what
//! there is outside of a meeting: signing in and out (`sign`, `way`), rooms, invitations (`account`).

mod account;
mod act;
mod door;
mod early;
mod inside;
mod jobs;
mod limit;
mod metadata;
mod notify;
mod people;
mod recognise;
mod reply;
mod rest;
mod session;
mod sign;
mod waiters;
mod way;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use recognise::is_code;

pub use account::{NewRoom, RoomSummary, Rooms, Server, new_code, spoken_pin};
pub use session::Session;
pub use sign::SignOut;
pub use way::{SignInStep, SignInWay};

use crate::{Found, KnownHosts, LinkError, MeetingLink, SessionOptions};

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
        Box::new(Session::new(link, options))
    }
}
