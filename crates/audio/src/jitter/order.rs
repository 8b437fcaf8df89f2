//! Packets in the order in which they are played.

use bytes::Bytes;
use std::collections::VecDeque;
use visavis_media::MediaTime;

/// Packets that may wait: six seconds of 20 ms. More, and the oldest go.
pub const MOST_PACKETS: usize = 300;

/// One packet's worth of sound.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Continued over the wrap of 16 bits; guessed for copies.
    pub sequence: i64,
    /// In samples, continued over the wrap of 32 bits.
    pub timestamp: i64,
    pub samples: i64,
    pub payload: Bytes,
    /// Came within another packet (RED).
    pub copy: bool,
    pub arrival: MediaTime,
}

/// What became of a frame that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    New,
    /// Something as good is there already.
    Known,
    /// In, but something older had to go.
    Overflow,
}

/// Frames by timestamp. Does not allocate once made.
#[derive(Debug)]
pub struct Order {
    frames: VecDeque<Frame>,
}

impl Order {
    pub fn new() -> Self {
        Self { frames: VecDeque::with_capacity(MOST_PACKETS + 1) }
    }

    pub fn clear(&mut self) {
        self.frames.clear();
    }

    pub fn insert(&mut self, frame: Frame) -> Placed {
        // Packets mostly come in order: look from the end.
        let mut at = self.frames.len();
        while at > 0 && self.frames[at - 1].timestamp > frame.timestamp {
            at -= 1;
        }
        if at > 0
            && let Some(other) = self.frames.get_mut(at - 1)
            && other.timestamp == frame.timestamp
        {
            // The packet itself is better than its copy, which may be of lower quality.
            if other.copy && !frame.copy {
                *other = frame;
                return Placed::New;
            }
            return Placed::Known;
        }
        self.frames.insert(at, frame);
        if self.frames.len() > MOST_PACKETS {
            self.frames.pop_front();
            return Placed::Overflow;
        }
        Placed::New
    }

    pub fn first(&self) -> Option<&Frame> {
        self.frames.front()
    }

    pub fn take(&mut self) -> Option<Frame> {
        self.frames.pop_front()
    }
}

/// Continues a number of `BITS` bits over its wraps.
#[derive(Debug, Default)]
pub struct Unwrap<const BITS: u32> {
    last: Option<i64>,
}

impl<const BITS: u32> Unwrap<BITS> {
    /// The value nearest to the last one kept; does not keep it.
    pub fn peek(&self, value: u32) -> i64 {
        let span = 1_i64 << BITS;
        let value = i64::from(value);
        let Some(last) = self.last else { return value };
        let mut distance = (value - last).rem_euclid(span);
        if distance >= span / 2 {
            distance -= span;
        }
        last + distance
    }

    pub const fn keep(&mut self, value: i64) {
        self.last = Some(value);
    }

    pub const fn clear(&mut self) {
        self.last = None;
    }
}

/// Which of the last 1024 sequence numbers came.
#[derive(Debug)]
pub struct Received {
    bits: [u64; 16],
    highest: Option<i64>,
    first: i64,
    count: u64,
    lost_before: u64,
}

impl Received {
    const SPAN: i64 = 1_024;

    pub const fn new() -> Self {
        Self { bits: [0; 16], highest: None, first: 0, count: 0, lost_before: 0 }
    }

    /// A new numbering begins; what was lost in the old one stays counted.
    pub fn restart(&mut self) {
        *self = Self { lost_before: self.lost(), ..Self::new() };
    }

    /// False for one that came before, or is too old to tell.
    pub fn push(&mut self, sequence: i64) -> bool {
        let highest = match self.highest {
            None => {
                self.first = sequence;
                self.highest = Some(sequence);
                sequence
            }
            Some(highest) if sequence > highest => {
                if sequence - highest >= Self::SPAN {
                    self.bits = [0; 16];
                } else {
                    for passed in highest + 1..sequence {
                        self.set(passed, false);
                    }
                }
                self.highest = Some(sequence);
                self.set(sequence, false);
                sequence
            }
            Some(highest) => highest,
        };
        if highest - sequence >= Self::SPAN || self.get(sequence) {
            return false;
        }
        self.set(sequence, true);
        self.first = self.first.min(sequence);
        self.count += 1;
        true
    }

