//! What every test of this folder stands on: a room, the measures, and what is demanded of a good call.

use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use visavis_model::{AudioReceived, RemoteTrackReport, Report, TrackSource, VideoReceived};
use visavis_tests::peers::application::{self, Ended};
use visavis_tests::peers::{Peer, browser, remote};
use visavis_tests::places;
use visavis_tests::servers::livekit::{LivekitServer, Options};

/// Of the pictures that the other sent.
pub const DECODED_SHARE: f64 = 0.97;
/// Of the decoded pictures: of two within one turn of the display, only the newer is shown.
pub const SHOWN_SHARE: f64 = 0.8;
/// Longest time without a new picture after the first second.
pub const LONGEST_FREEZE_MS: f64 = 500.0;
/// Of the sound that was played.
pub const CONCEALED_SHARE: f64 = 0.01;
/// Mean over a call, with its climb.
const TOP_LAYER_FPS: f64 = 12.0;
pub const ROOM: &str = "interop";
/// Identity and name of our application.
pub const US: &str = "visavis";
/// How long a call may take to end after its time.
const LATE: Duration = Duration::from_secs(30);

/// A server and a folder of its own for one test.
pub struct Ground {
    pub folder: PathBuf,
    pub server: LivekitServer,
}

impl Ground {
    pub fn new(test: &str) -> Self {
        Self::with(test, Options::default())
    }

    pub fn with(test: &str, options: Options) -> Self {
        let folder = places::run(&format!("interop/{test}")).expect("a folder");
        let server = LivekitServer::start(&folder, options).expect("livekit-server");
        Self { folder, server }
    }

    /// A browser that is not in the room yet, as a person's.
    pub fn browser_options(&self, identity: &str) -> browser::Options {
        browser::Options::new(self.server.url(), self.server.token(ROOM, identity))
    }

    /// A browser in the room.
    pub fn browser(&self, identity: &str, options: &browser::Options) -> Peer {
        let mut peer = browser::join(identity, &self.folder, options).expect("a browser");
        peer.joined().expect("the browser in the room");
        peer
    }

    pub fn our_options(&self, seconds: u32) -> application::Options {
        application::Options::new(self.server.link(ROOM, US), US, seconds)
    }

    /// Our application for one whole call.
    pub fn call(&self, options: &application::Options) -> Ended {
        let call = application::join(&self.folder, options).expect("the application");
        finish(call, options.seconds)
    }
}

/// Waits for the end of a call that was to last `seconds`.
fn finish(call: application::Call, seconds: u32) -> Ended {
    call.finish(Duration::from_secs(u64::from(seconds)) + LATE).expect("the call ends by itself")
}

/// The report of a call that ended as it should.
pub fn left(ended: &Ended) -> &Report {
    assert_eq!(ended.code, 0, "exit code; log: {}", ended.log);
    let report = ended.report.as_ref().expect("a report");
    assert_eq!(report.end, "left");
    report
}

pub fn track<'a>(report: &'a Report, identity: &str, source: TrackSource) -> &'a RemoteTrackReport {
    report
        .remote
        .iter()
        .find(|track| track.participant == identity && track.source == source)
        .unwrap_or_else(|| panic!("no {source:?} of {identity} in {:#?}", report.remote))
}

pub fn video<'a>(report: &'a Report, identity: &str) -> &'a VideoReceived {
    track(report, identity, TrackSource::Camera).video.as_ref().expect("a video track")
}

pub fn audio<'a>(report: &'a Report, identity: &str) -> &'a AudioReceived {
    track(report, identity, TrackSource::Microphone).audio.as_ref().expect("an audio track")
}

