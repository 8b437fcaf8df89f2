use super::*;
use crate::links::Field;
use proptest::prelude::*;

fn at(text: &str) -> i64 {
    Zone::UTC.instant(text.parse().expect("a time"))
}

fn paris() -> Zone {
    Zone::named("Europe/Paris").unwrap()
}

/// Tuesday 24 November 2026 to the end of the week.
fn week() -> Window {
    Window { from: at("2026-11-23T23:00:00"), to: at("2026-11-29T23:00:00") }
}

fn agenda(text: &str, window: Window) -> Vec<Occurrence> {
    read(text.as_bytes(), window, paris(), &mut || true).expect("a calendar").occurrences
}

fn event(lines: &str) -> String {
    format!(
        "BEGIN:VEVENT\r\n{}\r\nEND:VEVENT\r\n",
        lines.trim().lines().map(str::trim).collect::<Vec<_>>().join("\r\n")
    )
}

fn calendar(events: &[&str]) -> String {
    let events: String = events.iter().map(|lines| event(lines)).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

/// Starts in UTC, as `24 09:00`.
fn starts(text: &str, window: Window) -> Vec<String> {
    agenda(text, window).iter().map(start).collect()
}

fn start(found: &Occurrence) -> String {
    Zone::UTC.local(found.start).unwrap().format("%d %H:%M").to_string()
}

#[test]
fn a_meeting_is_read_with_its_link() {
    let text = calendar(&["UID:1\nSUMMARY:Point d’équipe\nDTSTART;TZID=Europe/Paris:20261124T100000
        DTEND;TZID=Europe/Paris:20261124T110000\nCONFERENCE;VALUE=URI:https://visio.example/abc-defg-hij"]);
    let found = agenda(&text, week());
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].title.as_str(), found[0].all_day, found[0].cancelled), ("Point d’équipe", false, false));
    assert_eq!((found[0].start, found[0].end), (at("2026-11-24T09:00:00"), at("2026-11-24T10:00:00")));
    let link = LinkText { field: Field::Conference, text: "https://visio.example/abc-defg-hij".into() };
    assert_eq!(found[0].links, [link]);
    assert!(agenda(&text, Window { from: at("2026-11-24T10:00:00"), to: at("2026-11-25T00:00:00") }).is_empty());
    assert_eq!(agenda(&text, Window { from: at("2026-11-24T09:59:00"), to: at("2026-11-25T00:00:00") }).len(), 1);
}

#[test]
fn a_series_keeps_its_hour_when_the_clock_changes() {
    let text =
        calendar(&["UID:1\nDTSTART;TZID=Romance Standard Time:20260105T100000\nDURATION:PT30M\nRRULE:FREQ=WEEKLY"]);
    let window = |from, to| Window { from: at(from), to: at(to) };
    assert_eq!(starts(&text, window("2026-10-18T00:00:00", "2026-11-01T00:00:00")), ["19 08:00", "26 09:00"]);
    assert_eq!(starts(&text, window("2026-03-22T00:00:00", "2026-04-01T00:00:00")), ["23 09:00", "30 08:00"]);
}

