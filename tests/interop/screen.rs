//! A window of ours that others read: a real terminal on a real X server, shared by the application, seen in a browser.

use crate::ground::{self, Ground, US};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use visavis_model::{IssueCode, TrackSource};
use visavis_tests::letters::{self, PAGE, words_of};
use visavis_tests::peers::{PATIENCE, Peer, application};
use visavis_tests::process::Process;
use visavis_tests::servers::xvfb::Xvfb;
use visavis_tests::{usage, wait};

/// Longer than any test takes: each call is ended when all was seen.
const SECONDS: u32 = 240;
/// From the person's word to the text in the browser's picture (the issue's bound).
const READABLE_WITHIN: Duration = Duration::from_secs(1);

/// A screen with a window manager, and a terminal on it.
struct Terminal {
    folder: PathBuf,
    terminal: Option<Process>,
    manager: Process,
    screen: Xvfb,
}

impl Terminal {
    fn open(folder: &Path) -> Self {
        let screen = Xvfb::start(folder, 1280, 800).expect("Xvfb");
        let mut command = Command::new("openbox");
        command.args(["--sm-disable", "--config-file", "/dev/null"]).env("DISPLAY", screen.display());
        let manager = Process::start("openbox", &mut command, &folder.join("openbox.log")).expect("openbox");
        std::fs::write(folder.join("page.txt"), PAGE).expect("a file");
        let more = folder.join("more");
        let _ = std::fs::remove_file(&more);
        assert!(Command::new("mkfifo").arg(&more).status().expect("mkfifo").success());
        let mut command = Command::new("xterm");
        command
            .args(["-T", "Terminal", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "80x24+200+100", "-e"])
            .args(["sh", "-c", "stty -echo; printf '\\033[?25l'; cat page.txt; while true; do cat more; done"])
            .current_dir(folder)
            .env("DISPLAY", screen.display());
        let terminal = Process::start("xterm", &mut command, &folder.join("xterm.log")).expect("xterm");
        let bench = Self { folder: folder.to_owned(), terminal: Some(terminal), manager, screen };
        wait::until("the terminal", PATIENCE, || bench.input(&["search", "--onlyvisible", "--name", "^Terminal$"]))
            .expect("the terminal");
        // Its text, which is drawn a moment after the window.
        wait::until("its text", PATIENCE, || {
            let file = bench.folder.join("screen.png");
            bench.screen.screenshot(&file).ok()?;
            (read(&file) > 0.8).then_some(())
        })
        .expect("its text");
        bench
    }

    /// A word of xdotool; `None` where it fails.
    fn input(&self, words: &[&str]) -> Option<String> {
        let output =
            Command::new("xdotool").args(words).env("DISPLAY", self.screen.display()).output().expect("xdotool");
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(text)
    }

    fn window(&self) -> String {
        let found = self.input(&["search", "--onlyvisible", "--name", "^Terminal$"]).expect("the terminal");
        found.lines().last().expect("a window").to_owned()
    }

    /// Writes a line to the terminal.
    fn write(&self, line: &str) {
        std::fs::write(self.folder.join("more"), format!("{line}\n")).expect("written");
    }
}

fn read(file: &Path) -> f64 {
    words_of(file, PAGE)
}

/// Of a picture, in pixels: the first number in a PNG's header.
fn width(file: &Path) -> u32 {
    let bytes = std::fs::read(file).expect("a picture");
    u32::from_be_bytes(bytes[16..20].try_into().expect("four octets"))
}

struct Call {
    ground: Ground,
    desktop: Terminal,
    web: Peer,
    ours: application::Call,
}

