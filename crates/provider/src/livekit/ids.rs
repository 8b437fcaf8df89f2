//! Ids and jitter from the session's seed, so that a run can be repeated exactly.

use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough for ids, which are no secrets.
#[derive(Debug)]
pub(super) struct Ids(u64);

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An id in the form of a version 4 UUID (RFC 9562 §5.4).
    pub(super) fn uuid(&mut self) -> String {
        let high = (self.next() & 0xffff_ffff_ffff_0fff) | 0x4000;
        let low = (self.next() & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    /// Between nothing and `most`.
    pub(super) fn jitter(&mut self, most: Duration) -> Duration {
        let most = most.as_micros() as u64;
        Duration::from_micros(self.next() % (most + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_have_the_form_of_a_uuid() {
        let mut ids = Ids::new(7);
        let (a, b) = (ids.uuid(), ids.uuid());
        assert_ne!(a, b);
        assert_eq!(a.len(), 36);
        assert_eq!(a.as_bytes().get(14), Some(&b'4'));
        assert!(matches!(a.as_bytes().get(19), Some(b'8' | b'9' | b'a' | b'b')));
        assert_eq!(a, Ids::new(7).uuid());
    }

    #[test]
    fn jitter_stays_in_its_bounds() {
        let mut ids = Ids::new(1);
        let most = Duration::from_millis(1000);
        assert!((0..1000).all(|_| ids.jitter(most) <= most));
        assert_eq!(ids.jitter(Duration::ZERO), Duration::ZERO);
    }
}
