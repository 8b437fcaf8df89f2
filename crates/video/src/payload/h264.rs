//! H.264 (RFC 6184), packetisation modes 0 and 1; STAP-B is read too.

use super::sps;
use super::{Assembled, Error, Place};
use bytes::{BufMut, Bytes, BytesMut};
use visavis_model::Size;

const SLICE: u8 = 1;
const IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
const AUD: u8 = 9;
const STAP_A: u8 = 24;
const STAP_B: u8 = 25;
const FU_A: u8 = 28;
const START_CODE: &[u8] = &[0, 0, 0, 1];

fn kind(header: u8) -> u8 {
    header & 0x1f
}

/// Cuts an Annex B access unit into payloads: parameter sets together (STAP-A), small units alone, large ones in
/// fragments of equal length (FU-A).
pub fn packetise(frame: &Bytes, mtu: usize) -> Vec<Bytes> {
    let mtu = mtu.max(16);
    let mut payloads = Vec::new();
    let mut sets: Vec<Bytes> = Vec::new();
    for unit in units(frame) {
        if matches!(kind(unit[0]), SPS | PPS) {
            sets.push(unit);
            continue;
        }
        flush_sets(&mut sets, mtu, &mut payloads);
        push_unit(unit, mtu, &mut payloads);
    }
    flush_sets(&mut sets, mtu, &mut payloads);
    payloads
}

fn flush_sets(sets: &mut Vec<Bytes>, mtu: usize, payloads: &mut Vec<Bytes>) {
    let length = 1 + sets.iter().map(|unit| 2 + unit.len()).sum::<usize>();
    if sets.len() < 2 || length > mtu {
        for unit in sets.drain(..) {
            push_unit(unit, mtu, payloads);
        }
        return;
    }
    let mut payload = BytesMut::with_capacity(length);
    // §5.7: the highest importance of what is inside.
    payload.put_u8(sets.iter().map(|unit| unit[0] & 0x60).max().unwrap_or(0) | STAP_A);
    for unit in sets.drain(..) {
        payload.put_u16(unit.len() as u16);
        payload.put_slice(&unit);
    }
    payloads.push(payload.freeze());
}

fn push_unit(unit: Bytes, mtu: usize, payloads: &mut Vec<Bytes>) {
    if unit.len() <= mtu {
        payloads.push(unit);
        return;
    }
    let (header, body) = (unit[0], &unit[1..]);
    let count = body.len().div_ceil(mtu - 2);
    let share = body.len().div_ceil(count);
    for (index, part) in body.chunks(share).enumerate() {
        let first = if index == 0 { 0x80 } else { 0 };
        let last = if (index + 1) * share >= body.len() { 0x40 } else { 0 };
        let mut payload = BytesMut::with_capacity(part.len() + 2);
        payload.put_u8(header & 0xe0 | FU_A);
        payload.put_u8(first | last | kind(header));
        payload.put_slice(part);
        payloads.push(payload.freeze());
    }
}

/// The units between the start codes of an Annex B stream, none of them empty.
pub fn units(frame: &Bytes) -> Vec<Bytes> {
    let mut units = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at + 3 <= frame.len() {
        if frame[at] == 0 && frame[at + 1] == 0 && frame[at + 2] == 1 {
            if let Some(start) = start {
                push_trimmed(frame, start, at, &mut units);
            }
            start = Some(at + 3);
            at += 3;
        } else {
            at += 1;
        }
    }
    if let Some(start) = start {
        push_trimmed(frame, start, frame.len(), &mut units);
    }
    units
}

/// The zeros before a start code of four bytes do not belong to the unit before it.
fn push_trimmed(frame: &Bytes, start: usize, end: usize, units: &mut Vec<Bytes>) {
    let trailing = frame[start..end].iter().rev().take_while(|byte| **byte == 0).count();
    if start < end - trailing {
        units.push(frame.slice(start..end - trailing));
    }
}

/// Reads what a payload says about its place.
pub fn place(payload: &[u8]) -> Result<Place, Error> {
    let mut place = Place::default();
    for_each_start(payload, |header, body| {
        match kind(header) {
            // Whatever comes before the first slice opens the access unit (H.264 §7.4.1.2.3).
            AUD | SPS => place.starts_picture = true,
            // first_mb_in_slice is 0, the one-bit code.
            SLICE | IDR => place.starts_picture |= body.first().is_some_and(|byte| byte & 0x80 != 0),
            _ => {}
        }
        place.keyframe |= kind(header) == IDR;
    })?;
    Ok(place)
}

