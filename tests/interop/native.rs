//! A native participant on the PyPI SDK, and us.

use crate::ground::{self, Ground, ROOM, US};
use visavis_model::{Codec, TrackSource};
use visavis_tests::peers::{native, remote};

const SECONDS: u32 = 15;

fn call(test: &str, codec: &'static str, expected: Codec) {
    let ground = Ground::new(test);
    let mut options = native::Options::new(ground.server.url(), vec![ground.server.token(ROOM, "native")]);
    (options.codec, options.record) = (codec, Some(ground.folder.join("native.wav")));
    let mut native = native::join("native", &ground.folder, &options).expect("the native peer");
    native.joined().expect("the native peer in the room");

    let ended = ground.call(&ground.our_options(SECONDS));
    let theirs = native.leave().expect("the native peer's report");
    let ours = ground::left(&ended);

    assert_eq!(ground::track(ours, "native", TrackSource::Camera).codec, Some(expected));
    let video = ground::video(ours, "native");
    let watched = (ours.duration_ms - ours.times.first_picture_shown.expect("a picture")) as f64 / 1000.0;
    let expected = watched * f64::from(options.fps);
    assert!(video.frames_decoded as f64 >= ground::DECODED_SHARE * expected, "{expected} pictures sent: {video:?}");
    assert!(video.longest_gap_ms as f64 <= ground::LONGEST_FREEZE_MS, "{video:?}");
    let audio = ground::audio(ours, "native");
    assert!(audio.concealed_ms as f64 <= ground::CONCEALED_SHARE * audio.played_ms as f64, "{audio:?}");

    let seen = remote(&theirs, US, "camera").expect("our picture at the native peer");
    let number = |name: &str| seen[name].as_f64().unwrap_or_else(|| panic!("{name} in {seen}"));
    let span = number("last_counter") - number("first_counter") + 1.0;
    assert!(number("frames") >= ground::DECODED_SHARE * span, "{span} pictures: {seen}");
    assert!(span > 10.0 * f64::from(SECONDS), "a full rate: {seen}");
    assert!(number("longest_gap_ms") <= ground::LONGEST_FREEZE_MS, "{seen}");
    let heard = remote(&theirs, US, "microphone").expect("our sound at the native peer");
    assert!(heard["energy"].as_f64().expect("energy") > 1.0, "the native peer heard silence: {heard}");
}

#[test]
fn a_native_participant_with_vp8() {
    call("native-vp8", "vp8", Codec::Vp8);
}

#[test]
fn a_native_participant_with_h264() {
    call("native-h264", "h264", Codec::H264);
}
