//! When to ask for a keyframe.
//!
//! Servers take one request in 0.5 to 1 s (LiveKit) or three in 10 s (JVB): asking more often helps nobody.

use std::time::Duration;
use visavis_media::MediaTime;

const SHORTEST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(4);
/// A server starts a track with a keyframe by itself.
const GRACE: Duration = Duration::from_millis(200);
/// A track without packets is paused or muted: asking is no use.
const ACTIVE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Requests {
    first_packet: Option<MediaTime>,
    last_packet: Option<MediaTime>,
    last_request: Option<MediaTime>,
    interval: Duration,
    /// Something broke after a good start: no grace.
    urgent: bool,
}

impl Default for Requests {
    fn default() -> Self {
        Self { first_packet: None, last_packet: None, last_request: None, interval: SHORTEST, urgent: false }
    }
}

impl Requests {
    pub fn packet(&mut self, now: MediaTime) {
        if self.last_packet.is_none_or(|last| now.since(last) > ACTIVE) {
            self.first_packet = Some(now);
        }
        self.last_packet = Some(now);
    }

    pub fn broken(&mut self) {
        self.urgent = self.first_packet.is_some();
    }

    /// A keyframe came.
    pub fn satisfied(&mut self) {
        self.interval = SHORTEST;
        self.urgent = false;
    }

    /// Another stream starts here, or this one pauses: what comes next has the grace of a new track.
    pub fn restart(&mut self) {
        self.last_packet = None;
        self.urgent = false;
    }

    pub fn is_due(&mut self, now: MediaTime) -> bool {
        let (Some(first), Some(last)) = (self.first_packet, self.last_packet) else { return false };
        if now.since(last) > ACTIVE {
            return false;
        }
        if !self.urgent && now.since(first) < GRACE {
            return false;
        }
        if self.last_request.is_some_and(|last| now.since(last) < self.interval) {
            return false;
        }
        if self.last_request.is_some_and(|last| now.since(last) < LONGEST * 2) {
            self.interval = (self.interval * 3 / 2).min(LONGEST);
        } else {
            self.interval = SHORTEST;
        }
        self.last_request = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(requests: &mut Requests, from: i64, to: i64) -> Vec<i64> {
        (from..to)
            .step_by(10)
            .filter(|ms| {
                requests.packet(MediaTime::from_millis(*ms));
                requests.is_due(MediaTime::from_millis(*ms))
            })
            .collect()
    }

    #[test]
    fn a_new_track_has_a_moment_and_then_requests_back_off() {
        let mut requests = Requests::default();
        let times = asked(&mut requests, 0, 8000);
        assert_eq!(times[0], 200);
        let gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|gap| *gap >= 500), "{gaps:?}");
        assert!(gaps.windows(2).all(|pair| pair[1] > pair[0]), "{gaps:?}");
    }

    #[test]
    fn a_break_asks_at_once_but_never_twice_in_half_a_second() {
        let mut requests = Requests::default();
        requests.packet(MediaTime::ZERO);
        requests.satisfied();
        requests.packet(MediaTime::from_millis(100));
        requests.broken();
        assert!(requests.is_due(MediaTime::from_millis(100)));
        requests.satisfied();
        requests.broken();
        assert!(!requests.is_due(MediaTime::from_millis(400)));
        assert!(requests.is_due(MediaTime::from_millis(600)));
    }

    #[test]
    fn a_silent_track_is_left_alone() {
        let mut requests = Requests::default();
        requests.packet(MediaTime::ZERO);
        assert!(!requests.is_due(MediaTime::from_millis(5000)));
        assert!(!Requests::default().is_due(MediaTime::from_millis(5000)));
    }
}
