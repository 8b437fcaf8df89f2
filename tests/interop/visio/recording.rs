//! Recording: what refuses it does not hold up the meeting.

use super::{Visio, came, command, left, refused, told};
use serde_json::{Value, json};
use std::time::Duration;
use visavis_model::IssueCode;
use visavis_testkit::meet::{Access, Recorder};

#[test]
fn a_refusal_that_takes_its_time_holds_up_nothing() {
    let visio = Visio::new("recording-502", Access::Public);
    // 22 s at a real Meet.
    visio.meet.state().settings.recorder = Recorder::Absent(Duration::from_secs(4));
    let mut owner = visio.owner();
    owner.command(&command("start_recording", json!({ "mode": "screen" })));
    owner.command(&command("send_message", json!({ "text": "meanwhile" })));
    owner.command(&command("raise_hand", json!({ "up": true })));
    owner.wait("message", |message| message["text"] == "meanwhile").expect("our own message");
    owner.wait("own_hand", |rank| *rank == 1).expect("our hand");
    let is_refused =
        |event: &Value| event["what"] == "issue" && event["value"]["params"]["action"] == "start_recording";
    assert!(!owner.seen().iter().any(is_refused), "the refusal came first: it proves nothing");
    assert_eq!(refused(&mut owner, "start_recording"), "failed");
    assert!(owner.seen().iter().all(|event| event["what"] != "recording"), "nothing is recorded");
    left(owner);
}

#[test]
fn a_recording_is_announced_to_all_and_there_is_one_at_a_time() {
    let visio = Visio::new("recording-409", Access::Public);
    visio.meet.state().settings.recorder = Recorder::Begins;
    let mut owner = visio.owner();
    let mut guest = visio.guest("Guest");
    came(&mut owner, "Guest");
    owner.command(&command("start_recording", json!({ "mode": "transcript" })));
    let starting = |recording: &Value| recording["phase"] == "starting" && recording["mode"] == "transcript";
    owner.wait("recording", starting).expect("a recording that starts");
    guest.wait("recording", starting).expect("a recording that starts");
    let params = told(&mut guest, IssueCode::RecordingStarted);
    assert_eq!((&params["by"], &params["mode"]), (&json!("Alice"), &json!("transcript")));
    owner.command(&command("start_recording", json!({ "mode": "screen" })));
    assert_eq!(refused(&mut owner, "start_recording"), "conflict");
    owner.command(&command("stop_recording", Value::Null));
    guest.wait("recording", |recording| recording["phase"] == "off").expect("a recording that is over");
    left(guest);
    left(owner);
}

#[test]
fn what_does_not_run_cannot_be_stopped() {
    let visio = Visio::new("recording-404", Access::Public);
    let mut owner = visio.owner();
    owner.command(&command("stop_recording", Value::Null));
    assert_eq!(refused(&mut owner, "stop_recording"), "gone");
    left(owner);
}
