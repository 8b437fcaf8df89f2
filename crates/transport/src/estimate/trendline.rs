//! Are queues growing? A least-squares slope over the one-way delay of groups.

use super::Usage;
use super::group::Groups;
use std::collections::VecDeque;

const WINDOW: usize = 20;
const SMOOTHING: f64 = 0.9;
const GAIN: f64 = 4.0;
const MAX_DELTAS: u32 = 60;
const OVERUSE_TIME: f64 = 10.0;
const THRESHOLD_START: f64 = 12.5;
const THRESHOLD_RANGE: (f64, f64) = (6.0, 600.0);
const THRESHOLD_UP: f64 = 0.0087;
const THRESHOLD_DOWN: f64 = 0.039;
/// One spike must not lift the threshold.
const THRESHOLD_GUARD: f64 = 15.0;
/// Below this much standing queue a rising slope is jitter, not congestion, in milliseconds.
const MIN_QUEUE: f64 = 12.0;
/// Silence after which everything starts again, in milliseconds.
const SILENCE: f64 = 2000.0;
/// How long a base delay counts, in milliseconds.
const BASE_LIFE: f64 = 10_000.0;

/// Trendline detector with an adaptive threshold (constants of goog_cc, 2026; threshold: draft-ietf-rmcat-gcc-02 §5.4).
#[derive(Clone, Debug)]
pub(crate) struct DelayDetector {
    groups: Groups,
    /// Milliseconds of arrival, smoothed accumulated delay.
    samples: VecDeque<(f64, f64)>,
    first_arrival: Option<f64>,
    last_arrival: f64,
    accumulated: f64,
    smoothed: f64,
    deltas: u32,
    threshold: f64,
    last_threshold_update: Option<f64>,
    over_for: f64,
    over_count: u32,
    previous_slope: f64,
    usage: Usage,
    base: BaseDelay,
    queue: f64,
}

impl Default for DelayDetector {
    fn default() -> Self {
        Self {
            groups: Groups::default(),
            samples: VecDeque::with_capacity(WINDOW + 1),
            first_arrival: None,
            last_arrival: 0.0,
            accumulated: 0.0,
            smoothed: 0.0,
            deltas: 0,
            threshold: THRESHOLD_START,
            last_threshold_update: None,
            over_for: -1.0,
            over_count: 0,
            previous_slope: 0.0,
            usage: Usage::Normal,
            base: BaseDelay::default(),
            queue: 0.0,
        }
    }
}

impl DelayDetector {
    /// One packet by its sending and arrival time, microseconds on two clocks; in order of arrival.
    pub fn packet(&mut self, sent: i64, arrival: i64) {
        let arrival_ms = arrival as f64 / 1000.0;
        if self.first_arrival.is_some() && arrival_ms - self.last_arrival > SILENCE {
            *self = Self { threshold: self.threshold, ..Self::default() };
        }
        self.first_arrival.get_or_insert(arrival_ms);
        self.last_arrival = self.last_arrival.max(arrival_ms);
        self.queue = self.base.queue((arrival - sent) as f64 / 1000.0, arrival_ms);
        let Some(delta) = self.groups.packet(sent, arrival) else { return };
        self.deltas = (self.deltas + 1).min(1000);
        self.accumulated += (delta.arrival - delta.send) as f64 / 1000.0;
        self.smoothed = SMOOTHING * self.smoothed + (1.0 - SMOOTHING) * self.accumulated;
        let at = delta.at as f64 / 1000.0;
        self.samples.push_back((at, self.smoothed));
        if self.samples.len() > WINDOW {
            self.samples.pop_front();
        }
        let slope = if self.samples.len() == WINDOW { slope(&self.samples) } else { None };
        self.detect(slope.unwrap_or(self.previous_slope), delta.send as f64 / 1000.0, at);
    }

    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// Standing queue over the lowest delay of ten seconds, in milliseconds.
    pub const fn queue(&self) -> f64 {
        self.queue
    }

    fn detect(&mut self, slope: f64, send_delta: f64, at: f64) {
        if self.deltas < 2 {
            self.usage = Usage::Normal;
            return;
        }
        let trend = f64::from(self.deltas.min(MAX_DELTAS)) * slope * GAIN;
        if trend > self.threshold && self.queue > MIN_QUEUE {
            self.over_for = if self.over_for < 0.0 { send_delta / 2.0 } else { self.over_for + send_delta };
            self.over_count += 1;
            if self.over_for > OVERUSE_TIME && self.over_count > 1 && slope >= self.previous_slope {
                self.over_for = 0.0;
                self.over_count = 0;
                self.usage = Usage::Over;
            }
        } else {
            self.over_for = -1.0;
            self.over_count = 0;
            self.usage = if trend < -self.threshold { Usage::Under } else { Usage::Normal };
        }
        self.previous_slope = slope;
        self.adapt(trend, at);
    }

