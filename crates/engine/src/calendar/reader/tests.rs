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

const HOMES: &str = "<C:calendar-home-set><href>/home/</href></C:calendar-home-set>";

fn agenda(place: &str) -> Said {
    let data = format!("<C:calendar-data>{DATA}</C:calendar-data>");
    resources(&[(place, data.as_str())])
}

#[tokio::test]
async fn a_calendar_that_is_left_out_is_counted_whatever_the_server_says_of_it() {
    let listed = ["/home/a/", "/home/b/", "/home/c/", "/home/d/", "/home/e/"].map(|place| (place, CALENDAR));
    let url = server(move |method, path| match (method, path) {
        ("PROPFIND", "/") => resources(&[("/", HOMES)]),
        ("PROPFIND", "/home/") => resources(&listed),
        ("REPORT", "/home/a/") => (301, "location: https://dav.agglo.example/a/\r\n", String::new()),
        ("REPORT", "/home/b/") => (207, "", "<multistatus".into()),
        ("REPORT", "/home/c/") => (207, "", " ".repeat(visavis_calendar::LARGEST_FILE + 1)),
        ("REPORT", "/home/d/") => agenda("/home/d/1.ics"),
        // It has gone since it was listed.
        _ => nothing(),
    });
    let found = reader(url).read(BEFORE, Zone::UTC).await.expect("the fourth one");
    assert_eq!((found.occurrences.len(), found.unread), (1, 3));
}

#[tokio::test]
async fn what_was_known_of_a_calendar_stays_while_its_server_leads_elsewhere() {
    let asked = AtomicUsize::new(0);
    let url = server(move |method, path| match (method, path) {
        ("PROPFIND", "/") => resources(&[("/", HOMES)]),
        ("PROPFIND", "/home/") => resources(&[("/home/a/", CALENDAR)]),
        ("REPORT", _) if asked.fetch_add(1, Ordering::SeqCst) == 0 => agenda("/home/a/1.ics"),
        _ => (302, "location: https://dav.agglo.example/\r\n", String::new()),
    });
    let mut reader = reader(url);
    for unread in [0, 1] {
        let found = reader.read(BEFORE, Zone::UTC).await.expect("a calendar");
        assert_eq!((found.occurrences.len(), found.unread), (1, unread));
    }
}

#[tokio::test]
async fn what_is_larger_than_is_read_says_so() {
    let large = || (207, "", " ".repeat(visavis_calendar::LARGEST_FILE + 1));
    let url = server(move |method, path| match (method, path) {
        ("PROPFIND", "/") => resources(&[("/", CALENDAR)]),
        ("REPORT", _) => large(),
        _ => nothing(),
    });
    assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(CalendarFault::TooLarge));
    // An address of a file.
    let url = server(move |method, _| if method == "GET" { large() } else { nothing() });
    assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(CalendarFault::TooLarge));
}

#[tokio::test]
async fn a_server_that_wants_another_kind_of_sign_in_says_so() {
    use CalendarFault::{OtherSignIn, Password};
    for (kinds, fault) in [
        ("www-authenticate: Digest realm=\"a\", qop=\"auth\", nonce=\"b\"\r\n", OtherSignIn),
        ("www-authenticate: Negotiate\r\nwww-authenticate: Bearer\r\n", OtherSignIn),
        ("WWW-Authenticate: Negotiate\r\nWWW-Authenticate: Basic realm=\"Agglomération\"\r\n", Password),
        ("", Password),
    ] {
        let url = server(move |_, _| (401, kinds, String::new()));
        assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(fault), "{kinds}");
    }
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

/// A server that hangs up on the first so many questions without a word, and refuses the password of the others.
fn server_that_hangs_up(times: usize) -> (Url, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let root = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let asked: Arc<AtomicUsize> = Arc::default();
    let counted = asked.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            if counted.fetch_add(1, Ordering::SeqCst) < times {
                continue;
            }
            stream.set_read_timeout(Some(std::time::Duration::from_millis(100))).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
            let _ = stream.write_all(b"HTTP/1.1 401 Said\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        }
    });
    (root, asked)
}

#[tokio::test]
async fn a_connection_that_breaks_is_tried_once_more_and_no_more() {
    let (url, asked) = server_that_hangs_up(1);
    assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(CalendarFault::Password));
    assert_eq!(asked.load(Ordering::SeqCst), 2);
    let (url, asked) = server_that_hangs_up(usize::MAX);
    assert_eq!(reader(url).read(BEFORE, Zone::UTC).await, Err(CalendarFault::Unreachable));
    assert!(asked.load(Ordering::SeqCst).is_multiple_of(2), "each question twice");
}
