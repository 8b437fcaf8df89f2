//! A loudspeaker: through the sound server where there is one, else through cpal.

use super::Sink;
use crate::device::{self, Direction, Error, Event, Signals};
use crate::resample::FromBlocks;
use crate::sample;
use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{Data, OutputCallbackInfo, SampleFormat, StreamConfig};
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;
use visavis_media::AudioBlock;
#[cfg(target_os = "linux")]
use visavis_media::SAMPLE_RATE;
use visavis_model::{DeviceChoice, DeviceId};

/// How much sound may wait for the device at most; more is dropped and counted.
pub const RING_MILLIS: u32 = 200;

/// How much sound waits for the device at first: what the audio thread may be late by before it is heard.
pub const FIRST_FILL_MILLIS: u32 = 40;

/// How far that grows, by 20 ms with every underrun.
pub const MOST_FILL_MILLIS: u32 = 120;

const FILL_STEP_MILLIS: u32 = 20;

/// An open loudspeaker; dropping it closes the device.
pub struct Playback {
    stream: device::Stream,
    shared: Arc<Shared>,
    rate: u32,
    device: Option<DeviceId>,
}

/// The audio thread's end of an open loudspeaker.
///
/// Asks for as much sound as keeps a target waiting: 40 ms, or the device's largest request and 20 ms where that is
/// more, and 20 ms more with every underrun, up to 120 ms.
pub struct BlockWriter {
    ring: Producer<f32>,
    converter: FromBlocks,
    shared: Arc<Shared>,
    rate: u32,
    overflowed: u64,
}

#[derive(Default)]
struct Shared {
    signals: Signals,
    /// Samples that the device asked for.
    requested: AtomicU64,
    underruns: AtomicU64,
    /// Samples for which there was nothing when an underrun began.
    missing: AtomicU64,
    /// Most samples that the device has asked for at once.
    largest_request: AtomicU32,
}

impl Playback {
    /// Opens the chosen loudspeaker and starts it; it plays silence until something is written. Through the sound server it is open once it
    /// plays: a dead one is an error.
    ///
    /// Takes 10 ms to 2 s, at most eight: not on the audio or the UI thread.
    ///
    /// # Errors
    /// As [`Error`] says; nothing stays open then.
    pub fn open(choice: &DeviceChoice) -> Result<(Self, BlockWriter), Error> {
        let choice = choice.clone();
        device::open_within(move || {
            let choice = device::meant(&choice, Direction::Output)?;
            #[cfg(target_os = "linux")]
            if let Some(place) = device::pulse::Place::find(&choice, Direction::Output)? {
                return Self::play(place);
            }
            let device = device::find(&choice, Direction::Output)?;
            let mut last = Error::Unsupported;
            for (config, format) in device::configs(&device, Direction::Output)? {
                match Self::open_with(&device, config, format) {
                    Ok(open) => return Ok(open),
                    Err(error) => last = error,
                }
            }
            Err(last)
        })
    }

    #[cfg(target_os = "linux")]
    fn play(place: device::pulse::Place) -> Result<(Self, BlockWriter), Error> {
        let (writer, mut player) = writer(SAMPLE_RATE)?;
        let (for_data, for_errors) = (Arc::clone(&writer.shared), Arc::clone(&writer.shared));
        let device = place.id();
        let give = move |samples: &mut [f32]| {
            let there = player.there(samples.len());
            samples.fill_with(|| player.next().clamp(-1.0, 1.0));
            player.given(there, samples.len(), &for_data);
        };
        let stream = place.play(move |kind| for_errors.signals.report(kind), give)?;
        let shared = Arc::clone(&writer.shared);
        Ok((Self { stream: stream.into(), shared, rate: SAMPLE_RATE, device: Some(device) }, writer))
    }

