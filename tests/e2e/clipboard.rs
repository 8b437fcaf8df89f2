//! The key that pastes: the real clipboard of a real X server, read when the key is pressed.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const LINK: &str = "https://visio.agglo.example/abc-defg-hij";

#[test]
fn what_was_copied_comes_with_the_key_and_not_before() {
    let folder = places::run("e2e/clipboard").expect("a folder");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let window = Window::open(&desktop, &folder, &[]).expect("the window");
    window.find("link-field", "").expect("the start screen").click().expect("a click");
    let holds = |wanted: &str| {
        let script = "return document.querySelector('[data-testid=link-field]').value";
        let is_so = || (window.script(script).ok()? == wanted).then_some(());
        wait::until(&format!("the field holds {wanted:?}"), PATIENCE, is_so).expect("the text");
    };
    desktop.input(&["type", LINK]).expect("typed");
    holds(LINK);
    desktop.input(&["key", "ctrl+a"]).expect("a key");
    desktop.input(&["key", "ctrl+x"]).expect("a key");
    holds("");
    window.find("paste", "").expect("the key").click().expect("a click");
    holds(LINK);
    desktop.screenshot("pasted").expect("a screenshot");
}
