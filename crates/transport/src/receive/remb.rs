//! What we tell a server that it may send (draft-alvestrand-rmcat-remb-03): pure, time is an argument.
//!
//! LiveKit reacts to a falling *trend*, never to a low value; it raises what it sends only by probes, and a probe counts only with at
//! least three reports that do not fall. So: steady values while all is well, a ramp of strictly falling ones at congestion, and quick
//! rising ones while more arrives than before.

use crate::estimate::{DelayDetector, ReceivedRate, Usage};
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

const STEADY: Duration = Duration::from_millis(1000);
const RAMP: Duration = Duration::from_millis(100);
const RAMP_STEPS: u32 = 12;
const PROBE: Duration = Duration::from_millis(70);
const PROBE_FOR: Duration = Duration::from_millis(1200);
/// More than this above the usual rate is a probe.
const PROBE_RISE: f64 = 1.2;
/// Headroom that we claim over what arrives.
const HEADROOM: f64 = 1.5;
const TARGET: f64 = 0.85;
/// Milliseconds of standing queue: congestion, and too much for any headroom.
const CONGESTED_QUEUE: f64 = 30.0;
/// After a ramp, no second one within this.
const HOLD: Duration = Duration::from_secs(2);
const MAX: f64 = 100_000_000.0;
const MIN: f64 = 50_000.0;

#[derive(Debug)]
pub(super) struct RembDriver {
    detector: DelayDetector,
    short: ReceivedRate,
    long: ReceivedRate,
    send_time: SendTime,
    estimate: f64,
    ramp: Option<Ramp>,
    over: bool,
    probing_until: Option<MediaTime>,
    next: Option<MediaTime>,
    held_until: Option<MediaTime>,
    checked: Option<MediaTime>,
}

#[derive(Clone, Copy, Debug)]
struct Ramp {
    from: f64,
    to: f64,
    step: u32,
}

impl Default for RembDriver {
    fn default() -> Self {
        Self {
            detector: DelayDetector::default(),
            short: ReceivedRate::new(Duration::from_millis(300)),
            long: ReceivedRate::new(Duration::from_millis(1500)),
            send_time: SendTime::default(),
            estimate: 0.0,
            ramp: None,
            over: false,
            probing_until: None,
            next: None,
            held_until: None,
            checked: None,
        }
    }
}

impl RembDriver {
    /// Any packet of the peer connection, repair and padding too. `send_time`: the 24-bit extension.
    pub fn packet(&mut self, send_time: Option<u32>, size: u32, now: MediaTime) {
        self.short.packet(size, now);
        self.long.packet(size, now);
        if let Some(send_time) = send_time {
            let sent = self.send_time.unwrap(send_time);
            self.detector.packet(sent, now.micros());
            self.over |= self.detector.usage() == Usage::Over;
        }
        self.next.get_or_insert(now + STEADY);
    }

    /// A packet that is nothing but padding: the server probes.
    pub fn padding(&mut self, now: MediaTime) {
        self.probe(now);
    }

    /// When [`RembDriver::report`] wants to be called.
    pub const fn next(&self) -> Option<MediaTime> {
        self.next
    }

    /// The value to send now, if any.
    pub fn report(&mut self, now: MediaTime) -> Option<BitsPerSecond> {
        self.watch(now);
        if self.next.is_none_or(|next| now < next) {
            return None;
        }
        let received = self.short.rate(now).0 as f64;
        let value = match self.ramp {
            Some(ramp) => {
                let step = ramp.step + 1;
                self.ramp = (step < RAMP_STEPS).then_some(Ramp { step, ..ramp });
                if self.ramp.is_none() {
                    self.held_until = Some(now + HOLD);
                }
                ramp.from - (ramp.from - ramp.to) * f64::from(step) / f64::from(RAMP_STEPS)
            }
            None if self.detector.queue() > CONGESTED_QUEUE => self.estimate,
            // Never falling.
            None => self.estimate.max(received * HEADROOM),
        };
        self.estimate = value.clamp(MIN, MAX);
        let interval = if self.ramp.is_some() {
            RAMP
        } else if self.probing_until.is_some_and(|until| now < until) {
            PROBE
        } else {
            STEADY
        };
        self.next = Some(now + interval);
        Some(BitsPerSecond(self.estimate as u64))
    }

