//! A WAV file as a microphone.

use super::Source;
use crate::resample::ToBlocks;
use std::io::{Cursor, Read};
use std::path::Path;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};

/// Larger files are refused: the whole file is held in memory, for no disk may be read on the audio thread.
pub const MOST_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Longer sounds are refused; as kept, ten minutes are 58 MB.
pub const MOST_FILE_SECONDS: u32 = 600;

/// Why a file cannot be a microphone.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("the file cannot be read")]
    Read(#[from] std::io::Error),
    /// Not WAV, or a kind of WAV that we do not know (compressed).
    #[error("the file is no sound that we can play: {0}")]
    Format(String),
    #[error("the file holds no sound")]
    Empty,
    #[error("the file is larger than {MOST_FILE_BYTES} bytes or longer than {MOST_FILE_SECONDS} seconds")]
    TooLarge,
}

/// Plays a WAV file over and over: PCM of 8 to 32 bit or 32-bit float, any usual rate, any number of channels (the first
/// two are heard).
///
/// Files that end early, or whose header gives no length (streamed), are played as far as they go.
#[derive(Debug)]
pub struct WavFile {
    /// Mono at 48 kHz, a whole number of blocks.
    samples: Vec<i16>,
    next: usize,
}

impl WavFile {
    /// Reads the whole file: not on the audio thread.
    ///
    /// # Errors
    /// As [`FileError`] says.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        // A pipe or a device would block or never end.
        let metadata = std::fs::metadata(path)?;
        if !metadata.is_file() {
            return Err(FileError::Format("a folder, a pipe or a device".to_owned()));
        }
        if metadata.len() > MOST_FILE_BYTES {
            return Err(FileError::TooLarge);
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        Self::parse(bytes)
    }

    /// As [`WavFile::open`], from the file's bytes.
    ///
    /// # Errors
    /// As [`FileError`] says.
    pub fn parse(mut bytes: Vec<u8>) -> Result<Self, FileError> {
        if bytes.len() as u64 > MOST_FILE_BYTES {
            return Err(FileError::TooLarge);
        }
        if bytes.is_empty() {
            return Err(FileError::Empty);
        }
        fit_data_chunk(&mut bytes);
        let reader = hound::WavReader::new(Cursor::new(bytes)).map_err(|error| FileError::Format(error.to_string()))?;
        let spec = reader.spec();
        let channels = usize::from(spec.channels);
        let frames = reader.len() as usize / channels.max(1);
        let mut converter = ToBlocks::new(spec.sample_rate)
            .ok_or_else(|| FileError::Format(format!("{} samples a second", spec.sample_rate)))?;
        if frames as u64 > u64::from(MOST_FILE_SECONDS) * u64::from(spec.sample_rate) {
            return Err(FileError::TooLarge);
        }
        let mut mono = mono(reader, channels, frames)?;
        if mono.is_empty() {
            return Err(FileError::Empty);
        }
        // The last, incomplete block is filled with silence.
        let mut samples = Vec::new();
        let mut rest = mono.as_mut_slice();
        while !rest.is_empty() {
            let input = converter.input();
            let (now, later) = rest.split_at_mut(input.len().min(rest.len()));
            input[..now.len()].copy_from_slice(now);
            input[now.len()..].fill(0.0);
            samples.extend(converter.block().0.map(|sample| (sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16));
            rest = later;
        }
        Ok(Self { samples, next: 0 })
    }

    /// Blocks until it begins again.
    pub fn blocks(&self) -> usize {
        self.samples.len() / BLOCK_SAMPLES
    }
}

impl Source for WavFile {
    fn next_block(&mut self) -> Option<AudioBlock> {
        let block = self.samples.get(self.next..self.next + BLOCK_SAMPLES)?;
        self.next = (self.next + BLOCK_SAMPLES) % self.samples.len();
        let mut out = AudioBlock::SILENCE;
        for (to, from) in out.0.iter_mut().zip(block) {
            *to = f32::from(*from) / 32_768.0;
        }
        Some(out)
    }

