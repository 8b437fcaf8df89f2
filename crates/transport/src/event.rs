//! What the engine hears.

use crate::options::{CONTROL_QUEUE, MEDIA_QUEUE};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use tokio::sync::{Notify, mpsc};
use visavis_media::{MediaTime, RtpPacket, Ssrc};
use visavis_model::{BitsPerSecond, Quality, TrackId};
use visavis_provider::{PeerId, TransportEvent};

/// Anything that happens on a peer connection.
#[derive(Clone, Debug)]
pub enum PeerEvent {
    /// For the session.
    Transport(TransportEvent),
    /// A media packet, after repair, without duplicates, in order of arrival.
    Rtp { track: TrackId, packet: RtpPacket },
    /// Maps the stream's RTP time to its sender's clock: capture time = `ntp` + (timestamp − `rtp`) ÷ rate.
    ///
    /// The clock is the sender's: compare it only within one participant.
    SenderReport { track: TrackId, ssrc: Ssrc, ntp: u64, rtp: u32, arrival: MediaTime },
    /// The far end (or our own pacer, after it dropped a frame) needs a keyframe of this layer. At most ten a second a layer.
    KeyframeWanted { peer: PeerId, track: TrackId, layer: Option<Quality> },
    /// From now on what is sent arrives: start the encoders with a keyframe. Again after each connection.
    SenderConnected { peer: PeerId, track: TrackId },
    /// The sending rate that the network carries, on the wire with all headers.
    Estimate { peer: PeerId, bitrate: BitsPerSecond },
}

/// The engine's end. Control events never drop; media events drop when the engine falls half a second behind.
#[derive(Debug)]
pub struct PeerEvents {
    control: mpsc::Receiver<PeerEvent>,
    media: mpsc::Receiver<PeerEvent>,
    dropped: Arc<AtomicU64>,
}

impl PeerEvents {
    /// The next event, control before media; `None` once every peer connection and [`crate::Peers`] are gone. Cancel safe.
    pub async fn recv(&mut self) -> Option<PeerEvent> {
        tokio::select! {
            biased;
            Some(event) = self.control.recv() => Some(event),
            Some(event) = self.media.recv() => Some(event),
            else => None,
        }
    }

    /// An event that is already there.
    pub fn try_recv(&mut self) -> Option<PeerEvent> {
        self.control.try_recv().or_else(|_| self.media.try_recv()).ok()
    }

    /// Media events that were dropped because the engine did not take them.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

/// The transport's end.
#[derive(Clone, Debug)]
pub(crate) struct EventSender {
    control: mpsc::Sender<PeerEvent>,
    media: mpsc::Sender<PeerEvent>,
    dropped: Arc<AtomicU64>,
    impatience: Arc<Impatience>,
}

/// Nobody takes events any more: stop waiting for room.
#[derive(Debug, Default)]
struct Impatience {
    set: AtomicBool,
    changed: Notify,
}

pub(crate) fn channel() -> (EventSender, PeerEvents) {
    let (control, control_receiver) = mpsc::channel(CONTROL_QUEUE);
    let (media, media_receiver) = mpsc::channel(MEDIA_QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    (
        EventSender { control, media, dropped: Arc::clone(&dropped), impatience: Arc::default() },
        PeerEvents { control: control_receiver, media: media_receiver, dropped },
    )
}

impl EventSender {
    /// The same queues, with a patience of its own.
    pub fn for_peer(&self) -> Self {
        Self { impatience: Arc::default(), ..self.clone() }
    }

    /// From now on events that find no room are lost: the owner waits for the peer's end and takes none.
    pub fn give_up(&self) {
        self.impatience.set.store(true, Ordering::Release);
        self.impatience.changed.notify_waiters();
    }

    /// Waits while the engine is behind.
    pub async fn control(&self, event: PeerEvent) {
        let given_up = self.impatience.changed.notified();
        tokio::pin!(given_up);
        given_up.as_mut().enable();
        if self.impatience.set.load(Ordering::Acquire) {
            let _ = self.control.try_send(event);
            return;
        }
        tokio::select! {
            // Fails where the engine has gone: nobody is left to tell.
            _ = self.control.send(event) => {}
            () = given_up => {}
        }
    }

    pub async fn transport(&self, event: TransportEvent) {
        self.control(PeerEvent::Transport(event)).await;
    }

    /// For the few events that arise outside of any task; lost where the engine is 256 events behind.
    pub fn try_transport(&self, event: TransportEvent) {
        if self.control.try_send(PeerEvent::Transport(event)).is_err() {
            tracing::warn!("a transport event found no room");
        }
    }

    pub fn dropped_counter(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.dropped)
    }

    /// Drops the event, counted, where the engine is behind.
    pub fn media(&self, event: PeerEvent) {
        if self.media.try_send(event).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn media(n: u32) -> PeerEvent {
        PeerEvent::SenderReport { track: TrackId::from("TR"), ssrc: n, ntp: 0, rtp: 0, arrival: MediaTime::ZERO }
    }

    #[tokio::test]
    async fn who_gave_up_waits_for_nobody() {
        let (sender, events) = channel();
        let peer = sender.for_peer();
        let flood = tokio::spawn({
            let peer = peer.clone();
            async move {
                for n in 0..CONTROL_QUEUE as u32 + 10 {
                    peer.control(media(n)).await;
                }
            }
        });
        tokio::task::yield_now().await;
        assert!(!flood.is_finished());
        peer.give_up();
        flood.await.expect("ended");
        assert_eq!(events.control.len(), CONTROL_QUEUE);
    }

    #[tokio::test]
    async fn media_drops_counted_and_control_comes_first() {
        let (sender, mut events) = channel();
        for n in 0..MEDIA_QUEUE as u32 + 3 {
            sender.media(media(n));
        }
        sender.control(PeerEvent::Estimate { peer: PeerId(1), bitrate: BitsPerSecond(5) }).await;
        assert_eq!(events.dropped(), 3);
        assert!(matches!(events.recv().await, Some(PeerEvent::Estimate { .. })));
        assert!(matches!(events.recv().await, Some(PeerEvent::SenderReport { ssrc: 0, .. })));
        drop(sender);
        let mut rest = 0;
        while events.recv().await.is_some() {
            rest += 1;
        }
        assert_eq!(rest, MEDIA_QUEUE - 1);
    }
}
