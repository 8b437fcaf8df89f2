//! Meetings that other services hold: they have a place in the calendar, and lead to the browser.

use super::window::Window;
use super::{LINK, connect, event, hours, meeting, rules};
use std::path::Path;
use std::sync::Arc;
use visavis_model::{CalendarView, Command, Elsewhere, Phase, Service};
use visavis_settings::MemoryStore;
use visavis_tests::places;

const ZOOM: &str = "https://us02web.zoom.us/j/81234567890";

fn write(path: &Path, events: &[String]) -> String {
    std::fs::write(path, format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", events.join("\n"))).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_meeting_is_where_its_fields_say_before_its_prose() {
    let folder = places::run("calendar/elsewhere").unwrap();
    let teams = "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%3ameeting_x/0";
    let events = [
        event("zoom", "Zoom", &hours(1), &format!("LOCATION:{ZOOM}")),
        event("both", "Both", &hours(2), &format!("{teams}\nLOCATION:{LINK}")),
        event("teams", "Teams", &hours(3), &format!("{teams}\nDESCRIPTION:La dernière fois : {LINK}")),
        event("prose", "Prose", &hours(4), &format!("LOCATION:Auditorium\nDESCRIPTION:Venez : {ZOOM} ou {LINK}")),
        event("none", "None", &hours(5), "DESCRIPTION:https://zoom.us/pricing"),
    ];
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    window.command(connect(&write(&folder.join("a.ics"), &events), "", ""));
    window.until_calendar(|calendar| calendar.meetings.len() == events.len());
    let calendar = window.calendar().clone();
    let place = |title: &str| {
        let meeting = meeting(&calendar, title);
        (meeting.link.as_ref().map(|link| link.text.as_str()), meeting.elsewhere.as_ref().map(|one| one.service))
    };
    assert_eq!(place("Zoom"), (None, Some(Service::Zoom)));
    assert_eq!(place("Both"), (Some(LINK), None), "not what a program puts into every invitation");
    assert_eq!(place("Teams"), (None, Some(Service::Teams)));
    assert_eq!(place("Prose"), (Some(LINK), None));
    assert_eq!(place("None"), (None, None));
    let zoom = meeting(&calendar, "Zoom").elsewhere.clone().unwrap();
    assert_eq!((zoom.text.as_str(), zoom.host.as_str(), zoom.refused), (ZOOM, "us02web.zoom.us", false));

    // Its key asks, and the organisation's word holds at once.
    window.command(Command::OpenLink { text: zoom.text });
    window.until(|snapshot| matches!(&snapshot.elsewhere, Some(Elsewhere { asked: true, refused: false, .. })));
    window.engine.commander().set_rules(rules(r#"{ "ForeignMeetings": "refuse" }"#));
    window.until(|snapshot| matches!(&snapshot.elsewhere, Some(Elsewhere { refused: true, .. })));
    window.until_calendar(|calendar| {
        meeting(calendar, "Zoom").elsewhere.as_ref().is_some_and(|elsewhere| elsewhere.refused)
    });
}

#[test]
fn a_meeting_is_where_somebody_has_said_that_there_are_some_and_a_page_is_none() {
    const PAGE: &str = "https://www.agglo.example/evenements";
    const OTHER: &str = "https://meet.example/xyz-uvwx-rst";
    let folder = places::run("calendar/pages").unwrap();
    let events = [
        event("field", "Field", &hours(1), &format!("URL:{PAGE}\nLOCATION:{LINK}")),
        event("prose", "Prose", &hours(2), &format!("URL:{PAGE}\nDESCRIPTION:Venez : {LINK}")),
        event("other", "Other", &hours(3), &format!("URL:{OTHER}\nDESCRIPTION:Venez : {LINK}")),
        event("zoom", "Zoom", &hours(4), &format!("URL:{PAGE}\nLOCATION:{ZOOM}")),
        event("page", "Page", &hours(5), &format!("URL:{PAGE}")),
        event("new", "New", &hours(6), &format!("URL:{OTHER}\nLOCATION:https://agenda.agglo.example/odj")),
    ];
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    window.command(connect(&write(&folder.join("a.ics"), &events), "", ""));
    window.until_calendar(|calendar| calendar.meetings.len() == events.len());
    let place = |calendar: &CalendarView, title: &str| {
        let meeting = meeting(calendar, title);
        let elsewhere = meeting.elsewhere.as_ref().map(|one| one.text.clone());
        meeting.link.as_ref().map(|link| link.text.clone()).or(elsewhere).unwrap_or_default()
    };
    let places = [("Field", LINK), ("Prose", LINK), ("Other", OTHER), ("Zoom", ZOOM), ("Page", ""), ("New", OTHER)];
    for (title, expected) in places {
        assert_eq!(place(window.calendar(), title), expected, "{title}");
    }
    // The same where the organisation allows them all.
    let list = r#"{ "AllowedServers": ["*.agglo.example", "meet.example"] }"#;
    window.engine.commander().set_rules(rules(list));
    window.until_calendar(|calendar| place(calendar, "Other") == OTHER);
    for (title, expected) in [("Field", LINK), ("Prose", LINK), ("Zoom", ZOOM), ("Page", ""), ("New", OTHER)] {
        assert_eq!(place(window.calendar(), title), expected, "{title}");
    }
}

#[test]
fn a_file_that_only_leads_elsewhere_is_asked_about() {
    let folder = places::run("calendar/opened-elsewhere").unwrap();
    let mut window = Window::open(Arc::new(MemoryStore::default()));
    let offer = |text, direct| Command::Offer { text, direct, microphone_off: false, camera_off: false };
    let zoom = event("z", "Zoom", &hours(2), &format!("DESCRIPTION:Rejoindre : {ZOOM}"));
    window.command(offer(write(&folder.join("zoom.ics"), std::slice::from_ref(&zoom)), true));
    window.until(|snapshot| {
        let is_it = |elsewhere: &Elsewhere| elsewhere.url == ZOOM && elsewhere.asked && !elsewhere.refused;
        snapshot.elsewhere.as_ref().is_some_and(is_it) && snapshot.phase == Phase::Home && snapshot.issues.is_empty()
    });
    // The next meeting is what is followed, wherever it is.
    window.command(Command::DismissElsewhere);
    let sooner = event("v", "Visio", &hours(1), &format!("URL:{LINK}"));
    window.command(offer(write(&folder.join("both.ics"), &[zoom, sooner]), false));
    window.until(|snapshot| matches!(&snapshot.phase, Phase::PreJoin { link } if link.room == "abc-defg-hij"));
}
