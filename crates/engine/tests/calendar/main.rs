//! A person's calendar: the whole engine and the real Radicale, feeds and files.
#![allow(clippy::unwrap_used)]

mod elsewhere;
mod refused;
mod window;

use std::io::Write as _;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use visavis_engine::Rules;
use visavis_model::{
    CalendarAttempt, CalendarFault, CalendarMeeting, CalendarReading, CalendarView, Command, Hidden, IssueCode, Phase,
    Snapshot,
};
use visavis_settings::policy::{Layer, Level, Reading, Scope, resolve};
use visavis_settings::{MemoryStore, SecretStore};
use visavis_tests::places;
use visavis_tests::servers::radicale::RadicaleServer;
use window::{NoKeyring, Window};

const LINK: &str = "https://visio.agglo.example/abc-defg-hij";

/// So many hours from now, as calendars write it.
fn hours(from_now: i64) -> String {
    visavis_calendar::utc_stamp(now() + from_now * 3_600_000)
}

fn now() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn event(uid: &str, title: &str, start: &str, more: &str) -> String {
    let title = title.replace(',', "\\,");
    format!(
        "BEGIN:VEVENT\nUID:{uid}\nDTSTAMP:20261101T000000Z\nDTSTART:{start}\nDURATION:PT1H\nSUMMARY:{title}\n{more}\nEND:VEVENT"
    )
}

fn radicale(test: &str) -> RadicaleServer {
    let folder = places::run(&format!("calendar/{test}")).unwrap();
    let server = RadicaleServer::start(&folder, &[("camille", "a right pass:word")]).unwrap();
    server.calendar("camille", "work").unwrap();
    server
}

fn connect(address: &str, user: &str, password: &str) -> Command {
    Command::ConnectCalendar { address: address.into(), user: user.into(), password: Hidden::new(password) }
}

fn rules(json: &str) -> Rules {
    let values = serde_json::from_str(json).unwrap();
    let layer = Layer { level: Level::Mandatory, scope: Scope::Machine, origin: "a".into(), values };
    Rules { policy: resolve(Reading { layers: vec![layer], problems: Vec::new() }).policy, ..Rules::default() }
}

fn titles(calendar: &CalendarView) -> Vec<&str> {
    calendar.meetings.iter().map(|one| one.title.as_str()).collect()
}

fn meeting<'a>(calendar: &'a CalendarView, title: &str) -> &'a CalendarMeeting {
    calendar.meetings.iter().find(|one| one.title == title).unwrap_or_else(|| panic!("{title} in {calendar:?}"))
}

#[test]
fn a_calendar_is_found_read_and_kept() {
    let server = radicale("found");
    server.calendar("camille", "home").unwrap();
    let link = format!("CONFERENCE;VALUE=URI:{LINK}");
    server.put("camille", "work", "a", &event("a", "Point", &hours(2), &link)).unwrap();
    server.put("camille", "home", "b", &event("b", "Dentiste", &hours(3), "LOCATION:Auditorium")).unwrap();
    // Daily since long ago; the instance of today is moved, that of tomorrow called off.
    let series = event(
        "s",
        "Daily",
        &hours(1 - 24 * 100),
        "RRULE:FREQ=DAILY\nLOCATION:https://visio.agglo.example/klm-nopq-rst",
    );
    let moved = event("s", "Daily, later", &hours(5), &format!("RECURRENCE-ID:{}", hours(1)));
    let off = event("s", "Daily, off", &hours(25), &format!("RECURRENCE-ID:{}\nSTATUS:CANCELLED", hours(25)));
    server.put("camille", "work", "s", &format!("{series}\n{moved}\n{off}")).unwrap();
    server.put("camille", "work", "z", &event("z", "Next month", &hours(24 * 40), "")).unwrap();

    let secrets: Arc<MemoryStore> = Arc::default();
    let mut window = Window::open(secrets.clone());
    window.command(connect(&server.address(), "camille", "a wrong one"));
    window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::Refused(CalendarFault::Password));
    assert_eq!(window.calendar().place, None);
    assert_eq!(secrets.get(&format!("calendar {}", server.host())), Ok(None), "a password that is wrong is not kept");

    window.command(connect(&server.address(), "camille", "a right pass:word"));
    window.until_calendar(|calendar| calendar.place.is_some());
    let calendar = window.calendar().clone();
    assert_eq!(
        (calendar.attempt, calendar.reading, calendar.kept),
        (CalendarAttempt::None, CalendarReading::Done, true)
    );
    let place = calendar.place.clone().unwrap();
    assert_eq!((place.name, place.user.as_str()), (server.host(), "camille"));
    assert!(calendar.read_at.is_some());
    window.until_kept(&server.host(), Some("a right pass:word"));

    let point = meeting(&calendar, "Point");
    assert!((point.start - now() - 2 * 3_600_000).abs() < 120_000);
    assert_eq!(point.end - point.start, 3_600_000);
    assert_eq!(point.link.as_ref().unwrap().text, LINK);
    assert_eq!(point.link.as_ref().unwrap().view.room, "abc-defg-hij");
    assert_eq!(meeting(&calendar, "Dentiste").link, None, "a word is no code of a meeting");
    let later = meeting(&calendar, "Daily, later");
    assert!((later.start - now() - 5 * 3_600_000).abs() < 120_000);
    assert!(meeting(&calendar, "Daily, off").cancelled);
    let plain: Vec<_> = calendar.meetings.iter().filter(|one| one.title == "Daily").collect();
    assert!((6..=9).contains(&plain.len()), "{plain:?}");
    assert_eq!(plain[0].link.as_ref().unwrap().view.room, "klm-nopq-rst");
    assert!(
        plain.iter().all(|one| (one.start - now()).abs() > 3_600_000 / 2 + 1_800_000 - 60_000 || one.start < now())
    );
    assert!(!titles(&calendar).contains(&"Next month"));
}

