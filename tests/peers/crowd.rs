//! Many quiet participants in one process (`crates/transport/examples/crowd.rs`): they are in the room, and nothing else.

use super::{Peer, PeerError};
use crate::places;
use crate::process::Process;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the release build of the example lies.
pub fn program() -> PathBuf {
    places::target().join("release/examples/crowd")
}

/// Everybody who holds one of `tokens` comes in; `published` is told of each who is there. Their log goes to `folder`.
///
/// # Errors
/// The example is not built.
pub fn join(name: &str, folder: &Path, url: &str, tokens: &[String]) -> Result<Peer, PeerError> {
    let mut command = Command::new(program());
    command.arg(url);
    let mut peer = Peer::new(Process::talk(name, &mut command, &folder.join(format!("{name}.log")))?);
    peer.command(&json!({ "tokens": tokens }));
    Ok(peer)
}
