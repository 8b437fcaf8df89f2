//! What moderators do to others, and what those are told.

use super::{GIVES_UP, Visio, came, command, left, refused, told};
use serde_json::{Value, json};
use visavis_model::IssueCode;
use visavis_testkit::meet::Access;
use visavis_tests::peers::application::Call;

/// A guest who is in and is heard.
fn heard_guest(visio: &Visio, name: &str) -> Call {
    let mut options = visio.options(name);
    options.microphone = "synthetic".into();
    let mut call = visio.start(&options);
    super::is_in(&mut call);
    call
}

fn audible(call: &mut Call, id: &str, audible: bool) {
    call.wait("audible", |event| event["id"] == id && event["audible"] == audible).expect("a microphone's change");
}

#[test]
fn a_guest_is_muted_and_told_by_whom() {
    let visio = Visio::new("mute", Access::Public);
    let mut owner = visio.owner();
    let mut guest = heard_guest(&visio, "Guest");
    let id = came(&mut owner, "Guest");
    audible(&mut owner, &id, true);
    owner.command(&command("mute_participant", json!({ "participant": id })));
    guest.wait("own_microphone", |on| *on == false).expect("our microphone off");
    let by_alice = |issue: &Value| issue["code"] == IssueCode::MutedByOther.text() && issue["params"]["by"] == "Alice";
    guest.wait("issue", by_alice).expect("who it was");
    audible(&mut owner, &id, false);
    // It stays ours to open again.
    let seen = owner.seen().len();
    guest.command(&command("set_microphone_on", json!({ "on": true })));
    owner.wait_after(seen, "audible", |event| event["audible"] == true).expect("heard again");
    left(guest);
    left(owner);
}

#[test]
fn all_are_muted_at_once_and_all_hands_lowered() {
    let visio = Visio::new("mute-all", Access::Public);
    let mut owner = visio.owner();
    let mut guests = [heard_guest(&visio, "First"), heard_guest(&visio, "Second")];
    let ids = ["First", "Second"].map(|name| came(&mut owner, name));
    for (guest, id) in guests.iter_mut().zip(&ids) {
        audible(&mut owner, id, true);
        guest.command(&command("raise_hand", json!({ "up": true })));
        owner.wait("hand", |event| event["id"] == id.as_str() && event["rank"].is_number()).expect("a hand");
    }
    owner.command(&command("mute_all", Value::Null));
    owner.command(&command("lower_all_hands", Value::Null));
    for guest in &mut guests {
        guest.wait("own_microphone", |on| *on == false).expect("our microphone off");
        told(guest, IssueCode::MutedByOther);
        guest.wait("own_hand", Value::is_null).expect("our hand down");
    }
    guests.into_iter().for_each(|guest| drop(left(guest)));
    left(owner);
}

#[test]
fn a_hand_is_lowered_and_a_name_changed() {
    let visio = Visio::new("lower", Access::Public);
    let mut owner = visio.owner();
    let mut guest = visio.guest("Guest");
    let id = came(&mut owner, "Guest");
    guest.command(&command("raise_hand", json!({ "up": true })));
    owner.wait("hand", |event| event["rank"] == 1).expect("a hand");
    owner.command(&command("lower_hand", json!({ "participant": id })));
    guest.wait("own_hand", Value::is_null).expect("our hand down");
    owner.command(&command("rename_participant", json!({ "participant": id, "name": "Guest of Alice" })));
    guest.wait("own_name", |name| name == "Guest of Alice").expect("our new name");
    owner.wait("renamed", |event| event["name"] == "Guest of Alice").expect("their new name");
    left(guest);
    left(owner);
}

#[test]
fn rights_are_taken_and_given_back() {
    let visio = Visio::new("rights", Access::Public);
    let mut owner = visio.owner();
    let mut guest = heard_guest(&visio, "Guest");
    let id = came(&mut owner, "Guest");
    audible(&mut owner, &id, true);
    owner.command(&command("configure", json!({ "access": null, "sources": ["camera"], "everyone_can_mute": false })));
    let sources = told(&mut guest, IssueCode::RightsRemoved)["sources"].as_str().expect("sources").to_owned();
    assert!(sources.split(',').any(|source| source == "microphone"), "{sources}");
    guest.wait("settings", |settings| settings["sources"] == json!(["camera"])).expect("the room's settings");
    guest.wait("capabilities", |can| can["publish_microphone"] == false).expect("what we may");
    audible(&mut owner, &id, false);
    let all = json!(["microphone", "camera", "screen_share", "screen_share_audio"]);
    owner.command(&command("configure", json!({ "access": null, "sources": all, "everyone_can_mute": true })));
    told(&mut guest, IssueCode::RightsGiven);
    left(guest);
    left(owner);
}

