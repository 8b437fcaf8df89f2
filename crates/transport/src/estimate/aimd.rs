//! Additive increase, multiplicative decrease.

use super::Usage;
use crate::options::RateLimits;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

const DECREASE: f64 = 0.85;
const CAPACITY_SMOOTHING: f64 = 0.05;
/// Growth a second: until the first congestion, far from the known capacity on an empty path, and far otherwise.
const START_GROWTH: f64 = 2.0;
const EMPTY_GROWTH: f64 = 1.25;
const FAR_GROWTH: f64 = 1.08;
/// A path whose queue is below this for [`EMPTY_FOR`] is empty.
const EMPTY_QUEUE: f64 = 10.0;
const EMPTY_FOR: Duration = Duration::from_millis(1000);
/// Of the far end's answer beyond the round trip.
const RESPONSE: Duration = Duration::from_millis(100);
const PACKET_BITS: f64 = 1200.0 * 8.0;

/// What the detectors say at one time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observation {
    pub usage: Usage,
    /// Standing queue, milliseconds.
    pub queue: f64,
    pub acknowledged: Option<BitsPerSecond>,
    pub round_trip: Duration,
}

/// Rate control around the acknowledged rate (goog_cc's AIMD, 2026, with a faster climb on an empty path in place of probes).
#[derive(Clone, Debug)]
pub(crate) struct RateControl {
    rate: f64,
    limits: RateLimits,
    /// Smoothed acknowledged rate at over-use, and its normalised variance.
    capacity: Option<(f64, f64)>,
    congested_once: bool,
    hold: bool,
    last_decrease: Option<MediaTime>,
    last_update: Option<MediaTime>,
    empty_since: Option<MediaTime>,
}

impl RateControl {
    pub fn new(limits: RateLimits) -> Self {
        Self {
            rate: limits.start.0 as f64,
            limits,
            capacity: None,
            congested_once: false,
            hold: false,
            last_decrease: None,
            last_update: None,
            empty_since: None,
        }
    }

    pub fn rate(&self) -> BitsPerSecond {
        BitsPerSecond(self.rate as u64)
    }

    /// The start phase is over: something was lost or delayed.
    pub fn end_start(&mut self) {
        self.congested_once = true;
    }

    /// Takes over a rate from outside (the loss part).
    pub fn limit_to(&mut self, rate: BitsPerSecond) {
        self.rate = self.rate.min(rate.0 as f64).max(self.limits.min.0 as f64);
    }

    /// Takes over a rate that was proven.
    pub fn raise_to(&mut self, rate: BitsPerSecond) {
        self.rate = self.rate.max(rate.0 as f64).min(self.limits.max.0 as f64);
        if self.capacity.is_some_and(|(capacity, _)| (rate.0 as f64) > capacity) {
            self.capacity = None;
        }
    }

    pub fn update(&mut self, observation: &Observation, now: MediaTime) {
        let elapsed = self.last_update.map_or(Duration::ZERO, |last| now.since(last)).min(Duration::from_secs(1));
        self.last_update = Some(now);
        if observation.queue < EMPTY_QUEUE {
            self.empty_since.get_or_insert(now);
        } else {
            self.empty_since = None;
        }
        match observation.usage {
            Usage::Over => self.decrease(observation, now),
            Usage::Under => self.hold = true,
            Usage::Normal if self.hold => self.hold = false,
            Usage::Normal => self.increase(observation, elapsed, now),
        }
        self.rate = self.rate.clamp(self.limits.min.0 as f64, self.limits.max.0 as f64);
    }

    fn decrease(&mut self, observation: &Observation, now: MediaTime) {
        self.congested_once = true;
        self.hold = true;
        let acknowledged = observation.acknowledged.map(|rate| rate.0 as f64);
        let spacing = observation.round_trip.clamp(Duration::from_millis(10), Duration::from_millis(200));
        let deep = acknowledged.is_some_and(|rate| rate < 0.5 * self.rate);
        if !deep && self.last_decrease.is_some_and(|last| now.since(last) < spacing) {
            return;
        }
        self.last_decrease = Some(now);
        let Some(acknowledged) = acknowledged else {
            self.rate *= 0.5;
            return;
        };
        self.observe_capacity(acknowledged);
        let mut target = DECREASE * acknowledged - 5000.0;
        if target > self.rate
            && let Some((capacity, _)) = self.capacity
        {
            target = DECREASE * capacity;
        }
        // Never raise on over-use.
        self.rate = self.rate.min(target.max(0.0));
    }

