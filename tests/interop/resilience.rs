//! What breaks during a call, and mends.

use crate::ground::{self, Ground, ROOM, US};
use std::time::Duration;
use visavis_model::IssueCode;
use visavis_tests::peers::{Peer, application, remote};
use visavis_tests::servers::livekit;
use visavis_tests::servers::proxy::TcpProxy;
use visavis_tests::wait;

/// Longer than any test takes: each call is ended when all was seen.
const SECONDS: u32 = 240;

/// By then a server has told whoever sends a picture, and whom nobody watches, to send none.
const UNWATCHED: Duration = Duration::from_secs(14);

/// Waits until the peer decodes more of our pictures than it has now.
fn sees_new_pictures(peer: &mut Peer) {
    let mut start = None;
    wait::until("new pictures of ours at the peer", visavis_tests::peers::PATIENCE, || {
        let report = peer.stats().expect("the peer's statistics");
        let counter = remote(&report, US, "camera").filter(|track| track["live"] == true)?["last_counter"].as_u64()?;
        let first = *start.get_or_insert(counter);
        (counter > first + 30).then_some(())
    })
    .expect("the peer sees us");
}

#[test]
fn the_server_dies_and_comes_back() {
    let mut ground = Ground::new("server-restart");
    let options = ground.browser_options("web");
    let mut web = ground.browser("web", &options);
    let call = application::join(&ground.folder, &ground.our_options(SECONDS)).expect("the application");
    sees_new_pictures(&mut web);
    let before = web.seen().len();
    ground.server.restart().expect("the server again");
    web.wait_after(before, "reconnected", |_| true).expect("the browser is back");
    // A server that was away knows no participant: our picture is a new track there.
    web.wait_after(before, "picture", |event| event["identity"] == US).expect("our picture again");
    sees_new_pictures(&mut web);
    let ended = call.leave().expect("we leave");
    let ours = ground::left(&ended);
    assert!(ours.reconnects >= 1, "{ours:#?}");
    assert!(ground::video(ours, "web").frames_decoded > 0);
}

#[test]
fn who_comes_after_the_server_died_sees_whom_nobody_watched() {
    let mut ground = Ground::new("server-restart-alone");
    let mut options = ground.our_options(SECONDS);
    options.events = true;
    let mut call = application::join(&ground.folder, &options).expect("the application");
    call.wait("phase", |phase| phase["kind"] == "in_meeting").expect("we are in");
    // Ten seconds after the first packet the server says that nobody wants any layer.
    std::thread::sleep(UNWATCHED);
    ground.server.restart().expect("the server again");
    let options = ground.browser_options("web");
    let mut web = ground.browser("web", &options);
    web.wait("picture", |event| event["identity"] == US).expect("our picture");
    sees_new_pictures(&mut web);
    let ended = call.leave().expect("we leave");
    let ours = ground::left(&ended);
    assert!(ours.reconnects >= 1, "{ours:#?}");
}

#[test]
fn only_the_websocket_drops() {
    let ground = Ground::new("websocket");
    let options = ground.browser_options("web");
    let mut web = ground.browser("web", &options);
    let proxy = TcpProxy::start(ground.server.port()).expect("a proxy");
    let mut options = ground.our_options(SECONDS);
    options.link = livekit::link(proxy.port(), ROOM, &ground.server.token(ROOM, US));
    let call = application::join(&ground.folder, &options).expect("the application");
    sees_new_pictures(&mut web);
    let taken = proxy.accepted();
    proxy.cut();
    wait::until("our new websocket", visavis_tests::peers::PATIENCE, || (proxy.accepted() > taken).then_some(()))
        .expect("we come back");
    sees_new_pictures(&mut web);
    let theirs = web.leave().expect("the browser's report");
    let ended = call.leave().expect("we leave");
    let ours = ground::left(&ended);
    assert!(ours.reconnects >= 1, "{ours:#?}");
    // The media never stopped: no new participant, no freeze.
    let seen = remote(&theirs, US, "camera").expect("our picture");
    assert!(seen["longest_gap_ms"].as_f64().expect("a gap") <= ground::LONGEST_FREEZE_MS, "{seen}");
    let video = ground::video(ours, "web");
    assert!(video.longest_gap_ms as f64 <= ground::LONGEST_FREEZE_MS, "{video:?}");
}

#[test]
fn a_server_that_stays_away_ends_the_call() {
    let mut ground = Ground::new("server-gone");
    let options = ground.browser_options("web");
    let mut web = ground.browser("web", &options);
    let call = application::join(&ground.folder, &ground.our_options(600)).expect("the application");
    sees_new_pictures(&mut web);
    ground.server.kill();
    // However long it tries: it gives up by itself, well before its time is over.
    let ended = call.finish(Duration::from_secs(150)).expect("the application gives up");
    assert_eq!(ended.code, 5, "{}", ended.log);
    let report = ended.report.expect("a report");
    assert!(report.issues.iter().any(|record| record.issue.code == IssueCode::ConnectionLost), "{:?}", report.issues);
}

#[test]
fn the_same_identity_elsewhere_ends_the_call() {
    let ground = Ground::new("other-device");
    let call = application::join(&ground.folder, &ground.our_options(120)).expect("the application");
    let mut watcher = ground.browser_options("web");
    watcher.codec = "off";
    let mut watcher = ground.browser("web", &watcher);
    watcher.wait("picture", |event| event["identity"] == US).expect("our picture");
    let mut double = ground.browser_options(US);
    (double.codec, double.sound) = ("off", "off".to_owned());
    let _double = ground.browser("double", &double);
    let ended = call.finish(visavis_tests::peers::PATIENCE).expect("the application ends");
    assert_eq!(ended.code, 6, "{}", ended.log);
    let report = ended.report.expect("a report");
    assert_eq!(report.end, "other_device");
    assert!(report.issues.iter().any(|record| record.issue.code == IssueCode::OtherDevice), "{:?}", report.issues);
}
