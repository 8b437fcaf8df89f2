//! Data channels by label.

use super::Shared;
use crate::options::{MAX_CHANNEL_MESSAGE, MAX_WAITING_MESSAGES};
use bytes::{Bytes, BytesMut};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visavis_provider::{ChannelLabel, TransportEvent};
use webrtc::data_channel::{DataChannel, DataChannelEvent};

/// Why a message cannot go.
#[derive(Debug, Error)]
pub(super) enum SendError {
    #[error("the message has {0} bytes, more than {MAX_CHANNEL_MESSAGE}")]
    TooLarge(usize),
    #[error("there is no such channel")]
    NoChannel,
    #[error("more than {MAX_WAITING_MESSAGES} messages wait for the channel to open")]
    TooManyWaiting,
    #[error("the channel refuses: {0}")]
    Refused(rtc::shared::error::Error),
}

/// A channel whose messages before its opening wait.
struct Channel {
    channel: Arc<dyn DataChannel>,
    open: Arc<AtomicBool>,
    waiting: Vec<Bytes>,
    /// Made by us: what we send goes here. A channel of the same label from the far end is only listened to.
    own: bool,
}

/// All channels of one peer connection.
pub(super) struct Channels {
    shared: Arc<Shared>,
    channels: HashMap<ChannelLabel, Channel>,
    opened: mpsc::UnboundedSender<ChannelLabel>,
}

impl Channels {
    /// Labels of channels that opened come through the receiver; give them to [`Channels::opened`].
    pub fn new(shared: Arc<Shared>) -> (Self, mpsc::UnboundedReceiver<ChannelLabel>) {
        let (opened, receiver) = mpsc::unbounded_channel();
        (Self { shared, channels: HashMap::new(), opened }, receiver)
    }

    pub fn add(&mut self, label: ChannelLabel, channel: Arc<dyn DataChannel>, own: bool, tasks: &mut JoinSet<()>) {
        let open = Arc::new(AtomicBool::new(false));
        tasks.spawn(listen(
            Arc::clone(&self.shared),
            label.clone(),
            Arc::clone(&channel),
            Arc::clone(&open),
            self.opened.clone(),
        ));
        let replaces = own || self.channels.get(&label).is_none_or(|old| !old.own);
        if replaces {
            self.channels.insert(label, Channel { channel, open, waiting: Vec::new(), own });
        }
    }

    pub async fn send(&mut self, label: &str, data: Bytes) -> Result<(), SendError> {
        // The crate refuses only above 64 KiB; LiveKit closes the channel, silently, above 64 000.
        if data.len() > MAX_CHANNEL_MESSAGE {
            return Err(SendError::TooLarge(data.len()));
        }
        let channel = self.channels.get_mut(label).ok_or(SendError::NoChannel)?;
        if channel.open.load(Ordering::Acquire) && channel.waiting.is_empty() {
            return channel.send(data).await;
        }
        if channel.waiting.len() >= MAX_WAITING_MESSAGES {
            return Err(SendError::TooManyWaiting);
        }
        channel.waiting.push(data);
        Ok(())
    }

    /// Sends what waited.
    pub async fn opened(&mut self, label: &str) -> Result<(), SendError> {
        let Some(channel) = self.channels.get_mut(label) else { return Ok(()) };
        for data in std::mem::take(&mut channel.waiting) {
            channel.send(data).await?;
        }
        Ok(())
    }
}

impl Channel {
    async fn send(&self, data: Bytes) -> Result<(), SendError> {
        // Fails at once where the buffer is full, rather than making the peer's other operations wait.
        self.channel.try_send(BytesMut::from(&data[..])).await.map_err(SendError::Refused)
    }
}

/// Passes on what comes; waits with the far end where the engine is behind.
async fn listen(
    shared: Arc<Shared>,
    label: ChannelLabel,
    channel: Arc<dyn DataChannel>,
    open: Arc<AtomicBool>,
    opened: mpsc::UnboundedSender<ChannelLabel>,
) {
    while let Some(event) = channel.poll().await {
        match event {
            DataChannelEvent::OnOpen => {
                open.store(true, Ordering::Release);
                let _ = opened.send(label.clone());
                let event = TransportEvent::ChannelOpened { peer: shared.peer, label: label.clone() };
                shared.events.transport(event).await;
            }
            DataChannelEvent::OnMessage(message) => {
                let data = message.data.freeze();
                let event = TransportEvent::ChannelMessage { peer: shared.peer, label: label.clone(), data };
                shared.events.transport(event).await;
            }
            DataChannelEvent::OnClose => {
                open.store(false, Ordering::Release);
                break;
            }
            _ => {}
        }
    }
}
