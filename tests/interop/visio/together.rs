//! Being in the same room: seen, heard, and what people say without speaking, both ways with a web participant.

use super::{SLUG, Visio, came, command, is_in, left};
use crate::ground;
use serde_json::{Value, json};
use visavis_model::{IssueCode, Report, TrackSource};
use visavis_testkit::meet::Access;
use visavis_tests::peers::remote;

fn name_of_ours(event: &Value) -> bool {
    event["name"] == "Zoé"
}

#[test]
fn a_guest_comes_by_the_link_and_sees_and_is_seen() {
    let visio = Visio::new("public", Access::Public);
    let (mut web, _) = visio.browser("Web", "vp9", "tone:440");
    let mut options = visio.options("Zoé");
    (options.camera, options.microphone) = ("synthetic".into(), "synthetic".into());
    options.seconds = 6;
    let mut call = visio.start(&options);
    let them = came(&mut call, "Web");
    let us = web.wait("participant", name_of_ours).expect("us")["identity"].as_str().expect("an identity").to_owned();
    web.wait("picture", |event| event["identity"] == us.as_str()).expect("our picture");
    let ended = call.finish(super::GIVES_UP).expect("the end of the call");
    let theirs = web.leave().expect("the browser's report");
    assert_eq!(ended.code, 0, "{}", ended.log);
    let ours: Report = ended.report.expect("a report");
    assert!(ours.issues.is_empty(), "{:?}", ours.issues);
    assert!(ground::video(&ours, &them).frames_shown > 30, "{:?}", ground::video(&ours, &them));
    assert!(ground::audio(&ours, &them).rms > 0.01, "{:?}", ground::audio(&ours, &them));
    assert_eq!(ground::track(&ours, &them, TrackSource::Camera).codec, Some(visavis_model::Codec::Vp9));
    let picture = remote(&theirs, &us, "camera").expect("our picture");
    assert!(picture["frames_decoded"].as_u64() > Some(30), "{picture}");
    let sound = remote(&theirs, &us, "microphone").expect("our sound");
    assert!(sound["energy"].as_f64() > Some(0.0), "{sound}");
}

#[test]
fn what_a_guest_does_is_seen_in_the_browser() {
    let visio = Visio::new("ours-seen", Access::Public);
    let (mut web, _) = visio.browser("Web", "off", "off");
    let mut options = visio.options("Zoé");
    let all = ["--chat", "Bonjour ☀", "--hand", "--react", "heart"];
    options.arguments.extend(all.map(str::to_owned));
    let mut call = visio.start(&options);
    is_in(&mut call);
    let us = web.wait("participant", name_of_ours).expect("us")["identity"].clone();
    web.wait("chat", |event| event["from"] == us && event["text"] == "Bonjour ☀").expect("our message");
    let raised = |event: &Value| {
        event["identity"] == us && event["changed"]["handRaisedAt"].as_str().is_some_and(|at| at.len() == 32)
    };
    web.wait("attributes", raised).expect("our hand");
    let is_heart = |event: &Value| {
        let message: Value = serde_json::from_str(event["text"].as_str().unwrap_or_default()).unwrap_or_default();
        let heart = json!({ "type": "reactionReceived", "data": { "emoji": "red-heart" } });
        event["from"] == us && event["topic"].is_null() && message == heart
    };
    web.wait("data", is_heart).expect("our reaction");
    // And ourselves.
    call.wait("own_hand", |rank| *rank == 1).expect("our own hand");
    call.wait("message", |message| message["own"] == true).expect("our own message");
    call.wait("reaction", |event| event["from"].is_null() && event["reaction"] == "heart").expect("our own reaction");

    call.command(&command("raise_hand", json!({ "up": false })));
    let lowered = |event: &Value| event["identity"] == us && event["changed"]["handRaisedAt"] == "";
    web.wait("attributes", lowered).expect("our hand down");
    call.wait("own_hand", Value::is_null).expect("our own hand down");
    let ended = left(call);
    assert!(ended.report.expect("a report").issues.is_empty());
    web.leave().expect("the browser's report");
}

