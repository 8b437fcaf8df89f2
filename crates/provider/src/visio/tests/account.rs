//! Outside of a meeting, compared with what was recorded.

use super::harness::{Recorded, owner_jar, recorded};
use crate::visio::{NewRoom, Server, SignOut, new_code, spoken_pin};
use crate::{ActionError, CookieJar, HttpRequest, RequestId, header};
use proptest::prelude::*;
use serde_json::Value;
use url::Url;
use visavis_model::{AccessLevel, RoomSettings, TrackSource};

fn url(text: &str) -> Url {
    Url::parse(text).expect("url")
}

fn server() -> Server {
    Server::new(&url("https://localhost:3443/")).expect("server")
}

/// The recorded answer, after what was asked is compared with what was recorded.
fn compared(name: &str, request: &HttpRequest) -> Recorded {
    let recorded = recorded(name);
    let (path, _) = recorded.path.split_once('?').unwrap_or((&recorded.path, ""));
    assert_eq!((request.method, request.url.path()), (recorded.method.as_str(), path), "{name}");
    let body: Value = request.body.as_ref().map_or(Value::Null, |body| serde_json::from_slice(body).expect("json"));
    assert_eq!(body, recorded.body, "{name}");
    recorded
}

#[test]
fn we_are_who_the_server_says() {
    let (server, jar) = (server(), owner_jar());
    let asked = server.me(RequestId(1), &jar);
    let told = compared("users-me-200", &asked);
    let me = server.read_me(told.status, &told.headers, &told.answer).expect("me");
    assert_eq!((me.name.as_str(), me.email.as_str()), ("Alice Martin", "alice@example.org"));
    let told = compared("users-me-401", &asked);
    assert_eq!(server.read_me(told.status, &told.headers, &told.answer), Err(ActionError::SignedOut));
    assert_eq!(server.read_me(200, &[], b"<html>"), Err(ActionError::Nonsense));
    assert_eq!(server.read_me(200, &[], b"{}"), Err(ActionError::Nonsense));
}

#[test]
fn rooms_are_made_and_listed() {
    let (server, jar) = (server(), owner_jar());
    let told = recorded("room-create-full-201");
    let name = told.body["name"].as_str().expect("name").to_owned();
    let settings =
        RoomSettings { access: None, sources: Some(vec![TrackSource::Microphone]), everyone_can_mute: false };
    let room = NewRoom { name: name.clone(), access: Some(AccessLevel::Restricted), settings: Some(settings) };
    let asked = server.create(RequestId(1), &jar, &room);
    let body: Value = serde_json::from_slice(asked.body.as_deref().expect("body")).expect("json");
    for key in ["name", "access_level", "configuration"] {
        assert_eq!(body[key], told.body[key], "{key}");
    }
    assert!(
        header(&asked.headers, "origin").next().is_some() && header(&asked.headers, "x-csrftoken").next().is_some()
    );
    let made = server.read_created(told.status, &told.headers, &told.answer).expect("room");
    assert_eq!((made.slug.as_str(), made.pin.as_deref()), (name.as_str(), Some("1859882585")));
    assert_eq!(made.link, format!("https://localhost:3443/{name}"));
    assert_eq!(made.settings.access, Some(AccessLevel::Restricted));
    for (recording, error) in [
        ("room-create-duplicate-400", ActionError::Invalid),
        ("room-create-empty-400", ActionError::Invalid),
        ("room-create-bad-access-400", ActionError::Invalid),
        ("room-create-malformed-json-400", ActionError::Invalid),
        ("room-create-anonymous-401", ActionError::SignedOut),
        ("csrf-foreign-origin-403", ActionError::NotAllowed),
    ] {
        let told = recorded(recording);
        assert_eq!(server.read_created(told.status, &told.headers, &told.answer), Err(error), "{recording}");
    }

    let told = compared("room-list-200", &server.rooms(RequestId(2), &jar, 0));
    let rooms = server.read_rooms(told.status, &told.headers, &told.answer).expect("rooms");
    assert_eq!((rooms.list.len(), rooms.next), (17, None));
    assert_eq!(rooms.list[0].slug, "dhd-yzlb-hjr");
    let told = recorded("room-list-anonymous-200");
    assert_eq!(server.read_rooms(told.status, &told.headers, &told.answer), Ok(Default::default()));
    let next = |next: &str| {
        let page = serde_json::json!({ "results": [], "next": next }).to_string();
        server.read_rooms(200, &[], page.as_bytes()).expect("rooms").next
    };
    assert_eq!(next("https://localhost:3443/api/v1.0/rooms/?page=2"), Some(2));
    assert_eq!((next("https://evil.example/?page=99999"), next("nonsense"), next("?page=x")), (None, None, None));
}

#[test]
fn people_are_invited() {
    let (server, jar) = (server(), owner_jar());
    let told = recorded("invite-500");
    let room = told.path.trim_end_matches("/invite/").rsplit('/').next().expect("room").to_owned();
    let asked = server.invite(RequestId(1), &jar, &room, &[" x@example.org ".into()]).expect("request");
    let told = compared("invite-500", &asked);
    assert_eq!(server.read_done(told.status, &told.headers, &told.answer), Err(ActionError::Failed));
    let told = recorded("invite-400");
    assert_eq!(server.read_done(told.status, &told.headers, &told.answer), Err(ActionError::Invalid));
    for bad in ["bad", "", "@example.org", "a b@example.org", "a@b\r\nc.d", "a@b"] {
        let refused = server.invite(RequestId(1), &jar, &room, &[bad.into()]).err();
        assert_eq!(refused, Some(ActionError::Invalid), "{bad:?}");
    }
    assert!(server.invite(RequestId(1), &jar, &room, &[]).is_err());
    assert_eq!(
        (spoken_pin("1234567890"), spoken_pin("123456"), spoken_pin("x")),
        ("123 456 7890#".into(), "123 456#".into(), "#".into())
    );
}

