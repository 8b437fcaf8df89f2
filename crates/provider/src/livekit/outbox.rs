//! What the session has to say, in order, and what it could not understand.

use super::signal;
use crate::{Output, RoomEvent, SocketId, TransportOperation};
use livekit_protocol::signal_request;
use std::collections::VecDeque;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    queue: VecDeque<Output>,
    ignored: u64,
}

impl Outbox {
    pub(super) fn push(&mut self, output: Output) {
        self.queue.push_back(output);
    }

    pub(super) fn event(&mut self, event: RoomEvent) {
        self.push(Output::Event(event));
    }

    pub(super) fn events(&mut self, events: impl IntoIterator<Item = RoomEvent>) {
        self.queue.extend(events.into_iter().map(Output::Event));
    }

    pub(super) fn transport(&mut self, operation: TransportOperation) {
        self.push(Output::Transport(operation));
    }

    pub(super) fn signal(&mut self, socket: SocketId, message: signal_request::Message) {
        self.push(Output::SendFrame { socket, frame: signal::encode(message) });
    }

    /// Something came that makes no sense here.
    pub(super) fn ignore(&mut self) {
        self.ignored = self.ignored.saturating_add(1);
    }

    pub(super) fn ignored(&self) -> u64 {
        self.ignored
    }

    pub(super) fn pop(&mut self) -> Option<Output> {
        self.queue.pop_front()
    }
}
