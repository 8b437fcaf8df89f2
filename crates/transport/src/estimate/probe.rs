//! Short bursts that find out whether the path carries more than we use: pure, time is an argument.

use super::PacketResult;
use std::time::Duration;
use visavis_media::MediaTime;
use visavis_model::BitsPerSecond;

/// LiveKit reports only once more than 20 packets are held, so a burst has at least as many.
const MIN_PACKETS: u32 = 21;
const MIN_TIME: Duration = Duration::from_millis(40);
/// How long a result is waited for: a second, and LiveKit's slow reports.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A burst that cannot be sent (nothing to send again) is given up.
const MAX_TIME: Duration = Duration::from_millis(400);
/// Multiples of the estimate: at the start, and later.
const START: f64 = 3.0;
const STEP: f64 = 2.0;
/// A result above this share of what was tried is followed by a higher one.
const GOOD: f64 = 0.7;
/// Pause after a burst that found nothing; grows with each.
const PAUSE: Duration = Duration::from_secs(5);
const MAX_PAUSE: Duration = Duration::from_secs(60);
const PAUSE_GROWTH: f64 = 1.5;
/// Beyond what is wanted by this, nothing is tried.
const ENOUGH: f64 = 1.15;
/// A drop below this share is tried to undo, at [`RECOVERY`] of the old estimate, once the path was calm for [`CALM`].
const DROP: f64 = 0.66;
const RECOVERY: f64 = 0.85;
const CALM: Duration = Duration::from_millis(1000);
const REMEMBER: Duration = Duration::from_secs(30);

/// What a probe knows when it decides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProbeView {
    pub estimate: BitsPerSecond,
    /// No queue grows, nothing is limited by loss.
    pub calm: bool,
}

/// Decides when to send how much more than the encoders give, and reads what came of it.
#[derive(Debug)]
pub(crate) struct Prober {
    wanted: BitsPerSecond,
    next_id: u32,
    burst: Option<Burst>,
    awaited: Option<Burst>,
    pause: Duration,
    not_before: Option<MediaTime>,
    started: bool,
    calm_since: Option<MediaTime>,
    /// The last proven rate, when it was proven, and whether a drop below it was noticed.
    best: Option<(BitsPerSecond, MediaTime, bool)>,
}

#[derive(Clone, Debug)]
struct Burst {
    id: u32,
    rate: f64,
    begun: MediaTime,
    ended: MediaTime,
    packets: u32,
    bytes: u64,
    /// Sent, size; arrival.
    arrived: Vec<(i64, u32, i64)>,
}

impl Prober {
    pub fn new(wanted: BitsPerSecond) -> Self {
        Self {
            wanted,
            next_id: 1,
            burst: None,
            awaited: None,
            pause: PAUSE,
            not_before: None,
            started: false,
            calm_since: None,
            best: None,
        }
    }

    /// What the encoders would use if they could; nothing beyond it is tried.
    pub fn want(&mut self, wanted: BitsPerSecond) {
        if wanted > self.wanted {
            // More is wanted than before: worth a try soon.
            self.not_before = None;
            self.pause = PAUSE;
        }
        self.wanted = wanted;
    }

    /// Looks whether a burst is due; to be called ten times a second. `ready`: there is something to send again.
    pub fn tick(&mut self, view: ProbeView, ready: bool, now: MediaTime) {
        self.notice_drop(view.estimate, now);
        if view.calm {
            self.calm_since.get_or_insert(now);
        } else {
            self.calm_since = None;
        }
        if let Some(burst) = &self.burst
            && now.since(burst.begun) > MAX_TIME
        {
            self.end_burst(now);
        }
        if let Some(awaited) = &self.awaited
            && now.since(awaited.ended) > PATIENCE
        {
            self.awaited = None;
            self.failed(now);
        }
        if ready && self.burst.is_none() && self.awaited.is_none() {
            self.consider(view, now);
        }
    }

    fn consider(&mut self, view: ProbeView, now: MediaTime) {
        let enough = self.wanted.0 as f64 * ENOUGH;
        let estimate = view.estimate.0 as f64;
        let calm = self.calm_since.is_some_and(|since| now.since(since) >= CALM) || (view.calm && !self.started);
        let due = self.not_before.is_none_or(|at| now >= at);
        if !calm || !due || estimate >= enough {
            return;
        }
        let dropped = self.best.filter(|(_, _, dropped)| *dropped);
        let rate = match dropped {
            _ if !self.started => estimate * START,
            Some((best, ..)) => RECOVERY * best.0 as f64,
            None => estimate * STEP,
        };
        self.started = true;
        self.begin(rate.min(enough.max(estimate * 1.2)), now);
    }

