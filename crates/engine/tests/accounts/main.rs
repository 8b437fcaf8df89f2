//! Signing in and out, our rooms: the whole engine and a server on loopback; the test does what a window does.
#![allow(clippy::unwrap_used)]

mod site;

use site::Site;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use visavis_engine::{AudioOptions, Clock, Engine, EngineEvent, EngineOptions, Errand, ErrandKind, Rules};
use visavis_model::{
    CameraChoice, Command, IssueCode, LocalView, MicrophoneChoice, Phase, ServerView, SignIn, Snapshot, apply,
};
use visavis_provider::{CookieJar, KnownHosts};
use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};
use visavis_settings::{MemoryStore, SecretError, SecretStore};
use visavis_video::present::Counter;

const PATIENCE: Duration = Duration::from_secs(20);

struct Window {
    engine: Engine,
    events: Receiver<EngineEvent>,
    snapshot: Snapshot,
    errands: Vec<Errand>,
    host: String,
}

impl Window {
    fn open(site: &Site, secrets: Arc<dyn SecretStore>) -> Self {
        let root = format!("http://{}", site.host());
        let options = EngineOptions {
            clock: Clock::new(Instant::now()),
            providers: vec![Arc::new(visavis_provider::visio::Provider)],
            known: KnownHosts::new([root.as_str()], false),
            rules: Default::default(),
            cookies: Vec::new(),
            secrets: Some(secrets),
            recent: Vec::new(),
            window: Default::default(),
            settings: Default::default(),
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
        engine.restore_sessions();
        Self { engine, events, snapshot: Snapshot::default(), errands: Vec::new(), host: site.host() }
    }

    fn next(&mut self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        match self.events.recv_timeout(left).unwrap_or_else(|_| panic!("never came: {:?}", self.snapshot)) {
            EngineEvent::Snapshot(snapshot) => self.snapshot = *snapshot,
            EngineEvent::Batch(batch) => assert!(apply(&mut self.snapshot, &batch)),
            EngineEvent::Errand(errand) => self.errands.push(*errand),
            EngineEvent::Levels(_) => {}
        }
    }

    fn until(&mut self, wanted: impl Fn(&Snapshot) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(&self.snapshot) {
            self.next(deadline);
        }
    }

    fn errand(&mut self) -> Errand {
        let deadline = Instant::now() + PATIENCE;
        while self.errands.is_empty() {
            self.next(deadline);
        }
        self.errands.remove(0)
    }

    fn server(&self) -> &ServerView {
        &self.snapshot.home.servers[0]
    }

    fn command(&self, command: Command) {
        self.engine.command(command);
    }

    fn signs_in(&mut self, session: &str) {
        let host = self.host.clone();
        self.command(Command::SignIn { host: host.clone() });
        let errand = self.errand();
        assert_eq!(errand.kind, ErrandKind::SignIn);
        assert_eq!(errand.start().path(), "/api/v1.0/authenticate/");
        self.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Window);
        self.engine.errand_done(&host, Some(jar(&host, session)));
    }

    fn signed_in(site: &Site, secrets: Arc<dyn SecretStore>) -> Self {
        let mut window = Self::open(site, secrets);
        window.until(|snapshot| !snapshot.home.servers.is_empty());
        window.signs_in("good");
        window.until(|snapshot| snapshot.home.servers[0].rooms.is_some());
        window
    }
}

/// After an old session's 401 the server is asked whether it wants a quiet sign-in, and then it is told.
fn old_session_is_judged(site: &Site) {
    let deadline = Instant::now() + PATIENCE;
    while !site.known().asked.iter().any(|asked| asked == "GET /api/v1.0/config/") {
        assert!(Instant::now() < deadline, "the old session was never asked about");
        std::thread::yield_now();
    }
}

fn jar(host: &str, session: &str) -> CookieJar {
    let mut jar = CookieJar::new(host);
    jar.put("sessionid", session);
    jar.put("csrftoken", "token");
    jar
}

fn has_issue(snapshot: &Snapshot, code: IssueCode) -> bool {
    snapshot.issues.iter().any(|issue| issue.code == code)
}

