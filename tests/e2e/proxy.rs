//! A network whose proxy wants to know who one is: asked in the window, answered by keys alone, and the meeting goes on.

use std::time::Duration;
use visavis_model::Report;
use visavis_tests::desktop::Desktop;
use visavis_tests::places;
use visavis_tests::process::Process;
use visavis_tests::servers::authority::{Authority, TlsFront};
use visavis_tests::servers::corporate::{Corporate, SERVER, Way};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::squid::{PASSWORD, Squid, USER};
use visavis_tests::wait;

const NAME: &str = "visio.agglo.test";
const ROOM: &str = "proxy";
const PATIENCE: Duration = Duration::from_secs(40);
/// From a key to what it shows; a busy machine takes its time.
const A_MOMENT: Duration = Duration::from_millis(1500);

#[test]
fn a_proxy_that_asks_is_answered_in_the_window() {
    let folder = places::run("e2e/proxy").expect("a folder");
    let network = Corporate::new(NAME).expect("a network");
    let authority = Authority::new(&folder, "authority").expect("an authority");
    let options = Options { namespace: Some(network.servers.clone()), address: Some(SERVER), ..Options::default() };
    let server = LivekitServer::start(&folder, options).expect("livekit-server");
    let _front = TlsFront::start(&network, &authority, &[NAME], server.port(), &folder).expect("stunnel");
    let squid = Squid::start(&network, &folder).expect("squid");
    network.let_through(&[Way::Udp(server.media_udp())]).expect("a way for media");
    let desktop = Desktop::in_memory(&folder, 1280, 800).expect("a desktop");

    let report = folder.join("report.json");
    let link = format!("livekit://{NAME}/{ROOM}?token={}", server.token(ROOM, "window"));
    let mut command = desktop.command("ip");
    command.args(network.client.words()).arg(places::binary()).args([link.as_str(), "--direct", "--separate"]);
    command.args(["--camera", "off", "--microphone", "synthetic", "--verbose", "--preferences"]);
    command.arg(folder.join("preferences.json")).arg("--report").arg(&report);
    command.env("SSL_CERT_FILE", &authority.file).env("https_proxy", squid.address(false));
    let mut window = Process::start("visavis", &mut command, &folder.join("window.log")).expect("a window");
    let read = || -> Option<Report> { serde_json::from_slice(&std::fs::read(&report).ok()?).ok() };

    wait::until("the proxy's question", PATIENCE, || {
        read()?.issues.iter().any(|one| one.issue.code.text() == "VIS-NET-PROXY-04").then_some(())
    })
    .expect("the issue");
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("asked").expect("a picture");
    let key = |words: &[&str]| desktop.input(words).expect("a key");
    let answer = |password: &str| {
        key(&["key", "Return"]);
        std::thread::sleep(A_MOMENT);
        key(&["type", USER]);
        key(&["key", "Tab"]);
        key(&["type", password]);
        desktop.screenshot(if password == PASSWORD { "right" } else { "wrong" }).expect("a picture");
        key(&["key", "Return"]);
    };
    let refused = |squid: &Squid| squid.asked().iter().filter(|line| line.contains("/407")).count();
    let before = refused(&squid);
    answer("something else");
    wait::until("a wrong password's refusal", PATIENCE, || (refused(&squid) > before).then_some(())).expect("a 407");
    std::thread::sleep(A_MOMENT);
    desktop.screenshot("refused").expect("a picture");
    answer(PASSWORD);
    wait::until("the meeting", PATIENCE, || read()?.times.joined).unwrap_or_else(|error| {
        desktop.screenshot("end").expect("a picture");
        panic!("{error}: {:#?}", squid.asked())
    });
    let log = window.log_text();
    assert!(!log.contains(PASSWORD) && !log.contains("something else"), "a password in the log");
    window.stop();
    // A tunnel is written down when it ends.
    let through =
        || squid.asked().iter().any(|line| line.contains("TCP_TUNNEL/200") && line.contains(USER)).then_some(());
    wait::until("the way through the proxy", PATIENCE, through).expect("through the proxy");
}
