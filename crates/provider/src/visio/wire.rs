//! What the server's answers mean. Everything may be missing: other versions say less, or more.

use super::reply::{exact, flag, text};
use crate::Secret;
use crate::cookies::is_loopback;
use serde_json::Value;
use std::time::Duration;
use url::Url;
use visavis_model::{AccessLevel, RecordingMode, RoomSettings, TrackSource};

/// Longest token, id and url taken from the server, in bytes.
const LONGEST_TOKEN: usize = 16 * 1024;
const LONGEST_ID: usize = 128;
const LONGEST_URL: usize = 2048;
/// Entries of a list that are looked at.
const MOST: usize = 32;

/// What the server can do (`config/`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) phone: Option<String>,
    pub(super) captions: bool,
    pub(super) recording_modes: Vec<RecordingMode>,
    pub(super) force_wss: bool,
    /// How long somebody may be alone before they are asked whether they stay.
    pub(super) alone_after: Option<Duration>,
    /// In a meeting of more people one comes in with the microphone off.
    pub(super) mute_from: Option<u32>,
}

impl Config {
    pub(super) fn read(value: &Value) -> Self {
        let telephony = value.get("telephony").filter(|_| flag(value, &["telephony", "enabled"]) == Some(true));
        let recording = value.get("recording").filter(|_| flag(value, &["recording", "is_enabled"]) == Some(true));
        let modes = recording.and_then(|recording| recording.get("available_modes")).and_then(Value::as_array);
        Self {
            phone: telephony.and_then(|telephony| text(telephony, "international_phone_number")),
            captions: flag(value, &["subtitle", "enabled"]).unwrap_or(false),
            recording_modes: modes.into_iter().flatten().take(MOST).filter_map(recording_mode).collect(),
            force_wss: flag(value, &["livekit", "force_wss_protocol"]).unwrap_or(false),
            alone_after: value
                .get("idle_disconnect_warning_delay")
                .and_then(Value::as_u64)
                .filter(|delay| *delay > 0)
                .map(Duration::from_millis),
            mute_from: value
                .get("auto_mute_on_join_threshold")
                .and_then(Value::as_u64)
                .and_then(|people| u32::try_from(people).ok()),
        }
    }
}

/// A room (`rooms/{slug}/`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Room {
    /// `None`: a room that nobody has registered.
    pub(super) id: Option<String>,
    pub(super) slug: Option<String>,
    pub(super) name: Option<String>,
    pub(super) settings: RoomSettings,
    pub(super) pin: Option<String>,
    /// Present where we may go in.
    pub(super) pass: Option<Pass>,
}

impl Room {
    /// `None` where the object is no room.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let slug = exact(value, "slug", LONGEST_ID);
        let id = exact(value, "id", LONGEST_ID);
        if slug.is_none() && id.is_none() {
            return None;
        }
        let pin = text(value, "pin_code").filter(|pin| pin.bytes().all(|c| c.is_ascii_digit()) && pin.len() <= 32);
        let pass = value.get("livekit").and_then(Pass::read);
        Some(Self { id, slug, name: text(value, "name"), settings: settings(value), pin, pass })
    }
}

/// What opens the SFU's door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pass {
    pub(super) url: Url,
    /// The id under which moderation knows the room.
    pub(super) room: String,
    pub(super) token: Secret,
}

impl Pass {
    pub(super) fn read(value: &Value) -> Option<Self> {
        let url = Url::parse(&exact(value, "url", LONGEST_URL)?).ok()?;
        Some(Self { url, room: exact(value, "room", 256)?, token: Secret::new(exact(value, "token", LONGEST_TOKEN)?) })
    }

    /// Where its socket is opened. `None` where the server names what it may not: a user, another scheme, this machine
    /// for everybody else's.
    pub(super) fn socket(&self, base: &Url, force_wss: bool) -> Option<Url> {
        socket(&self.url, base, force_wss)
    }
}

