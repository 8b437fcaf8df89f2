//! Share of packets that the path loses, before any repair.

use crate::estimate::PacketResult;
use std::time::Duration;
use visavis_media::MediaTime;

/// What was seen so long ago counts half.
const HALF_LIFE: Duration = Duration::from_secs(2);
/// Fewer packets than this say nothing.
const FEWEST: f64 = 20.0;

/// Loss by transport-wide feedback: receiver reports of an SFU that repairs do not tell it.
#[derive(Debug, Default)]
pub(super) struct PathLoss {
    lost: f64,
    all: f64,
    updated: Option<MediaTime>,
}

impl PathLoss {
    pub fn feedback(&mut self, packets: &[PacketResult], now: MediaTime) {
        let elapsed = self.updated.map_or(Duration::ZERO, |last| now.since(last));
        self.updated = Some(now);
        let keep = 0.5_f64.powf(elapsed.as_secs_f64() / HALF_LIFE.as_secs_f64());
        self.lost = self.lost * keep + packets.iter().filter(|packet| packet.arrival.is_none()).count() as f64;
        self.all = self.all * keep + packets.len() as f64;
    }

    /// 0 to 1.
    pub fn share(&self) -> f64 {
        if self.all < FEWEST { 0.0 } else { (self.lost / self.all).min(1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_follows_within_seconds_and_is_silent_on_little() {
        let mut loss = PathLoss::default();
        let report = |lost: usize| -> Vec<PacketResult> {
            (0..20)
                .map(|n| PacketResult {
                    sent: MediaTime::ZERO,
                    size: 1000,
                    arrival: (n >= lost).then_some(MediaTime::ZERO),
                    burst: 0,
                })
                .collect()
        };
        loss.feedback(&report(10)[..5], MediaTime::ZERO);
        assert!(loss.share().abs() < 1e-9);
        (1..50).for_each(|n| loss.feedback(&report(1), MediaTime::from_millis(n * 100)));
        assert!((loss.share() - 0.05).abs() < 0.01, "{}", loss.share());
        (50..130).for_each(|n| loss.feedback(&report(0), MediaTime::from_millis(n * 100)));
        assert!(loss.share() < 0.005, "{}", loss.share());
    }
}
