//! The estimator and the pacer against a simulated bottleneck (RFC 8867 §5.1).

use super::{BandwidthEstimator, DelayLossEstimator, Feedback, PacketResult, ProbeView, Prober};
use crate::options::RateLimits;
use crate::random::Random;
use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

/// One direction: a rate that changes, a tail-drop queue, a delay, random loss.
struct Bottleneck {
    /// From when (ms), kilobits a second.
    capacity: Vec<(i64, u64)>,
    one_way: i64,
    max_queue: i64,
    loss: f64,
    /// When the last accepted packet has left the queue, microseconds.
    free_at: i64,
    random: Random,
}

impl Bottleneck {
    fn capacity(&self, at: i64) -> u64 {
        self.capacity.iter().rev().find(|(from, _)| from * 1000 <= at).map_or(1000, |(_, rate)| *rate)
    }

    /// Arrival of a packet sent at `at`, and the queue that it met, in microseconds.
    fn send(&mut self, size: u32, at: i64) -> (Option<i64>, i64) {
        let queue = (self.free_at - at).max(0);
        if queue > self.max_queue {
            return (None, queue);
        }
        self.free_at = at + queue + i64::from(size) * 8000 / self.capacity(at) as i64;
        let lost = (self.random.next_u32() as f64 / f64::from(u32::MAX)) < self.loss;
        ((!lost).then_some(self.free_at + self.one_way), queue)
    }
}

struct Outcome {
    /// Estimate each 100 ms, bits a second.
    estimates: Vec<u64>,
    /// Worst queue of each 100 ms, milliseconds.
    queues: Vec<i64>,
    probes: u32,
}

impl Outcome {
    fn mean(&self, from: usize, to: usize) -> u64 {
        let part = &self.estimates[from * 10..to * 10];
        part.iter().sum::<u64>() / part.len() as u64
    }

    fn worst_queue(&self, from: usize, to: usize) -> i64 {
        self.queues[from * 10..to * 10].iter().copied().max().unwrap_or(0)
    }

    /// First second after `from` whose mean reaches `rate`.
    fn reaches(&self, from: usize, rate: u64) -> Option<usize> {
        (from..self.estimates.len() / 10)
            .find(|second| self.mean(*second, second + 1) >= rate)
            .map(|second| second - from)
    }
}

/// A 30 fps source that always sends what it may, in packets spread over two thirds of the frame; feedback as LiveKit gives it.
fn run(path: Bottleneck, seconds: i64) -> Outcome {
    run_source(path, seconds, |estimate| estimate, None)
}

/// As [`run`] with a source that gives `rate` of the estimate, and probing where wanted.
fn run_source(mut path: Bottleneck, seconds: i64, rate: impl Fn(u64) -> u64, wanted: Option<BitsPerSecond>) -> Outcome {
    let mut estimator = DelayLossEstimator::new(RateLimits::default());
    let mut prober = wanted.map(Prober::new);
    let mut outcome = Outcome { estimates: Vec::new(), queues: Vec::new(), probes: 0 };
    let mut in_flight: VecDeque<(PacketResult, i64)> = VecDeque::new();
    let mut feedback_due: VecDeque<(i64, Vec<PacketResult>)> = VecDeque::new();
    let mut pending: VecDeque<(i64, u32)> = VecDeque::new();
    let (mut worst, mut last_feedback, mut has_feedback) = (0, 0, false);
    for at in (0..seconds * 1_000_000).step_by(1000) {
        let now = MediaTime(at);
        if at % 33_000 == 0 {
            let bytes = (rate(estimator.estimate().0) * 33 / 8000) as u32;
            let count = bytes.div_ceil(1200).max(1);
            for n in 0..count {
                pending.push_back((at + i64::from(n) * 22_000 / i64::from(count), bytes / count));
            }
        }
        let mut leaving: Vec<u32> = Vec::new();
        while let Some((due, size)) = pending.front().copied()
            && due <= at
        {
            pending.pop_front();
            leaving.push(size);
        }
        let fillers = prober.as_ref().map_or(0, |prober| prober.due(now).div_ceil(1100));
        leaving.extend((0..fillers).map(|_| 1100));
        for size in leaving {
            estimator.sent(size, now);
            let burst = prober.as_mut().map_or(0, |prober| prober.sent(size, now));
            let (arrival, queue) = path.send(size, at);
            worst = worst.max(queue);
            // What the far end knows when: at arrival, or when a later packet shows the gap.
            let known = arrival.unwrap_or(at + queue + path.one_way);
            let result = PacketResult { sent: now, size, arrival: arrival.map(MediaTime), burst };
            in_flight.push_back((result, known));
        }
        let held = in_flight.iter().take_while(|(_, known)| *known <= at).count();
        if held > 20 && at - last_feedback >= 100_000 {
            last_feedback = at;
            let report = in_flight.drain(..held).map(|(result, _)| result).collect();
            feedback_due.push_back((at + path.one_way, report));
        }
        while feedback_due.front().is_some_and(|(due, _)| *due <= at) {
            let Some((_, packets)) = feedback_due.pop_front() else { break };
            let round_trip = packets.last().map(|last| now.since(last.sent));
            estimator.feedback(&Feedback { now, round_trip, packets: &packets });
            has_feedback = true;
            if let Some(proven) = prober.as_mut().and_then(|prober| prober.feedback(&packets, now)) {
                estimator.proven(proven, now);
            }
        }
        if at % 100_000 == 0 {
            estimator.tick(now);
            if let Some(prober) = prober.as_mut().filter(|_| has_feedback) {
                let before = prober.is_bursting();
                prober.tick(ProbeView { estimate: estimator.estimate(), calm: estimator.is_calm() }, true, now);
                outcome.probes += u32::from(!before && prober.is_bursting());
            }
            outcome.estimates.push(estimator.estimate().0);
            outcome.queues.push(worst / 1000);
            worst = 0;
        }
    }
    outcome
}