    fn increase(&mut self, observation: &Observation, elapsed: Duration, now: MediaTime) {
        let seconds = elapsed.as_secs_f64();
        let acknowledged = observation.acknowledged.map(|rate| rate.0 as f64);
        if let (Some((capacity, variance)), Some(acknowledged)) = (self.capacity, acknowledged)
            && (acknowledged - capacity).abs() > 3.0 * (variance * capacity).sqrt()
            && acknowledged > capacity
        {
            self.capacity = None;
        }
        let empty = self.empty_since.is_some_and(|since| now.since(since) >= EMPTY_FOR);
        let grown = if !self.congested_once {
            self.rate * START_GROWTH.powf(seconds)
        } else if self.capacity.is_some_and(|(capacity, _)| self.rate > 0.9 * capacity) {
            // Near the known capacity: about one packet a response time.
            let response = (observation.round_trip + RESPONSE).as_secs_f64() * 2.0;
            let step = (PACKET_BITS / response).max(4000.0) * seconds;
            let factor = if empty { 2.0 } else { 1.0 };
            self.rate + factor * step
        } else if empty {
            self.rate * EMPTY_GROWTH.powf(seconds)
        } else {
            self.rate * FAR_GROWTH.powf(seconds)
        };
        // A sender that does not use what it has proves nothing about more.
        let ceiling = acknowledged.map_or(f64::INFINITY, |rate| 1.5 * rate + 10_000.0);
        if grown <= ceiling {
            self.rate = grown;
        } else if ceiling > self.rate {
            self.rate = ceiling;
        }
    }

    fn observe_capacity(&mut self, acknowledged: f64) {
        let (capacity, variance) = self.capacity.unwrap_or((acknowledged, 0.4));
        let smoothed = (1.0 - CAPACITY_SMOOTHING) * capacity + CAPACITY_SMOOTHING * acknowledged;
        let error = smoothed - acknowledged;
        let variance = (1.0 - CAPACITY_SMOOTHING) * variance + CAPACITY_SMOOTHING * error * error / smoothed.max(1.0);
        // In kilobit-normalised units the bounds are 0.4 to 2.5; here the rate is in bits.
        self.capacity = Some((smoothed, variance.clamp(400.0, 2500.0)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observe(usage: Usage, acknowledged: u64) -> Observation {
        Observation {
            usage,
            queue: 0.0,
            acknowledged: Some(BitsPerSecond(acknowledged)),
            round_trip: Duration::from_millis(50),
        }
    }

    #[test]
    fn over_use_cuts_below_what_arrived_and_never_raises() {
        let mut control = RateControl::new(RateLimits::default());
        control.update(&observe(Usage::Over, 500_000), MediaTime::from_millis(0));
        assert_eq!(control.rate().0, 420_000);
        control.update(&observe(Usage::Over, 5_000_000), MediaTime::from_millis(500));
        assert!(control.rate().0 <= 420_000);
    }

    #[test]
    fn a_second_cut_waits_for_a_round_trip() {
        let mut control = RateControl::new(RateLimits::default());
        control.update(&observe(Usage::Over, 500_000), MediaTime::from_millis(0));
        control.update(&observe(Usage::Over, 400_000), MediaTime::from_millis(20));
        assert_eq!(control.rate().0, 420_000);
        control.update(&observe(Usage::Over, 400_000), MediaTime::from_millis(60));
        assert_eq!(control.rate().0, 335_000);
    }

    #[test]
    fn an_idle_sender_does_not_climb() {
        let mut control = RateControl::new(RateLimits::default());
        for n in 0..200 {
            control.update(&observe(Usage::Normal, 100_000), MediaTime::from_millis(n * 100));
        }
        assert_eq!(control.rate().0, 600_000);
    }

    #[test]
    fn the_start_doubles_every_second() {
        let mut control = RateControl::new(RateLimits::default());
        for n in 0..=10 {
            let rate = control.rate().0;
            control.update(&observe(Usage::Normal, rate), MediaTime::from_millis(n * 100));
        }
        assert!((1_150_000..1_250_000).contains(&control.rate().0), "{}", control.rate().0);
    }
}
