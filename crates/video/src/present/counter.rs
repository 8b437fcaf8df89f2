//! Shows nothing and measures everything: the presenter of a headless call, and the statistics of every other.

use super::Presenter;
use crate::barcode;
use crate::stage::{Form, Picture};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use visavis_media::{Frame, MediaTime};
use visavis_model::{StageLayout, TrackId, VideoReceived};

/// Gaps that make the mean against which a freeze is judged.
const MEAN_OF: usize = 30;
/// Gaps before anything counts as a freeze.
const FEWEST: usize = 5;
/// A gap this much over the mean is a freeze, where three times the mean is less.
const FREEZE_OVER: Duration = Duration::from_millis(150);
/// The start of a track, in which gaps are not held against it.
const START: Duration = Duration::from_secs(1);
/// Longest latency that is told apart, in milliseconds.
const MAX_LATENCY: usize = 10_000;

/// Counts shown pictures, gaps, freezes and the barcode's latency of every track.
pub struct Counter {
    tracks: HashMap<TrackId, Track>,
    wall: Arc<dyn Fn() -> u32 + Send + Sync>,
}

#[derive(Default)]
struct Track {
    shown: u64,
    first: Option<MediaTime>,
    last: Option<MediaTime>,
    gaps: VecDeque<Duration>,
    freezes: u32,
    frozen: Duration,
    longest: Duration,
    latencies: Latencies,
    barcodes: u64,
    highest: Option<u32>,
}

impl Default for Counter {
    fn default() -> Self {
        Self::new(Arc::new(barcode::wall_clock_ms))
    }
}

impl Counter {
    /// `wall` is the clock of the barcodes, in milliseconds.
    pub fn new(wall: Arc<dyn Fn() -> u32 + Send + Sync>) -> Self {
        Self { tracks: HashMap::new(), wall }
    }

    /// A picture of `track` was shown at `now`.
    pub fn shown(&mut self, track: &TrackId, frame: &Frame, now: MediaTime) {
        let code = barcode::read(frame.i420());
        let wall = (self.wall)();
        if !self.tracks.contains_key(track) {
            self.tracks.insert(track.clone(), Track::default());
        }
        let Some(entry) = self.tracks.get_mut(track) else { return };
        entry.shown(now);
        if let Some(code) = code {
            entry.barcodes += 1;
            entry.highest = Some(entry.highest.map_or(code.counter, |highest| highest.max(code.counter)));
            // A sender on another machine has another clock: only what makes sense is counted.
            let latency = wall.wrapping_sub(code.clock_ms);
            if (latency as usize) < MAX_LATENCY {
                entry.latencies.add(latency as usize);
            }
        }
    }

    /// The picture is off by intention (muted, not demanded): the time until its next picture is no gap.
    pub fn interrupt(&mut self, track: &TrackId) {
        if let Some(entry) = self.tracks.get_mut(track) {
            entry.last = None;
            entry.gaps.clear();
        }
    }

    /// Fills in what was shown: counts, freezes, gaps, latency, barcodes. Nothing where the track is unknown.
    ///
    /// A gap that lasts until `now` counts.
    pub fn fill(&self, track: &TrackId, now: MediaTime, report: &mut VideoReceived) {
        let Some(entry) = self.tracks.get(track) else { return };
        report.frames_shown = entry.shown;
        let open = entry.last.map_or(Duration::ZERO, |last| now.since(last));
        let open_freeze = entry.is_freeze(open);
        report.freezes = entry.freezes + u32::from(open_freeze);
        let frozen = entry.frozen + if open_freeze { open } else { Duration::ZERO };
        report.freeze_ms = frozen.as_millis() as u64;
        let open = if entry.in_start(now) { Duration::ZERO } else { open };
        report.longest_gap_ms = entry.longest.max(open).as_millis() as u64;
        report.latency_ms_p50 = entry.latencies.quantile(0.5);
        report.latency_ms_p95 = entry.latencies.quantile(0.95);
        report.barcodes_read = entry.barcodes;
    }

    /// Pictures shown of a track.
    pub fn frames_shown(&self, track: &TrackId) -> u64 {
        self.tracks.get(track).map_or(0, |entry| entry.shown)
    }

    /// The highest barcode counter seen of a track.
    pub fn highest_counter(&self, track: &TrackId) -> Option<u32> {
        self.tracks.get(track)?.highest
    }

    /// When the first picture of any track was shown.
    pub fn first_shown(&self) -> Option<MediaTime> {
        self.tracks.values().filter_map(|entry| entry.first).min()
    }
}

impl Presenter for Counter {
    fn form(&self) -> Form {
        Form::Source
    }

    fn set_layout(&mut self, _: &StageLayout) {}

    fn present(&mut self, picture: &Picture, now: MediaTime) {
        // A picture that is drawn again for a new layout is not a new one.
        if picture.fresh {
            self.shown(&picture.track, &picture.source, now);
        }
    }

    fn clear(&mut self, track: &TrackId) {
        self.interrupt(track);
    }
}

