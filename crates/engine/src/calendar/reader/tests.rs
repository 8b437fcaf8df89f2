//! What files cost, and what servers answer: a small one of our own, which can say what no real one says on demand.

use super::*;
use crate::dial::{NetworkOptions, ProxyOptions};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const DATA: &str = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261201T090000Z\r\n\
                    DTEND:20261201T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[tokio::test]
async fn the_files_of_a_reading_share_its_time() {
    let mut search = Search::new(Window { from: 0, to: i64::MAX }, Zone::UTC);
    let found = parse(|| Ok(DATA.into()), &mut search).await.expect("a calendar");
    assert_eq!((found.len(), search.is_over()), (1, false));
    let left = search.left;
    assert!(left < PATIENCE, "{left:?}");
    // What is not read takes nothing.
    assert_eq!(parse(|| Err(CalendarFault::File), &mut search).await, Err(CalendarFault::File));
    assert_eq!(search.left, left);
    assert!(parse(|| Ok(DATA.into()), &mut search).await.is_ok_and(|found| found.len() == 1) && search.left < left);
    assert_eq!(parse(|| panic!("a library"), &mut search).await, Err(CalendarFault::NoCalendar));
    assert!(!search.is_over());
    search.left = Duration::from_nanos(1);
    assert!(parse(|| Ok(DATA.into()), &mut search).await.is_err() && search.is_over());
    search.left = Duration::ZERO;
    assert!(parse(|| Ok(DATA.into()), &mut search).await.is_err() && search.is_over());
}

/// The hour before the meeting of [`DATA`].
const BEFORE: i64 = 1_796_112_000_000;

/// What a server answers: a status, further lines of its header, a body.
type Said = (u16, &'static str, String);

/// A server on this machine that answers each question by its method and path.
fn server(answer: impl Fn(&str, &str) -> Said + Send + 'static) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = BufReader::new(stream);
            let (mut first, mut length) = (String::new(), 0);
            stream.read_line(&mut first).unwrap();
            loop {
                let mut line = String::new();
                stream.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                if let Some(octets) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = octets.trim().parse().unwrap();
                }
            }
            std::io::copy(&mut stream.by_ref().take(length), &mut std::io::sink()).unwrap();
            let mut words = first.split(' ');
            let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
            let (status, more, body) = answer(method, path);
            let head = format!("HTTP/1.1 {status} Said\r\n{more}content-length: {}\r\n", body.len());
            let _ = write!(stream.get_mut(), "{head}connection: close\r\n\r\n{body}");
        }
    });
    root
}

fn reader(url: Url) -> Reader {
    let options = NetworkOptions { proxy: ProxyOptions::Direct, ..NetworkOptions::default() };
    Reader::new(Place::Server(url), Network::new(options, |_| None), None)
}

/// An answer about resources, each with its place and its properties.
fn resources(told: &[(&str, &str)]) -> Said {
    let one = |(place, properties): &(&str, &str)| {
        format!("<response><href>{place}</href><propstat><prop>{properties}</prop></propstat></response>")
    };
    let all: String = told.iter().map(one).collect();
    let spaces = r#"xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav""#;
    (207, "", format!("<multistatus {spaces}>{all}</multistatus>"))
}

const CALENDAR: &str = "<resourcetype><C:calendar/></resourcetype>";

fn nothing() -> Said {
    (404, "", String::new())
}

#[tokio::test]
async fn a_well_known_place_elsewhere_is_nobodys_prohibition_and_ends_no_search() {
    let elsewhere = || (301, "location: https://dav.agglo.example/\r\n", String::new());
    let url = server(move |method, path| match (method, path) {
        (_, "/.well-known/caldav") => elsewhere(),
        ("PROPFIND", "/") => resources(&[("/", CALENDAR)]),
        ("REPORT", "/") => resources(&[]),
        _ => nothing(),
    });
    assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Ok(Found::default()));
    let url = server(move |_, _| elsewhere());
    assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(CalendarFault::NoCalendar));
}

#[tokio::test]
async fn a_calendar_that_its_server_cannot_read_hides_no_other() {
    let url = server(|method, path| match (method, path) {
        ("PROPFIND", "/") => resources(&[("/", "<C:calendar-home-set><href>/home/</href></C:calendar-home-set>")]),
        ("PROPFIND", "/home/") => resources(&[("/home/a/", CALENDAR), ("/home/b/", CALENDAR)]),
        ("REPORT", "/home/a/") => (500, "", String::new()),
        ("REPORT", "/home/b/") => {
            let data = format!("<C:calendar-data>{DATA}</C:calendar-data>");
            resources(&[("/home/b/1.ics", data.as_str())])
        }
        _ => nothing(),
    });
    let found = reader(url).read(BEFORE, Zone::UTC).await.expect("the other one");
    assert_eq!((found.occurrences.len(), found.unread), (1, 1));
}

#[tokio::test]
async fn a_server_that_has_too_much_to_do_is_asked_once() {
    for status in [429, 502, 503, 504] {
        let asked = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&asked);
        let url = server(move |method, path| match (method, path) {
            ("PROPFIND", "/") => resources(&[("/", "<C:calendar-home-set><href>/home/</href></C:calendar-home-set>")]),
            ("PROPFIND", "/home/") => resources(&[("/home/a/", CALENDAR), ("/home/b/", CALENDAR)]),
            ("REPORT", _) => {
                count.fetch_add(1, Ordering::SeqCst);
                (status, "", String::new())
            }
            _ => nothing(),
        });
        assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(CalendarFault::Unreachable));
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{status}");
    }
}
