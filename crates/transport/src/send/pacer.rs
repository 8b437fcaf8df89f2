//! When each packet leaves: pure, time is an argument.

use std::collections::VecDeque;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

/// The queue never holds more than this takes to send.
pub(crate) const MAX_QUEUE: Duration = Duration::from_millis(250);
/// From here on encoders should skip a picture.
const CONGESTED: Duration = Duration::from_millis(120);
/// The pacer aims at emptying its queue in this time.
const DRAIN: Duration = Duration::from_millis(180);
/// A packet that waited this long leaves, whatever the pace: repair that went before it must not make it late.
const LATEST: Duration = Duration::from_millis(230);
/// Slowest and fastest pace, in shares of the target.
const SLOW: f64 = 1.1;
const FAST: f64 = 2.5;
/// So much may leave at once: one wake of the network thread.
const BURST: Duration = Duration::from_millis(5);
/// So much may be made up for while something waits: timers fire late on a busy machine.
const SAVED: Duration = Duration::from_millis(40);
/// Audio and overshoot are paid back, but at most this much.
const MAX_DEBT: Duration = Duration::from_millis(100);

/// In order of urgency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Leaves at once.
    Audio,
    Retransmission,
    Video,
}

#[derive(Debug)]
struct Queued<T> {
    item: T,
    size: u32,
    at: MediaTime,
}

/// A queue that lets packets go at 1.1 to 2.5 times the target rate: audio at once, then retransmissions, then video.
///
/// Frames are admitted whole, before they get sequence numbers: [`Pacer::admits`]. An admitted frame leaves within
/// [`MAX_QUEUE`], by a faster pace where nothing else helps (a keyframe at a low rate).
#[derive(Debug)]
pub(crate) struct Pacer<T> {
    target: f64,
    audio: VecDeque<Queued<T>>,
    retransmissions: VecDeque<Queued<T>>,
    video: VecDeque<Queued<T>>,
    bytes: u64,
    /// Bytes that may leave now; negative: debt.
    budget: f64,
    /// Bits a second until the queue is empty: only raised meanwhile, so that what was promised to leave in time does.
    pace: f64,
    updated: Option<MediaTime>,
    longest: Duration,
}

impl<T> Pacer<T> {
    pub fn new(target: BitsPerSecond) -> Self {
        Self {
            target: target.0 as f64,
            audio: VecDeque::new(),
            retransmissions: VecDeque::new(),
            video: VecDeque::new(),
            bytes: 0,
            budget: 0.0,
            pace: 0.0,
            updated: None,
            longest: Duration::ZERO,
        }
    }

    pub fn set_target(&mut self, target: BitsPerSecond) {
        self.target = (target.0 as f64).max(10_000.0);
    }

    /// True where a video frame of `bytes` may enter. A keyframe may also where the queue is at most half full,
    /// however large it is: else it could never be sent at a low rate.
    pub fn admits(&self, bytes: u64, keyframe: bool) -> bool {
        self.time_for(self.bytes + bytes) <= MAX_QUEUE || (keyframe && self.time_for(self.bytes) <= MAX_QUEUE / 2)
    }

    /// True where encoders should skip a picture.
    pub fn is_congested(&self) -> bool {
        self.time_for(self.bytes) > CONGESTED
    }

    pub fn push(&mut self, class: Class, item: T, size: u32, now: MediaTime) {
        let queued = Queued { item, size, at: now };
        if class != Class::Audio {
            // What was saved up while nothing waited is refilled at the old pace first.
            self.refill(now);
            self.bytes += u64::from(size);
            self.pace = self.pace().max(self.needed());
        }
        self.queue(class).push_back(queued);
    }

