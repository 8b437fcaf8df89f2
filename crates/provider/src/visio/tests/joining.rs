//! At the door.

use super::harness::{PUBLIC, RESTRICTED, Talk, link, owner_jar, recorded};
use crate::livekit::tests::harness::{self as livekit, Word};
use crate::{
    CertificateFault, ConnectionState, CookieJar, Credentials, Header, Input, LeaveCause, Notice, ProxyFault,
    RoomCommand, RoomEvent, Session as _, SocketCause, header,
};
use proptest::prelude::*;
use visavis_model::LobbyView;

const TRUSTED: &str = "yny-neyk-clo";

fn lobby(talk: &Talk) -> Vec<LobbyView> {
    let views =
        talk.events.iter().filter_map(|event| if let RoomEvent::Lobby(view) = event { Some(view) } else { None });
    views.cloned().collect()
}

#[test]
fn a_guest_goes_into_an_open_room() {
    let mut talk = Talk::guest(PUBLIC, "Guest Four");
    // All at once: nothing waits for anything.
    assert_eq!(talk.asked.len(), 3);
    assert!(
        talk.asked
            .iter()
            .all(|request| request.bearer.is_none() && header(&request.headers, "cookie").next().is_none())
    );
    talk.replay("room-get-public-anonymous-200");
    assert!(talk.opened.is_empty(), "the door's identity stays the same, the room's would not");
    talk.replay("request-entry-public-accepted-200");
    assert!(talk.opened[0].1.starts_with("ws://localhost:7980/rtc?"), "{:?}", talk.opened);
    assert!(!talk.opened[0].1.contains("token"));
    assert!(talk.media_hosts.is_empty(), "the link's own host");
    let jar = talk.events.iter().find_map(|event| if let RoomEvent::Cookies(jar) = event { Some(jar) } else { None });
    assert!(jar.is_some_and(|jar| jar.get("lobbyParticipantId").is_some()));
    assert!(lobby(&talk).is_empty());
    talk.socket_opened();
    talk.word(Word::Join(livekit::join(Vec::new())));
    let room = talk.events.iter().find_map(|event| match event {
        RoomEvent::Joined { room, .. } => Some(room),
        _ => None,
    });
    let room = room.expect("joined");
    assert_eq!(room.name, PUBLIC);
    assert!(room.capabilities.raise_hand && room.capabilities.reactions && !room.capabilities.moderate);
    assert!(!room.capabilities.captions, "not known yet");
    talk.replay("config-get-200");
    assert!(
        matches!(talk.events.last(), Some(RoomEvent::Invitation(view)) if view.phone.as_deref() == Some("+33 1 23 45 67 89") && view.pin.is_some())
    );
    assert!(
        talk.events.iter().any(|event| matches!(event, RoomEvent::RoomChanged(room) if room.capabilities.captions))
    );
}

#[test]
fn the_same_guest_comes_back_as_the_same() {
    let mut jar = CookieJar::new("localhost:3443");
    jar.put("lobbyParticipantId", "fa4e0000-0000-4000-8000-000000000038");
    let here = link("https://localhost:3443/", PUBLIC);
    let mut talk = Talk::at(&here, "Guest Four", Some(Credentials::Cookies(jar)));
    talk.input(Input::Start);
    assert_eq!(talk.asks("/users/me/"), 0, "a place at the door is no sign-in");
    let asked = talk.asked.iter().find(|request| request.url.path().ends_with("/request-entry/")).expect("asked");
    let cookies: Vec<_> = header(&asked.headers, "cookie").collect();
    assert_eq!(cookies, ["lobbyParticipantId=fa4e0000-0000-4000-8000-000000000038"]);
    talk.replay("request-entry-public-accepted-repeat-200");
    assert_eq!(talk.opened.len(), 1);
    // Another host's jar opens nothing here.
    let mut talk = Talk::at(&link("https://meet.example/", PUBLIC), "Zoé", Some(Credentials::Cookies(owner_jar())));
    talk.input(Input::Start);
    assert!(talk.asked.iter().all(|request| header(&request.headers, "cookie").next().is_none()));
}

