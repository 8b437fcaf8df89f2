//! What was said is saved where the person says, by the system's own dialog.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

#[test]
fn a_text_is_saved_where_the_person_says_and_nowhere_else() {
    let folder = places::run("e2e/save").expect("a folder");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let window = Window::open(&desktop, &folder, &["--camera", "off", "--microphone", "off", "--language", "en"])
        .expect("the window");
    window.find("link-field", "").expect("the start screen");
    let ask = "window.saved = 'asked';
        window.__TAURI_INTERNALS__.invoke('save_text', { name: '../../said', text: 'Zoé : bonjour\\n' })
          .then((done) => { window.saved = String(done); }, (error) => { window.saved = `no: ${error}`; });
        return true";
    let dialog = || {
        let before = desktop.input(&["getactivewindow"]).expect("the application's window");
        window.script(ask).expect("the question");
        let active = || desktop.input(&["getactivewindow"]).ok().filter(|active| *active != before);
        wait::until("the system's dialog, with the keyboard", PATIENCE, active).expect("a dialog");
    };
    let outcome = |wanted: &str| {
        let said = || (window.script("return window.saved").ok()?.as_str()? == wanted).then_some(());
        wait::until(wanted, PATIENCE, said).expect("an outcome");
    };
    dialog();
    desktop.screenshot("dialog").expect("a screenshot");
    let path = folder.join("kept.txt");
    desktop.input(&["key", "ctrl+a"]).expect("xdotool");
    desktop.input(&["type", "--delay", "20", &path.to_string_lossy()]).expect("xdotool");
    desktop.input(&["key", "Return"]).expect("xdotool");
    outcome("true");
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), "Zoé : bonjour\n");
    dialog();
    desktop.input(&["key", "Escape"]).expect("xdotool");
    outcome("false");
}