impl Track {
    fn shown(&mut self, now: MediaTime) {
        self.shown += 1;
        let starting = self.in_start(now);
        self.first.get_or_insert(now);
        let Some(last) = self.last.replace(now) else { return };
        let gap = now.since(last);
        if self.is_freeze(gap) {
            self.freezes += 1;
            self.frozen += gap;
        }
        if !starting {
            self.longest = self.longest.max(gap);
        }
        self.gaps.push_back(gap);
        if self.gaps.len() > MEAN_OF {
            self.gaps.pop_front();
        }
    }

    fn in_start(&self, now: MediaTime) -> bool {
        self.first.is_none_or(|first| now.since(first) < START)
    }

    /// At least max(3 × mean, mean + 150 ms) (W3C webrtc-stats, `freezeCount`).
    fn is_freeze(&self, gap: Duration) -> bool {
        if self.gaps.len() < FEWEST {
            return false;
        }
        let mean = self.gaps.iter().sum::<Duration>() / self.gaps.len() as u32;
        gap >= (mean * 3).max(mean + FREEZE_OVER)
    }
}

/// Counts by the millisecond; grows to the largest latency seen.
#[derive(Default)]
struct Latencies {
    counts: Vec<u32>,
    total: u64,
}

impl Latencies {
    fn add(&mut self, milliseconds: usize) {
        if self.counts.len() <= milliseconds {
            self.counts.resize(milliseconds + 1, 0);
        }
        self.counts[milliseconds] = self.counts[milliseconds].saturating_add(1);
        self.total += 1;
    }

    fn quantile(&self, quantile: f64) -> Option<f32> {
        let rank = (self.total as f64 * quantile).ceil().max(1.0) as u64;
        let mut before = 0;
        self.counts
            .iter()
            .position(|count| {
                before += u64::from(*count);
                before >= rank
            })
            .map(|milliseconds| milliseconds as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Synthetic;
    use std::sync::atomic::{AtomicU32, Ordering};
    use visavis_media::Surface;
    use visavis_model::{Fps, Size};

    fn track() -> TrackId {
        TrackId::from("a")
    }

    #[test]
    fn freezes_and_gaps_are_counted_by_the_rule() {
        let mut entry = Track::default();
        let mut time = 0;
        for _ in 0..60 {
            entry.shown(MediaTime::from_millis(time));
            time += 33;
        }
        // 33 + 150 = 183: one under it, one over it.
        time += 182 - 33;
        entry.shown(MediaTime::from_millis(time));
        assert_eq!(entry.freezes, 0);
        for _ in 0..40 {
            time += 33;
            entry.shown(MediaTime::from_millis(time));
        }
        time += 400;
        entry.shown(MediaTime::from_millis(time));
        assert_eq!((entry.freezes, entry.frozen.as_millis(), entry.longest.as_millis()), (1, 400, 400));
    }

    #[test]
    fn the_first_second_and_an_interruption_make_no_gap() {
        let mut counter = Counter::default();
        let frame = Frame {
            surface: Surface::I420(Arc::new(visavis_media::I420::black(Size::new(64, 48)))),
            time: MediaTime::ZERO,
        };
        let show = |counter: &mut Counter, ms| counter.shown(&track(), &frame, MediaTime::from_millis(ms));
        show(&mut counter, 0);
        show(&mut counter, 900);
        for n in 0..60 {
            show(&mut counter, 1000 + n * 33);
        }
        counter.interrupt(&track());
        show(&mut counter, 60_000);
        show(&mut counter, 60_033);
        let mut report = VideoReceived::default();
        counter.fill(&track(), MediaTime::from_millis(60_040), &mut report);
        assert_eq!((report.frames_shown, report.freezes), (64, 0));
        assert!(report.longest_gap_ms < 150, "{}", report.longest_gap_ms);
        // It stands still at the end.
        counter.fill(&track(), MediaTime::from_millis(61_000), &mut report);
        assert_eq!(report.longest_gap_ms, 967);
    }

    #[test]
    fn latency_is_that_of_the_barcode() {
        let clock = Arc::new(AtomicU32::new(u32::MAX - 20));
        let read = |clock: &Arc<AtomicU32>| {
            let clock = Arc::clone(clock);
            Arc::new(move || clock.load(Ordering::Relaxed))
        };
        let mut source = Synthetic::with_clock(Size::new(320, 180), Fps(30.0), 0, read(&clock));
        let mut counter = Counter::new(read(&clock));
        for count in 0..100u32 {
            let picture = source.draw(count);
            let latency = if count < 90 { 30 } else { 80 };
            clock.fetch_add(latency, Ordering::Relaxed);
            let frame = Frame { surface: Surface::I420(Arc::new(picture)), time: MediaTime::ZERO };
            counter.shown(&track(), &frame, MediaTime::from_millis(i64::from(count) * 33));
        }
        let mut report = VideoReceived::default();
        counter.fill(&track(), MediaTime::from_millis(3300), &mut report);
        assert_eq!((report.latency_ms_p50, report.latency_ms_p95), (Some(30.0), Some(80.0)));
        assert_eq!((report.barcodes_read, counter.highest_counter(&track())), (100, Some(99)));
    }
}
