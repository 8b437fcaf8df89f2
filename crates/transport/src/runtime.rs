//! The sockets of the crate's peer connections, where its own choice costs quality.

mod batch;
mod flight;
mod plain;
mod socket;

use crate::contacts::Contacts;
use plain::PlainSocket;
use socket::{Handshake, RepeatingSocket};
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpStream;
use webrtc::runtime::{
    AsyncInterval, AsyncTcpListener, AsyncTcpStream, AsyncUdpSocket, JoinHandle, Runtime, TokioRuntime,
};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Tokio, with TCP that sends at once and UDP that repeats what is lost of a handshake.
///
/// The crate leaves Nagle's algorithm on: against delayed acknowledgements every short packet then waits 40 ms, which the far
/// end's reports tell as a queue, and the bandwidth estimate does not climb (RFC 6544 §10.1 wants it off).
///
/// For one peer connection.
#[derive(Debug)]
pub(crate) struct PromptRuntime {
    tokio: TokioRuntime,
    handshake: Arc<Mutex<Handshake>>,
    contacts: Arc<dyn Contacts>,
}

impl PromptRuntime {
    pub fn new(contacts: Arc<dyn Contacts>) -> Self {
        Self { tokio: TokioRuntime, handshake: Arc::default(), contacts }
    }
}

impl Runtime for PromptRuntime {
    fn spawn(&self, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.tokio.spawn(future)
    }

    fn spawn_reactor(&self, pool: usize, future: Boxed<'static, ()>) -> Box<dyn JoinHandle> {
        self.tokio.spawn_reactor(pool, future)
    }

    fn wrap_udp_socket(&self, socket: std::net::UdpSocket) -> io::Result<Arc<dyn AsyncUdpSocket>> {
        let spare = socket.try_clone()?;
        let inner = match self.tokio.wrap_udp_socket(socket) {
            Ok(inner) => inner,
            Err(error) => {
                tracing::debug!(%error, "a plain socket has to do");
                Arc::new(PlainSocket::new(spare)?)
            }
        };
        Ok(Arc::new(RepeatingSocket::new(inner, Arc::clone(&self.handshake))))
    }

    fn wrap_tcp_listener(&self, listener: std::net::TcpListener) -> io::Result<Arc<dyn AsyncTcpListener>> {
        self.tokio.wrap_tcp_listener(listener)
    }

    fn connect_tcp<'a>(&'a self, remote: SocketAddr) -> Boxed<'a, io::Result<Arc<dyn AsyncTcpStream>>> {
        Box::pin(async move {
            Ok(Arc::new(PromptStream::new(self.contacts.connect(remote).await?)?) as Arc<dyn AsyncTcpStream>)
        })
    }

    fn resolve_host<'a>(&'a self, host: &'a str) -> Boxed<'a, io::Result<Vec<SocketAddr>>> {
        // `host:port`; an IPv6 address has brackets, or (in the crate's TURN client) none.
        Box::pin(async move {
            let (host, port) = host.rsplit_once(':').ok_or(io::ErrorKind::InvalidInput)?;
            let port = port.parse().map_err(|_| io::ErrorKind::InvalidInput)?;
            self.contacts.resolve(host.trim_start_matches('[').trim_end_matches(']'), port).await
        })
    }

    fn sleep(&self, duration: Duration) -> Boxed<'static, ()> {
        self.tokio.sleep(duration)
    }

    fn interval(&self, period: Duration) -> Box<dyn AsyncInterval> {
        self.tokio.interval(period)
    }

    fn block_on(&self, future: Pin<Box<dyn Future<Output = ()> + '_>>) {
        self.tokio.block_on(future);
    }

    fn yield_now(&self) -> Boxed<'static, ()> {
        self.tokio.yield_now()
    }

    fn name(&self) -> &'static str {
        self.tokio.name()
    }
}

#[derive(Debug)]
struct PromptStream {
    stream: TcpStream,
    /// Kept: the operating system no longer tells them once the connection is gone.
    local: SocketAddr,
    remote: SocketAddr,
}

impl PromptStream {
    fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let (local, remote) = (stream.local_addr()?, stream.peer_addr()?);
        Ok(Self { stream, local, remote })
    }
}

impl AsyncTcpStream for PromptStream {
    fn read<'a, 'b>(&'a self, buffer: &'b mut [u8]) -> Boxed<'b, io::Result<usize>>
    where
        'a: 'b,
    {
        Box::pin(async move {
            loop {
                self.stream.readable().await?;
                match self.stream.try_read(buffer) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    result => return result,
                }
            }
        })
    }

    fn write_all<'a, 'b>(&'a self, mut rest: &'b [u8]) -> Boxed<'b, io::Result<()>>
    where
        'a: 'b,
    {
        Box::pin(async move {
            while !rest.is_empty() {
                self.stream.writable().await?;
                match self.stream.try_write(rest) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(())
        })
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.local)
    }

    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.remote)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::AnyAddress;

    #[tokio::test]
    async fn what_is_written_leaves_at_once_and_arrives_whole() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let runtime = PromptRuntime::new(Arc::new(AnyAddress));
        let (near, far) = tokio::join!(runtime.connect_tcp(address), listener.accept());
        let (near, far) = (near.unwrap(), far.unwrap().0);
        assert_eq!((near.local_addr().unwrap(), near.peer_addr().unwrap()), (far.peer_addr().unwrap(), address));
        // More than the kernel holds: the writer waits for the reader and goes on.
        let sent: Vec<u8> = (0..8_000_000u32).map(|n| (n % 251) as u8).collect();
        let read = async {
            let mut received = Vec::new();
            let mut buffer = [0; 65_536];
            while received.len() < sent.len() {
                far.readable().await.unwrap();
                match far.try_read(&mut buffer) {
                    Ok(count) => received.extend_from_slice(&buffer[..count]),
                    Err(error) => assert_eq!(error.kind(), io::ErrorKind::WouldBlock),
                }
            }
            received
        };
        let (written, received) = tokio::join!(near.write_all(&sent), read);
        written.unwrap();
        assert!(received == sent);
        drop(far);
        let mut buffer = [0; 16];
        assert!(matches!(near.read(&mut buffer).await, Ok(0) | Err(_)));
    }

    #[tokio::test]
    async fn nagle_is_off() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        assert!(PromptStream::new(stream).unwrap().stream.nodelay().unwrap());
    }

    #[tokio::test]
    async fn names_are_the_contacts_business() {
        let runtime = PromptRuntime::new(Arc::new(AnyAddress));
        let expected: [SocketAddr; 1] = ["[::1]:3478".parse().unwrap()];
        assert_eq!(runtime.resolve_host("[::1]:3478").await.unwrap(), expected);
        assert_eq!(runtime.resolve_host("::1:3478").await.unwrap(), expected);
        assert!(runtime.resolve_host("localhost:3478").await.is_err() && runtime.resolve_host("x").await.is_err());
    }
}
