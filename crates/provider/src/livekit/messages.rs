//! What the server tells, after its first word.

use super::session::Session;
use crate::{Notice, RoomEvent, Secret, TransportOperation};
use livekit_protocol::{
    ParticipantInfo, RoomMovedResponse, SessionDescription, SignalTarget, SubscriptionError, TrickleRequest,
    signal_response,
};
use visavis_model::TrackId;

/// Longest candidate and token taken from the server, in bytes.
const LONGEST_CANDIDATE: usize = 4096;
const LONGEST_TOKEN: usize = 16 * 1024;

impl Session {
    /// A message after the first word.
    pub(super) fn message(&mut self, message: signal_response::Message) {
        use signal_response::Message;
        match message {
            Message::Answer(answer) => self.answered(answer),
            Message::Offer(offer) => self.offered(offer),
            Message::Trickle(trickle) => self.trickled(trickle),
            Message::Update(update) => self.participants_changed(&update.participants),
            Message::TrackPublished(response) => self.track_published(response),
            Message::TrackUnpublished(response) => self.track_unpublished(&response.track_sid),
            Message::Leave(leave) => self.server_says_leave(&leave, None),
            Message::Mute(mute) => self.muted_by_server(mute),
            Message::SpeakersChanged(changed) => self.out.events(self.room.speakers(&changed)),
            Message::RoomUpdate(update) => {
                let event = self.room.room_changed(update.room.as_ref());
                self.out.events(event);
            }
            Message::ConnectionQuality(update) => {
                let events = self.room.qualities(&update);
                self.out.events(events);
            }
            Message::StreamStateUpdate(update) => {
                let paused = |state: i32| state == livekit_protocol::StreamState::Paused as i32;
                self.out.events(update.stream_states.into_iter().map(|stream| RoomEvent::Paused {
                    paused: paused(stream.state),
                    track: TrackId::from(stream.track_sid),
                }));
            }
            Message::SubscribedQualityUpdate(update) => self.layers_wanted(update),
            Message::SubscriptionPermissionUpdate(update) if !update.allowed => {
                self.subscription_failed(update.track_sid, "not permitted");
            }
            Message::SubscriptionResponse(response) => {
                let error = SubscriptionError::try_from(response.err).unwrap_or(SubscriptionError::SeUnknown);
                self.subscription_failed(response.track_sid, error.as_str_name());
            }
            Message::RequestResponse(response) => self.request_answered(response),
            Message::TrackSubscribed(subscribed) => self.track_subscribed(&subscribed.track_sid),
            Message::RefreshToken(token) => self.refresh_token(token),
            Message::PongResp(pong) => {
                let unix_millis = self.unix_millis();
                let millis = self.ping.as_mut().and_then(|ping| ping.pong(&pong, unix_millis));
                self.out.events(millis.map(|millis| RoomEvent::RoundTrip { millis }));
            }
            Message::RoomMoved(moved) => self.room_moved(moved),
            // Understood, and nothing to us: their older forms, audio codecs that we do not have, data tracks,
            // what clients with one peer connection have to offer.
            Message::Pong(_)
            | Message::SubscriptionPermissionUpdate(_)
            | Message::SubscribedAudioCodecUpdate(_)
            | Message::PublishDataTrackResponse(_)
            | Message::UnpublishDataTrackResponse(_)
            | Message::DataTrackSubscriberHandles(_)
            | Message::StoreDataBlobResponse(_)
            | Message::GetDataBlobResponse(_)
            | Message::MediaSectionsRequirement(_) => {}
            // Out of place.
            Message::Join(_) | Message::Reconnect(_) => self.out.ignore(),
        }
    }

    fn answered(&mut self, answer: SessionDescription) {
        let step = self.negotiation.answered(answer.id);
        let (Some(step), Some(peers)) = (step, &self.peers) else {
            // To an offer that a newer one has replaced.
            self.out.ignore();
            return;
        };
        self.out.transport(TransportOperation::AcceptAnswer { peer: peers.publish.id, sdp: answer.sdp });
        self.negotiation_step(step);
    }

    fn offered(&mut self, offer: SessionDescription) {
        let Some(peers) = &mut self.peers else {
            self.out.ignore();
            return;
        };
        let (tracks, moved) = peers.sections(offer.mid_to_track_id);
        peers.descriptions.offer = Some((offer.id, offer.sdp.clone()));
        let peer = peers.subscribe.id;
        // The same track in another section: another codec, another decoder.
        self.out.events(moved.into_iter().map(RoomEvent::TrackGone));
        self.out.transport(TransportOperation::AcceptOffer { peer, sdp: offer.sdp, id: offer.id, tracks });
    }

    fn trickled(&mut self, trickle: TrickleRequest) {
        let target = SignalTarget::try_from(trickle.target).ok();
        let (Some(target), Some(peers)) = (target, &self.peers) else {
            self.out.ignore();
            return;
        };
        if trickle.candidate_init.is_empty() {
            // The end of candidates.
            return;
        }
        if trickle.candidate_init.len() > LONGEST_CANDIDATE {
            self.out.ignore();
            return;
        }
        let peer = peers.of(target).id;
        self.out.transport(TransportOperation::AddCandidate { peer, candidate: trickle.candidate_init });
    }

    fn participants_changed(&mut self, infos: &[ParticipantInfo]) {
        let update = self.room.update(infos);
        for track in &update.gone {
            self.demands.forget(track);
        }
        for sid in &update.left {
            self.channels.forget_sender(sid);
        }
        for _ in 0..update.ignored {
            self.out.ignore();
        }
        self.out.events(update.events);
        if update.permission_changed {
            self.unpublish_forbidden();
        }
    }

    fn subscription_failed(&mut self, track: String, cause: &str) {
        self.out.event(RoomEvent::SubscriptionFailed { track: TrackId::from(track), cause: cause.to_owned() });
    }

    pub(super) fn refresh_token(&mut self, token: String) {
        if token.is_empty() || token.len() > LONGEST_TOKEN {
            self.out.ignore();
        } else {
            self.token = Secret::new(token);
        }
    }

    /// We were taken to another room; the peer connections stay.
    fn room_moved(&mut self, moved: RoomMovedResponse) {
        let Some(me) = moved.participant.as_ref().filter(|me| !me.sid.is_empty() && !me.identity.is_empty()) else {
            self.out.ignore();
            return;
        };
        let gone = self.room.forget_others();
        self.out.events(gone.into_iter().map(RoomEvent::TrackGone));
        let entered = self.room.enter(moved.room.as_ref(), me, &moved.other_participants);
        if !moved.token.is_empty() {
            self.refresh_token(moved.token);
        }
        let name = moved.room.map_or(String::new(), |room| room.name);
        self.out.event(RoomEvent::Notice(Notice::Moved(name)));
        self.out.event(entered);
        self.unpublish_forbidden();
    }
}
