//! The window in a room of Visio: before the door, inside, and out again; the others are real participants.

use serde_json::{Value, json};
use visavis_testkit::meet::{Access, Recorder, Role};
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::application::{self, Call};
use visavis_tests::peers::{PATIENCE, Peer, browser};
use visavis_tests::process::Process;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::meet::MeetServer;
use visavis_tests::webdriver::Window;
use visavis_tests::{places, wait};

const SLUG: &str = "abc-defg-hij";

/// The owner, without a window, who is in the room.
fn owner(folder: &std::path::Path, meet: &MeetServer, cookies: String) -> Call {
    let mut options = application::Options::new(meet.link(SLUG), "Alice", 300);
    options.arguments = vec!["--server".into(), meet.host()];
    options.events = true;
    options.cookies = Some(cookies);
    let mut call = application::join(folder, &options).expect("the application");
    call.wait("phase", |phase| phase["kind"] == "in_meeting").expect("in the meeting");
    call
}

fn does(call: &mut Call, kind: &str, rest: Value) {
    let mut command = json!({ "kind": kind });
    for (key, value) in rest.as_object().into_iter().flatten() {
        command[key] = value.clone();
    }
    call.command(&command);
}

fn press(window: &Window, test_id: &str) {
    window.find(test_id, "").expect("a button").click().expect("a click");
}

/// Waits until an element says a word.
fn says(window: &Window, test_id: &str, word: &str) {
    let read = || {
        let text = window.find(test_id, "").ok()?.text().ok()?;
        text.contains(word).then_some(())
    };
    wait::until(&format!("{word:?} in {test_id}"), PATIENCE, read).expect("what is said");
}

#[test]
fn a_guest_is_let_in_takes_part_and_is_removed() {
    let folder = places::run("e2e/visio").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    let alice = meet.state().person("Alice Martin");
    meet.state().settings.recorder = Recorder::Begins;
    meet.state().room(SLUG, Access::Restricted, &[(&alice, Role::Owner)]);
    let cookies = meet.state().session(&alice);
    let mut owner = owner(&folder, &meet, cookies);

    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let server = format!("http://{}", meet.host());
    let arguments = [
        "--server",
        &server,
        "--camera",
        "synthetic",
        "--microphone",
        "synthetic",
        "--language",
        "en",
        "--name",
        "Zoé",
    ];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");

    // A code is enough where the server is known.
    window.find("link-field", "").expect("the start screen").write(SLUG).expect("a code");
    press(&window, "open");
    press(&window, "join");
    window.phase("lobby").expect("before the door");
    desktop.screenshot("1-lobby").expect("a screenshot");
    let waiting = owner.wait("waiting", |list| list[0]["name"] == "Zoé").expect("somebody waits");
    does(&mut owner, "admit", json!({ "waiter": waiting[0]["id"] }));
    window.phase("in_meeting").expect("let in");
    let came = owner.wait("came", |event| event["name"] == "Zoé").expect("the guest");
    let zoe = came["id"].clone();
    window.find("tile", "[aria-label^=\"Alice\"][data-video=\"showing\"]").expect("the owner's picture");
    says(&window, "hearing", "heard");
    says(&window, "seeing", "seen");

    // Chat, both ways.
    does(&mut owner, "send_message", json!({ "text": "welcome" }));
    press(&window, "toggle-chat");
    says(&window, "message", "welcome");
    window.find("chat-field", "").expect("the field").write("merci <b>à tous</b>").expect("a message");
    press(&window, "chat-send");
    owner.wait("message", |message| message["text"] == "merci <b>à tous</b>").expect("the message, as it was written");

    // A hand, through the server; a reaction, both ways.
    press(&window, "toggle-hand");
    owner.wait("hand", |hand| hand["id"] == zoe && hand["rank"] == 1).expect("the guest's hand");
    does(&mut owner, "lower_hand", json!({ "participant": zoe }));
    window.find("toggle-hand", "[aria-pressed=\"false\"]").expect("the hand is down");
    does(&mut owner, "react", json!({ "reaction": "clapping" }));
    window.find("reaction", "").expect("the owner's reaction");
    press(&window, "react");
    press(&window, "react-heart");
    owner.wait("reaction", |reaction| reaction["from"] == zoe && reaction["reaction"] == "heart").expect("a heart");

    // A recording that nobody can miss.
    does(&mut owner, "start_recording", json!({ "mode": "screen" }));
    window.find("recording", "").expect("the notice");
    says(&window, "assertive", "record");
    desktop.screenshot("2-meeting").expect("a screenshot");
    does(&mut owner, "stop_recording", Value::Null);
    says(&window, "banner", "has stopped");
    // What only informs leaves by itself, and can still be read.
    let began = std::time::Instant::now();
    wait::until("no banner", PATIENCE, || (window.count("banner").ok()? == 0).then_some(())).expect("it leaves");
    assert!(began.elapsed().as_secs() >= 5, "time to read it: {:?}", began.elapsed());
    press(&window, "more");
    let recent = "const item = [...document.querySelectorAll('[role=menuitem]')].find((one) => one.textContent === 'Recent messages'); item?.click(); return item !== undefined";
    wait::until("its item", PATIENCE, || (window.script(recent).ok()? == true).then_some(())).expect("recent messages");
    window.find("kept-message", "[data-code=\"VIS-REC-OFF-63\"]").expect("what went by");
    says(&window, "kept-message", "has stopped");
    desktop.screenshot("2b-recent").expect("a screenshot");

    // What is done to us is said to us, with the name.
    does(&mut owner, "mute_participant", json!({ "participant": zoe }));
    says(&window, "banner", "Alice muted you");
    window.find("toggle-microphone", "[aria-pressed=\"false\"]").expect("the microphone is off");
    desktop.screenshot("3-muted").expect("a screenshot");
    does(&mut owner, "remove_participant", json!({ "participant": zoe }));
    window.phase("ended").expect("out");
    desktop.screenshot("4-removed").expect("a screenshot");
    assert_eq!(owner.leave().expect("it leaves").code, 0);
}

