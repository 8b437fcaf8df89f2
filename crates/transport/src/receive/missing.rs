//! Which sequence numbers are missing, and when to ask for them: pure, time is an argument.

use std::collections::BTreeMap;
use std::time::Duration;
use visavis_media::{MediaTime, sequence_distance};

/// More missing than this at once: repair is hopeless, a keyframe is cheaper.
const MAX_MISSING: usize = 500;
/// A jump further than this is another stream under the same SSRC.
const MAX_JUMP: i32 = 3000;
/// What is this far behind the newest never comes.
const HORIZON: u64 = 1000;
const AGE: Duration = Duration::from_secs(3);
/// First request: after a later packet, or this.
const FIRST: Duration = Duration::from_millis(10);
const MAX_REORDER: Duration = Duration::from_millis(20);
const SPREAD: Duration = Duration::from_millis(20);
const BACKOFF: f64 = 1.25;
const DEFAULT_ROUND_TRIP: Duration = Duration::from_millis(100);
/// Beyond this and two round trips nobody waits for the packet any more.
const WORTH: Duration = Duration::from_millis(600);

/// What a packet is to its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    New,
    /// Was missing and came by itself.
    Reordered,
    /// Was asked for.
    Recovered,
    Duplicate,
}

/// Round trip of requests, with its spread.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RequestTime {
    measured: Option<(f64, f64)>,
    /// Of the path, from elsewhere.
    pub path: Option<Duration>,
}

impl RequestTime {
    fn sample(&mut self, time: Duration) {
        let seconds = time.as_secs_f64();
        self.measured = Some(match self.measured {
            None => (seconds, seconds / 4.0),
            Some((mean, deviation)) => {
                (mean + (seconds - mean) / 8.0, deviation + ((seconds - mean).abs() - deviation) / 4.0)
            }
        });
    }

    pub fn round_trip(&self) -> Duration {
        match (self.measured, self.path) {
            (Some((mean, _)), _) => Duration::from_secs_f64(mean),
            (None, Some(path)) => path,
            (None, None) => DEFAULT_ROUND_TRIP,
        }
    }

    /// Wait before request number `tries` + 1.
    fn wait(&self, tries: u32) -> Duration {
        let deviation = self.measured.map_or(Duration::ZERO, |(_, deviation)| Duration::from_secs_f64(2.0 * deviation));
        (self.round_trip() + deviation.max(SPREAD)).mul_f64(BACKOFF.powi(tries.saturating_sub(1) as i32))
    }
}

#[derive(Clone, Copy, Debug)]
struct Missing {
    since: MediaTime,
    later: u32,
    tries: u32,
    asked: MediaTime,
}

/// Missing sequence numbers of one stream.
#[derive(Clone, Debug)]
pub(super) struct MissingPackets {
    /// Unwrapped: first, and newest seen.
    range: Option<(u64, u64)>,
    missing: BTreeMap<u64, Missing>,
    /// Never came.
    given_up: u64,
    /// Ask for missing packets, this often each.
    tries: u32,
    reorder: Duration,
}

impl MissingPackets {
    /// `tries` 0: never ask.
    pub fn new(tries: u32) -> Self {
        Self { range: None, missing: BTreeMap::new(), given_up: 0, tries, reorder: Duration::ZERO }
    }

    pub fn set_tries(&mut self, tries: u32) {
        self.tries = tries;
    }

    /// Never came, those still awaited included.
    pub fn lost(&self) -> u64 {
        self.given_up + self.missing.len() as u64
    }

