//! An open stream of whichever sound system.

#[cfg(target_os = "linux")]
use super::pulse;

/// An open stream; dropping it closes it, and waits for nobody.
pub(crate) enum Stream {
    Cpal(Option<cpal::Stream>),
    #[cfg(target_os = "linux")]
    Pulse {
        _open: pulse::Stream,
    },
}

impl Stream {
    /// Whether it counted as open only once sound came or went: at the sound server alone.
    pub const fn has_begun(&self) -> bool {
        match self {
            Self::Cpal(_) => false,
            #[cfg(target_os = "linux")]
            Self::Pulse { .. } => true,
        }
    }
}

impl From<cpal::Stream> for Stream {
    fn from(stream: cpal::Stream) -> Self {
        Self::Cpal(Some(stream))
    }
}

#[cfg(target_os = "linux")]
impl From<pulse::Stream> for Stream {
    fn from(stream: pulse::Stream) -> Self {
        Self::Pulse { _open: stream }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        match self {
            // On a thread of its own: a driver that hangs must not hang us. Where none can be had, it is dropped here.
            Self::Cpal(stream) => {
                if let Some(stream) = stream.take() {
                    let close = std::thread::Builder::new().name("sound device close".to_owned());
                    let _ = close.spawn(move || drop(stream));
                }
            }
            #[cfg(target_os = "linux")]
            Self::Pulse { .. } => {}
        }
    }
}
