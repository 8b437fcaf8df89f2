//! A Wayland session's screen that others read: the real sway, portal and PipeWire, shared by the application, seen in a browser. Run by
//! `cargo xtask test wayland`: its system takes minutes to build.

#[path = "../interop/ground.rs"]
#[allow(dead_code, reason = "the measures of calls, of which fewer are needed here")]
mod ground;

use crate::ground::{Ground, US};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use visavis_model::IssueCode;
use visavis_tests::letters::{self, PAGE, words_of};
use visavis_tests::peers::{PATIENCE, Peer, application};
use visavis_tests::servers::wayland::Session;
use visavis_tests::{places, usage, wait};

/// Longer than any test takes: each call is ended when all was seen.
const SECONDS: u32 = 240;
/// From the person's choice to the text in the browser's picture (the issue's bound).
const READABLE_WITHIN: Duration = Duration::from_secs(1);
const SCREEN: (u32, u32) = (1280, 800);

/// What the terminal runs: the page, then whatever is written to it.
const READS: &str = "stty -echo; printf '\\033[?25l'; cat page.txt; while :; do cat more; done\n";

struct Call {
    ground: Ground,
    session: Session,
    web: Peer,
    ours: application::Call,
}

/// A browser on this machine's and we in a Wayland session; nothing is shared yet.
fn call(test: &str, (width, height): (u32, u32), shows: &str) -> Call {
    let ground = Ground::new(test);
    let session = Session::fresh(&ground.folder, width, height, shows).expect("a session");
    std::fs::write(ground.folder.join("page.txt"), PAGE).expect("a file");
    let more = ground.folder.join("more");
    let _ = std::fs::remove_file(&more);
    assert!(std::process::Command::new("mkfifo").args(["-m", "666"]).arg(&more).status().expect("mkfifo").success());
    let mut options = ground.browser_options("web");
    (options.codec, options.sound, options.codes, options.tile) = ("off", "off".to_owned(), false, (width, height));
    let web = ground.browser("web", &options);
    let mut options = ground.our_options(SECONDS);
    (options.camera, options.microphone, options.events) = ("off".to_owned(), "off".to_owned(), true);
    options.program = Some(session.program());
    let mut ours = application::join(&ground.folder, &options).expect("the application");
    ours.wait("phase", |phase| phase["kind"] == "in_meeting").expect("we are in");
    Call { ground, session, web, ours }
}

impl Call {
    /// Gives how many events were told before.
    fn share(&mut self, choice: &str) -> usize {
        let before = self.ours.seen().len();
        self.ours.command(&json!({ "kind": "start_share", "choice": { "kind": choice } }));
        before
    }

    fn stop(&mut self) {
        let before = self.ours.seen().len();
        self.ours.command(&json!({ "kind": "stop_share" }));
        self.ours.wait_after(before, "own_share", Value::is_null).expect("stopped");
    }

    /// Looks until so much of a text is read in the browser's picture.
    fn reads(&mut self, name: &str, text: &str) -> PathBuf {
        let file = self.ground.folder.join(format!("{name}.png"));
        let web = &mut self.web;
        wait::until(name, PATIENCE, || {
            let found = web.look(US, "screen_share", &file).expect("a look");
            (found && words_of(&file, text) > 0.9).then_some(())
        })
        .expect("it is read");
        file
    }

    /// This portal asks wlroots for what has changed since its last picture, also for another share: on a screen that stays, that one has
    /// no first picture (xdg-desktop-portal-wlr 0.7, `copy_with_damage`; what wlroots remembers is the client's, and the share before, which
    /// the portal ends with its next picture, takes the first change).
    fn stir(&self, line: &str) {
        // A dialog and a stream come first.
        for _ in 0..2 {
            std::thread::sleep(Duration::from_secs(1));
            self.write(line);
        }
    }

    fn write(&self, line: &str) {
        std::fs::write(self.ground.folder.join("more"), format!("{line}\n")).expect("written");
    }

    fn told(&mut self, after: usize, code: IssueCode) -> Value {
        self.ours.wait_after(after, "issue", |issue| issue["code"] == code.text()).expect("it is told")
    }

    /// The application's own processor time over some seconds, as a share of a core; not the compositor's.
    fn cost(&self, seconds: u64) -> f64 {
        let own = usage::find(self.ours.id(), &places::binary()).expect("the application");
        let start = usage::start(own);
        std::thread::sleep(Duration::from_secs(seconds));
        usage::since(&start, own).cpu_seconds / seconds as f64
    }
}

/// Looks ten times a second from now on; gives how long it took until the page could be read.
fn readable_after(web: &mut Peer, folder: &Path) -> Duration {
    let start = Instant::now();
    let mut looks = Vec::new();
    while start.elapsed() < Duration::from_secs(4) {
        let file = folder.join(format!("look-{:02}.png", looks.len()));
        if web.look(US, "screen_share", &file).expect("a look") {
            looks.push((start.elapsed(), file));
        }
        std::thread::sleep(Duration::from_millis(60));
    }
    // Reading takes longer than looking: afterwards.
    let first = looks.iter().find(|(_, file)| words_of(file, PAGE) > 0.9);
    first.map(|(at, _)| *at).unwrap_or_else(|| panic!("never readable in {} looks", looks.len()))
}

