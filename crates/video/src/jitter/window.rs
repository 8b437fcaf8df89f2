//! The packets that wait, by sequence number without wrap.

use crate::payload::{Place, Temporal};
use bytes::Bytes;
use std::collections::BTreeMap;
use visavis_media::{MediaTime, RtpPacket, sequence_distance};
use visavis_model::Codec;

/// Bytes that may wait, whatever the number of packets.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Received sequence numbers that are remembered to know duplicates.
const HISTORY: usize = 4096;

#[derive(Debug)]
pub(super) struct Slot {
    pub codec: Codec,
    pub timestamp: u32,
    pub marker: bool,
    pub payload: Bytes,
    pub arrival: MediaTime,
    pub place: Place,
}

impl Slot {
    pub fn new(packet: &RtpPacket, place: Place) -> Self {
        Self {
            codec: packet.codec,
            timestamp: packet.timestamp,
            marker: packet.marker,
            payload: packet.payload.clone(),
            arrival: packet.arrival,
            place,
        }
    }
}

/// How the picture that starts at a sequence number goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// Whole, up to and with this packet.
    Complete(i64),
    /// This packet is missing, and later ones are there.
    Missing(i64),
    /// Everything so far is there.
    Open,
}

#[derive(Debug)]
pub(super) struct Window {
    slots: BTreeMap<i64, Slot>,
    highest: Option<i64>,
    bytes: usize,
    /// One bit a sequence number, by its remainder.
    seen: Box<[u64; HISTORY / 64]>,
}

impl Default for Window {
    fn default() -> Self {
        Self { slots: BTreeMap::new(), highest: None, bytes: 0, seen: Box::new([0; HISTORY / 64]) }
    }
}

impl Window {
    pub const fn highest(&self) -> Option<i64> {
        self.highest
    }

    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// The sequence number without wrap, nearest to the highest one so far.
    pub fn unwrap(&self, sequence: u16) -> i64 {
        match self.highest {
            Some(highest) => highest + i64::from(sequence_distance(highest as u16, sequence)),
            // Room below, for packets that overtook each other.
            None => i64::from(sequence) + 65_536,
        }
    }

    /// True where this packet came before.
    pub fn knows(&self, sequence: i64) -> bool {
        let Some(highest) = self.highest else { return false };
        if sequence > highest {
            return false;
        }
        let (word, bit) = place_of(sequence);
        // Older than the history: never again.
        highest - sequence >= HISTORY as i64 || self.seen[word] >> bit & 1 == 1
    }

    /// Remembers that this packet came.
    pub fn mark(&mut self, sequence: i64) {
        let highest = self.highest.unwrap_or(sequence - 1);
        let fresh = if sequence - highest >= HISTORY as i64 { sequence - HISTORY as i64 + 1 } else { highest + 1 };
        for new in fresh..=sequence {
            let (word, bit) = place_of(new);
            self.seen[word] &= !(1 << bit);
        }
        self.highest = Some(highest.max(sequence));
        let (word, bit) = place_of(sequence);
        self.seen[word] |= 1 << bit;
    }

    pub fn insert(&mut self, sequence: i64, slot: Slot) {
        self.mark(sequence);
        self.bytes += slot.payload.len();
        self.slots.insert(sequence, slot);
    }

    pub fn is_over(&self, packets: usize) -> bool {
        self.slots.len() > packets || self.bytes > MAX_BYTES
    }

    /// Forgets the oldest until `packets` and half of the bytes are left.
    pub fn shrink(&mut self, packets: usize) {
        while self.slots.len() > packets || self.bytes > MAX_BYTES / 2 {
            let Some((_, slot)) = self.slots.pop_first() else { return };
            self.bytes -= slot.payload.len();
        }
    }

    /// How the picture that starts with packet `first` goes on.
    pub fn run(&self, first: i64) -> Run {
        let mut expected = first;
        let mut timestamp = None;
        for (&sequence, slot) in self.slots.range(first..) {
            if sequence != expected {
                return Run::Missing(expected);
            }
            if !slot.payload.is_empty() {
                if timestamp.is_some_and(|timestamp| timestamp != slot.timestamp) {
                    return Run::Complete(sequence - 1);
                }
                timestamp = Some(slot.timestamp);
                if slot.marker || slot.place.ends_picture {
                    return Run::Complete(sequence);
                }
            } else if timestamp.is_none() {
                // Fillers between pictures are passed over alone.
                return Run::Complete(sequence);
            }
            expected = sequence + 1;
        }
        Run::Open
    }