#[test]
fn somebody_signs_in_in_a_window() {
    let server = server();
    for (quiet, recording) in [(false, "login-1-authenticate-302"), (true, "login-silent-authenticate-302")] {
        let path = recorded(recording).path;
        assert_eq!(server.sign_in(quiet).as_str(), format!("https://localhost:3443{path}"));
    }
    // The way there and back, as recorded.
    for (at, back) in [
        ("http://localhost:8083/auth?response_type=code", false),
        ("https://localhost:3443/api/v1.0/callback/?code=x&state=y", false),
        ("https://localhost:3443/", true),
        ("http://localhost:3443/", false),
        ("https://localhost.evil.example:3443/", false),
    ] {
        assert_eq!(server.is_back(&url(at)), back, "{at}");
    }
    let cookies = [
        ("sessionid", "localhost", "s"),
        ("csrftoken", ".localhost", "c"),
        ("sessionid", "evil.example", "e"),
        ("tracker", "localhost", "t"),
        ("lobbyParticipantId", "localhost", "l"),
    ];
    let jar = server.jar(cookies).expect("jar");
    assert_eq!(server.to_keep(&jar).reveal(), "sessionid=s; csrftoken=c");
    assert_eq!(CookieJar::from_secret(server.host(), &server.to_keep(&jar)), jar);
    assert_eq!(server.jar([("csrftoken", "localhost", "c")]), None, "nobody signed in");
    assert!(server.jar([("meet_sessionid", "localhost", "s")]).is_some(), "as in development");
}

#[test]
fn signing_out_takes_two_steps() {
    let (server, mut jar) = (server(), owner_jar());
    let told = compared("logout-302", &server.sign_out(RequestId(1), &jar));
    jar.take(&url("https://localhost:3443/"), &told.headers);
    assert!(jar.get("sessionid").is_some(), "not out yet");
    let then = SignOut::read(&told.headers).expect("a provider's page");
    assert_ne!(then.page.origin(), server.base().origin());
    let second = server.sign_out_callback(RequestId(2), &jar, &then.state);
    let told = recorded("logout-callback-302");
    assert_eq!(second.url.as_str(), format!("https://localhost:3443{}", told.path));
    jar.take(&url("https://localhost:3443/"), &told.headers);
    assert!(jar.get("sessionid").is_none());
    for location in ["", "https://localhost:3443/", "nonsense", "https://op.example/?state="] {
        let headers = [crate::Header::new("location", location)];
        assert!(SignOut::read(&headers).is_none(), "{location}");
    }
    for location in ["ftp://op.example/?state=x", "http://op.example/?state=x", "javascript:alert(1)?state=x"] {
        assert!(SignOut::read(&[crate::Header::new("location", location)]).is_none(), "{location}");
    }
    assert!(server.is_signed_out(&second.url), "on the way back");
    assert!(server.is_signed_out(&url("https://localhost:3443/")));
    assert!(!server.is_signed_out(&then.page));
    Server::forget_session(&mut jar);
    assert!(jar.is_empty());
}

#[test]
fn a_quiet_sign_in_is_tried_where_the_server_says_so() {
    let (server, told) = (server(), recorded("config-get-200"));
    assert_eq!(server.config(RequestId(1)).url.as_str(), "https://localhost:3443/api/v1.0/config/");
    let says =
        serde_json::from_slice::<serde_json::Value>(&told.answer).expect("json")["is_silent_login_enabled"] == true;
    assert_eq!(server.read_quiet(told.status, &told.headers, &told.answer), says);
    assert!(server.read_quiet(200, &told.headers, br#"{"is_silent_login_enabled":true}"#));
    for body in [&b""[..], b"<html>", b"{}", br#"{"is_silent_login_enabled":"yes"}"#] {
        assert!(!server.read_quiet(200, &told.headers, body));
    }
}

#[test]
fn only_web_servers_are_servers() {
    assert!(Server::new(&url("wss://meet.example/")).is_none());
    assert!(Server::new(&url("http://meet.example:8080/")).is_none());
    assert_eq!(
        Server::new(&url("http://meet.example/x?y")).map(|server| server.base().to_string()).as_deref(),
        Some("https://meet.example/")
    );
}

proptest! {
    #[test]
    fn a_code_made_up_is_one(random: u64) {
        let code = new_code(random);
        let found = crate::visio::Provider;
        let known = crate::KnownHosts::new(["meet.example"], false);
        let found = crate::Provider::recognise_code(&found, &code, true, &known).expect("code").expect("found");
        prop_assert_eq!(found.link.room, code);
    }

    #[test]
    fn no_answer_panics(status: u16, body in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,60}") {
        let server = server();
        let json = serde_json::json!({ "results": [{ "id": text, "slug": text, "name": text, "pin_code": text }], "next": text, "id": text });
        for body in [body, json.to_string().into_bytes()] {
            let _ = (server.read_me(status, &[], &body), server.read_created(status, &[], &body));
            let _ = (server.read_rooms(status, &[], &body), server.read_done(status, &[], &body));
        }
        let headers = [crate::Header::new("location", text)];
        let _ = (SignOut::read(&headers), server.read_quiet(status, &headers, json.to_string().as_bytes()));
    }
}
