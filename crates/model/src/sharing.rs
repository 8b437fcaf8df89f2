//! Sharing of an own screen or window: what could be shared, and what is.

use crate::{ScreenId, Size};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is shared: all of a screen, or one window whatever covers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ScreenKind {
    #[default]
    Screen,
    Window,
}

/// Something that could be shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ScreenSource {
    pub id: ScreenId,
    pub kind: ScreenKind,
    /// The window's title, which may be empty, or what the system calls the screen.
    pub title: String,
    pub size: Size,
    /// It is, or shows, a window of ours.
    pub own: bool,
    /// A small picture as a `data:` address, where it could be taken.
    pub thumbnail: Option<String>,
    /// Of a window: the process that says it is its own, where one does. By it its sound is known.
    pub process: Option<u32>,
}

/// Whether what programs play can go along with what is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum SoundOffer {
    /// Not looked at so far.
    #[default]
    Unknown,
    Possible,
    /// This system does not let us hear it.
    Unavailable,
    /// The organisation does not allow it.
    Forbidden,
}

/// Whether others hear what is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ShareSound {
    /// They cannot: it may not, or the system does not give it, or nobody knows which sound is this window's.
    #[default]
    Impossible,
    Off,
    On,
}

/// What matters where not everything can be sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ShareMode {
    /// Decided by how much of the picture changes, again and again.
    #[default]
    Automatic,
    /// Text stays sharp; pictures come less often.
    Detail,
    /// Movement stays smooth; pictures may be softer.
    Motion,
}

/// Which source is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case", tag = "kind", content = "value")]
#[ts(export)]
pub enum ShareChoice {
    Source(ScreenId),
    /// The main screen. Where the system asks (`SharingView::system_asks`), any screen.
    MainScreen,
    /// The first window whose title holds this text. Where the system asks (`SharingView::system_asks`), any window.
    WindowTitled(String),
    /// What the person chooses in the system's own dialog.
    Asked,
}

/// What could be shared, and what is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SharingView {
    /// The system's own dialog asks what to share (`ShareChoice::Asked`): there is no list of sources.
    pub system_asks: bool,
    /// This computer lets us look at its screens. False until the first look.
    pub possible: bool,
    /// Sources were looked for at least once since the picker opened.
    pub looked: bool,
    /// Windows only, the organisation says.
    pub windows_only: bool,
    pub sound: SoundOffer,
    pub sources: Vec<ScreenSource>,
    pub active: Option<ShareView>,
}

/// What is being shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ShareView {
    pub kind: ScreenKind,
    pub title: String,
    /// It is, or shows, a window of ours.
    pub own: bool,
    pub mode: ShareMode,
    /// What `Automatic` has come to: movement.
    pub moving: bool,
    /// Others see the last picture, because the person wants it so.
    pub paused: bool,
    /// Others see the last picture, because the window is minimised or on another workspace.
    pub hidden: bool,
    /// What it plays goes along; silent while paused.
    pub sound: ShareSound,
    /// Of the pictures that are sent; `None` before the first one.
    pub size: Option<Size>,
    /// The server has it.
    pub published: bool,
    /// People whose client takes the pictures, as far as the server tells: everybody else, or nobody.
    pub seen_by: u32,
}
