//! The task of one peer connection: its operations in order, its events out.

use super::build::configuration;
use super::channels::Channels;
use super::handler::Handler;
use super::tracks::OwnTrack;
use super::{Internal, Shared, build};
use crate::contacts::Contacts;
use crate::event::PeerEvent;
use crate::options::BindPolicy;
use crate::send::Encoding;
use rtc::shared::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use visavis_model::TrackId;
use visavis_provider::{OperationKind, PeerConfig, PeerState, TransportEvent, TransportOperation};
use webrtc::data_channel::RTCDataChannelInit;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{PeerConnection, RTCIceCandidateInit};

/// How often the selected pair is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A cause for diagnosis is cut here: errors of the crate can print whole packets.
const MAX_CAUSE: usize = 300;

pub(super) async fn run(
    shared: Arc<Shared>,
    config: PeerConfig,
    (bind, contacts): (BindPolicy, Arc<dyn Contacts>),
    internal: mpsc::UnboundedSender<Internal>,
    mut internals: mpsc::UnboundedReceiver<Internal>,
    mut operations: mpsc::UnboundedReceiver<TransportOperation>,
) {
    let built = build::build(&shared, &config, bind, contacts, Handler(internal)).await;
    let peer = match built {
        Ok(peer) => peer,
        Err(error) => {
            fail(&shared, OperationKind::Create, &error.to_string()).await;
            return;
        }
    };
    let (channels, mut opened) = Channels::new(Arc::clone(&shared));
    let mut task = Task {
        tasks: JoinSet::new(),
        shared: Arc::clone(&shared),
        peer,
        channels,
        tracks: Vec::new(),
        has_remote: false,
        waiting_candidates: Vec::new(),
        connected: false,
    };
    let sending = Arc::clone(&shared.sending);
    task.tasks.spawn(shared.waker.clone().run(move || sending.lock().connected));
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            Some(internal) = internals.recv() => task.internal(internal).await,
            Some(label) = opened.recv() => {
                if let Err(error) = task.channels.opened(&label).await {
                    fail(&shared, OperationKind::SendChannel, &error.to_string()).await;
                }
            }
            operation = operations.recv() => match operation {
                None | Some(TransportOperation::Close { .. }) => break,
                Some(operation) => task.operation(operation).await,
            },
            _ = look.tick() => task.look().await,
        }
    }
    shared.sending.lock().set_connected(false);
    if let Err(error) = task.peer.close().await {
        tracing::debug!(%error, "closing a peer connection");
    }
    task.tasks.shutdown().await;
    shared.events.transport(TransportEvent::State { peer: shared.peer, state: PeerState::Closed }).await;
}

pub(super) async fn fail(shared: &Shared, operation: OperationKind, cause: &str) {
    let cause: String = cause.chars().take(MAX_CAUSE).collect();
    tracing::warn!(peer = shared.peer.0, ?operation, "a transport operation failed");
    shared.events.transport(TransportEvent::Failed { peer: shared.peer, operation, cause }).await;
}

pub(super) struct Task {
    pub shared: Arc<Shared>,
    pub peer: Arc<dyn PeerConnection>,
    channels: Channels,
    pub tracks: Vec<OwnTrack>,
    pub has_remote: bool,
    pub waiting_candidates: Vec<RTCIceCandidateInit>,
    pub connected: bool,
    tasks: JoinSet<()>,
}