#[test]
fn exceptions_belong_to_their_own_series() {
    let series = "DTSTART;TZID=Europe/Paris:20261101T100000\nDTEND;TZID=Europe/Paris:20261101T110000\nRRULE:FREQ=DAILY";
    let text = calendar(&[
        &format!(
            "UID:a\nSUMMARY:A\nSEQUENCE:2\n{series}\nEXDATE;TZID=Europe/Paris:20261125T100000\nEXDATE:20261126T090000Z"
        ),
        // The other series has the same instances; its exception says nothing of the first one.
        &format!("UID:b\nSUMMARY:B\n{series}\nEXDATE;VALUE=DATE:20261124,20261125,20261126,20261127,20261128"),
        "UID:b\nSUMMARY:B moved\nRECURRENCE-ID;TZID=Europe/Paris:20261129T100000\nDTSTART:20261129T140000Z\nDTEND:20261129T150000Z",
        // A later version of the instance than of the series.
        "UID:a\nSUMMARY:A moved\nSEQUENCE:5\nRECURRENCE-ID:20261127T090000Z\nDTSTART:20261127T150000Z",
        "UID:a\nSUMMARY:A off\nSTATUS:CANCELLED\nRECURRENCE-ID;TZID=Europe/Paris:20261128T100000",
    ]);
    let found = agenda(&text, week());
    let told: Vec<_> = found.iter().map(|one| (start(one), one.title.as_str(), one.cancelled)).collect();
    let expected = [
        ("24 09:00", "A", false),
        ("27 15:00", "A moved", false),
        ("28 09:00", "A off", true),
        ("29 09:00", "A", false),
        ("29 14:00", "B moved", false),
    ];
    assert_eq!(told, expected.map(|(start, title, cancelled)| (start.to_owned(), title, cancelled)));
    let ids: HashSet<_> = found.iter().map(|one| &one.id).collect();
    assert_eq!(ids.len(), found.len());
    assert_eq!(found[1].id, format!("a {}", at("2026-11-27T09:00:00")), "moved, and still the same");
}

#[test]
fn an_instance_that_is_moved_into_the_window_is_in_it() {
    let text = calendar(&[
        "UID:a\nDTSTART:20260101T100000Z\nRRULE:FREQ=YEARLY",
        "UID:a\nRECURRENCE-ID:20260101T100000Z\nDTSTART:20261124T100000Z",
    ]);
    assert_eq!(starts(&text, week()), ["24 10:00"]);
}

#[test]
fn an_exception_may_count_for_all_that_follow() {
    let text = calendar(&[
        "UID:a\nSUMMARY:Before\nDTSTART:20261120T100000Z\nDTEND:20261120T110000Z\nRRULE:FREQ=DAILY",
        "UID:a\nSUMMARY:After\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261126T100000Z\nDTSTART:20261126T143000Z\nDTEND:20261126T150000Z",
    ]);
    let found = agenda(&text, week());
    let told: Vec<_> = found.iter().map(|one| (start(one), one.title.as_str())).collect();
    let expected = [
        ("24 10:00", "Before"),
        ("25 10:00", "Before"),
        ("26 14:30", "After"),
        ("27 14:30", "After"),
        ("28 14:30", "After"),
        ("29 14:30", "After"),
    ];
    assert_eq!(told, expected.map(|(start, title)| (start.to_owned(), title)));
    assert_eq!(found[4].end - found[4].start, 30 * 60_000);
}

#[test]
fn days_are_days_of_the_reader() {
    let text = calendar(&[
        "UID:1\nDTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261127",
        "UID:2\nDTSTART;VALUE=DATE:20261128",
        "UID:3\nDTSTART:20261125T100000\nDTEND:20261125T110000",
    ]);
    let found = agenda(&text, week());
    assert_eq!(
        (found[0].start, found[0].end, found[0].all_day),
        (at("2026-11-24T23:00:00"), at("2026-11-26T23:00:00"), true)
    );
    assert_eq!(found[1].start, at("2026-11-25T09:00:00"), "without a zone: where the reader is");
    assert_eq!((found[2].start, found[2].end), (at("2026-11-27T23:00:00"), at("2026-11-28T23:00:00")));
    let birthday = calendar(&["UID:1\nDTSTART;VALUE=DATE:16041126\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20251126"]);
    assert_eq!(starts(&birthday, week()), ["25 23:00"]);
}

#[test]
fn what_is_called_off_is_told_as_such() {
    let text = calendar(&["UID:1\nSTATUS:CANCELLED\nDTSTART:20261124T100000Z"]);
    assert!(agenda(&text, week())[0].cancelled);
    let text = text.replace("VERSION:2.0", "METHOD:CANCEL").replace("STATUS:CANCELLED\r\n", "");
    assert!(agenda(&text, week())[0].cancelled);
    let newer = calendar(&["UID:1\nSEQUENCE:1\nDTSTART:20261124T120000Z", "UID:1\nDTSTART:20261124T100000Z"]);
    assert_eq!(starts(&newer, week()), ["24 12:00"]);
}

