//! What comes of several requests.

use super::stage::{ALICE, GUEST, NOW, Present, RESTRICTED, body, by_alice, request, with, world};
use crate::meet::{Front, Meet, Recorder, Reply, Request};
use serde_json::{Value, json};
use std::time::Duration;

const AT: fn(u64) -> Duration = |ms| NOW.saturating_add(Duration::from_millis(ms));

fn knocks(cookie: Option<&str>) -> Request {
    let asks = request("POST", "rooms/ied-kdkr-wcm/request-entry/", &json!({ "username": "Zoé" }));
    match cookie {
        Some(cookie) => with(asks, &[("Cookie", cookie)]),
        None => asks,
    }
}

/// The cookie as a browser sends it back.
fn cookie(reply: &Reply) -> String {
    reply.header("Set-Cookie").next().and_then(|text| text.split(';').next()).expect("a cookie").to_owned()
}

fn decide(meet: &mut Meet, who: &Value, allow: bool, ms: u64) -> u16 {
    let body = json!({ "participant_id": who, "allow_entry": allow });
    let asks = by_alice("POST", &format!("rooms/{RESTRICTED}/enter/"), &body);
    meet.handle(&asks, AT(ms), &mut Present::all()).status
}

#[test]
fn somebody_waits_and_is_let_in_under_one_identity() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let first = meet.handle(&knocks(None), AT(0), &mut sfu);
    assert_eq!(sfu.told("SendData").len(), 1);
    assert_eq!(sfu.told("SendData")[0]["data"], "eyJ0eXBlIjogInBhcnRpY2lwYW50V2FpdGluZyJ9");
    let cookie = cookie(&first);
    let again = meet.handle(&knocks(Some(&cookie)), AT(1000), &mut sfu);
    assert_eq!((&body(&again)["id"], &body(&again)["color"]), (&body(&first)["id"], &body(&first)["color"]));
    assert_eq!(sfu.told("SendData").len(), 1, "nobody is told twice of one person");
    assert_eq!(decide(&mut meet, &body(&first)["id"], true, 1500), 200);
    let accepted = body(&meet.handle(&knocks(Some(&cookie)), AT(60_000), &mut sfu));
    assert_eq!((&accepted["status"], &accepted["livekit"]["room"]), (&json!("accepted"), &json!(RESTRICTED)));
    let claims =
        crate::token::read(super::stage::SECRET, accepted["livekit"]["token"].as_str().unwrap(), NOW.as_secs());
    assert_eq!(claims.unwrap()["sub"], accepted["id"]);
}

#[test]
fn somebody_is_refused_and_may_ask_again_later() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let first = meet.handle(&knocks(None), AT(0), &mut sfu);
    assert_eq!(decide(&mut meet, &body(&first)["id"], false, 100), 200);
    let cookie = cookie(&first);
    assert_eq!(body(&meet.handle(&knocks(Some(&cookie)), AT(1000), &mut sfu))["status"], "denied");
    assert_eq!(body(&meet.handle(&knocks(Some(&cookie)), AT(6000), &mut sfu))["status"], "waiting");
    // Who does not ask is there no more.
    assert_eq!(decide(&mut meet, &body(&first)["id"], true, 9100), 404);
}

#[test]
fn who_was_removed_waits_again() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let guest = format!("lobbyParticipantId={GUEST}");
    meet.handle(&knocks(Some(&guest)), AT(0), &mut sfu);
    assert_eq!(decide(&mut meet, &json!(GUEST), true, 0), 200);
    let remove = json!({ "participant_identity": GUEST });
    let asks = by_alice("POST", &format!("rooms/{RESTRICTED}/remove-participant/"), &remove);
    assert_eq!(meet.handle(&asks, AT(1), &mut sfu).status, 200);
    assert_eq!(body(&meet.handle(&knocks(Some(&guest)), AT(2), &mut sfu))["status"], "waiting");
}

