//! Sharing the screen from the page: chosen, framed, paused, stopped, and read by a browser meanwhile.

use std::process::Command;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, browser};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::xvfb;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const ROOM: &str = "sharing";
/// On our own toolbar, which is on the screen too.
const TEXT: &str = "People";

/// What the left edge of the screen, where the frame of a window that fills it lies, is made of: red and grey parts of it.
fn edge(desktop: &Desktop, name: &str) -> (f64, f64) {
    let file = desktop.screenshot(name).expect("a screenshot");
    let pixels = xvfb::pixels(&file, (0, 100, 4, 600)).expect("its pixels");
    let share = |is: fn(&[u8]) -> bool| {
        pixels.chunks_exact(3).filter(|pixel| is(pixel)).count() as f64 / (pixels.len() / 3) as f64
    };
    (
        share(|pixel| pixel[0] > 190 && pixel[1] < 60 && pixel[2] < 70),
        share(|pixel| pixel.iter().all(|part| part.abs_diff(0x80) < 4)),
    )
}

#[test]
fn a_screen_is_chosen_framed_paused_and_stopped() {
    let folder = places::run("e2e/sharing").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let mut options = browser::Options::new(server.url(), server.token(ROOM, "Web"));
    (options.codec, options.sound, options.codes, options.tile) = ("off", "off".to_owned(), false, (1280, 800));
    let mut web = browser::join("Web", &folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let link = server.link(ROOM, "ours");
    let arguments = [&link, "--direct", "--camera", "off", "--microphone", "off", "--language", "en"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.find("toggle-share", "").expect("the key").click().expect("a click");
    wait::until("the screen among what can be shared", PATIENCE, || {
        let found = window.script(
            "const all = [...document.querySelectorAll('[data-testid=\"share-source\"]')];\
             const one = all.find((each) => /screen/i.test(each.textContent) && each.querySelector('img'));\
             one?.querySelector('input').click(); return Boolean(one);",
        );
        (found.ok()? == true).then_some(())
    })
    .expect("it is there, with a small picture");
    std::thread::sleep(std::time::Duration::from_secs(1));
    desktop.screenshot("1-picker").expect("a screenshot");
    window.find("start-share", "").expect("the key").click().expect("a click");
    window.find("banner", "[data-code=\"sharing\"]").expect("the bar");

    let file = folder.join("seen.png");
    wait::until("the text at the browser", PATIENCE, || {
        let found = web.look("ours", "screen_share", &file).expect("a look");
        let output = Command::new("tesseract").arg(&file).args(["-", "--psm", "6"]).output().expect("tesseract");
        (found && String::from_utf8_lossy(&output.stdout).contains(TEXT)).then_some(())
    })
    .expect("what is on the screen");
    let says = |text: &str| {
        wait::until(text, PATIENCE, || {
            let said = window.script("return document.querySelector('[data-testid=\"share-state\"]')?.textContent");
            (said.ok()?.as_str()? == text).then_some(())
        })
        .expect("it is said");
    };
    says("1 person sees it.");
    wait::until("a red frame", PATIENCE, || (edge(&desktop, "2-shared").0 > 0.95).then_some(())).expect("it is there");

    window.find("pause-share", "").expect("the key").click().expect("a click");
    says("Paused: others see the last picture.");
    wait::until("a grey frame", PATIENCE, || (edge(&desktop, "3-paused").1 > 0.95).then_some(())).expect("it is there");

    // Out of sight, the bar has the keys of the share; the last one stops it.
    let first = window.windows().expect("windows").remove(0);
    let main = desktop.input(&["search", "--onlyvisible", "--name", ", Visavis$"]).expect("the window");
    desktop.input(&["windowminimize", main.lines().next().unwrap_or_default()]).expect("minimised");
    wait::until("the bar", PATIENCE, || (window.windows().ok()?.len() == 2).then_some(())).expect("the bar");
    let bar = window.windows().expect("windows").into_iter().find(|one| *one != first).expect("the bar");
    window.switch_to(&bar).expect("the bar's page");
    window.find("bar-pause-share", "").expect("the key").click().expect("a click");
    wait::until("red again", PATIENCE, || (edge(&desktop, "4-bar").0 > 0.95).then_some(())).expect("it goes on");
    window.find("bar-stop-share", "").expect("the key").click().expect("a click");
    web.wait("track_gone", |event| event["source"] == "screen_share").expect("the browser hears of it");
    wait::until("no frame", PATIENCE, || {
        let (red, grey) = edge(&desktop, "5-stopped");
        (red + grey < 0.05).then_some(())
    })
    .expect("it is gone");
}