    fn open_with(
        device: &cpal::Device,
        config: StreamConfig,
        format: SampleFormat,
    ) -> Result<(Self, BlockWriter), Error> {
        let rate = config.sample_rate;
        let (writer, mut player) = writer(rate)?;
        let (for_data, for_errors) = (Arc::clone(&writer.shared), Arc::clone(&writer.shared));
        let channels = usize::from(config.channels);
        let stream = device.build_output_stream_raw(
            config,
            format,
            move |data: &mut Data, _: &OutputCallbackInfo| player.play(data, channels, &for_data),
            move |error| for_errors.signals.report(error.kind()),
            None,
        )?;
        stream.play()?;
        let device = device::id_of(device);
        Ok((Self { stream: stream.into(), shared: Arc::clone(&writer.shared), rate, device }, writer))
    }

    /// What happened to the device since the last call, the worst of it.
    pub fn poll_event(&self) -> Option<Event> {
        self.shared.signals.poll()
    }

    /// Times at which the device asked for sound and there was too little.
    pub fn underruns(&self) -> u64 {
        self.shared.underruns.load(Ordering::Relaxed)
    }

    /// Samples that the requests which began an underrun lacked, at [`Playback::rate`].
    pub fn missing_samples(&self) -> u64 {
        self.shared.missing.load(Ordering::Relaxed)
    }

    /// Samples that the device has asked for. Stands still where the device is dead.
    pub fn requested_samples(&self) -> u64 {
        self.shared.requested.load(Ordering::Relaxed)
    }

    /// Whether it played already when it counted as open. One that did not may take a while to begin.
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

fn writer(rate: u32) -> Result<(BlockWriter, Player), Error> {
    let converter = FromBlocks::new(rate).ok_or(Error::Unsupported)?;
    let (ring, consumer) = RingBuffer::new((u64::from(rate) * u64::from(RING_MILLIS) / 1000) as usize);
    let writer = BlockWriter { ring, converter, shared: Arc::new(Shared::default()), rate, overflowed: 0 };
    Ok((writer, Player { ring: consumer, last: 0.0, sounding: false }))
}

/// The callback's end of the ring.
struct Player {
    ring: Consumer<f32>,
    last: f32,
    /// False until the first sample, and again while nothing comes.
    sounding: bool,
}

impl Player {
    /// The real-time callback: no lock, no allocation, no log.
    fn play(&mut self, data: &mut Data, channels: usize, shared: &Shared) {
        let frames = sample::frames(data, channels);
        let there = self.there(frames);
        sample::fill_from_mono(data, channels, || self.next());
        self.given(there, frames, shared);
    }

    /// Of so many samples those that wait.
    fn there(&self, frames: usize) -> usize {
        self.ring.slots().min(frames)
    }

    fn next(&mut self) -> f32 {
        self.last = match self.ring.pop() {
            Ok(sample) => sample,
            // From the last sample to nothing in 5 ms rather than at once: no click.
            Err(_) => self.last * 0.98,
        };
        self.last
    }

    fn given(&mut self, there: usize, frames: usize, shared: &Shared) {
        shared.requested.fetch_add(frames as u64, Ordering::Relaxed);
        shared.largest_request.fetch_max(frames as u32, Ordering::Relaxed);
        if there < frames && (self.sounding || there > 0) {
            shared.underruns.fetch_add(1, Ordering::Relaxed);
            shared.missing.fetch_add((frames - there) as u64, Ordering::Relaxed);
        }
        self.sounding = there == frames;
    }
}

impl BlockWriter {
    /// Blocks to write now so that the target waits for the device.
    pub fn wanted(&self) -> usize {
        let missing = self.target_samples().saturating_sub(self.waiting_samples());
        missing.div_ceil(self.block_samples())
    }

    /// Blocks dropped because the ring was full.
    pub const fn overflowed(&self) -> u64 {
        self.overflowed
    }

    fn block_samples(&self) -> usize {
        (self.rate as usize / 100).max(1)
    }

