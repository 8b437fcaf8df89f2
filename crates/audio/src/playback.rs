//! Where the others' sound goes: a loudspeaker, or nowhere.

mod chime;
mod loudspeaker;

pub use crate::device::{Error, Event};
pub use chime::{Chime, ChimeQueue};
pub use loudspeaker::{BlockWriter, FIRST_FILL_MILLIS, MOST_FILL_MILLIS, Playback, RING_MILLIS};

use std::time::Duration;
use visavis_media::AudioBlock;

/// Something that takes blocks of sound from the audio thread. Never waits, never allocates.
pub trait Sink: Send {
    /// How many blocks to write on this 10 ms tick.
    fn due(&self) -> usize;

    /// Takes 10 ms. What finds no room is dropped and counted.
    fn write(&mut self, block: &AudioBlock);

    /// Sound that was written and is not yet with the device.
    fn buffered(&self) -> Duration;
}

/// No loudspeaker: takes one block a tick and forgets it, so that a call without a sound card runs like any other.
#[derive(Clone, Copy, Debug, Default)]
pub struct Null;

impl Sink for Null {
    fn due(&self) -> usize {
        1
    }

    fn write(&mut self, _: &AudioBlock) {}

    fn buffered(&self) -> Duration {
        Duration::ZERO
    }
}
