//! What loss says.

use super::PacketResult;
use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

const WINDOW: usize = 12;
const OBSERVATION: Duration = Duration::from_millis(250);
const FORGET: f64 = 0.9;
/// Loss up to this is the path's own, not congestion.
const TOLERATED: f64 = 0.05;
/// The bound at loss above the tolerated: this divided by the excess (loss-based v2's instant upper bound).
const BALANCE: f64 = 100_000.0;
/// So long must there be too much loss before it is tried out whether less is lost at a lower rate, and so long does the trial take.
const SUSPECT: Duration = Duration::from_millis(2500);
const TRIAL: Duration = Duration::from_millis(2000);
const TRIAL_CUT: f64 = 0.8;
/// A trial that leaves this share of the loss shows that the rate has nothing to do with it.
const UNCHANGED: f64 = 0.7;

/// Loss over 250 ms observations: tolerates the path's own loss and bounds the rate where there is much.
///
/// Loss of the path itself is told from congestion by a trial: what is still lost at four fifths of the rate is the path's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct LossControl {
    /// Sent and lost bytes.
    observations: VecDeque<(u64, u64)>,
    open: (u64, u64),
    opened: Option<MediaTime>,
    last_cut: Option<MediaTime>,
    /// The path's own loss, as far as a trial showed it.
    inherent: f64,
    suspect_since: Option<MediaTime>,
    /// Its begin, and the loss before it.
    trial: Option<(MediaTime, f64)>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LossAdvice {
    None,
    /// Losses are beyond the tolerated: no growth.
    Hold,
    /// No more than this.
    Limit(BitsPerSecond),
}

impl LossControl {
    /// Weighted share of lost bytes.
    pub fn loss(&self) -> f64 {
        let (mut sent, mut lost, mut weight) = (0.0, 0.0, 1.0);
        for (observation_sent, observation_lost) in self.observations.iter().rev() {
            sent += weight * *observation_sent as f64;
            lost += weight * *observation_lost as f64;
            weight *= FORGET;
        }
        if sent > 0.0 { lost / sent } else { 0.0 }
    }

    /// Loss beyond what the path loses by itself.
    pub fn excess(&self) -> f64 {
        (self.loss() - self.inherent).max(0.0)
    }

    pub fn feedback(
        &mut self,
        packets: &[PacketResult],
        rate: BitsPerSecond,
        acknowledged: Option<BitsPerSecond>,
        round_trip: Duration,
        now: MediaTime,
    ) -> LossAdvice {
        self.observe(packets, now);
        if self.observations.len() < 3 {
            return LossAdvice::None;
        }
        let loss = self.loss();
        if let Some((since, before)) = self.trial {
            if now.since(since) < TRIAL {
                return LossAdvice::Hold;
            }
            self.trial = None;
            if loss >= UNCHANGED * before {
                self.inherent = loss;
            }
        }
        if self.observations.len() == WINDOW {
            self.inherent = self.inherent.min(loss);
        }
        if loss <= TOLERATED {
            self.suspect_since = None;
            return LossAdvice::None;
        }
        let rate = rate.0 as f64;
        let bound = BALANCE / (loss - TOLERATED);
        if rate > bound && self.last_cut.is_none_or(|last| now.since(last) >= Duration::from_millis(300) + round_trip) {
            self.last_cut = Some(now);
            // Not below what does arrive in one step.
            let floor = acknowledged.map_or(0.0, |rate| 0.95 * rate.0 as f64);
            return LossAdvice::Limit(BitsPerSecond(rate.min(bound.max(floor)) as u64));
        }
        if self.excess() <= TOLERATED {
            self.suspect_since = None;
            return if rate > 0.9 * bound { LossAdvice::Hold } else { LossAdvice::None };
        }
        let since = *self.suspect_since.get_or_insert(now);
        if now.since(since) < SUSPECT {
            return LossAdvice::Hold;
        }
        self.suspect_since = None;
        self.trial = Some((now, loss));
        self.observations.clear();
        LossAdvice::Limit(BitsPerSecond((rate * TRIAL_CUT) as u64))
    }

    fn observe(&mut self, packets: &[PacketResult], now: MediaTime) {
        for packet in packets {
            self.open.0 += u64::from(packet.size);
            self.open.1 += if packet.arrival.is_none() { u64::from(packet.size) } else { 0 };
        }
        let opened = *self.opened.get_or_insert(now);
        if now.since(opened) >= OBSERVATION {
            self.observations.push_back(self.open);
            if self.observations.len() > WINDOW {
                self.observations.pop_front();
            }
            self.open = (0, 0);
            self.opened = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(every: usize) -> (LossControl, Vec<LossAdvice>) {
        run_for(every, 40)
    }

    fn run_for(every: usize, steps: i64) -> (LossControl, Vec<LossAdvice>) {
        let mut control = LossControl::default();
        let advice = (0..steps)
            .map(|n| {
                let packets: Vec<_> = (0..50)
                    .map(|packet| PacketResult {
                        sent: MediaTime::ZERO,
                        size: 1000,
                        arrival: (packet % every != 0).then_some(MediaTime::ZERO),
                        burst: 0,
                    })
                    .collect();
                control.feedback(
                    &packets,
                    BitsPerSecond(1_000_000),
                    Some(BitsPerSecond(600_000)),
                    Duration::from_millis(50),
                    MediaTime::from_millis(n * 100),
                )
            })
            .collect();
        (control, advice)
    }

    #[test]
    fn two_percent_loss_is_tolerated() {
        let (control, advice) = run(50);
        assert!((control.loss() - 0.02).abs() < 0.001);
        assert!(advice.iter().all(|advice| *advice == LossAdvice::None));
    }

    #[test]
    fn a_quarter_lost_bounds_the_rate_at_what_arrives() {
        let (_, advice) = run(4);
        let limits: Vec<_> = advice
            .iter()
            .filter_map(|advice| match advice {
                LossAdvice::Limit(limit) => Some(limit.0),
                _ => None,
            })
            .collect();
        // Before the trial, at the end of which nothing has changed: the rate here does not follow.
        assert!(limits.len() > 5 && limits[..6].iter().all(|limit| *limit == 570_000), "{limits:?}");
    }

    #[test]
    fn a_tenth_that_is_lost_at_any_rate_is_the_paths_own() {
        let (control, advice) = run_for(10, 100);
        let limits: Vec<_> = advice.iter().filter(|advice| matches!(advice, LossAdvice::Limit(_))).collect();
        assert_eq!(limits, [&LossAdvice::Limit(BitsPerSecond(800_000))], "one trial");
        assert!(control.excess() < 0.001, "{}", control.excess());
        assert!(advice[70..].iter().all(|advice| *advice == LossAdvice::None), "{advice:?}");
    }
}
