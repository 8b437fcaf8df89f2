//! How the server is set up.

use super::openid::OpenId;
use std::time::Duration;

/// What answers when somebody asks for a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorder {
    /// None: the refusal (502) comes after this time. A real Meet takes 22 s.
    Absent(Duration),
    /// One that begins at once, and records nothing.
    Begins,
}

/// What stands where the API should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// The API.
    Api,
    /// Some page for everything, as a captive portal or a wrong address gives.
    Page,
    /// A proxy whose server is away: 502 and a page.
    Away,
}

/// How the server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it is reached, without a final slash: `http://127.0.0.1:8000`.
    pub base: String,
    /// Where the SFU is reached, as Meet tells it: `http://…`.
    pub livekit: String,
    /// What the SFU knows Meet by.
    pub key: String,
    pub secret: String,
    pub recorder: Recorder,
    pub mail: bool,
    pub front: Front,
    /// Where it is reached now, without a final slash: whatever comes by another address is sent there.
    pub moved: Option<String>,
    /// Questions at the door that one cookie has in a minute.
    pub entries_a_minute: usize,
    /// Where people sign in; `None`: nowhere.
    pub openid: Option<OpenId>,
    /// Whether its page tries to sign people in without asking them.
    pub silent_sign_in: bool,
}

impl Settings {
    /// A Meet in front of an SFU, with 150 questions a minute, no recorder, no mail and nowhere to sign in.
    pub fn new(base: &str, livekit: &str, key: &str, secret: &str) -> Self {
        Self {
            base: base.into(),
            livekit: livekit.into(),
            key: key.into(),
            secret: secret.into(),
            recorder: Recorder::Absent(Duration::from_secs(22)),
            mail: false,
            front: Front::Api,
            moved: None,
            entries_a_minute: 150,
            openid: None,
            silent_sign_in: false,
        }
    }
}
