//! The engine's clock for pure parts, and the crate's instants for its timers.

use crate::options::Clock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};
use visavis_media::MediaTime;

/// Seconds from the NTP epoch (1900) to the Unix epoch.
const NTP_OFFSET: u64 = 2_208_988_800;

/// One clock in three shapes.
#[derive(Clone)]
pub(crate) struct Timebase {
    clock: Clock,
    /// Unix microseconds at media time zero, fixed once: reports must not jump with the wall clock.
    unix_origin: i64,
}

impl Timebase {
    pub fn new(clock: Clock) -> Self {
        let unix = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros() as i64);
        let unix_origin = unix - clock().micros();
        Self { clock, unix_origin }
    }

    pub fn now(&self) -> MediaTime {
        (self.clock)()
    }

    /// When the crate's timer must fire for `at`.
    pub fn instant(&self, at: MediaTime) -> Instant {
        Instant::now() + at.since(self.now())
    }

    /// NTP time, 32.32 (RFC 5905 §6).
    pub fn ntp(&self, at: MediaTime) -> u64 {
        let micros = (self.unix_origin + at.micros()).max(0) as u64;
        let (seconds, fraction) = (micros / 1_000_000, micros % 1_000_000);
        ((seconds + NTP_OFFSET) << 32) | ((fraction << 32) / 1_000_000)
    }
}

/// The middle 32 bits, 16.16 seconds, as LSR and DLSR have it.
pub(crate) const fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn ntp_advances_with_the_media_clock() {
        let time = Timebase::new(Arc::new(|| MediaTime::from_millis(1234)));
        let (a, b) = (time.ntp(MediaTime::ZERO), time.ntp(MediaTime::from_millis(1500)));
        assert!((b - a).abs_diff(3 << 31) < 8_600);
        assert!((a >> 32) > NTP_OFFSET + 1_700_000_000);
        assert_eq!(middle(0x1234_5678_9ABC_DEF0), 0x5678_9ABC);
    }
}
