//! How long pictures are held back so that they move evenly.
//!
//! A picture's lateness is its arrival against the earliest of the last five to ten seconds, by RTP timestamp. The
//! jitter is the 95th percentile of the last 150 pictures' lateness. Below 15 ms pictures are given out at once;
//! else all of them are late by the jitter, at most 150 ms, approached by 8 ms a picture.

use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::MediaTime;

/// RFC 3551 §5, RFC 6184 §8.2.1, RFC 7741 §6.1, RFC 9628 §7.1: the clock of video.
const CLOCK: i64 = 90_000;
const REMEMBERED: usize = 150;
const FEWEST: usize = 10;
const LOW: i64 = 15_000;
const HIGHEST: i64 = 150_000;
const STEP: i64 = 8_000;
const PERIOD: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Delay {
    pub extra: Duration,
    /// Timestamp without wrap, of the last picture.
    last: Option<(u32, i64)>,
    /// Smallest difference of arrival and timestamp, in this period and in the one before.
    base: Option<i64>,
    base_before: Option<i64>,
    period_start: Option<MediaTime>,
    lateness: VecDeque<i64>,
    /// Microseconds.
    target: i64,
    jitter: i64,
}

impl Delay {
    pub fn restart(&mut self) {
        *self = Self { extra: self.extra, ..Self::default() };
    }

    /// A picture was complete at `complete`; returns when to give it out.
    pub fn frame(&mut self, timestamp: u32, complete: MediaTime) -> MediaTime {
        let ticks = match self.last {
            Some((before, unwrapped)) => unwrapped + i64::from(timestamp.wrapping_sub(before) as i32),
            None => i64::from(timestamp),
        };
        self.last = Some((timestamp, ticks));
        let media = ticks * 1_000_000 / CLOCK;
        let offset = complete.micros() - media;
        // Timestamps that jump by seconds against arrival start a new line.
        if self.base().is_some_and(|base| (offset - base).abs() > 3_000_000) {
            self.restart();
            self.last = Some((timestamp, ticks));
        }
        self.note(offset, complete);
        let base = self.base().unwrap_or(offset);
        self.lateness.push_back(offset - base);
        if self.lateness.len() > REMEMBERED {
            self.lateness.pop_front();
        }
        self.update();
        let held = self.target + self.extra.as_micros() as i64;
        if held == 0 { complete } else { MediaTime::from_micros(media + base + held).max(complete) }
    }

    fn note(&mut self, offset: i64, now: MediaTime) {
        match self.period_start {
            Some(start) if now.since(start) < PERIOD => {}
            _ => {
                self.period_start = Some(now);
                self.base_before = self.base.take();
            }
        }
        self.base = Some(self.base.map_or(offset, |base| base.min(offset)));
    }

    fn base(&self) -> Option<i64> {
        [self.base, self.base_before].into_iter().flatten().min()
    }

    fn update(&mut self) {
        if self.lateness.len() < FEWEST {
            return;
        }
        let mut sorted: Vec<i64> = self.lateness.iter().copied().collect();
        let rank = (sorted.len() * 95 / 100).min(sorted.len() - 1);
        let (_, jitter, _) = sorted.select_nth_unstable(rank);
        self.jitter = *jitter;
        let wanted = if self.jitter < LOW { 0 } else { self.jitter.min(HIGHEST) };
        self.target += (wanted - self.target).clamp(-STEP, STEP);
    }

    pub fn target(&self) -> Duration {
        Duration::from_micros(self.target.max(0) as u64) + self.extra
    }

    pub fn jitter(&self) -> Duration {
        Duration::from_micros(self.jitter.max(0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(delay: &mut Delay, count: i64, jitter: impl Fn(i64) -> i64) -> Vec<MediaTime> {
        (0..count)
            .map(|n| {
                let timestamp = u32::MAX.wrapping_sub(90_000).wrapping_add(n as u32 * 3000);
                delay.frame(timestamp, MediaTime::from_micros(n * 33_333 + jitter(n)))
            })
            .collect()
    }

    #[test]
    fn little_jitter_costs_no_delay() {
        let mut delay = Delay::default();
        let due = run(&mut delay, 300, |n| n * 7 % 11 * 1000);
        assert_eq!(due[200], MediaTime::from_micros(200 * 33_333 + 200 * 7 % 11 * 1000));
        assert_eq!(delay.target(), Duration::ZERO);
    }

    #[test]
    fn strong_jitter_is_evened_out() {
        let mut delay = Delay::default();
        let due = run(&mut delay, 600, |n| n * 37 % 60 * 1000);
        let gaps: Vec<i64> = due[300..].windows(2).map(|pair| pair[1].micros() - pair[0].micros()).collect();
        let even = gaps.iter().filter(|gap| (30_000..37_000).contains(*gap)).count();
        assert!(even * 10 >= gaps.len() * 8, "{even} of {} gaps are even", gaps.len());
        assert!((45..=60).contains(&delay.target().as_millis()), "{:?}", delay.target());
    }

    #[test]
    fn the_delay_is_bounded_and_a_jump_of_timestamps_starts_anew() {
        let mut delay = Delay::default();
        let due = run(&mut delay, 300, |n| if n % 3 == 0 { 700_000 } else { 0 });
        assert!(delay.target() <= Duration::from_millis(150));
        assert!(due.windows(2).all(|pair| pair[1].micros() - pair[0].micros() < 2_000_000));
        let now = MediaTime::from_millis(20_000);
        assert_eq!(delay.frame(12, now), now);
    }
}
