//! What a window or a script holds.

use crate::clock::Clock;
use crate::devices::DeviceWatcher;
use crate::errand::Errand;
use crate::keyring::Impatient;
use crate::meeting::{DeskEvent, Event, Meeting};
use crate::report::Board;
use crate::rules::Rules;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use visavis_model::{
    Batch, CalendarPlace, Command, Levels, LocalView, Patch, Phase, RecentView, Report, Settings, ShareChoice,
    Snapshot, WindowChoices,
};
use visavis_provider::{CookieJar, KnownHosts, Provider};
use visavis_settings::{SecretStore, ShareFile};
use visavis_video::background::Effect;
use visavis_video::present::Presenter;
use visavis_video::screen::System;

/// What the engine tells its readers: one snapshot first, then batches and levels.
#[derive(Clone, Debug)]
pub enum EngineEvent {
    Snapshot(Box<Snapshot>),
    Batch(Batch),
    Levels(Levels),
    /// Something that only a window can do.
    Errand(Box<Errand>),
}

/// Hears events on the engine's control thread: must not wait. Returns `false` once it is gone.
pub type Listener = Box<dyn FnMut(&EngineEvent) -> bool + Send>;

/// How sound comes out.
#[derive(Clone, Debug, Default)]
pub struct AudioOptions {
    /// No loudspeaker is opened; everything is mixed all the same.
    pub without_loudspeaker: bool,
    /// A chosen device that is not there at first is an error: a script has asked for that one.
    pub exactly: bool,
    /// What is heard goes into this WAV file as well.
    pub record: Option<PathBuf>,
}

/// What may be behind the person, besides what the settings say.
#[derive(Clone, Debug, Default)]
pub struct BackgroundOptions {
    /// Where the pictures lie that the person took for it.
    pub folder: Option<PathBuf>,
    /// For this start, until the person chooses something else.
    pub forced: Option<Effect>,
}

/// What is shared from the entry on.
#[derive(Clone, Debug)]
pub struct FirstShare {
    pub what: ShareChoice,
    /// With what it plays, where that is possible.
    pub sound: bool,
}

/// What an engine is made of.
pub struct EngineOptions {
    pub clock: Clock,
    /// The kinds of server that can be joined.
    pub providers: Vec<Arc<dyn Provider>>,
    /// Servers that the person has said may be contacted.
    pub known: KnownHosts,
    /// What the organisation has decided over it.
    pub rules: Rules,
    /// What servers keep with us from before, one jar a host: who signed in is signed in still.
    pub cookies: Vec<CookieJar>,
    /// Where sessions outlive the application; `None`: nowhere. One that does not answer counts as none after a while.
    pub secrets: Option<Arc<dyn SecretStore>>,
    /// Meetings of late, newest first.
    pub recent: Vec<RecentView>,
    /// What the person chose about the window before.
    pub window: WindowChoices,
    /// What the person set before.
    pub settings: Settings,
    /// Name, choices and switches to start with.
    pub initial: LocalView,
    pub audio: AudioOptions,
    pub background: BackgroundOptions,
    pub version: String,
    /// Source of every random choice.
    pub seed: u64,
    /// Whether devices are enumerated: not where none is wanted.
    pub watch_devices: bool,
    /// Shared as soon as the first meeting is entered.
    pub share: Option<FirstShare>,
    /// Whether what is shared has a red frame on the screen.
    pub frame_shares: bool,
    /// What has the screens of this computer.
    pub screens: System,
    /// Where it is kept what the person chose to share in the system's own dialog; `None`: nowhere.
    pub shares: Option<ShareFile>,
}

/// Queues commands of an engine; they come to nothing once it is gone.
#[derive(Clone)]
pub struct Commander(Sender<Event>);

impl Commander {
    /// Never waits.
    pub fn command(&self, command: Command) {
        let _ = self.0.send(Event::Command(command));
    }

    /// A window that signs in was led to a host that the organisation does not allow.
    pub fn errand_refused(&self, host: &str) {
        let _ = self.0.send(Event::ErrandRefused(host.to_owned()));
    }

    /// A window that signs in was led to another host of its server, whose root is `to`.
    pub fn errand_moved(&self, host: &str, to: url::Url) {
        let _ = self.0.send(Event::ErrandMoved { host: host.to_owned(), to });
    }

    /// What the organisation has decided is another now: it holds at once.
    pub fn set_rules(&self, rules: Rules) {
        let _ = self.0.send(Event::Rules(Box::new(rules)));
    }

    /// The newer version that is put in place at the next start; `None`: none is, any more.
    pub fn update_ready(&self, version: Option<String>) {
        let _ = self.0.send(Event::UpdateReady(version));
    }

