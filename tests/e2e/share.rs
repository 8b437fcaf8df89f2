//! What others share, in a window of its own: on the screen, not only on the page.

use crate::meeting::{MOVING_SHARE, moves};
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, browser};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::xvfb;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "share";
const TITLE: &str = "^Shared content, Visavis$";
const SCREEN_TILE: &str = "[data-tile^=\"screen:\"][data-video=\"showing\"]";
/// A screen of 1280 × 720 in a window of 1280 × 800: all of it, in the middle.
const PICTURE: (i32, i32, u32, u32) = (0, 44, 1280, 640);
const ABOVE: (i32, i32, u32, u32) = (0, 0, 1280, 36);

/// How much of an area is white, and how much is red.
fn colours(desktop: &Desktop, name: &str, area: (i32, i32, u32, u32)) -> (f64, f64) {
    let file = desktop.screenshot(name).expect("a screenshot");
    let pixels = xvfb::pixels(&file, area).expect("its pixels");
    let share = |is: fn(&[u8]) -> bool| {
        pixels.chunks_exact(3).filter(|pixel| is(pixel)).count() as f64 / (pixels.len() / 3) as f64
    };
    (
        share(|pixel| pixel.iter().all(|part| *part > 230)),
        share(|pixel| pixel[0] > 180 && pixel[1] < 80 && pixel[2] < 80),
    )
}

/// A white page with a red bar, and next to nothing else.
fn is_screen(desktop: &Desktop, name: &str, area: (i32, i32, u32, u32)) -> bool {
    let (white, red) = colours(desktop, name, area);
    white > 0.85 && red > 0.01
}

/// The second window of the desktop.
fn second(desktop: &Desktop) -> Option<String> {
    let found = desktop.input(&["search", "--onlyvisible", "--name", TITLE]).ok()?;
    found.lines().last().map(str::to_owned)
}

fn opens(desktop: &Desktop, window: &Window) -> String {
    window.find("tile", SCREEN_TILE).expect("the shared screen");
    // As the keyboard comes to it.
    window.script("document.querySelector('[data-tile^=\"screen:\"]').focus()").expect("the focus");
    window.find("to-window", "").expect("the key").click().expect("a click");
    window.find("banner", "[data-code=\"share-window\"]").expect("where it is");
    wait::until("the second window", PATIENCE, || second(desktop)).expect("the second window")
}

fn is_back(desktop: &Desktop, window: &Window) {
    wait::until("no second window", PATIENCE, || second(desktop).is_none().then_some(())).expect("it is closed");
    wait::until("no banner", PATIENCE, || (window.count("banner").ok()? == 0).then_some(())).expect("nothing to say");
}

#[test]
fn a_shared_screen_has_a_window_of_its_own() {
    let folder = places::run("e2e/share").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let mut options = browser::Options::new(server.url(), server.token(ROOM, "Web"));
    (options.size, options.fps) = ((640, 360), 15);
    let mut web = browser::join("Web", &folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");
    web.share(1280, 720);

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let arguments = [&link, "--direct", "--camera", "synthetic", "--microphone", "synthetic", "--language", "en"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.find("tile", SCREEN_TILE).expect("the shared screen");
    desktop.screenshot("1-together").expect("a screenshot");

    let id = opens(&desktop, &window);
    desktop.input(&["windowactivate", "--sync", &id]).expect("to the front");
    wait::until("the shared screen in its window", PATIENCE, || {
        (is_screen(&desktop, "2-apart", PICTURE) && colours(&desktop, "2-apart", ABOVE) == (0.0, 0.0)).then_some(())
    })
    .expect("all of it, and nothing around it");
    wait::until("a moving picture", PATIENCE, || (moves(&desktop, PICTURE) > MOVING_SHARE).then_some(()))
        .expect("it moves");
    assert_eq!(window.count("tile").expect("tiles"), 2, "the browser's person and ourselves stay");
    let person = window.find("tile", "[data-tile^=\"person:\"][data-video=\"showing\"]").expect("the browser's person");
    let area = person.rectangle().expect("where it is");
    window.find("banner", "").expect("where it is");

    // The main window shows people, and where the screen is.
    desktop.input(&["windowminimize", "--sync", &id]).expect("out of the way");
    wait::until("the person's moving picture", PATIENCE, || (moves(&desktop, area) > MOVING_SHARE).then_some(()))
        .expect("the person moves");
    assert!(!is_screen(&desktop, "3-people", area), "the shared screen is not there");

    // Nobody shares any more: the window goes by itself.
    web.unshare();
    is_back(&desktop, &window);

    // Closed by the person: the screen comes back to the main window.
    web.share(1280, 720);
    let id = opens(&desktop, &window);
    wait::until("the shared screen in its window", PATIENCE, || is_screen(&desktop, "4-again", PICTURE).then_some(()))
        .expect("it is shown again");
    desktop.input(&["windowactivate", "--sync", &id, "key", "alt+F4"]).expect("closed");
    is_back(&desktop, &window);
    let tile = window.find("tile", SCREEN_TILE).expect("the shared screen in the meeting");
    let area = tile.rectangle().expect("where it is");
    wait::until("the shared screen in the meeting", PATIENCE, || {
        (is_screen(&desktop, "5-back", area) && moves(&desktop, area) > MOVING_SHARE).then_some(())
    })
    .expect("it moves there");

    // The end of the meeting closes it too.
    opens(&desktop, &window);
    window.find("leave", "").expect("the button").click().expect("a click");
    wait::until("no second window", PATIENCE, || second(&desktop).is_none().then_some(())).expect("it is closed");
}
