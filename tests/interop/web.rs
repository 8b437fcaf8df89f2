//! A web participant as people have it, and us: both see and hear the other well, in every codec that browsers send.

use crate::ground::{self, Ground, US};
use std::path::Path;
use std::time::Duration;
use visavis_model::{Codec, TrackSource};
use visavis_testkit::sound;
use visavis_tests::peers::{Peer, application, remote};
use visavis_tests::recording::Recording;
use visavis_tests::{desktop, wait};

const SECONDS: u32 = 20;
/// How many times in a row a size is seen until it counts.
const LOOKS: usize = 8;

/// The whole call: a browser that sends `codec`, and we.
fn call(test: &str, codec: &'static str, expected: Codec, adaptive: bool) {
    let ground = Ground::new(test);
    let mut options = ground.browser_options("web");
    (options.codec, options.adaptive, options.tile) = (codec, adaptive, (1280, 720));
    options.record = Some(ground.folder.join("web.wav"));
    let mut web = ground.browser("web", &options);

    let ended = ground.call(&ground.our_options(SECONDS));
    let theirs = web.leave().expect("the browser's report");
    let ours = ground::left(&ended);

    let camera = ground::track(ours, "web", TrackSource::Camera);
    assert_eq!(camera.codec, Some(expected));
    ground::we_received_well(ours, "web", ground::sent_while_we_watched(&theirs, ours));
    ground::peer_received_well(&theirs, ours);
    assert_eq!(ours.transport.path.as_deref(), Some("udp"));
    assert!(ours.issues.is_empty(), "{:?}", ours.issues);
    assert!(ours.times.first_picture_shown.is_some() && ours.times.first_audio_heard.is_some());
    // Our synthetic microphone sends tones: what the browser heard is no silence.
    let heard = Recording::read(&ground.folder.join("web.wav")).expect("what the browser heard");
    assert!(sound::rms(heard.end(6)) > 0.005, "the browser heard silence");
}

#[test]
fn a_browser_at_its_defaults() {
    call("web-default", "default", Codec::Vp8, false);
}

#[test]
fn a_browser_with_scalable_vp9_as_in_visio() {
    call("web-vp9", "vp9", Codec::Vp9, true);
}

#[test]
fn a_browser_with_h264() {
    call("web-h264", "h264", Codec::H264, false);
}

#[test]
fn every_codec_comes_at_the_size_of_its_tile() {
    for (codec, test) in [("vp8", "tile-vp8"), ("vp9", "tile-vp9"), ("h264", "tile-h264")] {
        let ground = Ground::new(test);
        let mut options = ground.browser_options("web");
        (options.codec, options.sound, options.adaptive) = (codec, "off".to_owned(), true);
        let mut web = ground.browser("web", &options);
        let mut call = ground.our_options(8);
        (call.stage, call.camera, call.microphone) = (Some((320, 180)), "off".to_owned(), "off".to_owned());
        let ended = ground.call(&call);
        web.leave().expect("the browser's report");
        let video = ground::video(ground::left(&ended), "web");
        assert_eq!((video.size.width, video.size.height), (320, 180), "{codec}: {video:?}");
        assert!(video.frames_shown > 60, "{codec}: {video:?}");
        assert!(video.longest_gap_ms as f64 <= ground::LONGEST_FREEZE_MS, "{codec}: {video:?}");
    }
}

#[test]
fn speech_is_recognised_at_both_ends() {
    let ground = Ground::new("web-speech");
    let file = |name: &str| ground.folder.join(name);
    desktop::voice(
        &file("ours.wav"),
        "en-gb",
        "The quick brown fox jumps over the lazy dog, while seven wizards boil.",
    )
    .expect("espeak-ng");
    desktop::voice(&file("theirs.wav"), "fr", "Portez ce vieux whisky au juge blond qui fume, dès Noël, à Genève.")
        .expect("espeak-ng");
    let mut options = ground.browser_options("web");
    options.codec = "off";
    options.sound = format!("file:{}", file("theirs.wav").display());
    options.record = Some(file("web.wav"));
    let mut web = ground.browser("web", &options);

    let mut call = ground.our_options(SECONDS);
    call.microphone = format!("file:{}", file("ours.wav").display());
    (call.camera, call.record) = ("off".to_owned(), true);
    let ended = ground.call(&call);
    web.leave().expect("the browser's report");
    ground::left(&ended);

    let read = |file: &Path| Recording::read(file).expect("a recording");
    let (ours, theirs) = (read(&file("ours.wav")), read(&file("theirs.wav")));
    let (at_web, at_us) = (read(&file("web.wav")), read(&ended.recording));
    let likeness = |said: &Recording, heard: &Recording| {
        // Speech lies below 4 kHz.
        sound::looped_speech_likeness(&said.at(11_025).samples, &heard.at(11_025).samples, 11_025, 4.0)
    };
    let there = likeness(&ours, &at_web);
    assert!(there > 0.7, "our speech at the browser: {there}");
    let here = likeness(&theirs, &at_us);
    assert!(here > 0.7, "the browser's speech at us: {here}");
    let crossed = likeness(&theirs, &at_web);
    assert!(crossed < 0.5, "the measure takes any speech for ours: {crossed}");
}

#[test]
fn every_layer_of_ours_is_shown_in_the_browser() {
    let ground = Ground::new("web-layers");
    let mut options = ground.browser_options("web");
    (options.codec, options.sound) = ("off", "off".to_owned());
    let mut web = ground.browser("web", &options);
    let call = application::join(&ground.folder, &ground.our_options(240)).expect("the application");
    web.wait("picture", |event| event["identity"] == US).expect("our picture");
    for (quality, width) in [("high", 1280), ("low", 320), ("medium", 640)] {
        web.command(&serde_json::json!({ "do": "quality", "quality": quality }));
        becomes(&mut web, width);
    }
    let ended = call.leave().expect("we leave");
    ground::left(&ended);
}

/// Waits until our picture at the browser is that wide and stays so for some looks.
fn becomes(web: &mut Peer, width: u64) {
    let mut seen: Vec<u64> = Vec::new();
    let found = wait::until(&format!("our picture {width} wide"), Duration::from_secs(30), || {
        let report = web.stats().expect("the browser's statistics");
        seen.push(remote(&report, US, "camera").and_then(|track| track["width"].as_u64()).unwrap_or_default());
        (seen.len() >= LOOKS && seen.iter().rev().take(LOOKS).all(|seen| *seen == width)).then_some(())
    });
    seen.dedup();
    found.unwrap_or_else(|error| panic!("{error}; widths seen: {seen:?}"));
}
