//! Reads bits, highest first.

use super::Error;

#[derive(Clone, Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    position: usize,
}

impl<'a> Bits<'a> {
    pub const fn new(data: &'a [u8]) -> Self {
        Self { data, position: 0 }
    }

    pub fn flag(&mut self) -> Result<bool, Error> {
        let byte = self.data.get(self.position / 8).ok_or(Error::Short)?;
        let bit = byte >> (7 - self.position % 8) & 1;
        self.position += 1;
        Ok(bit == 1)
    }

    /// Up to 32 bits.
    pub fn read(&mut self, count: u32) -> Result<u32, Error> {
        (0..count).try_fold(0u32, |value, _| Ok(value << 1 | u32::from(self.flag()?)))
    }

    /// Unsigned exponential-Golomb (H.264 §9.1), at most 32 bits.
    pub fn golomb(&mut self) -> Result<u32, Error> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
            if zeros > 31 {
                return Err(Error::Reserved);
            }
        }
        Ok((1u32 << zeros).wrapping_add(self.read(zeros)?).wrapping_sub(1))
    }

    /// Signed exponential-Golomb (H.264 §9.1.1).
    pub fn signed_golomb(&mut self) -> Result<i32, Error> {
        let value = self.golomb()?;
        let magnitude = value.div_ceil(2) as i32;
        Ok(if value % 2 == 0 { -magnitude } else { magnitude })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golomb_codes_are_the_known_ones() {
        // 1 | 010 | 011 | 00100 | 00101
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let values: Vec<u32> = (0..5).map(|_| bits.golomb().expect("a code")).collect();
        assert_eq!(values, [0, 1, 2, 3, 4]);
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let values: Vec<i32> = (0..5).map(|_| bits.signed_golomb().expect("a code")).collect();
        assert_eq!(values, [0, 1, -1, 2, -2]);
        assert_eq!(Bits::new(&[0; 8]).golomb(), Err(Error::Reserved));
        assert_eq!(Bits::new(&[]).read(1), Err(Error::Short));
    }
}