    /// The next packet that may leave now.
    pub fn pop(&mut self, now: MediaTime) -> Option<T> {
        if let Some(queued) = self.audio.pop_front() {
            self.budget -= f64::from(queued.size);
            return Some(queued.item);
        }
        self.refill(now);
        let overdue = self.oldest().is_some_and(|at| now.since(at) >= LATEST);
        if self.budget <= 0.0 && !overdue {
            return None;
        }
        let queued = self.retransmissions.pop_front().or_else(|| self.video.pop_front())?;
        self.bytes -= u64::from(queued.size);
        self.budget -= f64::from(queued.size);
        self.longest = self.longest.max(now.since(queued.at));
        if self.bytes == 0 {
            self.pace = 0.0;
        }
        Some(queued.item)
    }

    /// When [`Pacer::pop`] may give something; `None`: nothing waits.
    pub fn next(&self, now: MediaTime) -> Option<MediaTime> {
        if !self.audio.is_empty() {
            return Some(now);
        }
        if self.bytes == 0 {
            return None;
        }
        let missing = (-self.budget).max(0.0) * 8.0 / self.pace();
        // Not before a burst's worth has gathered: fewer wakes, same rate.
        let wait = Duration::from_secs_f64(missing).max(BURST);
        let paced = self.updated.unwrap_or(now) + wait;
        Some(self.oldest().map_or(paced, |at| paced.min(at + LATEST)))
    }

    fn oldest(&self) -> Option<MediaTime> {
        let front = |queue: &VecDeque<Queued<T>>| queue.front().map(|queued| queued.at);
        front(&self.retransmissions).into_iter().chain(front(&self.video)).min()
    }