#[test]
fn a_second_link_is_offered_and_the_person_decides() {
    let folder = places::run("e2e/visio-second").expect("a folder");
    let livekit = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let meet = MeetServer::start(&livekit).expect("Meet");
    for slug in [SLUG, "zyx-wvut-srq", "qrs-tuvw-xyz"] {
        meet.state().room(slug, Access::Public, &[]);
    }
    let web = |slug: &str, name: &str| -> Peer {
        let token = meet.pass(slug, name).expect("a pass");
        let mut peer = browser::join(name, &folder, &browser::Options::new(livekit.url(), token)).expect("a browser");
        peer.joined().expect("the browser in the room");
        peer
    };
    let mut first = web(SLUG, "First");
    let mut second = web("zyx-wvut-srq", "Second");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let server = format!("http://{}", meet.host());
    let link = meet.link(SLUG);
    let arguments = [&link, "--direct", "--server", &server, "--camera", "off", "--microphone", "synthetic"];
    let window =
        Window::open_as_the_one(&desktop, &folder, &[&arguments[..], &["--language", "en", "--name", "Zoé"]].concat())
            .expect("the window");
    window.phase("in_meeting").expect("in the first meeting");
    let us = first.wait("participant", |event| event["name"] == "Zoé").expect("in the first room");

    let click = |link: &str| {
        let mut command = std::process::Command::new(places::binary());
        command.args([link, "--direct"]).envs(desktop.environment());
        let mut click = Process::start("click", &mut command, &folder.join("click.log")).expect("a second start");
        // It hands its link over and ends; a window of its own would stay.
        let status = click.wait(PATIENCE).expect("it ends");
        assert!(status.success(), "{}", click.log_text());
    };
    // The meeting that is open already is no other one.
    click(&meet.link(SLUG));
    click(&meet.link("zyx-wvut-srq"));
    let asked_about = |slug: &str| {
        let text = window.script("return document.querySelector('[role=dialog]')?.textContent ?? ''").ok()?;
        text.as_str()?.contains(slug).then_some(())
    };
    wait::until("the question", PATIENCE, || asked_about("zyx-wvut-srq")).expect("the question");
    // Another one waits behind it, and nobody presses on what they have not read.
    click(&meet.link("qrs-tuvw-xyz"));
    std::thread::sleep(std::time::Duration::from_millis(500));
    asked_about("zyx-wvut-srq").expect("the same question");
    desktop.screenshot("1-question").expect("a screenshot");
    press(&window, "refuse-offer");
    wait::until("the next question", PATIENCE, || asked_about("qrs-tuvw-xyz")).expect("the next question");
    press(&window, "refuse-offer");
    wait::until("no question", PATIENCE, || (window.count("refuse-offer").ok()? == 0).then_some(())).expect("answered");
    window.phase("in_meeting").expect("still there");
    click(&meet.link("zyx-wvut-srq"));
    press(&window, "take-offer");
    second.wait("participant", |event| event["name"] == "Zoé" && event["present"] == true).expect("in the second room");
    first
        .wait("participant", |event| event["identity"] == us["identity"] && event["present"] == false)
        .expect("out of the first");
    window.find("tile", "[aria-label^=\"Second\"]").expect("the other's tile");
}
