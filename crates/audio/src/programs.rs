//! What other programs of this computer play, for who shares a screen or window with its sound.
//!
//! Never what this program plays itself: the others' voices would go back to them. Linux: PulseAudio, and PipeWire's door of the same name.
//! Elsewhere nothing is heard yet.

#[cfg(target_os = "linux")]
mod plan;
#[cfg(target_os = "linux")]
mod pulse;
#[cfg(target_os = "linux")]
mod queue;

use crate::device::Error;
use std::time::Duration;
use visavis_media::AudioBlock;

/// Whose sound is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All programs but this one, and what this one started.
    Others,
    /// The process of this id and what it started: browsers play in a child. Never this program.
    Process(u32),
}

/// Hears the programs that are wanted, those that begin to play later too. Needs no thread of its own: whoever holds it calls
/// [`Programs::listen`] again and again, and [`Programs::block`] every 10 ms.
pub struct Programs {
    #[cfg(target_os = "linux")]
    heard: pulse::Heard,
    #[cfg(not(target_os = "linux"))]
    never: std::convert::Infallible,
}

/// Whether this system lets us hear what programs play. Takes up to two seconds where the sound server hangs.
pub fn can_be_heard() -> bool {
    #[cfg(target_os = "linux")]
    {
        crate::device::pulse::Line::open().is_ok()
    }
    #[cfg(not(target_os = "linux"))]
    {
        false
    }
}

impl Programs {
    /// Begins to hear. Takes up to some seconds where the sound server hangs.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the system has no such thing, [`Error::Backend`] where its sound server fails.
    pub fn open(whose: Whose) -> Result<Self, Error> {
        #[cfg(target_os = "linux")]
        {
            Ok(Self { heard: pulse::Heard::open(whose)? })
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = whose;
            Err(Error::NotFound)
        }
    }

    /// Takes in what comes next, and waits for it at most `patience`.
    ///
    /// # Errors
    /// The sound server is gone, or makes no sense: open it again.
    pub fn listen(&mut self, patience: Duration) -> Result<(), Error> {
        #[cfg(target_os = "linux")]
        {
            self.heard.listen(patience)
        }
        #[cfg(not(target_os = "linux"))]
        {
            let _ = patience;
            match self.never {}
        }
    }

    /// The next 10 ms of all of them together; silence where none plays.
    ///
    /// Mono, like all sound in here: our own far ends play mono, and a browser decodes two channels only where its description of the
    /// session was rewritten for it. The sound server mixes the channels down.
    pub fn block(&mut self) -> AudioBlock {
        #[cfg(target_os = "linux")]
        {
            self.heard.block()
        }
        #[cfg(not(target_os = "linux"))]
        match self.never {}
    }

    /// Programs' streams that are heard now.
    pub fn count(&self) -> usize {
        #[cfg(target_os = "linux")]
        {
            self.heard.count()
        }
        #[cfg(not(target_os = "linux"))]
        match self.never {}
    }
}
