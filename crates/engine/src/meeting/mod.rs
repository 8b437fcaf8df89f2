//! The meeting actor: one thread that owns what there is to show, and decides what the others do.

mod accounts;
mod alone;
mod background;
mod calendar;
mod call;
mod chat;
mod command;
mod demand;
mod desk;
mod device_state;
mod doctor;
mod follow;
mod join;
mod live_text;
mod name;
mod notice;
mod obey;
mod offer;
mod own;
mod room;
mod servers;
mod settings;
mod shared_sound;
mod sharing;
mod sounds;
mod together;

pub use desk::DeskEvent;

use crate::accounts::{AccountNews, AccountsThread};
use crate::audio_thread::{AudioCommand, AudioEvent, AudioThread};
use crate::calendar::CalendarNews;
use crate::camera::{CameraEvent, CameraThread};
use crate::clock::{Clock, unix_millis};
use crate::dial::{Network, ProxyLogins};
use crate::engine::{EngineEvent, EngineOptions, Listener};
use crate::evidence::{RoomEvidence, TrackEvidence};
use crate::issues::issue_of_leave;
use crate::net::{NetEvent, NetOptions, NetThread};
use crate::pages::PageProxy;
use crate::publish;
use crate::report::{Board, Mark};
use crate::screen::ScreenEvent;
use crate::stage_thread::StageThread;
use crate::state::State;
use call::Call;
use name::clean_name;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;
use visavis_audio::playback::Chime;
use visavis_media::MediaTime;
use visavis_model::{
    CameraChoice, Command, DeviceKind, Devices, EndReason, Issue, IssueCode, Levels, LocalView, Message,
    MicrophoneChoice, Phase, Preview, RoomView, StageLayout, TrackId, TrackSource, TrialView, VideoDemand,
    VoiceVerdict,
};
use visavis_provider::{
    Action, ClientInfo, ConnectionState, CookieJar, Credentials, Destination, KnownHosts, LeaveCause, MeetingLink,
    Provider, RoomCommand, RoomEvent, Secret, SessionOptions,
};
use visavis_video::present::Presenter;

/// How soon it is said again that nobody hears who speaks.
const TELL_MUTED_EVERY: Duration = Duration::from_secs(60);

/// People in a meeting into which one still comes with the microphone on, where the server says nothing.
const MOST_WITH_MICROPHONE: u32 = 50;

/// At most 30 batches a second.
const BATCH_EVERY: Duration = Duration::from_millis(33);

/// Events that are handled before what they changed is told.
const MOST_EVENTS: usize = 256;

/// Evidence and elapsed seconds are looked at this often.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What the actor hears.
pub enum Event {
    Command(Command),
    /// From the net thread of meeting number `0`.
    Net(u64, NetEvent),
    Audio(AudioEvent),
    /// From camera number `0`.
    Camera(u64, CameraEvent),
    /// From share number `0`.
    Share(u64, ScreenEvent),
    /// What can be shared.
    Screens(Result<Vec<visavis_model::ScreenSource>, Issue>),
    /// The first picture of a track was decoded, or its size changed.
    Showing {
        track: TrackId,
        size: visavis_model::Size,
    },
    Devices(Devices),
    /// From the accounts' thread, of a host.
    Account(String, AccountNews),
    RestoreSessions,
    Calendar(CalendarNews),
    RestoreCalendar(visavis_model::CalendarPlace),
    /// A window has done, or given up, what only a window can do.
    ErrandDone {
        host: String,
        jar: Option<CookieJar>,
    },
    /// Such a window was led to a host that is not allowed.
    ErrandRefused(String),
    /// Such a window found its server at another address.
    ErrandMoved {
        host: String,
        to: url::Url,
    },
    /// What the organisation has decided is another now.
    Rules(Box<crate::rules::Rules>),
    Desk(DeskEvent),
    /// The newer version that is put in place at the next start, if one is.
    UpdateReady(Option<String>),
    /// What the examination of that number has found so far.
    Doctor(u64, Box<visavis_model::DoctorView>),
    /// A window beside the main one opened or closed: that of the shared content, or the bar (`bar`).
    SecondWindow {
        presenter: Option<Box<dyn Presenter>>,
        bar: bool,
    },
    /// A new reader wants everything.
    Subscribe(Listener),
    Stop,
}

/// A link that was opened, and who can join it.
#[derive(Clone)]
struct Opened {
    provider: Arc<dyn Provider>,
    link: MeetingLink,
}

