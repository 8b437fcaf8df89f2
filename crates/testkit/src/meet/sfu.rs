//! What Meet asks of the SFU: LiveKit's `RoomService`, as its administrator.

use serde_json::{Value, json};
use thiserror::Error;

/// Why the SFU did not do it.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SfuError {
    #[error("there is no such room or participant")]
    NotFound,
    #[error("the SFU was not reached or refused")]
    Failed,
}

/// The way to the SFU.
pub trait Sfu {
    /// Calls `method` of the `RoomService` about `room` (Twirp, JSON), and gives its answer.
    ///
    /// # Errors
    /// As the SFU says.
    fn call(&mut self, method: &str, room: &str, body: Value) -> Result<Value, SfuError>;
}

/// The claims of an administrator of `room`.
pub fn admin_claims(key: &str, room: &str, unix_seconds: u64) -> Value {
    json!({
        "iss": key,
        "sub": "meet",
        "nbf": unix_seconds.saturating_sub(60),
        "exp": unix_seconds + 600,
        "video": { "room": room, "roomAdmin": true, "roomCreate": true, "roomList": true },
    })
}

/// A track source as `RoomService` spells it.
pub(super) fn source_name(source: &str) -> String {
    source.to_ascii_uppercase()
}