/// A browser and we in a room, we beside a terminal; nothing is shared yet.
fn call(test: &str, change: impl FnOnce(&mut application::Options)) -> Call {
    let ground = Ground::new(test);
    let desktop = Terminal::open(&ground.folder);
    let mut options = ground.browser_options("web");
    (options.codec, options.sound, options.codes, options.tile) = ("off", "off".to_owned(), false, (1280, 800));
    let web = ground.browser("web", &options);
    let mut options = ground.our_options(SECONDS);
    (options.camera, options.microphone, options.events) = ("off".to_owned(), "off".to_owned(), true);
    options.environment = vec![("DISPLAY", desktop.screen.display().to_owned()), ("WAYLAND_DISPLAY", String::new())];
    change(&mut options);
    let mut ours = application::join(&ground.folder, &options).expect("the application");
    ours.wait("phase", |phase| phase["kind"] == "in_meeting").expect("we are in");
    Call { ground, desktop, web, ours }
}

fn share(choice: &Value) -> Value {
    json!({ "kind": "start_share", "choice": choice })
}

impl Call {
    fn share_window(&mut self) {
        self.ours.command(&share(&json!({ "kind": "window_titled", "value": "Terminal" })));
    }

    /// Looks until so much of a text is read in the browser's picture.
    fn reads(&mut self, name: &str, text: &str) {
        let file = self.ground.folder.join(format!("{name}.png"));
        let web = &mut self.web;
        wait::until(name, PATIENCE, || {
            let found = web.look(US, "screen_share", &file).expect("a look");
            (found && words_of(&file, text) > 0.9).then_some(())
        })
        .expect("it is read");
    }
}

/// Looks ten times a second from now on; gives how long it took until the page could be read. What is seen never becomes smaller: a server
/// that falls back to the small layer shows text that nobody can read.
fn readable_after(web: &mut Peer, folder: &Path) -> Duration {
    let start = Instant::now();
    let mut looks = Vec::new();
    while start.elapsed() < Duration::from_secs(3) {
        let file = folder.join(format!("look-{:02}.png", looks.len()));
        if web.look(US, "screen_share", &file).expect("a look") {
            looks.push((start.elapsed(), file));
        }
        std::thread::sleep(Duration::from_millis(60));
    }
    let widths: Vec<u32> = looks.iter().map(|(_, file)| width(file)).collect();
    assert!(widths.is_sorted(), "it became smaller: {widths:?}");
    // Reading takes longer than looking: afterwards.
    let first = looks.iter().find(|(_, file)| read(file) > 0.9);
    first.map(|(at, _)| *at).unwrap_or_else(|| panic!("never readable in {} looks", looks.len()))
}

#[test]
fn text_is_read_within_a_second_by_who_is_there_and_who_comes_late() {
    let mut call = call("screen-text", |_| {});
    call.share_window();
    let took = readable_after(&mut call.web, &call.ground.folder);
    assert!(took <= READABLE_WITHIN, "readable after {took:?}");
    let seen = call.ours.wait("own_share", |share| share["seen_by"] == 1).expect("it is seen");
    assert_eq!((seen["kind"].as_str(), seen["published"].as_bool()), (Some("window"), Some(true)), "{seen}");

    // Nothing moves, and somebody comes: their first picture is as readable as the others'.
    std::thread::sleep(Duration::from_secs(3));
    let mut options = call.ground.browser_options("late");
    (options.codec, options.sound, options.codes, options.tile) = ("off", "off".to_owned(), false, (1280, 800));
    let mut late = call.ground.browser("late", &options);
    late.wait("track", |event| event["source"] == "screen_share").expect("the shared window");
    let folder = call.ground.folder.join("late");
    std::fs::create_dir_all(&folder).expect("a folder");
    let took = readable_after(&mut late, &folder);
    assert!(took <= READABLE_WITHIN, "readable for who comes late after {took:?}");
    call.ours.wait("own_share", |share| share["seen_by"] == 2).expect("two see it");

    call.desktop.write("Somebody writes another sentence about winter.");
    call.reads("written", "Somebody writes another sentence about winter.");
    let ended = call.ours.leave().expect("we leave");
    let ours = ground::left(&ended);
    let sent = ours.own.iter().find(|own| own.source == TrackSource::ScreenShare).expect("what we sent");
    assert!(sent.layers.iter().any(|layer| layer.frames > 5), "{sent:?}");
}