#[test]
fn only_what_changed_is_asked_for_again_and_a_calendar_may_vanish() {
    let server = radicale("changes");
    server.calendar("camille", "home").unwrap();
    server.put("camille", "work", "a", &event("a", "Point", &hours(2), "")).unwrap();
    server.put("camille", "home", "b", &event("b", "Dentiste", &hours(3), "")).unwrap();
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    window.command(connect(&server.address(), "camille", "a right pass:word"));
    window.until_calendar(|calendar| calendar.meetings.len() == 2);
    let reports = || server.asked().iter().filter(|line| line.starts_with("REPORT")).count();
    assert_eq!(reports(), 2);

    window.reads_again();
    assert_eq!((titles(window.calendar()), reports()), (vec!["Point", "Dentiste"], 2), "nothing changed");

    server.put("camille", "work", "a", &event("a", "Point, déplacé", &hours(4), "")).unwrap();
    window.reads_again();
    assert_eq!((titles(window.calendar()), reports()), (vec!["Dentiste", "Point, déplacé"], 3));

    server.remove("camille", "home").unwrap();
    window.reads_again();
    assert_eq!(titles(window.calendar()), ["Point, déplacé"]);

    // The last one: what was read stays on the screen, with its time.
    server.remove("camille", "work").unwrap();
    window.command(Command::ReadCalendar);
    window.until_calendar(|calendar| calendar.reading == CalendarReading::Failed(CalendarFault::NoCalendar));
    assert_eq!(titles(window.calendar()), ["Point, déplacé"]);
    assert!(window.calendar().read_at.is_some());

    server.calendar("camille", "new").unwrap();
    server.put("camille", "new", "c", &event("c", "Again", &hours(4), "")).unwrap();
    window.reads_again();
    assert_eq!(titles(window.calendar()), ["Again"]);

    window.command(Command::ForgetCalendar);
    window.until_calendar(|calendar| *calendar == CalendarView::default());
    window.until_kept(&server.host(), None);
}

#[test]
fn one_calendar_alone_may_be_named_and_a_server_may_be_away() {
    let mut server = radicale("alone");
    server.put("camille", "work", "a", &event("a", "Point", &hours(2), "")).unwrap();
    let mut window = Window::open(Arc::new(NoKeyring));
    window.command(connect(&format!("{}/camille/work/", server.address()), "camille", "a right pass:word"));
    window.until_calendar(|calendar| calendar.place.is_some());
    assert_eq!(titles(window.calendar()), ["Point"]);
    // There is no keyring, which is found out afterwards.
    window.until_calendar(|calendar| !calendar.kept);

    server.stop();
    window.command(Command::ReadCalendar);
    window.until_calendar(|calendar| calendar.reading == CalendarReading::Failed(CalendarFault::Unreachable));
    assert_eq!(titles(window.calendar()), ["Point"]);
    window.command(connect(&server.address(), "camille", "x"));
    window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::Refused(CalendarFault::Unreachable));
    assert_eq!(window.calendar().place.as_ref().unwrap().user, "camille", "the one before stays");
}

#[test]
fn the_next_start_reads_it_again() {
    let server = radicale("restored");
    server.put("camille", "work", "a", &event("a", "Point", &hours(2), "")).unwrap();
    let secrets: Arc<MemoryStore> = Arc::default();
    let mut window = Window::open(secrets.clone());
    window.command(connect(&server.address(), "camille", "a right pass:word"));
    window.until_calendar(|calendar| calendar.place.is_some());
    let place = window.calendar().place.clone().unwrap();
    window.until_kept(&server.host(), Some("a right pass:word"));
    drop(window);

    let mut window = Window::open(secrets.clone());
    window.engine.restore_calendar(place.clone());
    window.until_calendar(|calendar| calendar.meetings.len() == 1);
    drop(window);

    secrets.forget(&format!("calendar {}", server.host())).unwrap();
    let mut window = Window::open(secrets);
    window.engine.restore_calendar(place);
    window.until_calendar(|calendar| calendar.reading == CalendarReading::Failed(CalendarFault::PasswordMissing));
    assert!(window.calendar().place.is_some());
}

