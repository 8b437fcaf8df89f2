//! A network that loses packets: what is lost is repaired, and the call goes on.

use crate::ground::{self, Ground, ROOM, US};
use visavis_tests::peers::{application, remote};
use visavis_tests::servers::livekit::{Options, link};
use visavis_tests::servers::namespace::Namespace;

const SECONDS: u32 = 20;
/// Of a thousand UDP packets, each way.
const LOST: u16 = 50;
/// The floor below which the call is no longer usable; without loss `ground` demands far more.
const DECODED_SHARE: f64 = 0.8;
const CONCEALED_SHARE: f64 = 0.08;

#[test]
fn five_percent_are_lost_each_way() {
    let namespace = Namespace::new().expect("a network namespace");
    let ground = Ground::with("loss", Options { namespace: Some(namespace.clone()), ..Options::default() });
    let mut options = ground.browser_options("web");
    (options.size, options.fps, options.namespace) = ((640, 360), 20, Some(namespace.clone()));
    let mut web = ground.browser("web", &options);
    namespace.lose_udp(LOST).expect("a rule that loses packets");
    let token = ground.server.token(ROOM, US);
    let mut call = application::Options::new(link(ground.server.port(), ROOM, &token), US, SECONDS);
    call.namespace = Some(namespace);
    let ended = ground.call(&call);
    let theirs = web.leave().expect("the browser's report");
    let ours = ground::left(&ended);

    let camera = ground::track(ours, "web", visavis_model::TrackSource::Camera);
    assert!(camera.packets_recovered > 0, "nothing was repaired: {camera:?}");
    let video = ground::video(ours, "web");
    let sent = ground::sent_while_we_watched(&theirs, ours);
    assert!(video.frames_decoded as f64 >= DECODED_SHARE * sent, "decoded of {sent} pictures: {camera:?}");
    let audio = ground::audio(ours, "web");
    assert!(audio.concealed_ms as f64 <= CONCEALED_SHARE * audio.played_ms as f64, "{audio:?}");

    let seen = remote(&theirs, US, "camera").expect("our picture at the browser");
    let number = |name: &str| seen[name].as_f64().unwrap_or_else(|| panic!("{name} in {seen}"));
    let sent = ground::sent_while_peer_watched(seen, ours);
    assert!(number("frames_decoded") >= DECODED_SHARE * sent, "{sent} pictures: {seen}; {:?}", ours.own);
}
