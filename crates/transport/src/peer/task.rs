//! The task of one peer connection: its operations in order, its events out.

use super::channels::Channels;
use super::handler::Handler;
use super::tracks::OwnTrack;
use super::{Internal, Selected, Shared, build};
use crate::event::PeerEvent;
use crate::options::{BindPolicy, MAX_WAITING_CANDIDATES};
use crate::sdp::Description;
use crate::send::Encoding;
use crate::statistics::Path;
use rtc::shared::error::Error;
use rtc::statistics::report::RTCStatsReportEntry;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use visavis_model::TrackId;
use visavis_provider::{
    DescriptionKind, OperationKind, PeerConfig, PeerState, TransportEvent, TransportOperation,
};
use webrtc::data_channel::RTCDataChannelInit;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{
    PeerConnection, RTCIceCandidateInit, RTCIceCandidateType, RTCSessionDescription, RTCStatsReport, StatsSelector,
};

/// How often the selected pair is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// A cause for diagnosis is cut here: errors of the crate can print whole packets.
const MAX_CAUSE: usize = 300;

pub(super) async fn run(
    shared: Arc<Shared>,
    config: PeerConfig,
    bind: BindPolicy,
    internal: mpsc::UnboundedSender<Internal>,
    mut internals: mpsc::UnboundedReceiver<Internal>,
    mut operations: mpsc::UnboundedReceiver<TransportOperation>,
) {
    let built = build::build(&shared, &config, bind, Handler(internal)).await;
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

async fn fail(shared: &Shared, operation: OperationKind, cause: &str) {
    let cause: String = cause.chars().take(MAX_CAUSE).collect();
    tracing::warn!(peer = shared.peer.0, ?operation, "a transport operation failed");
    shared.events.transport(TransportEvent::Failed { peer: shared.peer, operation, cause }).await;
}

struct Task {
    shared: Arc<Shared>,
    peer: Arc<dyn PeerConnection>,
    channels: Channels,
    tracks: Vec<OwnTrack>,
    has_remote: bool,
    waiting_candidates: Vec<RTCIceCandidateInit>,
    connected: bool,
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
            // Both are the caller's.
            TransportOperation::Create { .. } | TransportOperation::Close { .. } => return,
        };
        if let Err(cause) = result {
            fail(&self.shared, kind, &cause).await;
        }
    }

    async fn offer(&mut self, restart: bool) -> Result<(), String> {
        if restart {
            self.peer.restart_ice().await.map_err(text)?;
        }
        let offer = self.peer.create_offer(None).await.map_err(text)?;
        let sdp = offer.sdp.clone();
        self.peer.set_local_description(offer).await.map_err(text)?;
        self.described(DescriptionKind::Offer, sdp, None).await;
        Ok(())
    }

    async fn accept_offer(&mut self, sdp: String, id: u32, tracks: &[(String, TrackId)]) -> Result<(), String> {
        let description = Description::parse(&sdp);
        // Before the crate: the first packets may come with the answer's first round trip.
        self.shared.receiving.lock().describe(&description, tracks);
        let offer = RTCSessionDescription::offer(sdp).map_err(text)?;
        self.peer.set_remote_description(offer).await.map_err(text)?;
        let answer = self.peer.create_answer(None).await.map_err(text)?;
        let answer_sdp = answer.sdp.clone();
        self.peer.set_local_description(answer).await.map_err(text)?;
        self.described(DescriptionKind::Answer, answer_sdp, Some(id)).await;
        self.remote_described(&description).await;
        Ok(())
    }

    async fn accept_answer(&mut self, sdp: String) -> Result<(), String> {
        let description = Description::parse(&sdp);
        let answer = RTCSessionDescription::answer(sdp).map_err(text)?;
        self.peer.set_remote_description(answer).await.map_err(text)?;
        self.shared.receiving.lock().describe(&description, &[]);
        self.remote_described(&description).await;
        Ok(())
    }

    async fn described(&self, kind: DescriptionKind, sdp: String, id: Option<u32>) {
        let event = TransportEvent::LocalDescription { peer: self.shared.peer, kind, sdp, id };
        self.shared.events.transport(event).await;
    }

    /// The remote description is set: early candidates, candidates inside it, and what it settled for own tracks.
    async fn remote_described(&mut self, description: &Description) {
        self.has_remote = true;
        for candidate in std::mem::take(&mut self.waiting_candidates) {
            if let Err(error) = self.peer.add_ice_candidate(candidate).await {
                fail(&self.shared, OperationKind::AddCandidate, &error.to_string()).await;
            }
        }
        // The crate never dials ICE-TCP candidates that came inside a description.
        for section in &description.media {
            for candidate in &section.passive_candidates {
                let init = RTCIceCandidateInit {
                    candidate: candidate.clone(),
                    sdp_mid: Some(section.mid.clone()),
                    sdp_mline_index: Some(section.index),
                    ..Default::default()
                };
                if let Err(error) = self.peer.add_ice_candidate(init).await {
                    tracing::debug!(%error, "a passive candidate of the description");
                }
            }
        }
        for track in &self.tracks {
            let negotiated = track.negotiated(description).await;
            let newly = self.shared.sending.lock().negotiate(track.track(), negotiated.as_ref());
            if newly && self.connected {
                self.sender_connected(track.track().clone()).await;
            }
        }
    }

    async fn sender_connected(&self, track: TrackId) {
        self.shared.events.control(PeerEvent::SenderConnected { peer: self.shared.peer, track }).await;
    }

    async fn add_candidate(&mut self, json: &str) -> Result<(), String> {
        let candidate: RTCIceCandidateInit = serde_json::from_str(json).map_err(|error| error.to_string())?;
        if self.has_remote {
            return self.peer.add_ice_candidate(candidate).await.map_err(text);
        }
        if self.waiting_candidates.len() >= MAX_WAITING_CANDIDATES {
            return Err(format!("more than {MAX_WAITING_CANDIDATES} candidates before a description"));
        }
        self.waiting_candidates.push(candidate);
        Ok(())
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

    async fn state(&mut self, state: PeerState) {
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

    /// Reads path and round trip of the selected pair.
    async fn look(&mut self) {
        if !self.connected {
            return;
        }
        if !self.shared.waker.is_alive().await {
            tracing::error!(peer = self.shared.peer.0, "the driver of a peer connection ended by itself");
            self.state(PeerState::Failed).await;
            return;
        }
        let report = self.peer.get_stats(Instant::now(), StatsSelector::None).await;
        let pair = report.candidate_pairs().find(|pair| pair.nominated);
        let Some(pair) = pair else { return };
        let selected = Selected {
            path: path(&report, &pair.local_candidate_id, &pair.remote_candidate_id),
            round_trip: (pair.current_round_trip_time > 0.0)
                .then(|| Duration::try_from_secs_f64(pair.current_round_trip_time).ok())
                .flatten(),
        };
        if let Some(round_trip) = selected.round_trip {
            self.shared.receiving.lock().set_path_round_trip(round_trip);
        }
        self.shared.select(selected);
    }
}

/// What the pair runs over. It names its candidates without the prefixes under which the report has them; one of the two may be
/// unknown to the report (peer reflexive).
fn path(report: &RTCStatsReport, local: &str, remote: &str) -> Option<Path> {
    let local = report.get(&format!("RTCLocalIceCandidate_{local}"));
    let remote = report.get(&format!("RTCRemoteIceCandidate_{remote}"));
    let mut path = None;
    for entry in [remote, local].into_iter().flatten() {
        if let RTCStatsReportEntry::LocalCandidate(candidate) | RTCStatsReportEntry::RemoteCandidate(candidate) = entry {
            let is_tcp = candidate.protocol.to_ascii_lowercase().starts_with("tcp");
            path = Some(if is_tcp { Path::Tcp } else { Path::Udp });
        }
    }
    match local {
        Some(RTCStatsReportEntry::LocalCandidate(local)) if local.candidate_type == RTCIceCandidateType::Relay => {
            Some(Path::Relay)
        }
        _ => path,
    }
}

/// Media does not come this way; the crate's events of a track are taken so that its queue never fills.
async fn drain(track: Arc<dyn TrackRemote>) {
    while track.poll().await.is_some() {}
}

fn text(error: Error) -> String {
    error.to_string()
}