    const fn place(sequence: i64) -> (usize, u64) {
        let place = sequence.rem_euclid(Self::SPAN) as usize;
        (place / 64, 1 << (place % 64))
    }

    fn get(&self, sequence: i64) -> bool {
        let (word, bit) = Self::place(sequence);
        self.bits[word] & bit != 0
    }

    fn set(&mut self, sequence: i64, came: bool) {
        let (word, bit) = Self::place(sequence);
        if came {
            self.bits[word] |= bit;
        } else {
            self.bits[word] &= !bit;
        }
    }

    pub const fn highest(&self) -> Option<i64> {
        self.highest
    }

    /// Numbers between the first and the highest that never came.
    pub fn lost(&self) -> u64 {
        let expected = self.highest.map_or(0, |highest| (highest - self.first + 1) as u64);
        self.lost_before + expected.saturating_sub(self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(sequence: i64, copy: bool) -> Frame {
        Frame {
            sequence,
            timestamp: sequence * 960,
            samples: 960,
            payload: Bytes::new(),
            copy,
            arrival: MediaTime::ZERO,
        }
    }

    #[test]
    fn any_order_in_gives_the_right_one_out() {
        let mut order = Order::new();
        for sequence in [3, 1, 4, 2] {
            assert_eq!(order.insert(frame(sequence, false)), Placed::New);
        }
        assert_eq!(order.insert(frame(2, false)), Placed::Known);
        let taken: Vec<i64> = std::iter::from_fn(|| order.take()).map(|frame| frame.sequence).collect();
        assert_eq!(taken, [1, 2, 3, 4]);
    }

    #[test]
    fn the_packet_replaces_its_copy_and_not_the_other_way_round() {
        let mut order = Order::new();
        order.insert(frame(1, true));
        assert_eq!(order.insert(frame(1, true)), Placed::Known);
        assert_eq!(order.insert(frame(1, false)), Placed::New);
        assert_eq!(order.insert(frame(1, true)), Placed::Known);
        assert!(order.first().is_some_and(|frame| !frame.copy));
    }

    #[test]
    fn a_flood_pushes_out_the_oldest() {
        let mut order = Order::new();
        for sequence in 0..MOST_PACKETS as i64 {
            order.insert(frame(sequence, false));
        }
        assert_eq!(order.insert(frame(1_000, false)), Placed::Overflow);
        assert_eq!(order.first().map(|frame| frame.sequence), Some(1));
    }

    #[test]
    fn numbers_go_on_over_the_wrap_both_ways() {
        let mut unwrap = Unwrap::<16>::default();
        assert_eq!(unwrap.peek(65_535), 65_535);
        unwrap.keep(65_535);
        assert_eq!((unwrap.peek(1), unwrap.peek(65_530)), (65_537, 65_530));
        let mut unwrap = Unwrap::<32>::default();
        unwrap.keep(5);
        assert_eq!(unwrap.peek(u32::MAX), -1);
    }

    #[test]
    fn lost_and_duplicate_are_told_apart() {
        let mut received = Received::new();
        for sequence in [10, 11, 14, 13, 14, 9] {
            received.push(sequence);
        }
        assert_eq!((received.lost(), received.highest()), (1, Some(14)));
        assert!(!received.push(13) && !received.push(14 - 1_024));
        assert!(received.push(12));
        assert_eq!(received.lost(), 0);
        received.push(5_000);
        assert_eq!(received.lost(), 4_985);
        assert!(received.push(4_999) && !received.push(5_000));
        received.restart();
        received.push(0);
        assert_eq!(received.lost(), 4_984);
    }
}
