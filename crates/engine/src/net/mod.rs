//! The net thread: sockets, session, peer connections, and the packets' way in and out.

mod contacted;
mod driver;
mod http;
mod media;
mod pictures;
mod sounds;

use crate::audio_thread::{AudioHandle, AudioOutput};
use crate::clock::Clock;
use crate::dial::Network;
use crate::output::VideoOutput;
use crate::queues::ENCODED_AUDIO;
use crate::report::Board;
use crate::stage_thread::StageHandle;
use driver::Driver;
use pictures::Own;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::mpsc;
use visavis_media::{EncodedAudio, MediaTime};
use visavis_model::{BitsPerSecond, Codec, TrackId, VideoDemand};
use visavis_provider::{MeetingLink, RoomCommand, RoomEvent, Session};

/// What the net thread tells the meeting.
#[derive(Clone, Debug)]
pub enum NetEvent {
    /// A socket is about to be opened with this host, which need not be the link's.
    Opening {
        host: String,
    },
    SocketOpened,
    Room(RoomEvent),
    /// When the server last said that our packets arrive, and what it lost of them, 0 to 1.
    Evidence {
        microphone: Option<(MediaTime, f32)>,
        camera: Option<(MediaTime, f32)>,
        /// Since when we send and nothing comes back at all, where that is too long.
        unanswered_since: Option<MediaTime>,
    },
    PictureStopped {
        track: TrackId,
        stopped: bool,
    },
    Codec {
        track: TrackId,
        codec: Codec,
    },
    /// The session is connected with this host, which may not be contacted any more.
    Refused {
        host: String,
    },
}

/// What one call's net thread is made of.
pub struct NetOptions {
    pub clock: Clock,
    pub board: Board,
    pub network: Network,
    pub link: MeetingLink,
    pub seed: u64,
    pub stage: StageHandle,
    pub audio: AudioHandle,
    /// Most that the own pictures may take together, by the organisation's word.
    pub most_video: Option<BitsPerSecond>,
}

/// What the meeting asks of it.
enum NetCommand {
    Room(RoomCommand),
    Pictures(Own, VideoOutput),
    RestartPicture(TrackId),
    Obey,
    Stop,
}

/// The thread of one call, as the meeting holds it.
pub struct NetThread {
    commands: mpsc::UnboundedSender<NetCommand>,
    audio: AudioOutput,
    shared_sound: AudioOutput,
    thread: Option<JoinHandle<()>>,
}

impl NetThread {
    /// Starts the thread; the session begins at once.
    pub fn start(options: NetOptions, session: Box<dyn Session>, tell: impl Fn(NetEvent) + Send + 'static) -> Self {
        let (commands, heard) = mpsc::unbounded_channel();
        let (packets, spoken) = mpsc::channel(ENCODED_AUDIO);
        let audio = AudioOutput { packets, dropped: Arc::default() };
        let (packets, shared) = mpsc::channel(ENCODED_AUDIO);
        let shared_sound = AudioOutput { packets, dropped: Arc::default() };
        let run = move || run(options, session, Box::new(tell), heard, OwnPackets { spoken, shared });
        let thread = std::thread::Builder::new().name("net".into()).spawn(run);
        if let Err(error) = &thread {
            tracing::error!(%error, "no thread for the network");
        }
        Self { commands, audio, shared_sound, thread: thread.ok() }
    }

    pub fn room(&self, command: RoomCommand) {
        let _ = self.commands.send(NetCommand::Room(command));
    }

    pub fn demand(&self, track: TrackId, demand: VideoDemand) {
        self.room(RoomCommand::Demand { track, demand });
    }

    /// The camera whose pictures are published from now on.
    pub fn camera(&self, output: VideoOutput) {
        let _ = self.commands.send(NetCommand::Pictures(Own::Camera, output));
    }

    /// The screen or window whose pictures are published from now on.
    pub fn screen(&self, output: VideoOutput) {
        let _ = self.commands.send(NetCommand::Pictures(Own::Screen, output));
    }

    pub fn restart_picture(&self, track: TrackId) {
        let _ = self.commands.send(NetCommand::RestartPicture(track));
    }

    /// The rules are others: whom the session is connected with is looked at again.
    pub fn obey(&self) {
        let _ = self.commands.send(NetCommand::Obey);
    }

    pub fn audio_output(&self) -> AudioOutput {
        self.audio.clone()
    }

    /// Where the sound of what is shared goes.
    pub fn shared_sound(&self) -> AudioOutput {
        self.shared_sound.clone()
    }

    /// Asks the thread to say goodbye and end; it does within a second. Gives it, to be waited for at the very end.
    pub fn stop(self) -> Option<JoinHandle<()>> {
        let _ = self.commands.send(NetCommand::Stop);
        self.thread
    }
}

/// The own sound, as it comes encoded.
struct OwnPackets {
    spoken: mpsc::Receiver<EncodedAudio>,
    shared: mpsc::Receiver<EncodedAudio>,
}

fn run(
    options: NetOptions,
    session: Box<dyn Session>,
    tell: Box<dyn Fn(NetEvent) + Send>,
    commands: mpsc::UnboundedReceiver<NetCommand>,
    sound: OwnPackets,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime for the network");
            return;
        }
    };
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async move {
        Driver::new(options, session, tell, commands, sound).run().await;
    });
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
}
