//! An administration's network: nothing gets out but through its proxy, and what media need. A packet capture says who was contacted.

use crate::ground::{self, ROOM, US};
use serde_json::Value;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use visavis_model::{DoctorFinding, DoctorStep, DoctorVerdict, DoctorView, IssueCode, Report};
use visavis_tests::peers::{Peer, application, browser, remote};
use visavis_tests::places;
use visavis_tests::servers::authority::{Authority, TlsFront};
use visavis_tests::servers::capture::Capture;
use visavis_tests::servers::corporate::{CLIENT, Corporate, GATEWAY, SERVER, Way};
use visavis_tests::servers::livekit::{LivekitServer, Options};
use visavis_tests::servers::squid::{self, Squid};

const NAME: &str = "visio.agglo.test";
const SECONDS: u32 = 10;

/// A server behind TLS, outside of a network with a proxy.
struct Administration {
    folder: PathBuf,
    network: Corporate,
    authority: Authority,
    server: LivekitServer,
    _front: TlsFront,
    squid: Squid,
}

impl Administration {
    fn new(test: &str, extra: &str) -> Self {
        let folder = places::run(&format!("interop/{test}")).expect("a folder");
        let network = Corporate::new(NAME).expect("a network");
        let authority = Authority::new(&folder, "authority").expect("an authority");
        // As it comes, it announces public STUN servers.
        let namespace = Some(network.servers.clone());
        let options = Options { namespace, address: Some(SERVER), extra: extra.to_owned(), ..Options::default() };
        let server = LivekitServer::start(&folder, options).expect("livekit-server");
        let names = [NAME, &SERVER.to_string()];
        let front = TlsFront::start(&network, &authority, &names, server.port(), &folder).expect("stunnel");
        let squid = Squid::start(&network, &folder).expect("squid");
        Self { folder, network, authority, server, _front: front, squid }
    }

    /// Somebody on the other side.
    fn browser(&self) -> Peer {
        let mut options = browser::Options::new(self.server.url(), self.server.token(ROOM, "web"));
        (options.size, options.fps) = ((640, 360), 20);
        options.namespace = Some(self.network.servers.clone());
        let mut peer = browser::join("web", &self.folder, &options).expect("a browser");
        peer.joined().expect("the browser in the room");
        peer
    }

    fn our_options(&self, host: &str, seconds: u32) -> application::Options {
        let link = format!("livekit://{host}/{ROOM}?token={}", self.server.token(ROOM, US));
        let mut options = application::Options::new(link, US, seconds);
        options.namespace = Some(self.network.client.clone());
        options.environment = vec![
            ("https_proxy", self.squid.address(true)),
            ("SSL_CERT_FILE", self.authority.file.to_string_lossy().into_owned()),
        ];
        options
    }

    fn call(&self, options: &application::Options) -> application::Ended {
        let call = application::join(&self.folder, options).expect("the application");
        call.finish(Duration::from_secs(u64::from(options.seconds) + 30)).expect("the call ends by itself")
    }

    fn proxy(&self) -> SocketAddr {
        (GATEWAY, squid::PORT).into()
    }

