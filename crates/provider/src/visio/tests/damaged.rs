//! Every recorded answer, read as everything that it could be taken for, whole and damaged.

use super::harness::{PUBLIC, Talk, recorded};
use crate::visio::reply::Reply;
use crate::visio::wire::{Config, Entry, Pass, Room};
use crate::visio::{Server, SignOut};
use crate::{ActionError, CookieJar, Header, Input, LeaveCause};
use proptest::prelude::*;
use std::path::Path;
use url::Url;

fn names() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/meet/rest");
    let files = std::fs::read_dir(folder).expect("folder").map(|entry| entry.expect("entry").file_name());
    let mut names: Vec<_> = files.filter_map(|name| Some(name.to_str()?.strip_suffix(".json")?.to_owned())).collect();
    names.sort();
    names
}

fn read_as_everything(status: u16, headers: &[Header], body: &[u8]) {
    let reply = Reply::read(status, headers, body);
    let _ = reply.outcome();
    if let Some(object) = reply.object() {
        let _ = (Config::read(object), Room::read(object), Entry::read(object), Pass::read(object));
    }
    let server = Server::new(&Url::parse("https://localhost:3443/").expect("url")).expect("server");
    let _ = (server.read_me(status, headers, body), server.read_rooms(status, headers, body));
    let _ =
        (server.read_created(status, headers, body), SignOut::read(headers), server.read_quiet(status, headers, body));
    CookieJar::new("localhost:3443").take(&Url::parse("https://localhost:3443/").expect("url"), headers);
}

#[test]
fn a_server_that_moved_is_told_by_whatever_question_hears_of_it_first() {
    let to = Url::parse("https://new.example/").expect("url");
    let room = format!("/{PUBLIC}/");
    for (first, second) in [("/request-entry/", &*room), (&*room, "/request-entry/")] {
        let mut talk = Talk::guest(PUBLIC, "");
        for question in [first, second] {
            let location = Header::new("location", format!("https://new.example/api/v1.0/rooms/{PUBLIC}/"));
            talk.answer(question, 301, vec![location], b"<html>");
        }
        assert_eq!(talk.left(), Some(LeaveCause::Moved(to.clone())));
        assert!(talk.asked.iter().all(|request| request.url.host_str() == Some("localhost")), "the new one was asked");
    }
}

#[test]
fn every_recorded_answer_has_the_outcome_that_its_name_says() {
    let names = names();
    assert!(names.len() > 100, "{}", names.len());
    for name in names {
        let recorded = recorded(&name);
        assert!(name.ends_with(&format!("-{}", recorded.status)), "{name}");
        let reply = Reply::read(recorded.status, &recorded.headers, &recorded.answer);
        let outcome = reply.outcome();
        let expected = match recorded.status {
            200..=299 => Ok(()),
            301 | 302 => Err(ActionError::Nonsense),
            400 => Err(ActionError::Invalid),
            401 => Err(ActionError::SignedOut),
            403 => Err(ActionError::NotAllowed),
            404 if reply.body.is_some() => Err(ActionError::Gone),
            404 | 405 => Err(ActionError::Unsupported),
            429 => Err(ActionError::Throttled { seconds: 58 }),
            500 | 502 => Err(ActionError::Failed),
            other => panic!("{name}: {other}"),
        };
        assert_eq!(outcome, expected, "{name}");
        read_as_everything(recorded.status, &recorded.headers, &recorded.answer);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_damage_panics(which: prop::sample::Index, cut: prop::sample::Index, at: prop::sample::Index, byte: u8) {
        let names = names();
        let recorded = recorded(which.get::<String>(&names));
        let mut body = recorded.answer;
        if !body.is_empty() {
            let at = at.index(body.len());
            body[at] = byte;
            body.truncate(cut.index(body.len() + 1));
        }
        read_as_everything(200, &recorded.headers, &body);
        // And said to a session that waits for three answers at once.
        let mut talk = Talk::owner(super::harness::PUBLIC);
        for request in std::mem::take(&mut talk.asked) {
            let headers = recorded.headers.clone();
            talk.input(Input::HttpResponse { request: request.id, status: 200, headers, body: body.clone().into() });
        }
    }
}
