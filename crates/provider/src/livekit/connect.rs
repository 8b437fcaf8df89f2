//! Sockets: opening, the first word, and what comes after it.

use super::leave;
use super::session::Session;
use super::signal::{self, Unreadable};
use crate::{ConnectionState, HttpRequest, LeaveCause, Output, RequestId, SocketCause, SocketFrame, SocketId};
use bytes::Bytes;
use livekit_protocol::{Ping as WirePing, ReconnectReason, signal_request, signal_response};
use std::time::Duration;
use visavis_media::MediaTime;

/// A socket has so long to open, and the server then so long to say its first word.
const OPEN_DUE: Duration = Duration::from_secs(5);
const JOIN_DUE: Duration = Duration::from_secs(5);
const REGIONS_DUE: Duration = Duration::from_secs(5);

/// What a new socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Join,
    Resume(ReconnectReason),
    Rejoin,
}

/// Where the signalling connection stands.
#[derive(Clone, Debug)]
pub(super) enum Signal {
    Idle,
    /// Until the next attempt.
    Waiting {
        until: MediaTime,
        entry: Entry,
    },
    /// For the servers of other regions; `cause` stands where there are none.
    Asking {
        request: RequestId,
        until: MediaTime,
        cause: LeaveCause,
    },
    Opening {
        socket: SocketId,
        until: MediaTime,
        entry: Entry,
    },
    /// Open; the first word is due.
    Entering {
        socket: SocketId,
        until: MediaTime,
        entry: Entry,
    },
    Live {
        socket: SocketId,
    },
    Over,
}

impl Signal {
    pub(super) fn socket(&self) -> Option<SocketId> {
        match self {
            Self::Opening { socket, .. } | Self::Entering { socket, .. } | Self::Live { socket } => Some(*socket),
            _ => None,
        }
    }

    pub(super) fn due(&self) -> Option<MediaTime> {
        match self {
            Self::Waiting { until, .. }
            | Self::Asking { until, .. }
            | Self::Opening { until, .. }
            | Self::Entering { until, .. } => Some(*until),
            _ => None,
        }
    }
}

impl Session {
    /// The socket on which we are in.
    pub(super) fn live(&self) -> Option<SocketId> {
        match self.signal {
            Signal::Live { socket } => Some(socket),
            _ => None,
        }
    }

    pub(super) fn open(&mut self, entry: Entry) {
        let socket = SocketId(self.next_socket);
        self.next_socket = self.next_socket.wrapping_add(1);
        let resume = match entry {
            Entry::Resume(reason) => self.room.my_sid().map(|sid| (sid, reason)),
            Entry::Join | Entry::Rejoin => None,
        };
        let url = self.route.signal_url(&self.client, resume);
        self.out.push(Output::OpenSocket { socket, url, bearer: Some(self.token.clone()) });
        self.signal = Signal::Opening { socket, until: self.now + OPEN_DUE, entry };
    }

    pub(super) fn socket_opened(&mut self, socket: SocketId) {
        if let Signal::Opening { socket: expected, entry, .. } = self.signal
            && expected == socket
        {
            self.signal = Signal::Entering { socket, until: self.now + JOIN_DUE, entry };
        }
    }

    pub(super) fn socket_closed(&mut self, socket: SocketId, cause: &SocketCause) {
        match self.signal {
            Signal::Opening { socket: current, entry, .. } | Signal::Entering { socket: current, entry, .. }
                if current == socket =>
            {
                self.signal = Signal::Idle;
                self.entry_failed(entry, cause);
            }
            Signal::Live { socket: current } if current == socket => {
                self.signal = Signal::Idle;
                self.resume(ReconnectReason::RrSignalDisconnected);
            }
            // One that we gave up ourselves.
            _ => {}
        }
    }

    /// A socket did not lead in.
    fn entry_failed(&mut self, entry: Entry, cause: &SocketCause) {
        let leave_cause = leave::from_socket(cause);
        if entry != Entry::Join {
            self.comeback_failed(entry, leave_cause);
        } else if self.route.next() {
            self.open(entry);
        } else if let Some(url) = self.route.regions_url(cause) {
            let request = RequestId(self.next_request);
            self.next_request = self.next_request.wrapping_add(1);
            let bearer = Some(self.token.clone());
            self.out.push(Output::Http(HttpRequest {
                id: request,
                method: "GET",
                url,
                bearer,
                headers: Vec::new(),
                body: None,
                timeout: REGIONS_DUE,
            }));
            self.signal = Signal::Asking { request, until: self.now + REGIONS_DUE, cause: leave_cause };
        } else {
            self.leave_with(leave_cause);
        }
    }

