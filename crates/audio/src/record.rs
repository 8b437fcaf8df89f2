//! Recordings of what was heard.

use std::path::Path;
use visavis_media::{AudioBlock, SAMPLE_RATE};

/// Bytes of samples after which a recording stops growing; a WAV file cannot be larger than 4 GB.
const MOST_BYTES: u64 = 4_000_000_000;

/// Why a recording cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the recording cannot be written")]
    Io(#[from] std::io::Error),
    #[error("the recording cannot be written as WAV")]
    Format(#[source] hound::Error),
}

impl From<hound::Error> for Error {
    fn from(error: hound::Error) -> Self {
        match error {
            hound::Error::IoError(error) => Self::Io(error),
            other => Self::Format(other),
        }
    }
}

/// Writes blocks into a WAV file: mono, 48 kHz, 16 bit. Writes to disk: not for the audio callbacks.
///
/// The file is whole after [`Recorder::finish`] or drop.
pub struct Recorder {
    writer: hound::WavWriter<std::io::BufWriter<std::fs::File>>,
    bytes: u64,
}

impl Recorder {
    /// Makes the file, or empties the one that is there.
    ///
    /// # Errors
    /// Where the file cannot be made.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let spec = hound::WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        Ok(Self { writer: hound::WavWriter::create(path, spec)?, bytes: 0 })
    }

    /// Appends 10 ms; beyond 4 GB (eleven hours) nothing more.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn write(&mut self, block: &AudioBlock) -> Result<(), Error> {
        if self.bytes >= MOST_BYTES {
            return Ok(());
        }
        for sample in block.0 {
            self.writer.write_sample((sample.clamp(-1.0, 1.0) * 32_767.0).round() as i16)?;
        }
        self.bytes += 2 * block.0.len() as u64;
        Ok(())
    }

    /// Completes the file.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub fn finish(self) -> Result<(), Error> {
        Ok(self.writer.finalize()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_reads_back() {
        let path = std::env::temp_dir().join(format!("visavis-recorder-{}.wav", std::process::id()));
        let mut recorder = Recorder::create(&path).expect("a writable folder");
        recorder.write(&AudioBlock([0.5; 480])).expect("written");
        recorder.write(&AudioBlock([-2.0; 480])).expect("written");
        recorder.finish().expect("complete");
        let mut reader = hound::WavReader::open(&path).expect("a WAV file");
        assert_eq!(reader.spec().sample_rate, 48_000);
        let samples: Vec<i16> = reader.samples::<i16>().map(|sample| sample.expect("a sample")).collect();
        assert_eq!((samples.len(), samples[0], samples[959]), (960, 16_384, -32_767));
        std::fs::remove_file(&path).expect("removable");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(matches!(Recorder::create(Path::new("/nowhere/at/all.wav")), Err(Error::Io(_))));
    }
}
