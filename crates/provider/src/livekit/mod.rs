//! LiveKit: signalling protocol 16 over one websocket, two peer connections (`/rtc`, protocol "v0").
//!
//! [`Session`] is one state machine, spread over small files by subject: `connect` (sockets), `join`,
//! `resume` (outages), `negotiation`, `publish`, `subscribe`, `room_state`, `channels`, `text_stream`,
//! `chat`, `captions`, `leave`. Everything that the server or another participant says is checked,
//! bounded and, where it makes no sense, ignored and counted.

mod backoff;
mod captions;
mod channels;
mod chat;
mod connect;
mod ids;
mod join;
mod leave;
mod negotiation;
mod outbox;
mod participant;
mod peers;
mod ping;
mod publish;
mod recognise;
mod resume;
mod room_state;
mod route;
mod session;
mod signal;
mod subscribe;
mod text_stream;
mod token;

#[cfg(test)]
mod tests;

pub use session::Session;

use crate::{LinkError, MeetingLink, SessionOptions};

/// LiveKit servers, by a link with a token, or with a key and secret for demonstrations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Provider;

impl crate::Provider for Provider {
    fn recognise(&self, word: &str) -> Option<Result<MeetingLink, LinkError>> {
        recognise::recognise(word)
    }

    fn session(&self, link: &MeetingLink, options: SessionOptions) -> Box<dyn crate::Session> {
        Box::new(Session::new(link, options))
    }
}
