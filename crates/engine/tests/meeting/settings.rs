//! What the person sets holds at once, and under what the organisation decides.

use super::*;
use visavis_engine::{DeskEvent, Rules};
use visavis_model::Settings;
use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

fn set(window: &mut Window, settings: Settings) {
    window.engine.command(Command::KeepSettings { settings: Box::new(settings.clone()) });
    window.until(|snapshot| snapshot.settings == settings);
}

#[test]
fn a_meeting_begins_with_what_is_to_be_off_at_first_unless_the_organisation_says_otherwise() {
    let mut window = Window::open(vec![]);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.engine.command(Command::SetCameraOn { on: true });
    window.until(|snapshot| snapshot.me.microphone_on && snapshot.me.camera_on);
    set(&mut window, Settings { microphone_off_first: true, ..Settings::default() });
    assert!(window.snapshot.me.microphone_on, "nothing is turned off before a meeting opens");
    window.engine.command(Command::OpenLink { text: "test://salle".into() });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
    assert!(!window.snapshot.me.microphone_on && window.snapshot.me.camera_on);

    let values = serde_json::from_str(r#"{"DefaultMicMuted": false, "DefaultCameraOff": true}"#).unwrap();
    let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a.json".into(), values };
    let policy = resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy;
    window.engine.commander().set_rules(Rules { policy, ..Rules::default() });
    window.engine.command(Command::Leave);
    window.until(|snapshot| matches!(snapshot.phase, Phase::Home));
    window.engine.command(Command::OpenLink { text: "test://salle".into() });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
    assert!(window.snapshot.me.microphone_on && !window.snapshot.me.camera_on);
    assert!(window.snapshot.settings.microphone_off_first, "the own choice stays for the day when the rule goes");
}

#[test]
fn a_screen_that_is_locked_turns_the_microphone_off_at_the_door_too() {
    let at_the_door = RoomEvent::Lobby(visavis_model::LobbyView::default());
    let mut window = Window::open(vec![RoomEvent::Connection(ConnectionState::Connecting), at_the_door]);
    window.engine.command(Command::SetMicrophoneOn { on: true });
    window.enter();
    window.until(|snapshot| matches!(snapshot.phase, Phase::Lobby { .. }) && snapshot.me.microphone_on);
    window.engine.commander().desk_event(DeskEvent::Locked);
    window.until(|snapshot| {
        !snapshot.me.microphone_on && snapshot.issues.iter().any(|issue| issue.code == IssueCode::MutedByLock)
    });
    // Whoever is let in meanwhile is not heard, and reads why.
    window.say(RoomEvent::Connection(ConnectionState::Connected));
    window.until(|snapshot| matches!(snapshot.phase, Phase::InMeeting { .. }));
    assert!(!window.snapshot.me.microphone_on);
    assert!(window.snapshot.issues.iter().any(|issue| issue.code == IssueCode::MutedByLock));
}

#[test]
fn meetings_of_late_are_forgotten_where_none_is_to_be_remembered() {
    let mut window = Window::open(vec![]);
    window.until(|snapshot| snapshot.home.recent.len() == 1);
    set(&mut window, Settings { keep_recent: false, ..Settings::default() });
    window.until(|snapshot| snapshot.home.recent.is_empty());
}

#[test]
fn what_no_page_can_show_is_brought_within_bounds() {
    let mut window = Window::open(vec![]);
    let settings = Box::new(Settings { text_percent: 5, ..Settings::default() });
    window.engine.command(Command::KeepSettings { settings });
    window.until(|snapshot| snapshot.settings.text_percent == 80);
}
