use super::chart::{Chart, Found};
use super::*;
use crate::dial::{NetworkOptions, ProxyOptions};
use std::time::SystemTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use visavis_model::{
    BitsPerSecond, DoctorFinding as Finding, DoctorMeasure, DoctorRow, DoctorState as State, DoctorStep as Step,
    DoctorVerdict, IssueCode,
};
use visavis_provider::{CertificateFault, ProxyFault, SocketCause};

fn network() -> Network {
    Network::new(NetworkOptions { proxy: ProxyOptions::Direct, ..NetworkOptions::default() }, |_| None)
}

fn look(patient: &Patient, media: &MediaFacts) -> (DoctorView, Vec<DoctorView>) {
    let (_stop, stopped) = oneshot::channel();
    let mut told = Vec::new();
    run(&network(), patient, media, stopped, |view| told.push(view));
    (told.last().cloned().expect("an end"), told)
}

fn row(view: &DoctorView, step: Step) -> &DoctorRow {
    view.rows.iter().find(|row| row.step == step).expect("every step has its row")
}

fn server(port: u16) -> Patient {
    let url = format!("http://127.0.0.1:{port}/").parse().expect("a url");
    Patient::of_server(Server::new(&url).expect("a server"))
}

/// A server of meetings, and its media server: `config` for the one, and what the other answers to a knock.
fn serving(config: &str, knocked: &'static str, date: SystemTime) -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.set_nonblocking(true).expect("not to wait");
    let port = listener.local_addr().expect("an address").port();
    let config = config.replace("PORT", &port.to_string());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async move {
            let listener = TcpListener::from_std(listener).expect("a listener");
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = vec![0; 4096];
                let count = stream.read(&mut asked).await.unwrap_or_default();
                let asked = String::from_utf8_lossy(&asked[..count]).into_owned();
                let answer = if asked.starts_with("GET /api/") {
                    let head = format!("HTTP/1.1 200 OK\r\nDate: {}\r\n", httpdate::fmt_http_date(date));
                    format!("{head}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{config}", config.len())
                } else if asked.starts_with("GET /rtc") {
                    knocked.to_owned()
                } else {
                    continue;
                };
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
    });
    port
}

const CONFIG: &str = r#"{"livekit":{"url":"http://127.0.0.1:PORT"}}"#;
const NO_TOKEN: &str = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n";

#[test]
fn a_whole_way_is_good_as_far_as_it_can_be_seen() {
    let port = serving(CONFIG, NO_TOKEN, SystemTime::now());
    let (view, told) = look(&server(port), &MediaFacts::default());
    assert_eq!((view.verdict, view.code, view.running), (Some(DoctorVerdict::Reachable), None, false), "{view:?}");
    for (step, finding) in [
        (Step::Proxy, Finding::ProxyNone),
        (Step::Name, Finding::NameFound),
        (Step::Certificate, Finding::CertificateNone),
        (Step::Server, Finding::ServerAnswers),
        (Step::Clock, Finding::ClockRight),
        (Step::Signalling, Finding::SignallingAnswers),
        (Step::Media, Finding::NoMeeting),
    ] {
        assert_eq!(row(&view, step).finding, Some(finding));
    }
    assert!(view.ended_at.is_some_and(|at| at > 0));
    assert!(told.first().is_some_and(|first| first.running && first.verdict.is_none()));
    let facts = MediaFacts {
        in_meeting: true,
        path: Some("udp".into()),
        round_trip_ms: Some(12.4),
        estimate: Some(BitsPerSecond(4_000_000)),
        ..MediaFacts::default()
    };
    let (view, _) = look(&server(port), &facts);
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Good), None));
    assert_eq!(row(&view, Step::RoundTrip).measure, Some(DoctorMeasure::Milliseconds(12)));
    let relayed = MediaFacts { path: Some("relay".into()), ..facts };
    let (view, _) = look(&server(port), &relayed);
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Detour), Some(IssueCode::UdpBlocked)));
}