#[test]
fn a_window_is_followed_until_it_is_closed() {
    let mut call = call("screen-window", |_| {});
    call.share_window();
    call.reads("first", PAGE);
    let id = call.desktop.window();

    // Larger: others see all of it.
    call.desktop.input(&["windowsize", "--sync", &id, "1000", "600"]).expect("resized");
    call.ours.wait("own_share", |share| share["size"]["width"].as_u64() > Some(900)).expect("the new size");
    call.reads("larger", PAGE);

    // Minimised: the last picture stays, and we are told.
    call.desktop.input(&["windowminimize", "--sync", &id]).expect("minimised");
    call.ours.wait("own_share", |share| share["hidden"] == true).expect("we are told");
    call.desktop.write("This line appears behind the curtain.");
    call.reads("minimised", PAGE);
    let before = call.ours.seen().len();
    call.desktop.input(&["windowmap", "--sync", &id]).expect("back");
    call.ours.wait_after(before, "own_share", |share| share["hidden"] == false).expect("we are told");
    call.reads("back", "This line appears behind the curtain.");

    // Paused: what is written is seen when it goes on.
    call.ours.command(&json!({ "kind": "pause_share", "paused": true }));
    call.ours.wait("own_share", |share| share["paused"] == true).expect("paused");
    call.desktop.write("Nobody should read these private numbers.");
    std::thread::sleep(Duration::from_secs(2));
    let file = call.ground.folder.join("paused.png");
    assert!(call.web.look(US, "screen_share", &file).expect("a look"));
    assert!(words_of(&file, "private numbers") < 0.6, "what is written in a pause is not seen");
    assert!(read(&file) > 0.9, "the last picture stays");
    call.ours.command(&json!({ "kind": "pause_share", "paused": false }));
    call.reads("goes-on", "Nobody should read these private numbers.");

    // Covered by another window: others see no difference.
    let mut command = Command::new("xterm");
    command.args(["-T", "Cover", "-geometry", "120x45+150+50"]).env("DISPLAY", call.desktop.screen.display());
    let _cover = Process::start("cover", &mut command, &call.ground.folder.join("cover.log")).expect("xterm");
    wait::until("the cover", PATIENCE, || call.desktop.input(&["search", "--onlyvisible", "--name", "^Cover$"]))
        .expect("it covers");
    call.desktop.write("Written below another window entirely.");
    call.reads("covered", "Written below another window entirely.");
    call.desktop.screen.screenshot(&call.ground.folder.join("covered-screen.png")).expect("a screenshot");

    call.desktop.terminal = None;
    call.ours.wait("own_share", Value::is_null).expect("it is over");
    call.ours.wait("issue", |issue| issue["code"] == IssueCode::ShareClosed.text()).expect("it is told");
    call.web.wait("track_gone", |event| event["source"] == "screen_share").expect("the browser hears of it");
    ground::left(&call.ours.leave().expect("we leave"));
}

#[test]
fn a_screen_that_stays_costs_next_to_nothing() {
    let mut call = call("screen-still", |_| {});
    let measure = |call: &Call| {
        let start = usage::start(call.ours.id());
        std::thread::sleep(Duration::from_secs(10));
        usage::since(&start, call.ours.id()).cpu_seconds / 10.0
    };
    let before = measure(&call);
    call.ours.command(&share(&json!({ "kind": "main_screen" })));
    call.reads("screen", PAGE);
    std::thread::sleep(Duration::from_secs(3));
    let while_shared = measure(&call);
    println!("a still screen: {:.2} % of a core, {:.2} % without it", while_shared * 100.0, before * 100.0);
    assert!(while_shared - before < 0.02, "{while_shared} of a core, {before} without it");
    let more = call.desktop.folder.join("more");
    let lines = std::thread::spawn(move || letters::scroll(&more, 12));
    std::thread::sleep(Duration::from_secs(1));
    println!("twenty lines a second: {:.2} % of a core", measure(&call) * 100.0);
    lines.join().expect("lines").expect("written");
    ground::left(&call.ours.leave().expect("we leave"));
}

