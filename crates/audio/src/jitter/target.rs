//! How much delay the stream needs.

use std::time::Duration;
use visavis_media::MediaTime;

/// Width of a bucket: finer than the packets, as every step of the target is delay for the listener.
const BUCKET_MICROS: i64 = 5_000;
/// One second in all; later packets count as one second late.
const BUCKETS: usize = 200;
/// The worst of each such time is one observation, so that rare spikes weigh as much as they disturb.
const INTERVAL_MICROS: i64 = 500_000;
/// Share of the intervals that shall be without a gap.
const QUANTILE: f32 = 0.95;
/// Weight of what was known after each interval: half is forgotten in 20 s.
const FORGET: f32 = 0.983;
/// Delay before anything is known.
const START_MICROS: i64 = 30_000;
/// For pulls that come a little late or two at once.
const MARGIN_MICROS: i64 = 5_000;
/// The jitter's part never grows beyond this.
const MOST_MICROS: i64 = 1_000_000;

/// Learns the delay from how late packets are: the greatest lateness of each half second goes into a histogram that
/// forgets, and the delay is its 95 % quantile.
#[derive(Debug)]
pub struct Target {
    histogram: [f32; BUCKETS],
    observations: u32,
    interval_start: Option<i64>,
    interval_worst: i64,
    learned: i64,
    minimum: i64,
    /// Extra while copies of lost packets are worth waiting for.
    reach: i64,
}

impl Target {
    pub const fn new() -> Self {
        Self {
            histogram: [0.0; BUCKETS],
            observations: 0,
            interval_start: None,
            interval_worst: 0,
            learned: START_MICROS,
            minimum: 0,
            reach: 0,
        }
    }

    /// Takes how late a packet was.
    pub fn push(&mut self, late_micros: i64, arrival: MediaTime) {
        let start = *self.interval_start.get_or_insert(arrival.0);
        if arrival.0 - start >= INTERVAL_MICROS {
            self.observe(self.interval_worst);
            self.interval_start = Some(arrival.0);
            self.interval_worst = 0;
        }
        self.interval_worst = self.interval_worst.max(late_micros);
        // A delay that turns out too short is corrected at once: waiting for the interval's end would mean more gaps.
        if late_micros + MARGIN_MICROS > self.learned && self.observations < 8 {
            self.learned = (late_micros + MARGIN_MICROS).min(MOST_MICROS);
        }
    }

    fn observe(&mut self, worst: i64) {
        let bucket = ((worst / BUCKET_MICROS).max(0) as usize).min(BUCKETS - 1);
        self.observations = self.observations.saturating_add(1);
        // First a plain mean (with double weight for the newest), then forgetting.
        let keep = (1.0 - 2.0 / (self.observations as f32 + 1.0)).clamp(0.0, FORGET);
        for share in &mut self.histogram {
            *share *= keep;
        }
        self.histogram[bucket] += 1.0 - keep;
        let mut sum = 0.0;
        let quantile = self
            .histogram
            .iter()
            .position(|share| {
                sum += share;
                sum >= QUANTILE
            })
            .unwrap_or(BUCKETS - 1);
        self.learned = ((quantile as i64 + 1) * BUCKET_MICROS + MARGIN_MICROS).min(MOST_MICROS);
    }

    /// Never less than this, for sound and picture to be in step.
    pub fn set_minimum(&mut self, minimum: Duration) {
        self.minimum = (minimum.as_micros() as i64).min(2 * MOST_MICROS);
    }

    pub fn minimum(&self) -> Duration {
        Duration::from_micros(self.minimum as u64)
    }

    /// How long after a packet its copies come, while losses make that worth waiting for; else zero.
    pub fn set_reach(&mut self, micros: i64) {
        self.reach = micros.clamp(0, 120_000);
    }

    /// The delay wanted, in microseconds.
    pub fn micros(&self) -> i64 {
        (self.learned.max(self.reach + MARGIN_MICROS)).max(self.minimum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(target: &mut Target, seconds: i64, start: i64, late: impl Fn(i64) -> i64) {
        for packet in 0..seconds * 50 {
            target.push(late(packet), MediaTime::from_millis((start + packet * 20).max(0)));
        }
    }

    #[test]
    fn a_clean_network_needs_ten_milliseconds() {
        let mut target = Target::new();
        assert_eq!(target.micros(), 30_000);
        run(&mut target, 5, 0, |_| 0);
        assert_eq!(target.micros(), 10_000);
    }

    #[test]
    fn a_spike_every_two_seconds_is_learned_and_forgotten() {
        let mut target = Target::new();
        run(&mut target, 20, 0, |packet| if packet % 100 == 50 { 150_000 } else { 0 });
        assert!((150_000..=165_000).contains(&target.micros()), "{}", target.micros());
        run(&mut target, 60, 20_000, |_| 0);
        assert_eq!(target.micros(), 10_000);
    }

    #[test]
    fn the_first_late_packets_count_at_once() {
        let mut target = Target::new();
        target.push(0, MediaTime::ZERO);
        target.push(80_000, MediaTime::from_millis(100));
        assert_eq!(target.micros(), 85_000);
    }

    #[test]
    fn the_minimum_and_the_limits_hold() {
        let mut target = Target::new();
        target.set_minimum(Duration::from_millis(120));
        assert_eq!(target.micros(), 120_000);
        target.set_minimum(Duration::ZERO);
        run(&mut target, 20, 0, |_| i64::MAX / 4);
        assert_eq!(target.micros(), MOST_MICROS);
    }
}
