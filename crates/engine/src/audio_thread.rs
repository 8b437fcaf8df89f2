//! The audio thread: one 10 ms tick for everything that is heard and said.

use crate::clock::Clock;
use crate::engine::AudioOptions;
use crate::issues::{issue_of_loudspeaker, issue_of_microphone};
use crate::queues::AUDIO_PACKETS;
use crate::report::{Board, Mark};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, TryRecvError, channel, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_audio::capture::{Capture, Source, Synthetic, WavFile};
use visavis_audio::encode::{Encoder, Settings};
use visavis_audio::jitter::JitterBuffer;
use visavis_audio::meter::Meter;
use visavis_audio::mix::Mixer;
use visavis_audio::playback::{Null, Playback, Sink, TestSound};
use visavis_audio::process::{Parts, Processor};
use visavis_audio::record::Recorder;
use visavis_media::{AudioBlock, EncodedAudio, MediaTime, RtpPacket};
use visavis_model::{DeviceChoice, Issue, MicrophoneChoice, TrackId, VoiceVerdict};

/// One tick.
const TICK: Duration = Duration::from_millis(10);

/// How soon an idle thread notices that it is to end.
const IDLE_WAIT: Duration = Duration::from_millis(200);

/// Ticks between two tellings of levels (20 Hz), of the verdict, and of figures.
const LEVELS_EVERY: u64 = 5;
const VERDICT_EVERY: u64 = 25;
const FIGURES_EVERY: u64 = 100;

/// More ticks than this behind, and the thread starts anew instead of catching up.
const CATCH_UP: u32 = 20;

/// What the meeting asks of the audio thread.
pub enum AudioCommand {
    Microphone(MicrophoneChoice),
    Loudspeaker(DeviceChoice),
    MicrophoneOn(bool),
    /// Where encoded sound goes; `None`: nothing is encoded.
    Send(Option<AudioOutput>),
    TestTone,
    /// Let go of the devices.
    Close,
    /// Forget all remote tracks.
    ForgetAll,
    Add(TrackId),
    Remove(TrackId),
    /// Expected loss of our packets, 0 to 1, for forward error correction.
    Loss(f32),
    /// A/V sync: play this track at least so late.
    MinimumDelay(TrackId, Duration),
    Opened(u64, Opened),
}

/// A device that was opened on a thread of its own.
pub enum Opened {
    Microphone(Result<(Option<Capture>, Box<dyn Source>), Issue>),
    Loudspeaker(Result<(Option<Playback>, Box<dyn Sink>), Issue>),
}

/// What the audio thread tells.
#[derive(Clone, Debug)]
pub enum AudioEvent {
    Levels { own: u8, tracks: Vec<(TrackId, u8)> },
    Voice { verdict: VoiceVerdict, silent: bool },
    MicrophoneOpened,
    MicrophoneFailed { issue: Issue },
    LoudspeakerOpened,
    LoudspeakerFailed { issue: Issue },
}

/// Where encoded sound goes.
#[derive(Clone, Debug)]
pub struct AudioOutput {
    pub packets: mpsc::Sender<EncodedAudio>,
    pub dropped: Arc<AtomicU64>,
}

/// The end that the net thread holds.
#[derive(Clone)]
pub struct AudioHandle {
    commands: Sender<AudioCommand>,
    packets: SyncSender<(TrackId, RtpPacket)>,
    dropped: Arc<AtomicU64>,
    delays: Arc<std::sync::Mutex<BTreeMap<TrackId, Playout>>>,
}

/// How late a track is played, for A/V sync.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Playout {
    /// RTP timestamp that is being played.
    pub timestamp: u32,
    /// When that was read.
    pub at: MediaTime,
}

impl AudioHandle {
    pub fn command(&self, command: AudioCommand) {
        let _ = self.commands.send(command);
    }

