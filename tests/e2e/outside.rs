//! What the window does outside of itself: a shortcut on the desktop, a notice of the system, a report for support.

use serde_json::json;
use std::path::{Path, PathBuf};
use visavis_testkit::meet::{Access, Role};
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::{PATIENCE, application, browser};
use visavis_tests::process::Process;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "abc-defg-hij";

fn press(window: &Window, test_id: &str) {
    window.find(test_id, "").expect("a button").click().expect("a click");
}

fn says(window: &Window, test_id: &str, word: &str) {
    let read = || window.find(test_id, "").ok()?.text().ok()?.contains(word).then_some(());
    wait::until(&format!("{word:?} in {test_id}"), PATIENCE, read).expect("what is said");
}

fn shortcut_in(folder: &Path) -> PathBuf {
    let mut found = std::fs::read_dir(folder).expect("the folder").flatten().map(|one| one.path());
    found.find(|path| path.extension().is_some_and(|ending| ending == "desktop")).expect("a shortcut")
}

#[test]
fn a_meeting_is_put_on_the_desktop_and_opened_from_there() {
    let folder = places::run("e2e/shortcut").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    meet.state().room(SLUG, Access::Public, &[]);
    let token = meet.pass(SLUG, "Web").expect("a pass");
    let mut web = browser::join("web", &folder, &browser::Options::new(livekit.url(), token)).expect("a browser");
    web.joined().expect("the browser in the room");

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let server = meet.base();
    let link = meet.link(SLUG);
    let kept = json!({ "servers": [server] });
    std::fs::write(folder.join("preferences.json"), kept.to_string()).expect("what the person chose");
    let arguments = [&link, "--direct", "--camera", "off", "--language", "en", "--name", "Zoé"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.phase("in_meeting").expect("in the meeting");
    let before = web.wait("participant", |event| event["name"] == "Zoé").expect("in the room");

    press(&window, "more");
    press(&window, "more-support");
    says(&window, "support-text", "Visavis: ");
    let report = window.find("support-text", "").expect("the report").text().expect("its text");
    for private in [meet.host().as_str(), SLUG, "Zoé"] {
        assert!(!report.contains(private), "{private} in {report}");
    }
    desktop.screenshot("report").expect("a screenshot");
    press(&window, "close-support");

    press(&window, "more");
    press(&window, "more-shortcut");
    window.find("shortcut-name", "").expect("the field").write(" of Monday").expect("a name");
    press(&window, "shortcut-direct");
    press(&window, "shortcut-microphone-off");
    press(&window, "shortcut-menu");
    desktop.screenshot("dialog").expect("a screenshot");
    press(&window, "make-shortcut");
    says(&window, "shortcut-outcome", "on the desktop and in the list of applications");
    drop(window);
    let gone = |event: &serde_json::Value, us: &serde_json::Value| {
        event["identity"] == us["identity"] && event["present"] == false
    };
    web.wait("participant", |event| gone(event, &before)).expect("out");
    let seen = web.seen().len();

    let on_desktop = shortcut_in(&desktop.home().join("Desktop"));
    let in_menu = shortcut_in(&folder.join("data/applications"));
    for file in [&on_desktop, &in_menu] {
        let output = std::process::Command::new("desktop-file-validate").arg(file).output().expect("the validator");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    // The settings of the first window are this person's.
    let own = desktop.home().join(".config/visavis");
    std::fs::create_dir_all(&own).expect("a folder");
    std::fs::copy(folder.join("preferences.json"), own.join("preferences.json")).expect("settings");
    // The desktop's own way of opening it; it stays as long as its bus.
    let mut command = desktop.command("sh");
    command.args(["-c", "gio launch \"$0\" && exec sleep 600"]).arg(&on_desktop);
    let _opened = Process::start("gio", &mut command, &folder.join("gio.log")).expect("gio");
    let us = web.wait_after(seen, "participant", |event| event["name"] == "Zoé").expect("in again");
    desktop.screenshot("opened").expect("a screenshot");
    desktop.input(&["search", "--sync", "--name", "Visavis"]).expect("the window");
    // Asked once; whoever insists gets their way.
    for _ in 0..2 {
        desktop.input(&["key", "alt+F4"]).expect("closed");
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
    web.wait_after(seen, "participant", |event| gone(event, &us)).expect("out again");
}

#[test]
fn a_link_is_looked_at_without_its_token_in_the_list_of_processes() {
    let folder = places::run("e2e/link-input").expect("a folder");
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJ2aWRlbyI6eyJyb29tIjoiYSJ9fQ.cGxhbnRl";
    let look = |said: &str| {
        let file = folder.join("link.txt");
        std::fs::write(&file, said).expect("a link");
        let mut command = std::process::Command::new(places::binary());
        command.args(["link", "-", "--json"]).env("XDG_CONFIG_HOME", &folder);
        command.stdin(std::fs::File::open(file).expect("a link")).output().expect("the application")
    };
    let output = look(&format!("wss://visio.agglo.example/?token={token}\n"));
    let text = String::from_utf8_lossy(&output.stdout);
    let told: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(output.status.success() && told["leads_to"] == "meeting" && told["kind"] == "livekit", "{text}");
    assert!(text.contains("visio.agglo.example") && !text.contains(token), "{text}");
    let output = look("\n");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && complaint.contains("no link on the standard input"), "{complaint}");
}

#[test]
fn a_calendars_file_is_known_wherever_it_is_named_from() {
    let folder = places::run("e2e/calendar-file").expect("a folder");
    let file = folder.join("a.ics");
    std::fs::write(&file, "BEGIN:VCALENDAR\nEND:VCALENDAR\n").expect("a file");
    for name in ["a.ics", "./a.ics", file.to_str().expect("a name")] {
        let visavis = |arguments: &[&str]| {
            let mut command = std::process::Command::new(places::binary());
            command.args(arguments).arg(name).env("XDG_CONFIG_HOME", &folder).current_dir(&folder);
            command.output().expect("the application")
        };
        let output = visavis(&["join", "--headless"]);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {complaint}");
        assert!(complaint.contains("a calendar's file needs the window"), "{name}: {complaint}");
        let output = visavis(&["link"]);
        let told = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && told.contains("the window opens its next meeting"), "{name}: {told}");
    }
}

#[test]
fn whoever_waits_and_looks_elsewhere_is_told_that_the_door_is_open() {
    let folder = places::run("e2e/notice").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    let alice = meet.state().person("Alice Martin");
    meet.state().room(SLUG, Access::Restricted, &[(&alice, Role::Owner)]);
    let mut options = application::Options::new(meet.link(SLUG), "Alice", 300);
    options.arguments = vec!["--server".into(), meet.host()];
    options.events = true;
    options.cookies = Some(meet.state().session(&alice));
    let mut owner = application::join(&folder, &options).expect("the application");
    owner.wait("phase", |phase| phase["kind"] == "in_meeting").expect("in the meeting");

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop").with_notices();
    let server = meet.base();
    let link = meet.link(SLUG);
    let arguments = [&link, "--direct", "--server", &server, "--camera", "off", "--language", "en", "--name", "Zoé"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.phase("lobby").expect("before the door");
    let ours = desktop.input(&["search", "--onlyvisible", "--name", "Visavis"]).expect("the window");
    let ours = ours.lines().next().expect("its number").to_owned();
    desktop.input(&["windowminimize", &ours]).expect("elsewhere");
    let waiting = owner.wait("waiting", |list| list[0]["name"] == "Zoé").expect("somebody waits");
    owner.command(&json!({ "kind": "admit", "waiter": waiting[0]["id"] }));
    let notice = wait::until("the notice", PATIENCE, || {
        let found = desktop.input(&["search", "--onlyvisible", "--class", "notification-daemon"]).ok()?;
        found.lines().next().map(str::to_owned)
    })
    .expect("a notice");
    desktop.screenshot("notice").expect("a screenshot");
    desktop.input(&["mousemove", "--window", &notice, "60", "30", "click", "1"]).expect("a click");
    wait::until("the window in front", PATIENCE, || {
        desktop.input(&["search", "--onlyvisible", "--name", "Visavis"]).ok().filter(|found| !found.is_empty())
    })
    .expect("the window is back");
    desktop.screenshot("back").expect("a screenshot");
    assert_eq!(owner.leave().expect("it leaves").code, 0);
}
