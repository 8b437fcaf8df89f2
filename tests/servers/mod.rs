//! The real servers and the machine's stand-ins for a screen and a sound card; one module each.

pub mod authority;
pub mod broken;
pub mod camera_machine;
pub mod capture;
pub mod corporate;
pub mod livekit;
pub mod meet;
pub mod namespace;
pub mod openid;
pub mod proxy;
pub mod pulse;
pub mod radicale;
pub mod squid;
pub mod wayland;
pub mod xvfb;

use crate::node::NodeError;
use crate::process::ProcessError;
use crate::wait::TimedOut;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum ServerError {
    #[error("{what} is not installed: cargo xtask setup")]
    NotInstalled { what: String },
    #[error("{what} could not be installed: {cause}")]
    Install { what: String, cause: String },
    #[error("{what} did not start; its last words: {words}")]
    Start { what: String, words: String },
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    #[error("input or output failed")]
    Io(#[from] std::io::Error),
}

/// Whether a program listens on this TCP port of loopback.
///
/// A connection that reached itself (RFC 9293 §3.5: the port that asks may be the very one that is asked) is none.
#[must_use]
pub fn listens(port: u16) -> bool {
    let stream = std::net::TcpStream::connect(("127.0.0.1", port));
    stream.and_then(|stream| Ok(stream.local_addr()? != stream.peer_addr()?)).unwrap_or(false)
}

/// A TCP port of loopback that nothing listens on now.
///
/// # Errors
/// The machine has none left.
pub fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
