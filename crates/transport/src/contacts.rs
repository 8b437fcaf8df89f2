//! Who decides what a peer connection may contact, and opens what it contacts over TCP.

use std::fmt::Debug;
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// The engine's one place that opens sockets, as peer connections see it.
///
/// Candidates of the far end are judged before they come here; UDP sockets are the peer connection's own, bound as
/// [`crate::BindPolicy`] says.
#[async_trait::async_trait]
pub trait Contacts: Debug + Send + Sync {
    /// The addresses of a STUN or TURN server. Errors: it may not be contacted, or nobody knows its name.
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>>;

    /// A connection to an SFU's ICE-TCP candidate.
    async fn connect(&self, remote: SocketAddr) -> io::Result<TcpStream>;
}

/// No names, and any address: for tests of peer connections between themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyAddress;

#[async_trait::async_trait]
impl Contacts for AnyAddress {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let address = host.parse().map_err(|_| io::Error::from(io::ErrorKind::PermissionDenied))?;
        Ok(vec![SocketAddr::new(address, port)])
    }

    async fn connect(&self, remote: SocketAddr) -> io::Result<TcpStream> {
        TcpStream::connect(remote).await
    }
}
