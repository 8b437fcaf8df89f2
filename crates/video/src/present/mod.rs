//! Who shows pictures. The overlay and the canvas live in `src-tauri`; here is the trait and the one that only counts.

mod counter;

pub use counter::Counter;

use crate::stage::{Form, Picture};
use visavis_media::MediaTime;
use visavis_model::{StageLayout, TrackId};

/// Shows the pictures of [`crate::stage::Stage`].
pub trait Presenter: Send {
    /// What the pixels of its pictures should be.
    fn form(&self) -> Form;

    /// The page changed: where tiles are, and what lies over them. Comes before the pictures of that layout.
    fn set_layout(&mut self, layout: &StageLayout);

    /// Shows one picture now.
    fn present(&mut self, picture: &Picture, now: MediaTime);

    /// All pictures of one display tick were presented: the moment to draw or send them together.
    fn flush(&mut self, _now: MediaTime) {}

    /// The track is over or its picture is off: nothing of it may stay on the screen.
    fn clear(&mut self, track: &TrackId);
}
