//! The meeting actor against a scripted session: what a window would see, without network or devices.
#![allow(clippy::unwrap_used)]

mod live_text;
mod notices;
mod own;
mod rules;
mod settings;
mod sharing;
mod sounds;
mod together;
mod unsent;

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use visavis_engine::{AudioOptions, Clock, Engine, EngineEvent, EngineOptions};
use visavis_media::MediaTime;
use visavis_model::{
    CameraChoice, CapabilitySet, Command, EndReason, Fit, IssueCode, LinkKind, LocalView, MicrophoneChoice, Phase,
    RecentView, Rect, Size, Snapshot, StageLayout, Tile, TrackId, TrackSource, apply,
};
use visavis_provider::{
    CertificateFault, ChatMessage, ConnectionState, Credentials, Input, KnownHosts, LeaveCause, LinkError, MeetingLink,
    Output, Participant, Provider, ProxyFault, Publication, RoomCommand, RoomEvent, RoomInfo, Secret, Session,
    SessionOptions,
};
use visavis_video::present::{Counter, Presenter};

/// Longest time that any step may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the test says as the server, and hears as the server.
#[derive(Default)]
struct Server {
    says: VecDeque<Output>,
    commands: Vec<RoomCommand>,
    /// What is said when the session starts.
    greeting: Vec<RoomEvent>,
}

struct Scripted(Arc<Mutex<Server>>);

impl Provider for Scripted {
    fn recognise(&self, word: &str) -> Option<Result<MeetingLink, LinkError>> {
        let room = word.strip_prefix("test://")?;
        if room.is_empty() {
            return Some(Err(LinkError::NoRoom));
        }
        Some(Ok(MeetingLink {
            kind: LinkKind::Livekit,
            url: "ws://127.0.0.1:9/".parse().unwrap(),
            host: "127.0.0.1:9".into(),
            room: room.into(),
            credentials: Credentials::Token(Secret::new("x")),
        }))
    }

    fn session(&self, _: &MeetingLink, _: SessionOptions) -> Box<dyn Session> {
        Box::new(ScriptedSession(Arc::clone(&self.0)))
    }
}

struct ScriptedSession(Arc<Mutex<Server>>);

impl Session for ScriptedSession {
    fn handle_input(&mut self, input: Input, _: MediaTime) {
        let mut server = self.0.lock().unwrap();
        match input {
            Input::Start => {
                let greeting = std::mem::take(&mut server.greeting);
                server.says.extend(greeting.into_iter().map(Output::Event));
            }
            Input::Command(RoomCommand::Leave) => {
                server.says.push_back(Output::Event(RoomEvent::Left(LeaveCause::Ours)))
            }
            Input::Command(command) => server.commands.push(command),
            _ => {}
        }
    }

    fn poll_output(&mut self) -> Option<Output> {
        self.0.lock().unwrap().says.pop_front()
    }

    /// Looks for what the test says every ten milliseconds.
    fn poll_timeout(&self) -> Option<MediaTime> {
        Some(MediaTime::ZERO)
    }

    fn ignored(&self) -> u64 {
        0
    }
}

struct Window {
    engine: Engine,
    events: Receiver<EngineEvent>,
    snapshot: Snapshot,
    server: Arc<Mutex<Server>>,
}

impl Window {
    fn open(greeting: Vec<RoomEvent>) -> Self {
        Self::open_with(greeting, AudioOptions { without_loudspeaker: true, exactly: false, record: None })
    }

