//! The measuring instruments themselves, without us: what they say of each other is what they should say of us.

use crate::ground::{Ground, ROOM};
use visavis_testkit::sound;
use visavis_tests::peers::{native, remote};
use visavis_tests::recording::Recording;
use visavis_tests::wait;

#[test]
fn a_browser_and_a_native_participant_measure_each_other() {
    let ground = Ground::new("instruments");
    let mut options = ground.browser_options("web");
    (options.size, options.fps) = ((640, 360), 20);
    let recording = ground.folder.join("web.wav");
    options.record = Some(recording.clone());
    let mut web = ground.browser("web", &options);
    let options = native::Options::new(ground.server.url(), vec![ground.server.token(ROOM, "native")]);
    let mut native = native::join("native", &ground.folder, &options).expect("the native peer");
    native.joined().expect("the native peer in the room");

    native.chat("good morning");
    web.wait("chat", |event| event["text"] == "good morning" && event["from"] == "native").expect("a message");
    web.chat("and to you");
    native.wait("chat", |event| event["text"] == "and to you" && event["from"] == "web").expect("an answer");
    wait::until("a hundred pictures each way", visavis_tests::peers::PATIENCE, || {
        let seen = |report: &serde_json::Value, who: &str| remote(report, who, "camera")?["frames_decoded"].as_u64();
        let (there, here) = (native.stats().ok()?, web.stats().ok()?);
        (seen(&there, "web")? > 100 && seen(&here, "native")? > 100).then_some(())
    })
    .expect("pictures");
    let before = web.seen().len();
    native.mute("microphone", true);
    web.wait_after(before, "muted", |event| event["identity"] == "native" && event["muted"] == true).expect("muted");

    native.leave().expect("the native peer's report");
    let report = web.leave().expect("the browser's report");
    let picture = remote(&report, "native", "camera").expect("its picture");
    let number = |name: &str| picture[name].as_f64().unwrap_or_else(|| panic!("{name} in {picture}"));
    let span = number("last_counter") - number("first_counter") + 1.0;
    assert!(number("shown") >= 0.9 * span, "{picture}");
    assert!(number("codes") >= 0.9 * number("shown"), "{picture}");
    assert!(number("latency_ms_p50") > 0.0 && number("latency_ms_p50") < 500.0, "{picture}");
    let heard = Recording::read(&recording).expect("what the browser heard");
    let seconds = heard.samples.chunks_exact(heard.rate as usize);
    let best = seconds.map(|second| sound::tone_share(second, heard.rate, 700.0)).fold(0.0, f32::max);
    assert!(best > 0.8, "the native peer's tone: {best}");
}
