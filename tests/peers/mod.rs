//! Participants that are not us: a web participant, a native one, and our own application run as a process.

pub mod application;
pub mod browser;
pub mod crowd;
pub mod native;
pub mod visitor;

use crate::node::NodeError;
use crate::process::{Process, ProcessError};
use crate::wait::TimedOut;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};
use thiserror::Error;

/// How long a peer may take for one step: browsers start slowly on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Error)]
pub enum PeerError {
    #[error("{what} is not installed: cargo xtask setup")]
    NotInstalled { what: String },
    #[error("{what} could not be installed: {cause}")]
    Install { what: String, cause: String },
    #[error("{peer}: no {event} within {limit:?}; it said: {said}")]
    NoEvent { peer: String, event: String, limit: Duration, said: String },
    #[error("{peer} failed: {cause}")]
    Failed { peer: String, cause: String },
    #[error("{peer}: its report cannot be read: {cause}")]
    Report { peer: String, cause: String },
    #[error(transparent)]
    Node(#[from] NodeError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    TimedOut(#[from] TimedOut),
    #[error("input or output failed")]
    Io(#[from] std::io::Error),
}

/// A peer that tells its events as JSON lines and takes commands the same way (`browser/peer.mjs`, `native/peer.py`).
pub struct Peer {
    process: Process,
    seen: Vec<Value>,
}

impl Peer {
    pub(crate) fn new(process: Process) -> Self {
        Self { process, seen: Vec::new() }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Every event until now, oldest first.
    pub fn seen(&mut self) -> &[Value] {
        while let Some(line) = self.process.line(Duration::ZERO) {
            self.note(&line);
        }
        &self.seen
    }

    /// The first event of this name that `matches`, told already or yet to come.
    ///
    /// # Errors
    /// It does not come within [`PATIENCE`], or the peer fails first.
    pub fn wait(&mut self, event: &str, matches: impl Fn(&Value) -> bool) -> Result<Value, PeerError> {
        self.wait_after(0, event, matches)
    }

    /// As [`Self::wait`], without the first `skip` events.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn wait_after(
        &mut self,
        skip: usize,
        event: &str,
        matches: impl Fn(&Value) -> bool,
    ) -> Result<Value, PeerError> {
        let end = Instant::now() + PATIENCE;
        let mut next = skip;
        loop {
            while let Some(value) = self.seen.get(next) {
                next += 1;
                if value["event"] == event && matches(value) {
                    return Ok(value.clone());
                }
                if value["event"] == "failed" {
                    let cause = value["cause"].as_str().unwrap_or_default().to_owned();
                    return Err(PeerError::Failed { peer: self.process.name().to_owned(), cause });
                }
            }
            match self.process.line(end.saturating_duration_since(Instant::now())) {
                Some(line) => self.note(&line),
                None => {
                    let said = self.seen.iter().map(|value| value["event"].as_str().unwrap_or("?")).collect::<Vec<_>>();
                    return Err(PeerError::NoEvent {
                        peer: self.process.name().to_owned(),
                        event: event.to_owned(),
                        limit: PATIENCE,
                        said: format!("{}; log: {}", said.join(" "), self.process.log().display()),
                    });
                }
            }
        }
    }

    /// Waits until the peer is in the room and its tracks are published.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn joined(&mut self) -> Result<(), PeerError> {
        self.wait("published", |_| true).map(drop)
    }

    pub fn chat(&mut self, text: &str) {
        self.command(&json!({ "do": "chat", "text": text }));
    }

    /// Mutes or unmutes the peer's `microphone` or `camera`.
    pub fn mute(&mut self, source: &str, muted: bool) {
        self.command(&json!({ "do": "mute", "source": source, "muted": muted }));
    }

    /// Shares a screen of this size (a browser): a white page with a red bar that moves.
    pub fn share(&mut self, width: u32, height: u32) {
        self.command(&json!({ "do": "share", "width": width, "height": height, "fps": 15 }));
    }

    /// Shares a page of small text in two layers (a browser), with a blue field of 60 × 30 pixels in its middle.
    pub fn share_text(&mut self, width: u32, height: u32) {
        self.command(&json!({ "do": "share", "width": width, "height": height, "fps": 10, "text": true }));
    }

    pub fn unshare(&mut self) {
        self.command(&json!({ "do": "unshare" }));
    }

    /// Any other command of the peer.
    pub fn command(&mut self, command: &Value) {
        self.process.say(&command.to_string());
    }

    /// Saves what a browser shows of a track at this moment as PNG; `false`: nothing.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn look(&mut self, identity: &str, source: &str, file: &Path) -> Result<bool, PeerError> {
        let before = self.seen().len();
        self.command(&json!({ "do": "look", "identity": identity, "source": source, "file": file }));
        self.wait_after(before, "looked", |_| true).map(|event| event["found"] == true)
    }

    /// What the peer sees and hears at this moment.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn stats(&mut self) -> Result<Value, PeerError> {
        let before = self.seen().len();
        self.command(&json!({ "do": "report" }));
        self.wait_after(before, "stats", |_| true).map(|mut event| event["report"].take())
    }

    /// Leaves the room and gives the last report.
    ///
    /// # Errors
    /// As [`Self::wait`].
    pub fn leave(&mut self) -> Result<Value, PeerError> {
        self.command(&json!({ "do": "leave" }));
        let report = self.wait("report", |_| true).map(|mut event| event["report"].take())?;
        self.process.wait(PATIENCE)?;
        Ok(report)
    }

    fn note(&mut self, line: &str) {
        // A library's own words on the same pipe are no events.
        if let Ok(value) = serde_json::from_str::<Value>(line)
            && value.is_object()
        {
            self.seen.push(value);
        }
    }
}

/// The entry of one remote track in a peer's report.
pub fn remote<'a>(report: &'a Value, identity: &str, source: &str) -> Option<&'a Value> {
    // A track that was published again has one entry each: the last is the one that lives.
    report["remote"].as_array()?.iter().rfind(|entry| entry["identity"] == identity && entry["source"] == source)
}
