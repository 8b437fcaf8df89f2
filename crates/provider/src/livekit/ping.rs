//! Is the server still there, and how far away.

use livekit_protocol::Pong;
use std::time::Duration;
use visavis_media::MediaTime;

/// Where the server names no interval.
const INTERVAL: Duration = Duration::from_secs(5);
const TIMEOUT: Duration = Duration::from_secs(15);
/// What a server may ask for.
const LONGEST: Duration = Duration::from_secs(120);
/// Asked so often at least, however rarely the server wants it: whoever sends nothing has no other sign of one that stopped.
const RAREST: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Ping {
    interval: Duration,
    timeout: Duration,
    next: MediaTime,
    alive_until: MediaTime,
    /// The first question since the last word.
    asked: Option<MediaTime>,
    /// The last round trip in milliseconds; the server tunes its TCP fallback by it.
    rtt: i64,
}

impl Ping {
    /// `interval` and `timeout` in seconds, as the server says; zero and less: our own.
    pub(super) fn new(interval: i32, timeout: i32, now: MediaTime) -> Self {
        let seconds = |value: i32, default: Duration| match u64::try_from(value) {
            Ok(value) if value > 0 => Duration::from_secs(value).min(LONGEST),
            _ => default,
        };
        let interval = seconds(interval, INTERVAL);
        let timeout = seconds(timeout, TIMEOUT).max(interval + Duration::from_secs(1));
        let interval = interval.min(RAREST);
        Self { interval, timeout, next: now + interval, alive_until: now + timeout, asked: None, rtt: 0 }
    }

    /// The same for a new socket.
    pub(super) fn renew(&mut self, now: MediaTime) {
        self.next = now + self.interval;
        self.heard(now);
    }

    /// Any message says that the server is there.
    pub(super) fn heard(&mut self, now: MediaTime) {
        self.alive_until = now + self.timeout;
        self.asked = None;
    }

    /// Since when a question waits for any word.
    pub(super) fn asked_since(&self) -> Option<MediaTime> {
        self.asked
    }

    /// The round trip of a pong in milliseconds; `unix_millis` is the clock that our pings carry.
    pub(super) fn pong(&mut self, pong: &Pong, unix_millis: i64) -> Option<u32> {
        let rtt = unix_millis.checked_sub(pong.last_ping_timestamp)?;
        let millis = u32::try_from(rtt).ok().filter(|_| rtt <= self.timeout.as_millis() as i64)?;
        self.rtt = rtt;
        Some(millis)
    }

    pub(super) fn rtt(&self) -> i64 {
        self.rtt
    }

    pub(super) fn due(&self) -> MediaTime {
        self.next.min(self.alive_until)
    }

    pub(super) fn dead(&self, now: MediaTime) -> bool {
        self.alive_until <= now
    }

    /// True once an interval.
    pub(super) fn tick(&mut self, now: MediaTime) -> bool {
        let due = self.next <= now;
        if due {
            self.next = now + self.interval;
            self.asked.get_or_insert(now);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_death_and_any_message_is_life() {
        let mut ping = Ping::new(1, 15, MediaTime::ZERO);
        assert_eq!(ping.due(), MediaTime::from_millis(1000));
        assert!(ping.tick(MediaTime::from_millis(1000)));
        assert!(!ping.tick(MediaTime::from_millis(1001)));
        assert!(!ping.dead(MediaTime::from_millis(14_999)));
        assert!(ping.dead(MediaTime::from_millis(15_000)));
        ping.heard(MediaTime::from_millis(14_000));
        assert!(!ping.dead(MediaTime::from_millis(28_999)));
    }

    #[test]
    fn the_oldest_question_without_an_answer_is_known() {
        let mut ping = Ping::new(30, 60, MediaTime::ZERO);
        assert_eq!((ping.due(), ping.asked_since()), (MediaTime::from_millis(2000), None));
        assert!(ping.tick(MediaTime::from_millis(2000)));
        assert!(ping.tick(MediaTime::from_millis(4000)));
        assert_eq!(ping.asked_since(), Some(MediaTime::from_millis(2000)));
        ping.heard(MediaTime::from_millis(4100));
        assert_eq!(ping.asked_since(), None);
        assert!(!ping.dead(MediaTime::from_millis(64_000)), "the server's own patience stays");
    }

    #[test]
    fn a_pong_to_nothing_that_we_sent_has_no_round_trip() {
        let mut ping = Ping::new(0, -1, MediaTime::ZERO);
        assert_eq!(ping.pong(&Pong { last_ping_timestamp: 1_000, timestamp: 0 }, 1_042), Some(42));
        assert_eq!(ping.rtt(), 42);
        for stamp in [i64::MIN, i64::MAX, 0, 2_000_000] {
            assert_eq!(ping.pong(&Pong { last_ping_timestamp: stamp, timestamp: 0 }, 1_000_000), None);
        }
    }
}
