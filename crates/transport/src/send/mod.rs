//! The sending half of a peer connection.

mod departures;
mod feedback;
mod loss;
mod media_sender;
mod pacer;
mod report;
mod retransmissions;
mod stage;
mod state;
mod stream;
#[cfg(test)]
mod tests;

pub(crate) use media_sender::SenderParts;
pub use media_sender::{MediaSender, SendOutcome};
pub(crate) use stage::SendStage;
pub(crate) use state::SendState;
pub(crate) use stream::{Encoding, Negotiated, SendStream};

use crate::time::Timebase;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What the media senders and the chain share.
pub(crate) struct Sending {
    state: Mutex<SendState>,
    /// Wakes the chain: something is to be sent.
    pub wake: Arc<Notify>,
    pub time: Timebase,
}

impl Sending {
    pub fn new(state: SendState, wake: Arc<Notify>, time: Timebase) -> Self {
        Self { state: Mutex::new(state), wake, time }
    }

    pub fn lock(&self) -> MutexGuard<'_, SendState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