#[test]
fn a_screen_is_read_and_followed_until_the_session_ends_it() {
    let mut call = call("wayland-text", SCREEN, READS);
    let before = call.share("asked");
    let took = readable_after(&mut call.web, &call.ground.folder);
    println!("readable after {} ms", took.as_millis());
    assert!(took <= READABLE_WITHIN, "readable after {took:?}");
    let seen = call.ours.wait_after(before, "own_share", |share| share["seen_by"] == 1).expect("it is seen");
    assert_eq!((seen["kind"].as_str(), seen["size"]["width"].as_u64()), (Some("screen"), Some(1280)), "{seen}");
    assert_eq!(call.session.asked(), 1, "one dialog");

    call.write("Somebody writes another sentence about winter.");
    call.reads("written", "Somebody writes another sentence about winter.");

    // Paused: what is written is seen when it goes on.
    call.ours.command(&json!({ "kind": "pause_share", "paused": true }));
    call.ours.wait_after(before, "own_share", |share| share["paused"] == true).expect("paused");
    std::thread::sleep(Duration::from_millis(400));
    call.write("Nobody should read these private numbers.");
    std::thread::sleep(Duration::from_secs(2));
    let file = call.ground.folder.join("paused.png");
    assert!(call.web.look(US, "screen_share", &file).expect("a look"));
    assert!(words_of(&file, "private numbers") < 0.6, "what is written in a pause is not seen");
    call.ours.command(&json!({ "kind": "pause_share", "paused": false }));
    call.reads("goes-on", "Nobody should read these private numbers.");

    // The screen gets another size, and others see all of it.
    call.session.resize(1000, 600).expect("an order");
    // This portal takes the new size with the first picture in which something has changed since.
    std::thread::sleep(Duration::from_secs(1));
    call.write("Written after the screen became smaller.");
    call.ours.wait_after(before, "own_share", |share| share["size"]["width"] == 1000).expect("the new size");
    call.reads("resized", PAGE);

    let before = call.ours.seen().len();
    call.session.order("pkill -f '^/usr/libexec/xdg-desktop-portal-wlr'").expect("an order");
    assert_eq!(call.told(before, IssueCode::ShareClosed)["params"]["cause"], "system");
    call.ours.wait_after(before, "own_share", Value::is_null).expect("it is over");
    call.web.wait("track_gone", |event| event["source"] == "screen_share").expect("the browser hears of it");
    ground::left(&call.ours.leave().expect("we leave"));
}

#[test]
fn whoever_is_asked_may_say_no_and_a_script_asks_once() {
    let mut call = call("wayland-asked", SCREEN, READS);
    // Who stops while the dialog is open is asked again the next time.
    call.session.thinks(true).expect("an order");
    call.share("asked");
    wait::until("the dialog", PATIENCE, || (call.session.asked() == 1).then_some(())).expect("the dialog");
    call.stop();
    call.session.thinks(false).expect("an order");

    call.share("main_screen");
    call.stir("Shared for a script.");
    call.reads("asked", PAGE);
    assert_eq!(call.session.asked(), 2);
    call.stop();
    let before = call.web.seen().len();
    call.share("main_screen");
    call.stir("Shared again without a question.");
    call.web.wait_after(before, "track", |event| event["source"] == "screen_share").expect("the same screen");
    call.reads("again", PAGE);
    assert_eq!(call.session.asked(), 2, "what was chosen for a script is kept");
    call.stop();
    call.share("asked");
    call.stir("Shared by hand.");
    call.reads("by-hand", PAGE);
    assert_eq!(call.session.asked(), 3, "whoever presses a key is asked");
    call.stop();

    // Who says no ends a call without a window, whose work cannot be done then.
    call.session.answers(false).expect("an answer");
    let before = call.share("asked");
    assert_eq!(call.told(before, IssueCode::ShareDenied)["params"]["cause"], "declined");
}

#[test]
fn a_screen_that_stays_costs_next_to_nothing() {
    let mut call = call("wayland-still", SCREEN, READS);
    let before = call.cost(10);
    call.share("asked");
    call.reads("screen", PAGE);
    std::thread::sleep(Duration::from_secs(3));
    let while_shared = call.cost(10);
    println!("a still screen: {:.2} % of a core, {:.2} % without it", while_shared * 100.0, before * 100.0);
    assert!(while_shared - before < 0.02, "{while_shared} of a core, {before} without it");
    let more = call.ground.folder.join("more");
    let lines = std::thread::spawn(move || letters::scroll(&more, 12));
    std::thread::sleep(Duration::from_secs(1));
    println!("twenty lines a second: {:.2} % of a core", call.cost(10) * 100.0);
    lines.join().expect("lines").expect("written");
    ground::left(&call.ours.leave().expect("we leave"));
}
