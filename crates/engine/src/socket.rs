//! One websocket: opened within a time limit, pumped by a task of its own.

use crate::dial::{Dialer, Stream, Target, of_io_error};
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::error::{CapacityError, Error, ProtocolError};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use visavis_provider::{Secret, SocketCause, SocketFrame, SocketId};

/// From the first look-up to the upgraded socket.
const OPEN_LIMIT: Duration = Duration::from_secs(8);

/// Largest message that a server may send (`visio-and-livekit.md` §4.1).
const LARGEST_MESSAGE: usize = 2 * 1024 * 1024;

/// What may wait to be sent, answers to pings included: a server that does not read is no server.
const MOST_UNSENT: usize = 1024 * 1024;

/// Largest part of a refusal's body that is kept.
const LARGEST_REFUSAL: usize = 512;

/// What a socket tells.
#[derive(Debug)]
pub enum SocketEvent {
    Opened,
    Frame(SocketFrame),
    Closed(SocketCause),
}

/// A websocket that is being opened, or open. Dropped: gone at once.
#[derive(Debug)]
pub struct Socket {
    outgoing: mpsc::UnboundedSender<SocketFrame>,
    /// Ended at once when dropped; taken out by an orderly [`Socket::close`].
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Socket {
    /// Opens in the background; everything comes through `events`, the last one is `Closed`.
    pub fn open(
        dialer: Dialer,
        id: SocketId,
        url: url::Url,
        bearer: Option<Secret>,
        events: mpsc::Sender<(SocketId, SocketEvent)>,
    ) -> Self {
        let (outgoing, frames) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let cause = match tokio::time::timeout(OPEN_LIMIT, connect(&dialer, &url, bearer.as_ref())).await {
                Err(_) => SocketCause::Timeout,
                Ok(Err(cause)) => cause,
                Ok(Ok(stream)) => {
                    if events.send((id, SocketEvent::Opened)).await.is_err() {
                        return;
                    }
                    pump(id, stream, frames, &events).await
                }
            };
            let _ = events.send((id, SocketEvent::Closed(cause))).await;
        });
        Self { outgoing, task: Some(task) }
    }

    /// Queues a frame; lost where the socket is gone, which `Closed` tells.
    pub fn send(&self, frame: SocketFrame) {
        let _ = self.outgoing.send(frame);
    }

    /// Sends what is queued, closes in order and lets the task end by itself (two seconds at most).
    pub fn close(mut self) {
        // Without its handle the task goes on; its queue ends with the sender.
        self.task = None;
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

/// Whether a websocket's server answers at `url`: a refusal of whoever has no token is an answer. Nothing stays open.
pub(crate) async fn knock(dialer: &Dialer, url: &url::Url) -> Result<(), SocketCause> {
    match tokio::time::timeout(OPEN_LIMIT, connect(dialer, url, None)).await {
        Err(_) => Err(SocketCause::Timeout),
        // What LiveKit says without a token (`server/pkg/service/rtcservice.go`).
        Ok(Ok(_) | Err(SocketCause::Status { status: 401, .. })) => Ok(()),
        Ok(Err(cause)) => Err(cause),
    }
}

type Socketed = WebSocketStream<Stream>;

async fn connect(dialer: &Dialer, url: &url::Url, bearer: Option<&Secret>) -> Result<Socketed, SocketCause> {
    let target = Target::of(url).ok_or(SocketCause::Nonsense)?;
    let mut request = url.as_str().into_client_request().map_err(|_| SocketCause::Nonsense)?;
    if let Some(bearer) = bearer {
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", bearer.reveal())).map_err(|_| SocketCause::Nonsense)?;
        value.set_sensitive(true);
        request.headers_mut().insert("Authorization", value);
    }
    let stream = dialer.dial(&target).await.map_err(|error| error.0)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE))
        .max_write_buffer_size(MOST_UNSENT);
    let (stream, _) = client_async_with_config(request, stream, Some(config)).await.map_err(of_error)?;
    Ok(stream)
}