#[test]
fn a_comma_is_a_comma() {
    for written in ["Point, puis; revue: suite", "Point\\, puis\\; revue: suite"] {
        let text = calendar(&[&format!("UID:1\nDTSTART:20261124T100000Z\nSUMMARY:{written}")]);
        assert_eq!(agenda(&text, week())[0].title, "Point, puis; revue: suite");
    }
}

#[test]
fn further_dates_are_added_once() {
    let text = calendar(&[
        "UID:1\nDTSTART:20261124T100000Z\nRRULE:FREQ=DAILY;COUNT=2\nRDATE:20261125T100000Z,20261128T120000Z",
    ]);
    assert_eq!(starts(&text, week()), ["24 10:00", "25 10:00", "28 12:00"]);
}

#[test]
fn a_further_date_may_have_a_length_of_its_own() {
    let text = calendar(&["UID:1\nDTSTART:20261124T090000Z\nDTEND:20261124T100000Z
        RDATE;VALUE=PERIOD:20261125T090000Z/PT2H,20261126T090000Z/20261126T120000Z,20261127T090000Z/20261127T080000Z
        RDATE:20261128T090000Z"]);
    let found = agenda(&text, week());
    let hours: Vec<_> = found.iter().map(|one| (start(one), (one.end - one.start) / 3_600_000)).collect();
    let expected = [("24 09:00", 1), ("25 09:00", 2), ("26 09:00", 3), ("27 09:00", 1), ("28 09:00", 1)];
    assert_eq!(hours, expected.map(|(start, hours)| (start.to_owned(), hours)));
    let third_hour = Window { from: at("2026-11-26T11:00:00"), to: at("2026-11-26T11:30:00") };
    assert_eq!(agenda(&text, third_hour).len(), 1, "it is not over yet");
}

#[test]
fn what_names_no_zone_is_meant_by_the_clock_of_its_series() {
    let series = "UID:a\nDTSTART;TZID=America/New_York:20261124T093000\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    let exceptions = [
        "UID:a\nRECURRENCE-ID:20261126T093000\nDTSTART;TZID=America/New_York:20261126T120000",
        "UID:a\nSTATUS:CANCELLED\nRECURRENCE-ID:20261127T093000",
    ];
    let whole = format!("{series}\nEXDATE:20261125T093000\nRDATE:20261128T120000");
    for events in [[whole.as_str(), exceptions[0], exceptions[1]], [exceptions[0], exceptions[1], whole.as_str()]] {
        let found = agenda(&calendar(&events), week());
        let told: Vec<_> = found.iter().map(|one| (start(one), one.cancelled)).collect();
        let expected = [
            ("24 14:30", false),
            ("26 17:00", false),
            ("27 14:30", true),
            ("28 14:30", false),
            ("28 17:00", false),
            ("29 14:30", false),
        ];
        assert_eq!(told, expected.map(|(start, cancelled)| (start.to_owned(), cancelled)));
    }
    // Nobody lives by UTC's clock.
    let utc = calendar(&["UID:a\nDTSTART:20261124T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20261125T100000"]);
    assert_eq!(starts(&utc, week()), ["24 09:00", "26 09:00"]);
}

#[test]
fn an_exception_without_a_zone_is_moved_by_the_clock_of_its_series() {
    let series = "UID:a\nDTSTART;TZID=America/New_York:20261124T093000\nDURATION:PT1H\nRRULE:FREQ=DAILY";
    let later =
        "UID:a\nRECURRENCE-ID;RANGE=THISANDFUTURE:20261126T093000\nDTSTART:20261126T100000\nDTEND:20261126T110000";
    let once = "UID:a\nRECURRENCE-ID:20261126T093000\nDTSTART:20261126T120000";
    for (exception, expected) in [
        (later, ["24 14:30", "25 14:30", "26 15:00", "27 15:00", "28 15:00", "29 15:00"]),
        (once, ["24 14:30", "25 14:30", "26 17:00", "27 14:30", "28 14:30", "29 14:30"]),
    ] {
        assert_eq!(starts(&calendar(&[series, exception]), week()), expected, "{exception}");
        assert_eq!(starts(&calendar(&[exception, series]), week()), expected, "{exception}");
    }
    let found = agenda(&calendar(&[series, later]), week());
    assert!(found.iter().all(|one| one.end - one.start == 3_600_000), "it keeps its length");
}

#[test]
fn of_two_versions_of_an_exception_one_may_name_no_zone() {
    let series = "UID:a\nDTSTART;TZID=Europe/Paris:20261124T093000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3";
    let first =
        "UID:a\nSEQUENCE:1\nRECURRENCE-ID;TZID=Europe/Paris:20261126T093000\nDTSTART;TZID=Europe/Paris:20261126T110000";
    let second = "UID:a\nSEQUENCE:2\nSTATUS:CANCELLED\nRECURRENCE-ID:20261126T093000";
    for events in [[series, first, second], [second, first, series], [first, series, second]] {
        let found = agenda(&calendar(&events), week());
        let told: Vec<_> = found.iter().map(|one| (start(one), one.cancelled)).collect();
        let expected = [("24 08:30", false), ("25 08:30", false), ("26 08:30", true)];
        assert_eq!(told, expected.map(|(start, cancelled)| (start.to_owned(), cancelled)));
    }
}

#[test]
fn a_zone_is_known_by_a_name_in_capitals() {
    for (zone, expected) in [
        ("AMERICA/NEW_YORK", "24 15:00"),
        ("/kolab.org/America/New_York", "24 15:00"),
        ("\"tzone://Microsoft/Utc\"", "24 10:00"),
        ("\"(UTC) Coordinated Universal Time\"", "24 10:00"),
        ("Somewhere", "24 09:00"),
    ] {
        let text = calendar(&[&format!("UID:1\nDTSTART;TZID={zone}:20261124T100000")]);
        assert_eq!(starts(&text, week()), [expected], "{zone}");
    }
}

#[test]
fn however_the_lines_are_written() {
    let folded = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261124T1\r\n 00000Z\r\nSUMMARY:Point d’éq\r\n uipe\r\nURL:https://visio.example/ab\r\n\tc-defg-hij\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let broken = "junk\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n:\nDTSTART:20261124T100000Z\nno colon here\nSUMMARY:Point d’équipe\nURL:https://visio.example/abc-defg-hij\n";
    for text in [folded.to_owned(), folded.replace("\r\n", "\n"), format!("\u{feff}{folded}"), broken.to_owned()] {
        let found = agenda(&text, week());
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].title, "Point d’équipe");
        assert_eq!(found[0].links[0].text, "https://visio.example/abc-defg-hij");
    }
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(folded.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(read(&wide, week(), paris(), &mut || true).unwrap().occurrences[0].title, "Point d’équipe");
}

