//! Descriptions and candidates.

use super::task::{Task, fail, text};
use crate::event::PeerEvent;
use crate::options::MAX_WAITING_CANDIDATES;
use crate::sdp::Description;
use visavis_model::TrackId;
use visavis_provider::{DescriptionKind, OperationKind, TransportEvent};
use webrtc::peer_connection::{RTCIceCandidateInit, RTCSessionDescription};

impl Task {
    pub(super) async fn offer(&mut self, restart: bool) -> Result<(), String> {
        if restart {
            self.peer.restart_ice().await.map_err(text)?;
        }
        let offer = self.peer.create_offer(None).await.map_err(text)?;
        let sdp = offer.sdp.clone();
        self.peer.set_local_description(offer).await.map_err(text)?;
        self.described(DescriptionKind::Offer, sdp, None).await;
        Ok(())
    }

    pub(super) async fn accept_offer(
        &mut self,
        sdp: String,
        id: u32,
        tracks: &[(String, TrackId)],
    ) -> Result<(), String> {
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

    pub(super) async fn accept_answer(&mut self, sdp: String) -> Result<(), String> {
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

    pub(super) async fn sender_connected(&self, track: TrackId) {
        self.shared.events.control(PeerEvent::SenderConnected { peer: self.shared.peer, track }).await;
    }

    pub(super) async fn add_candidate(&mut self, json: &str) -> Result<(), String> {
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
}
