//! A server that goes away in the middle of a meeting, as a person sees it.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, application};
use visavis_tests::places;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::wait;
use visavis_tests::webdriver::Window;

const ROOM: &str = "outage";

#[test]
fn a_banner_tells_that_we_reconnect_and_goes_when_we_have() {
    let folder = places::run("e2e/outage").expect("a folder");
    let mut server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let other = application::Options::new(server.link(ROOM, "Other"), "Other", 300);
    let _other = application::join(&folder, &other).expect("a participant");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let arguments = [&link, "--direct", "--camera", "synthetic", "--microphone", "synthetic", "--language", "en"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    let showing = "[data-participant=\"Other\"][data-video=\"showing\"]";
    window.find("tile", showing).expect("the other's picture");

    server.kill();
    let banner = window.find("banner", "[data-code=\"VIS-CALL-RESUME-43\"]").expect("a banner");
    let sentence = banner.text().expect("its text");
    assert!(sentence.len() > 10, "{sentence:?}");
    desktop.screenshot("reconnecting").expect("a screenshot");

    server.restart().expect("the server again");
    wait::until("no banner", PATIENCE, || (window.count("banner").ok()? == 0).then_some(())).expect("we are back");
    window.find("tile", showing).expect("the other's picture again");
    desktop.screenshot("back").expect("a screenshot");
    window.find("leave", "").expect("the button").click().expect("a click");
}