    /// Takes note of a packet. `repair`: it came on the repair stream.
    pub fn packet(&mut self, sequence: u16, repair: bool, request: &mut RequestTime, now: MediaTime) -> Arrival {
        let Some((first, newest)) = self.range else {
            // Room below for packets that overtook each other at the start.
            let at = (1 << 32) | u64::from(sequence);
            self.range = Some((at, at));
            return Arrival::New;
        };
        let distance = sequence_distance(newest as u16, sequence);
        if distance.abs() > MAX_JUMP {
            self.given_up += self.missing.len() as u64;
            self.missing.clear();
            let at = ((newest >> 16) + 2) << 16 | u64::from(sequence);
            self.range = Some((at, at));
            return Arrival::New;
        }
        let at = newest.wrapping_add_signed(i64::from(distance));
        if at > newest {
            for missing in self.missing.values_mut() {
                missing.later += 1;
            }
            for gap in newest + 1..at {
                self.missing.insert(gap, Missing { since: now, later: 1, tries: 0, asked: now });
            }
            self.range = Some((first, at));
            return Arrival::New;
        }
        match self.missing.remove(&at) {
            Some(missing) if missing.tries > 0 || repair => {
                if missing.tries == 1 {
                    request.sample(now.since(missing.asked));
                }
                Arrival::Recovered
            }
            Some(missing) => {
                self.reorder = self.reorder.max(now.since(missing.since)).min(MAX_REORDER);
                Arrival::Reordered
            }
            None if at < first => {
                // Older than the first that we saw: from before, or it was overtaken. Neither counted nor asked for.
                self.range = Some((first.min(at), newest));
                for gap in at + 1..first {
                    self.missing.insert(gap, Missing { since: now, later: 9, tries: u32::MAX, asked: now });
                }
                Arrival::Reordered
            }
            None => Arrival::Duplicate,
        }
    }

    /// Sequence numbers to ask for now, at most [`MAX_MISSING`]; `true`: too many are missing, a keyframe is needed.
    pub fn due(&mut self, request: &RequestTime, now: MediaTime) -> (Vec<u16>, bool) {
        self.expire(now);
        if self.tries == 0 {
            return (Vec::new(), false);
        }
        if self.missing.len() > MAX_MISSING {
            self.given_up += self.missing.len() as u64;
            self.missing.clear();
            return (Vec::new(), true);
        }
        let (tries, reorder) = (self.tries, self.reorder);
        let mut due = Vec::new();
        for (at, missing) in &mut self.missing {
            if missing.due(tries, reorder, request).is_some_and(|time| time <= now) {
                if now.since(missing.since) > WORTH + request.round_trip() * 2 {
                    missing.tries = u32::MAX;
                    continue;
                }
                missing.tries += 1;
                missing.asked = now;
                due.push(*at as u16);
            }
        }
        if !due.is_empty() {
            // Rare reordering is forgotten.
            self.reorder = self.reorder.mul_f64(0.98);
        }
        (due, false)
    }

    /// When [`MissingPackets::due`] has something.
    pub fn next(&self, request: &RequestTime) -> Option<MediaTime> {
        if self.tries == 0 {
            return None;
        }
        self.missing.values().filter_map(|missing| missing.due(self.tries, self.reorder, request)).min()
    }

    fn expire(&mut self, now: MediaTime) {
        let Some((_, newest)) = self.range else { return };
        while let Some((at, missing)) = self.missing.first_key_value()
            && (newest - at > HORIZON || now.since(missing.since) > AGE)
        {
            self.missing.pop_first();
            self.given_up += 1;
        }
    }
}

