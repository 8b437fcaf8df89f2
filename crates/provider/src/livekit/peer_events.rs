//! What the peer connections tell.

use super::session::Session;
use crate::{DescriptionKind, OperationKind, PeerId, PeerState, TransportEvent};
use livekit_protocol::{ReconnectReason, SessionDescription, SignalTarget, TrickleRequest, signal_request};

impl Session {
    pub(super) fn transport_event(&mut self, event: TransportEvent) {
        match event {
            TransportEvent::LocalDescription { peer, kind, sdp, id } => self.described(peer, kind, sdp, id),
            TransportEvent::Candidate { peer, candidate } => self.candidate(peer, candidate),
            TransportEvent::State { peer, state } => self.peer_state(peer, state),
            TransportEvent::ChannelOpened { peer, label } => self.channel_opened(peer, &label),
            TransportEvent::ChannelMessage { peer, label, data } => {
                if self.target(peer).is_some() {
                    self.channel_message(&label, &data);
                }
            }
            TransportEvent::Failed { peer, operation, .. } => self.operation_failed(peer, operation),
        }
    }

    /// Which of our peer connections it is; `None`: one of before a rejoin.
    fn target(&self, peer: PeerId) -> Option<SignalTarget> {
        self.peers.as_ref()?.target(peer)
    }

    fn described(&mut self, peer: PeerId, kind: DescriptionKind, sdp: String, id: Option<u32>) {
        match (self.target(peer), kind) {
            (Some(SignalTarget::Publisher), DescriptionKind::Offer) => {
                // The number is spent even where there is no socket now: the resumption makes another offer.
                let Some(id) = self.negotiation.made(self.now) else { return };
                match self.live() {
                    Some(socket) => {
                        let offer = SessionDescription { r#type: "offer".into(), sdp, id, ..Default::default() };
                        self.out.signal(socket, signal_request::Message::Offer(offer));
                    }
                    None => self.negotiation.interrupted(),
                }
            }
            (Some(SignalTarget::Subscriber), DescriptionKind::Answer) => {
                let id = id.unwrap_or(0);
                if let Some(peers) = &mut self.peers {
                    peers.descriptions.answer = Some((id, sdp.clone()));
                }
                if let Some(socket) = self.live() {
                    let answer = SessionDescription { r#type: "answer".into(), sdp, id, ..Default::default() };
                    self.out.signal(socket, signal_request::Message::Answer(answer));
                }
            }
            (Some(_), _) => self.out.ignore(),
            (None, _) => {}
        }
    }

    fn candidate(&mut self, peer: PeerId, candidate: String) {
        let (Some(target), Some(socket)) = (self.target(peer), self.live()) else { return };
        let trickle = TrickleRequest { candidate_init: candidate, target: target as i32, r#final: false };
        self.out.signal(socket, signal_request::Message::Trickle(trickle));
    }

    fn peer_state(&mut self, peer: PeerId, state: PeerState) {
        let Some(target) = self.target(peer) else { return };
        if let Some(peers) = &mut self.peers {
            peers.enter(target, state, self.now);
        }
        match state {
            PeerState::Failed | PeerState::Closed => self.media_failed(failed(target)),
            _ => self.check_connected(),
        }
    }

    fn operation_failed(&mut self, peer: PeerId, operation: OperationKind) {
        if self.target(peer).is_none() {
            return;
        }
        match operation {
            OperationKind::Create | OperationKind::Offer | OperationKind::AcceptOffer | OperationKind::AcceptAnswer => {
                self.negotiation_failed();
            }
            OperationKind::AddSender => self.sender_failed(),
            // One candidate, sender or message less; the rest goes on.
            OperationKind::AddCandidate
            | OperationKind::RemoveSender
            | OperationKind::OpenChannel
            | OperationKind::SendChannel => self.out.ignore(),
        }
    }
}

pub(super) fn failed(target: SignalTarget) -> ReconnectReason {
    match target {
        SignalTarget::Publisher => ReconnectReason::RrPublisherFailed,
        SignalTarget::Subscriber => ReconnectReason::RrSubscriberFailed,
    }
}