    fn begin(&mut self, rate: f64, now: MediaTime) {
        let id = self.next_id;
        self.next_id = self.next_id.wrapping_add(1).max(1);
        self.burst = Some(Burst { id, rate, begun: now, ended: now, packets: 0, bytes: 0, arrived: Vec::new() });
    }

    /// Bytes that a burst still wants to send now; 0 where none runs.
    pub fn due(&self, now: MediaTime) -> u64 {
        let Some(burst) = &self.burst else { return 0 };
        // The first packet starts the clock.
        let elapsed = now.since(burst.begun).as_secs_f64() + 0.001;
        ((burst.rate / 8.0 * elapsed) as u64).saturating_sub(burst.bytes)
    }

    /// When [`Prober::due`] is to be asked again.
    pub fn next(&self, now: MediaTime) -> Option<MediaTime> {
        self.burst.as_ref().map(|_| now + Duration::from_millis(3))
    }

    /// Every packet that leaves while a burst runs is part of it: its number, 0 for none.
    pub fn sent(&mut self, size: u32, now: MediaTime) -> u32 {
        let Some(burst) = &mut self.burst else { return 0 };
        burst.packets += 1;
        burst.bytes += u64::from(size);
        let id = burst.id;
        if burst.packets >= MIN_PACKETS && now.since(burst.begun) >= MIN_TIME {
            self.end_burst(now);
        }
        id
    }

    /// True while a burst waits for packets to be part of it.
    #[cfg(test)]
    pub const fn is_bursting(&self) -> bool {
        self.burst.is_some()
    }

    fn end_burst(&mut self, now: MediaTime) {
        if let Some(mut burst) = self.burst.take() {
            if burst.packets < MIN_PACKETS {
                self.failed(now);
            } else {
                burst.ended = now;
                self.awaited = Some(burst);
            }
        }
    }

    /// Reads a report; gives the rate that a burst proved.
    pub fn feedback(&mut self, packets: &[PacketResult], now: MediaTime) -> Option<BitsPerSecond> {
        // The first packets of a burst may be reported while its last ones leave.
        for burst in [&mut self.burst, &mut self.awaited].into_iter().flatten() {
            for packet in packets.iter().filter(|packet| packet.burst == burst.id) {
                if let Some(arrival) = packet.arrival {
                    burst.arrived.push((packet.sent.micros(), packet.size, arrival.micros()));
                }
            }
        }
        let awaited = self.awaited.as_ref()?;
        // Four fifths suffice: the rest may be lost, or in a report to come.
        if (awaited.arrived.len() as u32) * 5 < awaited.packets * 4 {
            return None;
        }
        let awaited = self.awaited.take()?;
        let tried = awaited.rate;
        let Some(rate) = awaited.result() else {
            self.failed(now);
            return None;
        };
        if rate >= GOOD * tried {
            // Good: the next step soon.
            self.pause = PAUSE;
            self.not_before = Some(now + Duration::from_millis(200));
        } else {
            self.failed(now);
        }
        let proven = BitsPerSecond(rate as u64);
        self.best = Some((proven, now, false));
        Some(proven)
    }

    fn failed(&mut self, now: MediaTime) {
        self.not_before = Some(now + self.pause);
        self.pause = self.pause.mul_f64(PAUSE_GROWTH).min(MAX_PAUSE);
    }

    /// A fresh drop below what was proven lately deserves an early try; a proven rate is forgotten in time.
    fn notice_drop(&mut self, estimate: BitsPerSecond, now: MediaTime) {
        let Some((best, at, dropped)) = &mut self.best else { return };
        if now.since(*at) > REMEMBER {
            self.best = None;
        } else if !*dropped && (estimate.0 as f64) < DROP * best.0 as f64 {
            *dropped = true;
            self.pause = PAUSE;
        }
    }
}

