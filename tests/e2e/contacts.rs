//! Whom a window contacts, web view included: by every packet from its start to its end.

use std::net::SocketAddr;
use std::time::Duration;
use visavis_model::Report;
use visavis_tests::desktop::Desktop;
use visavis_tests::peers::browser;
use visavis_tests::places;
use visavis_tests::process::Process;
use visavis_tests::servers::authority::{Authority, TlsFront};
use visavis_tests::servers::capture::Capture;
use visavis_tests::servers::corporate::{CLIENT, Corporate, SERVER, Way};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::wait;

const NAME: &str = "visio.agglo.test";
const ROOM: &str = "contacts";
const PATIENCE: Duration = Duration::from_secs(40);
/// A window that nobody touches.
const IDLE: Duration = Duration::from_secs(6);

#[test]
fn a_window_contacts_nobody_but_its_server() {
    let folder = places::run("e2e/contacts").expect("a folder");
    let network = Corporate::new(NAME).expect("a network");
    network.tell_client(NAME).expect("a name");
    let authority = Authority::new(&folder, "authority").expect("an authority");
    // As it comes, the server announces public STUN servers.
    let options = Options { namespace: Some(network.servers.clone()), address: Some(SERVER), ..Options::default() };
    let server = LivekitServer::start(&folder, options).expect("livekit-server");
    let _front = TlsFront::start(&network, &authority, &[NAME], server.port(), &folder).expect("stunnel");
    network.let_through(&[Way::Tcp(443), Way::Udp(server.media_udp())]).expect("ways");
    let mut other = browser::Options::new(server.url(), server.token(ROOM, "other"));
    (other.size, other.fps, other.namespace) = ((640, 360), 15, Some(network.servers.clone()));
    let mut other = browser::join("other", &folder, &other).expect("somebody else");
    other.joined().expect("somebody else in the room");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");
    let open = |arguments: &[&str], log: &str| {
        let mut command = desktop.command("ip");
        command.args(network.client.words()).arg(places::binary()).args(arguments);
        command.args(["--separate", "--verbose", "--preferences"]).arg(folder.join("preferences.json"));
        command.env("SSL_CERT_FILE", &authority.file);
        Process::start("visavis", &mut command, &folder.join(log)).expect("a window")
    };
    let capture = Capture::start(&network.client, &folder).expect("tcpdump");

    let mut start = open(&[], "start.log");
    wait::until("the page", PATIENCE, || start.log_text().contains("the page follows the engine").then_some(()))
        .expect("a page");
    std::thread::sleep(IDLE);
    start.stop();
    assert_eq!(capture.contacted(CLIENT.into()).into_iter().collect::<Vec<_>>(), [], "a window at its start");

    let report = folder.join("report.json");
    let link = format!("livekit://{NAME}/{ROOM}?token={}", server.token(ROOM, "window"));
    let path = report.to_string_lossy();
    let mut window =
        open(&[&link, "--direct", "--camera", "off", "--microphone", "synthetic", "--report", &path], "call.log");
    wait::until("the other's picture", PATIENCE, || {
        let report: Report = serde_json::from_slice(&std::fs::read(&report).ok()?).ok()?;
        report.times.first_picture_shown
    })
    .expect("a picture");
    std::thread::sleep(IDLE);
    desktop.screenshot("call").expect("a picture of it");
    window.stop();
    // Port 0 is the kernel's: it says that a socket is closed.
    let ports = [443, server.media_udp(), server.media_tcp(), 0];
    let expected = ports.map(|port| SocketAddr::from((SERVER, port)));
    let seen: Vec<_> = capture.contacted(CLIENT.into()).into_iter().collect();
    assert!(
        seen.len() >= 2 && seen.iter().all(|one| expected.contains(one)),
        "nobody else, and no name looked up: {seen:?}"
    );
}
