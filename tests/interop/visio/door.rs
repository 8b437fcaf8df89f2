//! Rooms that are not open to everybody: waiting, let in, refused, and what those inside see of it.

use super::{GIVES_UP, Visio, came, command, ends_with, is_in, left, told};
use serde_json::{Value, json};
use visavis_model::IssueCode;
use visavis_testkit::meet::{Access, Role};
use visavis_tests::peers::application::Call;

fn waits(call: &mut Call) -> Value {
    call.wait("phase", |phase| phase["kind"] == "lobby").expect("before the door")
}

/// Waits until these, in this order, are before the door; gives their ids.
fn before_the_door(owner: &mut Call, names: &[&str]) -> Vec<Value> {
    let are = |list: &Value| {
        let list = list.as_array().into_iter().flatten();
        list.map(|waiter| waiter["name"].as_str().unwrap_or_default().to_owned()).eq(names.iter().copied())
    };
    let list = owner.wait("waiting", are).expect("who waits");
    list.as_array().into_iter().flatten().map(|waiter| waiter["id"].clone()).collect()
}

#[test]
fn a_guest_waits_and_is_let_in() {
    let visio = Visio::new("admitted", Access::Restricted);
    let mut owner = visio.owner();
    let mut guest = visio.start(&visio.options("Guest"));
    assert_eq!(waits(&mut guest)["lobby"]["sign_in_opens"], false);
    let waiters = before_the_door(&mut owner, &["Guest"]);
    owner.command(&command("admit", json!({ "waiter": waiters[0] })));
    is_in(&mut guest);
    // The cookie of the door is the identity inside.
    assert_eq!(json!(came(&mut owner, "Guest")), waiters[0]);
    owner.wait("waiting", |list| *list == json!([])).expect("nobody before the door");
    left(guest);
    left(owner);
}

#[test]
fn a_guest_is_refused() {
    let visio = Visio::new("refused", Access::Restricted);
    let mut owner = visio.owner();
    let guest = visio.start(&visio.options("Guest"));
    let waiters = before_the_door(&mut owner, &["Guest"]);
    owner.command(&command("refuse", json!({ "waiter": waiters[0] })));
    ends_with(&guest.finish(GIVES_UP).expect("the end"), 4, IssueCode::EntryDenied);
    left(owner);
}

#[test]
fn all_are_let_in_at_once() {
    let visio = Visio::new("admit-all", Access::Restricted);
    let mut owner = visio.owner();
    let mut first = visio.start(&visio.options("First"));
    before_the_door(&mut owner, &["First"]);
    let mut second = visio.start(&visio.options("Second"));
    before_the_door(&mut owner, &["First", "Second"]);
    owner.command(&command("admit_all", Value::Null));
    is_in(&mut first);
    is_in(&mut second);
    left(first);
    left(second);
    left(owner);
}

#[test]
fn somebody_who_waited_before_a_moderator_came_is_seen() {
    let visio = Visio::new("early", Access::Restricted);
    let mut guest = visio.start(&visio.options("Guest"));
    waits(&mut guest);
    let mut owner = visio.owner();
    let waiters = before_the_door(&mut owner, &["Guest"]);
    owner.command(&command("admit", json!({ "waiter": waiters[0] })));
    is_in(&mut guest);
    left(guest);
    left(owner);
}

#[test]
fn a_guest_who_gives_up_waits_no_more() {
    let visio = Visio::new("gives-up", Access::Restricted);
    let mut owner = visio.owner();
    let guest = visio.start(&visio.options("Guest"));
    before_the_door(&mut owner, &["Guest"]);
    let seen = owner.seen().len();
    let ended = guest.leave().expect("it leaves");
    assert_eq!(ended.code, 0, "{}", ended.log);
    owner.wait_after(seen, "waiting", |list| *list == json!([])).expect("nobody");
    left(owner);
}

