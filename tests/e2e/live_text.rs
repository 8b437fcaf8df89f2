//! Live text between two real windows over the real SFU, with a web client beside them that knows nothing of it.

use std::time::Duration;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, browser};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "live";
/// From the first letter to the other window's page, in milliseconds, on a machine that may be busy: 0.2 s are the page's own.
const SOON: i64 = 3000;
/// When the last letter was typed, and when it was there: both by this machine's clock.
const TYPED: &str = "document.addEventListener('input', () => { window.typedAt = Date.now(); }, true);";
const READ: &str = "new MutationObserver(() => {
    if (window.readAt === undefined && document.body.textContent.includes('Bonjour')) window.readAt = Date.now();
}).observe(document.body, { subtree: true, childList: true, characterData: true });";

fn reads(window: &Window, text: &str, done: bool) -> Result<(), visavis_tests::wait::TimedOut> {
    wait::until(&format!("{text:?}"), PATIENCE, || {
        let line = window.find("live-line", "").ok()?;
        let is_done = line.attribute("data-done").ok()?.is_some();
        (line.text().ok()?.contains(text) && is_done == done).then_some(())
    })
}

#[test]
fn letters_reach_the_other_window_and_sentences_the_web_clients_chat() {
    let folder = places::run("e2e/live-text").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let mut web = browser::join("web", &folder, &browser::Options::new(server.url(), server.token(ROOM, "web")))
        .expect("a browser");
    web.joined().expect("the browser in the room");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let open = |name: &str| {
        let own = folder.join(name);
        std::fs::create_dir_all(&own).expect("a folder");
        let link = server.link(ROOM, name);
        let arguments =
            [&link, "--direct", "--camera", "off", "--microphone", "synthetic", "--language", "en", "--name", name];
        let window = Window::open(&desktop, &own, &arguments).expect("a window");
        window.phase("in_meeting").expect("in the meeting");
        window
    };
    let (camille, zoe) = (open("Camille"), open("Zoe"));
    for window in [&camille, &zoe] {
        window.find("more", "").expect("a key").click().expect("a press");
        window.find("more-live", "").expect("an entry").click().expect("a press");
    }
    let readers = || {
        let text = camille.find("live-readers", "").ok()?.text().ok()?;
        (text == "Seen by 1 person. 1 person gets each sentence in the chat.").then_some(())
    };
    wait::until("who reads it", PATIENCE, readers).expect("one reads it, one does not");

    let field = camille.find("live-field", "").expect("the field");
    camille.script(TYPED).expect("a page");
    zoe.script(READ).expect("a page");
    field.write("Bonjour").expect("typed");
    reads(&zoe, "Bonjour", false).expect("letter by letter");
    let at = |window: &Window, name: &str| window.script(&format!("return window.{name};")).expect("a page").as_i64();
    let took = at(&zoe, "readAt").expect("a time") - at(&camille, "typedAt").expect("a time");
    eprintln!("from the last letter to the other window: {took} ms");
    assert!(took < SOON, "{took} ms");
    field.write("\u{e007}").expect("Enter");
    let sentence = reads(&zoe, "Bonjour", true);
    desktop.screenshot("sentence").expect("a screenshot");
    sentence.expect("the sentence");
    desktop.screenshot("read").expect("a screenshot");
    web.wait("chat", |event| event["text"] == "Bonjour").expect("the sentence in the web client's chat");
    // Whoever read it while it was typed does not find it in the chat again.
    std::thread::sleep(Duration::from_secs(1));
    zoe.find("toggle-chat", "").expect("the key").click().expect("a press");
    zoe.find("chat-field", "").expect("the chat");
    assert_eq!(zoe.count("message").expect("a page"), 0);
}