    /// An attempt to come back failed: again, unless it cannot become better.
    fn comeback_failed(&mut self, entry: Entry, cause: LeaveCause) {
        if cause == LeaveCause::InvitationRefused && self.token != self.first_token {
            // The refreshed token is not known any more; the one of the invitation may be.
            self.token = self.first_token.clone();
            self.rejoin();
        } else if leave::is_final(&cause) {
            self.leave_with(cause);
        } else {
            self.route.next();
            self.attempt(entry);
        }
    }

    /// What came as first word is none of the protocol.
    pub(super) fn nonsense(&mut self, entry: Entry) {
        self.close_socket();
        self.signal = Signal::Idle;
        match entry {
            Entry::Join => self.leave_with(LeaveCause::Nonsense),
            Entry::Resume(_) | Entry::Rejoin => self.comeback_failed(entry, LeaveCause::Nonsense),
        }
    }

    pub(super) fn regions_answered(&mut self, request: RequestId, answer: Option<(u16, Bytes)>) {
        let Signal::Asking { request: expected, cause, .. } = self.signal.clone() else { return };
        if request != expected {
            return;
        }
        let named = answer.is_some_and(|(status, body)| status == 200 && self.route.take_regions(&body));
        if named {
            self.open(Entry::Join);
        } else {
            self.leave_with(cause);
        }
    }

    pub(super) fn socket_frame(&mut self, socket: SocketId, frame: &SocketFrame) {
        if self.signal.socket() != Some(socket) {
            return;
        }
        let entering = match self.signal {
            Signal::Entering { entry, .. } | Signal::Opening { entry, .. } => Some(entry),
            _ => None,
        };
        let message = match signal::decode(frame) {
            Ok(message) => message,
            Err(unreadable) => {
                self.out.ignore();
                if let Some(entry) = entering.filter(|_| unreadable != Unreadable::Unknown) {
                    self.nonsense(entry);
                }
                return;
            }
        };
        if let Some(ping) = &mut self.ping {
            ping.heard(self.now);
        }
        match entering {
            Some(entry) => self.first_word(socket, entry, message),
            None => self.message(message),
        }
    }

    fn first_word(&mut self, socket: SocketId, entry: Entry, message: signal_response::Message) {
        use signal_response::Message;
        match (message, entry) {
            (Message::Leave(leave), _) => self.server_says_leave(&leave, Some(entry)),
            (Message::RefreshToken(token), _) => self.refresh_token(token),
            (Message::Join(join), Entry::Join | Entry::Rejoin) => self.joined(socket, entry, join),
            (Message::Reconnect(response), Entry::Resume(_)) => {
                self.signal = Signal::Live { socket };
                self.resumed(Some(response));
            }
            // The server does not know us any more and takes us for somebody new.
            (Message::Join(join), Entry::Resume(_)) => {
                self.forget_session();
                self.announce(ConnectionState::Rejoining);
                self.joined(socket, Entry::Rejoin, join);
            }
            (Message::Reconnect(_), Entry::Join | Entry::Rejoin) => {
                self.out.ignore();
                self.nonsense(entry);
            }
            // Older servers take us back without a word about it.
            (message, Entry::Resume(_)) => {
                self.signal = Signal::Live { socket };
                self.resumed(None);
                self.message(message);
            }
            (_, Entry::Join | Entry::Rejoin) => self.out.ignore(),
        }
    }

    pub(super) fn signal_timeout(&mut self) {
        let due = self.signal.due().is_some_and(|due| due <= self.now);
        match self.signal.clone() {
            Signal::Waiting { entry, .. } if due => self.open(entry),
            Signal::Asking { cause, .. } if due => self.leave_with(cause),
            Signal::Opening { entry, .. } | Signal::Entering { entry, .. } if due => {
                self.close_socket();
                self.signal = Signal::Idle;
                self.entry_failed(entry, &SocketCause::Timeout);
            }
            Signal::Live { socket } => self.keep_alive(socket),
            _ => {}
        }
    }

    fn keep_alive(&mut self, socket: SocketId) {
        let unix_millis = self.unix_millis();
        let Some(ping) = &mut self.ping else { return };
        if ping.dead(self.now) {
            self.resume(ReconnectReason::RrSignalDisconnected);
        } else if ping.tick(self.now) {
            let message = WirePing { timestamp: unix_millis, rtt: ping.rtt() };
            self.out.signal(socket, signal_request::Message::PingReq(message));
        }
    }
}