    /// What the system tells of the person's session.
    pub fn desk_event(&self, event: DeskEvent) {
        let _ = self.0.send(Event::Desk(event));
    }

    /// As [`Engine::errand_done`].
    pub fn errand_done(&self, host: &str, jar: Option<CookieJar>) {
        let _ = self.0.send(Event::ErrandDone { host: host.to_owned(), jar });
    }
}

/// One engine: devices, at most one meeting, and the state to show. Dropped: everything is left and closed.
pub struct Engine {
    events: Sender<Event>,
    board: Board,
    clock: Clock,
    control: Option<JoinHandle<()>>,
    _devices: Option<DeviceWatcher>,
}

impl Engine {
    /// Starts the control thread; devices stay closed until a link is opened. `presenter` lives on the stage thread.
    ///
    /// Errors: the system gives no thread.
    pub fn start(mut options: EngineOptions, presenter: Box<dyn Presenter>) -> std::io::Result<Self> {
        let (events, heard) = channel();
        let board = Board::default();
        let clock = options.clock;
        let watch = options.watch_devices;
        options.secrets = options.secrets.map(|secrets| Arc::new(Impatient::new(secrets)) as Arc<dyn SecretStore>);
        let control = {
            let (events, board) = (events.clone(), board.clone());
            std::thread::Builder::new()
                .name("control".into())
                .spawn(move || Meeting::new(options, presenter, board, heard, events).run())?
        };
        let devices = watch.then(|| {
            let events = events.clone();
            DeviceWatcher::start(move |devices| events.send(Event::Devices(devices)).is_ok())
        });
        Ok(Self { events, board, clock, control: Some(control), _devices: devices })
    }

    /// Queues a command; never waits.
    pub fn command(&self, command: Command) {
        let _ = self.events.send(Event::Command(command));
    }

    /// Gives commands without holding the engine: for listeners, which must not be the last to hold it (they run on its own thread).
    pub fn commander(&self) -> Commander {
        Commander(self.events.clone())
    }

    /// Looks which sessions were kept. To be called once, by whoever does errands: a session that is over may need one.
    pub fn restore_sessions(&self) {
        let _ = self.events.send(Event::RestoreSessions);
    }

    /// Reads the calendar of an earlier start again, with the password that was kept. To be called once.
    pub fn restore_calendar(&self, place: CalendarPlace) {
        let _ = self.events.send(Event::RestoreCalendar(place));
    }

    /// An errand to this server is over: with the window's cookies, or without where it was closed before.
    pub fn errand_done(&self, host: &str, jar: Option<CookieJar>) {
        self.commander().errand_done(host, jar);
    }

    /// A window for the shared content opened (it says what it shows by [`Command::ShareStage`]), or closed.
    pub fn set_share_window(&self, presenter: Option<Box<dyn Presenter>>) {
        let _ = self.events.send(Event::SecondWindow { presenter, bar: false });
    }

    /// The same for the bar that is there while the window is not; of both windows one has pictures, the last that was opened.
    pub fn set_bar(&self, presenter: Option<Box<dyn Presenter>>) {
        let _ = self.events.send(Event::SecondWindow { presenter, bar: true });
    }

    /// Adds a reader: it hears a snapshot first.
    pub fn subscribe(&self, listener: Listener) {
        let _ = self.events.send(Event::Subscribe(listener));
    }

    /// Leaves a call, if there is one, and waits until it is over; `patience` at most.
    pub fn leave_and_wait(&self, patience: Duration) {
        let (ends, ended) = channel();
        let mut phase = Phase::Home;
        self.subscribe(Box::new(move |event| {
            match event {
                EngineEvent::Snapshot(snapshot) => phase = snapshot.phase.clone(),
                EngineEvent::Batch(batch) => {
                    for patch in &batch.patches {
                        if let Patch::Phase(next) = patch {
                            phase = next.clone();
                        }
                    }
                }
                EngineEvent::Levels(_) | EngineEvent::Errand(_) => {}
            }
            let over = !matches!(phase, Phase::Joining { .. } | Phase::Lobby { .. } | Phase::InMeeting { .. });
            !(over && ends.send(()).is_ok())
        }));
        self.command(Command::Leave);
        let _ = ended.recv_timeout(patience);
    }

    /// The figures of the call so far (or of the last one).
    pub fn report(&self) -> Report {
        self.board.report((self.clock.now().micros() / 1000).max(0) as u64)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Stop);
        if let Some(control) = self.control.take() {
            let _ = control.join();
        }
    }
}
