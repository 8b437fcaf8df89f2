//! Every recorded request is played to the stand-in, whose answer has to be the recorded one.

use super::alike::differences;
use super::stage::{ALICE, BOB, NOW, PUBLIC, Present, RESTRICTED, SECRET, body, by_alice, place, request, with, world};
use crate::meet::session::Session;
use crate::meet::{Meet, Reply, Request, Role};
use crate::token;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// What the stand-in does not have: a list that no client asks for.
const NOT_HERE: [&str; 1] = ["resource-accesses-list-200"];

fn recordings() -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../provider/fixtures/meet/rest");
    let files = std::fs::read_dir(&folder).expect("the recordings").map(|file| file.expect("a file").path());
    let mut all: Vec<Value> = files
        .map(|path| serde_json::from_slice(&std::fs::read(path).expect("a recording")).expect("JSON"))
        .filter(|value: &Value| value["fixture"].is_string())
        .collect();
    all.sort_by_key(|recording| recording["fixture"].to_string());
    all
}

fn name(recording: &Value) -> &str {
    recording["fixture"].as_str().expect("a name")
}

/// The recorded request. Recorded tokens have a false signature: all but the one that is refused for it are signed anew.
fn played(recording: &Value) -> Request {
    let given = &recording["request"];
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let header = |(key, value): (&String, &Value)| {
        let value = text(value);
        let signed = value.strip_prefix("Bearer ").filter(|_| !name(recording).contains("bad-signature"));
        let value = signed.map_or(value.clone(), |token| format!("Bearer {}", signed_anew(token)));
        (key.clone(), value)
    };
    let body = match &given["body"] {
        Value::Null => Vec::new(),
        // What is no JSON.
        Value::String(raw) => raw.clone().into_bytes(),
        value => value.to_string().into_bytes(),
    };
    let headers = given["headers"].as_object().expect("headers").iter().map(header).collect();
    Request { method: text(&given["method"]), target: text(&given["path"]), headers, body }
}

fn signed_anew(token: &str) -> String {
    use base64::Engine as _;
    let claims = token.split('.').nth(1).expect("claims");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).expect("base64");
    token::signed(SECRET, &serde_json::from_slice::<Value>(&claims).expect("claims"))
}

/// Alice's session, as the recordings have it.
fn session(meet: &mut Meet) -> &mut Session {
    meet.sessions.get_mut("FAKEcookie5000000000000000000000").expect("Alice's session")
}

