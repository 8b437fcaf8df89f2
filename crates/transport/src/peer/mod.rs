//! One peer connection.

mod build;
mod channels;
mod handler;
mod look;
mod negotiate;
mod task;
mod tracks;

use crate::event::EventSender;
use crate::options::TransportOptions;
use crate::random::Random;
use crate::receive::{ReceiveState, Receiving};
use crate::send::{Encoding, MediaSender, SendState, SendStream, SenderParts, Sending};
use crate::statistics::{Path, PeerStatistics, Relay, SentStatistics};
use crate::time::Timebase;
use crate::wake::Waker;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use visavis_media::RtpClock;
use visavis_model::{BitsPerSecond, MediaKind, Quality, TrackId};
use visavis_provider::{PeerConfig, PeerId, PeerRole, PeerState, SenderConfig, TransportOperation};
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;

/// What the crate's callbacks and the chain tell the peer's task. Rare by nature or spaced, so the queue needs no bound.
pub(crate) enum Internal {
    Candidate(String),
    State(PeerState),
    Channel(Arc<dyn DataChannel>),
    Track(Arc<dyn TrackRemote>),
    Keyframe(TrackId, Option<Quality>),
    Estimate(BitsPerSecond),
}

/// One ICE, DTLS and SRTP association, with a task of its own that executes its operations in order.
///
/// Must be made inside a tokio runtime. Dropping it closes it without waiting; [`PeerTransport::close`] waits.
pub struct PeerTransport {
    shared: Arc<Shared>,
    operations: mpsc::UnboundedSender<TransportOperation>,
    task: Option<JoinHandle<()>>,
    senders: HashMap<TrackId, MediaSender>,
    random: Random,
}

/// What the peer's task and its owner share.
pub(crate) struct Shared {
    pub peer: PeerId,
    pub role: PeerRole,
    pub sending: Arc<Sending>,
    pub receiving: Arc<Receiving>,
    pub waker: Waker,
    pub events: EventSender,
    selected: Mutex<Selected>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Selected {
    pub path: Option<Path>,
    /// Of the TURN server, where the path is a relay.
    pub relay: Option<String>,
    pub round_trip: Option<Duration>,
}

impl Shared {
    pub fn select(&self, selected: Selected) {
        *self.selected.lock().unwrap_or_else(PoisonError::into_inner) = selected;
    }

