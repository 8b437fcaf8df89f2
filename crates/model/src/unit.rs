//! Units and the terms of the field.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Picture size in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    pub const fn new(width: u32, height: u32) -> Self {
        Self { width, height }
    }

    /// Width times height, in pixels.
    pub const fn area(self) -> u64 {
        self.width as u64 * self.height as u64
    }

    /// True where either side is zero.
    pub const fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}x{}", self.width, self.height)
    }
}

/// A rate in bits per second of payload, without RTP, UDP and IP headers unless said otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(export)]
pub struct BitsPerSecond(#[ts(type = "number")] pub u64);

impl BitsPerSecond {
    pub const fn from_kilobits(kilobits: u64) -> Self {
        Self(kilobits * 1000)
    }
}

/// Pictures per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd, Serialize, Deserialize, TS)]
#[serde(transparent)]
#[ts(export)]
pub struct Fps(pub f32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MediaKind {
    Audio,
    Video,
}

/// What a track shows or plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum TrackSource {
    Microphone,
    Camera,
    ScreenShare,
    ScreenShareAudio,
    Unknown,
}

impl TrackSource {
    pub const fn kind(self) -> MediaKind {
        match self {
            Self::Microphone | Self::ScreenShareAudio => MediaKind::Audio,
            Self::Camera | Self::ScreenShare | Self::Unknown => MediaKind::Video,
        }
    }
}

/// A codec that we send or receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Codec {
    Opus,
    /// RFC 2198 redundancy around Opus.
    Red,
    H264,
    Vp8,
    Vp9,
    Av1,
}

/// A simulcast layer's rank (LiveKit `VideoQuality`): low is `q`, medium `h`, high `f`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Quality {
    Low,
    Medium,
    High,
}

impl Quality {
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The RTP stream id (RFC 8851) under which the layer is sent.
    pub const fn rid(self) -> &'static str {
        match self {
            Self::Low => "q",
            Self::Medium => "h",
            Self::High => "f",
        }
    }

    pub fn from_rid(rid: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.rid() == rid)
    }

    pub const fn index(self) -> usize {
        self as usize
    }
}

/// One simulcast encoding; an ordered set, lowest first, is a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    pub quality: Quality,
    pub size: Size,
    pub max_bitrate: BitsPerSecond,
    pub max_fps: Fps,
}
