//! The engine's one clock.

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use visavis_media::MediaTime;

/// Monotonic media time since the engine's start. Cheap to clone.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
}

impl Clock {
    /// `origin` is media time zero: the start of the process where start-up is measured.
    pub const fn new(origin: Instant) -> Self {
        Self { origin }
    }

    pub fn now(&self) -> MediaTime {
        MediaTime::from_micros(self.origin.elapsed().as_micros() as i64)
    }

    /// The instant of a media time, for timers.
    pub fn instant(&self, time: MediaTime) -> Instant {
        self.origin + time.since(MediaTime::ZERO)
    }

    /// The clock as the device crates take it.
    pub fn shared(&self) -> Arc<dyn Fn() -> MediaTime + Send + Sync> {
        let clock = *self;
        Arc::new(move || clock.now())
    }
}

/// Unix time in milliseconds.
pub fn unix_millis() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}
