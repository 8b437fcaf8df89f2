//! The parts together.

use super::aimd::Observation;
use super::loss::{LossAdvice, LossControl};
use super::{AcknowledgedRate, BandwidthEstimator, DelayDetector, Feedback, RateControl, Usage};
use crate::options::RateLimits;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

/// Before one was measured (goog_cc).
const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(200);
/// Feedback that stays away this long beyond the round trip, with packets in flight, means trouble.
///
/// LiveKit reports only once more than 20 packets are held, at 15 packets a second that is every 1.4 s.
const MISSING: Duration = Duration::from_millis(1800);
const MISSING_CUT: f64 = 0.8;
/// The start phase ends at this much loss beyond the path's own.
const START_LOSS: f64 = 0.08;

/// Below both, probing is harmless: milliseconds of standing queue, share of loss.
const CALM_QUEUE: f64 = 25.0;
const CALM_LOSS: f64 = 0.08;

/// Delay trend, acknowledged rate and loss: the first own estimator.
#[derive(Clone, Debug)]
pub struct DelayLossEstimator {
    limits: RateLimits,
    detector: DelayDetector,
    acknowledged: AcknowledgedRate,
    control: RateControl,
    loss: LossControl,
    round_trip: Option<Duration>,
    remote_limit: Option<BitsPerSecond>,
    last_feedback: Option<MediaTime>,
    /// When the oldest packet left that no feedback has followed yet.
    unanswered_since: Option<MediaTime>,
    last_missing_cut: Option<MediaTime>,
}

impl DelayLossEstimator {
    pub fn new(limits: RateLimits) -> Self {
        Self {
            limits,
            detector: DelayDetector::default(),
            acknowledged: AcknowledgedRate::default(),
            control: RateControl::new(limits),
            loss: LossControl::default(),
            round_trip: None,
            remote_limit: None,
            last_feedback: None,
            unanswered_since: None,
            last_missing_cut: None,
        }
    }

    /// Rate of what arrived, once known.
    pub fn acknowledged(&self) -> Option<BitsPerSecond> {
        self.acknowledged.rate()
    }
}

impl BandwidthEstimator for DelayLossEstimator {
    fn sent(&mut self, _size: u32, now: MediaTime) {
        self.unanswered_since.get_or_insert(now);
    }

    fn feedback(&mut self, feedback: &Feedback<'_>) {
        let now = feedback.now;
        self.last_feedback = Some(now);
        self.unanswered_since = None;
        if let Some(round_trip) = feedback.round_trip {
            self.round_trip(round_trip, now);
        }
        let round_trip = self.round_trip.unwrap_or(DEFAULT_ROUND_TRIP);
        self.acknowledged.feedback(feedback.packets);
        let acknowledged = self.acknowledged.rate();
        let mut arrived: Vec<_> = feedback
            .packets
            .iter()
            .filter_map(|packet| Some((packet.arrival?.micros(), packet.sent.micros())))
            .collect();
        arrived.sort_unstable();
        // An over-use anywhere in the report counts, also where its last groups are calm again.
        let mut over = false;
        for (arrival, sent) in arrived {
            self.detector.packet(sent, arrival);
            over |= self.detector.usage() == Usage::Over;
        }
        let advice = self.loss.feedback(feedback.packets, self.control.rate(), acknowledged, round_trip, now);
        if self.loss.excess() > START_LOSS {
            self.control.end_start();
        }
        let usage = if over {
            Usage::Over
        } else if advice == LossAdvice::Hold && self.detector.usage() == Usage::Normal {
            // Neither up nor down.
            Usage::Under
        } else {
            self.detector.usage()
        };
        let observation = Observation { usage, queue: self.detector.queue(), acknowledged, round_trip };
        self.control.update(&observation, now);
        if let LossAdvice::Limit(limit) = advice {
            self.control.limit_to(limit);
        }
    }

    fn proven(&mut self, rate: BitsPerSecond, _now: MediaTime) {
        if self.detector.usage() != Usage::Over {
            self.control.raise_to(rate);
        }
    }

    fn is_calm(&self) -> bool {
        self.detector.usage() == Usage::Normal && self.detector.queue() < CALM_QUEUE && self.loss.excess() < CALM_LOSS
    }

    fn round_trip(&mut self, round_trip: Duration, _now: MediaTime) {
        let smoothed = self.round_trip.map_or(round_trip, |old| (old * 7 + round_trip) / 8);
        self.round_trip = Some(smoothed);
    }

    fn remote_limit(&mut self, limit: Option<BitsPerSecond>) {
        self.remote_limit = limit;
    }

    fn tick(&mut self, now: MediaTime) {
        // Only where feedback came before: a server without it must not starve us.
        let (Some(since), Some(_)) = (self.unanswered_since, self.last_feedback) else { return };
        let patience = MISSING + self.round_trip.unwrap_or(DEFAULT_ROUND_TRIP);
        let due = self.last_missing_cut.is_none_or(|last| now.since(last) >= Duration::from_secs(1));
        if now.since(since) > patience && due {
            self.last_missing_cut = Some(now);
            let cut = BitsPerSecond((self.control.rate().0 as f64 * MISSING_CUT) as u64);
            self.control.limit_to(cut);
        }
    }

    fn estimate(&self) -> BitsPerSecond {
        let rate = self.control.rate();
        let rate = self.remote_limit.map_or(rate, |limit| rate.min(limit));
        rate.max(self.limits.min)
    }
}
