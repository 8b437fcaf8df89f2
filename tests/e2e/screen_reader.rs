//! A meeting with closed eyes: what Orca says, word for word, and the tree that it reads it from.

use crate::sign_in::House;
use serde_json::{Value, json};
use std::time::Duration;
use visavis_testkit::meet::{Access, Recorder, Role};
use visavis_tests::peers::PATIENCE;
use visavis_tests::peers::application::{self, Call};
use visavis_tests::reader::{self, Reader, Thing};
use visavis_tests::wait;
use visavis_tests::webdriver::Window;

const SLUG: &str = "zyx-wvut-srq";

/// What is to be said in one language.
struct Words {
    language: &'static str,
    entered: &'static str,
    toolbar: &'static str,
    waits: &'static str,
    arrives: &'static str,
    message: &'static str,
    hand: &'static str,
    own_hand: &'static str,
    state: &'static str,
    state_later: &'static str,
    muted: &'static str,
    recorded: &'static str,
    recorded_no_more: &'static str,
    lost: &'static str,
    /// Around the seconds.
    back: (&'static str, &'static str),
    leave: &'static str,
    left: &'static str,
}

const FRENCH: Words = Words {
    language: "fr",
    entered: "Vous entrez dans la réunion zyx-wvut-srq, micro allumé.",
    toolbar: "Micro bouton à deux états pressé.",
    waits: "Sofia Benali demande à entrer.",
    arrives: "Sofia Benali arrive.",
    message: "Sofia Benali : Bonjour à tous.",
    hand: "Sofia Benali lève la main, rang 1.",
    own_hand: "Votre main est levée, rang 2.",
    state: "Micro allumé, on vous entend. Caméra coupée. 3 personnes, 2 mains levées.",
    state_later: "Micro coupé. Caméra coupée. 3 personnes, 2 mains levées. Enregistrement en cours.",
    muted: "Julien Marchand a coupé votre micro.",
    recorded: "Cette réunion est enregistrée.",
    recorded_no_more: "L’enregistrement est arrêté.",
    lost: "Connexion perdue. Reprise en cours.",
    back: ("De retour après ", "."),
    leave: "Encore une fois pour quitter la réunion.",
    left: "Vous avez quitté la réunion.",
};

const ENGLISH: Words = Words {
    language: "en",
    entered: "You are entering the meeting zyx-wvut-srq, microphone on.",
    toolbar: "Mic toggle button pressed.",
    waits: "Sofia Benali asks to come in.",
    arrives: "Sofia Benali arrives.",
    message: "Sofia Benali: Bonjour à tous.",
    hand: "Sofia Benali raises a hand, number 1.",
    own_hand: "Your hand is raised, number 2.",
    state: "Microphone on, you can be heard. Camera off. 3 people, 2 hands raised.",
    state_later: "Microphone off. Camera off. 3 people, 2 hands raised. Recording.",
    muted: "Julien Marchand muted you.",
    recorded: "This meeting is being recorded.",
    recorded_no_more: "The recording has stopped.",
    lost: "Connection lost. Resuming.",
    back: ("Back after ", "."),
    leave: "Once more to leave the meeting.",
    left: "You have left the meeting.",
};

fn does(call: &mut Call, kind: &str, rest: Value) {
    let mut command = json!({ "kind": kind });
    for (key, value) in rest.as_object().into_iter().flatten() {
        command[key] = value.clone();
    }
    call.command(&command);
}

/// Somebody without a window, who neither shows nor says anything.
fn other(house: &House, name: &str, cookies: Option<String>) -> Call {
    let mut options = application::Options::new(house.meet.link(SLUG), name, 300);
    options.arguments = vec!["--server".into(), house.meet.host()];
    (options.camera, options.microphone) = ("off".to_owned(), "off".to_owned());
    (options.events, options.cookies) = (true, cookies);
    application::join(&house.folder, &options).expect("the application")
}

#[test]
fn a_meeting_with_closed_eyes() {
    let house = House::new("screen-reader", Access::Restricted).signed_in();
    let julien = house.meet.state().person("Julien Marchand");
    house.meet.state().settings.recorder = Recorder::Begins;
    house.meet.state().room(SLUG, Access::Restricted, &[(&house.alice, Role::Owner), (&julien, Role::Owner)]);
    let cookies = house.meet.state().session(&julien);
    let house = meeting(house, &FRENCH, &cookies);
    meeting(house, &ENGLISH, &cookies);
}

