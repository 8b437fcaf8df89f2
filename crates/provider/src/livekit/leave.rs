//! How it ends: what the server says, what the socket says, and what we say.

use super::connect::{Entry, Signal};
use super::session::Session;
use crate::{LeaveCause, Output, RoomEvent, SocketCause, TransportOperation};
use livekit_protocol::{DisconnectReason, LeaveRequest, ReconnectReason, leave_request, signal_request};

/// What a `LeaveRequest` asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    End,
    Resume,
    Rejoin,
}

pub(super) fn action(leave: &LeaveRequest) -> Action {
    match leave_request::Action::try_from(leave.action) {
        Ok(leave_request::Action::Resume) => Action::Resume,
        Ok(leave_request::Action::Reconnect) => Action::Rejoin,
        // Servers before protocol 13 know no action, only this.
        _ if leave.can_reconnect => Action::Rejoin,
        _ => Action::End,
    }
}

/// The cause that an ending `LeaveRequest` names; `joining`: it is the answer to our coming.
pub(super) fn from_reason(reason: i32, joining: bool) -> LeaveCause {
    use DisconnectReason as Reason;
    match Reason::try_from(reason).unwrap_or(Reason::UnknownReason) {
        Reason::DuplicateIdentity => LeaveCause::OtherDevice,
        Reason::ServerShutdown => LeaveCause::ServerShutdown,
        Reason::ParticipantRemoved => LeaveCause::Removed,
        Reason::RoomDeleted | Reason::RoomClosed => LeaveCause::RoomEnded,
        // Seen where the room is full; also where the server cannot make a session.
        Reason::JoinFailure => LeaveCause::Full,
        Reason::MediaFailure => LeaveCause::MediaBlocked,
        _ if joining => LeaveCause::ClosedWhileJoining,
        _ => LeaveCause::Lost,
    }
}

/// The cause of a socket that did not lead to a join.
pub(crate) fn from_socket(cause: &SocketCause) -> LeaveCause {
    match cause {
        SocketCause::NameUnknown => LeaveCause::NameUnknown,
        SocketCause::Refused => LeaveCause::Refused,
        SocketCause::Unreachable => LeaveCause::Unreachable,
        SocketCause::Timeout => LeaveCause::Timeout,
        SocketCause::Certificate(fault) => LeaveCause::Certificate(*fault),
        SocketCause::Encryption => LeaveCause::Encryption,
        SocketCause::Proxy(fault) => LeaveCause::Proxy(*fault),
        SocketCause::Forbidden => LeaveCause::Forbidden,
        SocketCause::Nonsense => LeaveCause::Nonsense,
        SocketCause::Closed { .. } | SocketCause::Reset => LeaveCause::ClosedWhileJoining,
        SocketCause::Status { status, body } => from_status(*status, body),
    }
}

fn from_status(status: u16, body: &str) -> LeaveCause {
    match status {
        // What livekit-server 1.13.5 answers where the room is full (measured); later ones may say it.
        500 if body.contains("connection closed by media") || body.contains("max participants") => LeaveCause::Full,
        // 400: a token that lacks what it should say.
        400 | 401 | 403 => LeaveCause::InvitationRefused,
        404 => LeaveCause::NoRoom,
        426 => LeaveCause::VersionTooOld,
        408 | 504 => LeaveCause::Timeout,
        429 | 500.. => LeaveCause::ServerDown,
        _ => LeaveCause::Nonsense,
    }
}

/// Whether an attempt to come back that failed so is the last one.
pub(super) fn is_final(cause: &LeaveCause) -> bool {
    matches!(
        cause,
        LeaveCause::InvitationRefused | LeaveCause::NoRoom | LeaveCause::VersionTooOld | LeaveCause::Forbidden
    )
}

impl Session {
    /// A `LeaveRequest`, at any time.
    pub(super) fn server_says_leave(&mut self, leave: &LeaveRequest, joining: Option<Entry>) {
        if let Some(regions) = &leave.regions {
            self.route.prefer(regions.regions.iter().map(|region| region.url.as_str()));
        }
        match (action(leave), joining) {
            // There is nothing to come back to.
            (_, Some(Entry::Join)) | (Action::End, _) => self.leave_with(from_reason(leave.reason, joining.is_some())),
            (Action::Resume, None) => self.resume(ReconnectReason::RrSignalDisconnected),
            // The server is there and does not know us (it was restarted): no reason to wait.
            (_, Some(Entry::Resume(_))) => self.rejoin_now(),
            // A rejoin that ends in a request for a resumption is none.
            (Action::Resume, Some(Entry::Rejoin)) | (Action::Rejoin, _) => self.rejoin(),
        }
    }

    /// We go.
    pub(super) fn leave(&mut self) {
        if let Some(socket) = self.live() {
            let leave = LeaveRequest {
                reason: DisconnectReason::ClientInitiated as i32,
                action: leave_request::Action::Disconnect as i32,
                ..Default::default()
            };
            self.out.signal(socket, signal_request::Message::Leave(leave));
        }
        self.leave_with(LeaveCause::Ours);
    }

    /// The end: everything is closed, and nothing is said after this.
    pub(super) fn leave_with(&mut self, cause: LeaveCause) {
        self.close_socket();
        self.close_peers();
        self.signal = Signal::Over;
        self.out.event(RoomEvent::Left(cause));
    }

    pub(super) fn close_socket(&mut self) {
        if let Some(socket) = self.signal.socket() {
            self.out.push(Output::CloseSocket { socket });
        }
    }

    pub(super) fn close_peers(&mut self) {
        if let Some(peers) = self.peers.take() {
            for peer in [peers.publish.id, peers.subscribe.id] {
                self.out.transport(TransportOperation::Close { peer });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_asks_for() {
        let leave = |action: leave_request::Action, can_reconnect: bool| LeaveRequest {
            action: action as i32,
            can_reconnect,
            ..Default::default()
        };
        assert_eq!(action(&leave(leave_request::Action::Disconnect, false)), Action::End);
        assert_eq!(action(&leave(leave_request::Action::Disconnect, true)), Action::Rejoin);
        assert_eq!(action(&leave(leave_request::Action::Resume, true)), Action::Resume);
        assert_eq!(action(&leave(leave_request::Action::Reconnect, false)), Action::Rejoin);
        assert_eq!(action(&LeaveRequest { action: 99, ..Default::default() }), Action::End);
    }

    #[test]
    fn each_status_has_its_cause() {
        let status = |status: u16| from_socket(&SocketCause::Status { status, body: String::new() });
        assert_eq!(status(401), LeaveCause::InvitationRefused);
        assert_eq!(status(403), LeaveCause::InvitationRefused);
        assert_eq!(status(404), LeaveCause::NoRoom);
        assert_eq!(status(503), LeaveCause::ServerDown);
        assert_eq!(status(200), LeaveCause::Nonsense);
        let full = SocketCause::Status { status: 500, body: "connection closed by media".into() };
        assert_eq!(from_socket(&full), LeaveCause::Full);
        assert!(!is_final(&LeaveCause::Full), "our own place may still be taken when we come back");
    }
}
