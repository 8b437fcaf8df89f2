//! How captions look, as each person reads them.

use crate::{CaptionColours, CaptionSize, CaptionTypeface};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How captions look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct CaptionLook {
    pub size: CaptionSize,
    /// Lines of whoever speaks last, from 1 to 4.
    pub lines: u8,
    pub colours: CaptionColours,
    pub typeface: CaptionTypeface,
    /// A screen reader speaks each finished caption; else it leaves the voice alone.
    pub spoken: bool,
}

impl Default for CaptionLook {
    fn default() -> Self {
        Self {
            size: CaptionSize::Normal,
            lines: 2,
            colours: CaptionColours::Stage,
            typeface: CaptionTypeface::Interface,
            spoken: false,
        }
    }
}
