//! WAV files that peers wrote, brought to one rate to be compared.

use std::path::Path;

/// Mono sound, full scale 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    pub samples: Vec<f32>,
    pub rate: u32,
}

impl Recording {
    /// The first channel of a WAV file. One whose writer was stopped, so that its header has no length, is read to its end.
    ///
    /// # Errors
    /// It is no WAV file.
    pub fn read(file: &Path) -> Result<Self, hound::Error> {
        let mut reader = hound::WavReader::open(file)?;
        let format = reader.spec();
        let step = usize::from(format.channels.max(1));
        let samples: Vec<f32> = match format.sample_format {
            hound::SampleFormat::Float => reader.samples::<f32>().map_while(Result::ok).step_by(step).collect(),
            hound::SampleFormat::Int => {
                let scale = (1_i64 << (format.bits_per_sample - 1)) as f32;
                reader
                    .samples::<i32>()
                    .map_while(Result::ok)
                    .step_by(step)
                    .map(|sample| sample as f32 / scale)
                    .collect()
            }
        };
        Ok(Self { samples, rate: format.sample_rate })
    }

    /// The same sound at a lower rate: each sample the mean of those that it stands for. Good enough to compare loudness
    /// in bands.
    #[must_use]
    pub fn at(&self, rate: u32) -> Self {
        let step = f64::from(self.rate) / f64::from(rate.max(1));
        let count = (self.samples.len() as f64 / step) as usize;
        let samples = (0..count)
            .map(|index| {
                let (from, to) = ((index as f64 * step) as usize, ((index + 1) as f64 * step) as usize);
                let piece = &self.samples[from..to.clamp(from + 1, self.samples.len())];
                piece.iter().sum::<f32>() / piece.len() as f32
            })
            .collect();
        Self { samples, rate }
    }

    /// When it is first louder than `level` (full scale 1), in seconds from its begin; not before `from`.
    pub fn first_sound(&self, level: f32, from: f64) -> Option<f64> {
        let skip = (from.max(0.0) * f64::from(self.rate)) as usize;
        let at = self.samples.iter().skip(skip).position(|sample| sample.abs() > level)?;
        Some((skip + at) as f64 / f64::from(self.rate))
    }

    /// The last `seconds` of it.
    pub fn end(&self, seconds: u32) -> &[f32] {
        &self.samples[self.samples.len().saturating_sub((seconds * self.rate) as usize)..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lower_rate_keeps_length_and_level() {
        let samples = (0..48_000).map(|n| (n as f32 / 48_000.0 * 440.0 * std::f32::consts::TAU).sin()).collect();
        let lower = Recording { samples, rate: 48_000 }.at(11_025);
        assert!((11_024..=11_025).contains(&lower.samples.len()));
        assert!((visavis_testkit::sound::rms(&lower.samples) - 0.707).abs() < 0.01);
        assert!(visavis_testkit::sound::tone_share(&lower.samples, 11_025, 440.0) > 0.9);
        assert_eq!(lower.end(9).len(), lower.samples.len());
    }
}