    /// Ten times a second: is there congestion, or a probe?
    fn watch(&mut self, now: MediaTime) {
        if self.checked.is_some_and(|checked| now.since(checked) < PROBE) {
            return;
        }
        self.checked = Some(now);
        let (short, long) = (self.short.rate(now).0 as f64, self.long.rate(now).0 as f64);
        let over = std::mem::take(&mut self.over) && self.detector.queue() > CONGESTED_QUEUE;
        let held = self.held_until.is_some_and(|until| now < until);
        if over && self.ramp.is_none() && !held && short > 0.0 {
            // From just above what arrives: the far end compares with what it expects to send.
            let from = self.estimate.min(short * 1.3).max(short);
            self.ramp = Some(Ramp { from, to: (short * TARGET).max(MIN), step: 0 });
            self.probing_until = None;
            self.next = Some(now);
        } else if self.ramp.is_none() && long > 0.0 && short > long * PROBE_RISE {
            self.probe(now);
        }
    }

    fn probe(&mut self, now: MediaTime) {
        if self.ramp.is_some() {
            return;
        }
        self.probing_until = Some(now + PROBE_FOR);
        let soon = now + PROBE;
        self.next = Some(self.next.map_or(soon, |next| next.min(soon)));
    }
}

/// Unwraps the 24-bit absolute send time: 6.18 seconds, wraps each 64 s.
#[derive(Clone, Copy, Debug, Default)]
struct SendTime {
    last: Option<i64>,
}

impl SendTime {
    /// Microseconds.
    fn unwrap(&mut self, value: u32) -> i64 {
        const WRAP: i64 = 1 << 24;
        let value = i64::from(value) % WRAP;
        let unwrapped = match self.last {
            None => value,
            Some(last) => {
                let mut distance = (value - last).rem_euclid(WRAP);
                if distance >= WRAP / 2 {
                    distance -= WRAP;
                }
                last + distance
            }
        };
        self.last = Some(unwrapped);
        unwrapped * 1_000_000 / (1 << 18)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(micros: i64) -> u32 {
        ((micros * (1 << 18) / 1_000_000) % (1 << 24)) as u32
    }

    /// Runs packets of 1000 bytes every `interval` ms whose delay grows; returns the reports with their times.
    fn run(driver: &mut RembDriver, from: i64, to: i64, interval: i64, growth: f64) -> Vec<(i64, u64)> {
        let mut reports = Vec::new();
        for at in from..to {
            if at % interval == 0 {
                let delay = (((at - from) as f64) * growth * 1000.0) as i64;
                driver.packet(Some(stamp(at * 1000 - delay)), 1000, MediaTime::from_millis(at));
            }
            if let Some(value) = driver.report(MediaTime::from_millis(at)) {
                reports.push((at, value.0));
            }
        }
        reports
    }

    #[test]
    fn values_are_steady_while_all_is_well() {
        let mut driver = RembDriver::default();
        // Crosses the extension's wrap at 64 s.
        let reports = run(&mut driver, 60_000, 70_000, 8, 0.0);
        assert!(reports.windows(2).all(|pair| pair[1].1 >= pair[0].1), "{reports:?}");
        assert!(reports.last().expect("some").1 >= 1_400_000);
    }

    #[test]
    fn congestion_makes_a_falling_ramp_of_twelve() {
        let mut driver = RembDriver::default();
        run(&mut driver, 0, 5000, 8, 0.0);
        let reports = run(&mut driver, 5000, 8000, 8, 0.1);
        let start = reports.windows(2).position(|pair| pair[1].1 < pair[0].1).expect("falls");
        let ramp: Vec<_> = reports[start..].iter().take(RAMP_STEPS as usize).collect();
        assert!(ramp.windows(2).all(|pair| pair[1].1 < pair[0].1), "{ramp:?}");
        assert!(ramp.windows(2).all(|pair| pair[1].0 - pair[0].0 <= 101), "{ramp:?}");
        // Ends below what arrives.
        assert!(ramp.last().expect("twelve").1 < 950_000, "{ramp:?}");
    }

    #[test]
    fn a_probe_gets_quick_values_that_never_fall() {
        let mut driver = RembDriver::default();
        run(&mut driver, 0, 4000, 16, 0.0);
        let reports = run(&mut driver, 4000, 5000, 8, 0.0);
        assert!(reports.len() >= 6, "{reports:?}");
        assert!(reports.windows(2).all(|pair| pair[1].1 >= pair[0].1), "{reports:?}");
        assert!(reports.last().expect("some").1 >= 1_200_000, "{reports:?}");
    }
}
