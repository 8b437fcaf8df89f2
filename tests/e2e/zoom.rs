//! Shared content that is looked at closely: on the stage, in its own window, and one of several.

use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, Peer, browser};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::xvfb;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "zoom";
const TITLE: &str = "^Shared content, Visavis$";
/// Of the picture that is shared, and of the blue field in its middle.
const PICTURE: (u32, u32) = (1280, 720);
const FIELD: (f64, f64) = (60.0, 30.0);
const SCREEN_TILE: &str = "[data-tile^=\"screen:\"][data-video=\"showing\"]";

type Area = (i32, i32, u32, u32);

fn web(server: &LivekitServer, folder: &std::path::Path, name: &str) -> Peer {
    let mut options = browser::Options::new(server.url(), server.token(ROOM, name));
    (options.size, options.fps) = ((320, 180), 10);
    let mut web = browser::join(name, folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");
    web.share_text(PICTURE.0, PICTURE.1);
    web
}

/// How many times as large as it is the blue field is shown, along its width, and where its middle is.
fn field(desktop: &Desktop, name: &str, area: Area) -> Option<(f64, f64)> {
    let file = desktop.screenshot(name).expect("a screenshot");
    let pixels = xvfb::pixels(&file, area).expect("its pixels");
    let blue: Vec<usize> = pixels
        .chunks_exact(3)
        .enumerate()
        .filter(|(_, pixel)| pixel[2] > 150 && pixel[0] < 110 && pixel[1] < 110)
        .map(|(at, _)| at)
        .collect();
    if blue.is_empty() {
        return None;
    }
    let scale = (blue.len() as f64 / (FIELD.0 * FIELD.1)).sqrt();
    let middle = blue.iter().map(|at| (at % area.2 as usize) as f64).sum::<f64>() / blue.len() as f64;
    Some((scale, middle))
}

/// Waits until the field is shown at this scale, and gives where its middle is.
fn shown_at(desktop: &Desktop, name: &str, area: Area, scale: f64) -> f64 {
    let found = wait::until(&format!("{name}: the field {scale} times as large"), PATIENCE, || {
        let (found, middle) = field(desktop, name, area)?;
        ((found / scale - 1.0).abs() < 0.06).then_some(middle)
    });
    found.unwrap_or_else(|error| panic!("{error}; last {:?}", field(desktop, name, area)))
}

fn keys(desktop: &Desktop, words: &[&str]) {
    for word in words {
        desktop.input(&["key", word]).expect("a key");
    }
}

fn second(desktop: &Desktop) -> Option<String> {
    let found = desktop.input(&["search", "--onlyvisible", "--name", TITLE]).ok()?;
    found.lines().last().map(str::to_owned)
}

fn text(window: &Window, test_id: &str) -> String {
    window.find(test_id, "").and_then(|element| element.text()).expect("its text")
}

#[test]
fn shared_text_is_read_at_200_per_cent() {
    let folder = places::run("e2e/zoom").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let _web = web(&server, &folder, "Web");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let arguments = [&link, "--direct", "--camera", "off", "--microphone", "synthetic", "--language", "en"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    let tile = window.find("tile", SCREEN_TILE).expect("the shared screen");
    let area = wait::until("the tile in its place", PATIENCE, || tile.rectangle().ok().filter(|area| area.2 > 600))
        .expect("a large tile");
    let fit = f64::min(f64::from(area.2) / f64::from(PICTURE.0), f64::from(area.3) / f64::from(PICTURE.1));
    shown_at(&desktop, "1-whole", area, fit);

    // By keys, as soon as the screen has the focus.
    window.script("document.querySelector('[data-tile^=\"screen:\"]').focus()").expect("the focus");
    keys(&desktop, &["1"]);
    shown_at(&desktop, "2-actual", area, 1.0);
    keys(&desktop, &["plus", "plus", "plus"]);
    let middle = shown_at(&desktop, "3-twice", area, 2.0);
    assert!((middle - f64::from(area.2) / 2.0).abs() < 6.0, "it stays in the middle: {middle} of {area:?}");
    assert_eq!(text(&window, "zoom-percent"), "200%");
    // Arrows move what is seen, and not the focus.
    keys(&desktop, &["Right"]);
    let moved = wait::until("the field further left", PATIENCE, || {
        field(&desktop, "4-panned", area).map(|(_, at)| at).filter(|at| *at < middle - 20.0)
    })
    .expect("what is panned moves");
    assert!((middle - moved - f64::from(area.2) / 10.0).abs() < 6.0, "by a tenth of the tile: {middle} to {moved}");
    // The pointer drags it back.
    let (x, y) = (area.0 + area.2 as i32 / 2, area.1 + area.3 as i32 * 3 / 4);
    let at = |x: i32| ["mousemove".to_owned(), x.to_string(), y.to_string()];
    for step in
        [&at(x)[..], &["mousedown".into(), "1".into()], &at(x + 40), &at(x + 80), &["mouseup".into(), "1".into()]]
    {
        desktop.input(&step.iter().map(String::as_str).collect::<Vec<_>>()).expect("the pointer");
    }
    wait::until("the field where it was dragged to", PATIENCE, || {
        let (_, at) = field(&desktop, "5-dragged", area)?;
        ((at - moved - 80.0).abs() < 8.0).then_some(())
    })
    .expect("the picture goes with the pointer");
    keys(&desktop, &["0"]);
    shown_at(&desktop, "6-whole", area, fit);

    // In its own window, from the first key on.
    window.find("to-window", "").expect("the key").click().expect("a click");
    let id = wait::until("the second window", PATIENCE, || second(&desktop)).expect("the second window");
    desktop.input(&["windowactivate", "--sync", &id]).expect("to the front");
    desktop.input(&["mousemove", "640", "780"]).expect("the pointer");
    let all: Area = (0, 0, 1280, 800);
    shown_at(&desktop, "7-window", all, 1.0);
    keys(&desktop, &["plus", "plus", "plus"]);
    shown_at(&desktop, "8-window-twice", all, 2.0);
    // The wheel with Ctrl is a step of its own size.
    desktop.input(&["keydown", "ctrl", "click", "5", "keyup", "ctrl"]).expect("the wheel");
    wait::until("a smaller field", PATIENCE, || {
        field(&desktop, "9-wheel", all).filter(|(scale, _)| *scale < 1.95 && *scale > 1.0).map(drop)
    })
    .expect("the wheel zooms out");
    keys(&desktop, &["0"]);
    shown_at(&desktop, "10-window-whole", all, 1.0);
}

#[test]
fn of_several_shares_one_is_chosen_by_its_tab() {
    let folder = places::run("e2e/shares").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let _one = web(&server, &folder, "One");
    let mut two = web(&server, &folder, "Two");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let arguments = [&link, "--direct", "--camera", "off", "--microphone", "synthetic", "--language", "en"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    let screens = || {
        let found = window.script("return [...document.querySelectorAll('[data-tile^=\"screen:\"][data-video=\"showing\"]')].map((tile) => tile.dataset.participant)");
        found
            .ok()?
            .as_array()
            .map(|list| list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect::<Vec<_>>())
    };
    wait::until("both screens", PATIENCE, || screens().filter(|list| list.len() == 2)).expect("side by side");
    window.find("share-tabs", "").expect("tabs");
    desktop.screenshot("1-side-by-side").expect("a screenshot");
    window.script("document.querySelectorAll('[role=tab]')[2].click()").expect("a click");
    wait::until("the second screen alone", PATIENCE, || screens().filter(|list| *list == ["Two"])).expect("its tab");
    let tile = window.find("tile", SCREEN_TILE).expect("the shared screen");
    let area = tile.rectangle().expect("where it is");
    let fit = f64::min(f64::from(area.2) / f64::from(PICTURE.0), f64::from(area.3) / f64::from(PICTURE.1));
    shown_at(&desktop, "2-one-of-two", area, fit);

    // The same in the window of their own.
    window.script("document.querySelector('[data-tile^=\"screen:\"]').focus()").expect("the focus");
    window.find("to-window", "").expect("the key").click().expect("a click");
    let id = wait::until("the second window", PATIENCE, || second(&desktop)).expect("the second window");
    desktop.input(&["windowactivate", "--sync", &id]).expect("to the front");
    let (left, right): (Area, Area) = ((0, 48, 636, 752), (644, 48, 636, 752));
    shown_at(&desktop, "3-window-left", left, 636.0 / 1280.0);
    shown_at(&desktop, "3-window-right", right, 636.0 / 1280.0);
    keys(&desktop, &["Tab", "Right"]);
    shown_at(&desktop, "4-window-one", (0, 48, 1280, 752), 1.0);
    // Who shares no more has no tab.
    two.unshare();
    wait::until("no tabs", PATIENCE, || {
        let shot = desktop.screenshot("5-window-alone").ok()?;
        let row = xvfb::pixels(&shot, (0, 0, 1280, 36)).ok()?;
        row.chunks_exact(3).all(|pixel| pixel.iter().all(|part| *part < 200)).then_some(())
    })
    .expect("one screen, and nothing above it");
}
