//! Rewrites SDES item types in a decrypted RTCP compound.

/// RFC 3550 §12.2: NOTE, harmless and known to every parser.
const NOTE: u8 = 7;
/// The highest type that the parser knows (PRIV).
const HIGHEST_KNOWN: u8 = 8;
const SDES: u8 = 202;

/// Sets every SDES item type above [`HIGHEST_KNOWN`] to NOTE. `head` is the compound's first eight octets, `body` the rest.
///
/// Stops quietly at the first thing that is not well-formed RTCP. Returns how many were changed; nothing else changes.
pub(super) fn neutralise(head: &[u8; 8], body: &mut [u8]) -> usize {
    let mut compound = Compound { head, body };
    let (mut packet, mut changed) = (0, 0);
    while let Some((first, kind, end)) = compound.packet(packet) {
        if kind == SDES {
            changed += compound.sdes(packet, end, first & 31);
        }
        packet = end;
    }
    changed
}

struct Compound<'a> {
    head: &'a [u8; 8],
    body: &'a mut [u8],
}

impl Compound<'_> {
    fn at(&self, index: usize) -> Option<u8> {
        match self.head.get(index) {
            Some(octet) => Some(*octet),
            None => self.body.get(index.checked_sub(8)?).copied(),
        }
    }

    /// First octet, type and end of the packet at `start`.
    fn packet(&self, start: usize) -> Option<(u8, u8, usize)> {
        let (first, kind) = (self.at(start)?, self.at(start + 1)?);
        let words = u16::from_be_bytes([self.at(start + 2)?, self.at(start + 3)?]);
        let end = start + 4 + 4 * usize::from(words);
        (first >> 6 == 2 && (192..=223).contains(&kind) && end <= 8 + self.body.len()).then_some((first, kind, end))
    }

    /// RFC 3550 §6.5: chunks of a source and items, each chunk ended by zeros up to the next 32-bit boundary.
    fn sdes(&mut self, start: usize, end: usize, chunks: u8) -> usize {
        let (mut at, mut changed) = (start + 4, 0);
        for _ in 0..chunks {
            at += 4;
            loop {
                let Some(kind) = self.at(at).filter(|_| at < end) else { return changed };
                if kind == 0 {
                    at = start + (at + 1 - start).next_multiple_of(4);
                    break;
                }
                let Some(length) = self.at(at + 1).filter(|_| at + 2 <= end) else { return changed };
                let next = at + 2 + usize::from(length);
                if next > end {
                    return changed;
                }
                if kind > HIGHEST_KNOWN
                    && let Some(octet) = at.checked_sub(8).and_then(|index| self.body.get_mut(index))
                {
                    *octet = NOTE;
                    changed += 1;
                }
                at = next;
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A compound of a Sender Report and an SDES with these items.
    fn compound(items: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let mut report = vec![0x80, 200, 0, 6];
        report.extend([9; 24]);
        let mut sdes = vec![0, 0, 0, 9];
        for (kind, text) in items {
            sdes.extend([*kind, text.len() as u8]);
            sdes.extend(text);
        }
        sdes.push(0);
        sdes.resize(sdes.len().next_multiple_of(4), 0);
        report.extend([0x81, SDES, 0, (sdes.len() / 4) as u8]);
        report.extend(sdes);
        report
    }

    fn run(data: &mut [u8]) -> usize {
        let (head, body) = data.split_at_mut(8);
        neutralise(head.first_chunk().expect("eight octets"), body)
    }

    #[test]
    fn livekits_mid_item_becomes_a_note() {
        let mut data = compound(&[(1, b"PA_x|TR_y".to_vec()), (15, b"3".to_vec())]);
        let before = data.clone();
        assert_eq!(run(&mut data), 1);
        let changed: Vec<_> = data.iter().zip(&before).filter(|(a, b)| a != b).collect();
        assert_eq!(changed, [(&NOTE, &15)]);
    }

    fn some_compound() -> impl Strategy<Value = Vec<u8>> {
        let items = prop::collection::vec((1u8.., prop::collection::vec(any::<u8>(), 0..20)), 0..6);
        prop_oneof![
            prop::collection::vec(any::<u8>(), 8..120),
            items.clone().prop_map(|items| compound(&items)),
            // Mutated and truncated.
            (items, any::<prop::sample::Index>(), any::<u8>(), any::<prop::sample::Index>()).prop_map(
                |(items, at, value, cut)| {
                    let mut data = compound(&items);
                    let index = at.index(data.len());
                    data[index] = value;
                    data.truncate(8 + cut.index(data.len() - 7));
                    data
                }
            ),
        ]
    }

    /// Octets inside SDES packets, found by an independent walk.
    fn inside_sdes(data: &[u8]) -> Vec<bool> {
        let mut inside = vec![false; data.len()];
        let mut at = 0;
        while at + 4 <= data.len() && data[at] >> 6 == 2 && (192..=223).contains(&data[at + 1]) {
            let end = at + 4 + 4 * usize::from(u16::from_be_bytes([data[at + 2], data[at + 3]]));
            if end > data.len() {
                break;
            }
            if data[at + 1] == SDES {
                inside[at + 4..end].fill(true);
            }
            at = end;
        }
        inside
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]
        #[test]
        fn only_unknown_types_inside_sdes_change(before in some_compound()) {
            let mut after = before.clone();
            let changed = run(&mut after);
            prop_assert_eq!(before.len(), after.len());
            let inside = inside_sdes(&before);
            let mut seen = 0;
            for (index, (old, new)) in before.iter().zip(&after).enumerate() {
                if old != new {
                    prop_assert!(inside[index]);
                    prop_assert!(*old > HIGHEST_KNOWN && *new == NOTE);
                    seen += 1;
                }
            }
            prop_assert_eq!(changed, seen);
            // Idempotent.
            let mut again = after.clone();
            prop_assert_eq!(run(&mut again), 0);
            prop_assert_eq!(again, after);
        }

        #[test]
        fn a_well_formed_compound_parses_afterwards(
            items in prop::collection::vec((1u8.., prop::collection::vec(32u8..127, 0..20)), 1..6)
        ) {
            let mut data = compound(&items);
            run(&mut data);
            let packets = rtc::rtcp::packet::unmarshal(&mut bytes::Bytes::from(data)).expect("parses");
            prop_assert_eq!(packets.len(), 2);
        }
    }
}
