//! The receiving half of a peer connection.

mod missing;
mod remb;
mod stage;
mod state;
mod stream;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use stage::{RepairStage, TapStage};
pub(crate) use state::ReceiveState;

use crate::event::EventSender;
use crate::time::Timebase;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// What the engine's requests and the chain share.
pub(crate) struct Receiving {
    state: Mutex<ReceiveState>,
    /// Wakes the chain: something is to be sent.
    pub wake: Arc<Notify>,
    pub time: Timebase,
    pub events: EventSender,
}

impl Receiving {
    pub fn new(state: ReceiveState, wake: Arc<Notify>, time: Timebase, events: EventSender) -> Self {
        Self { state: Mutex::new(state), wake, time, events }
    }

    pub fn lock(&self) -> MutexGuard<'_, ReceiveState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