impl Burst {
    /// The lower of sending and receiving rate (goog_cc's probe bitrate estimator, 2026).
    fn result(mut self) -> Option<f64> {
        self.arrived.sort_unstable_by_key(|packet| packet.0);
        let (first, last) = (self.arrived.first()?, self.arrived.last()?);
        let bytes: u64 = self.arrived.iter().map(|packet| u64::from(packet.1)).sum();
        let earliest = self.arrived.iter().min_by_key(|packet| packet.2)?;
        let latest = self.arrived.iter().map(|packet| packet.2).max()?;
        let sending = rate(bytes - u64::from(last.1), last.0 - first.0)?;
        let receiving = rate(bytes - u64::from(earliest.1), latest - earliest.2)?;
        if receiving > 2.0 * sending {
            return None;
        }
        // A path that was saturated carries a little less than it delivered in a burst.
        Some(if receiving < 0.9 * sending { 0.95 * receiving } else { receiving.min(sending) })
    }
}

fn rate(bytes: u64, micros: i64) -> Option<f64> {
    (micros > 0 && micros <= 1_000_000).then(|| bytes as f64 * 8e6 / micros as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WANTED: BitsPerSecond = BitsPerSecond(2_600_000);

    /// Runs a prober over a path of `capacity` for ten seconds with nothing else on it; returns proven rates with their times.
    fn run(capacity: f64, mut estimate: u64) -> Vec<(i64, u64)> {
        let (mut prober, mut proven, mut free_at) = (Prober::new(WANTED), Vec::new(), 0i64);
        let mut flight: Vec<PacketResult> = Vec::new();
        for at in 0..10_000i64 {
            let now = MediaTime::from_millis(at);
            if at % 100 == 0 {
                prober.tick(ProbeView { estimate: BitsPerSecond(estimate), calm: true }, true, now);
            }
            while prober.due(now) > 0 {
                let burst = prober.sent(1100, now);
                free_at = free_at.max(now.micros()) + (1100.0 * 8e6 / capacity) as i64;
                flight.push(PacketResult { sent: now, size: 1100, arrival: Some(MediaTime(free_at + 30_000)), burst });
            }
            if at % 100 == 50 {
                let (report, rest) = std::mem::take(&mut flight)
                    .into_iter()
                    .partition(|packet: &PacketResult| packet.arrival.is_some_and(|arrival| arrival <= now));
                flight = rest;
                if let Some(rate) = prober.feedback(&report, now) {
                    proven.push((at, rate.0));
                    estimate = estimate.max(rate.0);
                }
            }
        }
        proven
    }

    #[test]
    fn a_wide_path_is_proven_within_a_second_and_then_left_alone() {
        let proven = run(20e6, 600_000);
        let (at, _) = proven.iter().find(|(_, rate)| *rate >= 2_600_000).expect("proven");
        assert!(*at <= 1500, "{proven:?}");
        assert!(proven.len() <= 3, "{proven:?}");
    }

    #[test]
    fn a_narrow_path_is_not_overrated_and_rarely_tried() {
        let proven = run(900e3, 600_000);
        assert!(!proven.is_empty());
        assert!(proven.iter().all(|(_, rate)| (700_000..950_000).contains(rate)), "{proven:?}");
        assert!(proven.len() <= 3, "{proven:?}");
    }

    #[test]
    fn no_burst_while_queues_grow_or_without_anything_to_send() {
        let mut prober = Prober::new(WANTED);
        let view = |calm| ProbeView { estimate: BitsPerSecond(600_000), calm };
        for n in 0..100 {
            prober.tick(view(false), true, MediaTime::from_millis(n * 100));
            prober.tick(view(true), false, MediaTime::from_millis(n * 100));
            assert!(!prober.is_bursting());
        }
    }

    #[test]
    fn a_burst_that_gets_no_answer_is_over() {
        let mut prober = Prober::new(WANTED);
        let view = ProbeView { estimate: BitsPerSecond(600_000), calm: true };
        let mut bursts = 0;
        for n in 0..20_000 {
            let now = MediaTime::from_millis(n);
            if n % 100 == 0 {
                prober.tick(view, true, now);
            }
            let before = prober.is_bursting();
            while prober.due(now) > 0 {
                prober.sent(1100, now);
            }
            bursts += u32::from(before && !prober.is_bursting());
        }
        assert!((2..=4).contains(&bursts), "{bursts}");
    }
}
