//! The organisation's mark, name and accent, from real files in the real window.

use crate::policy::{Managed, picture};
use serde_json::json;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

/// Whether the mark is there, and its picture has come: a file that the page cannot have is as wide as nothing.
const MARK: &str =
    "const mark = document.querySelector('[data-testid=logo] img'); return mark === null ? 0 : mark.naturalWidth;";
const ACCENT: &str = "return getComputedStyle(document.documentElement).getPropertyValue('--accent').trim();";

#[test]
fn the_organisations_mark_name_and_accent_are_seen() {
    let folder = places::run("e2e/branding").expect("a folder");
    let managed = Managed::new(&folder);
    let own = std::fs::read(places::repository().join("icons/64x64.png")).expect("a picture");
    std::fs::write(managed.place().join("marque.png"), own).expect("laid");
    let brand =
        json!({ "BrandName": "Visio de l’Agglo", "BrandMark": "/etc/visavis/marque.png", "BrandAccent": "#7a2048" });
    managed.lay("50-visavis.json", brand.to_string());
    let desktop =
        Desktop::in_memory(&folder, 1280, 800).and_then(|one| Ok(one.managed(managed.place())?)).expect("a desktop");
    let arguments = ["--camera", "off", "--microphone", "off", "--language", "fr"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    let logo = window.find("logo", "").expect("the top of the start screen");
    assert_eq!(logo.text().expect("a text"), "Visio de l’Agglo");
    let width = || window.script(MARK).ok().filter(|width| *width == 64);
    wait::until("the mark's picture", PATIENCE, width).expect("a picture");
    assert_eq!(window.script(ACCENT).expect("a colour"), "#7a2048");
    picture(&desktop, &window, "mark");

    // A file that is none is told, and our own is back.
    std::fs::write(managed.place().join("marque.png"), "no picture").expect("laid");
    managed.lay("50-visavis.json", json!({ "BrandMark": "/etc/visavis/marque.png" }).to_string());
    let ours = || (logo.text().ok()? == "Visavis").then_some(());
    wait::until("our own name", PATIENCE, ours).expect("the name");
    assert_eq!(window.script(MARK).expect("a width"), 0);
    window.find("logo", " svg").expect("our own mark");
    picture(&desktop, &window, "ours");
}
