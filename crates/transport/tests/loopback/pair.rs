//! A publisher and a subscriber, and the little signalling between them.

use crate::proxy::LossyProxy;
use bytes::Bytes;
use std::sync::Arc;
use std::time::{Duration, Instant};
use visavis_media::MediaTime;
use visavis_model::{BitsPerSecond, Codec, MediaKind, Quality, TrackId};
use visavis_provider::{
    DescriptionKind, PeerConfig, PeerId, PeerRole, PeerState, SenderConfig, TransportEvent, TransportOperation,
};
use visavis_transport::{AnyAddress, BindPolicy, Clock, PeerEvent, PeerEvents, Peers, RateLimits, TransportOptions};

pub const PUBLISHER: PeerId = PeerId(1);
pub const SUBSCRIBER: PeerId = PeerId(2);
const PATIENCE: Duration = Duration::from_secs(20);

/// Which end an event came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Publisher,
    Subscriber,
}

pub struct Pair {
    pub publisher: Peers,
    pub subscriber: Peers,
    publisher_events: PeerEvents,
    subscriber_events: PeerEvents,
    /// Where candidates are announced instead of their own addresses.
    proxy: Option<LossyProxy>,
}

pub fn clock() -> Clock {
    let origin = Instant::now();
    Arc::new(move || MediaTime::from_micros(origin.elapsed().as_micros() as i64))
}

pub fn audio_track() -> TrackId {
    TrackId::from("cid-audio")
}

pub fn video_track() -> TrackId {
    TrackId::from("cid-video")
}

pub fn create(peer: PeerId, role: PeerRole) -> TransportOperation {
    TransportOperation::Create { peer, config: PeerConfig { role, ice_servers: Vec::new(), relay_only: false } }
}

pub fn add_sender(kind: MediaKind, layers: &[Quality]) -> TransportOperation {
    let (track, codec) = match kind {
        MediaKind::Audio => (audio_track(), Codec::Opus),
        MediaKind::Video => (video_track(), Codec::H264),
    };
    let sender =
        SenderConfig { cid: track.0.clone(), track, stream: "camera".to_owned(), kind, codec, layers: layers.to_vec() };
    TransportOperation::AddSender { peer: PUBLISHER, sender }
}

impl Pair {
    /// With more bandwidth from the start than is wanted: nothing is probed for.
    pub fn new(bind: BindPolicy, proxy: Option<LossyProxy>) -> Self {
        let rates = RateLimits {
            start: BitsPerSecond::from_kilobits(3000),
            wanted: BitsPerSecond::from_kilobits(1000),
            ..RateLimits::default()
        };
        Self::with_rates(bind, proxy, rates)
    }

    pub fn with_rates(bind: BindPolicy, proxy: Option<LossyProxy>, rates: RateLimits) -> Self {
        let clock = clock();
        let options =
            |seed| TransportOptions { bind, contacts: Arc::new(AnyAddress), clock: Arc::clone(&clock), seed, rates };
        let (mut publisher, publisher_events) = Peers::new(options(1));
        let (mut subscriber, subscriber_events) = Peers::new(options(2));
        publisher.execute(create(PUBLISHER, PeerRole::Publish));
        subscriber.execute(create(SUBSCRIBER, PeerRole::Subscribe));
        Self { publisher, subscriber, publisher_events, subscriber_events, proxy }
    }

    pub fn loopback() -> BindPolicy {
        BindPolicy { loopback: true, udp: true, tcp: false, ipv6: false, udp_ports: None }
    }

    pub fn offer(&mut self, restart: bool) {
        self.publisher.execute(TransportOperation::Offer { peer: PUBLISHER, restart });
    }

    /// The next event that is not signalling; signalling is carried over. Fails after 20 s without one.
    pub async fn next(&mut self) -> (End, PeerEvent) {
        loop {
            let event = tokio::time::timeout(PATIENCE, async {
                tokio::select! {
                    Some(event) = self.publisher_events.recv() => (End::Publisher, event),
                    Some(event) = self.subscriber_events.recv() => (End::Subscriber, event),
                }
            });
            let (end, event) = event.await.expect("an event within twenty seconds");
            if !self.signal(end, &event).await {
                return (end, event);
            }
        }
    }

    /// Events until `found` says so.
    pub async fn until(&mut self, mut found: impl FnMut(End, &PeerEvent) -> bool) {
        let started = Instant::now();
        loop {
            let (end, event) = self.next().await;
            if found(end, &event) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "not seen within twenty seconds");
        }
    }

    /// Until both ends are connected and the publisher's tracks can send.
    pub async fn connected(&mut self, mut senders: usize) {
        let mut subscriber = false;
        while senders > 0 || !subscriber {
            match self.next().await {
                (End::Publisher, PeerEvent::SenderConnected { .. }) => senders -= 1,
                (End::Subscriber, PeerEvent::Transport(TransportEvent::State { state: PeerState::Connected, .. })) => {
                    subscriber = true;
                }
                (_, PeerEvent::Transport(TransportEvent::Failed { operation, cause, .. })) => {
                    panic!("{operation:?} failed: {cause}");
                }
                _ => {}
            }
        }
    }

    async fn signal(&mut self, end: End, event: &PeerEvent) -> bool {
        let PeerEvent::Transport(event) = event else { return false };
        match event {
            TransportEvent::LocalDescription { kind: DescriptionKind::Offer, sdp, .. } => {
                let sdp = self.without_candidates(sdp);
                let operation = TransportOperation::AcceptOffer { peer: SUBSCRIBER, sdp, id: 7, tracks: Vec::new() };
                self.subscriber.execute(operation);
            }
            TransportEvent::LocalDescription { kind: DescriptionKind::Answer, sdp, id, .. } => {
                assert_eq!(*id, Some(7));
                let sdp = self.without_candidates(sdp);
                self.publisher.execute(TransportOperation::AcceptAnswer { peer: PUBLISHER, sdp });
            }
            TransportEvent::Candidate { candidate, .. } => {
                let candidate = match &self.proxy {
                    Some(proxy) => match proxy.announce(end, candidate).await {
                        Some(candidate) => candidate,
                        None => return true,
                    },
                    None => candidate.clone(),
                };
                match end {
                    End::Publisher => {
                        self.subscriber.execute(TransportOperation::AddCandidate { peer: SUBSCRIBER, candidate });
                    }
                    End::Subscriber => {
                        self.publisher.execute(TransportOperation::AddCandidate { peer: PUBLISHER, candidate });
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn without_candidates(&self, sdp: &str) -> String {
        if self.proxy.is_none() {
            return sdp.to_owned();
        }
        sdp.lines().filter(|line| !line.starts_with("a=candidate")).map(|line| format!("{line}\r\n")).collect()
    }
}

/// What a test frame's payloads look like: layer, frame number, packet number, padding.
pub fn payloads(layer: u8, frame: u16, count: u8, size: usize) -> Vec<Bytes> {
    (0..count)
        .map(|packet| {
            let mut payload = vec![0x41, layer, (frame >> 8) as u8, frame as u8, packet];
            payload.resize(size, 0xAA);
            Bytes::from(payload)
        })
        .collect()
}