#[test]
fn who_signs_in_has_a_name_and_rooms_and_is_remembered() {
    let (site, secrets) = (Site::start(), Arc::new(MemoryStore::default()));
    site.known().rooms.push(site::room("abc-defg-hij"));
    let mut window = Window::signed_in(&site, secrets.clone());
    let account = window.server().account.clone().unwrap();
    assert_eq!((account.name.as_str(), account.email.as_str()), ("Alice Martin", "alice@example.org"));
    assert_eq!(window.snapshot.me.name, "Alice Martin", "whoever had no name has one now");
    let rooms = window.server().rooms.clone().unwrap();
    assert_eq!(rooms[0].link, format!("http://{}/abc-defg-hij", site.host()));
    assert_eq!(rooms[0].pin.as_deref(), Some("1234567890"));
    let name = format!("session {}", site.host());
    assert_eq!(secrets.get(&name).unwrap().as_deref(), Some("sessionid=good; csrftoken=token"));
    // It is the person's own from then on, whatever somebody else calls them meanwhile.
    let values = serde_json::from_str(r#"{"DisplayName": "Salle Renoir"}"#).unwrap();
    let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a.json".into(), values };
    let policy = resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy;
    window.engine.commander().set_rules(Rules { policy, ..Rules::default() });
    window.until(|snapshot| snapshot.me.name == "Salle Renoir");
    window.engine.commander().set_rules(Rules::default());
    window.until(|snapshot| snapshot.me.name == "Alice Martin");
    drop(window);
    // The next start asks nobody.
    let mut again = Window::open(&site, secrets);
    again.until(|snapshot| snapshot.home.servers.first().is_some_and(|server| server.rooms.is_some()));
    assert!(again.errands.is_empty());
    assert_eq!(again.server().sign_in, SignIn::In);
}

#[test]
fn a_new_room_is_made_and_gone_into() {
    let site = Site::start();
    site.known().taken = 2;
    let mut window = Window::signed_in(&site, Arc::new(MemoryStore::default()));
    window.command(Command::NewRoom { host: site.host(), name: None, access: None });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
    let Phase::PreJoin { link } = &window.snapshot.phase else { panic!("{:?}", window.snapshot.phase) };
    let made = link.room.clone();
    assert_eq!((made.len(), &made[3..4], &made[8..9]), (12, "-", "-"), "{made}");
    assert_eq!(window.server().rooms.as_ref().unwrap()[0].name, made);
    assert!(!window.server().making_room);
    assert_eq!(site.known().asked.iter().filter(|asked| *asked == "POST /api/v1.0/rooms/").count(), 3);
    // A name that is taken is the person's to change.
    window.command(Command::Leave);
    site.known().taken = 1;
    window.command(Command::NewRoom { host: site.host(), name: Some("Comité".into()), access: None });
    window.until(|snapshot| has_issue(snapshot, IssueCode::ActionRefused));
    assert_eq!(window.snapshot.issues[0].params["cause"], "invalid");
}

#[test]
fn a_room_of_ours_is_called_by_its_name_before_one_is_in() {
    let site = Site::start();
    let mut window = Window::signed_in(&site, Arc::new(MemoryStore::default()));
    assert_eq!(window.snapshot.room.name, "");
    window.command(Command::NewRoom { host: site.host(), name: Some("Comité des archives".into()), access: None });
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "comite-des-archives"));
    assert_eq!(window.snapshot.room.name, "Comité des archives", "as the reply says");
    window.command(Command::Leave);
    // A room of others has no name of ours, and keeps none of the last one.
    window.command(Command::OpenLink { text: format!("http://{}/abc-defg-xyz", site.host()) });
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "abc-defg-xyz"));
    assert_eq!(window.snapshot.room.name, "");
    // As our rooms tell, also where the link is only read.
    let text = format!("http://{}/comite-des-archives", site.host());
    window.command(Command::Recognise { text: text.clone() });
    window.until(|snapshot| snapshot.recognised.as_ref().is_some_and(|link| link.room == "Comité des archives"));
    window.command(Command::OpenLink { text });
    window.until(|snapshot| snapshot.room.name == "Comité des archives");
    window.command(Command::Join);
    // This server knows no such way in and says so within milliseconds.
    window.until(|snapshot| !matches!(snapshot.phase, Phase::PreJoin { .. }));
    assert_eq!(window.snapshot.room.name, "Comité des archives", "on the way in too");
}

