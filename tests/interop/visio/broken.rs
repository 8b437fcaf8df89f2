//! Links that lead nowhere, and servers that are not what they should be: a cause each, and no contact that nobody wanted.

use super::{GIVES_UP, SLUG, Visio, ends_with};
use std::net::TcpListener;
use visavis_model::IssueCode;
use visavis_testkit::meet::{Access, Front};
use visavis_tests::peers::application::{self, Ended};
use visavis_tests::places;
use visavis_tests::servers::broken::{self, Fault};
use visavis_tests::servers::free_port;

fn attempt(visio: &Visio, link: String) -> Ended {
    let mut options = visio.options("Guest");
    options.link = link;
    visio.start(&options).finish(GIVES_UP).expect("it gives up")
}

/// A link to a server on this port, which may be contacted where `known`.
fn attempt_at(test: &str, port: u16, known: bool) -> Ended {
    let folder = places::run(&format!("interop/visio-{test}")).expect("a folder");
    let mut options = application::Options::new(format!("http://127.0.0.1:{port}/{SLUG}"), "Guest", 10);
    (options.camera, options.microphone) = ("off".into(), "off".into());
    if known {
        options.arguments = vec!["--server".into(), format!("127.0.0.1:{port}")];
    }
    application::join(&folder, &options).expect("the application").finish(GIVES_UP).expect("it gives up")
}

#[test]
fn there_is_no_such_room() {
    let visio = Visio::new("no-room", Access::Public);
    ends_with(&attempt(&visio, visio.meet.link("not-here-yet")), 4, IssueCode::NoRoom);
}

#[test]
fn another_page_answers() {
    let visio = Visio::new("html", Access::Public);
    visio.meet.state().settings.front = Front::Page;
    ends_with(&attempt(&visio, visio.meet.link(SLUG)), 3, IssueCode::ServerNonsense);
}

#[test]
fn the_server_has_moved_and_nobody_asks_it_elsewhere() {
    let visio = Visio::new("moved", Access::Public);
    // The same Meet, by the other name of this machine.
    let port = visio.meet.host().rsplit_once(':').expect("a port").1.to_owned();
    visio.meet.state().settings.moved = Some(format!("http://localhost:{port}"));
    ends_with(&attempt(&visio, visio.meet.link(SLUG)), 3, IssueCode::ServerMoved);
    let asked = visio.meet.answered();
    assert!(asked.iter().all(|(_, status)| *status == 301), "{asked:?}");
}

#[test]
fn the_server_behind_the_proxy_is_away() {
    let visio = Visio::new("proxy", Access::Public);
    visio.meet.state().settings.front = Front::Away;
    ends_with(&attempt(&visio, visio.meet.link(SLUG)), 3, IssueCode::ServerDown);
}

#[test]
fn the_sfu_behind_the_server_is_away() {
    let mut visio = Visio::new("sfu", Access::Public);
    visio.livekit.kill();
    ends_with(&attempt(&visio, visio.meet.link(SLUG)), 3, IssueCode::ServerRefused);
}

#[test]
fn nobody_listens() {
    ends_with(&attempt_at("refused-port", free_port().expect("a port"), true), 3, IssueCode::ServerRefused);
}

#[test]
fn the_server_breaks_off_or_speaks_nonsense() {
    for (test, fault, issue) in [
        ("closes", Fault::CloseAfterRequest, IssueCode::ServerClosed),
        ("noise", Fault::NotHttp, IssueCode::ServerNonsense),
        ("silent", Fault::Silent, IssueCode::ServerTimeout),
    ] {
        let port = broken::start(fault).expect("a server");
        ends_with(&attempt_at(test, port, true), 3, issue);
    }
}

#[test]
fn a_server_that_nobody_named_is_not_contacted() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    listener.set_nonblocking(true).expect("a listener");
    let port = listener.local_addr().expect("an address").port();
    ends_with(&attempt_at("unknown", port, false), 2, IssueCode::ServerUnknown);
    let came = listener.accept().map(|_| ()).expect_err("nobody came");
    assert_eq!(came.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_link_in_a_sentence_and_without_hyphens_leads_there() {
    let visio = Visio::new("sentence", Access::Public);
    let mut options = visio.options("Guest");
    options.link = format!("Join us: {} (today at 3)", visio.meet.link("ABCdefghij"));
    let mut call = visio.start(&options);
    super::is_in(&mut call);
    super::left(call);
}