#[test]
fn a_role_is_given_and_counts() {
    let visio = Visio::new("role", Access::Restricted);
    let bob = {
        let mut meet = visio.meet.state();
        meet.person("Bob Durand")
    };
    // Bob has an account and no role: he is let in.
    let mut owner = visio.owner();
    let mut options = visio.options("Bob");
    options.cookies = Some(visio.meet.state().session(&bob));
    let mut bob = visio.start(&options);
    owner.wait("waiting", |list| list[0]["name"] == "Bob").expect("Bob before the door");
    owner.command(&command("admit_all", Value::Null));
    super::is_in(&mut bob);
    let id = came(&mut owner, "Bob");
    owner.command(&command("set_role", json!({ "participant": id, "role": "administrator" })));
    bob.wait("own_role", |role| role == "administrator").expect("our new role");
    assert_eq!(told(&mut bob, IssueCode::RoleChanged)["role"], "administrator");
    owner.wait("role", |event| event["id"] == id.as_str() && event["role"] == "administrator").expect("their new role");
    // He may let others in now.
    let mut guest = visio.start(&visio.options("Guest"));
    bob.wait("waiting", |list| list[0]["name"] == "Guest").expect("the guest before the door");
    bob.command(&command("admit_all", Value::Null));
    super::is_in(&mut guest);
    let seen = bob.seen().len();
    owner.command(&command("set_role", json!({ "participant": id, "role": "member" })));
    bob.wait_after(seen, "own_role", |role| role == "member").expect("our old role");
    left(guest);
    left(bob);
    left(owner);
}

#[test]
fn a_guest_is_removed_and_waits_again_when_they_come_back() {
    let visio = Visio::new("remove", Access::Public);
    let mut owner = visio.owner();
    let mut guest = visio.guest("Guest");
    let id = came(&mut owner, "Guest");
    owner.command(&command("remove_participant", json!({ "participant": id })));
    guest.wait("phase", |phase| phase["kind"] == "ended" && phase["reason"] == "removed").expect("the end");
    let ended = guest.finish(GIVES_UP).expect("the end of the call");
    assert_eq!(ended.code, 6, "{}", ended.log);
    assert_eq!(ended.report.expect("a report").end, "removed");
    owner.wait("went", |event| event["id"] == id.as_str()).expect("gone");
    // A second time there is nobody.
    owner.command(&command("lower_hand", json!({ "participant": id })));
    assert_eq!(refused(&mut owner, "lower_hand"), "gone");
    left(owner);
}

#[test]
fn a_guest_moderates_nothing() {
    let visio = Visio::new("guest-moderates", Access::Public);
    let mut owner = visio.owner();
    let mut guest = visio.guest("Guest");
    let id = came(&mut guest, "Alice");
    guest.command(&command("remove_participant", json!({ "participant": id })));
    assert_eq!(refused(&mut guest, "remove_participant"), "signed_out");
    guest.command(&command("start_recording", json!({ "mode": "screen" })));
    assert_eq!(refused(&mut guest, "start_recording"), "signed_out");
    // The others are asked instead, as soon as they know who asks: the SFU tells of silent people every 3 s only.
    came(&mut owner, "Guest");
    guest.command(&command("ask_for_recording", json!({ "mode": "screen" })));
    assert_eq!(told(&mut owner, IssueCode::RecordingRequested)["by"], "Guest");
    assert!(visio.meet.answered().iter().all(|(path, _)| !path.contains("remove-participant")));
    left(guest);
    left(owner);
}

#[test]
fn invitations_by_mail_go_out_or_it_is_said() {
    let visio = Visio::new("invite", Access::Public);
    let mut owner = visio.owner();
    let invite = |address: &str| command("invite", json!({ "addresses": [address] }));
    owner.command(&invite("not an address"));
    assert_eq!(refused(&mut owner, "invite"), "invalid");
    visio.meet.state().settings.mail = true;
    owner.command(&invite("zoe@example.org"));
    let asked = format!("POST /api/v1.0/rooms/{}/invite/", visio.room);
    let asked = |status: u16| (asked.clone(), status);
    let done = |status: u16| {
        visavis_tests::wait::until("the invitation", GIVES_UP, || {
            visio.meet.answered().contains(&asked(status)).then_some(())
        })
    };
    done(200).expect("an invitation that goes out");
    // A page of the server where JSON was due.
    visio.meet.state().settings.mail = false;
    let seen = owner.seen().len();
    owner.command(&invite("zoe@example.org"));
    done(500).expect("an invitation that does not");
    owner.wait_after(seen, "issue", |issue| issue["params"]["action"] == "invite").expect("it is said");
    left(owner);
}
