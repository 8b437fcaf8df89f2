//! The tray, the lock and the window's own closing, on a desktop with a real panel.

use std::time::Duration;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "desk";
/// The mark, as the panel puts the first of its icons.
const ICON: (&str, &str) = ("16", "16");
/// From a press to the menu that it opens.
const A_MOMENT: Duration = Duration::from_millis(800);

/// The microphone's key in the window: pressed while it is on.
fn microphone_is(window: &Window, on: bool) {
    let pressed = if on { "true" } else { "false" };
    let read = || {
        let key = window.find("toggle-microphone", "").ok()?;
        (key.attribute("aria-pressed").ok()?.as_deref() == Some(pressed)).then_some(())
    };
    wait::until(if on { "the microphone on" } else { "the microphone off" }, PATIENCE, read).expect("the microphone");
}

#[test]
fn the_tray_the_lock_and_closing() {
    let folder = places::run("e2e/desk").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop").with_tray().expect("a tray");
    let link = server.link(ROOM, "Camille");
    let arguments = [&link, "--direct", "--camera", "off", "--microphone", "synthetic", "--language", "fr"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.phase("in_meeting").expect("in the meeting");
    microphone_is(&window, true);
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("1-call").expect("a screenshot");

    // The menu's first entry turns the microphone off; the mark says so.
    let open_menu = |name: &str| {
        desktop.input(&["mousemove", ICON.0, ICON.1, "click", "3"]).expect("a press");
        std::thread::sleep(A_MOMENT);
        desktop.screenshot(name).expect("a screenshot");
    };
    open_menu("2-menu");
    desktop.input(&["key", "Down", "Return"]).expect("keys");
    microphone_is(&window, false);
    std::thread::sleep(A_MOMENT);
    open_menu("3-muted");
    desktop.input(&["key", "Down", "Return"]).expect("keys");
    microphone_is(&window, true);

    // The screen is locked: nobody is heard who has gone, and they are told when they are back.
    let saver =
        ["--object-path", "/org/freedesktop/ScreenSaver", "--signal", "org.freedesktop.ScreenSaver.ActiveChanged"];
    desktop.signal(&[&saver[..], &["true"]].concat()).expect("a signal");
    microphone_is(&window, false);
    window.find("banner", "").expect("a banner");
    desktop.screenshot("4-locked").expect("a screenshot");

    // A window that is not to be seen leaves a bar; a press on it brings the window back.
    let main = desktop.input(&["search", "--onlyvisible", "--name", ", Visavis$"]).expect("the window");
    let first = window.windows().expect("windows").remove(0);
    let main = main.lines().next().unwrap_or_default().to_owned();
    desktop.input(&["windowminimize", &main]).expect("minimised");
    wait::until("the bar", PATIENCE, || (window.windows().ok()?.len() == 2).then_some(())).expect("the bar");
    std::thread::sleep(A_MOMENT * 2);
    desktop.screenshot("5-bar").expect("a screenshot");
    // What nobody sees is not asked for: the page knows.
    assert!(window.script("return document.hidden").expect("an answer") == true, "minimised and not hidden");
    let mut others = window.windows().expect("windows").into_iter().filter(|one| *one != first);
    let bar = others.next_back().expect("the bar");
    window.switch_to(&bar).expect("the bar's page");
    window.find("bar-microphone", "").expect("a key").click().expect("a press");
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("6-bar").expect("a screenshot");
    window.find("bar-back", "").expect("a key").click().expect("a press");
    wait::until("no bar", PATIENCE, || (window.windows().ok()?.len() == 1).then_some(())).expect("no bar");
    window.switch_to(&first).expect("the window's page");
    microphone_is(&window, true);

    // Closing asks once.
    desktop.input(&["key", "alt+F4"]).expect("keys");
    wait::until("the question", PATIENCE, || window.find("closing-stay", "").ok()).expect("a question");
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("7-asked").expect("a screenshot");
    window.find("closing-stay", "").expect("a key").click().expect("a press");
    std::thread::sleep(A_MOMENT);
    window.phase("in_meeting").expect("still in the meeting");

    // A taskbar closes what is minimised, too: the question is one that somebody sees.
    desktop.input(&["windowminimize", &main]).expect("minimised");
    wait::until("the bar", PATIENCE, || (window.windows().ok()?.len() == 2).then_some(())).expect("the bar");
    desktop.ask_manager(&["-i", "-c", &main]).expect("closed by the taskbar");
    wait::until("no bar", PATIENCE, || (window.windows().ok()?.len() == 1).then_some(())).expect("it comes up");
    assert!(window.script("return document.hidden").expect("an answer") == false, "asked where nobody sees it");
    wait::until("the question", PATIENCE, || window.find("closing-stay", "").ok()).expect("a question");
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("8-asked-from-minimised").expect("a screenshot");
    window.find("closing-stay", "").expect("a key").click().expect("a press");
    std::thread::sleep(A_MOMENT);
    window.phase("in_meeting").expect("still in the meeting");

    // From another workspace it is not seen either; the bar's key brings it over.
    desktop.ask_manager(&["-s", "1"]).expect("another workspace");
    wait::until("the bar", PATIENCE, || (window.windows().ok()?.len() == 2).then_some(())).expect("the bar");
    std::thread::sleep(A_MOMENT * 2);
    desktop.screenshot("9-elsewhere").expect("a screenshot");
    let mut others = window.windows().expect("windows").into_iter().filter(|one| *one != first);
    window.switch_to(&others.next_back().expect("the bar")).expect("the bar's page");
    window.find("bar-back", "").expect("a key").click().expect("a press");
    wait::until("no bar", PATIENCE, || (window.windows().ok()?.len() == 1).then_some(())).expect("no bar");
    window.switch_to(&first).expect("the window's page");
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("10-brought-over").expect("a screenshot");

    desktop.input(&["key", "alt+F4"]).expect("keys");
    wait::until("the question", PATIENCE, || window.find("closing-close", "").ok()).expect("a question");
    // The window may be gone before it can say that it was pressed.
    let _ = window.find("closing-close", "").expect("a key").click();
    let kept = folder.join("window.json");
    wait::until("the window's place", PATIENCE, || kept.is_file().then_some(())).expect("kept");
}
