//! All peer connections of one session.

use crate::event::{EventSender, PeerEvents, channel};
use crate::options::TransportOptions;
use crate::peer::PeerTransport;
use crate::send::MediaSender;
use crate::statistics::{ReceivedStatistics, Relay, TransportStatistics};
use std::collections::BTreeMap;
use std::time::Duration;
use visavis_model::{BitsPerSecond, TrackId};
use visavis_provider::{OperationKind, PeerId, PeerRole, TransportEvent, TransportOperation};

/// Executes a session's transport operations, each peer's in order, and tells what happens through [`PeerEvents`].
///
/// Lives on the network thread, inside a tokio runtime; no call waits for the network.
pub struct Peers {
    options: TransportOptions,
    peers: BTreeMap<PeerId, PeerTransport>,
    events: EventSender,
    received_dropped: std::sync::Arc<std::sync::atomic::AtomicU64>,
}

impl Peers {
    pub fn new(options: TransportOptions) -> (Self, PeerEvents) {
        let (events, receiver) = channel();
        let received_dropped = events.dropped_counter();
        (Self { options, peers: BTreeMap::new(), events, received_dropped }, receiver)
    }

    /// Starts an operation. ICE servers are contacted as given: the caller lets only allowed ones through.
    pub fn execute(&mut self, operation: TransportOperation) {
        let (peer, kind) = subject(&operation);
        match operation {
            TransportOperation::Create { peer, config } => {
                let transport = PeerTransport::new(peer, config, &self.options, self.events.clone());
                self.peers.insert(peer, transport);
            }
            TransportOperation::Close { peer } => {
                if let Some(mut transport) = self.peers.remove(&peer) {
                    transport.execute(TransportOperation::Close { peer });
                }
            }
            operation => match self.peers.get_mut(&peer) {
                Some(transport) => transport.execute(operation),
                None => self.events.try_transport(TransportEvent::Failed {
                    peer,
                    operation: kind,
                    cause: "there is no such peer connection".to_owned(),
                }),
            },
        }
    }

    /// The handle for an own track's packets, from the moment of its `AddSender`.
    pub fn sender(&self, track: &TrackId) -> Option<MediaSender> {
        self.peers.values().rev().find_map(|peer| peer.sender(track))
    }

    /// Asks for a keyframe of a remote track; false where nothing of it came yet, or the last request is too fresh (500 ms, or a
    /// round trip and 100 ms).
    pub fn request_keyframe(&self, track: &TrackId) -> bool {
        self.peers.values().rev().any(|peer| peer.receives(track) && peer.request_keyframe(track))
    }

    /// A remote track is gone, by signalling: nothing of it is delivered any more. Returns its last counters.
    pub fn forget(&mut self, track: &TrackId) -> Option<ReceivedStatistics> {
        self.peers.values().filter_map(|peer| peer.shared().receiving.lock().forget(track)).next_back()
    }

    /// The sending rate that the network carries, on the wire with all headers; `None` before any feedback.
    pub fn estimate(&self) -> Option<BitsPerSecond> {
        self.peers.values().rev().find_map(PeerTransport::estimate)
    }

    /// What the encoders would send now if the network let them (all wanted layers at their maximum, audio, headers): the transport
    /// finds out by short bursts whether the path carries it, and tries nothing beyond.
    pub fn want(&self, wanted: BitsPerSecond) {
        for peer in self.peers.values() {
            peer.shared().sending.lock().want(wanted);
        }
    }

    /// Round trip to the server, of the sending connection where there is one.
    pub fn round_trip(&self) -> Option<Duration> {
        let of = |role| move |peer: &PeerTransport| (peer.shared().role == role).then(|| peer.round_trip()).flatten();
        self.peers
            .values()
            .rev()
            .find_map(of(PeerRole::Publish))
            .or_else(|| self.peers.values().rev().find_map(of(PeerRole::Subscribe)))
    }

    /// The relays by which media go now, as it was last looked (once a second).
    pub fn relays(&self) -> Vec<Relay> {
        self.peers.values().filter_map(PeerTransport::relay).collect()
    }

    pub fn statistics(&self) -> TransportStatistics {
        TransportStatistics {
            peers: self.peers.values().map(PeerTransport::statistics).collect(),
            received: self.peers.values().flat_map(|peer| peer.shared().receiving.lock().statistics()).collect(),
            sent: self.peers.values().flat_map(PeerTransport::sent_statistics).collect(),
            media_events_dropped: self.received_dropped.load(std::sync::atomic::Ordering::Relaxed),
        }
    }

    /// Closes all and waits until none of their tasks is left. Events that find no room meanwhile are lost.
    pub async fn close(&mut self) {
        for (_, transport) in std::mem::take(&mut self.peers) {
            transport.close().await;
        }
    }
}

fn subject(operation: &TransportOperation) -> (PeerId, OperationKind) {
    match operation {
        TransportOperation::Create { peer, .. }
        | TransportOperation::Configure { peer, .. }
        | TransportOperation::Close { peer } => (*peer, OperationKind::Create),
        TransportOperation::Offer { peer, .. } => (*peer, OperationKind::Offer),
        TransportOperation::AcceptOffer { peer, .. } => (*peer, OperationKind::AcceptOffer),
        TransportOperation::AcceptAnswer { peer, .. } => (*peer, OperationKind::AcceptAnswer),
        TransportOperation::AddCandidate { peer, .. } => (*peer, OperationKind::AddCandidate),
        TransportOperation::AddSender { peer, .. } => (*peer, OperationKind::AddSender),
        TransportOperation::RemoveSender { peer, .. } => (*peer, OperationKind::RemoveSender),
        TransportOperation::OpenChannel { peer, .. } => (*peer, OperationKind::OpenChannel),
        TransportOperation::SendChannel { peer, .. } => (*peer, OperationKind::SendChannel),
    }
}