/// We saw and heard `identity` well for a call in which it sent `sent` pictures.
pub fn we_received_well(report: &Report, identity: &str, sent: f64) {
    let video = video(report, identity);
    let decoded = video.frames_decoded as f64;
    assert!(decoded >= DECODED_SHARE * sent, "decoded {decoded} of {sent} pictures: {video:?}");
    let shown = video.frames_shown as f64;
    assert!(shown >= SHOWN_SHARE * decoded, "shown {shown} of {decoded} pictures");
    assert!((video.longest_gap_ms as f64) <= LONGEST_FREEZE_MS, "{video:?}");
    assert!(video.barcodes_read as f64 >= 0.9 * shown, "{video:?}");
    let audio = audio(report, identity);
    assert!(audio.played_ms > 0, "{audio:?}");
    assert!(audio.concealed_ms as f64 <= CONCEALED_SHARE * audio.played_ms as f64, "{audio:?}");
    assert!(audio.rms > 0.01, "silence: {audio:?}");
}

/// The peer saw and heard us well, by its own report.
pub fn peer_received_well(report: &Value, ours: &Report) {
    peer_received_well_at(report, ours, TOP_LAYER_FPS);
}

/// The same where the path allows our top layer only for a part of the call: `fps` is its mean over the whole of it.
pub fn peer_received_well_at(report: &Value, ours: &Report, fps: f64) {
    let video = remote(report, US, "camera").expect("our picture at the peer");
    let number = |value: &Value, name: &str| value[name].as_f64().unwrap_or_else(|| panic!("{name} in {value}"));
    let sent = ours.own.iter().find(|track| track.source == TrackSource::Camera).expect("our camera's report");
    let top = sent.layers.iter().max_by_key(|layer| layer.size.width).expect("a layer");
    let full_rate = f64::from(top.frames as u32) * 1000.0 / ours.duration_ms as f64;
    assert!(full_rate > fps, "our top layer at {full_rate} fps: {sent:?}");
    let expected = sent_while_peer_watched(video, ours);
    let decoded = number(video, "frames_decoded");
    assert!(decoded >= DECODED_SHARE * expected, "decoded {decoded} of {expected} pictures: {video}; {sent:?}");
    assert!(number(video, "longest_gap_ms") <= LONGEST_FREEZE_MS, "{video}");
    let audio = remote(report, US, "microphone").expect("our sound at the peer");
    let concealed = number(audio, "concealed") - number(audio, "concealed_silent");
    assert!(concealed <= CONCEALED_SHARE * number(audio, "samples"), "{audio}");
}

/// How many pictures of ours were sent from the first that the peer saw to its last statistics.
///
/// Pictures that the encoder left out are not sent: the layer that sent most tells how many were, of all that our
/// counter counts.
pub fn sent_while_peer_watched(video: &Value, ours: &Report) -> f64 {
    let number = |name: &str| video[name].as_f64().unwrap_or_else(|| panic!("{name} in {video}"));
    let camera = ours.own.iter().find(|track| track.source == TrackSource::Camera).expect("our camera's report");
    let most = camera.layers.iter().map(|layer| layer.frames).max().unwrap_or_default() as f64;
    let seen = number("counter_then") - number("first_counter") + 1.0;
    most * (seen / (number("last_counter") + 1.0)).min(1.0)
}

/// How many pictures the browser sent while we were there and after our first picture.
pub fn sent_while_we_watched(report: &Value, ours: &Report) -> f64 {
    let mark = |what: &str| {
        let marks = report["marks"].as_array().expect("marks");
        let found = marks.iter().rfind(|mark| mark["what"] == what && mark["identity"] == US);
        found.unwrap_or_else(|| panic!("no \"{what}\" of ours in {marks:?}")).clone()
    };
    let (came, went) = (mark("came"), mark("went"));
    let number = |mark: &Value, name: &str| mark[name].as_f64().expect("a number");
    let sent = number(&went, "frames_sent") - number(&came, "frames_sent");
    let there_ms = number(&went, "at_ms") - number(&came, "at_ms");
    let joined = ours.times.joined.expect("joined") as f64;
    let waited = (ours.times.first_picture_shown.expect("a picture") as f64 - joined).max(0.0);
    sent * (1.0 - waited / there_ms)
}