fn socket(named: &Url, base: &Url, force_wss: bool) -> Option<Url> {
    let encrypted = match named.scheme() {
        "wss" | "https" => true,
        "ws" | "http" => false,
        _ => return None,
    };
    let here = is_loopback(named);
    if (here && !is_loopback(base)) || !named.username().is_empty() || named.password().is_some() {
        return None;
    }
    let scheme = if encrypted || force_wss || !here { "wss" } else { "ws" };
    let rest = named.as_str().split_once("://")?.1;
    let mut url = Url::parse(&format!("{scheme}://{rest}")).ok()?;
    url.set_query(None);
    url.set_fragment(None);
    url.host()?;
    Some(url)
}

/// Where the configuration (`config/`) says that the media server is; `None` where it does not, or as in [`Pass::socket`].
pub(super) fn announced_socket(config: &Value, base: &Url) -> Option<Url> {
    let named = Url::parse(&exact(config.get("livekit")?, "url", LONGEST_URL)?).ok()?;
    socket(&named, base, flag(config, &["livekit", "force_wss_protocol"]).unwrap_or(false))
}

/// An answer at the door (`request-entry/`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Or whatever a newer server calls it, as long as it is no end.
    Waiting,
    Accepted(Box<Pass>),
    Denied,
}

impl Entry {
    /// `None` where the object is no answer of the door.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let status = value.get("status")?.as_str()?;
        Some(match (status, value.get("livekit").and_then(Pass::read)) {
            ("denied", _) => Self::Denied,
            // Let in, with a pass that opens nothing: waiting would be for ever.
            ("accepted", None) => return None,
            (_, Some(pass)) => Self::Accepted(Box::new(pass)),
            _ => Self::Waiting,
        })
    }
}

/// `access_level` and `configuration` of a room, or of its metadata.
pub(super) fn settings(value: &Value) -> RoomSettings {
    let configuration = value.get("configuration");
    let sources = configuration.and_then(|configuration| configuration.get("can_publish_sources"));
    let can_mute = configuration.and_then(|configuration| flag(configuration, &["everyone_can_mute"]));
    RoomSettings {
        access: value.get("access_level").and_then(access_level),
        sources: sources.and_then(Value::as_array).map(|list| {
            let mut sources: Vec<_> = list.iter().take(MOST).filter_map(source).collect();
            sources.sort_unstable();
            sources.dedup();
            sources
        }),
        // The server's own default.
        everyone_can_mute: can_mute.unwrap_or(true),
    }
}

fn access_level(value: &Value) -> Option<AccessLevel> {
    match value.as_str()? {
        "public" => Some(AccessLevel::Public),
        "trusted" => Some(AccessLevel::Trusted),
        "restricted" => Some(AccessLevel::Restricted),
        _ => None,
    }
}

pub(super) const fn access_name(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::Public => "public",
        AccessLevel::Trusted => "trusted",
        AccessLevel::Restricted => "restricted",
    }
}

fn source(value: &Value) -> Option<TrackSource> {
    let name = value.as_str()?;
    let all = [TrackSource::Microphone, TrackSource::Camera, TrackSource::ScreenShare, TrackSource::ScreenShareAudio];
    all.into_iter().find(|source| source_name(*source) == Some(name))
}

/// `None`: no source that a server knows.
pub(super) const fn source_name(source: TrackSource) -> Option<&'static str> {
    Some(match source {
        TrackSource::Microphone => "microphone",
        TrackSource::Camera => "camera",
        TrackSource::ScreenShare => "screen_share",
        TrackSource::ScreenShareAudio => "screen_share_audio",
        TrackSource::Unknown => return None,
    })
}

pub(super) fn source_names(sources: &[TrackSource]) -> Vec<&'static str> {
    sources.iter().filter_map(|source| source_name(*source)).collect()
}

pub(super) fn recording_mode(value: &Value) -> Option<RecordingMode> {
    match value.as_str()? {
        "screen_recording" => Some(RecordingMode::Screen),
        "transcript" => Some(RecordingMode::Transcript),
        _ => None,
    }
}

pub(super) const fn recording_name(mode: RecordingMode) -> &'static str {
    match mode {
        RecordingMode::Screen => "screen_recording",
        RecordingMode::Transcript => "transcript",
    }
}