    fn waiting_samples(&self) -> usize {
        self.ring.buffer().capacity() - self.ring.slots()
    }

    fn target_samples(&self) -> usize {
        let underruns = self.shared.underruns.load(Ordering::Relaxed).min(u64::from(MOST_FILL_MILLIS)) as u32;
        let largest = self.shared.largest_request.load(Ordering::Relaxed);
        let request_millis = (u64::from(largest) * 1000 / u64::from(self.rate)) as u32;
        let millis = (FIRST_FILL_MILLIS + underruns * FILL_STEP_MILLIS).max(request_millis + 20).min(MOST_FILL_MILLIS);
        (u64::from(self.rate) * u64::from(millis) / 1000) as usize
    }
}

impl Sink for BlockWriter {
    fn due(&self) -> usize {
        self.wanted()
    }

    fn write(&mut self, block: &AudioBlock) {
        if self.ring.push_entire_slice(self.converter.samples(block)).is_err() {
            self.overflowed += 1;
        }
    }

    fn buffered(&self) -> Duration {
        Duration::from_micros(self.waiting_samples() as u64 * 1_000_000 / u64::from(self.rate))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(player: &mut Player, shared: &Shared, frames: usize) -> Vec<i16> {
        let mut samples = vec![0_i16; frames * 2];
        // SAFETY: pointer, length and format come from the vector, which outlives the call.
        let mut data = unsafe { Data::from_parts(samples.as_mut_ptr().cast(), samples.len(), SampleFormat::I16) };
        player.play(&mut data, 2, shared);
        samples
    }

    #[test]
    fn it_asks_for_what_keeps_the_target_waiting() {
        let (mut writer, mut player) = writer(48_000).expect("a usual rate");
        assert_eq!(writer.wanted(), 4);
        for _ in 0..writer.wanted() {
            writer.write(&AudioBlock([0.5; 480]));
        }
        assert_eq!((writer.wanted(), writer.buffered()), (0, Duration::from_millis(40)));
        let shared = Arc::clone(&writer.shared);
        let heard = take(&mut player, &shared, 480);
        assert!(heard.iter().all(|sample| (16_300..=16_400).contains(sample)));
        assert_eq!((writer.wanted(), shared.underruns.load(Ordering::Relaxed)), (1, 0));
    }

    #[test]
    fn an_underrun_is_counted_once_fades_and_raises_the_target() {
        let (mut writer, mut player) = writer(48_000).expect("a usual rate");
        let shared = Arc::clone(&writer.shared);
        take(&mut player, &shared, 480);
        assert_eq!(shared.underruns.load(Ordering::Relaxed), 0, "nothing was written yet");
        writer.write(&AudioBlock([0.5; 480]));
        let heard = take(&mut player, &shared, 960);
        take(&mut player, &shared, 480);
        assert_eq!(shared.underruns.load(Ordering::Relaxed), 1);
        assert_eq!(shared.missing.load(Ordering::Relaxed), 480);
        let step = heard.windows(3).map(|three| (three[2] - three[0]).abs()).max().expect("samples");
        assert!(step < 1_000, "a click of {step}");
        assert!(heard.last().expect("samples").abs() < 10);
        assert_eq!(writer.wanted(), 6);
    }

    #[test]
    fn a_device_with_large_requests_gets_a_larger_target() {
        let (writer, mut player) = writer(44_100).expect("a usual rate");
        take(&mut player, &writer.shared, 4_410);
        assert_eq!(writer.wanted(), 12, "100 ms at once, and 20 ms");
    }

    #[test]
    fn a_device_that_stopped_does_not_fill_the_memory() {
        let (mut writer, _player) = writer(48_000).expect("a usual rate");
        for _ in 0..100 {
            writer.write(&AudioBlock::SILENCE);
        }
        assert_eq!((writer.overflowed(), writer.buffered()), (80, Duration::from_millis(200)));
    }
}