    /// When the first packet after `sequence` arrived.
    pub fn arrival_after(&self, sequence: i64) -> Option<MediaTime> {
        self.slots.range(sequence..).next().map(|(_, slot)| slot.arrival)
    }

    /// When the first packet of the newest keyframe came, whole or not; not before `next`.
    pub fn keyframe_arrival(&self, next: Option<i64>) -> Option<MediaTime> {
        let keys =
            || self.slots.range(next.unwrap_or(i64::MIN)..).map(|(_, slot)| slot).filter(|slot| slot.place.keyframe);
        let newest = keys().next_back()?.timestamp;
        keys().filter(|slot| slot.timestamp == newest).map(|slot| slot.arrival).min()
    }

    /// First and last packet of the first whole keyframe, not before `next`.
    pub fn keyframe(&self, next: Option<i64>) -> Option<(i64, i64)> {
        let lowest = next.unwrap_or(i64::MIN);
        let keys = self.slots.range(lowest..).filter(|(_, slot)| slot.place.keyframe);
        let mut tried = None;
        for (&sequence, key) in keys {
            if tried == Some(key.timestamp) {
                continue;
            }
            tried = Some(key.timestamp);
            let Some(first) = self.start_of(sequence, key.timestamp, lowest) else { continue };
            if let Run::Complete(last) = self.run(first) {
                return Some((first, last));
            }
        }
        None
    }

    /// The first packet of the picture around `sequence`, where it is known to be the first.
    fn start_of(&self, sequence: i64, timestamp: u32, lowest: i64) -> Option<i64> {
        let mut first = sequence;
        let mut sure = self.slots.get(&sequence)?.place.starts_picture;
        for (&before, slot) in self.slots.range(lowest..sequence).rev() {
            if before != first - 1 {
                return sure.then_some(first);
            }
            if slot.timestamp != timestamp || slot.payload.is_empty() || slot.marker {
                return Some(first);
            }
            first = before;
            sure = slot.place.starts_picture;
        }
        (sure || first == lowest).then_some(first)
    }

    /// The first packet after `sequence` that starts a picture, and its temporal layer.
    pub fn first_start(&self, sequence: i64) -> Option<(i64, Option<Temporal>)> {
        let starts = self.slots.range(sequence..).find(|(_, slot)| slot.place.starts_picture);
        starts.map(|(sequence, slot)| (*sequence, slot.place.temporal))
    }

    /// Forgets `from` to before `to`; returns how many packets never came, and how many pictures had one that did.
    pub fn discard(&mut self, from: i64, to: i64) -> (u64, u64) {
        let mut dropped: Vec<i64> = self.slots.range(..to).map(|(sequence, _)| *sequence).collect();
        let (mut there, mut pictures, mut timestamp) = (0, 0, None);
        for sequence in dropped.drain(..) {
            let Some(slot) = self.slots.remove(&sequence) else { continue };
            self.bytes -= slot.payload.len();
            there += i64::from(sequence >= from);
            if !slot.payload.is_empty() && timestamp != Some(slot.timestamp) {
                timestamp = Some(slot.timestamp);
                pictures += 1;
            }
        }
        (u64::try_from(to - from - there).unwrap_or(0), pictures)
    }

    /// Takes a picture's packets out, in order; also forgets everything before it.
    pub fn take(&mut self, first: i64, last: i64) -> Vec<Slot> {
        let rest = self.slots.split_off(&(last + 1));
        let mut taken = std::mem::replace(&mut self.slots, rest);
        self.bytes -= taken.values().map(|slot| slot.payload.len()).sum::<usize>();
        taken.split_off(&first).into_values().collect()
    }
}

fn place_of(sequence: i64) -> (usize, u32) {
    let remainder = sequence.rem_euclid(HISTORY as i64) as usize;
    (remainder / 64, (remainder % 64) as u32)
}
