//! How often the person is looked for, and when to give up. Pure.
//!
//! The picture's rate is never touched: every picture gets the last mask. Only the masks become rarer where they cost too much.

use std::time::Duration;
use visavis_media::MediaTime;

/// Masks a second, the best first.
const RATES: [f32; 3] = [30.0, 15.0, 10.0];
/// What all of it may take of one core.
const BUDGET: f32 = 0.12;
/// More masks only where they leave some of that.
const ROOM: f32 = 0.10;
/// Over this share of the time, others wait for us.
const TOO_MUCH: f32 = 0.6;
/// So long are costs looked at together.
const SPAN: Duration = Duration::from_secs(1);
/// Spans that were too much, one after the other, are the end after so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// But one alone may be a hiccup, however long it was: where hardly anything runs, a span is a single picture.
const FEWEST: u32 = 2;

/// Watches the costs.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    rate: usize,
    last_mask: Option<MediaTime>,
    since: Option<MediaTime>,
    masks: u32,
    for_masks: Duration,
    pictures: u32,
    for_pictures: Duration,
    bad: u32,
    bad_for: Duration,
}

impl Pacer {
    /// Masks a second, at most.
    pub fn rate(&self) -> f32 {
        RATES[self.rate]
    }

    /// Whether the picture of this moment gets a mask of its own.
    pub fn is_due(&self, now: MediaTime) -> bool {
        // Cameras are not exact: a picture that comes a little early is meant.
        let period = Duration::from_secs_f32(0.75 / self.rate());
        self.last_mask.is_none_or(|last| now.since(last) >= period)
    }

    /// A picture was made: what its mask took, where it had one, and the rest. False: this machine cannot.
    pub fn worked(&mut self, now: MediaTime, mask: Option<Duration>, rest: Duration) -> bool {
        let since = *self.since.get_or_insert(now);
        if let Some(cost) = mask {
            self.last_mask = Some(now);
            self.masks += 1;
            self.for_masks += cost;
        }
        self.pictures += 1;
        self.for_pictures += rest;
        let span = now.since(since);
        if span < SPAN {
            return true;
        }
        self.judge(span);
        *self = Self {
            rate: self.rate,
            last_mask: self.last_mask,
            since: Some(now),
            bad: self.bad,
            bad_for: self.bad_for,
            ..Self::default()
        };
        self.bad < FEWEST || self.bad_for < PATIENCE
    }

    fn judge(&mut self, span: Duration) {
        let seconds = span.as_secs_f32();
        let rest = self.for_pictures.as_secs_f32() / seconds;
        let busy = rest + self.for_masks.as_secs_f32() / seconds;
        (self.bad, self.bad_for) =
            if busy > TOO_MUCH { (self.bad + 1, self.bad_for + span) } else { (0, Duration::ZERO) };
        if self.masks == 0 {
            return;
        }
        let mask = self.for_masks.as_secs_f32() / self.masks as f32;
        let pictures = self.pictures as f32 / seconds;
        let share = |rate: f32| rest + mask * rate.min(pictures);
        let fits = |(place, rate): (usize, f32)| share(rate) <= if place < self.rate { ROOM } else { BUDGET };
        self.rate = RATES.into_iter().enumerate().position(fits).unwrap_or(RATES.len() - 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirty pictures a second for some seconds; the masks that were made in the last one, or `None` where it gave up.
    fn run(pacer: &mut Pacer, from: i64, seconds: i64, mask: u64, rest: u64) -> Option<u32> {
        let mut masks = 0;
        for picture in 0..seconds * 30 {
            let now = MediaTime::from_micros((from * 30 + picture) * 1_000_000 / 30 + picture % 3 * 500);
            let cost = pacer.is_due(now).then(|| Duration::from_micros(mask));
            if picture >= (seconds - 1) * 30 {
                masks += u32::from(cost.is_some());
            }
            if !pacer.worked(now, cost, Duration::from_micros(rest)) {
                return None;
            }
        }
        Some(masks)
    }

    #[test]
    fn masks_become_rarer_where_they_cost_and_more_where_they_do_not() {
        let mut pacer = Pacer::default();
        assert_eq!(run(&mut pacer, 0, 3, 1_500, 800), Some(30));
        assert_eq!(run(&mut pacer, 3, 3, 3_500, 1_500), Some(15));
        assert_eq!(run(&mut pacer, 6, 3, 9_000, 2_500), Some(10));
        assert_eq!(run(&mut pacer, 9, 3, 1_500, 800), Some(30));
    }

    #[test]
    fn between_two_rates_it_does_not_swing() {
        // 30 a second would be 11 %: kept where it is so, not begun.
        let mut pacer = Pacer::default();
        assert_eq!(run(&mut pacer, 0, 4, 2_700, 1_000), Some(30));
        assert_eq!(run(&mut pacer, 4, 3, 3_500, 1_500), Some(15));
        assert_eq!(run(&mut pacer, 7, 4, 2_700, 1_000), Some(15));
    }

    #[test]
    fn a_machine_that_cannot_is_told_after_a_while_and_not_by_a_hiccup() {
        let mut pacer = Pacer::default();
        assert!(run(&mut pacer, 0, 3, 30_000, 25_000).is_some());
        assert!(run(&mut pacer, 3, 3, 2_000, 1_000).is_some());
        assert!(run(&mut pacer, 6, 4, 30_000, 25_000).is_some());
        assert_eq!(run(&mut pacer, 10, 4, 30_000, 25_000), None);
    }

    #[test]
    fn a_machine_that_hardly_runs_is_told_after_few_pictures() {
        let mut pacer = Pacer::default();
        let picture = |pacer: &mut Pacer, second: i64| {
            pacer.worked(MediaTime::from_millis(second * 1000), Some(Duration::from_secs(3)), Duration::from_secs(3))
        };
        assert!(picture(&mut pacer, 0) && picture(&mut pacer, 6));
        assert!(!picture(&mut pacer, 12));
    }

    #[test]
    fn a_slow_camera_has_a_mask_for_each_picture() {
        let mut pacer = Pacer::default();
        for picture in 0..30 {
            let now = MediaTime::from_millis(picture * 100);
            assert!(pacer.is_due(now));
            assert!(pacer.worked(now, Some(Duration::from_millis(6)), Duration::from_millis(3)));
        }
    }
}
