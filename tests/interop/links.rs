//! Links that lead nowhere, and servers that are broken: a clear cause each, and no waiting without end.

use crate::ground::{Ground, ROOM, US};
use std::time::Duration;
use visavis_model::IssueCode;
use visavis_testkit::token::{Grants, Holder, token};
use visavis_tests::peers::application::{self, Ended};
use visavis_tests::places;
use visavis_tests::servers::broken::{self, Fault};
use visavis_tests::servers::{free_port, livekit};

/// Longest time until a hopeless attempt is given up, with a busy machine's slowness.
const GIVES_UP: Duration = Duration::from_secs(45);

fn attempt(test: &str, link: &str) -> Ended {
    let folder = places::run(&format!("interop/{test}")).expect("a folder");
    let options = application::Options::new(link.to_owned(), US, 10);
    application::join(&folder, &options).expect("the application").finish(GIVES_UP).expect("it gives up")
}

fn any_token() -> String {
    let holder = Holder { identity: US, name: US, not_before: 0, expires: 4_000_000_000 };
    token("devkey", "a-secret-that-no-server-knows-of-", holder, &Grants::participant(ROOM))
}

fn ends_with(ended: &Ended, code: i32, issue: IssueCode) {
    assert_eq!(ended.code, code, "log: {}", ended.log);
    let report = ended.report.as_ref().expect("a report");
    let issues: Vec<_> = report.issues.iter().map(|record| record.issue.code).collect();
    assert!(issues.contains(&issue), "{issue:?} is not among {issues:?}");
    assert_eq!(report.exit_code, code);
}

#[test]
fn nobody_listens() {
    let link = livekit::link(free_port().expect("a port"), ROOM, &any_token());
    ends_with(&attempt("nobody-listens", &link), 3, IssueCode::ServerRefused);
}

#[test]
fn the_server_knows_no_such_room() {
    let port = broken::start(Fault::Status(404)).expect("a server");
    ends_with(&attempt("not-found", &livekit::link(port, ROOM, &any_token())), 4, IssueCode::NoRoom);
}

#[test]
fn the_server_wants_another_invitation() {
    for status in [401, 403] {
        let port = broken::start(Fault::Status(status)).expect("a server");
        let ended = attempt(&format!("status-{status}"), &livekit::link(port, ROOM, &any_token()));
        ends_with(&ended, 4, IssueCode::InvitationRefused);
    }
}

#[test]
fn the_server_is_down_behind_its_front() {
    let port = broken::start(Fault::Status(503)).expect("a server");
    ends_with(&attempt("unavailable", &livekit::link(port, ROOM, &any_token())), 3, IssueCode::ServerDown);
}

#[test]
fn the_server_closes_before_it_answers() {
    let port = broken::start(Fault::CloseAfterRequest).expect("a server");
    ends_with(&attempt("closes-early", &livekit::link(port, ROOM, &any_token())), 3, IssueCode::ServerClosed);
}

#[test]
fn the_server_closes_in_the_middle_of_joining() {
    let port = broken::start(Fault::CloseAfterUpgrade).expect("a server");
    ends_with(&attempt("closes-joining", &livekit::link(port, ROOM, &any_token())), 3, IssueCode::ServerClosed);
}

#[test]
fn the_server_speaks_nonsense() {
    for (fault, test) in [(Fault::Nonsense, "nonsense"), (Fault::NotHttp, "not-http")] {
        let port = broken::start(fault).expect("a server");
        ends_with(&attempt(test, &livekit::link(port, ROOM, &any_token())), 3, IssueCode::ServerNonsense);
    }
}

#[test]
fn the_server_never_says_anything() {
    let port = broken::start(Fault::Silent).expect("a server");
    ends_with(&attempt("silent", &livekit::link(port, ROOM, &any_token())), 3, IssueCode::ServerTimeout);
}

#[test]
fn the_invitation_is_signed_by_another_server() {
    let ground = Ground::new("refused");
    let ended = attempt("refused-call", &livekit::link(ground.server.port(), ROOM, &any_token()));
    ends_with(&ended, 4, IssueCode::InvitationRefused);
}

#[test]
fn texts_that_are_no_links() {
    let links = [
        "",
        "hello",
        "https://meet.example.org/abc",
        "livekit://",
        "livekit://127.0.0.1",
        "livekit://127.0.0.1/room",
        "livekit://127.0.0.1/room?token=not-a-token",
        "livekit://user:password@127.0.0.1/room?token=x",
        "livekit://[::1/room?token=x",
        "livekit://127.0.0.1:99999/room?token=x",
        "ws://example.org/room?token=x",
    ];
    for (number, link) in links.iter().enumerate() {
        let ended = attempt(&format!("no-link-{number}"), link);
        assert_eq!(ended.code, 2, "{link:?}: {}", ended.log);
    }
}

#[test]
fn files_that_are_no_pictures_or_sounds() {
    let ground = Ground::new("bad-files");
    let file = ground.folder.join("garbage");
    std::fs::write(&file, [0x5a; 4096]).expect("a file");
    for (camera, microphone) in [
        (format!("file:{}", file.display()), "off".to_owned()),
        ("off".to_owned(), format!("file:{}", file.display())),
        ("file:no-such-file.y4m".to_owned(), "off".to_owned()),
        ("off".to_owned(), "file:no-such-file.wav".to_owned()),
    ] {
        let mut options = ground.our_options(10);
        (options.camera, options.microphone) = (camera.clone(), microphone.clone());
        let ended = ground.call(&options);
        assert_eq!(ended.code, 7, "{camera} {microphone}: {}", ended.log);
        let issues = ended.report.expect("a report").issues;
        assert!(
            issues.iter().any(|record| record.issue.code == IssueCode::SourceFile),
            "{camera} {microphone}: {issues:?}"
        );
    }
}