    /// The whole call, both ways, and nobody contacted but the proxy and the server's media.
    fn good_call(&self, path: &str, ways: &[Way]) {
        self.network.let_through(ways).expect("a way");
        let mut web = self.browser();
        let capture = Capture::start(&self.network.client, &self.folder).expect("tcpdump");
        let ended = self.call(&self.our_options(NAME, SECONDS));
        web.wait("participant", |event| event["identity"] == US && event["present"] == false).expect("our goodbye");
        let theirs = web.leave().expect("the browser's report");
        let report = ground::left(&ended);
        assert_eq!(report.transport.path.as_deref(), Some(path));
        // That both are carried; how well they are is judged where fewer programs share the machine.
        let (seen, heard) = (ground::video(report, "web"), ground::audio(report, "web"));
        assert!(seen.barcodes_read > u64::from(SECONDS) * 5, "{seen:?}");
        assert!(heard.rms > 0.01 && heard.concealed_ms * 10 < heard.played_ms, "{heard:?}");
        let (ours, voice) = (remote(&theirs, US, "camera"), remote(&theirs, US, "microphone"));
        let number =
            |track: Option<&Value>, name: &str| track.and_then(|track| track[name].as_f64()).unwrap_or_default();
        assert!(number(ours, "frames_decoded") > f64::from(SECONDS) * 5.0, "{ours:?}");
        assert!(number(voice, "samples") > number(voice, "concealed") * 10.0, "{voice:?}");
        let asked = self.squid.asked();
        let tunnels = asked.iter().filter(|line| line.contains("TCP_TUNNEL/200") && line.contains(NAME)).count();
        assert!(tunnels > 0 && asked.iter().all(|line| line.contains(squid::USER)), "{asked:#?}");
        // Whatever else would be somebody else, or a name looked up. Port 0 is the kernel's: it says that a socket is closed.
        let mut known = vec![self.proxy(), (SERVER, 0).into()];
        known.extend([self.server.media_udp(), self.server.media_tcp()].map(|port| SocketAddr::from((SERVER, port))));
        known.extend(ways.iter().map(|(Way::Udp(port) | Way::Tcp(port))| SocketAddr::from((SERVER, *port))));
        let seen = capture.contacted(CLIENT.into());
        assert!(seen.contains(&self.proxy()) && seen.iter().all(|one| known.contains(one)), "{seen:?}");
    }
}

fn issue(ended: &application::Ended) -> (IssueCode, Option<String>) {
    let report: &Report = ended.report.as_ref().expect("a report");
    let issue = &report.issues.last().expect("an issue").issue;
    (issue.code, issue.params.get("cause").cloned())
}

#[test]
fn a_proxy_with_a_password_a_private_authority_and_media_over_udp() {
    let place = Administration::new("corporate-udp", "");
    place.good_call("udp", &[Way::Udp(place.server.media_udp())]);
}

#[test]
fn the_same_where_udp_is_closed() {
    let place = Administration::new("corporate-tcp", "");
    place.good_call("tcp", &[Way::Tcp(place.server.media_tcp())]);
}

#[test]
fn the_same_over_a_relay() {
    const TURN: u16 = 3478;
    // The server relays to no private address of its own accord, and here all are.
    let own = "allow_restricted_peer_cidrs: [\"10.98.0.0/16\"]";
    let place =
        Administration::new("corporate-turn", &format!("turn:\n  enabled: true\n  udp_port: {TURN}\n  {own}\n"));
    place.good_call("relay", &[Way::Udp(TURN)]);
}

