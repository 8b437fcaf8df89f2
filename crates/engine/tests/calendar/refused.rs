//! Meetings whose link is refused: their place in the calendar says why, and so does a file that is opened.

use super::window::Window;
use super::{LINK, connect, event, hours, meeting, rules};
use std::path::Path;
use std::sync::Arc;
use visavis_model::{CalendarView, Command, Issue, IssueCode, Phase};
use visavis_settings::MemoryStore;
use visavis_tests::places;

const OTHER: &str = "https://other.example/abc-defg-hij";
const ALIKE: &str = "https://visio.agglo.example.evil.example/abc-defg-hij";

fn write(path: &Path, events: &[String]) -> String {
    std::fs::write(path, format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", events.join("\n"))).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The code, the cause and the host.
fn told(issue: &Issue) -> (IssueCode, &str, &str) {
    let value = |name: &str| issue.params.get(name).map_or("", String::as_str);
    (issue.code, value("cause"), value("host"))
}

fn refused<'a>(calendar: &'a CalendarView, title: &str) -> Option<(IssueCode, &'a str, &'a str)> {
    let meeting = meeting(calendar, title);
    assert!(meeting.refused.is_none() || (meeting.link.is_none() && meeting.elsewhere.is_none()), "{meeting:?}");
    meeting.refused.as_ref().map(told)
}

#[test]
fn a_meeting_says_why_its_link_is_refused() {
    let folder = places::run("calendar/refused").unwrap();
    let events = [
        event("other", "Other", &hours(1), &format!("LOCATION:Salle 3\\, {OTHER}")),
        event("alike", "Alike", &hours(2), &format!("URL:{ALIKE}")),
        event("user", "User", &hours(3), "DESCRIPTION:Ici : https://visio.agglo.example@evil.example/abc-defg-hij"),
        event("plain", "Plain", &hours(4), "CONFERENCE;VALUE=URI:http://meet.example:8080/abc-defg-hij"),
        event("page", "Page", &hours(5), "DESCRIPTION:Ordre du jour : https://intranet.example/odj"),
        event("room", "Room", &hours(6), "LOCATION:Auditorium"),
        event("ours", "Ours", &hours(7), &format!("LOCATION:{LINK}\nDESCRIPTION:{ALIKE}")),
    ];
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    window.command(connect(&write(&folder.join("a.ics"), &events), "", ""));
    window.until_calendar(|calendar| calendar.meetings.len() == events.len());
    let calendar = window.calendar().clone();
    let alike = Some((IssueCode::LinkUnknown, "look_alike", "visio.agglo.example.evil.example"));
    assert_eq!(refused(&calendar, "Alike"), alike);
    assert_eq!(refused(&calendar, "User"), Some((IssueCode::LinkUnknown, "user_in_host", "evil.example")));
    assert_eq!(refused(&calendar, "Plain"), Some((IssueCode::LinkUnknown, "not_encrypted", "meet.example:8080")));
    for title in ["Other", "Page", "Room", "Ours"] {
        assert_eq!(refused(&calendar, title), None, "{title}");
    }
    assert!(meeting(&calendar, "Other").link.is_some() && meeting(&calendar, "Ours").link.is_some());

    // The organisation's word holds at once, and is of meetings: any page would be refused.
    window.engine.commander().set_rules(rules(r#"{ "AllowedServers": ["visio.agglo.example"] }"#));
    window.until_calendar(|calendar| refused(calendar, "Other").is_some());
    let calendar = window.calendar().clone();
    assert_eq!(refused(&calendar, "Other"), Some((IssueCode::ServerNotAllowed, "", "other.example")));
    assert_eq!(refused(&calendar, "Alike"), alike);
    for title in ["Page", "Room", "Ours"] {
        assert_eq!(refused(&calendar, title), None, "{title}");
    }
    window.engine.commander().set_rules(rules("{}"));
    window.until_calendar(|calendar| meeting(calendar, "Other").link.is_some());
    assert_eq!(refused(window.calendar(), "Other"), None);
}

#[test]
fn a_file_whose_link_is_refused_says_why() {
    let folder = places::run("calendar/opened-refused").unwrap();
    let file = |name: &str, more: &str| write(&folder.join(name), &[event(name, "Invitation", &hours(1), more)]);
    let other = file("other.ics", &format!("DESCRIPTION:Rejoindre : {OTHER}"));
    let alike = file("alike.ics", &format!("LOCATION:{ALIKE}"));
    let page = file("page.ics", "DESCRIPTION:Ordre du jour : https://intranet.example/odj");
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    window.engine.commander().set_rules(rules(r#"{ "AllowedServers": ["visio.agglo.example"] }"#));
    for (path, wanted) in [
        (&other, (IssueCode::ServerNotAllowed, "", "other.example")),
        (&alike, (IssueCode::LinkUnknown, "look_alike", "visio.agglo.example.evil.example")),
        (&page, (IssueCode::CalendarFileNoLink, "", "")),
        (&other, (IssueCode::ServerNotAllowed, "", "other.example")),
    ] {
        let text = path.clone();
        window.command(Command::Offer { text, direct: false, microphone_off: false, camera_off: false });
        window.until(|snapshot| matches!(snapshot.issues.as_slice(), [issue] if told(issue) == wanted));
    }
    // It is not so any more, and not said any longer.
    window.engine.commander().set_rules(rules("{}"));
    window.until(|snapshot| snapshot.issues.is_empty() && snapshot.phase == Phase::Home);
}
