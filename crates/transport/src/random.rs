//! Seeded numbers for identifiers on the wire. Not for keys: those come from the crypto provider.

/// SplitMix64 (Steele, Lea, Flood 2014): every seed is good.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// A synchronisation source: never 0.
    pub fn ssrc(&mut self) -> u32 {
        self.next_u32().max(1)
    }

    /// A first sequence number: below 2^15, so that SRTP's rollover counter starts unambiguously (RFC 3711 §3.3.1).
    pub fn sequence(&mut self) -> u16 {
        (self.next_u32() >> 17) as u16
    }
}
