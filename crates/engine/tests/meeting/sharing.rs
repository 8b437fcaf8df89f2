//! Who may share, and what is told where it does not go.

use super::*;
use visavis_engine::Rules;
use visavis_model::{CapabilitySet, ShareChoice, SoundOffer};
use visavis_provider::Notice;
use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};

fn allowed() -> Window {
    let window = Window::joined(vec![person("a", "TR_a")]);
    let capabilities = CapabilitySet { publish_screen: true, ..CapabilitySet::default() };
    window.say(RoomEvent::RoomChanged(RoomInfo { capabilities, ..RoomInfo::default() }));
    window
}

/// No window is called so, and where there is no desktop there is none at all.
fn share(window: &Window) {
    let choice = ShareChoice::WindowTitled("no window is called 7f3a".into());
    window.engine.command(Command::StartShare { choice, mode: Default::default(), sound: false });
}

fn told(snapshot: &Snapshot, code: IssueCode) -> bool {
    snapshot.issues.iter().any(|issue| issue.code == code)
}

#[test]
fn where_the_room_does_not_allow_it_nothing_is_shared() {
    let mut window = Window::joined(vec![]);
    share(&window);
    window.until(|snapshot| told(snapshot, IssueCode::PublishRefused));
    assert_eq!(window.snapshot.sharing.active, None);
}

#[test]
fn where_the_organisation_does_not_allow_it_nothing_is_shared() {
    let mut window = allowed();
    window.until(|snapshot| snapshot.room.capabilities.publish_screen);
    let values = serde_json::from_str(r#"{"DisableScreenShare": true, "ShareWindowsOnly": true}"#).unwrap();
    let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a.json".into(), values };
    let policy = resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy;
    window.engine.commander().set_rules(Rules { policy, ..Rules::default() });
    window.until(|snapshot| !snapshot.room.capabilities.publish_screen && snapshot.sharing.windows_only);
    share(&window);
    window.until(|snapshot| told(snapshot, IssueCode::ActionRefused));
    window.engine.commander().set_rules(Rules::default());
    window.until(|snapshot| snapshot.room.capabilities.publish_screen && !snapshot.sharing.windows_only);
    assert!(!told(&window.snapshot, IssueCode::ActionRefused), "it is allowed again");
}

#[test]
fn where_the_organisation_does_not_allow_sound_none_is_offered() {
    let mut window = allowed();
    window.until(|snapshot| snapshot.room.capabilities.publish_screen);
    let values = serde_json::from_str(r#"{"DisableScreenShareAudio": true}"#).unwrap();
    let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a.json".into(), values };
    let policy = resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy;
    window.engine.commander().set_rules(Rules { policy, ..Rules::default() });
    window.until(|snapshot| snapshot.sharing.sound == SoundOffer::Forbidden);
    assert!(window.snapshot.room.capabilities.publish_screen, "pictures are another matter");
    // Whatever this computer gives.
    window.engine.command(Command::LookForScreens);
    window.until(|snapshot| snapshot.sharing.looked);
    assert_eq!(window.snapshot.sharing.sound, SoundOffer::Forbidden);
    window.engine.command(Command::SetShareSound { on: true });
    window.until(|snapshot| told(snapshot, IssueCode::ActionRefused));
    window.engine.commander().set_rules(Rules::default());
    window.until(|snapshot| snapshot.sharing.sound != SoundOffer::Forbidden);
}

#[test]
fn what_a_moderator_took_is_told_once_whichever_word_comes_first() {
    let mut window = allowed();
    window.say(RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "not permitted".into() });
    window.until(|snapshot| told(snapshot, IssueCode::PublishRefused));
    window.say(RoomEvent::Notice(Notice::RightsRemoved(vec![TrackSource::Camera])));
    window.until(|snapshot| told(snapshot, IssueCode::RightsRemoved) && !told(snapshot, IssueCode::PublishRefused));
    // The other way round the second is no news.
    window.say(RoomEvent::PublishRefused { track: TrackId::local_camera(), cause: "not permitted".into() });
    window.say(RoomEvent::Notice(Notice::Moved("hall".into())));
    window.until(|snapshot| told(snapshot, IssueCode::MovedRoom));
    assert!(!told(&window.snapshot, IssueCode::PublishRefused));
}

#[test]
fn what_is_not_there_is_told_and_never_published() {
    let mut window = allowed();
    window.until(|snapshot| snapshot.room.capabilities.publish_screen);
    share(&window);
    window.until(|snapshot| told(snapshot, IssueCode::ShareClosed) || told(snapshot, IssueCode::ShareDenied));
    assert_eq!(window.snapshot.sharing.active, None);
    let server = window.server.lock().unwrap();
    assert!(!server.commands.iter().any(|command| matches!(command, RoomCommand::Publish(_))));
}