#[test]
fn an_account_opens_a_trusted_room_and_a_guest_is_told_so() {
    let visio = Visio::new("trusted", Access::Trusted);
    let bob = visio.meet.state().person("Bob Durand");
    let mut bob = visio.signed_in(&bob);
    let mut guest = visio.start(&visio.options("Guest"));
    guest
        .wait("phase", |phase| phase["kind"] == "lobby" && phase["lobby"]["sign_in_opens"] == true)
        .expect("the advice to sign in");
    // Nobody of this room's moderators is there; one comes.
    let mut owner = visio.owner();
    before_the_door(&mut owner, &["Guest"]);
    owner.command(&command("admit_all", Value::Null));
    is_in(&mut guest);
    came(&mut bob, "Guest");
    assert!(bob.seen().iter().all(|event| event["what"] != "waiting"), "no moderator, no list");
    left(guest);
    left(bob);
    left(owner);
}

#[test]
fn a_member_of_a_restricted_room_goes_straight_in() {
    let visio = Visio::new("member", Access::Restricted);
    let (bob, own) = {
        let mut meet = visio.meet.state();
        let bob = meet.person("Bob Durand");
        meet.room("kno-wnby-bob", Access::Restricted, &[(&bob, Role::Member)]);
        let cookies = meet.session(&bob);
        (bob, cookies)
    };
    let mut options = visio.options(&bob.short_name);
    (options.link, options.cookies) = (visio.meet.link("kno-wnby-bob"), Some(own));
    let mut call = visio.start(&options);
    is_in(&mut call);
    assert!(call.seen().iter().all(|event| event["value"]["kind"] != "lobby"));
    left(call);
}

#[test]
fn a_door_that_is_asked_too_often_says_when_to_come_back() {
    let visio = Visio::new("throttled", Access::Restricted);
    visio.meet.state().settings.entries_a_minute = 2;
    let mut guest = visio.start(&visio.options("Guest"));
    let lobby = guest
        .wait("phase", |phase| phase["kind"] == "lobby" && phase["lobby"]["throttled_seconds"].is_number())
        .expect("a door that wants to be left alone");
    let seconds = lobby["lobby"]["throttled_seconds"].as_u64().expect("seconds");
    assert!((40..=60).contains(&seconds), "{seconds}");
    let asked = visio.meet.answered();
    let entries = asked.iter().filter(|(path, _)| path.contains("request-entry")).map(|(_, status)| *status);
    assert_eq!(entries.collect::<Vec<_>>(), [200, 200, 200, 429]);
    left(guest);
}

#[test]
fn a_session_that_ends_in_the_meeting_does_not_end_the_meeting() {
    let visio = Visio::new("session-over", Access::Restricted);
    let mut owner = visio.owner();
    visio.meet.state().end_sessions();
    let mut guest = visio.start(&visio.options("Guest"));
    waits(&mut guest);
    told(&mut owner, IssueCode::SessionExpired);
    owner.command(&json!({ "kind": "send_message", "text": "still here" }));
    owner.wait("message", |message| message["text"] == "still here").expect("our own message");
    assert!(owner.seen().iter().all(|event| event["value"]["kind"] != "failed"));
    left(guest);
    left(owner);
}

#[test]
fn a_server_that_comes_back_finds_those_who_waited() {
    let mut visio = Visio::new("away", Access::Restricted);
    let mut guest = visio.start(&visio.options("Guest"));
    waits(&mut guest);
    let before = visio.meet.answered().len();
    visio.meet.stop();
    visio.meet.restart().expect("the same port");
    visavis_tests::wait::until("a question after it", GIVES_UP, || {
        (visio.meet.answered().len() > before).then_some(())
    })
    .expect("the guest asks on");
    let mut owner = visio.owner();
    before_the_door(&mut owner, &["Guest"]);
    owner.command(&command("admit_all", Value::Null));
    is_in(&mut guest);
    left(guest);
    left(owner);
}
