//! Media time.

use std::time::Duration;

/// Microseconds on the engine's one monotonic clock, from an origin that the engine chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MediaTime(pub i64);

impl MediaTime {
    pub const ZERO: Self = Self(0);

    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * 1000)
    }

    pub const fn micros(self) -> i64 {
        self.0
    }

    pub fn millis_f32(self) -> f32 {
        self.0 as f32 / 1000.0
    }

    /// Time since `earlier`; zero where `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

impl std::ops::Add<Duration> for MediaTime {
    type Output = Self;
    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_micros() as i64))
    }
}

impl std::ops::Sub<Duration> for MediaTime {
    type Output = Self;
    fn sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.as_micros() as i64))
    }
}

/// Maps media time to the 32-bit wrapping RTP timestamps of one stream (RFC 3550 §5.1).
#[derive(Clone, Copy, Debug)]
pub struct RtpClock {
    rate: u32,
    offset: u32,
}

impl RtpClock {
    /// `rate` in ticks a second (video 90 000, Opus 48 000); `offset` is random per stream.
    pub const fn new(rate: u32, offset: u32) -> Self {
        Self { rate, offset }
    }

    pub fn timestamp(&self, time: MediaTime) -> u32 {
        let ticks = (time.0 as i128 * self.rate as i128) / 1_000_000;
        (ticks as u32).wrapping_add(self.offset)
    }

    pub const fn rate(&self) -> u32 {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_wrap_and_keep_their_rate() {
        let clock = RtpClock::new(90_000, u32::MAX - 10);
        let first = clock.timestamp(MediaTime::ZERO);
        let later = clock.timestamp(MediaTime::from_millis(1000));
        assert_eq!(later.wrapping_sub(first), 90_000);
    }
}