/// The actor's state; lives on the control thread.
pub struct Meeting {
    options: EngineOptions,
    clock: Clock,
    network: Network,
    events: Receiver<Event>,
    sender: Sender<Event>,
    listeners: Vec<Listener>,
    state: State,
    board: Board,
    audio: AudioThread,
    camera: Option<CameraThread>,
    /// Cameras that were opened so far.
    cameras: u64,
    camera_failed: Option<own::CameraFailure>,
    following: follow::Following,
    share: Option<sharing::Share>,
    shares: u64,
    /// Somebody chooses what to share.
    looks_for_screens: bool,
    stage: StageThread,
    /// What the page shows; `None` until it said so for the first time.
    layout: Option<StageLayout>,
    /// What the window of the shared content, or the bar, shows, where there is one.
    share_layout: Option<StageLayout>,
    bar: bool,
    opened: Option<Opened>,
    /// Servers that may be contacted: the organisation's, and those of the person's that it allows.
    known: KnownHosts,
    /// Servers that the person has named.
    own_servers: KnownHosts,
    /// What is hidden while the organisation decides otherwise.
    hidden: obey::Hidden,
    /// What each server keeps with us, by host: so that who was let in before is let in again.
    cookies: HashMap<String, CookieJar>,
    accounts: Option<AccountsThread>,
    page_proxy: Option<PageProxy>,
    calendar: calendar::Calendar,
    doctor: Option<crate::doctor::Doctor>,
    examinations: u64,
    /// Servers whose kept session is being looked for.
    restoring: std::collections::BTreeSet<String>,
    /// A meeting that waits for the keyring is entered then at the latest.
    join_due: Option<MediaTime>,
    /// What closes the session at each server that we are signing out of.
    signing_out: HashMap<String, Secret>,
    /// A text whose server waits for the person's word.
    asked_about: Option<String>,
    /// Where a server, at which somebody wanted to sign in, is now: it waits for the person's word too.
    moved_to: Option<url::Url>,
    /// Meetings that were opened from outside while this one runs.
    offers: offer::Offers,
    /// What had not left when the last meetings ended.
    unsent: chat::Unsent,
    call: Option<Call>,
    calls: u64,
    /// Net threads that are saying goodbye.
    ending: Vec<std::thread::JoinHandle<()>>,
    microphone_works: bool,
    microphone_silent: bool,
    /// Devices are open outside of a meeting, for a trial, until then.
    tried_until: Option<MediaTime>,
    /// The microphone is on because a key is held.
    talks: bool,
    /// When it was last said that nobody hears us.
    told_muted: Option<MediaTime>,
    next_look: MediaTime,
    /// Somebody came, went or changed, or something else is seen: see [`Meeting::people`].
    people_changed: bool,
}

impl Meeting {
    pub fn new(
        options: EngineOptions,
        presenter: Box<dyn Presenter>,
        board: Board,
        events: Receiver<Event>,
        sender: Sender<Event>,
    ) -> Self {
        let clock = options.clock;
        let stage = StageThread::start(clock, board.clone(), presenter, {
            let sender = sender.clone();
            move |track: &TrackId, size| {
                let _ = sender.send(Event::Showing { track: track.clone(), size });
            }
        });
        let audio = AudioThread::start(clock, board.clone(), options.audio.clone(), {
            let sender = sender.clone();
            move |event| {
                let _ = sender.send(Event::Audio(event));
            }
        });
        let mut state = State::default();
        let known = options.rules.known(&options.known);
        state.edit().home = servers::home(&known, &options.rules, options.recent.clone());
        state.edit().window = options.window.clone().bounded();
        state.edit().sharing.system_asks = options.screens.asks();
        state.edit().me = LocalView { name: clean_name(&options.initial.name), ..options.initial.clone() };
        let logins = ProxyLogins::new(options.secrets.clone());
        let network = Network::with_logins(options.rules.network(), |name| std::env::var(name).ok(), logins);
        network.read_ahead();
        let mut meeting = Self {
            clock,
            network,
            events,
            sender,
            listeners: Vec::new(),
            state,
            board,
            audio,
            camera: None,
            cameras: 0,
            camera_failed: None,
            following: follow::Following::default(),
            share: None,
            shares: 0,
            looks_for_screens: false,
            stage,
            layout: None,
            share_layout: None,
            bar: false,
            opened: None,
            known,
            own_servers: options.known.clone(),
            hidden: obey::Hidden::default(),
            cookies: options.cookies.iter().map(|jar| (jar.host().to_owned(), jar.clone())).collect(),
            accounts: None,
            page_proxy: None,
            calendar: Default::default(),
            doctor: None,
            examinations: 0,
            restoring: Default::default(),
            join_due: None,
            signing_out: HashMap::new(),
            asked_about: None,
            moved_to: None,
            offers: offer::Offers::default(),
            unsent: chat::Unsent::default(),
            call: None,
            calls: 0,
            ending: Vec::new(),
            microphone_works: false,
            microphone_silent: false,
            tried_until: None,
            talks: false,
            told_muted: None,
            next_look: MediaTime::ZERO,
            people_changed: false,
            options,
        };
        meeting.obey_at_start();
        meeting.set_at_start();
        meeting
    }