#[test]
fn the_organisation_says_whom_a_calendar_is_read_from() {
    let rules = |allowed: &str| rules(&format!(r#"{{ "AllowedServers": [{allowed}] }}"#));
    let server = radicale("policy");
    server.put("camille", "work", "a", &event("a", "Point", &hours(2), "")).unwrap();
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    window.command(connect(&server.address(), "camille", "a right pass:word"));
    window.until_calendar(|calendar| calendar.meetings.len() == 1);
    window.engine.commander().set_rules(rules(r#""visio.agglo.example""#));
    window.until_calendar(|calendar| calendar.reading == CalendarReading::Failed(CalendarFault::NotAllowed));
    let asked = server.asked().len();
    window.command(Command::ReadCalendar);
    window.command(connect(&server.address(), "camille", "a right pass:word"));
    window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::Refused(CalendarFault::NotAllowed));
    assert_eq!((server.asked().len(), window.calendar().meetings.len()), (asked, 1));
    window.engine.commander().set_rules(rules(&format!(r#""{}""#, server.host())));
    window.until_calendar(|calendar| calendar.reading == CalendarReading::Done);
    assert!(server.asked().len() > asked);
}

#[test]
fn what_is_given_up_is_not_connected() {
    let slow = TcpListener::bind("127.0.0.1:0").unwrap();
    let host = slow.local_addr().unwrap().to_string();
    let secrets: Arc<MemoryStore> = Arc::default();
    let mut window = Window::open(secrets.clone());
    window.command(connect(&format!("http://{host}/a.ics"), "camille", "a"));
    window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::Trying);
    let (mut asked, _) = slow.accept().unwrap();
    window.command(Command::CancelCalendar);
    window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::None);
    // Its server answers all the same, and there is time enough to hear it.
    let body = format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}\nEND:VCALENDAR\n", event("a", "Point", &hours(2), ""));
    let _ = write!(asked, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
    std::thread::sleep(Duration::from_millis(500));
    // The next one is heard.
    window.command(connect("/nowhere/at.ics", "", ""));
    window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::Refused(CalendarFault::File));
    assert_eq!(window.calendar().place, None);
    assert_eq!(secrets.get(&format!("calendar {host}")), Ok(None));
}

#[test]
fn a_feed_and_a_folder_are_calendars_too() {
    let server = radicale("feed");
    server.put("camille", "work", "a", &event("a", "Point", &hours(2), "")).unwrap();
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    let address = format!("{}/camille/work/a.ics", server.address());
    window.command(connect(&address, "camille", "a right pass:word"));
    window.until_calendar(|calendar| titles(calendar) == ["Point"]);
    server.put("camille", "work", "a", &event("a", "Point, changé", &hours(2), "")).unwrap();
    window.reads_again();
    assert_eq!(titles(window.calendar()), ["Point, changé"]);
    assert!(server.asked().iter().all(|line| line == "GET /camille/work/a.ics"), "{:?}", server.asked());
    let folder = places::run("calendar/files").unwrap();
    let file = folder.join("un agenda.ics");
    let text =
        |title: &str| format!("BEGIN:VCALENDAR\nVERSION:2.0\n{}\nEND:VCALENDAR\n", event("f", title, &hours(1), ""));
    std::fs::write(&file, text("Fichier")).unwrap();
    std::fs::write(folder.join("b.ics"), text("Autre").replace("UID:f", "UID:g")).unwrap();
    window.command(connect(file.to_str().unwrap(), "", ""));
    window.until_calendar(|calendar| titles(calendar) == ["Fichier"]);
    assert_eq!(window.calendar().place.as_ref().unwrap().name, "un agenda.ics");
    std::fs::write(&file, text("Fichier, changé")).unwrap();
    window.reads_again();
    assert_eq!(titles(window.calendar()), ["Fichier, changé"]);
    window.command(connect(folder.to_str().unwrap(), "", ""));
    window.until_calendar(|calendar| calendar.meetings.len() == 2);

    for (address, fault) in [
        ("/nowhere/at.ics", CalendarFault::File),
        ("https://c:secret@h.example/", CalendarFault::Address),
        ("a b", CalendarFault::Address),
        (&*format!("{}/nothing/here.ics", server.address()), CalendarFault::Password),
    ] {
        window.command(connect(address, "", ""));
        window.until_calendar(|calendar| calendar.attempt == CalendarAttempt::Refused(fault));
    }
    assert_eq!(window.calendar().meetings.len(), 2);
}

#[test]
fn a_file_that_is_opened_leads_to_its_next_meeting() {
    let folder = places::run("calendar/opened").unwrap();
    let file = |name: &str, events: &str| {
        let path = folder.join(name);
        std::fs::write(&path, format!("BEGIN:VCALENDAR\n{events}\nEND:VCALENDAR\n")).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    let events = [
        event("over", "Over", &hours(-30), "URL:https://visio.agglo.example/ove-rove-rov"),
        event("none", "No link", &hours(1), "LOCATION:Auditorium"),
        event("off", "Off", &hours(1), &format!("STATUS:CANCELLED\nURL:{}", LINK.replace("abc", "off"))),
        event("next", "Next", &hours(2), &format!("DESCRIPTION:Bonjour\\, rejoindre par {LINK} merci")),
    ];
    let offer = |text: String| Command::Offer { text, direct: false, microphone_off: false, camera_off: false };
    window.command(offer(file("a.ics", &events.join("\n"))));
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "abc-defg-hij"));
    window.command(Command::Leave);

    let name = file("b.ICS", &events[0]);
    window.command(offer(format!("file://{name}")));
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "ove-rove-rov"));
    window.command(Command::Leave);
    window.until(|snapshot| snapshot.phase == Phase::Home);

    window.command(offer(file("c.ics", &events[1..3].join("\n"))));
    window.until(|snapshot| snapshot.issues.iter().any(|one| one.code == IssueCode::CalendarFileNoLink));
    for name in ["gone.ics", "d.ics"] {
        let path = folder.join(name);
        if name == "d.ics" {
            std::fs::write(&path, "no calendar").unwrap();
        }
        window.command(Command::Dismiss { code: IssueCode::CalendarFileUnreadable });
        window.until(|snapshot| snapshot.issues.iter().all(|one| one.code != IssueCode::CalendarFileUnreadable));
        window.command(offer(path.to_str().unwrap().to_owned()));
        window.until(|snapshot| {
            let told = snapshot.issues.iter().find(|one| one.code == IssueCode::CalendarFileUnreadable);
            told.is_some_and(|told| told.params["name"] == name)
        });
    }
}

