//! The audio thread: one 10 ms tick for everything that is heard and said.

mod devices;
mod level;
mod open;
mod openings;
mod run;
mod stall;

use crate::clock::Clock;
use crate::engine::AudioOptions;
use crate::queues::AUDIO_PACKETS;
use crate::report::Board;
use run::AudioLoop;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;
use visavis_audio::capture::{Capture, Source};
use visavis_audio::playback::{Chime, Playback, Sink};
use visavis_audio::process::Parts;
use visavis_media::{EncodedAudio, MediaTime, RtpPacket};
use visavis_model::{DeviceChoice, DeviceId, Issue, MicrophoneChoice, TrackId, TrialView, VoiceVerdict};

/// What the meeting asks of the audio thread.
pub enum AudioCommand {
    Microphone(MicrophoneChoice),
    Loudspeaker(DeviceChoice),
    MicrophoneOn(bool),
    /// Where encoded sound goes; `None`: nothing is encoded.
    Send(Option<AudioOutput>),
    /// What is done to the microphone's sound.
    Process(Parts),
    /// One of our own sounds, mixed into what is heard; a newer one takes the place of one that still sounds.
    Play(Chime),
    /// Three seconds of the microphone, played back.
    Try,
    /// Let go of the devices.
    Close,
    /// What was open is gone: not another sound of whatever the system gives in its place.
    DropMicrophone,
    DropLoudspeaker,
    /// Forget all remote tracks.
    ForgetAll,
    Add(TrackId),
    Remove(TrackId),
    /// Expected loss of our packets, 0 to 1, for forward error correction.
    Loss(f32),
    /// A/V sync: play this track at least so late.
    MinimumDelay(TrackId, Duration),
    Opened(u64, Opened),
    /// The sound server was asked because a device stands still, and is there.
    ServerAnswers {
        after: Duration,
    },
}

/// A device that was opened on a thread of its own.
pub enum Opened {
    Microphone(Result<(Option<Capture>, Box<dyn Source>), Issue>),
    Loudspeaker(Result<(Option<Playback>, Box<dyn Sink>), Issue>),
}

/// What the audio thread tells.
#[derive(Clone, Debug)]
pub enum AudioEvent {
    Levels {
        own: u8,
        tracks: Vec<(TrackId, u8)>,
    },
    /// `speaks`: for 1.2 s, whether the microphone is on or off.
    Voice {
        verdict: VoiceVerdict,
        silent: bool,
        speaks: bool,
    },
    /// How far a trial of the microphone is.
    Trial(TrialView),
    /// `device`: of the system, where it is one.
    MicrophoneOpened {
        device: Option<DeviceId>,
    },
    MicrophoneFailed(DeviceFailure),
    LoudspeakerOpened {
        device: Option<DeviceId>,
    },
    LoudspeakerFailed(DeviceFailure),
}

/// A device that did not open, or gives nothing any more.
#[derive(Clone, Debug)]
pub struct DeviceFailure {
    pub issue: Issue,
    /// Which one; `None`: whatever the system gives, or none of the system's.
    pub device: Option<DeviceId>,
    /// The one before, which goes on.
    pub open: Option<DeviceId>,
    /// It was open and stands still; it is being opened again.
    pub stands: Option<Stands>,
}

/// What stands still with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// Nothing that is known of.
    Alone,
    /// All of its sound server: no other device there would be any better.
    WithServer,
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
