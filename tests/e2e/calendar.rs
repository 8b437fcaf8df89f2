//! Somebody connects their calendar, sees the next meeting and goes there; and opens a calendar file.

use super::policy::Managed;
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use visavis_testkit::meet::Access;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::PATIENCE;
use visavis_tests::process::Process;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::servers::radicale::RadicaleServer;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "abc-defg-hij";
const PASSWORD: &str = "a right pass:word";

/// So many minutes from now, as calendars write it.
fn minutes(from_now: u64) -> String {
    seconds(from_now * 60)
}

fn seconds(from_now: u64) -> String {
    let at = SystemTime::now() + Duration::from_secs(from_now);
    let seconds = at.duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let stamp =
        std::process::Command::new("date").args(["-u", "-d", &format!("@{seconds}"), "+%Y%m%dT%H%M%SZ"]).output();
    String::from_utf8(stamp.expect("a date").stdout).expect("text").trim().to_owned()
}

/// A meeting of an hour, so many minutes from now.
pub fn event(uid: &str, title: &str, in_minutes: u64, more: &str) -> String {
    format!(
        "BEGIN:VEVENT\nUID:{uid}\nDTSTART:{}\nDURATION:PT1H\nSUMMARY:{title}\n{more}\nEND:VEVENT",
        minutes(in_minutes)
    )
}

fn write(window: &Window, test_id: &str, text: &str) {
    window.find(test_id, "").expect("a field").write(text).expect("what is written");
}

fn press(window: &Window, test_id: &str) {
    window.find(test_id, "").expect("a button").click().expect("a click");
}

#[test]
fn the_next_meeting_of_a_calendar_is_one_key_away() {
    let folder = places::run("e2e/calendar").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    meet.state().room(SLUG, Access::Public, &[]);
    let calendars = RadicaleServer::start(&folder, &[("camille", PASSWORD)]).expect("Radicale");
    calendars.calendar("camille", "work").expect("a calendar");
    let conference = format!("CONFERENCE;VALUE=URI:{}", meet.link(SLUG));
    calendars.put("camille", "work", "a", &event("a", "Comité de pilotage", 5, &conference)).expect("an event");
    let teams = "LOCATION:https://teams.microsoft.com/meet/3456789012345";
    calendars.put("camille", "work", "t", &event("t", "Démonstration", 60, teams)).expect("an event");
    calendars.put("camille", "work", "b", &event("b", "Déjeuner", 7, "LOCATION:Auditorium")).expect("an event");

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop").with_keyring();
    let server = meet.base();
    let arguments =
        ["--server", &server, "--camera", "off", "--microphone", "off", "--language", "en", "--name", "Zoé"];
    let window = Window::open_as_the_one(&desktop, &folder, &arguments).expect("the window");

    press(&window, "calendar");
    write(&window, "calendar-address", &calendars.address());
    write(&window, "calendar-user", "camille");
    write(&window, "calendar-password", "wrong");
    press(&window, "calendar-connect");
    let told = || window.find("calendar-outcome", "").ok()?.text().ok().filter(|text| text.contains("does not accept"));
    wait::until("why not", PATIENCE, told).expect("what is said of a wrong password");
    desktop.screenshot("1-refused").expect("a screenshot");
    write(&window, "calendar-password", PASSWORD);
    press(&window, "calendar-connect");

    let card = window.find("next-meeting", "").expect("the next meeting");
    assert!(card.text().expect("a text").contains("Comité de pilotage"));
    let rows = window.find("calendar-meeting", "").expect("the other one").text().expect("a text");
    assert!(rows.contains("Déjeuner") && !rows.contains("Join"), "{rows}");
    wait::until("the dialog to close", PATIENCE, || (window.count("calendar-connect").ok()? == 0).then_some(()))
        .expect("closed");
    desktop.screenshot("2-home").expect("a screenshot");
    // A meeting of another service has its key too, which asks. Late in the evening it stands under tomorrow.
    let second = "return document.querySelectorAll('[data-testid=agenda] li')[1]?.innerText ?? '';";
    let told = || window.script(second).ok()?.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let theirs = wait::until("the other service's", PATIENCE, told).expect("the second row");
    assert!(theirs.contains("Teams, in the browser") && theirs.contains("teams.microsoft.com"), "{theirs}");
    press(&window, "join-meeting");
    window.find("elsewhere-open", "").expect("a question");
    desktop.screenshot("2-elsewhere").expect("a screenshot");
    press(&window, "elsewhere-cancel");
    let closed = || (window.count("elsewhere-cancel").ok()? == 0).then_some(());
    wait::until("the question to close", PATIENCE, closed).expect("closed");
    press(&window, "join-next");
    window.phase("pre_join").expect("the last look");
    desktop.screenshot("3-prejoin").expect("a screenshot");

    // A file, by a second start that is somewhere else.
    press(&window, "back");
    window.phase("home").expect("back");
    let text = |more: &str| format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", event("f", "Invitation", 60, more));
    for (name, more) in [("with a link.ics", format!("LOCATION:{}", meet.link(SLUG))), ("without.ics", String::new())] {
        std::fs::write(folder.join(name), text(&more)).expect("a file");
        let mut command = std::process::Command::new(places::binary());
        command.arg(name).current_dir(&folder).envs(desktop.environment());
        let mut click = Process::start("click", &mut command, &folder.join("click.log")).expect("a second start");
        assert!(click.wait(PATIENCE).expect("it ends").success(), "{}", click.log_text());
        if more.is_empty() {
            let issue = window.find("issue", "[data-code=\"VIS-CAL-NOLINK-81\"]").expect("what is wrong with it");
            assert!(issue.text().expect("a text").contains("without.ics"));
            desktop.screenshot("4-no-link").expect("a screenshot");
        } else {
            window.phase("pre_join").expect("the last look");
            press(&window, "back");
            window.phase("home").expect("back");
        }
    }

    for name in ["window.log", "preferences.json"] {
        let text = std::fs::read_to_string(folder.join(name)).expect(name);
        assert!(!text.contains(PASSWORD), "a password in {name}");
    }
}

