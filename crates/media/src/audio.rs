//! Ten milliseconds of sound.

/// Inside the engine all sound is mono at this rate, in samples a second.
pub const SAMPLE_RATE: u32 = 48_000;

/// Samples in ten milliseconds.
pub const BLOCK_SAMPLES: usize = 480;

/// Ten milliseconds of mono sound at 48 kHz, full scale ±1. Lives on the stack: no allocation on the audio thread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AudioBlock(pub [f32; BLOCK_SAMPLES]);

impl AudioBlock {
    pub const SILENCE: Self = Self([0.0; BLOCK_SAMPLES]);

    /// Root mean square, full scale 1.
    pub fn rms(&self) -> f32 {
        (self.0.iter().map(|sample| sample * sample).sum::<f32>() / BLOCK_SAMPLES as f32).sqrt()
    }

    /// Largest magnitude.
    pub fn peak(&self) -> f32 {
        self.0.iter().fold(0.0, |peak, sample| peak.max(sample.abs()))
    }

    /// Level as RFC 6464 wants it: 0 is 0 dBov, 127 is −127 dBov or less.
    pub fn rfc6464_level(&self) -> u8 {
        let rms = self.rms();
        if rms <= 4.5e-7 { 127 } else { (-20.0 * rms.log10()).round().clamp(0.0, 127.0) as u8 }
    }

    /// True where every sample is the same: digital silence of a dead device.
    pub fn is_digital_silence(&self) -> bool {
        self.0.iter().all(|sample| sample.abs() < 1.0e-6)
    }
}

impl Default for AudioBlock {
    fn default() -> Self {
        Self::SILENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_rfc_6464() {
        assert_eq!(AudioBlock::SILENCE.rfc6464_level(), 127);
        assert_eq!(AudioBlock([1.0; BLOCK_SAMPLES]).rfc6464_level(), 0);
        assert_eq!(AudioBlock([0.1; BLOCK_SAMPLES]).rfc6464_level(), 20);
    }
}
