//! A real V4L2 camera, in a virtual machine. Slow: run by `cargo xtask test --all` or `cargo xtask test camera`.

use std::path::Path;
use std::time::Duration;
use visavis_model::{Report, TrackSource};
use visavis_tests::places;
use visavis_tests::servers::camera_machine::CameraMachine;
use visavis_tests::servers::livekit;

/// Under software emulation all is twenty times slower.
const LIMIT: Duration = Duration::from_secs(300);
const PORT: u16 = 7880;

/// Runs a call with the camera in the machine; `meanwhile`: what the machine's shell does during it.
fn call(folder: &Path, seconds: u32, meanwhile: &str) -> String {
    let machine = CameraMachine::install().expect("the machine");
    let secret = livekit::SECRET;
    let token = livekit::token_of("visavis", &visavis_testkit::token::Grants::participant("camera"));
    let script = folder.join("script.sh");
    let text = format!(
        "{server} --bind 127.0.0.1 --node-ip 127.0.0.1 --config-body 'port: {PORT}\nkeys:\n  {key}: {secret}\nrtc:\n  \
         tcp_port: 7881\n  udp_port: 7882\n  use_external_ip: false\n  enable_loopback_candidate: true\n' > /tmp/server.log 2>&1 &\n\
         tries=0\n\
         until busybox wget -q -O /dev/null http://127.0.0.1:{PORT}/ || [ $tries = 60 ]; do tries=$((tries + 1)); sleep 1; done\n\
         {application} join '{link}' --headless --camera device:vivid --microphone off --for {seconds}s \
         --events /tmp/events.jsonl --report /tmp/report.json &\n\
         call=$!\n{meanwhile}\n\
         wait $call\necho \"EXIT-CODE $?\"\n\
         echo REPORT-BEGINS\ncat /tmp/report.json\necho\necho REPORT-ENDS\n\
         echo EVENTS-BEGIN\ncat /tmp/events.jsonl\necho EVENTS-END\n",
        server = livekit::program().display(),
        key = livekit::KEY,
        application = places::binary().display(),
        link = livekit::link(PORT, "camera", &token),
    );
    std::fs::write(&script, text).expect("the script");
    let said = machine.run(&script, &folder.join("machine.log"), LIMIT).expect("the machine ends");
    assert!(said.contains("EXIT-CODE 0"), "{said}");
    said
}

fn between<'a>(said: &'a str, begin: &str, end: &str) -> &'a str {
    said.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).expect("it is told").0.trim()
}

#[test]
fn a_v4l2_camera_is_sent_to_the_server() {
    let folder = places::run("camera").expect("a folder");
    let said = call(&folder, 20, "");
    let json = between(&said, "REPORT-BEGINS", "REPORT-ENDS");
    let report: Report = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let camera = report.own.iter().find(|track| track.source == TrackSource::Camera).expect("the camera's track");
    let frames: u64 = camera.layers.iter().map(|layer| layer.frames).sum();
    assert!(frames > 5 && camera.packets_sent > 10, "{camera:?}");
    assert!(report.issues.is_empty(), "{:?}", report.issues);
}

#[test]
fn a_camera_that_is_pulled_out_is_told_and_taken_back() {
    let folder = places::run("camera-pulled").expect("a folder");
    let unbind = "sleep 40; echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind; echo PULLED; sleep 20; \
                  echo vivid.0 > /sys/bus/platform/drivers/vivid/bind; echo PLUGGED";
    let said = call(&folder, 100, unbind);
    let events = between(&said, "EVENTS-BEGIN", "EVENTS-END");
    let issues: Vec<serde_json::Value> = events
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|line| line["what"] == "issue")
        .map(|line| line["value"].clone())
        .collect();
    let told =
        |code: &str, cause: &str| issues.iter().any(|issue| issue["code"] == code && issue["params"]["cause"] == cause);
    assert!(told("VIS-CAM-STOP-59", "gone"), "{issues:?}");
    assert!(told("VIS-DEV-MOVED-78", "back"), "{issues:?}");
}
