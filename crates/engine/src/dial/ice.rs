//! What peer connections contact: names of STUN and TURN servers, and SFUs over TCP.

use super::{Dialer, IcePolicy, race};
use std::io;
use std::net::SocketAddr;
use tokio::net::TcpStream;
use visavis_provider::SocketCause;
use visavis_transport::Contacts;

#[async_trait::async_trait]
impl Contacts for Dialer {
    async fn resolve(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let gate = self.gate();
        if let Ok(address) = host.parse() {
            // Let in with its url; it names nobody else. The policy may have changed since.
            let may = gate.is_reachable(address) && self.network.options().allowed.allows_at(host, port);
            return if may { Ok(vec![(address, port).into()]) } else { refused() };
        }
        if !gate.allows_name(host, port, &self.network.options().allowed) {
            return refused();
        }
        race::resolve(host, port).await.map_err(|_| io::ErrorKind::NotFound.into())
    }

    async fn connect(&self, remote: SocketAddr) -> io::Result<TcpStream> {
        // Where media go over a relay alone, the crate dials the SFU all the same.
        if !self.gate().is_reachable(remote.ip()) || self.network.options().ice == IcePolicy::Relay {
            return refused();
        }
        // No proxy: one lets TLS through, to port 443, and an SFU's ICE-TCP is neither.
        race::connect_any(vec![remote]).await.map_err(|error| match error.0 {
            SocketCause::Refused => io::ErrorKind::ConnectionRefused.into(),
            _ => io::ErrorKind::HostUnreachable.into(),
        })
    }
}

fn refused<T>() -> io::Result<T> {
    tracing::warn!("media that neither the link nor the policy allows are not contacted");
    Err(io::ErrorKind::PermissionDenied.into())
}
