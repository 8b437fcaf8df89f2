//! Redundant audio data (RFC 2198): older packets riding with the newest.

use bytes::{BufMut, Bytes, BytesMut};
use std::collections::VecDeque;

/// Redundant blocks that are read; senders use one or two.
pub const MOST_REDUNDANT: usize = 4;

/// Furthest back that a block can lie, in samples: the offset has 14 bits.
pub const MOST_OFFSET: u32 = (1 << 14) - 1;

/// Longest redundant block in bytes: the length has 10 bits.
pub const MOST_LENGTH: usize = (1 << 10) - 1;

/// Why a payload is no RED.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Ends within its headers or before the blocks that they announce.
    #[error("the payload is too short")]
    Truncated,
    #[error("more than {MOST_REDUNDANT} redundant blocks")]
    TooMany,
    /// A block of another payload type than the primary's: nothing that we negotiate.
    #[error("blocks of different payload types")]
    Mixed,
    #[error("no primary data")]
    Empty,
}

/// An older packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// How many samples it lies before the primary.
    pub offset: u32,
    pub data: Bytes,
}

/// What one RED payload holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// Payload type of all blocks.
    pub payload_type: u8,
    pub primary: Bytes,
    blocks: [Block; MOST_REDUNDANT],
    count: usize,
}

impl Unpacked {
    /// The older packets, oldest first as sent; empty blocks are left out.
    pub fn redundant(&self) -> &[Block] {
        &self.blocks[..self.count]
    }
}

/// Takes a RED payload apart; shares its bytes.
///
/// # Errors
/// As [`Error`] says.
pub fn unpack(payload: &Bytes) -> Result<Unpacked, Error> {
    let mut headers = [(0_u32, 0_usize); MOST_REDUNDANT];
    let (mut count, mut at, mut types) = (0, 0, [0_u8; MOST_REDUNDANT]);
    let payload_type = loop {
        let first = *payload.get(at).ok_or(Error::Truncated)?;
        if first & 0x80 == 0 {
            at += 1;
            break first & 0x7f;
        }
        let (Some(header), Some(kind)) = (headers.get_mut(count), types.get_mut(count)) else {
            return Err(Error::TooMany);
        };
        let &[_, b, c, d] = payload.get(at..at + 4).ok_or(Error::Truncated)? else { return Err(Error::Truncated) };
        *header = ((u32::from(b) << 6) | (u32::from(c) >> 2), (usize::from(c & 3) << 8) | usize::from(d));
        *kind = first & 0x7f;
        count += 1;
        at += 4;
    };
    if types[..count].iter().any(|kind| *kind != payload_type) {
        return Err(Error::Mixed);
    }
    let mut blocks: [Block; MOST_REDUNDANT] = Default::default();
    let mut kept = 0;
    for (offset, length) in &headers[..count] {
        let end = at + length;
        if end > payload.len() {
            return Err(Error::Truncated);
        }
        if *length > 0 && *offset > 0 {
            blocks[kept] = Block { offset: *offset, data: payload.slice(at..end) };
            kept += 1;
        }
        at = end;
    }
    if at >= payload.len() {
        return Err(Error::Empty);
    }
    Ok(Unpacked { payload_type, primary: payload.slice(at..), blocks, count: kept })
}

/// The last packets of a stream, to ride with the next one.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Timestamp and data, oldest first.
    recent: VecDeque<(u32, Bytes)>,
}

impl History {
    /// One payload of the packet and of up to `copies` packets before it, which must be those before it by sequence number too:
    /// LiveKit numbers blocks by their places. Packets too long ago (silence that was not sent lies between) are left out.
    pub fn wrap(&mut self, payload_type: u8, timestamp: u32, data: &Bytes, copies: usize) -> Bytes {
        let newest_first = self.recent.iter().rev().take(copies.min(MOST_REDUNDANT));
        let mut blocks: Vec<_> = newest_first
            .map(|(before, data)| Block { offset: timestamp.wrapping_sub(*before), data: data.clone() })
            .take_while(fits)
            .collect();
        blocks.reverse();
        let payload = pack(payload_type, data, &blocks);
        self.recent.push_back((timestamp, data.clone()));
        if self.recent.len() > MOST_REDUNDANT {
            self.recent.pop_front();
        }
        payload
    }
}

fn fits(block: &Block) -> bool {
    (1..=MOST_OFFSET).contains(&block.offset) && (1..=MOST_LENGTH).contains(&block.data.len())
}

