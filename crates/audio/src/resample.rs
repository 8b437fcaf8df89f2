//! Between a device's sample rate and 48 kHz. Allocates when made, not when used.

use rubato::{
    Resampler, SincFixedIn, SincFixedOut, SincInterpolationParameters, SincInterpolationType, WindowFunction,
};
use visavis_media::{AudioBlock, BLOCK_SAMPLES, SAMPLE_RATE};

/// Rates that a device or file may have.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=768_000;

/// 64 taps: 1.3 ms of group delay at 48 kHz, images below −80 dB; speech needs no more.
fn parameters() -> SincInterpolationParameters {
    SincInterpolationParameters {
        sinc_len: 64,
        f_cutoff: 0.92,
        oversampling_factor: 128,
        interpolation: SincInterpolationType::Linear,
        window: WindowFunction::BlackmanHarris2,
    }
}

/// Any rate in, blocks at 48 kHz out; passes samples through where the rate is 48 kHz.
pub struct ToBlocks {
    resampler: Option<SincFixedOut<f32>>,
    input: [Vec<f32>; 1],
    output: [Vec<f32>; 1],
}

impl ToBlocks {
    /// `None` where the rate is not in [`RATES`].
    pub fn new(rate: u32) -> Option<Self> {
        if !RATES.contains(&rate) {
            return None;
        }
        let resampler = if rate == SAMPLE_RATE {
            None
        } else {
            let ratio = f64::from(SAMPLE_RATE) / f64::from(rate);
            Some(SincFixedOut::new(ratio, 1.0, parameters(), BLOCK_SAMPLES, 1).ok()?)
        };
        let most = resampler.as_ref().map_or(BLOCK_SAMPLES, |resampler| resampler.input_frames_max());
        Some(Self { resampler, input: [vec![0.0; most]], output: [vec![0.0; BLOCK_SAMPLES]] })
    }

    /// Samples at the input's rate that the next block takes.
    pub fn needed(&self) -> usize {
        self.resampler.as_ref().map_or(BLOCK_SAMPLES, |resampler| resampler.input_frames_next())
    }

    /// Where the next [`ToBlocks::needed`] samples go before [`ToBlocks::block`].
    pub fn input(&mut self) -> &mut [f32] {
        let needed = self.needed().min(self.input[0].len());
        &mut self.input[0][..needed]
    }

    /// The block made of what was put into [`ToBlocks::input`].
    pub fn block(&mut self) -> AudioBlock {
        let mut block = AudioBlock::SILENCE;
        match &mut self.resampler {
            None => block.0.copy_from_slice(&self.input[0][..BLOCK_SAMPLES]),
            Some(resampler) => {
                let needed = resampler.input_frames_next();
                let input = [&self.input[0][..needed.min(self.input[0].len())]];
                // Fails only for buffers of the wrong size, which these are not.
                if resampler.process_into_buffer(&input, &mut self.output, None).is_ok() {
                    block.0.copy_from_slice(&self.output[0][..BLOCK_SAMPLES]);
                }
            }
        }
        block
    }
}

/// Blocks at 48 kHz in, any rate out; passes samples through where the rate is 48 kHz.
pub struct FromBlocks {
    resampler: Option<SincFixedIn<f32>>,
    output: [Vec<f32>; 1],
}

impl FromBlocks {
    /// `None` where the rate is not in [`RATES`].
    pub fn new(rate: u32) -> Option<Self> {
        if !RATES.contains(&rate) {
            return None;
        }
        let resampler = if rate == SAMPLE_RATE {
            None
        } else {
            let ratio = f64::from(rate) / f64::from(SAMPLE_RATE);
            Some(SincFixedIn::new(ratio, 1.0, parameters(), BLOCK_SAMPLES, 1).ok()?)
        };
        let most = resampler.as_ref().map_or(BLOCK_SAMPLES, |resampler| resampler.output_frames_max());
        Some(Self { resampler, output: [vec![0.0; most]] })
    }

    /// One block at the output's rate; the number of samples varies by one or two from block to block.
    pub fn samples(&mut self, block: &AudioBlock) -> &[f32] {
        match &mut self.resampler {
            None => {
                self.output[0].copy_from_slice(&block.0);
                &self.output[0]
            }
            Some(resampler) => {
                let made =
                    resampler.process_into_buffer(&[&block.0[..]], &mut self.output, None).map_or(0, |(_, out)| out);
                &self.output[0][..made.min(self.output[0].len())]
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    const RATES_IN_USE: [u32; 8] = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000];

    #[test]
    fn a_tone_keeps_its_pitch_and_level_from_every_rate() {
        for rate in RATES_IN_USE {
            let mut converter = ToBlocks::new(rate).expect("a usual rate");
            let mut clock = 0_u64;
            let mut heard = Vec::new();
            for _ in 0..100 {
                for sample in converter.input() {
                    *sample = 0.5 * (std::f32::consts::TAU * 440.0 * clock as f32 / rate as f32).sin();
                    clock += 1;
                }
                heard.extend_from_slice(&converter.block().0);
            }
            let amplitude = measure::amplitude(&heard[4_800..], SAMPLE_RATE, 440.0);
            assert!((amplitude - 0.5).abs() < 0.01, "{rate}: {amplitude}");
            let whole = measure::rms(&heard[4_800..]);
            assert!((whole - 0.5 / 2.0_f32.sqrt()).abs() < 0.01, "{rate}: something beside the tone, {whole}");
            let expected = 48_000.0 * clock as f32 / rate as f32;
            assert!((heard.len() as f32 - expected).abs() < 1_000.0, "{rate}: {} of {expected}", heard.len());
        }
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_level_to_every_rate() {
        for rate in RATES_IN_USE {
            let mut converter = FromBlocks::new(rate).expect("a usual rate");
            let mut heard = Vec::new();
            for index in 0..100 {
                let block = AudioBlock(std::array::from_fn(|sample| {
                    let clock = (index * BLOCK_SAMPLES + sample) as f32;
                    0.5 * (std::f32::consts::TAU * 440.0 * clock / SAMPLE_RATE as f32).sin()
                }));
                heard.extend_from_slice(converter.samples(&block));
            }
            let amplitude = measure::amplitude(&heard[rate as usize / 10..], rate, 440.0);
            assert!((amplitude - 0.5).abs() < 0.01, "{rate}: {amplitude}");
            assert!((heard.len() as f32 - rate as f32).abs() < rate as f32 / 50.0, "{rate}: {}", heard.len());
        }
    }

    #[test]
    fn impossible_rates_are_refused() {
        for rate in [0, 1, 3_999, 1_000_000, u32::MAX] {
            assert!(ToBlocks::new(rate).is_none() && FromBlocks::new(rate).is_none());
        }
    }
}
