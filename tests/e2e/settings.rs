//! The window of settings: beside a meeting that goes on, at once, kept for the next start, and under the organisation's word.

use serde_json::json;
use std::path::Path;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, application};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "settings";

/// Waits until the script says true.
fn until(window: &Window, what: &str, script: &str) {
    let is_so = || (window.script(script).ok()? == true).then_some(());
    wait::until(what, PATIENCE, is_so).expect(what);
}

/// Opens the settings by the keyboard, and goes to their window. Gives the first window's handle and theirs.
fn open(desktop: &Desktop, window: &Window) -> (String, String) {
    let main = window.windows().expect("the window").remove(0);
    desktop.input(&["key", "ctrl+comma"]).expect("xdotool");
    let other = || window.windows().ok()?.into_iter().find(|one| *one != main);
    let settings = wait::until("the window of settings", PATIENCE, other).expect("a second window");
    window.switch_to(&settings).expect("the window of settings");
    window.find("settings-page", "").expect("a page");
    (main, settings)
}

/// Chooses in the list of a row of this page.
fn choose(window: &Window, page: &str, row: &str, option: &str) {
    window.find(&format!("page-{page}"), "").expect("the list of pages").click().expect("a click");
    window.find("settings-page", &format!("[data-page='{page}']")).expect("the page");
    window.find(&format!("set-{row}"), " button").expect("a list").click().expect("a click");
    until(
        window,
        "the choice",
        &format!(
            "const one = document.querySelector('[role=option][data-option=\"{option}\"]'); one?.click(); return one !== null"
        ),
    );
}

fn kept(folder: &Path, words: &[&str]) {
    wait::until("what was set is written down", PATIENCE, || {
        let text = std::fs::read_to_string(folder.join("preferences.json")).ok()?;
        words.iter().all(|word| text.contains(word)).then_some(())
    })
    .expect("the preferences");
}

#[test]
fn what_is_set_during_a_meeting_holds_at_once_and_is_found_again() {
    let folder = places::run("e2e/settings").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let other = application::Options::new(server.link(ROOM, "Other"), "Other", 300);
    let _other = application::join(&folder, &other).expect("a participant");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let devices = ["--camera", "synthetic", "--microphone", "synthetic"];
    let meeting = [&[link.as_str(), "--direct"], devices.as_slice()].concat();
    {
        let window = Window::open(&desktop, &folder, &meeting).expect("the window");
        window.find("tile", "[data-participant='Other'][data-video='showing']").expect("the other's picture");
        let (main, settings) = open(&desktop, &window);
        desktop.screenshot("1-opened").expect("a screenshot");
        choose(&window, "appearance", "language", "de");
        until(&window, "the page in German", "return document.documentElement.lang === 'de'");
        choose(&window, "accessibility", "text", "150");
        until(&window, "larger texts", "return document.documentElement.style.fontSize === '150%'");
        choose(&window, "appearance", "theme", "dark");
        until(&window, "dark", "return document.documentElement.dataset.theme === 'dark'");
        desktop.screenshot("2-set").expect("a screenshot");

        window.switch_to(&main).expect("the meeting");
        window.phase("in_meeting").expect("it goes on");
        until(
            &window,
            "the meeting in German with larger texts",
            "const root = document.documentElement; return root.lang === 'de' && root.style.fontSize === '150%'",
        );
        window.find("tile", "[data-participant='Other'][data-video='showing']").expect("the other's picture");
        kept(&folder, &["\"de\"", "150", "\"dark\""]);
        // What is asked of the engine there is what its fields are for.
        window.switch_to(&settings).expect("the window of settings");
        let leave = "window.__TAURI_INTERNALS__.invoke('command', { command: { kind: 'leave' } }); return true";
        window.script(leave).expect("a command");
        desktop.input(&["key", "alt+F4"]).expect("xdotool");
        let alone = || (window.windows().ok()?.len() == 1).then_some(());
        wait::until("the settings are closed", PATIENCE, alone).expect("one window");
        window.switch_to(&main).expect("the meeting");
        window.phase("in_meeting").expect("nobody has left");
        desktop.screenshot("3-meeting").expect("a screenshot");
        // Opened again, it is a new one.
        open(&desktop, &window);
        window.find("settings-page", "").expect("a page");
    }
    let window = Window::open(&desktop, &folder, &devices).expect("the window again");
    window.find("link-field", "").expect("the start screen");
    until(
        &window,
        "language, size and theme as they were",
        "const { lang, style, dataset } = document.documentElement; return lang === 'de' && style.fontSize === '150%' && dataset.theme === 'dark'",
    );
    desktop.screenshot("4-again").expect("a screenshot");
    // At the smallest window, with the largest texts.
    choose_text_in_small_window(&desktop, &window);
}

fn choose_text_in_small_window(desktop: &Desktop, window: &Window) {
    open(desktop, window);
    choose(window, "accessibility", "text", "200");
    until(window, "the largest texts", "return document.documentElement.style.fontSize === '200%'");
    until(window, "nothing is wider than the window", "return document.documentElement.scrollWidth <= innerWidth");
    desktop.screenshot("5-largest").expect("a screenshot");
}

#[test]
fn what_the_organisation_sets_is_locked_with_its_rule() {
    let folder = places::run("e2e/settings-managed").expect("a folder");
    let policies = folder.join("etc/policies/managed");
    std::fs::create_dir_all(&policies).expect("a folder");
    let lay = |policy: serde_json::Value| {
        let beside = folder.join("etc/beside");
        std::fs::write(&beside, policy.to_string()).expect("written");
        std::fs::rename(beside, policies.join("50-visavis.json")).expect("laid");
    };
    let organisation = "Exemple Agglomération, DSI";
    lay(json!({ "OrganisationName": organisation, "Language": "fr", "DefaultMicMuted": true }));
    let desktop = Desktop::in_memory(&folder, 1280, 800)
        .and_then(|one| Ok(one.managed(&folder.join("etc"))?))
        .expect("a desktop");
    let arguments = ["--camera", "off", "--microphone", "off"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.find("link-field", "").expect("the start screen");
    open(&desktop, &window);
    window.find("row-microphoneFirst", "[data-origin='set']").expect("a locked field");
    let field = window.find("locked", "").expect("its value");
    assert!(field.attribute("readonly").expect("an attribute").is_some());
    until(&window, "its value", "return document.querySelector('[data-testid=locked]').value === 'Oui'");
    assert_eq!(window.count("set-microphoneFirst").expect("a count"), 0, "nothing to switch");
    desktop.screenshot("1-locked").expect("a screenshot");
    window.find("row-microphoneFirst", " [data-testid='see-rule']").expect("a key").click().expect("a click");
    let rules = window.find("rules", "").expect("the rules").text().expect("their text");
    assert!(rules.contains("DefaultMicMuted · /etc/visavis/policies/managed/50-visavis.json"), "{rules}");
    desktop.screenshot("2-rule").expect("a screenshot");
    desktop.input(&["key", "Escape"]).expect("xdotool");
    until(&window, "no rules", "return document.querySelector('[data-testid=rules]') === null");

    // A rule that goes gives the field back, and another language comes, at once.
    lay(json!({ "OrganisationName": organisation, "Language": "nl" }));
    window.find("set-microphoneFirst", "").expect("a switch");
    until(&window, "the page in Dutch", "return document.documentElement.lang === 'nl'");
    window.find("page-appearance", "").expect("a page").click().expect("a click");
    window.find("row-language", "[data-origin='set']").expect("the language is locked");
    desktop.screenshot("3-given-back").expect("a screenshot");
}
