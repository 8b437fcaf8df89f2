//! What the window says when devices come and go, on a sound card in memory.

use std::time::{Duration, Instant};
use visavis_tests::desktop::{self, Desktop};
use visavis_tests::peers::{PATIENCE, browser};
use visavis_tests::places;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::wait;
use visavis_tests::webdriver::Window;

const ROOM: &str = "devices";
/// A look through WebDriver on a busy machine comes on top of the second that is promised.
const TOLD: Duration = Duration::from_millis(1500);
/// The loudspeaker in memory, which nobody uses while the headset plays, begins so late; where the sound is now is told once it plays.
const WAKES: Duration = Duration::from_secs(2);

#[test]
fn a_headset_is_offered_before_a_meeting_and_missed_in_it() {
    let folder = places::run("e2e/devices").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let card = desktop.sound().expect("a sound card");
    let voice = folder.join("voice.wav");
    desktop::voice(&voice, "fr", "un deux trois quatre cinq six sept huit neuf dix").expect("espeak-ng");
    let _voice = card.speak(&voice).expect("a voice");
    let mut options = browser::Options::new(server.url(), server.token(ROOM, "Web"));
    options.codec = "off";
    let mut web = browser::join("Web", &folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");

    let link = server.link(ROOM, "ours");
    let window = Window::open(&desktop, &folder, &[&link, "--name", "Zoé", "--camera", "off", "--language", "fr"])
        .expect("the window");
    let join = window.find("join", "").expect("the last look");
    let headset = card.plug("headset", "Casque Jabra", "device.form_factor=headset").expect("a headset");
    let _worn = card.speak_into("headset-pipe", &voice).expect("a voice");
    let offered = wait::until("the offer", PATIENCE, || {
        let text = window.find("issue", "[data-code=\"VIS-DEV-NEW-75\"]").ok()?.text().ok()?;
        text.replace('\u{202f}', " ").contains("Casque Jabra branché. L’utiliser ?").then_some(())
    });
    offered.expect("the headset is offered");
    let focus = window.script("return document.activeElement.dataset.testid ?? ''").expect("the focus");
    assert_eq!(focus, "join", "the offer takes no focus");
    desktop.screenshot("1-offered").expect("a screenshot");
    window.script("document.querySelector('[data-code=\"VIS-DEV-NEW-75\"] button').click()").expect("a press");
    for kind in ["microphone", "loudspeaker"] {
        wait::until(kind, PATIENCE, || {
            let text = window.find(&format!("select-{kind}"), "").ok()?.text().ok()?;
            text.contains("Casque Jabra").then_some(())
        })
        .expect("the list says what is used");
    }
    join.click().expect("a click");
    web.wait("track", |event| event["identity"] == "ours" && event["source"] == "microphone").expect("our microphone");
    window.find("hearing", "[data-state=\"heard\"]").expect("we are heard");

    // What is chosen takes the place of the other once it is open: until then nothing of it is missed.
    for (devices, streams, name) in [("sources", "source-outputs", "headset-mic"), ("sinks", "sink-inputs", "headset")]
    {
        wait::until("the headset is in use", PATIENCE, || {
            let index = card.control(&["list", "short", devices]).ok()?;
            let index =
                index.lines().find(|line| line.split_whitespace().nth(1) == Some(name))?.split('\t').next()?.to_owned();
            let used = card.control(&["list", "short", streams]).ok()?;
            used.lines().any(|line| line.split('\t').nth(1) == Some(&index)).then_some(())
        })
        .expect("the headset is in use");
    }
    std::thread::sleep(Duration::from_secs(3));

    let out = Instant::now();
    card.unplug(&headset).expect("pulled out");
    let banner = window.find("banner", "[data-code=\"VIS-DEV-MOVED-78\"]").expect("a sentence");
    let text = wait::until("the whole sentence", TOLD + WAKES, || {
        let text = banner.text().ok()?;
        text.contains("Son sur").then_some(text)
    });
    desktop.screenshot("2-pulled-out").expect("a screenshot");
    println!("said after {:?}: {text:?}", out.elapsed());
    let text = text.expect("the sentence");
    assert!(text.contains("Casque Jabra débranché. Son sur Loudspeaker, micro coupé."), "{text}");
    window.find("hearing", "[data-state=\"off\"]").expect("the line says that nobody hears us");
    desktop.screenshot("2-pulled-out").expect("a screenshot");
    window.script("document.querySelector('[data-testid=\"banner\"] button').click()").expect("a press");
    window.find("hearing", "[data-state=\"heard\"]").expect("we are heard again");

    card.control(&["set-source-mute", "mic", "1"]).expect("muted");
    window.find("hearing", "[data-state=\"muted_by_system\"]").expect("the line says who has muted");
    let banner = window.find("banner", "[data-code=\"VIS-MIC-OSMUTE-52\"]").expect("a sentence");
    assert!(banner.text().expect("its text").contains("Micro coupé par l’ordinateur ou le casque."));
    desktop.screenshot("3-muted").expect("a screenshot");
    window.script("document.querySelector('[data-testid=\"banner\"] button').click()").expect("a press");
    window.find("hearing", "[data-state=\"heard\"]").expect("we are heard again");
    assert!(card.control(&["get-source-mute", "mic"]).expect("an answer").contains("no"));
}

#[test]
fn a_key_that_is_held_lets_one_talk_and_a_trial_says_how_one_is_heard() {
    let folder = places::run("e2e/talk").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let card = desktop.sound().expect("a sound card");
    let voice = folder.join("voice.wav");
    desktop::voice(&voice, "fr", "un deux trois quatre cinq six sept huit neuf dix").expect("espeak-ng");
    let _voice = card.speak(&voice).expect("a voice");
    let mut options = browser::Options::new(server.url(), server.token(ROOM, "Web"));
    options.codec = "off";
    let mut web = browser::join("Web", &folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");
    std::fs::write(folder.join("preferences.json"), r#"{"settings":{"keys_everywhere":true}}"#).expect("what was set");

    let link = server.link(ROOM, "ours");
    let arguments = [&*link, "--name", "Zoé", "--camera", "off", "--language", "fr"];
    let window = Window::open(&desktop, &folder, &arguments).expect("the window");
    window.find("trial", "").expect("the trial").click().expect("a click");
    window.find("trial-verdict", "[data-state=\"playing\"]").expect("what was said is played");
    let verdict = window.find("trial-verdict", "[data-state=\"done\"]").expect("a verdict").text().expect("its text");
    println!("verdict: {verdict}");
    assert!(verdict.starts_with("Votre voix est claire."), "{verdict}");
    desktop.screenshot("1-verdict").expect("a screenshot");
    window.find("join", "").expect("the key").click().expect("a click");
    web.wait("track", |event| event["identity"] == "ours" && event["source"] == "microphone").expect("our microphone");
    let is_muted = |muted: bool| {
        move |event: &serde_json::Value| {
            event["identity"] == "ours" && event["source"] == "microphone" && event["muted"] == muted
        }
    };
    window.find("toggle-microphone", "").expect("the key").click().expect("a click");
    web.wait("muted", is_muted(true)).expect("others see that we are muted");

    let keys: [(&str, &[&str], &[&str]); 2] = [
        ("V in the window", &["keydown", "v"], &["keyup", "v"]),
        // The page knows no such key: it comes from the whole screen.
        (
            "Ctrl+Shift+Space anywhere",
            &["keydown", "ctrl", "keydown", "shift", "keydown", "space"],
            &["keyup", "space", "keyup", "shift", "keyup", "ctrl"],
        ),
    ];
    for (what, down, up) in keys {
        let before = web.seen().len();
        desktop.input(down).expect("xdotool");
        web.wait_after(before, "muted", is_muted(false)).expect(what);
        std::thread::sleep(Duration::from_millis(500));
        desktop.screenshot(&format!("2-{}", down.len())).expect("a screenshot");
        desktop.input(up).expect("xdotool");
        web.wait_after(before, "muted", is_muted(true)).expect(what);
    }
    let before = web.seen().len();
    desktop.input(&["key", "ctrl+shift+d"]).expect("xdotool");
    web.wait_after(before, "muted", is_muted(false)).expect("the microphone is on");

    // Held, it is one press: the X server tells of it again and again.
    let before = web.seen().len();
    desktop.input(&["keydown", "ctrl", "keydown", "shift", "keydown", "d"]).expect("xdotool");
    web.wait_after(before, "muted", is_muted(true)).expect("the microphone is off");
    std::thread::sleep(Duration::from_secs(2));
    desktop.input(&["keyup", "d", "keyup", "shift", "keyup", "ctrl"]).expect("xdotool");
    let told = web.seen().iter().skip(before).filter(|event| event["event"] == "muted").count();
    assert_eq!(told, 1, "the key turned the microphone over more than once");
}
