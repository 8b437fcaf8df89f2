//! A connection, whatever lies beneath: TCP, TLS, or either within a proxy's tunnel.

use hyper_util::client::legacy::connect::{Connected, Connection};
use tokio::io::{AsyncRead, AsyncWrite};

/// What every layer is for the next one.
pub(crate) trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// An open connection.
pub(crate) type Stream = Box<dyn Io>;

/// Never "proxied": a tunnel is an end to end connection for HTTP.
impl Connection for Stream {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}
