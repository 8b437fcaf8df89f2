//! Devices that stand still, are away for a moment, or are muted by the system.

use crate::devices::{LOST, MOVED, Scene, WAKES, heard_for, longest_silence, tone_from};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use visavis_tests::recording::Recording;
use visavis_tests::wait;

/// When it is told: once the other one plays; what a busy machine needs comes on top.
const GIVES_WAY: Duration = Duration::from_millis(1500);
/// One that stands still a second time is left alone for so long.
const RESTS: Duration = Duration::from_secs(5);

#[test]
fn a_loudspeaker_that_stands_still_gives_way_to_another_one_and_is_taken_back() {
    let mut scene = Scene::new("gives-way", "system", "device:usb", |card| {
        card.plug("usb", "USB speakerphone", "").expect("a device");
    });
    // Somebody listens to the other one, so that it begins at once.
    let (mut recorder, start, file) = scene.record("spk", "spk.wav");
    std::thread::sleep(Duration::from_secs(1));

    let (at, before) = (Instant::now(), scene.call.seen().len());
    scene.card.control(&["suspend-sink", "usb", "1"]).expect("suspended");
    let is_dead = |issue: &Value| issue["code"] == MOVED && issue["params"]["cause"] == "dead";
    let issue = scene.told_within(GIVES_WAY, before, at, is_dead);
    assert_eq!(
        (&issue["params"]["name"], &issue["params"]["loudspeaker"]),
        (&json!("USB speakerphone"), &json!("Loudspeaker"))
    );
    let is_silence = |issue: &Value| issue["code"] == "VIS-OUT-NONE-58" && issue["params"]["cause"] == "timeout";
    let told = scene.call.seen().into_iter().skip(before).filter(|event| is_silence(&event["value"])).count();
    assert_eq!(told, 0, "one sentence tells both");
    std::thread::sleep(Duration::from_secs(1));
    recorder.stop();
    let stood = at.duration_since(start).as_secs_f64();
    let played = tone_from(&Recording::read(&file).expect("a recording"), stood).expect("the tone at the other one");
    println!("the tone went on {:.2} s after the loudspeaker stood still", played - stood);
    assert!(played - stood <= LOST, "{played} {stood}");

    // It was chosen: it is tried beside the other one.
    let before = scene.call.seen().len();
    scene.card.control(&["suspend-sink", "usb", "0"]).expect("it goes on");
    let answers = |issue: &Value| issue["code"] == MOVED && issue["params"]["cause"] == "answers";
    let issue = scene.call.wait_after(before, "issue", answers).expect("a sentence");
    assert_eq!(issue["params"]["loudspeaker"], "USB speakerphone");

    // It pauses again: the call is not thrown to and fro.
    let (at, before) = (Instant::now(), scene.call.seen().len());
    scene.card.control(&["suspend-sink", "usb", "1"]).expect("suspended");
    // Nobody listens to the other one any more, so that it begins late.
    scene.told_within(GIVES_WAY + WAKES, before, at, is_dead);
    scene.card.control(&["suspend-sink", "usb", "0"]).expect("it goes on");
    scene.call.wait_after(before, "issue", answers).expect("a sentence");
    assert!(at.elapsed() > RESTS, "it is left alone for longer: {:?}", at.elapsed());
    scene.end();
}

#[test]
fn a_microphone_that_is_away_for_a_moment_is_heard_on() {
    let words = [
        "load-module",
        "module-remap-source",
        "source_name=brief",
        "master=micpipe.monitor",
        "source_properties=device.description=Brief",
    ];
    let mut module = String::new();
    let mut scene = Scene::new("moment", "device:brief", "system", |card| {
        module = card.control(&words).expect("a microphone").trim().to_owned();
    });
    let since = Instant::now();
    // The longer ones are seen in the list, the short ones are not.
    for away in [0, 50, 0, 100, 0, 150, 0] {
        scene.card.control(&["unload-module", &module]).expect("away");
        std::thread::sleep(Duration::from_millis(away));
        module = scene.card.control(&words).expect("there again").trim().to_owned();
        heard_for(&mut scene.web, 1.5);
    }
    let silence = longest_silence(&scene.end(), since);
    println!("longest time without our voice: {silence:.2} s");
    assert!(silence <= LOST, "{silence} s without our voice");
}

#[test]
fn a_loudspeaker_that_the_system_mutes_is_told_and_turned_on_again() {
    let mut scene = Scene::new("deaf", "system", "system", |_| ());
    let (at, before) = (Instant::now(), scene.call.seen().len());
    scene.card.control(&["set-sink-mute", "spk", "1"]).expect("muted");
    let issue = scene.told_within(Duration::from_secs(1), before, at, |issue| issue["code"] == "VIS-OUT-OSMUTE-79");
    assert_eq!((&issue["action"], &issue["params"]["name"]), (&json!("unmute"), &json!("Loudspeaker")));
    scene.call.command(&json!({ "kind": "unmute_loudspeaker" }));
    wait::until("the mute goes", Duration::from_secs(5), || {
        scene.card.control(&["get-sink-mute", "spk"]).ok()?.contains("no").then_some(())
    })
    .expect("the system's mute is off");
    scene.end();
}
