//! The own devices: what is said of them, how long, and what takes it back.

use super::*;
use visavis_model::{DeviceId, Issue, Preview};
use visavis_provider::Notice;

fn issue(snapshot: &Snapshot, code: IssueCode) -> Option<&Issue> {
    snapshot.issues.iter().find(|issue| issue.code == code)
}

/// No device is called so, wherever this runs.
fn choose_what_is_not_there(window: &mut Window) {
    let id = DeviceId::from("nothing is called 7f3a");
    window.engine.command(Command::ChooseMicrophone { choice: MicrophoneChoice::Device(id) });
    window.until(misses_microphone);
}

fn misses_microphone(snapshot: &Snapshot) -> bool {
    snapshot.issues.iter().any(|issue| issue.code.text().starts_with("VIS-MIC-"))
}

/// What was commanded before was done once this is seen.
fn until_done(window: &mut Window, name: &str) {
    window.engine.command(Command::SetName { name: name.into() });
    window.until(|snapshot| snapshot.me.name == name);
}

#[test]
fn a_microphone_that_does_not_open_is_said_in_the_meeting_too() {
    let greeting = vec![
        RoomEvent::Connection(ConnectionState::Connecting),
        RoomEvent::Joined { room: RoomInfo::default(), me: Participant::default(), others: Vec::new() },
        RoomEvent::Connection(ConnectionState::Connected),
    ];
    let mut window = Window::open(greeting);
    window.engine.command(Command::OpenLink { text: "see test://salle .".into() });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
    choose_what_is_not_there(&mut window);
    window.engine.command(Command::Join);
    window.until(|snapshot| matches!(snapshot.phase, Phase::InMeeting { .. }));
    assert!(misses_microphone(&window.snapshot), "{:?}", window.snapshot.issues);
}

#[test]
fn a_link_leaves_what_is_said_of_devices() {
    let mut window = Window::open(Vec::new());
    window.engine.command(Command::OpenLink { text: "see test://salle .".into() });
    window.until(|snapshot| matches!(snapshot.phase, Phase::PreJoin { .. }));
    choose_what_is_not_there(&mut window);
    window.engine.command(Command::OpenLink { text: "see test:// .".into() });
    window.until(|snapshot| issue(snapshot, IssueCode::LinkUnknown).is_some());
    assert!(misses_microphone(&window.snapshot), "{:?}", window.snapshot.issues);
    // One that leads somewhere takes back what was said of the one that did not.
    window.engine.command(Command::OpenLink { text: "see test://autre .".into() });
    window.until(|snapshot| issue(snapshot, IssueCode::LinkUnknown).is_none());
    window.until(misses_microphone);
}

#[test]
fn another_try_of_a_device_leaves_what_else_was_said() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.say(RoomEvent::Notice(Notice::MutedBy("a".into())));
    window.until(|snapshot| issue(snapshot, IssueCode::MutedByOther).is_some());
    choose_what_is_not_there(&mut window);
    window.engine.command(Command::Retry);
    until_done(&mut window, "Anna");
    window.until(misses_microphone);
    assert!(issue(&window.snapshot, IssueCode::MutedByOther).is_some(), "{:?}", window.snapshot.issues);
}

#[test]
fn who_was_muted_while_a_key_was_held_reads_it_after_the_key() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::Talk { on: true });
    window.until(|snapshot| snapshot.me.microphone_on);
    window.say(RoomEvent::MutedByOther { track: TrackId::local_microphone() });
    window.until(|snapshot| issue(snapshot, IssueCode::MutedByOther).is_some());
    window.engine.command(Command::Talk { on: false });
    until_done(&mut window, "Anna");
    assert!(issue(&window.snapshot, IssueCode::MutedByOther).is_some() && !window.snapshot.me.microphone_on);
    // The next time it is as ever.
    window.engine.command(Command::Talk { on: true });
    window.until(|snapshot| snapshot.me.microphone_on);
    window.engine.command(Command::Talk { on: false });
    window.until(|snapshot| !snapshot.me.microphone_on && issue(snapshot, IssueCode::MutedByOther).is_none());
}

#[test]
fn what_is_said_of_a_camera_goes_when_it_is_turned_off() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    let missing = CameraChoice::Device(DeviceId::from("nothing is called 7f3a"));
    window.engine.command(Command::ChooseCamera { choice: missing });
    // Turned on again it is said anew.
    for name in ["Anna", "Berta"] {
        window.engine.command(Command::SetCameraOn { on: true });
        window.until(|snapshot| issue(snapshot, IssueCode::CameraNone).is_some());
        window.engine.command(Command::SetCameraOn { on: false });
        until_done(&mut window, name);
        assert_eq!((issue(&window.snapshot, IssueCode::CameraNone), window.snapshot.me.preview), (None, Preview::Off));
    }
}

#[test]
fn a_camera_that_somebody_else_turns_off_is_said_until_it_is_on_again() {
    let mut window = Window::joined(vec![person("a", "TR_a")]);
    window.engine.command(Command::ChooseCamera { choice: CameraChoice::Synthetic });
    window.engine.command(Command::SetCameraOn { on: true });
    window.until(|snapshot| matches!(snapshot.me.preview, Preview::Showing { .. }));
    // Of a share that is over nothing is stopped.
    window.say(RoomEvent::MutedByOther { track: TrackId::local_screen_audio() });
    window.say(RoomEvent::MutedByOther { track: TrackId::local_camera() });
    window.until(|snapshot| issue(snapshot, IssueCode::PublishRefused).is_some());
    assert!(!window.snapshot.me.camera_on);
    let told = &issue(&window.snapshot, IssueCode::PublishRefused).unwrap().params;
    assert_eq!((told["source"].as_str(), told["cause"].as_str()), ("camera", "stopped"));
    let told = window.engine.report().issues;
    assert_eq!(told.iter().filter(|record| record.issue.code == IssueCode::PublishRefused).count(), 1);
    window.engine.command(Command::SetCameraOn { on: true });
    window.until(|snapshot| issue(snapshot, IssueCode::PublishRefused).is_none());
}