fn bottleneck(capacity: &[(i64, u64)], one_way: i64, max_queue: i64, loss: f64) -> Bottleneck {
    Bottleneck {
        capacity: capacity.to_vec(),
        one_way: one_way * 1000,
        max_queue: max_queue * 1000,
        loss,
        free_at: 0,
        random: Random::new(7),
    }
}

#[test]
fn a_steady_megabit_is_filled_and_not_flooded() {
    let outcome = run(bottleneck(&[(0, 1000)], 50, 300, 0.0), 40);
    assert!(outcome.reaches(0, 800_000).is_some_and(|seconds| seconds <= 4), "{:?}", outcome.reaches(0, 800_000));
    assert!((750_000..1_020_000).contains(&outcome.mean(10, 40)), "{}", outcome.mean(10, 40));
    assert!(outcome.worst_queue(0, 40) < 250, "{}", outcome.worst_queue(0, 40));
}

#[test]
fn rfc_8867_variable_capacity_is_followed() {
    let outcome = run(bottleneck(&[(0, 1000), (40_000, 2500), (60_000, 600), (80_000, 1000)], 50, 300, 0.0), 100);
    assert!(outcome.mean(20, 40) > 750_000, "{}", outcome.mean(20, 40));
    assert!(outcome.reaches(40, 2_000_000).is_some_and(|seconds| seconds <= 8), "{:?}", outcome.reaches(40, 2_000_000));
    assert!((1_900_000..2_550_000).contains(&outcome.mean(50, 60)), "{}", outcome.mean(50, 60));
    // The cut to a quarter fills any queue for a moment; after two seconds it is drained.
    assert!(outcome.worst_queue(63, 80) < 250, "{}", outcome.worst_queue(63, 80));
    assert!((430_000..620_000).contains(&outcome.mean(65, 80)), "{}", outcome.mean(65, 80));
    assert!(outcome.mean(90, 100) > 700_000, "{}", outcome.mean(90, 100));
}

#[test]
fn two_percent_of_random_loss_does_not_collapse_it() {
    let outcome = run(bottleneck(&[(0, 5000)], 25, 300, 0.02), 30);
    assert!(outcome.reaches(0, 3_500_000).is_some_and(|seconds| seconds <= 6), "{:?}", outcome.reaches(0, 3_500_000));
    assert!(outcome.mean(10, 30) > 3_800_000, "{}", outcome.mean(10, 30));
    assert!(outcome.worst_queue(0, 30) < 250, "{}", outcome.worst_queue(0, 30));
}

