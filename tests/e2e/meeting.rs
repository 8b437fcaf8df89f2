//! From the start screen into a meeting and out again.

use std::path::Path;
use visavis_tests::desktop::{self, Desktop};
use visavis_tests::peers::{PATIENCE, Peer, application, browser};
use visavis_tests::places;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::xvfb;
use visavis_tests::wait;
use visavis_tests::webdriver::Window;

const ROOM: &str = "e2e";
const US: &str = "ours";
/// Of a tile's pixels that differ between two looks when its picture moves: the counter alone changes more.
pub const MOVING_SHARE: f64 = 0.002;

fn web(server: &LivekitServer, folder: &Path) -> Peer {
    let mut options = browser::Options::new(server.url(), server.token(ROOM, "Web"));
    (options.size, options.fps) = ((640, 360), 20);
    let mut web = browser::join("Web", folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");
    web
}

/// The share of a tile's pixels that change while it is watched.
pub fn moves(desktop: &Desktop, area: (i32, i32, u32, u32)) -> f64 {
    let look = |name: &str| xvfb::pixels(&desktop.screenshot(name).expect("a screenshot"), area).expect("its pixels");
    let first = look("moving-1");
    let second = look("moving-2");
    assert_eq!(first.len(), second.len());
    let changed = first
        .chunks_exact(3)
        .zip(second.chunks_exact(3))
        .filter(|(a, b)| a.iter().zip(*b).any(|(a, b)| a.abs_diff(*b) > 24));
    changed.count() as f64 / (first.len() / 3) as f64
}

#[test]
fn a_person_joins_a_meeting_and_leaves() {
    let folder = places::run("e2e/meeting").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let mut web = web(&server, &folder);
    let other = application::Options::new(server.link(ROOM, "Native"), "Native", 300);
    let _other = application::join(&folder, &other).expect("a second participant");
    web.wait("picture", |event| event["identity"] == "Native").expect("the second participant's picture");

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let window =
        Window::open(&desktop, &folder, &["--camera", "synthetic", "--microphone", "synthetic", "--language", "en"])
            .expect("the window");

    window.find("link-field", "").expect("the start screen").write(&server.link(ROOM, US)).expect("a link");
    window.find("name-field", "").expect("the name").write("Zoé").expect("a name");
    desktop.screenshot("1-home").expect("a screenshot");
    window.find("open", "").expect("the button").click().expect("a click");

    let join = window.find("join", "").expect("the last look before the meeting");
    let preview = window.find("tile", "[data-video=\"showing\"]").expect("our own picture");
    wait::until("our own moving picture", PATIENCE, || {
        let (left, top, width, height) = preview.rectangle().ok()?;
        let inside = moves(&desktop, (left, top, width, height)) > MOVING_SHARE;
        // A picture that is not where its box is would move there.
        let below = moves(&desktop, (left, top + height as i32 + 4, width, 40));
        (inside && below == 0.0).then_some(())
    })
    .expect("our picture is in its box and nowhere else");
    desktop.screenshot("2-prejoin").expect("a screenshot");
    join.click().expect("a click");

    for participant in ["Web", "Native"] {
        let condition = format!("[data-participant=\"{participant}\"]");
        let tile = window.find("tile", &condition).expect("a tile");
        web.wait("participant", |event| event["identity"] == US && event["present"] == true)
            .expect("we are in the room");
        let area = tile.rectangle().expect("where it is");
        let label = tile.attribute("aria-label").expect("what it says").unwrap_or_default();
        assert!(label.starts_with(participant), "{label:?}");
        assert!(area.2 > 100 && area.3 > 60, "{area:?}");
        wait::until(&format!("a moving picture of {participant}"), PATIENCE, || {
            (moves(&desktop, area) > MOVING_SHARE).then_some(())
        })
        .expect("its picture moves");
    }
    desktop.screenshot("3-meeting").expect("a screenshot");
    web.wait("picture", |event| event["identity"] == US).expect("our picture at the browser");

    let before = web.seen().len();
    window.find("toggle-microphone", "").expect("the button").click().expect("a click");
    let is_muted = |muted: bool| {
        move |event: &serde_json::Value| {
            event["identity"] == US && event["source"] == "microphone" && event["muted"] == muted
        }
    };
    web.wait_after(before, "muted", is_muted(true)).expect("others see that we are muted");
    window.find("toggle-microphone", "").expect("the button").click().expect("a click");
    web.wait_after(before, "muted", is_muted(false)).expect("others see that we are not");

    web.mute("microphone", true);
    window
        .find("tile", "[data-participant=\"Web\"][aria-label*=\"microphone off\"]")
        .expect("we see that the browser is muted");

    window.find("leave", "").expect("the button").click().expect("a click");
    web.wait_after(before, "participant", |event| event["identity"] == US && event["present"] == false)
        .expect("we are gone");
    wait::until("no tile any more", PATIENCE, || (window.count("tile").ok()? == 0).then_some(())).expect("we left");
    desktop.screenshot("4-left").expect("a screenshot");
}

#[test]
fn a_link_that_leads_nowhere_is_explained() {
    let folder = places::run("e2e/nowhere").expect("a folder");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let window = Window::open(&desktop, &folder, &[]).expect("the window");
    let field = window.find("link-field", "").expect("the start screen");
    field.write("this is no link").expect("a text");
    window.find("open", "").expect("the button").click().expect("a click");
    let issue = window.find("issue", "[data-code=\"VIS-JOIN-LINK-39\"]").expect("a sentence");
    let sentence = issue.text().expect("its text");
    assert!(sentence.len() > 20, "{sentence:?}");
    desktop.screenshot("nowhere").expect("a screenshot");
}

/// Kept here, so that the voices of the sound test and the demo are tried too.
#[test]
fn voices_speak() {
    let folder = places::run("e2e/voices").expect("a folder");
    let file = folder.join("voice.wav");
    desktop::voice(&file, "en-gb", "one two three").expect("espeak-ng");
    let samples = hound::WavReader::open(&file).expect("a WAV file").duration();
    assert!(samples > 10_000);
}