/// One meeting from its link to its end, by keys and ears alone.
fn meeting(mut house: House, words: &Words, cookies: &str) -> House {
    house.desktop = house.desktop.with_reader(words.language).expect("its settings");
    let mut julien = other(&house, "Julien Marchand", Some(cookies.to_owned()));
    julien.wait("phase", |phase| phase["kind"] == "in_meeting").expect("in the meeting");
    let mut reader = Reader::new(&house.desktop);
    let (server, link) = (house.meet.base(), house.meet.link(SLUG));
    let arguments = [&link, "--direct", "--server", &server, "--camera", "off", "--microphone", "synthetic"];
    let arguments = [&arguments[..], &["--language", words.language]].concat();
    let window = Window::open(&house.desktop, &house.folder, &arguments).expect("the window");
    let press = |keys: &str| house.desktop.input(&["key", keys]).expect("xdotool");

    reader.says(words.entered);
    let alice = julien.wait("came", |event| event["name"] == "Alice Martin").expect("us");
    // A window that has just come may not take keys yet.
    wait::until("the toolbar's focus", PATIENCE, || {
        press("F2");
        std::thread::sleep(Duration::from_millis(500));
        let is_there = window.script("return Boolean(document.activeElement?.closest('[role=toolbar]'));");
        (is_there.ok()? == true).then_some(())
    })
    .expect("F2 goes there");
    press("Right");
    reader.says(words.toolbar);
    let mut sofia = other(&house, "Sofia Benali", None);
    reader.says(words.waits);
    press("ctrl+shift+a");
    reader.says(words.arrives);
    does(&mut sofia, "send_message", json!({ "text": "Bonjour à tous" }));
    reader.says(words.message);
    does(&mut sofia, "raise_hand", json!({ "up": true }));
    reader.says(words.hand);
    press("ctrl+shift+h");
    reader.says(words.own_hand);
    press("ctrl+shift+y");
    reader.says(words.state);
    if words.language == "en" {
        press("ctrl+shift+p");
        window.find("panel-people", "").expect("the list");
        is_told(&reader::tree(&house.desktop).expect("a tree"));
    }
    does(&mut julien, "mute_participant", json!({ "participant": alice["id"] }));
    reader.says(words.muted);
    does(&mut julien, "start_recording", json!({ "mode": "screen" }));
    reader.says(words.recorded);
    press("ctrl+shift+y");
    reader.says(words.state_later);
    does(&mut julien, "stop_recording", Value::Null);
    reader.says(words.recorded_no_more);
    house.livekit.kill();
    reader.says(words.lost);
    house.livekit.restart().expect("the server again");
    let is_back = |said: &str| {
        let rest = said.strip_prefix(words.back.0).and_then(|rest| rest.strip_suffix(words.back.1));
        rest.and_then(|rest| rest.split_once(' ')).is_some_and(|(number, unit)| {
            let singular = number == "1" || (words.language == "fr" && number == "0");
            let word = if words.language == "fr" { "seconde" } else { "second" };
            number.parse::<u32>().is_ok() && unit == if singular { word.to_owned() } else { format!("{word}s") }
        })
    };
    reader.hears(words.back.0, is_back);
    // Each was said once: by the queue, and by nobody beside it.
    for once in [words.entered, words.waits, words.message, words.hand, words.muted, words.recorded, words.lost] {
        assert_eq!(reader.times(once), 1, "{once:?} in {:#?}", reader.said());
    }
    let press = |keys: &str| house.desktop.input(&["key", keys]).expect("xdotool");
    // The next meeting begins as this one ends.
    press("ctrl+d");
    press("ctrl+shift+w");
    reader.says(words.leave);
    press("ctrl+shift+w");
    window.phase("ended").expect("out");
    reader.says(words.left);
    drop(window);
    for call in [julien, sofia] {
        assert_eq!(call.leave().expect("it leaves").code, 0);
    }
    house
}

/// What is to be pressed in there: buttons by another word from AT-SPI 2.56 on.
fn keys(thing: &Thing) -> Vec<&Thing> {
    ["push button", "button"].into_iter().flat_map(|role| thing.all(role)).collect()
}

/// Roles, names and states of the meeting with the list of people open, as AT-SPI has them.
fn is_told(tree: &Thing) {
    let has = |thing: &Thing, key: &str, value: &str| thing.attributes.get(key).is_some_and(|found| found == value);
    for role in ["banner", "main", "contentinfo"] {
        let all = tree.all("landmark").into_iter().filter(|thing| has(thing, "xml-roles", role));
        assert_eq!(all.count(), 1, "{role}");
    }
    assert!(has(tree.one("heading", SLUG), "level", "1"), "the meeting's name is its title");
    let bar = tree.one("tool bar", "Meeting controls");
    for (name, pressed) in [("Mic", true), ("Camera", false), ("Hand", true), ("People, 3 people", true)] {
        assert_eq!(bar.one("toggle button", name).is("pressed"), pressed, "{name}");
    }
    assert_eq!(keys(bar).iter().filter(|key| key.name == "Leave").count(), 1);
    let stage = tree.one("landmark", "Participants");
    assert_eq!(stage.all("panel").iter().filter(|tile| tile.name.starts_with("Sofia Benali")).count(), 1);
    let hands = tree.one("list", "Raised hands");
    let raised = hands.all("list item");
    let names: Vec<_> = raised.iter().map(|item| &item.name).collect();
    assert!(names.len() == 2 && names[0].starts_with("Sofia Benali"), "{names:?}");
    let keys: Vec<_> = keys(raised[0]).iter().map(|key| &key.name).collect();
    assert!(keys.iter().any(|name| name.starts_with("hand raised, number 1")), "{keys:?}");
    assert_eq!(tree.one("list", "In the meeting, 1").all("list item").len(), 1);
    // What speaks by itself: one voice for what can wait, one for what cannot.
    for voice in ["polite", "assertive"] {
        let all = tree.all("section").into_iter().filter(|thing| has(thing, "live", voice));
        assert_eq!(all.count(), 1, "{voice}");
    }
}