    fn adapt(&mut self, trend: f64, at: f64) {
        let last = *self.last_threshold_update.get_or_insert(at);
        self.last_threshold_update = Some(at);
        let magnitude = trend.abs();
        if magnitude > self.threshold + THRESHOLD_GUARD {
            return;
        }
        let gain = if magnitude < self.threshold { THRESHOLD_DOWN } else { THRESHOLD_UP };
        let elapsed = (at - last).clamp(0.0, 100.0);
        self.threshold = (self.threshold + gain * (magnitude - self.threshold) * elapsed)
            .clamp(THRESHOLD_RANGE.0, THRESHOLD_RANGE.1);
    }
}

fn slope(samples: &VecDeque<(f64, f64)>) -> Option<f64> {
    let count = samples.len() as f64;
    let (sum_x, sum_y) = samples.iter().fold((0.0, 0.0), |(x, y), sample| (x + sample.0, y + sample.1));
    let (mean_x, mean_y) = (sum_x / count, sum_y / count);
    let (numerator, denominator) = samples.iter().fold((0.0, 0.0), |(numerator, denominator), (x, y)| {
        (numerator + (x - mean_x) * (y - mean_y), denominator + (x - mean_x) * (x - mean_x))
    });
    (denominator > 0.0).then(|| numerator / denominator)
}

/// Lowest one-way delay (on two clocks) of the last ten seconds, kept in two halves.
#[derive(Clone, Debug, Default)]
struct BaseDelay {
    current: Option<(f64, f64)>,
    previous: Option<f64>,
}

impl BaseDelay {
    fn queue(&mut self, delay: f64, at: f64) -> f64 {
        match &mut self.current {
            Some((since, lowest)) if at - *since < BASE_LIFE / 2.0 => *lowest = lowest.min(delay),
            current => {
                self.previous = current.map(|(_, lowest)| lowest);
                *current = Some((at, delay));
            }
        }
        let lowest = self.current.map_or(delay, |(_, lowest)| lowest).min(self.previous.unwrap_or(f64::INFINITY));
        (delay - lowest).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets every `interval` ms whose delay grows by `growth` ms each.
    fn run(detector: &mut DelayDetector, from: i64, count: i64, interval: i64, growth: f64) -> Vec<Usage> {
        (0..count)
            .map(|n| {
                let sent = (from + n * interval) * 1000;
                detector.packet(sent, sent + 50_000 + (growth * n as f64 * 1000.0) as i64);
                detector.usage()
            })
            .collect()
    }

    #[test]
    fn a_steady_path_is_normal() {
        let mut detector = DelayDetector::default();
        assert!(run(&mut detector, 0, 500, 10, 0.0).iter().all(|usage| *usage == Usage::Normal));
        assert!(detector.queue() < 1.0);
    }

    #[test]
    fn ten_percent_overload_is_seen_within_a_second() {
        let mut detector = DelayDetector::default();
        run(&mut detector, 0, 200, 10, 0.0);
        let usages = run(&mut detector, 2000, 100, 10, 1.0);
        let first = usages.iter().position(|usage| *usage == Usage::Over).expect("seen");
        assert!(first < 60, "after {first} packets");
    }

    #[test]
    fn a_draining_queue_is_under_use() {
        let mut detector = DelayDetector::default();
        run(&mut detector, 0, 100, 10, 0.0);
        run(&mut detector, 1000, 60, 10, 3.0);
        let sent = 1600;
        let usages: Vec<_> = (0..60)
            .map(|n| {
                let sent = (sent + n * 10) * 1000;
                detector.packet(sent, sent + 50_000 + (180_000 - n * 3000).max(0));
                detector.usage()
            })
            .collect();
        assert!(usages.contains(&Usage::Under));
    }

    #[test]
    fn jitter_without_a_queue_is_no_overuse() {
        let mut detector = DelayDetector::default();
        for n in 0..3000i64 {
            let jitter = (n * 7919) % 9;
            detector.packet(n * 10_000, n * 10_000 + 50_000 + jitter * 1000);
            assert_ne!(detector.usage(), Usage::Over);
        }
    }
}