    fn selected(&self) -> MutexGuard<'_, Selected> {
        self.selected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PeerTransport {
    pub(crate) fn new(peer: PeerId, config: PeerConfig, options: &TransportOptions, events: EventSender) -> Self {
        let events = events.for_peer();
        let mut random = Random::new(options.seed ^ (u64::from(peer.0) << 32));
        let (internal, internal_receiver) = mpsc::unbounded_channel();
        let (operations, operations_receiver) = mpsc::unbounded_channel();
        let waker = Waker::default();
        let time = Timebase::new(Arc::clone(&options.clock));
        let state = SendState::new(options.rates, &mut random, internal.clone());
        let sending = Arc::new(Sending::new(state, waker.notify(), time.clone()));
        let receiving = Arc::new(Receiving::new(ReceiveState::new(), waker.notify(), time, events.clone()));
        let shared = Arc::new(Shared {
            peer,
            role: config.role,
            sending,
            receiving,
            waker,
            events,
            selected: Mutex::new(Selected::default()),
        });
        let task = tokio::spawn(task::run(
            Arc::clone(&shared),
            config,
            (options.bind, Arc::clone(&options.contacts)),
            internal,
            internal_receiver,
            operations_receiver,
        ));
        Self { shared, operations, task: Some(task), senders: HashMap::new(), random }
    }

    /// Queues an operation of this peer; its outcome comes as an event.
    pub fn execute(&mut self, operation: TransportOperation) {
        match &operation {
            TransportOperation::AddSender { sender, .. } => self.add_sender(sender),
            TransportOperation::RemoveSender { track, .. } => {
                self.senders.remove(track);
                self.shared.sending.lock().remove(track);
            }
            _ => {}
        }
        // Fails only where the task has ended: the peer is closed.
        let _ = self.operations.send(operation);
    }

    fn add_sender(&mut self, config: &SenderConfig) {
        let rate = if config.kind == MediaKind::Audio { 48_000 } else { 90_000 };
        let clock = RtpClock::new(rate, self.random.next_u32());
        let layers: Vec<Option<Quality>> =
            if config.layers.is_empty() { vec![None] } else { config.layers.iter().copied().map(Some).collect() };
        let encodings: Vec<_> = layers
            .into_iter()
            .map(|layer| Encoding { layer, ssrc: self.random.ssrc(), rtx_ssrc: self.random.ssrc() })
            .collect();
        let mut state = self.shared.sending.lock();
        state.remove(&config.track);
        for encoding in &encodings {
            let sequences = [self.random.sequence(), self.random.sequence()];
            state.add(SendStream::new(config.track.clone(), config.kind, *encoding, clock, sequences));
        }
        drop(state);
        let sender = MediaSender::new(SenderParts {
            track: config.track.clone(),
            kind: config.kind,
            codec: config.codec,
            encodings,
            clock,
            sending: Arc::clone(&self.shared.sending),
        });
        self.senders.insert(config.track.clone(), sender);
    }

    /// The handle for an own track's packets, from the moment of its `AddSender`.
    pub fn sender(&self, track: &TrackId) -> Option<MediaSender> {
        self.senders.get(track).cloned()
    }

    /// Asks the far end for a keyframe; false where nothing of the track came yet, or the last request is too fresh.
    pub fn request_keyframe(&self, track: &TrackId) -> bool {
        let now = self.shared.receiving.time.now();
        let asked = self.shared.receiving.lock().request_keyframe(track, now);
        if asked {
            self.shared.receiving.wake.notify_one();
        }
        asked
    }

    pub(crate) fn receives(&self, track: &TrackId) -> bool {
        self.shared.receiving.lock().has_track(track)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The sending rate that the network carries; `None` before any feedback.
    pub fn estimate(&self) -> Option<BitsPerSecond> {
        self.shared.sending.lock().estimate()
    }

    /// From feedback on what we sent, else of the selected candidate pair.
    pub fn round_trip(&self) -> Option<Duration> {
        let heard = self.shared.sending.lock().round_trip();
        heard.or_else(|| self.shared.selected().round_trip)
    }

    /// The relay by which its media go, where they do.
    pub fn relay(&self) -> Option<Relay> {
        let selected = self.shared.selected();
        (selected.path == Some(Path::Relay)).then(|| Relay { peer: self.shared.peer, url: selected.relay.clone() })
    }

    pub fn statistics(&self) -> PeerStatistics {
        // Not held beside the others.
        let (path, round_trip) = {
            let selected = self.shared.selected();
            (selected.path, selected.round_trip)
        };
        let sending = self.shared.sending.lock();
        let receiving = self.shared.receiving.lock();
        PeerStatistics {
            peer: self.shared.peer,
            role: self.shared.role,
            path,
            round_trip: sending.round_trip().or(round_trip),
            bytes_sent: sending.bytes_sent,
            probe_bytes: sending.probe_bytes,
            bytes_received: receiving.bytes_received,
            last_heard: sending.last_heard.max(receiving.last_heard),
            estimate: sending.estimate(),
            path_loss: sending.path_loss() as f32,
            pacer_queue_max: sending.pacer_queue_max(),
            frames_refused: sending.frames_refused,
            receive_estimate: receiving.remb,
            packets_ignored: sending.packets_ignored + receiving.packets_ignored,
        }
    }

    pub(crate) fn sent_statistics(&self) -> Vec<SentStatistics> {
        let state = self.shared.sending.lock();
        self.senders
            .values()
            .map(|sender| SentStatistics {
                track: sender.track().clone(),
                kind: sender.kind(),
                codec: sender.codec(),
                layers: state
                    .streams
                    .iter()
                    .filter(|stream| stream.track == *sender.track())
                    .map(|stream| stream.statistics.clone())
                    .collect(),
            })
            .collect()
    }

    /// Closes it and waits until none of its tasks is left. Events that find no room meanwhile are lost.
    pub async fn close(mut self) {
        self.shared.events.give_up();
        self.execute(TransportOperation::Close { peer: self.shared.peer });
        if let Some(task) = self.task.take() {
            // Ends by itself after the Close; a panic inside was the crate's and is over.
            let _ = task.await;
        }
    }
}