/// Puts older packets (oldest first) before the primary.
///
/// A block that is too long, lies too far back or is empty is left out, and more than [`MOST_REDUNDANT`] are not written.
pub fn pack(payload_type: u8, primary: &[u8], redundant: &[Block]) -> Bytes {
    let chosen = || redundant.iter().filter(|block| fits(block)).take(MOST_REDUNDANT);
    let bytes: usize = chosen().map(|block| 4 + block.data.len()).sum();
    let mut out = BytesMut::with_capacity(bytes + 1 + primary.len());
    for block in chosen() {
        out.put_u8(0x80 | (payload_type & 0x7f));
        out.put_uint(u64::from(block.offset << 10) | block.data.len() as u64, 3);
    }
    out.put_u8(payload_type & 0x7f);
    for block in chosen() {
        out.put_slice(&block.data);
    }
    out.put_slice(primary);
    out.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block(offset: u32, data: &'static [u8]) -> Block {
        Block { offset, data: Bytes::from_static(data) }
    }

    #[test]
    fn packets_before_ride_along_but_not_over_a_silence() {
        let mut history = History::default();
        let mut wrap = |timestamp: u32, data: &'static [u8], copies| {
            let payload = history.wrap(111, timestamp, &Bytes::from_static(data), copies);
            let unpacked = unpack(&payload).expect("well formed");
            assert_eq!(unpacked.primary, data);
            unpacked.redundant().iter().map(|block| (block.offset, block.data.to_vec())).collect::<Vec<_>>()
        };
        let start = u32::MAX - 1000;
        assert_eq!(wrap(start, b"a", 2), []);
        assert_eq!(wrap(start.wrapping_add(960), b"b", 2), [(960, b"a".to_vec())]);
        assert_eq!(wrap(start.wrapping_add(1920), b"c", 2), [(1920, b"a".to_vec()), (960, b"b".to_vec())]);
        assert_eq!(wrap(start.wrapping_add(2880), b"d", 1), [(960, b"c".to_vec())]);
        assert_eq!(wrap(start.wrapping_add(2880 + 19_200), b"e", 2), []);
        assert_eq!(wrap(start.wrapping_add(3840 + 19_200), b"f", 2), [(960, b"e".to_vec())]);
    }

    #[test]
    fn the_bytes_are_those_of_the_standard() {
        // RFC 2198 §3: F, 7 bits type, 14 bits offset, 10 bits length; the last header is one byte.
        let payload =
            Bytes::from_static(&[0x80 | 111, 0x1e, 0x00, 0x02, 0x80 | 111, 0x0f, 0x00, 0x01, 111, 1, 2, 3, 4, 5]);
        let unpacked = unpack(&payload).expect("good");
        assert_eq!(unpacked.redundant(), [block(1_920, &[1, 2]), block(960, &[3])]);
        assert_eq!((&unpacked.primary[..], unpacked.payload_type), (&[4, 5][..], 111));
        assert_eq!(pack(111, &[4, 5], &[block(1_920, &[1, 2]), block(960, &[3])]), payload);
    }

    #[test]
    fn a_primary_alone_is_enough() {
        let unpacked = unpack(&Bytes::from_static(&[111, 9])).expect("good");
        assert!(unpacked.redundant().is_empty());
        assert_eq!(unpacked.primary, Bytes::from_static(&[9]));
    }

    #[test]
    fn damage_is_named() {
        let unpack = |bytes: &'static [u8]| unpack(&Bytes::from_static(bytes)).map(|_| ());
        assert_eq!(unpack(&[]), Err(Error::Truncated));
        assert_eq!(unpack(&[111]), Err(Error::Empty));
        assert_eq!(unpack(&[0x80 | 111, 0x0f, 0x00]), Err(Error::Truncated));
        assert_eq!(unpack(&[0x80 | 111, 0x0f, 0x00, 0x09, 111, 1]), Err(Error::Truncated));
        assert_eq!(unpack(&[0x80 | 96, 0x0f, 0x00, 0x01, 111, 1, 2]), Err(Error::Mixed));
        assert_eq!(unpack(&[0xef; 64]), Err(Error::TooMany));
    }

    #[test]
    fn what_does_not_fit_is_left_out() {
        let long = Block { offset: 960, data: Bytes::from(vec![1; 1_024]) };
        let packed =
            pack(111, &[7], &[long, block(MOST_OFFSET + 1, &[1]), block(960, &[]), block(0, &[1]), block(960, &[2])]);
        let unpacked = unpack(&packed).expect("good");
        assert_eq!(unpacked.redundant(), [block(960, &[2])]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let payload = Bytes::from(bytes);
            if let Ok(unpacked) = unpack(&payload) {
                prop_assert!(!unpacked.primary.is_empty());
                let total: usize = unpacked.redundant().iter().map(|block| block.data.len()).sum();
                prop_assert!(total + unpacked.primary.len() < payload.len());
            }
        }

        #[test]
        fn what_is_packed_is_unpacked(
            primary in prop::collection::vec(any::<u8>(), 1..100),
            blocks in prop::collection::vec((1..=MOST_OFFSET, prop::collection::vec(any::<u8>(), 1..100)), 0..=MOST_REDUNDANT),
        ) {
            let blocks: Vec<Block> = blocks.into_iter().map(|(offset, data)| Block { offset, data: data.into() }).collect();
            let unpacked = unpack(&pack(111, &primary, &blocks)).expect("good");
            prop_assert_eq!(unpacked.redundant(), &blocks[..]);
            prop_assert_eq!(&unpacked.primary[..], &primary[..]);
        }
    }
}