/// Brings the world to where it was before this recording.
fn before(fixture: &str, asked: &Request, meet: &mut Meet, sfu: &mut Present) {
    let knock = |meet: &mut Meet, id: &str, name: &str| {
        let asks = request("POST", "rooms/ied-kdkr-wcm/request-entry/", &json!({ "username": name }));
        let asks = with(asks, &[("Cookie", &format!("lobbyParticipantId={id}"))]);
        assert_eq!(meet.handle(&asks, NOW - Duration::from_secs(1), &mut Present::default()).status, 200);
    };
    let id = |number: u8| format!("fa4e0000-0000-4000-8000-0000000000{number}");
    match fixture {
        "request-entry-waiting-repeat-200" | "waiting-participants-one-200" | "enter-accept-200" => {
            knock(meet, &id(34), "Guest One");
        }
        "enter-deny-200" => knock(meet, &id(36), "Guest Two"),
        "request-entry-accepted-200" | "room-get-restricted-after-accept-200" => {
            knock(meet, &id(34), "Guest One");
            assert!(meet.lobby.decide(RESTRICTED, &id(34), true, NOW));
        }
        "request-entry-denied-200" => {
            knock(meet, &id(36), "Guest Two");
            assert!(meet.lobby.decide(RESTRICTED, &id(36), false, NOW));
        }
        "request-entry-throttled-429" => {
            for _ in 0..150 {
                let reply = meet.handle(asked, NOW - Duration::from_millis(2500), sfu);
                assert_eq!(reply.status, 200);
            }
        }
        "room-create-public-201" | "room-create-restricted-201" | "room-create-trusted-201" => meet.rooms.clear(),
        "creation-callback-200" => {
            let room = json!({ "name": "ptm-nott-ptk", "callback_id": "cb-0123456789" });
            assert_eq!(meet.handle(&by_alice("POST", "rooms/", &room), NOW, sfu).status, 201);
        }
        "mute-participant-guest-everyone-can-mute-off-403" => configure(meet, json!({ "everyone_can_mute": false })),
        "room-patch-access-level-200" | "room-patch-configuration-200" => {
            let bob =
                place("8c273a33-61a0-41c6-b472-f29f697aeb78", "0a222f05-3a00-4343-8fa5-bec8d3c241b0", Role::Member);
            meet.rooms[0].places.insert(0, bob);
            if fixture == "room-patch-access-level-200" {
                let sources = json!(["microphone", "camera"]);
                configure(meet, json!({ "everyone_can_mute": false, "can_publish_sources": sources }));
            }
        }
        "room-list-200" => {
            let configuration = json!({ "everyone_can_mute": false, "can_publish_sources": ["microphone"] });
            meet.rooms[..2].iter_mut().for_each(|room| room.configuration = configuration.clone());
        }
        "recordings-list-200" => {
            for room in [PUBLIC, RESTRICTED] {
                let body = json!({ "mode": "screen_recording", "options": { "language": "fr" } });
                let asks = by_alice("POST", &format!("rooms/{room}/start-recording/"), &body);
                assert_eq!(meet.handle(&asks, NOW, sfu).status, 502);
            }
        }
        "login-2-callback-302" => {
            let mut begun = Session { back: Some("https://localhost:3443/".into()), ..Session::default() };
            begun.sign_ins.insert("FAKEoidc300000000000000000000000".into(), "nonce".into());
            meet.sessions.insert("FAKEcookie1000000000000000000000".into(), begun);
            sfu.vouches_for_alice("nonce");
        }
        "logout-302" => session(meet).id_token = Some(id_token()),
        "logout-callback-302" => {
            session(meet).sign_outs.insert("tXwYrwwAL5XWBpFyNNDJ9TrNTsPAbmxw".into());
        }
        "toggle-hand-after-removed-404"
        | "toggle-hand-not-in-room-404"
        | "remove-participant-again-404"
        | "mute-participant-caller-not-in-room-403" => sfu.people.clear(),
        _ => {}
    }
}

/// The recorded word of the provider for Alice.
fn id_token() -> String {
    let recording = recordings().into_iter().find(|one| name(one) == "logout-302").expect("recorded");
    let location = recording["response"]["headers"]["Location"].as_str().expect("a location");
    let hint = location.split(['?', '&']).find_map(|part| part.strip_prefix("id_token_hint="));
    hint.expect("a hint").to_owned()
}

fn configure(meet: &mut Meet, configuration: Value) {
    meet.rooms[0].configuration = configuration;
}

/// Keys whose values are made up anew each time.
fn free(fixture: &str) -> Vec<&'static str> {
    let mut free = vec!["color"];
    let claims = ["sub"];
    match fixture {
        _ if fixture.starts_with("room-create-") || fixture.starts_with("csrf-token-origin") => {
            free.extend(["id", "pin_code", "resource", "room"]);
        }
        "room-list-200" => {
            free.extend(["results", "count", "id", "name", "slug", "pin_code", "resource", "room", "access_level"]);
        }
        "recordings-list-200" => {
            free.extend(["id", "name", "slug", "access_level", "created_at", "updated_at", "key"]);
        }
        "request-entry-waiting-first-200" | "request-entry-public-accepted-200" => {
            free.extend(["id"]);
            free.extend(claims);
        }
        "request-entry-trusted-anonymous-200" | "request-entry-trusted-loggedin-200" => free.extend(["id"]),
        // The identity of an entry is the cookie, of which the recording has another than of the token.
        _ if fixture.starts_with("request-entry-") || fixture.starts_with("room-get-") => free.extend(claims),
        _ => {}
    }
    free
}

/// The attributes of a cookie without the date that its age repeats.
fn attributes<'a>(given: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut list: Vec<_> =
        given.map(str::trim).filter(|text| !text.starts_with("expires=")).map(str::to_owned).collect();
    list.sort();
    list
}

