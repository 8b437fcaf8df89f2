//! A microphone: through the sound server where there is one, else through cpal.

use super::Source;
use crate::device::{self, Direction, Error, Event, Signals};
use crate::resample::ToBlocks;
use crate::sample;
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{Data, InputCallbackInfo, SampleFormat, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
#[cfg(target_os = "linux")]
use visavis_media::SAMPLE_RATE;
use visavis_media::{AudioBlock, BLOCK_SAMPLES};
use visavis_model::{DeviceChoice, DeviceId};

/// How much recorded sound may wait for the audio thread; more is dropped and counted.
pub const RING_MILLIS: u32 = 200;

/// An open microphone; dropping it closes the device.
///
/// The callback mixes down to mono and writes into a lock-free ring; rate conversion and cutting into blocks are done
/// where the ring is read.
pub struct Capture {
    stream: device::Stream,
    shared: Arc<Shared>,
    rate: u32,
    device: Option<DeviceId>,
}

/// The audio thread's end of an open microphone. Gives nothing more once its [`Capture`] is dropped.
pub struct BlockReader {
    ring: Consumer<f32>,
    converter: ToBlocks,
}

#[derive(Default)]
struct Shared {
    signals: Signals,
    /// Samples that came from the device.
    recorded: AtomicU64,
    /// Of them, what found the ring full.
    dropped: AtomicU64,
}

impl Capture {
    /// Opens the chosen microphone and starts it.
    ///
    /// Takes 10 ms to 2 s, at most eight: not on the audio or the UI thread.
    ///
    /// # Errors
    /// As [`Error`] says; nothing stays open then.
    pub fn open(choice: &DeviceChoice) -> Result<(Self, BlockReader), Error> {
        let choice = choice.clone();
        device::open_within(move || {
            let choice = device::meant(&choice, Direction::Input)?;
            #[cfg(target_os = "linux")]
            if let Some(place) = device::pulse::Place::find(&choice, Direction::Input)? {
                return Self::record(place);
            }
            let device = device::find(&choice, Direction::Input)?;
            let mut last = Error::Unsupported;
            for (config, format) in device::configs(&device, Direction::Input)? {
                match Self::open_with(&device, config, format) {
                    Ok(open) => return Ok(open),
                    Err(error) => last = error,
                }
            }
            Err(last)
        })
    }

    #[cfg(target_os = "linux")]
    fn record(place: device::pulse::Place) -> Result<(Self, BlockReader), Error> {
        let (mut writer, reader, shared) = ends(SAMPLE_RATE)?;
        let (for_data, for_errors) = (Arc::clone(&shared), Arc::clone(&shared));
        let device = place.id();
        let take = move |samples: &[f32]| {
            let written = samples.iter().take_while(|sample| writer.push(**sample).is_ok()).count();
            for_data.count(samples.len(), written);
        };
        let stream = place.record(move |kind| for_errors.signals.report(kind), take)?;
        Ok((Self { stream: stream.into(), shared, rate: SAMPLE_RATE, device: Some(device) }, reader))
    }

    fn open_with(
        device: &cpal::Device,
        config: StreamConfig,
        format: SampleFormat,
    ) -> Result<(Self, BlockReader), Error> {
        let rate = config.sample_rate;
        let (mut writer, reader, shared) = ends(rate)?;
        let (for_data, for_errors) = (Arc::clone(&shared), Arc::clone(&shared));
        let channels = usize::from(config.channels);
        let stream = device.build_input_stream_raw(
            config,
            format,
            move |data: &Data, _: &InputCallbackInfo| record(data, channels, &mut writer, &for_data),
            move |error| for_errors.signals.report(error.kind()),
            None,
        )?;
        stream.play()?;
        let device = device::id_of(device);
        Ok((Self { stream: stream.into(), shared, rate, device }, reader))
    }

    /// What happened to the device since the last call, the worst of it.
    pub fn poll_event(&self) -> Option<Event> {
        self.shared.signals.poll()
    }

    /// Samples that the device has given, at [`Capture::rate`]. Stands still where the device is dead.
    pub fn recorded_samples(&self) -> u64 {
        self.shared.recorded.load(Ordering::Relaxed)
    }

    /// Samples lost because the audio thread did not come for [`RING_MILLIS`].
    pub fn dropped_samples(&self) -> u64 {
        self.shared.dropped.load(Ordering::Relaxed)
    }

    /// Times at which the system lost sound before we got it.
    pub fn xruns(&self) -> u64 {
        self.shared.signals.xruns()
    }

    /// Whether it gave sound already when it counted as open. One that did not may take a while to begin.
    pub const fn has_begun(&self) -> bool {
        self.stream.has_begun()
    }

    /// Which device it is, where the system says.
    pub const fn device(&self) -> Option<&DeviceId> {
        self.device.as_ref()
    }

    /// The device's rate in samples a second.
    pub const fn rate(&self) -> u32 {
        self.rate
    }
}

/// The real-time callback: no lock, no allocation, no log.
fn record(data: &Data, channels: usize, ring: &mut Producer<f32>, shared: &Shared) {
    let frames = sample::frames(data, channels);
    let room = ring.slots().min(frames);
    let mut written = 0;
    sample::for_each_mono(data, channels, |sample| {
        if written < room && ring.push(sample).is_ok() {
            written += 1;
        }
    });
    shared.count(frames, written);
}

impl Shared {
    fn count(&self, frames: usize, written: usize) {
        self.recorded.fetch_add(frames as u64, Ordering::Relaxed);
        self.dropped.fetch_add((frames - written) as u64, Ordering::Relaxed);
    }
}

/// The callback's end of the ring, the audio thread's, and what both know.
fn ends(rate: u32) -> Result<(Producer<f32>, BlockReader, Arc<Shared>), Error> {
    let converter = ToBlocks::new(rate).ok_or(Error::Unsupported)?;
    let (writer, ring) = RingBuffer::new((u64::from(rate) * u64::from(RING_MILLIS) / 1000) as usize);
    Ok((writer, BlockReader { ring, converter }, Arc::new(Shared::default())))
}

impl BlockReader {
    /// The next 10 ms, where that much is recorded.
    pub fn read(&mut self) -> Option<AudioBlock> {
        self.ring.pop_entire_slice(self.converter.input()).ok()?;
        Some(self.converter.block())
    }

    /// Whole blocks that wait.
    pub fn available(&self) -> usize {
        self.ring.slots() / self.converter.needed().max(1)
    }

    /// Sound that waits, in milliseconds.
    pub fn waiting_millis(&self) -> f32 {
        10.0 * self.ring.slots() as f32 / self.converter.needed().max(1) as f32
    }
}

impl Source for BlockReader {
    fn next_block(&mut self) -> Option<AudioBlock> {
        self.read()
    }

    fn due(&self) -> usize {
        self.available()
    }
}

const _: () = assert!(BLOCK_SAMPLES == 480, "the ring's depth is counted in blocks of 10 ms");

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(rate: u32) -> (Producer<f32>, BlockReader, Shared) {
        let (writer, ring) = RingBuffer::new((rate / 5) as usize);
        (writer, BlockReader { ring, converter: ToBlocks::new(rate).expect("a usual rate") }, Shared::default())
    }

    fn give(samples: &mut [i16], channels: usize, writer: &mut Producer<f32>, shared: &Shared) {
        // SAFETY: pointer, length and format come from the slice, which outlives the call.
        let data = unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), SampleFormat::I16) };
        record(&data, channels, writer, shared);
    }

    #[test]
    fn pieces_of_any_size_become_blocks() {
        let (mut writer, mut reader, shared) = reader(48_000);
        for _ in 0..47 {
            give(&mut [8_192; 20], 2, &mut writer, &shared);
        }
        assert_eq!((reader.available(), reader.read()), (0, None));
        give(&mut [8_192; 20], 2, &mut writer, &shared);
        assert_eq!(reader.available(), 1);
        assert!((reader.read().expect("480 frames").rms() - 0.25).abs() < 1e-3);
        assert_eq!(shared.dropped.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_finds_the_ring_full_is_dropped_and_counted() {
        let (mut writer, mut reader, shared) = reader(48_000);
        give(&mut vec![1_000; 12_000], 1, &mut writer, &shared);
        assert_eq!(shared.dropped.load(Ordering::Relaxed), 12_000 - 9_600);
        assert_eq!(shared.recorded.load(Ordering::Relaxed), 12_000);
        assert_eq!(reader.due(), 20);
        assert_eq!(std::iter::from_fn(|| reader.next_block()).count(), 20);
    }

    #[test]
    fn another_rate_gives_blocks_in_the_same_time() {
        let (mut writer, mut reader, shared) = reader(44_100);
        let mut blocks = 0;
        for _ in 0..100 {
            give(&mut [1_000; 441], 1, &mut writer, &shared);
            blocks += std::iter::from_fn(|| reader.read()).count();
        }
        assert!((97..=100).contains(&blocks), "{blocks}");
        assert_eq!(shared.dropped.load(Ordering::Relaxed), 0);
    }
}
