//! Repeats what is lost of the DTLS handshake: pure, time is an argument.
//!
//! The crate stops its own timer for good as soon as the far end repeats anything (`rtc-dtls` 0.21.1, `DTLSConn::wait`), and a
//! server that repeats after 100 ms (LiveKit) does so before the crate's second is over: one lost packet of ours, and the handshake
//! never ended. At five percent loss that was one call in six.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// First repetition, as browsers (RFC 6347 §4.2.4.1 allows less than its second where the round trip is known to be short); doubled
/// after each.
const FIRST: Duration = Duration::from_millis(50);
const MAX_REPEATS: u32 = 6;
/// Datagrams of one flight leave together; what comes later is the next one.
const TOGETHER: Duration = Duration::from_millis(10);
/// A flight with a chain of certificates is a few kilobytes.
const MAX_FLIGHT: usize = 32 * 1024;
/// RFC 6347 §4.1: type, version, epoch, sequence number of 48 bits, length.
const HEADER: usize = 13;
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// Keeps our last flight and says when to send it again.
///
/// Records in the clear (epoch 0) are numbered anew, so that a repetition is no replay: a far end that has ended its handshake answers
/// it with its own last flight. Record headers are no part of what the handshake signs (RFC 6347 §4.2.6).
#[derive(Debug, Default)]
pub(super) struct Flight {
    datagrams: Vec<(SocketAddr, Vec<u8>)>,
    bytes: usize,
    left: Option<Instant>,
    /// Something of the handshake came since it left.
    answered: bool,
    due: Option<Instant>,
    repeats: u32,
    /// The next number of a record in the clear.
    record: u64,
    /// The far end's encrypted Finished came: what we say now is repeated as it was, only for the case that it got lost.
    finished: bool,
    /// Media or data flows: the handshake is done.
    over: bool,
}

/// One of our datagrams with its own numbers, not yet sent.
#[derive(Debug)]
pub(super) struct Numbered {
    pub datagram: Vec<u8>,
    next: u64,
}

/// Whether a datagram, by its first byte, is DTLS (RFC 7983 §7).
pub(super) fn is_dtls(datagram: &[u8]) -> bool {
    datagram.first().is_some_and(|first| (20..=63).contains(first))
}

/// Start of each whole record of a datagram.
fn records(datagram: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at;
        let length = datagram.get(start + 11..start + HEADER)?;
        at = start + HEADER + usize::from(u16::from_be_bytes([*length.first()?, *length.get(1)?]));
        (at <= datagram.len()).then_some(start)
    })
}

fn in_the_clear(datagram: &[u8], record: usize) -> bool {
    datagram.get(record + 3..record + 5) == Some(&[0, 0])
}

impl Flight {
    /// Numbers the records of one of our datagrams; `None` where nothing in it is in the clear.
    pub fn number(&self, datagram: &[u8]) -> Option<Numbered> {
        let clear: Vec<_> = records(datagram).filter(|record| in_the_clear(datagram, *record)).collect();
        if clear.is_empty() {
            return None;
        }
        let (mut numbered, mut next) = (datagram.to_vec(), self.record);
        for record in clear {
            if let Some(field) = numbered.get_mut(record + 5..record + 11) {
                field.copy_from_slice(&next.to_be_bytes()[2..]);
                next += 1;
            }
        }
        Some(Numbered { datagram: numbered, next })
    }

    /// One of our datagrams left. True where there is a new time to wake at.
    pub fn sent(&mut self, to: SocketAddr, datagram: &[u8], numbered: Option<&Numbered>, now: Instant) -> bool {
        if let Some(numbered) = numbered {
            self.record = numbered.next;
        }
        if self.over {
            return false;
        }
        let kind = datagram.first().copied();
        if kind == Some(APPLICATION_DATA) {
            self.end();
            return false;
        }
        if !matches!(kind, Some(CHANGE_CIPHER_SPEC | HANDSHAKE)) {
            return false;
        }
        if std::mem::take(&mut self.answered)
            || self.left.is_none_or(|left| now.saturating_duration_since(left) > TOGETHER)
        {
            self.datagrams.clear();
            (self.bytes, self.repeats) = (0, 0);
            self.due = Some(now + FIRST);
        }
        self.left = Some(now);
        if self.bytes + datagram.len() <= MAX_FLIGHT {
            self.bytes += datagram.len();
            self.datagrams.push((to, datagram.to_vec()));
        }
        true
    }

    /// A datagram of the far end.
    pub fn received(&mut self, datagram: &[u8]) {
        if self.over {
            return;
        }
        match datagram.first() {
            // SRTP and SRTCP (RFC 7983 §7).
            Some(128..=191 | &APPLICATION_DATA) => self.end(),
            Some(20..=63) => {
                self.answered = true;
                let encrypted = records(datagram)
                    .any(|record| datagram.get(record) == Some(&HANDSHAKE) && !in_the_clear(datagram, record));
                if encrypted && !self.finished {
                    self.finished = true;
                    self.due = None;
                }
            }
            _ => {}
        }
    }

    /// When [`Flight::repeat`] has something.
    pub const fn due(&self) -> Option<Instant> {
        self.due
    }

