//! The machine: what comes in is handed to its subject.

use super::captions::Captions;
use super::channels::Channels;
use super::chat::Chat;
use super::connect::{Entry, Signal};
use super::ids::Ids;
use super::negotiation::Negotiation;
use super::outbox::Outbox;
use super::peers::Peers;
use super::ping::Ping;
use super::publish::Own;
use super::resume::Recovery;
use super::room_state::RoomState;
use super::route::Route;
use super::subscribe::Demands;
use super::text_stream::Assembler;
use super::token;
use crate::{
    ClientInfo, ConnectionState, Credentials, DescriptionKind, Input, LeaveCause, MeetingLink, OperationKind, Output,
    PeerId, PeerState, RoomCommand, RoomEvent, Secret, SessionOptions, TransportEvent, TransportOperation,
};
use livekit_protocol::{
    ParticipantInfo, ReconnectReason, RoomMovedResponse, SessionDescription, SignalTarget, SubscriptionError,
    TrickleRequest, signal_request, signal_response,
};
use std::collections::BTreeSet;
use visavis_media::MediaTime;
use visavis_model::{Codec, TrackId, VideoDemand};

/// Longest candidate and token taken from the server, in bytes.
const LONGEST_CANDIDATE: usize = 4096;
const LONGEST_TOKEN: usize = 16 * 1024;

/// The protocol machine of one meeting on a LiveKit server.
pub struct Session {
    pub(super) name: String,
    pub(super) client: ClientInfo,
    started: MediaTime,
    unix_seconds: u64,
    pub(super) now: MediaTime,
    pub(super) ids: Ids,
    pub(super) out: Outbox,

    pub(super) route: Route,
    /// The token in use, which the server refreshes, and that of the invitation.
    pub(super) token: Secret,
    pub(super) first_token: Secret,
    pub(super) signal: Signal,
    pub(super) ping: Option<Ping>,
    pub(super) recovery: Recovery,

    pub(super) peers: Option<Peers>,
    pub(super) negotiation: Negotiation,
    pub(super) own: Vec<Own>,
    pub(super) demands: Demands,
    pub(super) room: RoomState,
    pub(super) channels: Channels,
    pub(super) streams: Assembler,
    pub(super) chat: Chat,
    pub(super) captions: Captions,

    pub(super) relay_only: bool,
    pub(super) resume_forbidden: bool,
    pub(super) forbidden_codecs: BTreeSet<Codec>,

    pub(super) next_socket: u32,
    pub(super) next_request: u32,
    pub(super) next_peer: u32,
}

impl Session {
    /// A machine for the meeting of `link`; it does nothing before [`Input::Start`].
    pub fn new(link: &MeetingLink, options: SessionOptions) -> Self {
        let mut ids = Ids::new(options.seed);
        let token = match options.credentials.as_ref().unwrap_or(&link.credentials) {
            Credentials::Token(token) => token.clone(),
            Credentials::KeyAndSecret { key, secret } => {
                let identity = format!("visavis-{}", ids.uuid());
                let grant = token::Grant {
                    key,
                    secret: secret.reveal(),
                    room: &link.room,
                    identity: &identity,
                    name: &options.name,
                    unix_seconds: options.unix_seconds,
                };
                Secret::new(token::issue(&grant).unwrap_or_default())
            }
        };
        Self {
            name: options.name,
            client: options.client,
            started: MediaTime::ZERO,
            unix_seconds: options.unix_seconds,
            now: MediaTime::ZERO,
            ids,
            out: Outbox::default(),
            route: Route::new(link.url.clone()),
            first_token: token.clone(),
            token,
            signal: Signal::Idle,
            ping: None,
            recovery: Recovery::default(),
            peers: None,
            negotiation: Negotiation::default(),
            own: Vec::new(),
            demands: Demands::default(),
            room: RoomState::default(),
            channels: Channels::default(),
            streams: Assembler::default(),
            chat: Chat::default(),
            captions: Captions::default(),
            relay_only: false,
            resume_forbidden: false,
            forbidden_codecs: BTreeSet::new(),
            next_socket: 0,
            next_request: 0,
            next_peer: 0,
        }
    }

    fn is_over(&self) -> bool {
        matches!(self.signal, Signal::Over)
    }

    /// The clock that pings carry, in Unix milliseconds.
    pub(super) fn unix_millis(&self) -> i64 {
        let since = self.now.since(self.started).as_millis();
        let millis = u128::from(self.unix_seconds).saturating_mul(1000).saturating_add(since);
        i64::try_from(millis).unwrap_or(i64::MAX)
    }

