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
const SEVERE: f64 = 0.10;

/// Loss over 250 ms observations: tolerates the path's own loss and bounds the rate where it is severe.
#[derive(Clone, Debug, Default)]
pub(crate) struct LossControl {
    /// Sent and lost bytes.
    observations: VecDeque<(u64, u64)>,
    open: (u64, u64),
    opened: Option<MediaTime>,
    last_cut: Option<MediaTime>,
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

    pub fn feedback(
        &mut self,
        packets: &[PacketResult],
        rate: BitsPerSecond,
        acknowledged: Option<BitsPerSecond>,
        round_trip: Duration,
        now: MediaTime,
    ) -> LossAdvice {
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
        if self.observations.len() < 3 {
            return LossAdvice::None;
        }
        let loss = self.loss();
        if loss <= TOLERATED {
            return LossAdvice::None;
        }
        let bound = BALANCE / (loss - TOLERATED);
        let cut_due = self.last_cut.is_none_or(|last| now.since(last) >= Duration::from_millis(300) + round_trip);
        if loss <= SEVERE || !cut_due {
            return LossAdvice::Hold;
        }
        // Never below what does arrive, never above the bound by more than one step down.
        let floor = acknowledged.map_or(0.0, |rate| 0.95 * rate.0 as f64);
        let cut = rate.0 as f64 * (1.0 - 0.5 * loss);
        let limit = cut.max(floor).min(bound.max(floor));
        self.last_cut = Some(now);
        LossAdvice::Limit(BitsPerSecond(limit as u64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(every: usize) -> (LossControl, Vec<LossAdvice>) {
        let mut control = LossControl::default();
        let advice = (0..40)
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
        assert!(limits.iter().all(|limit| *limit == 570_000), "{limits:?}");
        assert!(limits.len() > 5);
    }
}
