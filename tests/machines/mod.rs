//! Fresh systems to install on: Debian's own file systems, built once by debootstrap, and a new copy for each test.
//!
//! Needs root rights; what is mounted is mounted in a namespace of its own and gone with its command.

pub mod archive;
pub mod image;
pub mod root;
pub mod wine;

use crate::servers::ServerError;
use std::process::{Command, Stdio};

/// What building them needs.
pub const PACKAGES: &[&str] = &["debootstrap"];

/// Runs a shell script of the host, `$0` and on being `arguments`.
fn shell(what: &str, script: &str, arguments: &[&str]) -> Result<(), ServerError> {
    let output = Command::new("sh").args(["-ec", script]).args(arguments).stdin(Stdio::null()).output()?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(if output.stderr.is_empty() { &output.stdout } else { &output.stderr });
    let last: Vec<_> = words.trim().lines().rev().take(5).collect();
    Err(ServerError::Install { what: what.to_owned(), cause: last.into_iter().rev().collect::<Vec<_>>().join(" | ") })
}
