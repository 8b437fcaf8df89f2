//! The real microphone and loudspeaker of the machine's sound server: speech in, speech out.

use visavis_testkit::sound;
use visavis_tests::desktop::{self, Desktop};
use visavis_tests::peers::browser;
use visavis_tests::places;
use visavis_tests::recording::Recording;
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::webdriver::Window;

const ROOM: &str = "sound";
const US: &str = "ours";

#[test]
fn speech_goes_from_the_microphone_to_the_browser_and_a_tone_comes_back() {
    let folder = places::run("e2e/sound").expect("a folder");
    let server = LivekitServer::start(&folder, Options::default()).expect("livekit-server");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let card = desktop.sound().expect("a sound card");
    let said = folder.join("said.wav");
    desktop::voice(
        &said,
        "en-gb",
        "She sells sea shells by the sea shore, and the shells that she sells are sea shells.",
    )
    .expect("espeak-ng");
    let mut speaking = card.speak(&said).expect("a voice at the microphone");
    let played = folder.join("played.wav");
    let mut recorder = card.record(&played).expect("a recorder at the loudspeaker");

    let mut options = browser::Options::new(server.url(), server.token(ROOM, "Web"));
    (options.codec, options.record) = ("off", Some(folder.join("heard.wav")));
    let mut web = browser::join("Web", &folder, &options).expect("a browser");
    web.joined().expect("the browser in the room");

    let link = server.link(ROOM, US);
    let window =
        Window::open(&desktop, &folder, &[&link, "--name", "Zoé", "--direct", "--camera", "off"]).expect("the window");
    web.wait("track", |event| event["identity"] == US && event["source"] == "microphone").expect("our microphone");
    window.find("tile", "[data-participant=\"Web\"]").expect("the browser's tile");
    // Twelve seconds of sound at the browser, by its own count.
    visavis_tests::wait::until("twelve seconds of sound", visavis_tests::peers::PATIENCE, || {
        let report = web.stats().ok()?;
        (visavis_tests::peers::remote(&report, US, "microphone")?["seconds"].as_f64()? > 12.0).then_some(())
    })
    .expect("our sound at the browser");
    window.find("leave", "").expect("the button").click().expect("a click");
    web.leave().expect("the browser's report");
    recorder.stop();
    speaking.stop();

    let read = |file: &std::path::Path| Recording::read(file).expect("a recording");
    let (spoken, heard) = (read(&said).at(11_025), read(&folder.join("heard.wav")).at(11_025));
    let likeness = sound::looped_speech_likeness(&spoken.samples, &heard.samples, 11_025, 4.0);
    assert!(likeness > 0.6, "our speech at the browser: {likeness}");
    let played = read(&played);
    let seconds = played.samples.chunks_exact(played.rate as usize);
    let best = seconds.map(|second| sound::tone_share(second, played.rate, 440.0)).fold(0.0, f32::max);
    assert!(best > 0.5, "the browser's tone at our loudspeaker: {best}");
}