#[test]
fn each_break_is_told_at_its_step() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    let (view, _) = look(&server(closed), &MediaFacts::default());
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Blocked), Some(IssueCode::ServerRefused)));
    assert_eq!(row(&view, Step::Server).finding, Some(Finding::ServerRefuses));
    assert_eq!(row(&view, Step::Signalling).state, State::Unknown, "nobody got there");

    let other = serving("[]", NO_TOKEN, SystemTime::now());
    let (view, _) = look(&server(other), &MediaFacts::default());
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Blocked), Some(IssueCode::ServerNonsense)));

    let cut = serving(CONFIG, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", SystemTime::now());
    let (view, _) = look(&server(cut), &MediaFacts::default());
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Blocked), Some(IssueCode::SocketCut)));
    assert_eq!(row(&view, Step::Signalling).params["status"], "403");

    let silent = serving(r#"{"LANGUAGE_CODE":"fr"}"#, NO_TOKEN, SystemTime::now());
    let (view, _) = look(&server(silent), &MediaFacts::default());
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Reachable), None), "an older server says less");
}

#[test]
fn a_media_server_elsewhere_is_named_by_its_own_host() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one").port();
    let config = CONFIG.replace("PORT", &closed.to_string());
    let port = serving(&config, NO_TOKEN, SystemTime::now());
    let (view, _) = look(&server(port), &MediaFacts::default());
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Blocked), Some(IssueCode::ServerRefused)), "{view:?}");
    let media = format!("127.0.0.1:{closed}");
    assert_eq!(row(&view, Step::Signalling).params["host"], media);
    assert!(!view.advice.is_empty() && view.advice.iter().all(|advice| advice.host == media), "{view:?}");
    assert_eq!(view.host, format!("127.0.0.1:{port}"), "who was looked at");
    let (view, _) = look(&server(closed), &MediaFacts::default());
    assert!(!view.advice.is_empty() && view.advice.iter().all(|advice| advice.host == media), "{view:?}");
}

#[test]
fn a_media_server_elsewhere_on_this_machine_is_not_followed_from_afar() {
    let config = r#"{"livekit":{"url":"ws://user@127.0.0.1:PORT"}}"#;
    let (view, _) = look(&server(serving(config, NO_TOKEN, SystemTime::now())), &MediaFacts::default());
    assert_eq!(row(&view, Step::Signalling).finding, Some(Finding::SignallingUnknown));
}

#[test]
fn a_wrong_clock_is_a_warning_with_its_minutes() {
    let hours = Duration::from_secs(3 * 3600);
    let (view, _) = look(&server(serving(CONFIG, NO_TOKEN, SystemTime::now() - hours)), &MediaFacts::default());
    let clock = row(&view, Step::Clock);
    assert_eq!((clock.state, clock.finding), (State::Warning, Some(Finding::ClockWrong)));
    assert_eq!((clock.params["minutes"].as_str(), view.code), ("180", Some(IssueCode::ClockWrong)));
    assert_eq!(view.verdict, Some(DoctorVerdict::Reachable));
    let said = httpdate::fmt_http_date(SystemTime::now() + hours);
    assert_eq!(judge::clock(Some(&said), SystemTime::now()).params[0].1, "179");
    for nonsense in [None, Some(""), Some("yesterday")] {
        assert_eq!(judge::clock(nonsense, SystemTime::now()).finding, Finding::ClockUnknown);
    }
}

#[test]
fn a_failure_goes_before_a_warning_that_came_first() {
    let refused = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
    let late = SystemTime::now() - Duration::from_secs(3600);
    let (view, _) = look(&server(serving(CONFIG, refused, late)), &MediaFacts::default());
    assert_eq!(row(&view, Step::Clock).state, State::Warning);
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Blocked), Some(IssueCode::SocketCut)));
    let slow = MediaFacts {
        in_meeting: true,
        path: Some("relay".into()),
        round_trip_ms: Some(900.0),
        estimate: Some(BitsPerSecond(100_000)),
        ..MediaFacts::default()
    };
    let (view, _) = look(&server(serving(CONFIG, NO_TOKEN, SystemTime::now())), &slow);
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Poor), Some(IssueCode::NetworkPoor)));
}