impl Task {
    async fn operation(&mut self, operation: TransportOperation) {
        let (kind, result) = match operation {
            TransportOperation::Offer { restart, .. } => (OperationKind::Offer, self.offer(restart).await),
            TransportOperation::AcceptOffer { sdp, id, tracks, .. } => {
                (OperationKind::AcceptOffer, self.accept_offer(sdp, id, &tracks).await)
            }
            TransportOperation::AcceptAnswer { sdp, .. } => {
                (OperationKind::AcceptAnswer, self.accept_answer(sdp).await)
            }
            TransportOperation::AddCandidate { candidate, .. } => {
                (OperationKind::AddCandidate, self.add_candidate(&candidate).await)
            }
            TransportOperation::AddSender { sender, .. } => {
                let encodings = self.encodings(&sender.track);
                let added = OwnTrack::add(&self.peer, sender, &encodings).await;
                let result = added.map(|track| {
                    self.shared.waker.local(Arc::clone(&track.local));
                    self.tracks.push(track);
                });
                (OperationKind::AddSender, result.map_err(text))
            }
            TransportOperation::RemoveSender { track, .. } => {
                (OperationKind::RemoveSender, self.remove_sender(&track).await.map_err(text))
            }
            TransportOperation::OpenChannel { label, ordered, max_retransmits, .. } => {
                let init = RTCDataChannelInit { ordered, max_retransmits, ..Default::default() };
                let channel = self.peer.create_data_channel(&label, Some(init)).await;
                let result = channel.map(|channel| self.channels.add(label, channel, true, &mut self.tasks));
                (OperationKind::OpenChannel, result.map_err(text))
            }
            TransportOperation::SendChannel { label, data, .. } => {
                let result = self.channels.send(&label, data).await;
                (OperationKind::SendChannel, result.map_err(|error| error.to_string()))
            }
            TransportOperation::Configure { config, .. } => {
                // The call goes on with the servers that it has.
                if let Err(error) = self.peer.set_configuration(configuration(&config)).await {
                    tracing::warn!(%error, "new ICE servers are not used");
                }
                return;
            }
            // Both are the caller's.
            TransportOperation::Create { .. } | TransportOperation::Close { .. } => return,
        };
        if let Err(cause) = result {
            fail(&self.shared, kind, &cause).await;
        }
    }

    fn encodings(&self, track: &TrackId) -> Vec<Encoding> {
        let state = self.shared.sending.lock();
        state.streams.iter().filter(|stream| stream.track == *track).map(|stream| stream.encoding).collect()
    }

    async fn remove_sender(&mut self, track: &TrackId) -> Result<(), Error> {
        let Some(position) = self.tracks.iter().position(|own| own.track() == track) else { return Ok(()) };
        let own = self.tracks.remove(position);
        self.shared.waker.forget(&own.local);
        own.remove(&self.peer).await
    }

    async fn internal(&mut self, internal: Internal) {
        let peer = self.shared.peer;
        match internal {
            Internal::Candidate(candidate) => {
                self.shared.events.transport(TransportEvent::Candidate { peer, candidate }).await;
            }
            Internal::State(state) => {
                self.state(state).await;
                self.look().await;
            }
            Internal::Channel(channel) => match channel.label().await {
                Ok(label) => self.channels.add(label, channel, false, &mut self.tasks),
                Err(error) => tracing::debug!(%error, "a channel closed before it was seen"),
            },
            Internal::Track(track) => {
                self.shared.waker.remote(Arc::clone(&track));
                self.tasks.spawn(drain(track));
            }
            Internal::Keyframe(track, layer) => {
                self.shared.events.control(PeerEvent::KeyframeWanted { peer, track, layer }).await;
            }
            Internal::Estimate(bitrate) => {
                self.shared.events.control(PeerEvent::Estimate { peer, bitrate }).await;
            }
        }
    }

    pub(super) async fn state(&mut self, state: PeerState) {
        match state {
            PeerState::Connected => {
                self.connected = true;
                self.shared.sending.lock().set_connected(true);
            }
            PeerState::Failed | PeerState::Closed => {
                self.connected = false;
                self.shared.sending.lock().set_connected(false);
            }
            // While ICE looks for another path the old one may still carry: go on sending.
            _ => {}
        }
        self.shared.events.transport(TransportEvent::State { peer: self.shared.peer, state }).await;
        if state == PeerState::Connected {
            let ready = self.shared.sending.lock().ready();
            for track in ready {
                self.sender_connected(track).await;
            }
        }
    }
}

/// Media does not come this way; the crate's events of a track are taken so that its queue never fills.
async fn drain(track: Arc<dyn TrackRemote>) {
    while track.poll().await.is_some() {}
}

pub(super) fn text(error: Error) -> String {
    error.to_string()
}
