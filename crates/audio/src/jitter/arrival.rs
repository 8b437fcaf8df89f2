//! How late packets are, compared to the fastest.

use std::collections::VecDeque;
use visavis_media::MediaTime;

/// The fastest packet is looked for in this time.
const WINDOW_MICROS: i64 = 2_000_000;

/// Entries kept; a stream of 2.5 ms packets would fill it in half a second, ours of 20 ms never.
const MOST: usize = 256;

/// Microseconds of stream time that `ticks` at 48 kHz are.
pub const fn micros(ticks: i64) -> i64 {
    ticks * 125 / 6
}

/// Transit (arrival minus stream time, of no meaning by itself) of the fastest packet lately.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// Arrival and transit, transits rising: the front is the fastest.
    window: VecDeque<(i64, i64)>,
    fastest: Option<i64>,
}

impl Arrivals {
    pub fn new() -> Self {
        Self { window: VecDeque::with_capacity(MOST + 1), fastest: None }
    }

    pub fn clear(&mut self) {
        self.window.clear();
        self.fastest = None;
    }

    /// Takes a packet; gives by how many microseconds it was slower than the fastest.
    pub fn push(&mut self, timestamp: i64, arrival: MediaTime) -> i64 {
        let transit = arrival.0 - micros(timestamp);
        while self.window.back().is_some_and(|(_, other)| *other >= transit) {
            self.window.pop_back();
        }
        self.window.push_back((arrival.0, transit));
        if self.window.len() > MOST {
            self.window.pop_front();
        }
        while self.window.len() > 1 && self.window.front().is_some_and(|(then, _)| arrival.0 - then > WINDOW_MICROS) {
            self.window.pop_front();
        }
        let fastest = self.window.front().map_or(transit, |(_, transit)| *transit);
        self.fastest = Some(fastest);
        transit - fastest
    }

    /// How long after its fastest possible arrival the sample at `timestamp` is at `now`, in microseconds; negative where
    /// it could not be here yet. `None` before the first packet.
    pub fn delay(&self, timestamp: i64, now: MediaTime) -> Option<i64> {
        self.fastest.map(|fastest| now.0 - micros(timestamp) - fastest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lateness_is_measured_from_the_fastest() {
        let mut arrivals = Arrivals::new();
        let at = |index: i64, late: i64| (index * 960, MediaTime::from_millis(1_000 + index * 20 + late));
        let push = |arrivals: &mut Arrivals, (timestamp, time)| arrivals.push(timestamp, time);
        assert_eq!(push(&mut arrivals, at(0, 5)), 0);
        assert_eq!(push(&mut arrivals, at(1, 0)), 0);
        assert_eq!(push(&mut arrivals, at(2, 30)), 30_000);
        assert_eq!(arrivals.delay(2 * 960, MediaTime::from_millis(1_050)), Some(10_000));
        // Everything is 50 ms later from now on: after two seconds that is the new normal.
        let last = (3..200).map(|index| push(&mut arrivals, at(index, 50))).last();
        assert_eq!(last, Some(0));
    }

    #[test]
    fn a_flood_takes_no_memory() {
        let mut arrivals = Arrivals::new();
        for index in 0..10_000 {
            arrivals.push(0, MediaTime(index));
        }
        assert!(arrivals.window.len() <= MOST);
    }
}
