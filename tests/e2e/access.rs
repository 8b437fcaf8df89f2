//! Accessibility of the real page in the real web view, contrast included, by axe-core.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{application, browser};
use visavis_tests::places;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;

const ROOM: &str = "access";

/// Everything that axe-core finds wrong on the page as it is now.
///
/// One experimental rule is off: it takes a count in a badge for a part of the word beside it ("People2"), which the
/// label says in words ("People, 2 people").
fn violations(window: &Window) -> Vec<String> {
    let axe = std::fs::read_to_string(browser::packages().join("node_modules/axe-core/axe.min.js")).expect("axe-core");
    window.script(&format!("{axe}; return typeof window.axe")).expect("axe-core in the page");
    let found = window
        .script_async(
            "const done = arguments[arguments.length - 1];
             axe.run({ resultTypes: ['violations'], rules: { 'label-content-name-mismatch': { enabled: false } } }).then(
               ({ violations }) => done(violations.map(({ id, impact, nodes }) =>
                 `${impact} ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)),
               (error) => done([String(error)]));",
        )
        .expect("axe-core's answer");
    found.as_array().expect("a list").iter().map(|text| text.as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn every_screen_is_accessible() {
    let folder = places::run("e2e/access").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let other = application::Options::new(server.link(ROOM, "Other"), "Other", 300);
    let _other = application::join(&folder, &other).expect("a participant");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let arguments = ["--camera", "synthetic", "--microphone", "synthetic", "--language", "en"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");

    let field = window.find("link-field", "").expect("the start screen");
    assert_eq!(violations(&window), Vec::<String>::new(), "the start screen");
    field.write(&server.link(ROOM, "ours")).expect("a link");
    window.find("open", "").expect("the button").click().expect("a click");
    let join = window.find("join", "").expect("the last look before the meeting");
    assert_eq!(violations(&window), Vec::<String>::new(), "before the meeting");
    join.click().expect("a click");
    window.find("tile", "[data-participant=\"Other\"][data-video=\"showing\"]").expect("the other's picture");
    assert_eq!(violations(&window), Vec::<String>::new(), "the meeting");
    window.find("leave", "").expect("the button").click().expect("a click");
}