#[test]
fn what_stands_in_the_way_is_told_and_exceptions_are_direct() {
    let place = Administration::new("corporate-refusals", "");
    let told = |options: &application::Options| {
        let ended = place.call(options);
        assert_eq!(ended.code, 3, "{}", ended.log);
        issue(&ended)
    };
    let with = |changed: &[(&'static str, String)], host: &str| {
        let mut options = place.our_options(host, 2);
        options.environment.extend(changed.iter().cloned());
        options
    };
    let proxy = |value: String| [("https_proxy", value)];

    let capture = Capture::start(&place.network.client, &place.folder).expect("tcpdump");
    assert_eq!(told(&with(&proxy(place.squid.address(false)), NAME)), (IssueCode::ProxyAuthentication, None));
    let wrong = place.squid.address(true).replace(squid::PASSWORD, "wrong");
    assert_eq!(told(&with(&proxy(wrong), NAME)), (IssueCode::ProxyAuthentication, Some("refused".into())));
    assert_eq!(told(&with(&[], &format!("{NAME}:8443"))).0, IssueCode::ProxyRefuses);
    assert_eq!(told(&with(&proxy(format!("http://{GATEWAY}:3129")), NAME)).0, IssueCode::ProxySilent);
    assert_eq!(told(&with(&proxy("socks5://10.99.0.254:1".into()), NAME)).0, IssueCode::ProxySilent);
    let other = Authority::new(&place.folder, "another").expect("an authority").file;
    let unknown = [("SSL_CERT_FILE", other.to_string_lossy().into_owned())];
    assert_eq!(told(&with(&unknown, NAME)), (IssueCode::CertificateUntrusted, Some("unknown".into())));
    assert_eq!(capture.contacted(CLIENT.into()).len(), 2, "the proxy, and the port on which there is none");

    let before = place.squid.asked().len();
    place.network.let_through(&[Way::Tcp(443), Way::Udp(place.server.media_udp())]).expect("ways");
    let ended = place.call(&with(&[("no_proxy", "10.98.0.0/16".to_owned())], &SERVER.to_string()));
    ground::left(&ended);
    assert_eq!(place.squid.asked().len(), before, "the proxy was asked");
}

#[test]
fn the_doctor_tells_it_step_by_step() {
    let place = Administration::new("corporate-doctor", "");
    let link = format!("livekit://{NAME}/{ROOM}?token={}", place.server.token(ROOM, US));
    let look = |whom: &str, changed: &[(&str, String)]| -> (DoctorView, i32) {
        let mut command = std::process::Command::new("ip");
        command.args(place.network.client.words()).arg(places::binary()).args(["doctor", whom, "--json"]);
        command.env("https_proxy", place.squid.address(true)).env("SSL_CERT_FILE", &place.authority.file);
        command.envs(changed.iter().map(|(name, value)| (*name, value.as_str())));
        let ended = command.output().expect("the doctor");
        let view = serde_json::from_slice(&ended.stdout).expect("what was found");
        (view, ended.status.code().expect("an end"))
    };
    let found = |view: &DoctorView, step| view.rows.iter().find(|row| row.step == step).and_then(|row| row.finding);
    let capture = Capture::start(&place.network.client, &place.folder).expect("tcpdump");

    let (view, code) = look(&link, &[]);
    assert_eq!((view.verdict, view.code, code), (Some(DoctorVerdict::Reachable), None, 0), "{view:#?}");
    assert_eq!(found(&view, DoctorStep::Proxy), Some(DoctorFinding::ProxyUsed));
    assert_eq!(found(&view, DoctorStep::Certificate), Some(DoctorFinding::CertificateTrusted));
    assert_eq!(found(&view, DoctorStep::Signalling), Some(DoctorFinding::SignallingAnswers));

    let without = [("https_proxy", place.squid.address(false))];
    let other = Authority::new(&place.folder, "another").expect("an authority").file;
    let unknown = [("SSL_CERT_FILE", other.to_string_lossy().into_owned())];
    let silent = [("https_proxy", format!("http://{GATEWAY}:3129"))];
    let direct = [("no_proxy", "*".to_owned()), ("https_proxy", String::new())];
    let port = format!("{NAME}:8443");
    for (whom, changed, issue, step, finding) in [
        (&*link, &without[..], IssueCode::ProxyAuthentication, DoctorStep::Proxy, DoctorFinding::ProxyAsks),
        (
            &link,
            &unknown,
            IssueCode::CertificateUntrusted,
            DoctorStep::Certificate,
            DoctorFinding::CertificateUntrusted,
        ),
        (&link, &silent, IssueCode::ProxySilent, DoctorStep::Proxy, DoctorFinding::ProxySilent),
        (&port, &[], IssueCode::ProxyRefuses, DoctorStep::Proxy, DoctorFinding::ProxyRefuses),
        (&link, &direct, IssueCode::NameUnknown, DoctorStep::Name, DoctorFinding::NameUnknown),
        // What answers there is no server of meetings, but its media server.
        (NAME, &[], IssueCode::ServerNonsense, DoctorStep::Server, DoctorFinding::ServerForeign),
    ] {
        let (view, code) = look(whom, changed);
        assert_eq!((view.verdict, view.code, code), (Some(DoctorVerdict::Blocked), Some(issue), 1), "{view:#?}");
        assert_eq!(found(&view, step), Some(finding), "{view:#?}");
        assert!(!view.advice.is_empty(), "nobody can mend it: {view:#?}");
        let text = format!("{view:?}");
        assert!(!text.contains(squid::PASSWORD) && !text.contains(squid::USER), "{text}");
    }
    let asked: Vec<_> = capture.contacted(CLIENT.into()).into_iter().map(|one| (one.ip(), one.port())).collect();
    let known = [(GATEWAY.into(), squid::PORT), (GATEWAY.into(), 3129), (GATEWAY.into(), 53)];
    assert!(asked.iter().all(|one| known.contains(one)), "{asked:?}");
}