#[test]
fn what_is_no_calendar_is_told() {
    let told = |data: &[u8]| read(data, week(), paris(), &mut || true);
    assert_eq!(told(b""), Err(Unreadable::NoCalendar));
    assert_eq!(told(b"<html>Not found</html>"), Err(Unreadable::NoCalendar));
    assert_eq!(told(&vec![b'x'; LARGEST_FILE + 1]), Err(Unreadable::TooLarge));
    assert_eq!(told(b"BEGIN:VCALENDAR\nEND:VCALENDAR\n"), Ok(Agenda::default()));
    assert_eq!(told(b"BEGIN:VEVENT\nUID:1\nEND:VEVENT\n"), Ok(Agenda::default()));
}

#[test]
fn whoever_has_waited_enough_gets_what_there_is() {
    let series: Vec<String> = (0..500)
        .map(|index| format!("UID:{index}\nDTSTART:20000101T100000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"))
        .collect();
    let text = calendar(&series.iter().map(String::as_str).collect::<Vec<_>>());
    let mut steps = 0;
    let found = read(text.as_bytes(), week(), paris(), &mut || {
        steps += 1;
        steps < 10
    });
    assert!(found.unwrap().incomplete);
    assert_eq!(steps, 10);
}

#[test]
fn a_flood_is_cut() {
    let series: Vec<String> = (0..40)
        .map(|index| format!("UID:{index}\nDTSTART:20261120T000000Z\nRRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7"))
        .collect();
    let text = calendar(&series.iter().map(String::as_str).collect::<Vec<_>>());
    let found = read(text.as_bytes(), week(), paris(), &mut || true).unwrap();
    assert!(found.incomplete);
    assert_eq!(found.occurrences.len(), MOST_OCCURRENCES);
}

