//! What the organisation decides holds whatever a page asks for, at once, and leaves no trace when it ends.

use super::*;
use visavis_engine::Rules;
use visavis_model::{CapabilitySet, ManagedRoomView, Message};
use visavis_provider::{Action, ChatMessage, SocketId};
use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

fn rules(json: &str) -> Rules {
    let values = serde_json::from_str(json).unwrap();
    let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a.json".into(), values };
    Rules { policy: resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy, ..Rules::default() }
}

fn obeys(window: &Window, json: &str) {
    window.engine.commander().set_rules(rules(json));
}

fn said(id: &str, text: &str) -> RoomEvent {
    RoomEvent::Message(ChatMessage {
        id: id.into(),
        author: Some("a".into()),
        text: text.into(),
        unix_millis: 0,
        edited: false,
    })
}

fn refused(snapshot: &Snapshot, action: &str) -> bool {
    snapshot.issues.iter().any(|issue| {
        issue.code == IssueCode::ActionRefused && issue.params["action"] == action && issue.params["cause"] == "policy"
    })
}

#[test]
fn a_name_that_is_set_is_nobodys_to_change_and_the_own_comes_back() {
    let mut window = Window::joined(vec![]);
    obeys(&window, r#"{"DisplayName": "Salle Renoir"}"#);
    window.until(|snapshot| snapshot.me.name == "Salle Renoir");
    window.until_command(
        |command| matches!(command, RoomCommand::Act { action: Action::Rename(name), .. } if name == "Salle Renoir"),
    );
    window.engine.command(Command::SetName { name: "Zoé".into() });
    window.until(|snapshot| refused(snapshot, "set_name"));
    assert_eq!(window.snapshot.me.name, "Salle Renoir");
    obeys(&window, "{}");
    window.until(|snapshot| snapshot.me.name == "Camille");
}

#[test]
fn a_chat_that_is_off_is_neither_sent_nor_shown() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let room = |name: &str| {
        let capabilities = CapabilitySet { chat: true, ..CapabilitySet::default() };
        RoomEvent::RoomChanged(RoomInfo { name: name.into(), capabilities, ..RoomInfo::default() })
    };
    window.say(room("one"));
    window.say(said("1", "before"));
    window.until(|snapshot| snapshot.messages.len() == 1 && snapshot.room.capabilities.chat);
    obeys(&window, r#"{"DisableChat": true}"#);
    window.until(|snapshot| snapshot.messages.is_empty() && !snapshot.room.capabilities.chat);
    window.engine.command(Command::SendMessage { text: "hello".into() });
    window.until(|snapshot| refused(snapshot, "send_message"));
    window.say(said("2", "meanwhile"));
    window.say(room("two"));
    window.until(|snapshot| snapshot.room.name == "two");
    assert!(window.snapshot.messages.is_empty() && !window.snapshot.room.capabilities.chat);
    obeys(&window, "{}");
    window.until(|snapshot| snapshot.room.capabilities.chat);
    window.say(said("3", "after"));
    window.until(|snapshot| !snapshot.messages.is_empty());
    let texts: Vec<&str> = window.snapshot.messages.iter().map(|message: &Message| message.text.as_str()).collect();
    assert_eq!(texts, ["after"]);
    let sent = |command: &RoomCommand| matches!(command, RoomCommand::SendMessage { .. });
    assert!(!window.server.lock().unwrap().commands.iter().any(sent));
}

#[test]
fn a_link_to_a_server_that_is_not_allowed_says_which() {
    let mut window = Window::open(vec![]);
    obeys(&window, r#"{"AllowedServers": ["visio.example"]}"#);
    window.engine.command(Command::OpenLink { text: "Venez : https://meet.example/abc-defg-hij".into() });
    window.until(|snapshot| {
        snapshot
            .issues
            .iter()
            .any(|one| one.code == IssueCode::ServerNotAllowed && one.params["host"] == "meet.example")
    });
    window.engine.command(Command::AddServer { host: "meet.example".into() });
    // Allowed, it needs no question; then it is shown with the person's.
    window.engine.command(Command::OpenLink { text: "https://visio.example/abc-defg-hij".into() });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
    assert_eq!(window.snapshot.home.servers.iter().map(|one| one.host.as_str()).collect::<Vec<_>>(), ["visio.example"]);
    // And left once it is not any more.
    obeys(&window, r#"{"AllowedServers": ["other.example"]}"#);
    window.until(|snapshot| snapshot.phase == Phase::Home && snapshot.home.servers.is_empty());
    let is_said = |snapshot: &Snapshot| snapshot.issues.iter().any(|one| one.code == IssueCode::ServerNotAllowed);
    window.until(is_said);
    obeys(&window, "{}");
    window.until(|snapshot| snapshot.home.servers.len() == 1 && !is_said(snapshot));
}

#[test]
fn a_server_that_is_only_allowed_takes_no_place_of_the_advised_one() {
    let layer = |level, json: &str| {
        let values = serde_json::from_str(json).unwrap();
        Layer { level, scope: Scope::Machine, origin: "a.json".into(), values }
    };
    let said = |json: &str| {
        let advised = layer(Level::Recommended, r#"{"ServerURL": "visio.agglo.example"}"#);
        let layers = vec![advised, layer(Level::Mandatory, json)];
        Rules { policy: resolve(Reading { layers, problems: Vec::new() }).policy, ..Rules::default() }
    };
    let hosts = |snapshot: &Snapshot| {
        snapshot.home.servers.iter().map(|one| (one.host.clone(), one.visited)).collect::<Vec<_>>()
    };
    let (agglo, prefecture) = ("visio.agglo.example".to_owned(), "visio.prefecture.example".to_owned());
    let mut window = Window::open(vec![]);
    let list = r#"["*.agglo.example", "visio.prefecture.example"]"#;
    window.engine.commander().set_rules(said(&format!(r#"{{"AllowedServers": {list}}}"#)));
    window.until(|snapshot| hosts(snapshot) == [(agglo.clone(), false)]);
    window.engine.command(Command::OpenLink { text: format!("https://{prefecture}/abc-defg-hij") });
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.host == prefecture));
    assert_eq!(hosts(&window.snapshot), [(agglo.clone(), false), (prefecture.clone(), true)]);
    // Nor when the policy is read anew.
    window.engine.commander().set_rules(said(&format!(r#"{{"AllowedServers": {list}, "DisplayName": "Salle"}}"#)));
    window.until(|snapshot| snapshot.me.name == "Salle");
    assert_eq!(hosts(&window.snapshot), [(agglo.clone(), false), (prefecture.clone(), true)]);
    // A page of a host that is on the list is asked about first.
    window.engine.command(Command::OpenLink { text: "https://intranet.agglo.example/odj".into() });
    window.until(|snapshot| {
        let asked = snapshot.issues.iter().find(|one| one.code == IssueCode::ServerUnknown);
        asked.is_some_and(|one| one.params["host"] == "intranet.agglo.example")
    });
    assert_eq!(hosts(&window.snapshot).len(), 2);
    // Whoever says yes is there, and has named nothing for other meetings.
    let intranet = "intranet.agglo.example".to_owned();
    window.engine.command(Command::AddServer { host: intranet.clone() });
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.host == intranet));
    window.until(|snapshot| hosts(snapshot).contains(&(intranet.clone(), true)));
    assert_eq!(hosts(&window.snapshot)[0], (agglo.clone(), false));
    // Named by the person it counts as theirs.
    window.engine.command(Command::AddServer { host: prefecture.clone() });
    window.until(|snapshot| hosts(snapshot).contains(&(prefecture.clone(), false)));
}

#[test]
fn a_room_of_the_organisation_is_not_asked_about_and_another_of_its_server_is() {
    let (host, room) = ("visio.prefecture.example", "https://visio.prefecture.example/accueil");
    // Without a list nobody has named its server, with one it has a name in place of a code.
    for json in ["{}", r#"{"AllowedServers": ["*.prefecture.example"]}"#] {
        let mut window = Window::open(vec![]);
        let rooms = vec![ManagedRoomView { name: "Accueil".into(), link: room.into(), icon: None }];
        window.engine.commander().set_rules(Rules { rooms, ..rules(json) });
        window.engine.command(Command::OpenLink { text: "https://visio.prefecture.example/odj".into() });
        window.until(|snapshot| snapshot.issues.iter().any(|one| one.code == IssueCode::ServerUnknown));
        assert!(window.snapshot.home.servers.is_empty(), "{json}");
        window.engine.command(Command::OpenLink { text: room.into() });
        window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.host == host));
        // It takes nobody's place.
        let servers = window.snapshot.home.servers.iter().map(|one| (one.host.as_str(), one.visited));
        assert_eq!(servers.collect::<Vec<_>>(), [(host, true)], "{json}");
    }
    // What is not allowed stays so, whoever names it.
    let mut window = Window::open(vec![]);
    let rooms = vec![ManagedRoomView { name: "Accueil".into(), link: room.into(), icon: None }];
    window.engine.commander().set_rules(Rules { rooms, ..rules(r#"{"AllowedServers": ["a.example"]}"#) });
    window.engine.command(Command::OpenLink { text: room.into() });
    window.until(|snapshot| snapshot.issues.iter().any(|one| one.code == IssueCode::ServerNotAllowed));
    assert_eq!(window.snapshot.phase, Phase::Home);
}

#[test]
fn a_meeting_whose_media_are_at_a_host_that_is_not_allowed_any_more_is_left() {
    let media = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let host = media.local_addr().unwrap().to_string();
    let mut window = Window::joined(vec![]);
    window.server.lock().unwrap().says.push_back(Output::OpenSocket {
        socket: SocketId(7),
        url: format!("ws://{host}/").parse().unwrap(),
        bearer: None,
    });
    // Connected: it is there until somebody leaves.
    let _connected = media.accept().unwrap();
    obeys(&window, &format!(r#"{{"AllowedServers": ["127.0.0.1:9", "{host}"]}}"#));
    obeys(&window, &format!(r#"{{"AllowedServers": ["{host}", "127.0.0.1:9"], "DisableChat": true}}"#));
    window.say(RoomEvent::RoomChanged(RoomInfo { name: "still here".into(), ..RoomInfo::default() }));
    window.until(|snapshot| snapshot.room.name == "still here");
    // The link's own host stays allowed.
    obeys(&window, r#"{"AllowedServers": ["127.0.0.1:9"]}"#);
    let is_left = |snapshot: &Snapshot| {
        matches!(&snapshot.phase, Phase::Failed { issue, .. }
            if issue.code == IssueCode::ServerNotAllowed && issue.params["host"] == host)
    };
    window.until(is_left);
    obeys(&window, r#"{"AllowedServers": ["127.0.0.1"]}"#);
    window.until(|snapshot| snapshot.phase == Phase::Home);
}

#[test]
fn a_meeting_of_another_service_is_refused_while_that_is_said() {
    let mut window = Window::open(vec![]);
    let zoom = || Command::OpenLink { text: "https://zoom.us/j/123456789".into() };
    let is_refused = |snapshot: &Snapshot| snapshot.elsewhere.as_ref().map(|elsewhere| elsewhere.refused);
    window.engine.command(zoom());
    window.until(|snapshot| is_refused(snapshot) == Some(false));
    // A start screen that comes after it looks at its empty field.
    window.engine.command(Command::Recognise { text: String::new() });
    window.engine.command(Command::SetName { name: "Zoé".into() });
    window.until(|snapshot| snapshot.me.name == "Zoé");
    assert_eq!(is_refused(&window.snapshot), Some(false));
    // Also what is asked about already.
    obeys(&window, r#"{"ForeignMeetings": "refuse"}"#);
    window.until(|snapshot| is_refused(snapshot) == Some(true));
    window.engine.command(Command::DismissElsewhere);
    window.until(|snapshot| snapshot.elsewhere.is_none());
    window.engine.command(zoom());
    window.until(|snapshot| is_refused(snapshot) == Some(true));
    obeys(&window, r#"{"ForeignMeetings": "browser"}"#);
    window.until(|snapshot| is_refused(snapshot) == Some(false));
}

#[test]
fn microphone_and_camera_begin_as_is_set() {
    let mut window = Window::open(vec![]);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.until(|snapshot| snapshot.me.microphone_on);
    obeys(&window, r#"{"DefaultMicMuted": true, "DisableCamera": true}"#);
    window.engine.command(Command::OpenLink { text: "test://salle".into() });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }) && !snapshot.me.microphone_on);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.until(|snapshot| snapshot.me.microphone_on);
    window.engine.command(Command::SetCameraOn { on: true });
    window.until(|snapshot| refused(snapshot, "set_camera_on"));
    assert!(!window.snapshot.me.camera_on);
}

#[test]
fn a_version_that_lies_ready_is_told_as_long_as_it_is_wanted() {
    let mut window = Window::joined(vec![]);
    let source = if cfg!(windows) { r"C:\\updates" } else { "/updates" };
    obeys(&window, &format!(r#"{{"UpdateSource": "{source}"}}"#));
    window.engine.commander().update_ready(Some("9.0.0".into()));
    window.until(|snapshot| snapshot.home.update.as_deref() == Some("9.0.0"));
    obeys(&window, &format!(r#"{{"UpdateSource": "{source}", "DisableAutoUpdate": true}}"#));
    window.until(|snapshot| snapshot.home.update.is_none());
    // Taken back before anybody has looked at the source again: it lies there as before.
    obeys(&window, &format!(r#"{{"UpdateSource": "{source}"}}"#));
    window.until(|snapshot| snapshot.home.update.as_deref() == Some("9.0.0"));
    window.engine.commander().update_ready(None);
    window.until(|snapshot| snapshot.home.update.is_none());
}