    fn open_with(greeting: Vec<RoomEvent>, audio: AudioOptions) -> Self {
        let server = Arc::new(Mutex::new(Server { greeting, ..Server::default() }));
        let options = EngineOptions {
            clock: Clock::new(Instant::now()),
            providers: vec![Arc::new(Scripted(Arc::clone(&server))), Arc::new(visavis_provider::visio::Provider)],
            known: KnownHosts::default(),
            rules: Default::default(),
            cookies: Vec::new(),
            secrets: None,
            recent: vec![RecentView {
                text: "https://a.example/r".into(),
                host: "a.example".into(),
                room: "r".into(),
                at: 1,
            }],
            window: Default::default(),
            settings: Default::default(),
            initial: LocalView {
                name: "Camille".into(),
                microphone: MicrophoneChoice::None,
                camera: CameraChoice::None,
                ..LocalView::default()
            },
            audio,
            background: Default::default(),
            version: "test".into(),
            seed: 1,
            watch_devices: false,
            share: None,
            frame_shares: false,
            screens: Default::default(),
            shares: None,
        };
        let presenter: Box<dyn Presenter> = Box::new(Counter::default());
        let engine = Engine::start(options, presenter).unwrap();
        let (sender, events): (Sender<EngineEvent>, _) = channel();
        engine.subscribe(Box::new(move |event| sender.send(event.clone()).is_ok()));
        Self { engine, events, snapshot: Snapshot::default(), server }
    }

    fn joined(others: Vec<Participant>) -> Self {
        Self::joined_with(others, AudioOptions { without_loudspeaker: true, exactly: false, record: None })
    }

    fn joined_with(others: Vec<Participant>, audio: AudioOptions) -> Self {
        let mut window = Self::open_with(greeting(others), audio);
        window.enter();
        window.until(|snapshot| matches!(snapshot.phase, Phase::InMeeting { .. }));
        window
    }

    fn enter(&mut self) {
        self.engine.command(Command::OpenLink { text: "see test://salle .".into() });
        self.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
        self.engine.command(Command::Join);
    }

    fn say(&self, event: RoomEvent) {
        self.server.lock().unwrap().says.push_back(Output::Event(event));
    }

    /// Follows patches until the snapshot is as wanted.
    fn until(&mut self, wanted: impl Fn(&Snapshot) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !wanted(&self.snapshot) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left).unwrap_or_else(|_| panic!("never came: {:?}", self.snapshot)) {
                EngineEvent::Snapshot(snapshot) => self.snapshot = *snapshot,
                EngineEvent::Batch(batch) => assert!(apply(&mut self.snapshot, &batch), "a batch is missing"),
                EngineEvent::Levels(_) | EngineEvent::Errand(_) => {}
            }
        }
    }

    /// Waits until the session was given a command as wanted.
    fn until_command(&self, wanted: impl Fn(&RoomCommand) -> bool) -> RoomCommand {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(command) = self.server.lock().unwrap().commands.iter().find(|command| wanted(command)) {
                return command.clone();
            }
            assert!(Instant::now() < deadline, "never asked");
            std::thread::yield_now();
        }
    }
}

/// What a server says that lets us in: a room that passes on what we write, and has no chat.
fn greeting(others: Vec<Participant>) -> Vec<RoomEvent> {
    let capabilities = CapabilitySet { send_data: true, ..CapabilitySet::default() };
    vec![
        RoomEvent::Connection(ConnectionState::Connecting),
        RoomEvent::Joined {
            room: RoomInfo { name: "Salle".into(), capabilities, ..RoomInfo::default() },
            me: Participant { id: Some("me".into()), name: "Camille".into(), ..Participant::default() },
            others,
        },
        RoomEvent::Connection(ConnectionState::Connected),
    ]
}

fn person(id: &str, track: &str) -> Participant {
    Participant {
        id: Some(id.into()),
        name: id.to_uppercase(),
        publications: vec![Publication {
            track: track.into(),
            source: TrackSource::Camera,
            muted: false,
            codec: None,
            size: None,
            simulcast: true,
        }],
        ..Participant::default()
    }
}

#[test]
fn whoever_came_first_stands_first_though_the_server_tells_them_in_no_order() {
    let came = |id: &str, joined_at: u64| Participant { joined_at, ..person(id, &format!("TR_{id}")) };
    let window = Window::joined(vec![came("c", 30), came("a", 10), came("d", 40), came("b", 20)]);
    let mut people: Vec<_> = window.snapshot.participants.values().collect();
    people.sort_by_key(|view| view.order);
    assert_eq!(people.iter().map(|view| view.id.as_str()).collect::<String>(), "abcd");
}

