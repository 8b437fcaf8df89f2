//! LiveKit: signalling protocol 16 over one websocket, two peer connections (`/rtc`, protocol "v0").
//!
//! [`Session`] is one state machine, spread over small files by subject: sockets (`connect`, `route`,
//! `ping`), coming in (`join`), outages (`resume`, `backoff`), what the server and the peer connections tell
//! (`messages`, `peer_events`), descriptions (`negotiation`, `peers`), own tracks (`publish`, `add_track`), others'
//! (`room_state`, `participant`, `subscribe`), data (`channels`, `data`, `text_stream`, `chat`, `captions`) and the
//! end (`leave`). Everything that the server or another participant says is checked, bounded and, where it makes
//! no sense, ignored and counted.

mod add_track;
mod backoff;
mod captions;
mod channels;
mod chat;
mod connect;
mod data;
mod ids;
mod join;
mod leave;
mod messages;
mod negotiation;
mod outbox;
mod participant;
mod peer_events;
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
pub(crate) mod tests;

pub(crate) use leave::from_socket as leave_cause;
pub use route::socket_url;
pub use session::Session;
pub(crate) use token::{expiry as token_expiry, given_name};

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