    /// Drops what is queued and does not satisfy `keep`.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        for queue in [&mut self.audio, &mut self.retransmissions, &mut self.video] {
            queue.retain(|queued| keep(&queued.item));
        }
        self.bytes = self.retransmissions.iter().chain(&self.video).map(|queued| u64::from(queued.size)).sum();
        if self.bytes == 0 {
            self.pace = 0.0;
        }
    }

    /// Longest wait of any packet so far.
    pub const fn longest(&self) -> Duration {
        self.longest
    }

    fn queue(&mut self, class: Class) -> &mut VecDeque<Queued<T>> {
        match class {
            Class::Audio => &mut self.audio,
            Class::Retransmission => &mut self.retransmissions,
            Class::Video => &mut self.video,
        }
    }

    /// How long these bytes take at the fastest pace.
    fn time_for(&self, bytes: u64) -> Duration {
        Duration::from_secs_f64(bytes as f64 * 8.0 / (self.target * FAST))
    }

    /// Bits a second at this moment.
    fn pace(&self) -> f64 {
        self.pace.max(self.target * SLOW)
    }

    /// Bits a second that empty the queue in time: up to the fastest share of the target, beyond it only where else [`MAX_QUEUE`] would pass.
    fn needed(&self) -> f64 {
        let wanted = self.bytes as f64 * 8.0 / DRAIN.as_secs_f64();
        if self.time_for(self.bytes) > MAX_QUEUE { wanted } else { wanted.min(self.target * FAST) }
    }

    fn refill(&mut self, now: MediaTime) {
        let pace = self.pace() / 8.0;
        let elapsed = self.updated.map_or(BURST, |last| now.since(last));
        self.updated = Some(self.updated.map_or(now, |last| last.max(now)));
        let saved = if self.bytes == 0 { BURST } else { SAVED };
        self.budget = (self.budget + pace * elapsed.as_secs_f64())
            .clamp(-pace * MAX_DEBT.as_secs_f64(), pace * saved.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the pacer's own timer; returns when each item left, in milliseconds.
    fn drain(pacer: &mut Pacer<u32>, from: i64) -> Vec<(f64, u32)> {
        let (mut now, mut left) = (MediaTime::from_millis(from), Vec::new());
        for _ in 0..10_000 {
            while let Some(item) = pacer.pop(now) {
                left.push((now.0 as f64 / 1000.0, item));
            }
            match pacer.next(now) {
                Some(next) => now = MediaTime(next.0.max(now.0 + 500)),
                None => break,
            }
        }
        left
    }

    #[test]
    fn audio_leaves_first_then_repair_then_video() {
        let mut pacer = Pacer::new(BitsPerSecond(1_000_000));
        let now = MediaTime::ZERO;
        for n in 0..4 {
            pacer.push(Class::Video, 100 + n, 1200, now);
        }
        pacer.push(Class::Retransmission, 50, 1200, now);
        pacer.push(Class::Audio, 1, 100, now);
        let order: Vec<_> = drain(&mut pacer, 0).into_iter().map(|(_, item)| item).collect();
        assert_eq!(order, [1, 50, 100, 101, 102, 103]);
    }

    #[test]
    fn the_pace_is_within_its_bounds() {
        let mut pacer = Pacer::new(BitsPerSecond(1_000_000));
        for n in 0..40 {
            pacer.push(Class::Video, n, 1250, MediaTime::ZERO);
        }
        // 50 kB at 1 Mb/s: 400 ms at the target, 160 ms at 2.5 times.
        let left = drain(&mut pacer, 0);
        let last = left.last().expect("all left").0;
        assert_eq!(left.len(), 40);
        assert!((140.0..250.0).contains(&last), "{last}");
        // No burst beyond what ten milliseconds carry at full pace, plus one packet.
        for (at, _) in &left {
            let together = left.iter().filter(|(other, _)| other == at).count();
            assert!(together <= 4, "{together} packets at {at}");
        }
    }

    #[test]
    fn repair_does_not_make_a_frame_late() {
        let mut pacer = Pacer::new(BitsPerSecond(1_000_000));
        let mut now = MediaTime::ZERO;
        for n in 0..60 {
            pacer.push(Class::Video, n, 1250, now);
        }
        // Meanwhile repair takes 40 % of the pace.
        for step in 0..400 {
            now = MediaTime::from_millis(step);
            if step % 10 == 0 {
                pacer.push(Class::Retransmission, 1000, 1250, now);
            }
            while pacer.pop(now).is_some() {}
        }
        assert!(pacer.longest() <= MAX_QUEUE, "{:?}", pacer.longest());
    }

    #[test]
    fn late_timers_are_made_up_for() {
        let mut pacer = Pacer::new(BitsPerSecond(1_000_000));
        for n in 0..60 {
            pacer.push(Class::Video, n, 1250, MediaTime::ZERO);
        }
        // Every 30 ms instead of every 5.
        let left: usize =
            (0..9).map(|n| std::iter::from_fn(|| pacer.pop(MediaTime::from_millis(n * 30))).count()).sum();
        assert_eq!(left, 60);
    }

    #[test]
    fn frames_are_refused_before_the_queue_passes_its_bound() {
        let mut pacer = Pacer::new(BitsPerSecond(1_000_000));
        let mut admitted = 0;
        while pacer.admits(5000, false) {
            pacer.push(Class::Video, 0, 5000, MediaTime::ZERO);
            admitted += 5000;
        }
        // 250 ms at 2.5 Mb/s are 78 kB.
        assert!((70_000..=78_125).contains(&admitted), "{admitted}");
        assert!(pacer.is_congested());
        assert!(!pacer.admits(100, true) || pacer.admits(100, false));
    }

    #[test]
    fn a_huge_keyframe_still_leaves_within_the_bound() {
        let mut pacer = Pacer::new(BitsPerSecond(100_000));
        assert!(!pacer.admits(60_000, false));
        assert!(pacer.admits(60_000, true));
        for n in 0..50 {
            pacer.push(Class::Video, n, 1200, MediaTime::ZERO);
        }
        let left = drain(&mut pacer, 0);
        assert_eq!(left.len(), 50);
        assert!(pacer.longest() <= MAX_QUEUE + Duration::from_millis(10), "{:?}", pacer.longest());
    }

    #[test]
    fn retained_bytes_are_counted_anew() {
        let mut pacer = Pacer::new(BitsPerSecond(1_000_000));
        for n in 0..10 {
            pacer.push(Class::Video, n, 1000, MediaTime::ZERO);
        }
        pacer.retain(|item| *item % 2 == 0);
        assert_eq!(drain(&mut pacer, 0).len(), 5);
        assert_eq!(pacer.next(MediaTime::from_millis(9999)), None);
    }
}