#[test]
fn a_link_leads_in_and_leaving_leads_out() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    assert_eq!(window.snapshot.room.name, "Salle");
    assert_eq!(window.snapshot.room.count, 2);
    assert_eq!(window.snapshot.participants[&"a".into()].name, "A");
    window.engine.command(Command::Leave);
    window.until(|snapshot| matches!(snapshot.phase, Phase::Ended { reason: EndReason::Left, .. }));
    assert!(window.snapshot.participants.is_empty());
    window.engine.command(Command::Leave);
    window.until(|snapshot| snapshot.phase == Phase::Home);
}

#[test]
fn a_text_that_is_no_link_is_an_issue_with_its_cause() {
    let mut window = Window::open(Vec::new());
    window.engine.command(Command::OpenLink { text: "test://".into() });
    window.until(|snapshot| !snapshot.issues.is_empty());
    assert_eq!(window.snapshot.issues[0].code, IssueCode::LinkUnknown);
    assert_eq!(window.snapshot.issues[0].params["cause"], "no_room");
    assert_eq!(window.snapshot.phase, Phase::Home);
}

#[test]
fn every_way_not_to_get_in_has_its_own_issue() {
    let causes = [
        (LeaveCause::InvitationRefused, IssueCode::InvitationRefused),
        (LeaveCause::NoRoom, IssueCode::NoRoom),
        (LeaveCause::Full, IssueCode::MeetingFull),
        (LeaveCause::NameUnknown, IssueCode::NameUnknown),
        (LeaveCause::Refused, IssueCode::ServerRefused),
        (LeaveCause::Timeout, IssueCode::ServerTimeout),
        (LeaveCause::Certificate(CertificateFault::Expired), IssueCode::CertificateUntrusted),
        (LeaveCause::Encryption, IssueCode::EncryptionOld),
        (LeaveCause::Proxy(ProxyFault::AuthenticationRequired), IssueCode::ProxyAuthentication),
        (LeaveCause::Proxy(ProxyFault::Refused { status: 403 }), IssueCode::ProxyRefuses),
        (LeaveCause::Proxy(ProxyFault::Unreachable), IssueCode::ProxySilent),
        (LeaveCause::Forbidden, IssueCode::ServerNotAllowed),
        (LeaveCause::ServerDown, IssueCode::ServerDown),
        (LeaveCause::ClosedWhileJoining, IssueCode::ServerClosed),
        (LeaveCause::Nonsense, IssueCode::ServerNonsense),
        (LeaveCause::MediaBlocked, IssueCode::MediaBlocked),
    ];
    for (cause, code) in causes {
        let mut window = Window::open(vec![RoomEvent::Left(cause)]);
        window.enter();
        window.until(|snapshot| matches!(snapshot.phase, Phase::Failed { .. }));
        let Phase::Failed { issue, link } = &window.snapshot.phase else { unreachable!("waited for it") };
        assert_eq!(issue.code, code);
        let host = if code == IssueCode::NameUnknown { "127.0.0.1" } else { "127.0.0.1:9" };
        assert_eq!(issue.params["host"], host);
        assert!(link.is_some(), "a way back in");
    }
}

#[test]
fn what_is_seen_is_asked_for_and_what_is_not_seen_is_not() {
    let mut window = Window::joined(vec![person("a", "TR_a"), person("b", "TR_b")]);
    let tile = Tile {
        track: "TR_a".into(),
        rect: Rect { x: 0, y: 0, width: 320, height: 180 },
        fit: Fit::Cover,
        mirrored: false,
        radius: 0,
        veiled: false,
        smooth: false,
        part: None,
    };
    let of_size = |track: &'static str, width: u32| move |command: &RoomCommand| matches!(command, RoomCommand::Demand { track: asked, demand } if asked.as_str() == track && demand.size.width == width);
    // The page is not there yet: what it will most likely show is asked for already.
    window.until_command(of_size("TR_a", 640));
    window.until_command(of_size("TR_b", 640));
    let layout = StageLayout { tiles: vec![tile], covers: Vec::new(), scale_milli: 1000 };
    window.engine.command(Command::Stage { layout });
    let of = |track: &'static str, seen: bool| move |command: &RoomCommand| matches!(command, RoomCommand::Demand { track: asked, demand } if asked.as_str() == track && demand.size.is_empty() != seen);
    let RoomCommand::Demand { demand, .. } = window.until_command(of_size("TR_a", 320)) else {
        unreachable!("asked for")
    };
    assert_eq!(demand.size, Size::new(320, 180));
    window.until_command(of("TR_b", false));
    window.say(RoomEvent::ParticipantLeft("b".into()));
    window.until(|snapshot| snapshot.participants.len() == 1);
}