    /// What to send again now.
    pub fn repeat(&mut self, now: Instant) -> Vec<(SocketAddr, Vec<u8>)> {
        if self.due.is_none_or(|due| now < due) {
            return Vec::new();
        }
        self.repeats += 1;
        self.due = (self.repeats < MAX_REPEATS).then(|| now + FIRST * 2u32.pow(self.repeats));
        let mut again = self.datagrams.clone();
        if !self.finished {
            for (_, datagram) in &mut again {
                if let Some(numbered) = self.number(datagram) {
                    self.record = numbered.next;
                    *datagram = numbered.datagram;
                }
            }
        }
        again
    }

    /// Nothing is waited for.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    fn end(&mut self) {
        self.over = true;
        self.due = None;
        self.datagrams = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn to() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 7))
    }

    fn record(kind: u8, epoch: u8, sequence: u8, length: u8) -> Vec<u8> {
        let mut record = vec![kind, 254, 253, 0, epoch, 0, 0, 0, 0, 0, sequence, 0, length];
        record.extend(std::iter::repeat_n(9, usize::from(length)));
        record
    }

    fn send(flight: &mut Flight, datagram: &[u8], now: Instant) -> Vec<u8> {
        let numbered = flight.number(datagram);
        let sent = numbered.as_ref().map_or(datagram, |numbered| &numbered.datagram).to_vec();
        flight.sent(to(), &sent, numbered.as_ref(), now);
        sent
    }

    /// Milliseconds after `start` of each repetition.
    fn repeats(flight: &mut Flight, start: Instant, until: u64) -> Vec<u64> {
        (0..until).filter(|at| !flight.repeat(start + Duration::from_millis(*at)).is_empty()).collect()
    }

    #[test]
    fn a_flight_without_an_answer_is_repeated_and_numbered_anew() {
        let (mut flight, start) = (Flight::default(), Instant::now());
        let both =
            [record(HANDSHAKE, 0, 0, 30), record(CHANGE_CIPHER_SPEC, 0, 1, 1), record(HANDSHAKE, 1, 0, 40)].concat();
        assert_eq!(send(&mut flight, &both, start), both);
        assert!(flight.repeat(start + Duration::from_millis(49)).is_empty());
        let again = flight.repeat(start + Duration::from_millis(50));
        let numbers: Vec<_> =
            records(&again[0].1).map(|record| (again[0].1[record + 4], again[0].1[record + 10])).collect();
        assert_eq!(numbers, [(0, 2), (0, 3), (1, 0)], "an encrypted record cannot be numbered anew");
        assert_eq!(repeats(&mut flight, start, 10_000), [150, 350, 750, 1550, 3150]);
        // What the crate says next does not use a number twice.
        let next = send(&mut flight, &record(HANDSHAKE, 0, 2, 5), start + Duration::from_secs(4));
        assert_eq!(next[10], 14);
    }

    #[test]
    fn the_next_flight_takes_the_place_of_the_last() {
        let (mut flight, start) = (Flight::default(), Instant::now());
        send(&mut flight, &record(HANDSHAKE, 0, 0, 30), start);
        send(&mut flight, &record(HANDSHAKE, 0, 1, 31), start + Duration::from_millis(20));
        send(&mut flight, &record(HANDSHAKE, 0, 2, 32), start + Duration::from_millis(21));
        let again = flight.repeat(start + Duration::from_millis(70));
        assert_eq!(again.iter().map(|(_, datagram)| datagram[12]).collect::<Vec<_>>(), [31, 32]);
        // On a short path the answer comes sooner than flights are told apart by time.
        flight.received(&record(HANDSHAKE, 0, 0, 50));
        send(&mut flight, &record(HANDSHAKE, 0, 3, 33), start + Duration::from_millis(71));
        let again = flight.repeat(start + Duration::from_millis(121));
        assert_eq!(again.iter().map(|(_, datagram)| datagram[12]).collect::<Vec<_>>(), [33]);
    }

    #[test]
    fn the_far_ends_finished_ends_the_repetitions_and_ours_is_repeated_as_it_was() {
        let (mut flight, start) = (Flight::default(), Instant::now());
        send(&mut flight, &record(HANDSHAKE, 0, 0, 30), start);
        flight.received(&[record(CHANGE_CIPHER_SPEC, 0, 5, 1), record(HANDSHAKE, 1, 0, 40)].concat());
        assert_eq!(flight.due(), None);
        let last = send(&mut flight, &record(CHANGE_CIPHER_SPEC, 0, 1, 1), start + Duration::from_millis(20));
        assert_eq!(flight.repeat(start + Duration::from_millis(70)), [(to(), last)]);
        flight.received(&[0x80, 111]);
        assert!(flight.is_over() && flight.due().is_none());
    }

    #[test]
    fn data_of_our_own_ends_it() {
        let (mut flight, start) = (Flight::default(), Instant::now());
        send(&mut flight, &record(HANDSHAKE, 0, 0, 30), start);
        send(&mut flight, &record(APPLICATION_DATA, 1, 1, 30), start);
        assert!(flight.is_over() && repeats(&mut flight, start, 1000).is_empty());
    }

    proptest! {
        #[test]
        fn any_datagram_is_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut flight = Flight::default();
            let numbered = flight.number(&bytes);
            prop_assert!(numbered.as_ref().is_none_or(|numbered| numbered.datagram.len() == bytes.len()));
            flight.sent(to(), &bytes, numbered.as_ref(), Instant::now());
            flight.received(&bytes);
            flight.repeat(Instant::now() + Duration::from_secs(1));
        }
    }
}
