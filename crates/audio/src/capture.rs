//! Where the own sound comes from: a microphone, test tones, a file.

mod file;
mod microphone;
mod synthetic;

pub use crate::device::{Error, Event};
pub use file::{FileError, MOST_FILE_BYTES, MOST_FILE_SECONDS, WavFile};
pub use microphone::{BlockReader, Capture, RING_MILLIS};
pub use synthetic::Synthetic;

use visavis_media::AudioBlock;

/// Something that gives blocks of sound to the audio thread. Never waits, never allocates.
pub trait Source: Send {
    /// The next 10 ms, or `None` where there is nothing yet.
    fn next_block(&mut self) -> Option<AudioBlock>;

    /// How many blocks to read on this 10 ms tick: what a device has recorded; always one where nothing but the tick
    /// paces the source.
    fn due(&self) -> usize;
}