#[test]
fn a_file_that_is_opened_ends_what_was_said_before() {
    let folder = places::run("calendar/instead").unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let calendar = |event: String| format!("BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR\n");
    let without = file("without.ics", &calendar(event("w", "Without", &hours(1), "LOCATION:Auditorium")));
    let past = file("past.ics", &calendar(event("p", "Past", &hours(-24 * 500), &format!("URL:{LINK}"))));
    let off = event("o", "Off", &hours(1), &format!("URL:{LINK}"));
    let off = file("off.ics", &format!("BEGIN:VCALENDAR\nMETHOD:CANCEL\n{off}\nEND:VCALENDAR\n"));
    let garbage = file("garbage.ics", "no calendar");
    let offer =
        |text: &str| Command::Offer { text: text.into(), direct: false, microphone_off: false, camera_off: false };
    let tells = |snapshot: &Snapshot, code: IssueCode, cause: Option<&str>| match snapshot.issues.as_slice() {
        [issue] => issue.code == code && issue.params.get("cause").map(String::as_str) == cause,
        _ => false,
    };
    let other = "https://other.example/abc-defg-hij";
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    for (text, code, cause) in [
        (other, IssueCode::ServerUnknown, None),
        (without.as_str(), IssueCode::CalendarFileNoLink, None),
        (garbage.as_str(), IssueCode::CalendarFileUnreadable, None),
        (past.as_str(), IssueCode::CalendarFileNoLink, Some("past")),
        (off.as_str(), IssueCode::CalendarFileNoLink, Some("cancelled")),
        (other, IssueCode::ServerUnknown, None),
        (garbage.as_str(), IssueCode::CalendarFileUnreadable, None),
    ] {
        window.command(offer(text));
        window.until(|snapshot| tells(snapshot, code, cause));
    }
    // Nobody waits for the answer any more.
    window.command(Command::AddServer { host: "other.example".into() });
    window.until(|snapshot| snapshot.home.servers.iter().any(|server| server.host == "other.example"));
    window.until(|snapshot| snapshot.phase == Phase::Home);

    window.command(offer("https://us02web.zoom.us/j/81234567890"));
    window.until(|snapshot| snapshot.elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.asked));
    window.command(offer(&without));
    window.until(|snapshot| snapshot.elsewhere.is_none() && tells(snapshot, IssueCode::CalendarFileNoLink, None));
}
