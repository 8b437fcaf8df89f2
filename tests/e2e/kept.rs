//! What a person chose is there at the next start.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, Peer, browser};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "kept";

fn web(server: &LivekitServer, folder: &std::path::Path, name: &str) -> Peer {
    let mut options = browser::Options::new(server.url(), server.token(ROOM, name));
    (options.size, options.fps) = ((320, 180), 10);
    let mut web = browser::join(name, folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");
    web
}

/// Presses the item of the open menu that says so.
fn choose(window: &Window, text: &str) {
    let press = format!(
        "const item = [...document.querySelectorAll('[role^=menuitem]')].find((one) => one.textContent.includes('{text}')); item?.click(); return item !== undefined"
    );
    wait::until(text, PATIENCE, || (window.script(&press).ok()? == true).then_some(())).expect("an item of the menu");
}

#[test]
fn layout_own_picture_and_interpreter_are_found_again() {
    let folder = places::run("e2e/kept").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let _web = web(&server, &folder, "Web");
    let _signer = web(&server, &folder, "Signer");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let arguments = [&link, "--direct", "--camera", "synthetic", "--microphone", "synthetic", "--language", "en"];
    {
        let window = Window::open(&desktop, &folder, &arguments).expect("the window");
        window.find("tile", "[data-tile=\"person:Signer\"][data-video=\"showing\"]").expect("their picture");
        assert_eq!(window.script("return document.querySelectorAll('[data-signer]').length").expect("none"), 0);
        window.script("document.querySelector('[data-tile=\"person:Signer\"]').focus()").expect("the focus");
        desktop.input(&["key", "Return"]).expect("its menu");
        choose(&window, "Interpreter");
        window.find("tile", "[data-tile=\"person:Signer\"][data-signer]").expect("apart");
        window.find("more", "").expect("the key").click().expect("a click");
        choose(&window, "Hide my picture");
        window.find("layout", "").expect("the key").click().expect("a click");
        choose(&window, "One person large");
        window.find("stage", "[data-layout=\"focus\"]").expect("one person large");
        desktop.screenshot("1-chosen").expect("a screenshot");
        wait::until("the preferences", PATIENCE, || {
            let kept = std::fs::read_to_string(folder.join("preferences.json")).ok()?;
            (kept.contains("\"speaker\"") && kept.contains("\"Signer\"")).then_some(())
        })
        .expect("what was chosen is written down");
    }
    let window = Window::open(&desktop, &folder, &arguments).expect("the window again");
    window.find("tile", "[data-tile=\"person:Signer\"][data-signer]").expect("the interpreter, by name");
    window.find("stage", "[data-layout=\"focus\"]").expect("the layout");
    assert_eq!(window.script("return document.querySelectorAll('[data-tile=\"self\"]').length").expect("ours"), 0);
    desktop.screenshot("2-again").expect("a screenshot");
}