#[test]
fn one_recording_at_a_time() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let start = by_alice("POST", "rooms/xhi-cczc-bxr/start-recording/", &json!({ "mode": "transcript" }));
    let stop = by_alice("POST", "rooms/xhi-cczc-bxr/stop-recording/", &Value::Null);
    assert_eq!(meet.handle(&start, NOW, &mut sfu).after, Duration::from_secs(22));
    meet.settings.recorder = Recorder::Begins;
    assert_eq!(meet.handle(&start, NOW, &mut sfu).status, 201);
    let second = meet.handle(&start, NOW, &mut sfu);
    assert_eq!(second.status, 409);
    assert_eq!(body(&second)["error"], "A recording is already in progress for room xhi-cczc-bxr");
    assert_eq!(meet.handle(&stop, NOW, &mut sfu).status, 200);
    assert_eq!(meet.handle(&stop, NOW, &mut sfu).status, 404);
    let metadata: Vec<_> = sfu.told("UpdateRoomMetadata").iter().map(|call| call["metadata"].clone()).collect();
    let starting = json!({ "recording_mode": "transcript", "recording_status": "starting" }).to_string();
    assert_eq!(metadata, [json!(starting), json!("{}")]);
}

#[test]
fn a_session_that_is_over_is_nobodys() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let waiting = by_alice("GET", "rooms/ied-kdkr-wcm/waiting-participants/", &Value::Null);
    assert_eq!(meet.handle(&waiting, NOW, &mut sfu).status, 200);
    meet.end_sessions();
    let reply = meet.handle(&waiting, NOW, &mut sfu);
    assert_eq!((reply.status, reply.header("www-authenticate").next()), (401, Some("Session")));
}

#[test]
fn what_stands_before_the_api_answers_for_it() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let config = request("GET", "config/", &Value::Null);
    meet.settings.front = Front::Page;
    let page = meet.handle(&config, NOW, &mut sfu);
    assert_eq!((page.status, page.header("content-type").next()), (200, Some("text/html; charset=utf-8")));
    meet.settings.front = Front::Away;
    assert_eq!(meet.handle(&config, NOW, &mut sfu).status, 502);
    meet.settings.front = Front::Api;
    assert_eq!(body(&meet.handle(&config, NOW, &mut sfu))["livekit"]["url"], "http://localhost:7980");
}

#[test]
fn a_made_up_world_is_whole() {
    let (mut meet, mut sfu) = (world(), Present::all());
    let anna = meet.person("Anna Berg");
    let room = meet.room("abc-defg-hij", crate::meet::Access::Restricted, &[(&anna, crate::meet::Role::Owner)]);
    let cookies = meet.session(&anna);
    let asks = with(request("GET", "rooms/abc-defg-hij/", &Value::Null), &[("Cookie", &cookies)]);
    let answer = body(&meet.handle(&asks, NOW, &mut sfu));
    assert_eq!((&answer["id"], &answer["accesses"][0]["role"]), (&json!(room), &json!("owner")));
    assert_eq!(answer["pin_code"].as_str().map(str::len), Some(10));
    assert_ne!(anna.sub, ALICE);
}

#[test]
fn rooms_come_page_by_page() {
    let (mut meet, mut sfu) = (world(), Present::all());
    for number in 0..20 {
        let made = by_alice("POST", "rooms/", &json!({ "name": format!("room-{number}") }));
        assert_eq!(meet.handle(&made, NOW, &mut sfu).status, 201);
    }
    let page = |meet: &mut Meet, query: &str| {
        let asks = by_alice("GET", &format!("rooms/{query}"), &Value::Null);
        body(&meet.handle(&asks, NOW, &mut Present::all()))
    };
    let first = page(&mut meet, "");
    assert_eq!((first["count"].as_u64(), first["results"].as_array().map(Vec::len)), (Some(23), Some(20)));
    assert_eq!(first["next"], "https://localhost:3443/api/v1.0/rooms/?page=2");
    let second = page(&mut meet, "?page=2");
    assert_eq!((&second["next"], second["results"].as_array().map(Vec::len)), (&Value::Null, Some(3)));
    assert_eq!(page(&mut meet, "?page=3")["detail"], "Invalid page.");
}