    /// Runs until [`Event::Stop`] or until every sender is gone.
    pub fn run(mut self) {
        let mut next_tell = MediaTime::ZERO;
        loop {
            let now = self.clock.now();
            let due = if self.state.is_dirty() { self.next_look.min(next_tell) } else { self.next_look };
            let due = self.join_due.map_or(due, |join| join.min(due));
            let mut next = match self.events.recv_timeout(due.since(now)) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            // What is there already is told in one batch; a flood does not keep others waiting.
            let mut handled = 0;
            while let Some(event) = next.take() {
                if matches!(event, Event::Stop) {
                    return self.end();
                }
                self.handle(event);
                handled += 1;
                if handled < MOST_EVENTS {
                    next = self.events.try_recv().ok();
                }
            }
            self.people();
            let now = self.clock.now();
            self.forget_reactions(now);
            if self.join_due.is_some_and(|due| due <= now) {
                self.join();
            }
            if now >= self.next_look {
                self.next_look = now + LOOK_EVERY;
                self.people_changed |= self.call.as_ref().is_some_and(|call| call.demands_pass);
                self.look();
                self.look_at_devices(now);
                self.look_at_own(now);
                self.look_alone(now);
                self.look_together(now);
                self.look_live(now);
            }
            if self.state.is_dirty() && now >= next_tell {
                next_tell = now + BATCH_EVERY;
                self.tell();
            }
        }
        self.end();
    }

    fn end(&mut self) {
        self.stop_call();
        for thread in self.ending.drain(..) {
            let _ = thread.join();
        }
    }

    fn tell(&mut self) {
        if let Some(batch) = self.state.flush() {
            self.emit(&EngineEvent::Batch(batch));
        }
    }

    fn emit(&mut self, event: &EngineEvent) {
        self.listeners.retain_mut(|listener| listener(event));
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Command(command) => self.command(command),
            Event::Net(number, event) => {
                if self.call.as_ref().is_some_and(|call| call.number == number) {
                    self.net(event);
                }
            }
            Event::Audio(event) => self.audio_event(event),
            Event::Camera(number, event) if number == self.cameras => self.camera_event(event),
            // Of one that was closed meanwhile.
            Event::Camera(..) => {}
            Event::Share(number, event) => self.share_event(number, event),
            Event::Screens(found) => self.screens(found),
            Event::Showing { track, size } => self.showing(&track, size),
            Event::Devices(devices) => self.devices_changed(devices),
            Event::Account(host, news) => self.account_news(&host, news),
            Event::RestoreSessions => self.restore_accounts(),
            Event::Calendar(news) => self.calendar_news(news),
            Event::RestoreCalendar(place) => self.restore_calendar(place),
            Event::ErrandDone { host, jar } => self.errand_done(&host, jar),
            Event::ErrandRefused(host) => self.issue(Issue::new(IssueCode::ServerNotAllowed).with("host", host)),
            Event::ErrandMoved { host, to } => self.errand_moved(&host, &to),
            Event::Rules(rules) => self.set_rules(*rules),
            Event::Desk(event) => self.desk_event(event),
            Event::Doctor(number, view) => self.doctor_news(number, *view),
            Event::UpdateReady(version) => self.update_ready(version),
            Event::SecondWindow { presenter, bar } => self.set_second_window(presenter, bar),
            Event::Subscribe(mut listener) => {
                self.tell();
                if listener(&EngineEvent::Snapshot(Box::new(self.state.told().clone()))) {
                    self.listeners.push(listener);
                }
            }
            Event::Stop => {}
        }
    }
}