    fn start(&mut self) {
        if !matches!(self.signal, Signal::Idle) {
            return;
        }
        self.started = self.now;
        self.announce(ConnectionState::Connecting);
        if self.token.reveal().is_empty() {
            self.leave_with(LeaveCause::InvitationRefused);
        } else {
            self.open(Entry::Join);
        }
    }

    fn command(&mut self, command: RoomCommand) {
        match command {
            RoomCommand::Publish(request) => self.publish(request),
            RoomCommand::Unpublish { track } => self.unpublish(&track),
            RoomCommand::SetMuted { track, muted } => self.set_muted(&track, muted),
            RoomCommand::Demand { track, demand } => self.demand(track, demand),
            RoomCommand::SendMessage { id, text, unix_millis } => self.send_message(&id, &text, unix_millis),
            RoomCommand::SendText { topic, text, attributes, unix_millis } => {
                self.send_text(&topic, &text, attributes, unix_millis);
            }
            RoomCommand::SendData { topic, payload, reliable, to } => self.send_data(topic, &payload, reliable, to),
            RoomCommand::NetworkChanged => self.network_changed(),
            RoomCommand::Leave => self.leave(),
        }
    }

    fn demand(&mut self, track: TrackId, demand: VideoDemand) {
        if !self.demands.want(track, demand, self.now) {
            self.out.ignore();
        }
        self.flush_demands();
    }

    pub(super) fn flush_demands(&mut self) {
        let Some(socket) = self.live() else { return };
        for settings in self.demands.take(self.now) {
            self.out.signal(socket, signal_request::Message::TrackSetting(settings));
        }
    }

    fn transport_event(&mut self, event: TransportEvent) {
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
            // Understood, and nothing to us: their older forms, audio codecs that we do not have, data tracks.
            Message::Pong(_)
            | Message::SubscriptionPermissionUpdate(_)
            | Message::SubscribedAudioCodecUpdate(_)
            | Message::PublishDataTrackResponse(_)
            | Message::UnpublishDataTrackResponse(_)
            | Message::DataTrackSubscriberHandles(_)
            | Message::StoreDataBlobResponse(_)
            | Message::GetDataBlobResponse(_) => {}
            // Out of place.
            Message::Join(_) | Message::Reconnect(_) | Message::MediaSectionsRequirement(_) => self.out.ignore(),
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
        self.out.event(entered);
        self.unpublish_forbidden();
    }

    fn timers(&mut self) {
        let now = self.now;
        self.signal_timeout();
        if self.live().is_some() {
            let step = self.negotiation.timeout(now);
            self.negotiation_step(step);
        }
        if self.live().is_some()
            && let Some(target) = self.peers.as_mut().and_then(|peers| peers.out_of_patience(now))
        {
            self.media_failed(failed(target));
        }
        if self.live().is_some() {
            self.publish_timeout();
            self.flush_demands();
        }
        if !self.is_over() {
            self.recovery_timeout();
        }
    }
}

fn failed(target: SignalTarget) -> ReconnectReason {
    match target {
        SignalTarget::Publisher => ReconnectReason::RrPublisherFailed,
        SignalTarget::Subscriber => ReconnectReason::RrSubscriberFailed,
    }
}

impl crate::Session for Session {
    fn handle_input(&mut self, input: Input, now: MediaTime) {
        self.now = self.now.max(now);
        if self.is_over() {
            return;
        }
        match input {
            Input::Start => self.start(),
            Input::SocketOpened { socket } => self.socket_opened(socket),
            Input::SocketFrame { socket, frame } => self.socket_frame(socket, &frame),
            Input::SocketClosed { socket, cause } => self.socket_closed(socket, &cause),
            Input::HttpResponse { request, status, body } => self.regions_answered(request, Some((status, body))),
            Input::HttpFailed { request, .. } => self.regions_answered(request, None),
            Input::Transport(event) => self.transport_event(event),
            Input::Command(command) => self.command(command),
            Input::Timeout => self.timers(),
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.out.pop()
    }

    fn poll_timeout(&self) -> Option<MediaTime> {
        if self.is_over() {
            return None;
        }
        let live = self.live().and_then(|_| {
            let peers = self.peers.as_ref().and_then(Peers::due);
            let ping = self.ping.as_ref().map(Ping::due);
            let all = [peers, ping, self.negotiation.due(), self.publish_due(), self.demands.due()];
            all.into_iter().flatten().min()
        });
        [self.signal.due(), self.recovery.due(), live].into_iter().flatten().min()
    }

    fn ignored(&self) -> u64 {
        self.out.ignored()
    }
}