#[test]
fn a_guest_waits_before_a_restricted_room_until_admitted() {
    let mut talk = Talk::guest(RESTRICTED, "Guest One");
    talk.input(Input::Command(RoomCommand::Publish(livekit::microphone())));
    talk.replay("config-get-200");
    talk.replay("request-entry-waiting-first-200");
    talk.replay("room-get-restricted-anonymous-200");
    assert_eq!(lobby(&talk), [LobbyView::default()]);
    assert_eq!(talk.asked.len(), 0);
    talk.pass_millis(999);
    assert_eq!(talk.asked.len(), 0);
    for _ in 0..5 {
        talk.pass_millis(1);
        assert_eq!(talk.asks("/request-entry/"), 1);
        let cookies: Vec<_> = header(&talk.asked[0].headers, "cookie").map(str::to_owned).collect();
        assert_eq!(cookies, ["lobbyParticipantId=fa4e0000-0000-4000-8000-000000000034"]);
        // A slow answer: the next question is due a second after the last question, not after the answer.
        talk.pass_millis(400);
        talk.replay("request-entry-waiting-repeat-200");
        talk.pass_millis(599);
    }
    talk.pass_millis(1);
    talk.replay("request-entry-accepted-200");
    assert_eq!(talk.opened.len(), 1);
    assert_eq!(lobby(&talk).len(), 1, "told once");
    let states: Vec<_> = talk
        .events
        .iter()
        .filter(|event| matches!(event, RoomEvent::Connection(ConnectionState::Connecting)))
        .collect();
    assert_eq!(states.len(), 2, "the second one ends the waiting");
    talk.socket_opened();
    talk.word(Word::Join(livekit::join(Vec::new())));
    assert!(
        talk.said.iter().any(|said| livekit::kind(said) == "add track"),
        "what was asked at the door is done inside"
    );
}