    fn due(&self) -> usize {
        1
    }
}

/// Reads what is there as mono; a file that ends in the middle is as long as it is.
fn mono(reader: hound::WavReader<Cursor<Vec<u8>>>, channels: usize, frames: usize) -> Result<Vec<f32>, FileError> {
    fn collect(
        samples: impl Iterator<Item = hound::Result<f32>>,
        channels: usize,
        frames: usize,
    ) -> Result<Vec<f32>, FileError> {
        // `frames` comes from the header but is bounded by the ten minutes that were checked.
        let mut mono = Vec::with_capacity(frames);
        let (mut sum, mut place) = (0.0, 0);
        for sample in samples {
            match sample {
                Ok(sample) => {
                    if place < 2 {
                        sum += if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
                    }
                    place += 1;
                    if place == channels {
                        mono.push(sum / channels.min(2) as f32);
                        (sum, place) = (0.0, 0);
                    }
                }
                Err(hound::Error::IoError(_)) => break,
                Err(error) => return Err(FileError::Format(error.to_string())),
            }
        }
        Ok(mono)
    }
    let spec = reader.spec();
    match spec.sample_format {
        hound::SampleFormat::Float => collect(reader.into_samples::<f32>(), channels, frames),
        hound::SampleFormat::Int => {
            let scale = 1.0 / (1_u64 << (spec.bits_per_sample.clamp(1, 32) - 1)) as f32;
            collect(
                reader.into_samples::<i32>().map(|sample| sample.map(|value| value as f32 * scale)),
                channels,
                frames,
            )
        }
    }
}

/// Writes the true length into the header of the data chunk, where the header promises more than there is: programs that
/// write WAV into a pipe put 0, `0x7fff_ffff` or the like.
fn fit_data_chunk(bytes: &mut [u8]) {
    let total = bytes.len();
    let mut at = 12;
    let mut frame_bytes = 1;
    while let Some(header) = bytes.get(at..at + 8) {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let body = at + 8;
        if header.starts_with(b"fmt ")
            && let Some(align) = bytes.get(body + 12..body + 14)
        {
            frame_bytes = usize::from(u16::from_le_bytes([align[0], align[1]])).max(1);
        } else if header.starts_with(b"data") {
            let there = total - body;
            if length > there || (length == 0 && there > 0) {
                let fitting = (there - there % frame_bytes) as u32;
                bytes[at + 4..body].copy_from_slice(&fitting.to_le_bytes());
            }
            return;
        }
        // Chunks begin at even places.
        at = body.saturating_add(length).saturating_add(length % 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;
    use proptest::prelude::*;

    fn wav(rate: u32, channels: u16, bits: u16, format: hound::SampleFormat, seconds: f32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let spec = hound::WavSpec { channels, sample_rate: rate, bits_per_sample: bits, sample_format: format };
        let mut writer = hound::WavWriter::new(&mut bytes, spec).expect("a valid header");
        for index in 0..(rate as f32 * seconds) as u32 {
            let value = 0.5 * (std::f32::consts::TAU * 440.0 * index as f32 / rate as f32).sin();
            for _ in 0..channels {
                match format {
                    hound::SampleFormat::Float => writer.write_sample(value),
                    hound::SampleFormat::Int => {
                        writer.write_sample((value * ((1_u64 << (bits - 1)) - 1) as f32) as i32)
                    }
                }
                .expect("written");
            }
        }
        writer.finalize().expect("complete");
        bytes.into_inner()
    }

    fn amplitude(file: &mut WavFile, blocks: usize) -> f32 {
        let heard: Vec<f32> = (0..blocks).flat_map(|_| file.next_block().expect("looped").0).collect();
        measure::amplitude(&heard, 48_000, 440.0)
    }

    #[test]
    fn every_kind_of_file_sounds_the_same() {
        use hound::SampleFormat::{Float, Int};
        for (rate, channels, bits, format) in [
            (48_000, 1, 16, Int),
            (44_100, 2, 16, Int),
            (22_050, 1, 16, Int),
            (16_000, 1, 8, Int),
            (96_000, 2, 24, Int),
            (8_000, 1, 32, Int),
            (48_000, 6, 16, Int),
            (48_000, 1, 32, Float),
            (11_025, 2, 32, Float),
        ] {
            let mut file = WavFile::parse(wav(rate, channels, bits, format, 1.0)).expect("a good file");
            assert!((98..=102).contains(&file.blocks()), "{rate}/{channels}/{bits}: {} blocks", file.blocks());
            let amplitude = amplitude(&mut file, 95);
            assert!((amplitude - 0.5).abs() < 0.02, "{rate}/{channels}/{bits}: {amplitude}");
        }
    }

    #[test]
    fn it_begins_again_at_its_end() {
        let mut file = WavFile::parse(wav(48_000, 1, 16, hound::SampleFormat::Int, 0.105)).expect("a good file");
        assert_eq!(file.blocks(), 11);
        let first = file.next_block();
        for _ in 1..11 {
            file.next_block();
        }
        assert_eq!(file.next_block(), first);
    }

    #[test]
    fn a_length_that_was_not_known_when_written_does_not_matter() {
        for length in [0_u32, 0x7fff_ffff, 0xffff_ffff, 0x7fff_f000] {
            let mut bytes = wav(22_050, 1, 16, hound::SampleFormat::Int, 0.5);
            let at = bytes.windows(4).position(|four| four == b"data").expect("a data chunk") + 4;
            bytes[at..at + 4].copy_from_slice(&length.to_le_bytes());
            let file = WavFile::parse(bytes).expect("streamed");
            assert!((49..=52).contains(&file.blocks()), "{}", file.blocks());
        }
    }

    #[test]
    fn what_is_no_sound_is_refused_with_its_cause() {
        assert!(matches!(WavFile::open(Path::new("/nowhere/at/all.wav")), Err(FileError::Read(_))));
        assert!(matches!(WavFile::open(&std::env::temp_dir()), Err(FileError::Format(_))));
        assert!(matches!(WavFile::parse(Vec::new()), Err(FileError::Empty)));
        assert!(matches!(WavFile::parse(b"MThd this is a tune".to_vec()), Err(FileError::Format(_))));
        assert!(matches!(WavFile::parse(wav(48_000, 1, 16, hound::SampleFormat::Int, 0.0)), Err(FileError::Empty)));
        assert!(matches!(WavFile::parse(wav(8_000, 1, 8, hound::SampleFormat::Int, 601.0)), Err(FileError::TooLarge)));
        assert!(matches!(WavFile::parse(wav(100, 1, 16, hound::SampleFormat::Int, 1.0)), Err(FileError::Format(_))));
    }

    proptest! {
        #[test]
        fn a_damaged_file_never_panics(damage in prop::collection::vec((0_usize..200, any::<u8>()), 1..8), cut in 0_usize..5_000) {
            let mut bytes = wav(16_000, 2, 16, hound::SampleFormat::Int, 0.05);
            for (at, value) in damage {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = value;
                }
            }
            bytes.truncate(cut);
            if let Ok(mut file) = WavFile::parse(bytes) {
                prop_assert!(file.next_block().is_some());
            }
        }
    }
}