/// A header without what is made up anew each time.
fn told(value: &str) -> String {
    let parts = value.split('&').map(|part| match part.split_once('=') {
        Some((key @ ("state" | "nonce"), value)) => format!("{key}: {}", value.len()),
        _ => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("&")
}

fn check(recording: &Value, reply: &Reply) -> Vec<String> {
    let recorded = &recording["response"];
    let mut wrong = Vec::new();
    if recorded["status"] != reply.status {
        wrong.push(format!("status {}, not {}", reply.status, recorded["status"]));
    }
    for header in ["Content-Type", "Location", "Retry-After"] {
        let (was, is) = (recorded["headers"][header].as_str(), reply.header(header).next());
        if was.map(told) != is.map(told) {
            wrong.push(format!("{header}: {is:?}, not {was:?}"));
        }
    }
    let was: Vec<_> = recorded["set_cookie"]
        .as_array()
        .expect("cookies")
        .iter()
        .map(|cookie| {
            let list = cookie["attributes"].as_array().expect("attributes");
            (cookie["name"].as_str().expect("a name").to_owned(), attributes(list.iter().filter_map(Value::as_str)))
        })
        .collect();
    let is: Vec<_> = reply
        .header("Set-Cookie")
        .map(|text| {
            let mut parts = text.split(';');
            let name = parts.next().and_then(|pair| pair.split_once('=')).expect("a pair").0;
            (name.to_owned(), attributes(parts))
        })
        .collect();
    if was != is {
        wrong.push(format!("cookies {is:?}, not {was:?}"));
    }
    let answered = match reply.header("Content-Type").next() {
        Some("application/json") => body(reply),
        _ if reply.body.is_empty() => Value::Null,
        _ => Value::String(String::from_utf8_lossy(&reply.body).into_owned()),
    };
    wrong.extend(differences(&recorded["body"], &answered, &free(name(recording))));
    wrong
}

#[test]
fn every_recorded_request_is_answered_as_recorded() {
    let (mut wrong, mut count) = (Vec::new(), 0);
    for recording in recordings() {
        let fixture = name(&recording);
        if NOT_HERE.contains(&fixture) {
            continue;
        }
        let (mut meet, mut sfu) = (world(), Present::all());
        let asked = played(&recording);
        before(fixture, &asked, &mut meet, &mut sfu);
        let reply = meet.handle(&asked, NOW, &mut sfu);
        wrong.extend(check(&recording, &reply).into_iter().map(|what| format!("{fixture}: {what}")));
        count += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(count, 112);
}

#[test]
fn what_is_done_to_people_is_done_through_the_sfu() {
    let mut told = Vec::new();
    for (fixture, method) in [
        ("mute-participant-by-guest-200", "MutePublishedTrack"),
        ("remove-participant-200", "RemoveParticipant"),
        ("toggle-hand-raise-200", "UpdateParticipant"),
        ("rename-200", "UpdateParticipant"),
        ("update-participant-permission-200", "UpdateParticipant"),
        ("update-participant-role-200", "UpdateParticipant"),
        ("room-patch-configuration-200", "UpdateRoomMetadata"),
    ] {
        let recording = recordings().into_iter().find(|one| name(one) == fixture).expect("recorded");
        let (mut meet, mut sfu) = (world(), Present::all());
        meet.handle(&played(&recording), NOW, &mut sfu);
        let calls = sfu.told(method);
        assert_eq!(calls.len(), 1, "{fixture}");
        told.push(calls[0].clone());
    }
    assert_eq!(told[0]["identity"], BOB);
    assert_eq!((&told[0]["trackSid"], &told[0]["muted"]), (&json!("TR_AMhgk4g86D4kEC"), &json!(true)));
    assert_eq!(told[2]["attributes"]["handRaisedAt"], "2026-11-24T21:49:00.000000+00:00");
    assert_eq!((&told[3]["name"], &told[3]["metadata"]), (&json!("Renamed Guest"), &json!("null")));
    assert_eq!(told[4]["permission"]["canPublishSources"], json!(["CAMERA"]));
    assert_eq!(told[5]["attributes"], json!({ "room_role": "administrator" }));
    let metadata: Value = serde_json::from_str(told[6]["metadata"].as_str().expect("text")).expect("JSON");
    let configuration = json!({ "can_publish_sources": ["microphone", "camera"], "everyone_can_mute": false });
    assert_eq!(metadata, json!({ "configuration": configuration, "access_level": "public" }));
    assert_ne!(told[0]["identity"], ALICE);
}