proptest! {
    /// Whatever comes: no panic, and nothing outside of the window.
    #[test]
    fn nonsense_does_no_harm(lines in proptest::collection::vec(line(), 0..24)) {
        let text = format!("BEGIN:VCALENDAR\n{}\nEND:VCALENDAR\n", lines.join("\n"));
        if let Ok(found) = read(text.as_bytes(), week(), paris(), &mut || true) {
            for one in found.occurrences {
                prop_assert!(one.start < week().to && one.end >= week().from && one.end >= one.start);
            }
        }
    }
}

fn line() -> impl Strategy<Value = String> {
    let time = prop_oneof!["[0-9]{8}", "[0-9]{8}T[0-9]{6}Z?", "2026112[4-9]T[01][0-9]0000Z?", "00000000", ".{0,12}"];
    let rule = "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY|SECONDLY)(;INTERVAL=[0-9]{1,9})?(;COUNT=-?[0-9]{1,12})?(;BYDAY=-?[0-9]?[0-9]?(MO|SU|XX))?(;BYMONTHDAY=-?[0-9]{1,3})?(;BYSETPOS=-?[0-9]{1,4})?(;WKST=..)?";
    prop_oneof![
        Just("BEGIN:VEVENT".to_owned()),
        Just("END:VEVENT".to_owned()),
        Just("BEGIN:VTIMEZONE".to_owned()),
        Just("TZID:Chez nous".to_owned()),
        Just("TZOFFSETTO:+9999".to_owned()),
        "UID:[ab]".prop_map(|line| line),
        ("(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)(;TZID=(Europe/Paris|Chez nous|x))?(;VALUE=(DATE|PERIOD))?(;RANGE=THISANDFUTURE)?", time).prop_map(|(name, time)| format!("{name}:{time}")),
        rule.prop_map(|rule| format!("RRULE:{rule}")),
        "DURATION:-?P[0-9]{0,20}[WD](T[0-9]{0,12}[HMS])?".prop_map(|line| line),
        ".{0,40}".prop_map(|line| line),
    ]
}

#[test]
fn whoever_looks_at_a_clock_is_asked_on_the_way() {
    let exception = |day: u32| {
        format!(
            "UID:1\nRECURRENCE-ID:2026{:02}{:02}T090000Z\nDTSTART:20261124T100000Z",
            day / 28 % 12 + 1,
            day % 28 + 1
        )
    };
    let events: Vec<String> = (0..1000).map(exception).collect();
    let text = calendar(&events.iter().map(String::as_str).collect::<Vec<_>>());
    let asked = |most: usize| {
        let mut asked = 0;
        let mut go_on = || {
            asked += 1;
            asked <= most
        };
        let agenda = read(text.as_bytes(), week(), paris(), &mut go_on).expect("a calendar");
        (asked, agenda.incomplete)
    };
    let (whole, incomplete) = asked(usize::MAX);
    assert!(whole > 1000 / EVENTS_A_STEP && !incomplete, "{whole}");
    // Once more for what was read until then.
    assert_eq!(asked(5), (7, true), "it ends where it is told to");
}