/// Calls `visit` with header and body of every unit that starts in the payload.
fn for_each_start(payload: &[u8], mut visit: impl FnMut(u8, &[u8])) -> Result<(), Error> {
    let (&header, body) = payload.split_first().ok_or(Error::Short)?;
    match kind(header) {
        STAP_A | STAP_B => {
            for unit in aggregated(header, body)? {
                if let Some((&header, body)) = unit.split_first() {
                    visit(header, body);
                }
            }
        }
        FU_A => {
            let (&fragment, body) = body.split_first().ok_or(Error::Short)?;
            if fragment & 0x80 != 0 {
                visit(header & 0xe0 | kind(fragment), body);
            }
        }
        _ => visit(header, body),
    }
    Ok(())
}

/// The units of a STAP-A (§5.7.1) or STAP-B (with a decoding order number that non-interleaved streams do not need).
fn aggregated(header: u8, body: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut rest = if kind(header) == STAP_B { body.get(2..).ok_or(Error::Short)? } else { body };
    let mut units = Vec::new();
    while !rest.is_empty() {
        let (length, after) = rest.split_first_chunk::<2>().ok_or(Error::Short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        units.push(after.get(..length).ok_or(Error::Short)?);
        rest = &after[length..];
    }
    Ok(units)
}

/// Puts access units together; remembers parameter sets, because a keyframe may come without them.
#[derive(Clone, Debug, Default)]
pub struct Depacketiser {
    sps: Option<Bytes>,
    pps: Option<Bytes>,
}

impl Depacketiser {
    /// As [`place`], and remembers the parameter sets in the payload, even if their picture is never put together.
    pub fn place(&mut self, payload: &Bytes) -> Result<Place, Error> {
        if payload.first().is_some_and(|header| matches!(kind(*header), SPS | PPS | STAP_A | STAP_B)) {
            for_each_start(payload, |header, body| {
                let set = match kind(header) {
                    SPS => &mut self.sps,
                    PPS => &mut self.pps,
                    _ => return,
                };
                let unit: Vec<u8> = std::iter::once(header).chain(body.iter().copied()).collect();
                *set = Some(Bytes::from(unit));
            })?;
        }
        place(payload)
    }

    /// The access unit of these payloads, in Annex B; `None` where there is no picture in it.
    ///
    /// A keyframe gets its parameter sets in front where they came before. Units of unknown kinds are left out.
    pub fn assemble<'a>(&mut self, payloads: impl Iterator<Item = &'a Bytes>) -> Result<Option<Assembled>, Error> {
        let mut out = BytesMut::new();
        let mut fragment: Option<u8> = None;
        let (mut picture, mut keyframe, mut has_sps, mut has_pps) = (false, false, false, false);
        for payload in payloads {
            let (&header, body) = payload.split_first().ok_or(Error::Short)?;
            if kind(header) == FU_A {
                let (&mark, body) = body.split_first().ok_or(Error::Short)?;
                if mark & 0x80 != 0 {
                    if fragment.is_some() {
                        return Err(Error::Fragments);
                    }
                    let header = header & 0xe0 | kind(mark);
                    picture |= matches!(kind(header), SLICE..=IDR);
                    keyframe |= kind(header) == IDR;
                    out.put_slice(START_CODE);
                    out.put_u8(header);
                    fragment = Some(kind(mark));
                } else if fragment != Some(kind(mark)) {
                    return Err(Error::Fragments);
                }
                out.put_slice(body);
                if mark & 0x40 != 0 {
                    fragment = None;
                }
                continue;
            }
            if fragment.is_some() {
                return Err(Error::Fragments);
            }
            let units = match kind(header) {
                STAP_A | STAP_B => aggregated(header, body)?,
                1..=23 => vec![&payload[..]],
                _ => Vec::new(),
            };
            for unit in units {
                let Some(&header) = unit.first() else { continue };
                match kind(header) {
                    SPS => {
                        has_sps = true;
                        self.sps = Some(Bytes::copy_from_slice(unit));
                    }
                    PPS => {
                        has_pps = true;
                        self.pps = Some(Bytes::copy_from_slice(unit));
                    }
                    SLICE..=IDR => picture = true,
                    6 | AUD..=13 => {}
                    // Reserved kinds, and the fillers that some servers send.
                    _ => continue,
                }
                keyframe |= kind(header) == IDR;
                out.put_slice(START_CODE);
                out.put_slice(unit);
            }
        }
        if fragment.is_some() {
            return Err(Error::Fragments);
        }
        if !picture {
            return Ok(None);
        }
        let mut data = out.freeze();
        if keyframe && !(has_sps && has_pps) {
            let (Some(sps), Some(pps)) = (&self.sps, &self.pps) else { return Err(Error::Fragments) };
            let mut whole = BytesMut::with_capacity(data.len() + sps.len() + pps.len() + 8);
            for set in [(!has_sps).then_some(sps), (!has_pps).then_some(pps)].into_iter().flatten() {
                whole.put_slice(START_CODE);
                whole.put_slice(set);
            }
            whole.put_slice(&data);
            data = whole.freeze();
        }
        let size = if keyframe { self.sps.as_deref().map_or(Ok(Size::default()), sps::size)? } else { Size::default() };
        if size.width > crate::MAX_SIDE || size.height > crate::MAX_SIDE {
            return Err(Error::TooLarge);
        }
        Ok(Some(Assembled { data, keyframe, size }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn annex_b(units: &[&[u8]]) -> Bytes {
        units.iter().flat_map(|unit| [START_CODE, unit].concat()).collect::<Vec<u8>>().into()
    }

    const SPS_320X180: &[u8] = &[0x67, 0x42, 0xc0, 0x1f, 0xda, 0x05, 0x06, 0x7e, 0x74];

    #[test]
    fn parameter_sets_travel_together_and_large_units_in_fragments() {
        let idr: Vec<u8> = std::iter::once(0x65).chain((0..2500u32).map(|n| (n % 251) as u8 | 1)).collect();
        let frame = annex_b(&[SPS_320X180, &[0x68, 0xce, 0x38, 0x80], &idr]);
        let payloads = packetise(&frame, 1000);
        assert_eq!(payloads.len(), 4);
        assert_eq!(kind(payloads[0][0]), STAP_A);
        assert!(payloads[1..].iter().all(|payload| kind(payload[0]) == FU_A && payload.len() <= 1000));
        assert_eq!((payloads[1][1] & 0xc0, payloads[2][1] & 0xc0, payloads[3][1] & 0xc0), (0x80, 0, 0x40));
        assert!(place(&payloads[0]).expect("valid").starts_picture);
        assert!(place(&payloads[1]).expect("valid").keyframe);
        let whole = Depacketiser::default().assemble(payloads.iter()).expect("valid").expect("a picture");
        assert_eq!(whole.data, frame);
        assert_eq!((whole.keyframe, whole.size), (true, Size::new(320, 180)));
    }

    #[test]
    fn a_keyframe_without_parameter_sets_gets_those_that_came_before() {
        let mut depacketiser = Depacketiser::default();
        let idr = Bytes::from_static(&[0x65, 0x88, 1]);
        assert_eq!(depacketiser.assemble([&idr].into_iter()).err(), Some(Error::Fragments));
        let sets = packetise(&annex_b(&[SPS_320X180, &[0x68, 0xce]]), 1000);
        assert!(depacketiser.assemble(sets.iter()).expect("valid").is_none());
        let whole = depacketiser.assemble([&idr].into_iter()).expect("valid").expect("a picture");
        assert_eq!(whole.data, annex_b(&[SPS_320X180, &[0x68, 0xce], &idr]));
    }

    #[test]
    fn fillers_are_left_out_and_missing_fragments_noticed() {
        let mut depacketiser = Depacketiser::default();
        let filler = Bytes::from(vec![0; 255]);
        assert!(depacketiser.assemble([&filler].into_iter()).expect("valid").is_none());
        let middle = Bytes::from_static(&[0x7c, 0x05, 1, 2]);
        assert_eq!(depacketiser.assemble([&middle].into_iter()).err(), Some(Error::Fragments));
        let open = Bytes::from_static(&[0x7c, 0x81, 1, 2]);
        assert_eq!(depacketiser.assemble([&open].into_iter()).err(), Some(Error::Fragments));
    }

    #[test]
    fn stap_b_is_read() {
        let payload = [&[0x79, 0, 1, 0, 2][..], &[0x41, 0x9a], &[0, 1], &[0x06]].concat();
        let whole = Depacketiser::default().assemble([&Bytes::from(payload)].into_iter()).expect("valid");
        assert_eq!(whole.expect("a picture").data, annex_b(&[&[0x41, 0x9a], &[0x06]]));
    }

    proptest! {
        #[test]
        fn what_is_cut_is_put_together_again(
            bodies in prop::collection::vec(prop::collection::vec(1u8..=255, 1..3000), 1..4), mtu in 16usize..1400,
        ) {
            let units: Vec<Vec<u8>> = bodies.iter().map(|body| [&[0x41][..], body].concat()).collect();
            let frame = annex_b(&units.iter().map(Vec::as_slice).collect::<Vec<_>>());
            let payloads = packetise(&frame, mtu);
            prop_assert!(payloads.iter().all(|payload| !payload.is_empty() && payload.len() <= mtu));
            let whole = Depacketiser::default().assemble(payloads.iter()).expect("valid").expect("a picture");
            prop_assert_eq!(whole.data, frame);
        }

        #[test]
        fn no_payloads_break_anything(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..6)) {
            let payloads: Vec<Bytes> = payloads.into_iter().map(Bytes::from).collect();
            for payload in &payloads {
                let _ = place(payload);
                let _ = sps::size(payload);
                let _ = packetise(payload, 20);
            }
            let _ = Depacketiser::default().assemble(payloads.iter());
        }
    }
}
