//! The machine: what comes in is handed to its subject.

use super::captions::Captions;
use super::channels::Channels;
use super::chat::Chat;
use super::connect::{Entry, Signal};
use super::ids::Ids;
use super::negotiation::Negotiation;
use super::outbox::Outbox;
use super::peer_events::failed;
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
    ActionError, ClientInfo, ConnectionState, Credentials, Input, LeaveCause, MeetingLink, Output, RoomCommand,
    RoomEvent, Secret, SessionOptions,
};
use livekit_protocol::signal_request;
use std::collections::BTreeSet;
use visavis_media::MediaTime;
use visavis_model::{Codec, TrackId, VideoDemand};

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
            Credentials::Visitor | Credentials::Cookies(_) => Secret::new(""),
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

    /// The token in use, which the server refreshes.
    pub(crate) fn current_token(&self) -> &Secret {
        &self.token
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
            RoomCommand::SendText { id, topic, text, attributes, unix_millis } => {
                self.send_text(&id, &topic, &text, attributes, unix_millis);
            }
            RoomCommand::SendData { topic, payload, reliable, to } => self.send_data(topic, &payload, reliable, to),
            RoomCommand::NetworkChanged => self.network_changed(),
            // A bare SFU knows nobody but by their token.
            RoomCommand::SignedIn(_) => {}
            RoomCommand::Act { id, .. } => {
                self.out.event(RoomEvent::ActionDone { id, outcome: Err(ActionError::Unsupported) });
            }
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
            Input::HttpResponse { request, status, body, .. } => self.regions_answered(request, Some((status, body))),
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

    fn asked_since(&self) -> Option<MediaTime> {
        self.live().and_then(|_| self.ping.as_ref()?.asked_since())
    }
}