#[test]
fn signing_out_ends_both_sessions_and_leaves_nothing() {
    let (site, secrets) = (Site::start(), Arc::new(MemoryStore::default()));
    let mut window = Window::signed_in(&site, secrets.clone());
    window.command(Command::SignOut { host: site.host() });
    let errand = window.errand();
    let ErrandKind::SignOut { page } = &errand.kind else { panic!("{errand:?}") };
    assert_eq!(page.path(), "/op/end");
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Leaving);
    assert!(site.known().session_lives, "not before the provider's page");
    window.engine.errand_done(&site.host(), None);
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Out);
    assert!(!site.known().session_lives);
    assert_eq!((&window.server().account, &window.server().rooms), (&None, &None));
    assert_eq!(secrets.get(&format!("session {}", site.host())).unwrap(), None);
    assert!(window.snapshot.issues.is_empty(), "{:?}", window.snapshot.issues);
}

#[test]
fn a_server_without_an_identity_provider_signs_out_at_once() {
    let site = Site::start();
    site.known().without_provider = true;
    let mut window = Window::signed_in(&site, Arc::new(MemoryStore::default()));
    window.command(Command::SignOut { host: site.host() });
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Out);
    assert!(window.errands.is_empty() && !site.known().session_lives);
}

#[test]
fn a_session_that_is_over_is_renewed_quietly_or_not_at_all() {
    let (site, secrets) = (Site::start(), Arc::new(MemoryStore::default()));
    drop(Window::signed_in(&site, secrets.clone()));
    site.known().session_lives = false;
    site.known().quiet = true;
    let mut window = Window::open(&site, secrets.clone());
    let errand = window.errand();
    assert_eq!(errand.kind, ErrandKind::QuietSignIn);
    assert!(errand.start().query().unwrap().contains("silent=true"));
    site.known().session_lives = true;
    window.engine.errand_done(&site.host(), Some(jar(&site.host(), "good")));
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::In);
    drop(window);
    // Nobody at the provider either: nothing is said, for nothing was asked.
    site.known().session_lives = false;
    let mut window = Window::open(&site, secrets.clone());
    window.errand();
    window.engine.errand_done(&site.host(), Some(CookieJar::new(&site.host())));
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Out);
    assert!(window.snapshot.issues.is_empty());
    assert_eq!(secrets.get(&format!("session {}", site.host())).unwrap(), None);
}

#[test]
fn a_window_that_is_closed_is_no_failure_and_nobody_is_one() {
    let site = Site::start();
    let mut window = Window::open(&site, Arc::new(MemoryStore::default()));
    window.until(|snapshot| !snapshot.home.servers.is_empty());
    window.command(Command::SignIn { host: site.host() });
    window.errand();
    window.engine.errand_done(&site.host(), None);
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Out);
    assert!(window.snapshot.issues.is_empty());
    window.signs_in("nobody");
    window.until(|snapshot| has_issue(snapshot, IssueCode::SignInFailed));
    assert_eq!(window.server().sign_in, SignIn::Out);
    assert_eq!(window.snapshot.issues[0].params["host"], site.host());
    // Another host's cookies are not taken for this one's.
    window.command(Command::SignIn { host: site.host() });
    window.errand();
    window.engine.errand_done(&site.host(), Some(jar("evil.example", "good")));
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Out);
}