#[test]
fn whoever_speaks_no_tls_is_no_server_of_meetings() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = std::io::Write::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.2\r\n");
        }
    });
    let url = format!("https://127.0.0.1:{port}/").parse().expect("a url");
    let (view, _) = look(&Patient::of_server(Server::new(&url).expect("a server")), &MediaFacts::default());
    assert_eq!((view.verdict, view.code), (Some(DoctorVerdict::Blocked), Some(IssueCode::ServerNonsense)), "{view:?}");
    assert_eq!(row(&view, Step::Certificate).state, State::Unknown);
}

#[test]
fn what_a_meeting_shows_counts() {
    let of = |path: Option<&str>, round_trip, lost, estimate: u64| MediaFacts {
        in_meeting: true,
        blocked: false,
        path: path.map(str::to_owned),
        round_trip_ms: round_trip,
        lost,
        estimate: Some(BitsPerSecond(estimate)),
    };
    let state = |found: Found| found.state;
    assert_eq!(state(of(Some("udp"), Some(30.0), 0.0, 5_000_000).round_trip()), State::Good);
    assert_eq!(state(of(None, Some(300.0), 0.0, 0).round_trip()), State::Warning);
    assert_eq!(state(of(None, Some(30.0), 0.06, 0).round_trip()), State::Bad);
    assert_eq!(of(None, Some(f32::NAN), f32::NAN, 0).round_trip().finding, Finding::NotMeasured);
    assert_eq!(of(None, None, 0.0, 0).path().finding, Finding::NotMeasured);
    assert_eq!(of(None, None, 0.0, 200_000).bandwidth().code, Some(IssueCode::NetworkPoor));
    assert_eq!(state(of(None, None, 0.0, 700_000).bandwidth()), State::Warning);
    let blocked = MediaFacts { blocked: true, ..MediaFacts::default() };
    assert_eq!((blocked.path().state, blocked.path().code), (State::Bad, Some(IssueCode::MediaBlocked)));
    assert_eq!(MediaFacts::default().bandwidth().finding, Finding::NoMeeting);
}

#[test]
fn every_cause_has_its_step_and_its_code() {
    let told = |cause| {
        let (step, found) = judge::connection(&cause);
        (step, found.finding, found.code)
    };
    let asks = SocketCause::Proxy(ProxyFault::AuthenticationRequired);
    assert_eq!(told(asks), (Step::Proxy, Finding::ProxyAsks, Some(IssueCode::ProxyAuthentication)));
    let refuses = SocketCause::Proxy(ProxyFault::Refused { status: 403 });
    assert_eq!(told(refuses), (Step::Proxy, Finding::ProxyRefuses, Some(IssueCode::ProxyRefuses)));
    let foreign = SocketCause::Certificate(CertificateFault::UnknownIssuer);
    assert_eq!(
        told(foreign),
        (Step::Certificate, Finding::CertificateUntrusted, Some(IssueCode::CertificateUntrusted))
    );
    for cause in [SocketCause::Timeout, SocketCause::Reset, SocketCause::Nonsense, SocketCause::Forbidden] {
        assert_eq!(told(cause.clone()).0, Step::Server);
        assert_eq!(judge::signalling(&cause).state, State::Bad);
    }
}

#[test]
fn whoever_stops_keeps_what_was_found() {
    let mut told = Vec::new();
    let mut chart = Chart::new("visio.example", |view| told.push(view));
    chart.write(Step::Proxy, Found::good(Finding::ProxyNone));
    chart.begin(Step::Name);
    chart.end(7);
    let view = told.last().expect("an end");
    assert_eq!((view.verdict, view.ended_at, view.running), (Some(DoctorVerdict::Stopped), Some(7), false));
    assert_eq!(row(view, Step::Proxy).state, State::Good);
    assert_eq!(row(view, Step::Name).state, State::Unknown);
}

#[test]
fn an_examination_that_is_dropped_ends() {
    // A listener that takes a connection and says nothing.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let patient = server(listener.local_addr().expect("an address").port());
    let (sender, heard) = std::sync::mpsc::channel();
    let tell = move |view| drop(sender.send(view));
    let mut doctor = Doctor::start(network(), patient, MediaFacts::default(), tell).expect("a thread");
    doctor.stop();
    drop(doctor);
    let last = heard.try_iter().last().expect("an end");
    assert!(!last.running);
}