    /// Hands a packet on; full: dropped, counted, concealed later.
    pub fn packet(&self, track: &TrackId, packet: RtpPacket) {
        if self.packets.try_send((track.clone(), packet)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What a track plays now, where it plays.
    pub fn playout(&self, track: &TrackId) -> Option<Playout> {
        self.delays.lock().unwrap_or_else(std::sync::PoisonError::into_inner).get(track).copied()
    }
}

/// The thread, as the meeting holds it; ends when dropped.
pub struct AudioThread {
    handle: AudioHandle,
    thread: Option<std::thread::JoinHandle<()>>,
    stop: Arc<std::sync::atomic::AtomicBool>,
}

impl AudioThread {
    pub fn start(
        clock: Clock,
        board: Board,
        options: AudioOptions,
        tell: impl Fn(AudioEvent) + Send + 'static,
    ) -> Self {
        let (commands, heard) = channel();
        let (packets, arriving) = sync_channel(AUDIO_PACKETS);
        let handle =
            AudioHandle { commands: commands.clone(), packets, dropped: Arc::default(), delays: Arc::default() };
        let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let delays = Arc::clone(&handle.delays);
        let run = move || {
            let mut audio = AudioLoop::new(clock, board, options, commands, delays, Box::new(tell));
            audio.run(&heard, &arriving, &stopped);
        };
        let thread = std::thread::Builder::new().name("audio".into()).spawn(run).ok();
        Self { handle, thread, stop }
    }

    pub fn command(&self, command: AudioCommand) {
        self.handle.command(command);
    }

    pub fn handle(&self) -> AudioHandle {
        self.handle.clone()
    }
}

impl Drop for AudioThread {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct AudioLoop {
    clock: Clock,
    board: Board,
    options: AudioOptions,
    commands: Sender<AudioCommand>,
    delays: Arc<std::sync::Mutex<BTreeMap<TrackId, Playout>>>,
    tell: Box<dyn Fn(AudioEvent) + Send>,
    microphone: Option<(Option<Capture>, Box<dyn Source>)>,
    microphone_choice: Option<MicrophoneChoice>,
    microphone_number: u64,
    loudspeaker: Option<(Option<Playback>, Box<dyn Sink>)>,
    loudspeaker_choice: Option<DeviceChoice>,
    loudspeaker_number: u64,
    on: bool,
    output: Option<AudioOutput>,
    encoder: Option<Encoder>,
    processor: Processor,
    meter: Meter,
    own_level: u8,
    buffers: BTreeMap<TrackId, JitterBuffer>,
    levels: BTreeMap<TrackId, u8>,
    mixer: Mixer,
    recorder: Option<Recorder>,
    test_sound: Option<TestSound>,
    loss: f32,
    heard: bool,
    ticks: u64,
}

impl AudioLoop {
    fn new(
        clock: Clock,
        board: Board,
        options: AudioOptions,
        commands: Sender<AudioCommand>,
        delays: Arc<std::sync::Mutex<BTreeMap<TrackId, Playout>>>,
        tell: Box<dyn Fn(AudioEvent) + Send>,
    ) -> Self {
        let recorder = options.record.as_ref().and_then(|path| match Recorder::create(path) {
            Ok(recorder) => Some(recorder),
            Err(error) => {
                tracing::error!(%error, "nothing is recorded");
                None
            }
        });
        Self {
            clock,
            board,
            options,
            commands,
            delays,
            tell,
            microphone: None,
            microphone_choice: None,
            microphone_number: 0,
            loudspeaker: None,
            loudspeaker_choice: None,
            loudspeaker_number: 0,
            on: false,
            output: None,
            encoder: None,
            processor: Processor::new(Parts::ALL),
            meter: Meter::new(),
            own_level: 0,
            buffers: BTreeMap::new(),
            levels: BTreeMap::new(),
            mixer: Mixer::new(),
            recorder,
            test_sound: None,
            loss: Settings::default().expected_loss,
            heard: false,
            ticks: 0,
        }
    }

    fn run(
        &mut self,
        commands: &Receiver<AudioCommand>,
        packets: &Receiver<(TrackId, RtpPacket)>,
        stop: &std::sync::atomic::AtomicBool,
    ) {
        let mut due = self.clock.now();
        while !stop.load(Ordering::Relaxed) {
            if self.is_idle() {
                // Nothing is open and nobody speaks: only a command wakes it.
                if let Ok(command) = commands.recv_timeout(IDLE_WAIT) {
                    self.command(command);
                }
                due = self.clock.now();
                continue;
            }
            let now = self.clock.now();
            if now < due {
                std::thread::sleep(due.since(now));
                continue;
            }
            due = if now.since(due) > TICK * CATCH_UP { now + TICK } else { due + TICK };
            loop {
                match commands.try_recv() {
                    Ok(command) => self.command(command),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return self.finish(),
                }
            }
            while let Ok((track, packet)) = packets.try_recv() {
                if let Some(buffer) = self.buffers.get_mut(&track) {
                    buffer.insert(&packet);
                }
            }
            self.tick();
        }
        self.finish();
    }

    fn is_idle(&self) -> bool {
        self.microphone.is_none() && self.loudspeaker.is_none() && self.buffers.is_empty()
    }

    fn finish(&mut self) {
        self.figures();
        if let Some(Err(error)) = self.recorder.take().map(Recorder::finish) {
            tracing::error!(%error, "the recording is not complete");
        }
    }

    fn tick(&mut self) {
        self.ticks += 1;
        self.watch_devices();
        self.say();
        self.hear();
        if self.ticks.is_multiple_of(LEVELS_EVERY) {
            let tracks = self.levels.iter().map(|(track, level)| (track.clone(), *level)).collect();
            let own = if self.on { self.own_level } else { 0 };
            if self.microphone.is_some() || !self.buffers.is_empty() {
                (self.tell)(AudioEvent::Levels { own, tracks });
            }
        }
        if self.ticks.is_multiple_of(VERDICT_EVERY) && self.microphone.is_some() {
            (self.tell)(AudioEvent::Voice { verdict: self.meter.verdict(), silent: self.meter.is_dead() });
        }
        if self.ticks.is_multiple_of(FIGURES_EVERY) {
            self.figures();
        }
    }

    /// What the microphone gave since the last tick: cleaned, measured, encoded.
    fn say(&mut self) {
        let Some((_, source)) = &mut self.microphone else { return };
        let due = source.due();
        for _ in 0..due {
            let Some((_, source)) = &mut self.microphone else { return };
            let Some(mut block) = source.next_block() else { return };
            // A test source is a measuring signal: nothing is taken out of it.
            let plain = !matches!(self.microphone_choice, Some(MicrophoneChoice::System | MicrophoneChoice::Device(_)));
            self.meter.push(&block);
            if !plain {
                self.processor.recorded(&mut block);
            }
            self.own_level = self.meter.level();
            self.encode(&block);
        }
    }

    fn encode(&mut self, block: &AudioBlock) {
        let Some(output) = self.output.as_ref().filter(|_| self.on) else {
            self.encoder = None;
            return;
        };
        if self.encoder.is_none() {
            match Encoder::new(Settings { expected_loss: self.loss, ..Settings::default() }) {
                Ok(encoder) => self.encoder = Some(encoder),
                Err(error) => {
                    tracing::error!(%error, "no encoder for sound");
                    return;
                }
            }
        }
        let Some(encoder) = &mut self.encoder else { return };
        if let Some(packet) = encoder.push(block, self.clock.now())
            && output.packets.try_send(packet).is_err()
        {
            output.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// What the loudspeaker wants: every track decoded, mixed, played.
    fn hear(&mut self) {
        let due = self.loudspeaker.as_ref().map_or(1, |(_, sink)| sink.due());
        let now = self.clock.now();
        for _ in 0..due {
            for (track, buffer) in &mut self.buffers {
                let block = buffer.pull(now);
                let level = self.mixer.add(&block);
                self.levels.insert(track.clone(), level);
            }
            let mut mixed = self.mixer.finish();
            if !self.heard && mixed.peak() > 1.0e-4 {
                self.heard = true;
                self.board.mark(Mark::FirstAudioHeard, now);
            }
            if let Some(sound) = &mut self.test_sound {
                match sound.next() {
                    Some(block) => mixed.0.iter_mut().zip(block.0).for_each(|(sample, test)| *sample += test),
                    None => self.test_sound = None,
                }
            }
            if let Some(recorder) = &mut self.recorder
                && let Err(error) = recorder.write(&mixed)
            {
                tracing::error!(%error, "recording stops");
                self.recorder = None;
            }
            if let Some((_, sink)) = &mut self.loudspeaker {
                sink.write(&mixed);
            }
            self.processor.played(&mixed);
        }
        if self.ticks.is_multiple_of(LEVELS_EVERY) {
            let mut delays = self.delays.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            delays.clear();
            for (track, buffer) in &self.buffers {
                if let Some(timestamp) = buffer.playout_rtp_timestamp() {
                    delays.insert(track.clone(), Playout { timestamp, at: now });
                }
            }
        }
    }

    fn figures(&mut self) {
        for (track, buffer) in &self.buffers {
            let stats = buffer.statistics();
            self.board.known_remote(track, |report| {
                report.audio = Some(stats.audio);
            });
        }
    }

    /// A device that went away is opened again, or said to be gone.
    fn watch_devices(&mut self) {
        if !self.ticks.is_multiple_of(VERDICT_EVERY) {
            return;
        }
        if let Some((Some(capture), _)) = &self.microphone
            && capture.poll_event().is_some()
            && let Some(choice) = self.microphone_choice.clone()
        {
            self.open_microphone(choice);
        }
        if let Some((Some(playback), _)) = &self.loudspeaker
            && playback.poll_event().is_some()
            && let Some(choice) = self.loudspeaker_choice.clone()
        {
            self.open_loudspeaker(choice);
        }
    }

    fn command(&mut self, command: AudioCommand) {
        match command {
            AudioCommand::Microphone(choice) => {
                if self.microphone.is_none() || self.microphone_choice.as_ref() != Some(&choice) {
                    self.open_microphone(choice);
                } else {
                    (self.tell)(AudioEvent::MicrophoneOpened);
                }
            }
            AudioCommand::Loudspeaker(choice) => {
                if self.loudspeaker.is_none() || self.loudspeaker_choice.as_ref() != Some(&choice) {
                    self.open_loudspeaker(choice);
                }
            }
            AudioCommand::MicrophoneOn(on) => self.on = on,
            AudioCommand::Send(output) => self.output = output,
            AudioCommand::TestTone => self.test_sound = Some(TestSound::new()),
            AudioCommand::Close => {
                self.microphone_number += 1;
                self.loudspeaker_number += 1;
                self.microphone = None;
                self.loudspeaker = None;
                self.microphone_choice = None;
                self.loudspeaker_choice = None;
                self.encoder = None;
                self.meter = Meter::new();
            }
            AudioCommand::ForgetAll => {
                self.figures();
                self.buffers.clear();
                self.levels.clear();
                self.heard = false;
            }
            AudioCommand::Add(track) => match JitterBuffer::new() {
                Ok(buffer) => {
                    self.buffers.entry(track).or_insert(buffer);
                }
                Err(error) => tracing::error!(%error, "no decoder for sound"),
            },
            AudioCommand::Remove(track) => {
                self.figures();
                self.buffers.remove(&track);
                self.levels.remove(&track);
            }
            AudioCommand::Loss(fraction) => {
                self.loss = fraction;
                if let Some(encoder) = &mut self.encoder {
                    encoder.set_expected_loss(fraction);
                }
            }
            AudioCommand::MinimumDelay(track, delay) => {
                if let Some(buffer) = self.buffers.get_mut(&track) {
                    buffer.set_minimum_delay(delay);
                }
            }
            AudioCommand::Opened(number, Opened::Microphone(opened)) if number == self.microphone_number => {
                match opened {
                    Ok(microphone) => {
                        self.microphone = Some(microphone);
                        (self.tell)(AudioEvent::MicrophoneOpened);
                    }
                    Err(issue) => (self.tell)(AudioEvent::MicrophoneFailed { issue }),
                }
            }
            AudioCommand::Opened(number, Opened::Loudspeaker(opened)) if number == self.loudspeaker_number => {
                match opened {
                    Ok(loudspeaker) => {
                        self.loudspeaker = Some(loudspeaker);
                        (self.tell)(AudioEvent::LoudspeakerOpened);
                    }
                    Err(issue) => (self.tell)(AudioEvent::LoudspeakerFailed { issue }),
                }
            }
            // Opened for a choice that is no longer the choice: closed again by dropping it.
            AudioCommand::Opened(..) => {}
        }
    }

    fn open_microphone(&mut self, choice: MicrophoneChoice) {
        self.microphone_number += 1;
        self.microphone = None;
        self.microphone_choice = Some(choice.clone());
        let number = self.microphone_number;
        self.open("open-microphone", move || (number, Opened::Microphone(open_microphone(&choice))));
    }

    fn open_loudspeaker(&mut self, choice: DeviceChoice) {
        self.loudspeaker_number += 1;
        self.loudspeaker = None;
        self.loudspeaker_choice = Some(choice.clone());
        let number = self.loudspeaker_number;
        let without = self.options.without_loudspeaker;
        self.open("open-loudspeaker", move || (number, Opened::Loudspeaker(open_loudspeaker(&choice, without))));
    }

    /// Opening a device takes up to seconds: it has a thread of its own.
    fn open(&self, name: &str, open: impl FnOnce() -> (u64, Opened) + Send + 'static) {
        let commands = self.commands.clone();
        let run = move || {
            let (number, opened) = open();
            let _ = commands.send(AudioCommand::Opened(number, opened));
        };
        if let Err(error) = std::thread::Builder::new().name(name.into()).spawn(run) {
            tracing::error!(%error, "no thread to open a device");
        }
    }
}

type OpenedSource = Result<(Option<Capture>, Box<dyn Source>), Issue>;
type OpenedSink = Result<(Option<Playback>, Box<dyn Sink>), Issue>;

fn open_microphone(choice: &MicrophoneChoice) -> OpenedSource {
    let device = match choice {
        MicrophoneChoice::None => return Err(Issue::new(visavis_model::IssueCode::MicrophoneNone)),
        MicrophoneChoice::Synthetic => return Ok((None, Box::new(Synthetic::new(std::process::id())))),
        MicrophoneChoice::File(path) => {
            let file = WavFile::open(std::path::Path::new(path)).map_err(|error| issue_of_microphone_file(&error))?;
            return Ok((None, Box::new(file)));
        }
        MicrophoneChoice::System => DeviceChoice::System,
        MicrophoneChoice::Device(id) => DeviceChoice::Device(id.clone()),
    };
    let (capture, reader) = Capture::open(&device).map_err(|error| issue_of_microphone(&error))?;
    Ok((Some(capture), Box::new(reader)))
}

fn issue_of_microphone_file(error: &visavis_audio::capture::FileError) -> Issue {
    tracing::debug!(%error, "the sound file is not used");
    Issue::new(visavis_model::IssueCode::SourceFile).with("cause", "unreadable")
}

fn open_loudspeaker(choice: &DeviceChoice, without: bool) -> OpenedSink {
    if without {
        return Ok((None, Box::new(Null)));
    }
    let (playback, writer) = Playback::open(choice).map_err(|error| issue_of_loudspeaker(&error))?;
    Ok((Some(playback), Box::new(writer)))
}