#[test]
fn five_and_ten_percent_of_random_loss_leave_the_top_layer_on() {
    for (loss, least) in [(0.05, 2_000_000), (0.08, 1_800_000), (0.1, 1_400_000)] {
        let outcome = run_source(bottleneck(&[(0, 8000)], 25, 300, loss), 60, ladder, Some(WANTED));
        let seconds: Vec<u64> = (0..60).map(|second| outcome.mean(second, second + 1)).collect();
        assert!(outcome.mean(10, 60) > least, "{loss}: {seconds:?}");
        let low = seconds[15..].iter().filter(|rate| **rate < 1_250_000).count();
        assert!(low <= 2, "{loss}: the top layer was off for {low} seconds: {seconds:?}");
    }
}

#[test]
fn loss_by_a_policer_is_no_loss_of_the_path() {
    // It lets a megabit through and queues nothing to speak of.
    let outcome = run(bottleneck(&[(0, 1000)], 25, 10, 0.0), 60);
    let seconds: Vec<u64> = (0..60).map(|second| outcome.mean(second, second + 1)).collect();
    assert!((700_000..1_200_000).contains(&outcome.mean(20, 60)), "{seconds:?}");
}

#[test]
fn a_quarter_lost_is_answered() {
    let outcome = run(bottleneck(&[(0, 20_000)], 25, 300, 0.25), 20);
    assert!(outcome.mean(10, 20) < 700_000, "{}", outcome.mean(10, 20));
    assert!(outcome.mean(10, 20) > 60_000, "{}", outcome.mean(10, 20));
}

#[test]
fn silence_of_the_far_end_lowers_the_rate() {
    let mut estimator = DelayLossEstimator::new(RateLimits::default());
    let packets = [PacketResult { sent: MediaTime::ZERO, size: 1000, arrival: Some(MediaTime::ZERO), burst: 0 }];
    estimator.feedback(&Feedback {
        now: MediaTime::ZERO,
        round_trip: Some(Duration::from_millis(50)),
        packets: &packets,
    });
    let before = estimator.estimate();
    for n in 0..60 {
        estimator.sent(1000, MediaTime::from_millis(n * 100));
        estimator.tick(MediaTime::from_millis(n * 100));
    }
    assert!(estimator.estimate() < BitsPerSecond(before.0 / 2));
}

/// Voice, and three layers that come on as the engine's allocation has it.
fn ladder(estimate: u64) -> u64 {
    let mut left = estimate.saturating_sub(56_000);
    let mut sum = 60_000;
    for (minimum, maximum) in [(0, 150_000), (150_000, 500_000), (510_000, 1_700_000)] {
        if left < minimum {
            break;
        }
        let rate = left.min(maximum);
        (left, sum) = (left - rate, sum + rate);
    }
    sum
}

const WANTED: BitsPerSecond = BitsPerSecond(2_500_000);

#[test]
fn probing_brings_the_top_layer_of_a_ladder_on_within_two_seconds() {
    let outcome = run_source(bottleneck(&[(0, 5000)], 25, 300, 0.0), 30, ladder, Some(WANTED));
    assert!(outcome.reaches(0, 2_400_000).is_some_and(|seconds| seconds <= 2), "{:?}", outcome.reaches(0, 2_400_000));
    assert!(outcome.worst_queue(0, 30) < 100, "{}", outcome.worst_queue(0, 30));
    assert!(outcome.probes <= 4, "{}", outcome.probes);
}

#[test]
fn probing_a_narrow_path_is_rare_and_keeps_its_queue_short() {
    let outcome = run_source(bottleneck(&[(0, 900)], 25, 500, 0.0), 60, ladder, Some(WANTED));
    // The ladder gives 710 kb/s below its third layer: half as much again is claimed unproven, and never enough for that layer.
    assert!((650_000..1_100_000).contains(&outcome.mean(20, 60)), "{}", outcome.mean(20, 60));
    assert!(outcome.probes <= 8, "{}", outcome.probes);
    assert!(outcome.worst_queue(3, 60) < 250, "{}", outcome.worst_queue(3, 60));
}

#[test]
fn a_path_that_comes_back_is_used_again_soon() {
    let path = bottleneck(&[(0, 5000), (20_000, 400), (40_000, 5000)], 25, 300, 0.0);
    let outcome = run_source(path, 60, ladder, Some(WANTED));
    assert!(outcome.mean(30, 40) < 480_000, "{}", outcome.mean(30, 40));
    assert!(
        outcome.reaches(40, 2_200_000).is_some_and(|seconds| seconds <= 10),
        "{:?}",
        outcome.reaches(40, 2_200_000)
    );
}
