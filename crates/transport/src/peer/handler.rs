//! The crate's callbacks: they run on its driver, so they only pass on.

use super::Internal;
use std::sync::Arc;
use tokio::sync::mpsc;
use visavis_provider::PeerState;
use webrtc::data_channel::DataChannel;
use webrtc::media_stream::track_remote::TrackRemote;
use webrtc::peer_connection::{PeerConnectionEventHandler, RTCPeerConnectionIceEvent, RTCPeerConnectionState};

pub(super) struct Handler(pub mpsc::UnboundedSender<Internal>);

impl Handler {
    fn pass(&self, internal: Internal) {
        // The task has ended: the peer is closed.
        let _ = self.0.send(internal);
    }
}

#[async_trait::async_trait]
impl PeerConnectionEventHandler for Handler {
    async fn on_ice_candidate(&self, event: RTCPeerConnectionIceEvent) {
        let json = event.candidate.to_json().ok().and_then(|init| serde_json::to_string(&init).ok());
        match json {
            Some(json) => self.pass(Internal::Candidate(json)),
            None => tracing::debug!("a local candidate cannot be spelled"),
        }
    }

    async fn on_connection_state_change(&self, state: RTCPeerConnectionState) {
        let state = match state {
            RTCPeerConnectionState::Connecting => PeerState::Connecting,
            RTCPeerConnectionState::Connected => PeerState::Connected,
            RTCPeerConnectionState::Disconnected => PeerState::Disconnected,
            RTCPeerConnectionState::Failed => PeerState::Failed,
            RTCPeerConnectionState::Closed => PeerState::Closed,
            _ => return,
        };
        self.pass(Internal::State(state));
    }

    async fn on_data_channel(&self, channel: Arc<dyn DataChannel>) {
        self.pass(Internal::Channel(channel));
    }

    async fn on_track(&self, track: Arc<dyn TrackRemote>) {
        self.pass(Internal::Track(track));
    }
}
