//! The sound server dies, or stands still, under a real call.

use crate::devices::{MOVED, Scene, heard_for};
use serde_json::Value;
use std::time::{Duration, Instant};

/// Until nothing is looked for any more: a server that is started anew has its devices again.
const TOLD: Duration = Duration::from_secs(15);

#[test]
fn a_sound_server_that_dies_is_no_device_that_was_pulled_out() {
    let mut scene = Scene::new("server-dies", "system", "system", |_| {});
    let (out, before) = (Instant::now(), scene.call.seen().len());
    scene.card.die();
    for code in ["VIS-MIC-NONE-50", "VIS-OUT-NONE-58"] {
        let is_told = |issue: &Value| issue["code"] == code;
        let issue = scene.told_within(TOLD, before, out, is_told);
        assert_eq!(issue["params"]["cause"], "server", "{issue}");
    }
    // Once it is not listed any more it is told the same.
    std::thread::sleep(TOLD.saturating_sub(out.elapsed()));
    let seen = scene.call.seen();
    let others: Vec<&Value> = seen[before..]
        .iter()
        .filter(|event| event["what"] == "issue")
        .map(|event| &event["value"])
        .filter(|issue| issue["params"]["cause"] == "gone")
        .collect();
    assert!(others.is_empty(), "nobody has pulled anything out: {others:?}");
    scene.end();
}

#[test]
fn a_sound_server_that_stands_still_is_no_fault_of_its_devices() {
    let mut scene = Scene::new("server-still", "system", "system", |_| {});
    let before = scene.call.seen().len();
    scene.card.freeze(true);
    // Longer than what was open is opened again in vain.
    std::thread::sleep(Duration::from_secs(6));
    scene.card.freeze(false);
    heard_for(&mut scene.web, 5.0);
    let seen = scene.call.seen();
    let told: Vec<&Value> =
        seen[before..].iter().filter(|event| event["what"] == "issue").map(|event| &event["value"]).collect();
    for code in ["VIS-MIC-NONE-50", "VIS-OUT-NONE-58"] {
        let of_code: Vec<_> = told.iter().filter(|issue| issue["code"] == code).collect();
        assert!(of_code.len() == 1 && of_code[0]["params"]["cause"] == "server", "{told:?}");
    }
    let moved = |issue: &&&Value| issue["code"] == MOVED || issue["code"] == "VIS-MIC-STOP-77";
    assert_eq!(told.iter().find(moved), None, "no device has died");
    scene.end();
}