async fn pump(
    id: SocketId,
    stream: Socketed,
    mut frames: mpsc::UnboundedReceiver<SocketFrame>,
    events: &mpsc::Sender<(SocketId, SocketEvent)>,
) -> SocketCause {
    let (mut sink, mut source) = stream.split();
    loop {
        tokio::select! {
            frame = frames.recv() => {
                let message = match frame {
                    Some(SocketFrame::Binary(data)) => Message::Binary(data),
                    Some(SocketFrame::Text(text)) => Message::Text(text.into()),
                    None => {
                        let _ = tokio::time::timeout(Duration::from_secs(2), sink.close()).await;
                        return SocketCause::Closed { code: None };
                    }
                };
                if let Err(error) = sink.send(message).await {
                    return of_error(error);
                }
            }
            message = source.next() => {
                let frame = match message {
                    None => return SocketCause::Reset,
                    Some(Err(error)) => return of_error(error),
                    Some(Ok(Message::Binary(data))) => SocketFrame::Binary(data),
                    Some(Ok(Message::Text(text))) => SocketFrame::Text(text.as_str().to_owned()),
                    Some(Ok(Message::Close(close))) => {
                        return SocketCause::Closed { code: close.map(|close| close.code.into()) };
                    }
                    Some(Ok(_)) => continue,
                };
                if events.send((id, SocketEvent::Frame(frame))).await.is_err() {
                    return SocketCause::Closed { code: None };
                }
            }
        }
    }
}

fn of_error(error: Error) -> SocketCause {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => SocketCause::Closed { code: None },
        Error::Io(error) => of_io_error(&error),
        Error::Http(response) => {
            let body: Bytes = response.body().clone().unwrap_or_default().into();
            let body = String::from_utf8_lossy(&body[..body.len().min(LARGEST_REFUSAL)]).into_owned();
            SocketCause::Status { status: response.status().as_u16(), body }
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake | ProtocolError::HandshakeIncomplete) => {
            SocketCause::Reset
        }
        Error::Capacity(CapacityError::TooManyHeaders | CapacityError::MessageTooLong { .. }) => SocketCause::Nonsense,
        _ => SocketCause::Nonsense,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::{Network, NetworkOptions, ProxyOptions};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    async fn cause_of(url: String) -> SocketCause {
        let (events, mut heard) = mpsc::channel(4);
        let url: url::Url = url.parse().expect("a url");
        let network = Network::new(NetworkOptions { proxy: ProxyOptions::Direct, ..Default::default() }, |_| None);
        let dialer = Dialer::new(network, url.host_str().expect("a host"));
        let _socket = Socket::open(dialer, SocketId(1), url, None, events);
        loop {
            if let (_, SocketEvent::Closed(cause)) = heard.recv().await.expect("an end") {
                return cause;
            }
        }
    }

    async fn answering(answer: &'static [u8]) -> SocketCause {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request).await;
            let _ = stream.write_all(answer).await;
        });
        cause_of(format!("ws://127.0.0.1:{port}/rtc")).await
    }

    #[tokio::test]
    async fn a_closed_port_is_a_refusal() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        drop(listener);
        assert_eq!(cause_of(format!("ws://127.0.0.1:{port}/")).await, SocketCause::Refused);
    }

    #[tokio::test]
    async fn a_name_that_is_nowhere_is_unknown() {
        assert_eq!(cause_of("ws://nowhere.invalid/".into()).await, SocketCause::NameUnknown);
    }

    #[tokio::test]
    async fn a_status_is_told_with_its_text() {
        let cause = answering(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 3\r\n\r\nno!").await;
        assert!(matches!(cause, SocketCause::Status { status: 401, .. }), "{cause:?}");
    }

    #[tokio::test]
    async fn another_protocol_is_nonsense() {
        assert_eq!(answering(b"SSH-2.0-OpenSSH_9.2\r\n").await, SocketCause::Nonsense);
    }

    #[tokio::test]
    async fn silence_and_an_end_is_a_reset() {
        assert_eq!(answering(b"").await, SocketCause::Reset);
    }
}
