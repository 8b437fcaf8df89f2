//! An engine as a window holds it.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use visavis_engine::{AudioOptions, Clock, Engine, EngineEvent, EngineOptions};
use visavis_model::{
    CalendarReading, CalendarView, CameraChoice, Command, LocalView, MicrophoneChoice, Snapshot, apply,
};
use visavis_provider::KnownHosts;
use visavis_settings::{SecretError, SecretStore};
use visavis_video::present::Counter;

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Window {
    pub engine: Engine,
    pub secrets: Arc<dyn SecretStore>,
    events: Receiver<EngineEvent>,
    snapshot: Snapshot,
}

impl Window {
    pub fn open(secrets: Arc<dyn SecretStore>) -> Self {
        let options = EngineOptions {
            window: Default::default(),
            settings: Default::default(),
            clock: Clock::new(Instant::now()),
            providers: vec![Arc::new(visavis_provider::visio::Provider)],
            known: KnownHosts::new(["visio.agglo.example"], false),
            rules: Default::default(),
            cookies: Vec::new(),
            secrets: Some(Arc::clone(&secrets)),
            recent: Vec::new(),
            initial: LocalView {
                microphone: MicrophoneChoice::None,
                camera: CameraChoice::None,
                ..LocalView::default()
            },
            audio: AudioOptions { without_loudspeaker: true, exactly: false, record: None },
            background: Default::default(),
            version: "test".into(),
            seed: 7,
            watch_devices: false,
            share: None,
            frame_shares: false,
            screens: Default::default(),
            shares: None,
        };
        let engine = Engine::start(options, Box::new(Counter::default())).unwrap();
        let (sender, events) = channel();
        engine.subscribe(Box::new(move |event: &EngineEvent| sender.send(event.clone()).is_ok()));
        Self { engine, secrets, events, snapshot: Snapshot::default() }
    }

    pub fn command(&self, command: Command) {
        self.engine.command(command);
    }

    pub fn calendar(&self) -> &CalendarView {
        &self.snapshot.home.calendar
    }

    pub fn until(&mut self, wanted: impl Fn(&Snapshot) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(&self.snapshot) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left).unwrap_or_else(|_| panic!("never came: {:?}", self.snapshot)) {
                EngineEvent::Snapshot(snapshot) => self.snapshot = *snapshot,
                EngineEvent::Batch(batch) => assert!(apply(&mut self.snapshot, &batch)),
                EngineEvent::Levels(_) | EngineEvent::Errand(_) => {}
            }
        }
    }

    pub fn until_calendar(&mut self, wanted: impl Fn(&CalendarView) -> bool) {
        self.until(|snapshot| wanted(&snapshot.home.calendar));
    }

    /// Waits until the keyring has this password of a calendar there, or none: it is asked beside what is told.
    pub fn until_kept(&self, host: &str, password: Option<&str>) {
        let deadline = Instant::now() + PATIENCE;
        let name = format!("calendar {host}");
        while self.secrets.get(&name).unwrap().as_deref() != password {
            assert!(Instant::now() < deadline, "the keyring never came to that: {password:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks for a reading, and waits until it is over.
    pub fn reads_again(&mut self) {
        let before = self.calendar().read_at;
        self.command(Command::ReadCalendar);
        self.until_calendar(|calendar| calendar.read_at != before && calendar.reading == CalendarReading::Done);
    }
}

/// A computer without a keyring.
pub struct NoKeyring;

impl SecretStore for NoKeyring {
    fn get(&self, _: &str) -> Result<Option<String>, SecretError> {
        Err(SecretError::NoKeyring)
    }

    fn set(&self, _: &str, _: &str) -> Result<(), SecretError> {
        Err(SecretError::NoKeyring)
    }

    fn forget(&self, _: &str) -> Result<(), SecretError> {
        Err(SecretError::NoKeyring)
    }
}