#[test]
fn a_second_window_is_told_and_the_larger_tile_is_asked_for() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let layout = |width: u32| StageLayout {
        tiles: vec![Tile {
            track: "TR_a".into(),
            rect: Rect { x: 0, y: 0, width, height: 90 },
            fit: Fit::Contain,
            mirrored: false,
            radius: 0,
            veiled: false,
            smooth: false,
            part: None,
        }],
        covers: Vec::new(),
        scale_milli: 1000,
    };
    let of_width = |width: u32| move |command: &RoomCommand| matches!(command, RoomCommand::Demand { demand, .. } if demand.size.width == width);
    window.engine.command(Command::Stage { layout: layout(160) });
    window.until_command(of_width(160));
    // A window that is not open wants nothing.
    window.engine.command(Command::ShareStage { layout: layout(999) });
    window.engine.set_share_window(Some(Box::new(Counter::default())));
    window.until(|snapshot| snapshot.share_window);
    window.engine.command(Command::ShareStage { layout: layout(1600) });
    window.until_command(of_width(1600));
    let asked = std::mem::take(&mut window.server.lock().unwrap().commands);
    assert!(!asked.iter().any(of_width(999)));
    window.engine.set_share_window(None);
    window.until(|snapshot| !snapshot.share_window);
    window.until_command(of_width(160));
}

#[test]
fn a_longer_outage_is_told_and_its_end_too() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.say(RoomEvent::Connection(ConnectionState::Resuming));
    window.until(|snapshot| snapshot.issues.iter().any(|issue| issue.code == IssueCode::Reconnecting));
    assert!(matches!(window.snapshot.phase, Phase::InMeeting { reconnecting_for: Some(_), .. }));
    assert_eq!(window.snapshot.me.hearing, visavis_model::Hearing::Lost);
    window.say(RoomEvent::Connection(ConnectionState::Connected));
    window.until(|snapshot| snapshot.issues.is_empty());
    assert!(matches!(window.snapshot.phase, Phase::InMeeting { reconnecting_for: None, .. }));
    assert_eq!(window.engine.report().reconnects, 1);
}

#[test]
fn messages_go_both_ways_and_an_edit_replaces() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::SendMessage { text: "  bonjour ".into() });
    window.until(|snapshot| snapshot.messages.len() == 1);
    assert!(window.snapshot.messages[0].own);
    window.until_command(|command| matches!(command, RoomCommand::SendMessage { text, .. } if text == "bonjour"));
    for (text, edited) in [("salut", false), ("salut !", true)] {
        let message =
            ChatMessage { id: "1".into(), author: Some("a".into()), text: text.into(), unix_millis: 5, edited };
        window.say(RoomEvent::Message(message));
    }
    window.until(|snapshot| snapshot.messages.len() == 2 && snapshot.messages[1].edited);
    assert_eq!(window.snapshot.messages[1].author_name, "A");
    assert_eq!(window.snapshot.messages[1].text, "salut !");
}

#[test]
fn being_taken_out_is_an_end_with_its_reason() {
    let mut window = Window::joined(Vec::new());
    window.say(RoomEvent::Left(LeaveCause::Removed));
    window.until(|snapshot| matches!(snapshot.phase, Phase::Ended { reason: EndReason::Removed, .. }));
    assert!(window.engine.report().issues.iter().any(|record| record.issue.code == IssueCode::Removed));
}
