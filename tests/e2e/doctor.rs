//! The network doctor in its window: beside a meeting that goes on, and from an error.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, application};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "doctor";

fn other(window: &Window, known: &[String]) -> String {
    let other = || window.windows().ok()?.into_iter().find(|one| !known.contains(one));
    let other = wait::until("another window", PATIENCE, other).expect("another window");
    window.switch_to(&other).expect("the window");
    other
}

fn row(window: &Window, step: &str, finding: &str) {
    let script =
        format!("return document.querySelector('[data-step={step}][data-finding={finding}]') !== null ? true : null");
    let is_there = || (window.script(&script).ok()? == true).then_some(());
    wait::until(&format!("{step}: {finding}"), PATIENCE, is_there).expect("the finding");
}

#[test]
fn a_meeting_shows_how_sound_and_picture_go() {
    let folder = places::run("e2e/doctor").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let peer = application::Options::new(server.link(ROOM, "Other"), "Other", 300);
    let _other = application::join(&folder, &peer).expect("a participant");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let meeting = [link.as_str(), "--direct", "--camera", "synthetic", "--microphone", "synthetic"];
    let window = Window::open(&desktop, &folder, &meeting).expect("the window");
    window.find("tile", "[data-participant='Other'][data-video='showing']").expect("the other's picture");
    let main = window.windows().expect("the window").remove(0);
    desktop.input(&["key", "ctrl+comma"]).expect("xdotool");
    let settings = other(&window, std::slice::from_ref(&main));
    window.find("page-network", "").expect("the list of pages").click().expect("a click");
    window.find("doctor", "").expect("the doctor's key").click().expect("a click");
    other(&window, &[main.clone(), settings]);
    window.find("verdict", "[data-verdict='good']").expect("a verdict");
    row(&window, "signalling", "signalling_answers");
    row(&window, "media", "media_udp");
    // The server's first reports of what it receives take some seconds.
    wait::until("a round trip", PATIENCE, || {
        window.find("doctor-again", "").ok()?.click().ok()?;
        window.find("verdict", "[data-verdict='good']").ok()?;
        let script = "return document.querySelector('[data-finding=round_trip_measured]') !== null ? true : null";
        (window.script(script).ok()? == true).then_some(())
    })
    .expect("a round trip");
    desktop.screenshot("1-good").expect("a screenshot");
    // It looks, and does nothing else.
    let leave = "window.__TAURI_INTERNALS__.invoke('command', { command: { kind: 'leave' } }); return true";
    window.script(leave).expect("a command");
    window.find("doctor-again", "").expect("the key").click().expect("a click");
    window.find("verdict", "[data-verdict='good']").expect("a verdict again");
    window.switch_to(&main).expect("the meeting");
    window.phase("in_meeting").expect("it goes on");
}

#[test]
fn an_error_of_the_network_leads_to_it() {
    let folder = places::run("e2e/doctor-error").expect("a folder");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours").replace(&format!(":{}", server.port()), &format!(":{closed}"));
    let devices = ["--camera", "off", "--microphone", "off"];
    let window = Window::open(&desktop, &folder, &[&[link.as_str(), "--direct"], devices.as_slice()].concat());
    let window = window.expect("the window");
    window.find("issue", "[data-code='VIS-SRV-REFUSED-11']").expect("the error");
    let main = window.windows().expect("the window").remove(0);
    window.find("doctor", "").expect("the doctor's key").click().expect("a click");
    other(&window, &[main]);
    window.find("verdict", "[data-verdict='blocked']").expect("a verdict");
    row(&window, "server", "server_refuses");
    window.find("advice-server_up", "").expect("who can act");
    desktop.screenshot("blocked").expect("a screenshot");
}