#[test]
fn sharing_goes_on_after_the_connection_was_lost() {
    let mut call = call("screen-again", |options| {
        options.arguments = vec!["--share".to_owned(), "window:Terminal".to_owned()];
    });
    call.reads("first", PAGE);
    let before = call.web.seen().len();
    call.ground.server.restart().expect("the server again");
    call.web.wait_after(before, "reconnected", |_| true).expect("the browser is back");
    call.web.wait_after(before, "picture", |event| event["source"] == "screen_share").expect("it is there again");
    call.reads("again", PAGE);
    ground::left(&call.ours.leave().expect("we leave"));
}

#[test]
fn whoever_may_not_share_any_more_is_told() {
    let mut call = call("screen-forbidden", |_| {});
    call.share_window();
    call.reads("first", PAGE);
    // By a server that says no word of its own about it: Visio's does.
    let permission = json!({
        "canSubscribe": true,
        "canPublish": true,
        "canPublishData": true,
        "canPublishSources": ["MICROPHONE", "CAMERA"],
    });
    let change = json!({ "room": ground::ROOM, "identity": US, "permission": permission });
    call.ground.server.ask("UpdateParticipant", ground::ROOM, &change).expect("the right is taken");
    let refused = call.ours.wait("issue", |issue| issue["code"] == IssueCode::PublishRefused.text()).expect("told");
    assert_eq!(refused["params"]["source"], "screen_share");
    call.ours.wait("own_share", Value::is_null).expect("it is over");
    call.web.wait("track_gone", |event| event["source"] == "screen_share").expect("the browser hears of it");
    ground::left(&call.ours.leave().expect("we leave"));
}

#[test]
fn a_window_that_opens_after_its_manager_died_is_shared() {
    let mut call = call("screen-unmanaged", |_| {});
    // It leaves its list of windows behind.
    call.desktop.manager.kill();
    let mut command = Command::new("xterm");
    command
        .args(["-T", "Fresh", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "80x24+100+50", "-e"])
        .args(["sh", "-c", "printf '\\033[?25l'; cat page.txt; sleep 600"])
        .current_dir(&call.ground.folder)
        .env("DISPLAY", call.desktop.screen.display());
    let _fresh = Process::start("fresh", &mut command, &call.ground.folder.join("fresh.log")).expect("xterm");
    wait::until("the window", PATIENCE, || call.desktop.input(&["search", "--onlyvisible", "--name", "^Fresh$"]))
        .expect("the window");
    call.ours.command(&share(&json!({ "kind": "window_titled", "value": "Fresh" })));
    call.reads("fresh", PAGE);
    ground::left(&call.ours.leave().expect("we leave"));
}

#[test]
fn what_never_was_and_what_ends_with_its_screen_are_told_apart() {
    let mut call = call("screen-ends", |_| {});
    let is_closed = |issue: &Value| issue["code"] == IssueCode::ShareClosed.text();
    call.ours.command(&share(&json!({ "kind": "window_titled", "value": "Nowhere" })));
    let told = call.ours.wait("issue", is_closed).expect("it is told");
    assert_eq!(told["params"]["cause"], "not_found");

    call.ours.command(&share(&json!({ "kind": "main_screen" })));
    call.reads("screen", PAGE);
    let before = call.ours.seen().len();
    call.desktop.screen.die();
    let told = call.ours.wait_after(before, "issue", is_closed).expect("it is told");
    assert_eq!((&told["params"]["kind"], &told["params"]["cause"]), (&json!("screen"), &json!("system")));
    call.ours.wait_after(before, "own_share", Value::is_null).expect("it is over");
    ground::left(&call.ours.leave().expect("we leave"));
}