#[test]
fn whoever_looks_elsewhere_is_told_five_minutes_before() {
    let folder = places::run("e2e/soon").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    meet.state().room(SLUG, Access::Public, &[]);
    let file = folder.join("agenda.ics");
    let events = |events: &str| std::fs::write(&file, format!("BEGIN:VCALENDAR\n{events}\nEND:VCALENDAR\n"));
    events("").expect("a calendar");
    let kept = json!({ "calendar": { "address": file, "user": "", "name": "" } });
    std::fs::write(folder.join("preferences.json"), kept.to_string()).expect("what the person chose");

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop").with_notices();
    let server = meet.base();
    let arguments =
        ["--server", &server, "--camera", "off", "--microphone", "off", "--language", "fr", "--name", "Zoé"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.find("agenda", "[data-reading='done']").expect("a calendar");
    let ours = desktop.input(&["search", "--onlyvisible", "--name", "Visavis"]).expect("the window");
    let ours = ours.lines().next().expect("its number").to_owned();
    desktop.input(&["windowminimize", &ours]).expect("elsewhere");
    // Not yet: the clock of a window that nobody sees has to go on.
    let start = seconds(5 * 60 + 20);
    let meeting = format!(
        "BEGIN:VEVENT\nUID:a\nDTSTART:{start}\nDURATION:PT1H\nSUMMARY:Comité de pilotage\nURL:{}\nEND:VEVENT",
        meet.link(SLUG)
    );
    events(&meeting).expect("a meeting");
    let asked = "window.__TAURI_INTERNALS__.invoke('command', { command: { kind: 'read_calendar' } }); return true";
    window.script(asked).expect("a command");
    let notices = || desktop.input(&["search", "--onlyvisible", "--class", "notification-daemon"]).unwrap_or_default();
    std::thread::sleep(Duration::from_secs(5));
    assert_eq!(notices(), "", "too early");
    let notice = wait::until("the notice", PATIENCE, || notices().lines().next().map(str::to_owned)).expect("a notice");
    // Shown to its end.
    std::thread::sleep(Duration::from_secs(1));
    desktop.screenshot("1-notice").expect("a screenshot");
    let place = desktop.input(&["getwindowgeometry", "--shell", &notice]).expect("where it is");
    let number = |name: &str| place.lines().find_map(|line| line.strip_prefix(name)?.parse::<i32>().ok());
    let (width, height) = (number("WIDTH=").expect("a width"), number("HEIGHT=").expect("a height"));
    // Its only button, below the words and on the right.
    let (x, y) = ((width * 3 / 4).to_string(), (height * 3 / 4).to_string());
    desktop.input(&["mousemove", "--window", &notice, &x, &y, "click", "1"]).expect("a click");
    window.phase("pre_join").expect("the last look");
    wait::until("the window in front", PATIENCE, || {
        desktop.input(&["search", "--onlyvisible", "--name", "Visavis"]).ok().filter(|found| !found.is_empty())
    })
    .expect("the window is back");
    desktop.screenshot("2-pre-join").expect("a screenshot");
}

#[test]
fn what_the_organisation_does_not_want_to_be_kept_is_deleted() {
    let folder = places::run("e2e/calendar-kept").expect("a folder");
    let calendars = RadicaleServer::start(&folder, &[("camille", PASSWORD)]).expect("Radicale");
    calendars.calendar("camille", "work").expect("a calendar");
    let managed = Managed::new(&folder);
    let desktop = Desktop::in_memory(&folder, 1280, 800)
        .and_then(|one| Ok(one.with_keyring().managed(managed.place())?))
        .expect("a desktop");
    let arguments = ["--verbose", "--camera", "off", "--microphone", "off"];
    let open = || Window::open(&desktop, &folder, &arguments).expect("the window");

    let window = open();
    press(&window, "calendar");
    write(&window, "calendar-address", &calendars.address());
    write(&window, "calendar-user", "camille");
    write(&window, "calendar-password", PASSWORD);
    press(&window, "calendar-connect");
    window.find("agenda-empty", "").expect("a day without meetings");
    wait::until("the dialog to close", PATIENCE, || (window.count("calendar-connect").ok()? == 0).then_some(()))
        .expect("closed");
    drop(window);
    let window = open();
    window.find("agenda-empty", "").expect("the password is kept");
    drop(window);

    managed.lay("a.json", r#"{ "SecretStore": "none" }"#);
    let window = open();
    window.find("agenda-failed", "[data-fault='password_missing']").expect("no password");
    let log = || std::fs::read_to_string(folder.join("window.log")).unwrap_or_default();
    let forgotten = || log().contains("the keyring holds nothing of ours").then_some(());
    wait::until("the keyring to forget", PATIENCE, forgotten).expect("forgotten");
    drop(window);
    // It is gone, and not only passed over.
    managed.lay("a.json", "{}");
    let window = open();
    window.find("agenda-failed", "[data-fault='password_missing']").expect("no password");
    drop(window);
}
