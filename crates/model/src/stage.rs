//! The page's one message about pixels.

use crate::{Fps, Size, TrackId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A rectangle in device pixels of the window's page, origin top left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: u32,
    pub height: u32,
}

impl Rect {
    pub const fn size(self) -> Size {
        Size::new(self.width, self.height)
    }
}

/// How a picture meets its tile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Fit {
    /// Fill the tile, cut what is over.
    #[default]
    Cover,
    /// Show all of the picture.
    Contain,
}

/// The part of a picture that is shown, in 65536ths of its sides: the same whatever layer of it is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Part {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

impl Part {
    /// A whole side.
    pub const WHOLE: u32 = 1 << 16;
}

/// Where one track is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Tile {
    pub track: TrackId,
    pub rect: Rect,
    #[serde(default)]
    pub fit: Fit,
    /// Own picture only: left and right swapped for the eye of its owner.
    #[serde(default)]
    pub mirrored: bool,
    /// Corner radius in device pixels.
    #[serde(default)]
    pub radius: u32,
    /// Drawn under the page's veil (a person who reconnects): the last picture stays, dimmed.
    #[serde(default)]
    pub veiled: bool,
    /// Hands that speak: full frame rate whatever the tile's size, and kept longest where the network is short.
    #[serde(default)]
    pub smooth: bool,
    /// A picture that is looked at closely: this part of it fills `rect`, whatever `fit` says. `None`: all of it is shown.
    #[serde(default)]
    pub part: Option<Part>,
}

/// What the page shows of video: sets the rectangles of the presenter *and* the demand of every track.
///
/// `tiles` in painting order; `covers` are the rectangles of everything that the page draws over video
/// (name plates, flags, menus, dialogs, focus rings), around which an `above` presenter paints.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct StageLayout {
    pub tiles: Vec<Tile>,
    pub covers: Vec<Rect>,
    /// Device pixels per CSS pixel, times 1000.
    pub scale_milli: u32,
}

/// What is wanted of one remote video track; `size` of zero area means: nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoDemand {
    pub size: Size,
    pub fps: Fps,
    /// Higher is kept longer when the network is short.
    pub priority: u8,
}

impl VideoDemand {
    pub const NOTHING: Self = Self { size: Size::new(0, 0), fps: Fps(0.0), priority: 0 };
}
