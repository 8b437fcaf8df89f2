//! A server that stops without a word: its sockets stay open, and nothing comes any more.

use crate::ground::{self, Ground};
use serde_json::Value;
use std::time::{Duration, Instant};
use visavis_model::IssueCode;
use visavis_tests::peers::application::{self, Call};
use visavis_tests::peers::browser;

/// How long the server stands still.
const FROZEN: Duration = Duration::from_secs(8);
/// Calm before it, long enough for a false alarm to show.
const CALM: Duration = Duration::from_secs(6);
/// We are told within this time, on a busy machine too.
const TOLD_WITHIN: Duration = Duration::from_millis(6500);

fn is_reconnecting(event: &Value) -> bool {
    event["what"] == "issue" && event["value"]["code"] == IssueCode::Reconnecting.text()
}

/// What our application says, with this picture and sound, of a server that freezes and wakes; the others are there already.
fn is_told(ground: &Ground, picture: &str, sound: &str) -> Duration {
    let mut options = ground.our_options(240);
    (options.camera, options.microphone, options.events) = (picture.to_owned(), sound.to_owned(), true);
    let mut call = application::join(&ground.folder, &options).expect("the application");
    call.wait("phase", |phase| phase["kind"] == "in_meeting").expect("in the meeting");
    call.wait("came", |event| event["name"] == "web").expect("the other");
    std::thread::sleep(CALM);
    let calm = call.seen();
    assert!(!calm.iter().any(is_reconnecting), "a false alarm: {calm:?}");
    let frozen_at = Instant::now();
    ground.server.freeze();
    let told = told_after(&mut call, calm.len());
    let took = frozen_at.elapsed();
    std::thread::sleep(FROZEN.saturating_sub(took));
    let before = call.seen().len();
    ground.server.awake();
    told.expect("it is told that nothing comes");
    call.wait_after(before, "phase", |phase| phase["kind"] == "in_meeting" && phase["reconnecting_for"].is_null())
        .expect("back");
    let seen = call.seen();
    assert!(seen.iter().all(|event| !matches!(event["value"]["kind"].as_str(), Some("ended" | "failed"))), "{seen:?}");
    ground::left(&call.leave().expect("we leave"));
    took
}

fn told_after(call: &mut Call, skip: usize) -> Option<()> {
    visavis_tests::wait::until("a word about it", TOLD_WITHIN, || {
        call.seen().iter().skip(skip).any(is_reconnecting).then_some(())
    })
    .ok()
}

fn browser(ground: &Ground, codec: &'static str, sound: &str) -> browser::Options {
    browser::Options { codec, sound: sound.to_owned(), ..ground.browser_options("web") }
}

#[test]
fn whoever_sends_is_told_that_the_server_is_silent() {
    let ground = Ground::new("frozen-sender");
    let _web = ground.browser("web", &browser(&ground, "default", "tone:440"));
    let took = is_told(&ground, "synthetic", "synthetic");
    println!("told after {took:?}");
}

#[test]
fn whoever_only_watches_is_told_too() {
    let ground = Ground::new("frozen-viewer");
    let _web = ground.browser("web", &browser(&ground, "default", "tone:440"));
    let took = is_told(&ground, "off", "off");
    println!("told after {took:?}");
}

#[test]
fn so_is_whoever_is_in_a_room_where_nobody_sends() {
    let ground = Ground::new("frozen-silence");
    let _web = ground.browser("web", &browser(&ground, "off", "off"));
    let took = is_told(&ground, "off", "off");
    println!("told after {took:?}");
}