#[test]
fn without_a_keyring_it_lasts_until_the_end_and_says_so() {
    struct Nowhere;
    impl SecretStore for Nowhere {
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
    let site = Site::start();
    let window = Window::signed_in(&site, Arc::new(Nowhere));
    assert_eq!(window.server().sign_in, SignIn::In);
    assert!(has_issue(&window.snapshot, IssueCode::SignInNotKept));
}

#[test]
fn a_server_that_is_taken_away_is_forgotten() {
    let (site, secrets) = (Site::start(), Arc::new(MemoryStore::default()));
    let mut window = Window::signed_in(&site, secrets.clone());
    window.command(Command::RemoveServer { host: site.host() });
    window.until(|snapshot| snapshot.home.servers.is_empty());
    let deadline = Instant::now() + PATIENCE;
    while secrets.get(&format!("session {}", site.host())).unwrap().is_some() {
        assert!(Instant::now() < deadline, "still kept");
        std::thread::yield_now();
    }
}

#[test]
fn the_name_of_an_account_goes_with_it_and_a_name_that_was_typed_stays() {
    let site = Site::start();
    let mut window = Window::signed_in(&site, Arc::new(MemoryStore::default()));
    site.known().without_provider = true;
    window.command(Command::SignOut { host: site.host() });
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::Out);
    assert_eq!(window.snapshot.me.name, "", "the next one is somebody else");
    site.known().session_lives = true;
    window.command(Command::SetName { name: "Zoé".into() });
    window.signs_in("good");
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::In);
    assert_eq!(window.snapshot.me.name, "Zoé");
}

#[test]
fn a_slow_answer_about_an_old_session_does_not_undo_a_new_one() {
    let (site, secrets) = (Site::start(), Arc::new(MemoryStore::default()));
    let name = format!("session {}", site.host());
    secrets.set(&name, "sessionid=old").unwrap();
    site.known().slow_for_others = Duration::from_millis(500);
    let mut window = Window::open(&site, secrets.clone());
    window.until(|snapshot| !snapshot.home.servers.is_empty());
    window.signs_in("good");
    window.until(|snapshot| snapshot.home.servers[0].sign_in == SignIn::In);
    old_session_is_judged(&site);
    // What was told before this answer has been heard by then.
    site.known().rooms.push(site::room("abc-defg-hij"));
    window.command(Command::ReadRooms { host: site.host() });
    window.until(|snapshot| snapshot.home.servers[0].rooms.as_ref().is_none_or(|rooms| rooms.len() == 1));
    window.until(|snapshot| snapshot.home.servers[0].sign_in != SignIn::Window);
    assert_eq!(window.server().sign_in, SignIn::In);
    assert!(window.snapshot.issues.is_empty(), "{:?}", window.snapshot.issues);
    assert!(secrets.get(&name).unwrap().unwrap().contains("good"), "the new one is kept");
}

#[test]
fn a_keyring_that_is_slower_than_the_person_does_not_undo_what_they_did() {
    /// Gives the old session late, as one that asks for its password does.
    struct Slow(MemoryStore, std::sync::atomic::AtomicBool);
    impl SecretStore for Slow {
        fn get(&self, name: &str) -> Result<Option<String>, SecretError> {
            let kept = self.0.get(name);
            let deadline = Instant::now() + PATIENCE;
            while !self.1.load(std::sync::atomic::Ordering::Relaxed) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(5));
            }
            kept
        }
        fn set(&self, name: &str, secret: &str) -> Result<(), SecretError> {
            self.0.set(name, secret)
        }
        fn forget(&self, name: &str) -> Result<(), SecretError> {
            self.0.forget(name)
        }
    }
    let (site, secrets) = (Site::start(), Arc::new(Slow(MemoryStore::default(), false.into())));
    let name = format!("session {}", site.host());
    secrets.set(&name, "sessionid=old").unwrap();
    let mut window = Window::open(&site, secrets.clone());
    window.until(|snapshot| !snapshot.home.servers.is_empty());
    window.signs_in("good");
    window.until(|snapshot| snapshot.home.servers[0].rooms.is_some());
    secrets.1.store(true, std::sync::atomic::Ordering::Relaxed);
    // The old session is asked about once it has been given, after which its news have been heard.
    old_session_is_judged(&site);
    site.known().rooms.push(site::room("abc-defg-hij"));
    window.command(Command::ReadRooms { host: site.host() });
    window.until(|snapshot| snapshot.home.servers[0].rooms.as_ref().is_none_or(|rooms| rooms.len() == 1));
    assert_eq!(window.server().sign_in, SignIn::In);
}