impl Missing {
    fn due(&self, tries: u32, reorder: Duration, request: &RequestTime) -> Option<MediaTime> {
        if self.tries >= tries {
            return None;
        }
        Some(if self.tries == 0 {
            self.since + if self.later >= 2 { reorder } else { FIRST.max(reorder) }
        } else {
            self.asked + request.wait(self.tries)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed(missing: &mut MissingPackets, request: &mut RequestTime, sequences: &[u16], at: i64) -> Vec<Arrival> {
        sequences.iter().map(|sequence| missing.packet(*sequence, false, request, MediaTime::from_millis(at))).collect()
    }

    fn due(missing: &mut MissingPackets, request: &RequestTime, at: i64) -> Vec<u16> {
        missing.due(request, MediaTime::from_millis(at)).0
    }

    #[test]
    fn a_gap_is_asked_for_after_one_later_packet_and_not_for_ever() {
        let (mut missing, mut request) =
            (MissingPackets::new(4), RequestTime { path: Some(Duration::from_millis(50)), ..Default::default() });
        feed(&mut missing, &mut request, &[65_534, 65_535, 2], 0);
        assert!(due(&mut missing, &request, 5).is_empty());
        feed(&mut missing, &mut request, &[3], 6);
        assert_eq!(due(&mut missing, &request, 6), [0, 1]);
        // 70 ms, then 87, then 109: no second request within a round trip.
        let times: Vec<_> = (7..2000).filter(|at| !due(&mut missing, &request, *at).is_empty()).collect();
        assert_eq!(times, [76, 164, 274]);
        assert_eq!(missing.lost(), 2);
        assert_eq!(feed(&mut missing, &mut request, &[0, 0], 400), [Arrival::Recovered, Arrival::Duplicate]);
        assert_eq!(missing.lost(), 1);
    }

    #[test]
    fn ten_milliseconds_suffice_where_nothing_follows() {
        let (mut missing, mut request) = (MissingPackets::new(4), RequestTime::default());
        feed(&mut missing, &mut request, &[1, 3], 0);
        assert_eq!(missing.next(&request), Some(MediaTime::from_millis(10)));
        assert_eq!(due(&mut missing, &request, 10), [2]);
    }

    /// LiveKit ignores requests for what it sent less than 100 ms ago while it does not know the round trip, and answers three.
    #[test]
    fn on_a_short_path_a_server_that_lets_a_packet_rest_is_asked_until_it_answers() {
        let (mut missing, mut request) =
            (MissingPackets::new(10), RequestTime { path: Some(Duration::from_millis(1)), ..Default::default() });
        feed(&mut missing, &mut request, &[1, 3, 4], 0);
        let times: Vec<_> = (0..2000).filter(|at| !due(&mut missing, &request, *at).is_empty()).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 20), "{times:?}");
        assert!(times.iter().filter(|at| (100..400).contains(*at)).count() >= 4, "{times:?}");
        assert!(times.last().is_some_and(|at| (400..=600).contains(at)), "{times:?}");
    }

    #[test]
    fn nothing_is_asked_for_when_nobody_waits_for_it() {
        let (mut missing, mut request) =
            (MissingPackets::new(10), RequestTime { path: Some(Duration::from_millis(150)), ..Default::default() });
        feed(&mut missing, &mut request, &[1, 3, 4], 0);
        let times: Vec<_> = (0..3000).filter(|at| !due(&mut missing, &request, *at).is_empty()).collect();
        assert!(times.len() >= 4 && times.last().is_some_and(|at| *at <= 900), "{times:?}");
        assert_eq!(missing.next(&request), None);
    }

    #[test]
    fn reordering_is_learned() {
        let (mut missing, mut request) = (MissingPackets::new(4), RequestTime::default());
        assert_eq!(
            feed(&mut missing, &mut request, &[1, 3], 0)
                .iter()
                .chain(&feed(&mut missing, &mut request, &[2], 8))
                .copied()
                .collect::<Vec<_>>(),
            [Arrival::New, Arrival::New, Arrival::Reordered]
        );
        feed(&mut missing, &mut request, &[5, 6], 20);
        assert!(due(&mut missing, &request, 24).is_empty());
        assert_eq!(due(&mut missing, &request, 28), [4]);
    }

    #[test]
    fn repair_time_is_measured() {
        let (mut missing, mut request) = (MissingPackets::new(4), RequestTime::default());
        feed(&mut missing, &mut request, &[1, 3, 4], 0);
        assert_eq!(due(&mut missing, &request, 0), [2]);
        assert_eq!(missing.packet(2, true, &mut request, MediaTime::from_millis(80)), Arrival::Recovered);
        assert_eq!(request.round_trip(), Duration::from_millis(80));
    }

    #[test]
    fn a_flood_of_gaps_asks_for_a_keyframe_once() {
        let (mut missing, mut request) = (MissingPackets::new(4), RequestTime::default());
        feed(&mut missing, &mut request, &[1, 800, 801], 0);
        assert_eq!(missing.due(&request, MediaTime::from_millis(1)), (Vec::new(), true));
        assert_eq!(missing.due(&request, MediaTime::from_millis(2)), (Vec::new(), false));
        assert_eq!(missing.lost(), 798);
    }

    #[test]
    fn another_stream_under_the_same_source_starts_anew() {
        let (mut missing, mut request) = (MissingPackets::new(4), RequestTime::default());
        feed(&mut missing, &mut request, &[100, 101, 30_000, 30_001], 0);
        assert_eq!(missing.lost(), 0);
        assert_eq!(missing.next(&request), None);
    }

    #[test]
    fn packets_overtaken_at_the_start_are_no_duplicates() {
        let (mut missing, mut request) = (MissingPackets::new(4), RequestTime::default());
        assert_eq!(
            feed(&mut missing, &mut request, &[10, 8, 9, 9], 0)[1..],
            [Arrival::Reordered, Arrival::Recovered, Arrival::Duplicate]
        );
        assert_eq!(missing.lost(), 0);
    }
}
