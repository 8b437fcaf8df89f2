//! One connection's protocol machine.

use crate::{
    CertificateFault, Credentials, Found, Header, HttpRequest, KnownHosts, LinkError, MeetingLink, ProxyFault,
    RoomCommand, RoomEvent, Secret, Standing, TransportEvent, TransportOperation,
};
use bytes::Bytes;
use visavis_media::MediaTime;

/// A kind of server.
pub trait Provider: Send + Sync {
    /// Reads one word that may be a link. `None`: not a link of this kind. Contacts nobody.
    fn recognise(&self, word: &str) -> Option<Result<MeetingLink, LinkError>>;

    /// The same, among the servers that are known. Its standing says whether the host may be contacted without asking.
    fn recognise_among(&self, word: &str, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
        Some(self.recognise(word)?.and_then(|link| match known.standing(&link.host) {
            Err(LinkError::NotAllowed) => Err(LinkError::NotAllowed),
            _ => Ok(Found { link, standing: Standing::Known }),
        }))
    }

    /// Reads a code without a host; `lone`: there is nothing beside it in the text. `None`: not a code of this kind.
    fn recognise_code(&self, word: &str, lone: bool, known: &KnownHosts) -> Option<Result<Found, LinkError>> {
        let _ = (word, lone, known);
        None
    }

    /// A protocol machine for one meeting. It does nothing before [`Input::Start`].
    fn session(&self, link: &MeetingLink, options: SessionOptions) -> Box<dyn Session>;
}

/// What a session is told from outside, because it may not look for itself.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// The name to be shown to others.
    pub name: String,
    /// Overrides the link's own credentials.
    pub credentials: Option<Credentials>,
    pub client: ClientInfo,
    /// Unix time in seconds at the start, for tokens that we issue ourselves.
    pub unix_seconds: u64,
    /// Source of every id that must differ from all others.
    pub seed: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientInfo {
    pub version: String,
    /// `linux`, `windows`, `macos`.
    pub os: String,
}

/// A sans-IO protocol machine. The driver feeds every input with the time of its arrival, then drains
/// [`Session::poll_output`] to `None`, then waits until [`Session::poll_timeout`] at most.
pub trait Session: Send {
    fn handle_input(&mut self, input: Input, now: MediaTime);

    fn poll_output(&mut self) -> Option<Output>;

    /// When [`Input::Timeout`] is due.
    fn poll_timeout(&self) -> Option<MediaTime>;

    /// Messages that were not understood, too large or out of place, since the start.
    fn ignored(&self) -> u64;

    /// Since when a question that the server answers at once waits for any word from it; `None`: it has said something since.
    fn asked_since(&self) -> Option<MediaTime> {
        None
    }
}

/// One socket; a number is never used twice in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketId(pub u32);

/// One HTTP request; a number is never used twice in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketFrame {
    Text(String),
    Binary(Bytes),
}

/// Why a socket did not open, or is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SocketCause {
    NameUnknown,
    /// Nothing listens there.
    Refused,
    Unreachable,
    Timeout,
    /// The server's certificate does not count.
    Certificate(CertificateFault),
    /// No version or cipher of TLS that is safe and that both know.
    Encryption,
    /// The proxy that leads out of this network does not lead to the server.
    Proxy(ProxyFault),
    /// Neither the link nor the policy allows the host: it was not contacted.
    Forbidden,
    /// The server answered the upgrade with this status, and at most 512 bytes of text.
    Status {
        status: u16,
        body: String,
    },
    /// Not the protocol that was due.
    Nonsense,
    /// Closed in order, with the code of RFC 6455 where one came.
    Closed {
        code: Option<u16>,
    },
    /// Gone without a close.
    Reset,
}

/// What happened.
#[derive(Clone, Debug)]
pub enum Input {
    Start,
    SocketOpened {
        socket: SocketId,
    },
    SocketFrame {
        socket: SocketId,
        frame: SocketFrame,
    },
    SocketClosed {
        socket: SocketId,
        cause: SocketCause,
    },
    HttpResponse {
        request: RequestId,
        status: u16,
        headers: Vec<Header>,
        body: Bytes,
    },
    HttpFailed {
        request: RequestId,
        cause: SocketCause,
    },
    Transport(TransportEvent),
    Command(RoomCommand),
    /// The time of [`Session::poll_timeout`] has come.
    Timeout,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Output {
    /// Open a websocket; `bearer` goes into the `Authorization` header, never into the url.
    OpenSocket {
        socket: SocketId,
        url: url::Url,
        bearer: Option<Secret>,
    },
    SendFrame {
        socket: SocketId,
        frame: SocketFrame,
    },
    CloseSocket {
        socket: SocketId,
    },
    Http(HttpRequest),
    Transport(TransportOperation),
    /// The server that the user named says that the meeting's media are at this host (no port): to be allowed, unless
    /// the policy forbids it. Sockets to it follow.
    MediaHost {
        host: String,
    },
    Event(RoomEvent),
}
