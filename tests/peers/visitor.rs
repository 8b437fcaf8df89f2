//! Somebody who looks at pages and fills in forms, in Debian's Chromium, driven by `browser/visitor.mjs`; no meeting.

use super::browser::PROGRAMS;
use super::{Peer, PeerError};
use crate::process::Process;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Somebody with a browser of their own.
pub struct Visitor {
    peer: Peer,
}

impl Visitor {
    /// Starts a browser. Its log goes to `folder`.
    ///
    /// # Errors
    /// The browser peer's packages are not installed, or node cannot be started.
    pub fn start(name: &str, folder: &Path) -> Result<Self, PeerError> {
        let mut command = PROGRAMS.run(Command::new("node"), "visitor.mjs")?;
        Ok(Self { peer: Peer::new(Process::talk(name, &mut command, &folder.join(format!("{name}.log")))?) })
    }

    /// Opens a page: where that led.
    ///
    /// # Errors
    /// The page does not come.
    pub fn open(&mut self, url: &str) -> Result<String, PeerError> {
        self.place(&json!({ "do": "open", "url": url }))
    }

    /// Writes into the field with this id.
    ///
    /// # Errors
    /// There is no such field.
    pub fn write(&mut self, id: &str, text: &str) -> Result<(), PeerError> {
        self.act(&json!({ "do": "write", "into": format!("#{id}"), "text": text })).map(drop)
    }

    /// Presses the button with this id: where that led.
    ///
    /// # Errors
    /// There is no such button, or it leads nowhere.
    pub fn press(&mut self, id: &str) -> Result<String, PeerError> {
        self.place(&json!({ "do": "press", "on": format!("#{id}") }))
    }

    /// Waits until the page, which goes on by itself, is at an address that begins so.
    ///
    /// # Errors
    /// It does not get there.
    pub fn reach(&mut self, start: &str) -> Result<String, PeerError> {
        self.place(&json!({ "do": "reach", "start": start }))
    }

    /// Asks the server of the page that is open, as that page would: status and body.
    ///
    /// # Errors
    /// No answer comes.
    pub fn ask(&mut self, method: &str, path: &str, csrf: &str, body: &Value) -> Result<(u64, Value), PeerError> {
        let headers = if csrf.is_empty() { json!({}) } else { json!({ "X-CSRFToken": csrf }) };
        let command = json!({ "do": "ask", "method": method, "path": path, "headers": headers, "body": body });
        let mut answer = self.act(&command)?;
        Ok((answer["status"].as_u64().unwrap_or_default(), answer["body"].take()))
    }

    /// Every cookie of the browser, with its attributes.
    ///
    /// # Errors
    /// The browser fails.
    pub fn cookies(&mut self) -> Result<Vec<Value>, PeerError> {
        let mut answer = self.act(&json!({ "do": "cookies" }))?;
        Ok(answer["cookies"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// Deletes the cookies of these names.
    ///
    /// # Errors
    /// The browser fails.
    pub fn forget(&mut self, names: &[&str]) -> Result<(), PeerError> {
        self.act(&json!({ "do": "forget", "names": names })).map(drop)
    }

    fn place(&mut self, command: &Value) -> Result<String, PeerError> {
        let answer = self.act(command)?;
        Ok(answer["url"].as_str().unwrap_or_default().to_owned())
    }

    fn act(&mut self, command: &Value) -> Result<Value, PeerError> {
        let before = self.peer.seen().len();
        self.peer.command(command);
        self.peer.wait_after(before, "done", |_| true)
    }
}