#[test]
fn what_the_browser_does_is_seen_by_a_guest() {
    let visio = Visio::new("theirs-seen", Access::Public);
    let mut call = visio.guest("Zoé");
    let (mut web, token) = visio.browser("Web", "off", "off");
    let them = came(&mut call, "Web");

    web.command(&json!({ "do": "visioChat", "text": "Hello from the page" }));
    let message = call.wait("message", |message| message["own"] == false).expect("a message");
    assert_eq!((&message["text"], &message["author_name"]), (&json!("Hello from the page"), &json!("Web")));

    let party = json!({ "type": "reactionReceived", "data": { "emoji": "party-popper" } });
    web.command(&json!({ "do": "notify", "message": party }));
    let reaction = call.wait("reaction", |event| event["from"] == them.as_str()).expect("a reaction");
    assert_eq!(reaction["reaction"], "party");

    // What the page does over HTTP, with its own token.
    let hand = format!("rooms/{}/toggle-hand/", visio.room);
    let does = |path: &str, body: Value| {
        let answer = visio.meet.ask("POST", path, Some(&token), &body).expect("an answer");
        assert_eq!(answer, (200, json!({ "status": "success" })));
    };
    does(&hand, json!({ "raised": true }));
    call.wait("hand", |event| event["id"] == them.as_str() && event["rank"] == 1).expect("a hand");
    does(&hand, json!({ "raised": false }));
    call.wait("hand", |event| event["id"] == them.as_str() && event["rank"].is_null()).expect("the hand down");
    does(&format!("rooms/{}/rename/", visio.room), json!({ "name": "Web Two" }));
    call.wait("renamed", |event| event["name"] == "Web Two").expect("another name");

    // The packet of old clients said the same: it is one message.
    let said = call.seen().into_iter().filter(|event| event["what"] == "message").count();
    assert_eq!(said, 1);
    web.leave().expect("the browser's report");
    call.wait("went", |event| event["id"] == them.as_str()).expect("gone");
    left(call);
}

#[test]
fn what_is_said_right_at_the_entry_is_not_lost() {
    let visio = Visio::new("early-words", Access::Public);
    let mut first = visio.guest("First");
    let mut options = visio.options("Second");
    options.arguments.extend(["--chat", "Already here", "--react", "party"].map(str::to_owned));
    // Without picture and sound: the SFU tells of them up to 3 s later than their words come.
    let second = visio.start(&options);
    let message = first.wait("message", |message| message["text"] == "Already here").expect("the first word");
    let them = came(&mut first, "Second");
    assert_eq!(message["author"], them.as_str());
    let named = |message: &Value| message["author_name"] == "Second";
    first.wait("message", named).expect("the author's name");
    first.wait("reaction", |event| event["from"] == them.as_str()).expect("their reaction");
    left(second);
    left(first);
}

#[test]
fn hands_are_in_their_order() {
    let visio = Visio::new("hands", Access::Public);
    let mut first = visio.guest("First");
    let mut second = visio.guest("Second");
    let (id_of_first, id_of_second) = (came(&mut second, "First"), came(&mut first, "Second"));
    second.command(&command("raise_hand", json!({ "up": true })));
    first.wait("hand", |event| event["id"] == id_of_second.as_str() && event["rank"] == 1).expect("the first hand");
    first.command(&command("raise_hand", json!({ "up": true })));
    second.wait("hand", |event| event["id"] == id_of_first.as_str() && event["rank"] == 2).expect("the second hand");
    first.wait("own_hand", |rank| *rank == 2).expect("our own place");
    second.command(&command("raise_hand", json!({ "up": false })));
    first.wait("own_hand", |rank| *rank == 1).expect("our own place, later");
    left(first);
    left(second);
}

#[test]
fn what_a_participant_cannot_know_is_not_believed() {
    let visio = Visio::new("lies", Access::Public);
    let mut call = visio.guest("Zoé");
    let (mut web, _) = visio.browser("Web", "off", "off");
    came(&mut call, "Web");
    for kind in ["participantMuted", "screenRecordingStarted", "screenRecordingLimitReached", "participantWaiting"] {
        web.command(&json!({ "do": "notify", "message": { "type": kind } }));
    }
    // Comes after them, on the same reliable channel.
    web.command(&json!({ "do": "visioChat", "text": "done" }));
    call.wait("message", |message| message["text"] == "done").expect("the last word");
    let ended = left(call);
    assert_eq!(ended.report.expect("a report").issues, []);
    web.leave().expect("the browser's report");
}

#[test]
fn a_room_that_is_asked_for_captions_says_nothing_without_a_writer() {
    let visio = Visio::new("captions", Access::Public);
    let mut call = visio.guest("Zoé");
    call.command(&command("set_captions", json!({ "on": true })));
    call.wait("captions", |state| state == "starting").expect("captions that start");
    let asked = format!("POST /api/v1.0/rooms/{}/start-subtitle/", visio.room);
    visavis_tests::wait::until("the question", super::GIVES_UP, || {
        visio.meet.answered().contains(&(asked.clone(), 200)).then_some(())
    })
    .expect("start-subtitle");
    assert!(visio.meet.answered().iter().all(|(path, _)| !path.contains(SLUG) || !path.contains("start-subtitle")));
    let ended = left(call);
    assert!(ended.report.expect("a report").issues.iter().all(|one| one.issue.code != IssueCode::ActionRefused));
}

#[test]
fn another_device_of_the_same_person_takes_over() {
    let visio = Visio::new("same-person", Access::Public);
    let mut here = visio.owner();
    let mut options = visio.options("There");
    options.cookies = Some(visio.meet.state().session(&visio.alice));
    let mut there = visio.start(&options);
    is_in(&mut there);
    here.wait("phase", |phase| phase["kind"] == "ended" && phase["reason"] == "other_device").expect("the end");
    let ended = here.finish(super::GIVES_UP).expect("the end of the call");
    assert_eq!(ended.code, 6, "{}", ended.log);
    left(there);
}