#[test]
fn a_guest_is_refused_gives_up_or_waits_in_vain() {
    let mut talk = Talk::guest(RESTRICTED, "Guest Two");
    talk.answer("/request-entry/", 200, Vec::new(), br#"{"status":"waiting","livekit":null}"#);
    talk.pass_millis(1000);
    talk.replay("request-entry-denied-200");
    assert_eq!(talk.left(), Some(LeaveCause::EntryDenied));
    talk.pass_millis(60_000);
    assert_eq!(talk.asks("/request-entry/"), 0, "nobody asks after a refusal");

    let mut talk = Talk::guest(RESTRICTED, "Guest One");
    talk.replay("request-entry-waiting-first-200");
    talk.input(Input::Command(RoomCommand::Leave));
    assert_eq!(talk.left(), Some(LeaveCause::Ours));
    assert_eq!(talk.session.poll_timeout(), None);

    let mut talk = Talk::guest(RESTRICTED, "Guest One");
    talk.replay("request-entry-waiting-first-200");
    let mut polls = 0;
    while talk.left().is_none() {
        talk.pass_millis(100);
        if talk.asks("/request-entry/") > 0 {
            polls += 1;
            talk.replay("request-entry-waiting-repeat-200");
        }
        assert!(polls < 1000);
    }
    assert_eq!((talk.left(), polls), (Some(LeaveCause::EntryTimeout), 599));
}

#[test]
fn a_guest_at_the_door_learns_what_the_room_is_called() {
    let named = |name: &str| {
        let mut talk = Talk::guest(RESTRICTED, "Guest One");
        let mut room: serde_json::Value =
            serde_json::from_slice(&recorded("room-get-restricted-anonymous-200").answer).expect("JSON");
        room["name"] = name.into();
        talk.answer(&format!("/{RESTRICTED}/"), 200, Vec::new(), room.to_string().as_bytes());
        let named = |event: &RoomEvent| if let RoomEvent::Named(name) = event { Some(name.clone()) } else { None };
        talk.events.iter().find_map(named)
    };
    assert_eq!(named("Conseil du 3 mars"), Some("Conseil du 3 mars".into()));
    assert_eq!(named(RESTRICTED), None, "its code is known");
}

#[test]
fn a_trusted_room_opens_for_who_signs_in() {
    let mut talk = Talk::guest(TRUSTED, "Guest");
    let room = recorded("room-get-trusted-anonymous-200");
    talk.answer(&format!("/{TRUSTED}/"), 200, Vec::new(), &room.answer);
    let entry = recorded("request-entry-trusted-anonymous-200");
    talk.answer("/request-entry/", 200, entry.headers, &entry.answer);
    assert_eq!(lobby(&talk), [LobbyView { sign_in_opens: true, ..LobbyView::default() }]);
}

#[test]
fn a_server_that_is_asked_too_often_is_left_alone() {
    let mut talk = Talk::guest(RESTRICTED, "H");
    talk.replay("room-get-restricted-anonymous-200");
    talk.answer("/request-entry/", 200, Vec::new(), br#"{"status":"waiting","livekit":null}"#);
    talk.pass_millis(1000);
    talk.replay("request-entry-throttled-429");
    assert_eq!(lobby(&talk)[1].throttled_seconds, Some(58));
    talk.pass_millis(57_999);
    assert_eq!(talk.asks("/request-entry/"), 0);
    talk.pass_millis(1);
    assert_eq!(talk.asks("/request-entry/"), 1);
    talk.answer("/request-entry/", 200, Vec::new(), br#"{"status":"waiting","livekit":null}"#);
    assert_eq!(lobby(&talk)[2], LobbyView::default());
}

#[test]
fn whoever_waits_hears_that_the_server_is_away_and_back() {
    let mut talk = Talk::guest(RESTRICTED, "H");
    talk.replay("room-get-restricted-anonymous-200");
    talk.answer("/request-entry/", 200, Vec::new(), br#"{"status":"waiting","livekit":null}"#);
    talk.pass_millis(1000);
    talk.fail("/request-entry/", SocketCause::Refused);
    assert!(lobby(&talk)[1].lost);
    talk.pass_millis(1000);
    talk.answer("/request-entry/", 200, Vec::new(), br#"{"status":"waiting","livekit":null}"#);
    assert_eq!(lobby(&talk)[2], LobbyView::default());
}

#[test]
fn an_open_room_opens_although_the_door_is_asked_too_often() {
    let page = recorded("room-get-public-anonymous-200");
    for room_first in [true, false] {
        let mut talk = Talk::guest(PUBLIC, "H");
        let room = |talk: &mut Talk| talk.answer(&format!("/{PUBLIC}/"), 200, Vec::new(), &page.answer);
        if room_first {
            room(&mut talk);
        }
        talk.answer("/request-entry/", 429, Vec::new(), b"{}");
        if !room_first {
            room(&mut talk);
        }
        assert_eq!(talk.opened.len(), 1);
    }
}

#[test]
fn a_room_that_said_nothing_at_the_door_is_asked_again_inside() {
    let mut talk = Talk::guest(PUBLIC, "Guest Four");
    talk.fail(&format!("/{PUBLIC}/"), SocketCause::Reset);
    talk.replay("request-entry-public-accepted-200");
    talk.socket_opened();
    talk.word(Word::Join(livekit::join(Vec::new())));
    talk.replay("room-get-public-anonymous-200");
    assert!(talk.events.iter().any(
        |event| matches!(event, RoomEvent::Settings(settings) if settings.access == Some(visavis_model::AccessLevel::Public))
    ));
    assert_eq!(talk.opened.len(), 1, "the pass of that answer is another identity's");
}

#[test]
fn an_outage_while_waiting_is_got_over_or_not() {
    let mut talk = Talk::guest(RESTRICTED, "Guest One");
    talk.replay("request-entry-waiting-first-200");
    for _ in 0..20 {
        talk.pass_millis(1000);
        talk.fail("/request-entry/", SocketCause::Unreachable);
    }
    assert_eq!(talk.left(), None);
    talk.pass_millis(1000);
    talk.replay("request-entry-waiting-repeat-200");
    for _ in 0..31 {
        assert_eq!(talk.left(), None);
        talk.pass_millis(1000);
        talk.answer("/request-entry/", 502, Vec::new(), b"<html>");
    }
    assert_eq!(talk.left(), Some(LeaveCause::ServerDown));
}

#[test]
fn each_failure_at_the_door_has_its_cause() {
    let page = b"<!doctype html><html>";
    for (status, body, cause) in [
        (404, &br#"{"detail":"No Room matches the given query."}"#[..], LeaveCause::NoRoom),
        (404, page, LeaveCause::Nonsense),
        (200, page, LeaveCause::Nonsense),
        (200, b"{}", LeaveCause::Nonsense),
        (200, b"[]", LeaveCause::Nonsense),
        (301, b"", LeaveCause::Nonsense),
        (403, b"{}", LeaveCause::InvitationRefused),
        (503, page, LeaveCause::ServerDown),
        (504, page, LeaveCause::Timeout),
    ] {
        let mut talk = Talk::guest(PUBLIC, "");
        talk.answer("/request-entry/", status, Vec::new(), body);
        assert_eq!(talk.left(), None);
        talk.answer(&format!("/{PUBLIC}/"), status, Vec::new(), body);
        assert_eq!(talk.left(), Some(cause), "{status}");
    }
    for (failure, cause) in [
        (SocketCause::NameUnknown, LeaveCause::NameUnknown),
        (SocketCause::Refused, LeaveCause::Refused),
        (SocketCause::Certificate(CertificateFault::Expired), LeaveCause::Certificate(CertificateFault::Expired)),
        (SocketCause::Proxy(ProxyFault::AuthenticationRequired), LeaveCause::Proxy(ProxyFault::AuthenticationRequired)),
        (SocketCause::Forbidden, LeaveCause::Forbidden),
        (SocketCause::Timeout, LeaveCause::Timeout),
        (SocketCause::Nonsense, LeaveCause::Nonsense),
    ] {
        let mut talk = Talk::guest(PUBLIC, "");
        talk.fail(&format!("/{PUBLIC}/"), failure.clone());
        talk.fail("/request-entry/", failure);
        assert_eq!(talk.left(), Some(cause));
    }
    // An executor that forgets us.
    let mut talk = Talk::guest(PUBLIC, "");
    talk.pass_millis(12_001);
    assert_eq!(talk.left(), Some(LeaveCause::Timeout));
}

#[test]
fn a_room_that_nobody_registered_and_an_older_door_open_by_the_rooms_own_pass() {
    for status in [404, 405, 500] {
        let mut talk = Talk::guest(PUBLIC, "Zoé");
        talk.answer("/request-entry/", status, Vec::new(), b"<html>");
        talk.answer(
            &format!("/{PUBLIC}/"),
            200,
            Vec::new(),
            br#"{"id":null,"slug":"xhi-cczc-bxr","is_administrable":false,"access_level":"public",
                "livekit":{"url":"https://sfu.example","room":"xhi-cczc-bxr","token":"e30.e30.c2ln"},"of_a_newer_server":[1]}"#,
        );
        assert_eq!(talk.opened.len(), 1, "{status}");
        assert!(talk.opened[0].1.starts_with("wss://sfu.example/rtc?"));
        assert_eq!(talk.media_hosts, ["sfu.example"]);
    }
}

#[test]
fn a_pass_to_where_we_may_not_go_is_none() {
    for url in ["http://127.0.0.1:22", "javascript:alert(1)", "https://a:b@sfu.example", "", "file:///x", "wss://"] {
        let mut talk = Talk::at(&link("https://meet.example/", PUBLIC), "Zoé", None);
        talk.input(Input::Start);
        let pass = serde_json::json!({ "status": "accepted", "livekit": { "url": url, "room": "r", "token": "e30.e30.c2ln" } });
        talk.answer("/request-entry/", 200, Vec::new(), pass.to_string().as_bytes());
        assert!(talk.opened.is_empty(), "{url}");
    }
    // Not encrypted, and not on this machine: encrypted all the same.
    let mut talk = Talk::at(&link("https://meet.example/", PUBLIC), "Zoé", None);
    talk.input(Input::Start);
    let pass =
        br#"{"status":"accepted","livekit":{"url":"http://sfu.meet.example","room":"r","token":"e30.e30.c2ln"}}"#;
    talk.answer("/request-entry/", 200, Vec::new(), pass);
    assert!(talk.opened[0].1.starts_with("wss://sfu.meet.example/rtc?"));
}

#[test]
fn an_owner_goes_in_with_their_role() {
    let mut talk = Talk::owner(PUBLIC);
    assert_eq!(talk.asks("/request-entry/"), 0, "the door's pass would carry no role");
    talk.replay("users-me-200");
    talk.replay("room-get-public-owner-200");
    assert_eq!(talk.opened.len(), 1);
    assert!(talk.events.iter().any(
        |event| matches!(event, RoomEvent::Account(Some(account)) if account.name == "Alice Martin" && account.email == "alice@example.org")
    ));
}

#[test]
fn a_member_without_a_role_waits_and_a_session_that_is_over_is_told() {
    let mut talk = Talk::owner(RESTRICTED);
    talk.replay("room-get-restricted-loggedin-norole-200");
    let asked = talk.question("/request-entry/");
    assert_eq!(header(&asked.headers, "origin").collect::<Vec<_>>(), ["https://localhost:3443"]);
    assert!(header(&asked.headers, "x-csrftoken").next().is_some());
    assert_eq!(header(&asked.headers, "referer").next(), None);

    let mut talk = Talk::owner(TRUSTED);
    let room = recorded("room-get-trusted-anonymous-200");
    talk.answer(&format!("/{TRUSTED}/"), 200, Vec::new(), &room.answer);
    talk.answer("/request-entry/", 200, Vec::new(), br#"{"status":"waiting","livekit":null}"#);
    assert_eq!(lobby(&talk), [LobbyView::default()]);
    let me = recorded("users-me-after-logout-callback-401");
    talk.answer("/users/me/", me.status, me.headers, &me.answer);
    assert!(talk.events.contains(&RoomEvent::Account(None)));
    assert!(talk.events.contains(&RoomEvent::Notice(Notice::SignedOut)));
    assert!(lobby(&talk)[1].sign_in_opens, "a guest now, whom signing in would help");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the server answers, in whatever order: nothing panics, and it ends or waits.
    #[test]
    fn no_answer_at_the_door_panics(
        answers in proptest::collection::vec((0..4_u8, any::<u16>(), ".{0,60}", 0..5000_u64), 0..30),
        signed_in: bool,
    ) {
        let mut talk = if signed_in { Talk::owner(PUBLIC) } else { Talk::guest(PUBLIC, "Zoé") };
        for (kind, status, text, millis) in answers {
            if talk.asked.is_empty() {
                talk.pass_millis(millis);
                continue;
            }
            let request = talk.asked.remove(0).id;
            let json = serde_json::json!({
                "status": text, "slug": text, "id": text, "access_level": text, "configuration": text, "full_name": text,
                "livekit": { "url": text, "room": text, "token": text },
            });
            let body = match kind {
                0 => text.clone().into_bytes(),
                1 => json.to_string().into_bytes(),
                2 => br#"{"status":"waiting"}"#.to_vec(),
                _ => recorded("request-entry-public-accepted-200").answer.split_last().expect("body").1.to_vec(),
            };
            let headers = vec![Header::new("set-cookie", text.clone()), Header::new("retry-after", text)];
            talk.input(Input::HttpResponse { request, status: if kind == 3 { 200 } else { status }, headers, body: body.into() });
        }
        prop_assert!(talk.left().is_some() || talk.session.poll_timeout().is_some());
    }
}
