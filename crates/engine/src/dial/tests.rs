//! Real sockets on loopback: a TLS server with a certificate of our own making, and a proxy that opens what it is asked for.

use super::*;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use time::{Duration, OffsetDateTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use visavis_provider::{AllowedHosts, CertificateFault, Secret};

/// An authority, and the file in which the policy names it.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    file: PathBuf,
}

impl Authority {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "An authority");
        let pem = params.self_signed(&key).unwrap().pem();
        let name = format!("visavis-ca-{}-{}.pem", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let file = std::env::temp_dir().join(name);
        std::fs::write(&file, pem).unwrap();
        Self { issuer: Issuer::new(params, key), file }
    }

    /// A server with a certificate for `name`, valid from and until these days from now.
    async fn server(
        &self,
        name: &str,
        from: i64,
        until: i64,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> u16 {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = OffsetDateTime::now_utc() + Duration::days(from);
        params.not_after = OffsetDateTime::now_utc() + Duration::days(until);
        serve(params.signed_by(&key, &self.issuer).unwrap().der().clone(), &key, versions).await
    }
}

/// A server that shows this certificate, and echoes.
async fn serve(
    certificate: CertificateDer<'static>,
    key: &KeyPair,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> u16 {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let (acceptor, listener) = (TlsAcceptor::from(Arc::new(config)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            if let Ok(mut stream) = acceptor.accept(stream).await {
                let mut asked = [0; 4];
                let _ = stream.read_exact(&mut asked).await;
                let _ = stream.write_all(&asked).await;
            }
        }
    });
    port
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.file);
    }
}

fn dialer(host: &str, options: NetworkOptions) -> Dialer {
    Dialer::new(Network::new(options, |_| None), host)
}

async fn dial(url: &str, options: NetworkOptions) -> Result<Stream, SocketCause> {
    let target = Target::of(&url.parse().unwrap()).unwrap();
    dialer(&target.host, options).dial(&target).await.map_err(|error| error.0)
}

fn direct(extra_roots: &[&PathBuf], use_system_trust: bool) -> NetworkOptions {
    let extra_roots = extra_roots.iter().map(|path| (*path).clone()).collect();
    NetworkOptions { proxy: ProxyOptions::Direct, extra_roots, use_system_trust, ..NetworkOptions::default() }
}

async fn echoes(mut stream: Stream) -> bool {
    let mut heard = [0; 4];
    stream.write_all(b"ping").await.is_ok() && stream.read_exact(&mut heard).await.is_ok() && &heard == b"ping"
}

#[tokio::test]
async fn an_authority_of_the_policy_counts_beside_the_systems_or_alone() {
    let authority = Authority::new();
    for versions in [&[&rustls::version::TLS12], &[&rustls::version::TLS13]] {
        let port = authority.server("localhost", -1, 1, versions).await;
        let url = format!("wss://localhost:{port}");
        for use_system_trust in [true, false] {
            assert!(echoes(dial(&url, direct(&[&authority.file], use_system_trust)).await.ok().unwrap()).await);
        }
        let unknown = Some(SocketCause::Certificate(CertificateFault::UnknownIssuer));
        assert_eq!(dial(&url, direct(&[], true)).await.err(), unknown);
        assert_eq!(dial(&url, direct(&[&Authority::new().file], true)).await.err(), unknown, "another authority");
    }
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_counts_where_it_is_no_authoritys() {
    for (number, (is_ca, fault)) in
        [(IsCa::NoCa, None), (IsCa::Ca(BasicConstraints::Unconstrained), Some(CertificateFault::Authority))]
            .into_iter()
            .enumerate()
    {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = is_ca;
        let certificate = params.self_signed(&key).unwrap();
        let file = std::env::temp_dir().join(format!("visavis-own-{}-{number}.pem", std::process::id()));
        std::fs::write(&file, certificate.pem()).unwrap();
        let port = serve(certificate.der().clone(), &key, rustls::ALL_VERSIONS).await;
        let outcome = dial(&format!("https://localhost:{port}"), direct(&[&file], true)).await;
        std::fs::remove_file(file).unwrap();
        assert_eq!(outcome.err(), fault.map(SocketCause::Certificate));
    }
}

#[tokio::test]
async fn a_file_as_windows_writes_it_counts() {
    let authority = Authority::new();
    let port = authority.server("localhost", -1, 1, rustls::ALL_VERSIONS).await;
    let pem = std::fs::read_to_string(&authority.file).unwrap();
    let indented: String = pem.lines().map(|line| format!("  {line}\t\r\n")).collect();
    for text in [format!("\u{feff}{pem}"), format!("ours:\n{indented}"), format!("\u{feff}{indented}")] {
        std::fs::write(&authority.file, text).unwrap();
        let outcome = dial(&format!("wss://localhost:{port}"), direct(&[&authority.file], false)).await;
        assert!(echoes(outcome.ok().unwrap()).await);
    }
}

#[tokio::test]
async fn an_authority_that_is_renewed_in_its_place_counts_at_once() {
    let (authority, before) = (Authority::new(), Authority::new());
    let renewed = std::fs::read(&authority.file).unwrap();
    std::fs::copy(&before.file, &authority.file).unwrap();
    let port = authority.server("localhost", -1, 1, rustls::ALL_VERSIONS).await;
    let network = Network::new(direct(&[&authority.file], false), |_| None);
    let dialer = Dialer::new(network.clone(), "localhost");
    let target = Target { host: "localhost".into(), port, secure: true };
    let unknown = Some(DialError(SocketCause::Certificate(CertificateFault::UnknownIssuer)));
    assert_eq!(dialer.dial(&target).await.err(), unknown);
    std::fs::write(&authority.file, renewed).unwrap();
    assert_eq!(dialer.dial(&target).await.err(), unknown, "files are not read for each who does not count");
    // Looked at moments ago, and so not by a look.
    network.age(std::time::Duration::from_secs(6));
    assert!(echoes(dialer.dial(&target).await.ok().unwrap()).await);
}

#[tokio::test]
async fn what_is_wrong_with_a_certificate_is_told() {
    let authority = Authority::new();
    for (name, from, until, fault) in [
        ("localhost", -2, -1, CertificateFault::Expired),
        ("localhost", 1, 2, CertificateFault::NotYetValid),
        ("visio.example", -1, 1, CertificateFault::OtherName),
    ] {
        let port = authority.server(name, from, until, rustls::ALL_VERSIONS).await;
        let refused = dial(&format!("https://localhost:{port}"), direct(&[&authority.file], true)).await.err();
        assert_eq!(refused, Some(SocketCause::Certificate(fault)));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n").await;
    });
    assert_eq!(dial(&format!("https://localhost:{port}"), direct(&[], true)).await.err(), Some(SocketCause::Nonsense));
}

#[tokio::test]
async fn what_is_not_allowed_is_not_contacted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = |host: &str| Target { host: host.to_owned(), port, secure: false };
    let policy = |patterns: &[&str]| NetworkOptions {
        allowed: AllowedHosts::only(patterns.iter().copied()).0,
        ..direct(&[], true)
    };
    for (link, host, options) in [
        ("visio.example", "127.0.0.1", direct(&[], true)),
        ("127.0.0.1", "127.0.0.1", policy(&["visio.example"])),
        ("127.0.0.1", "127.0.0.1", policy(&["127.0.0.1:1"])),
        ("127.0.0.1", "127.0.0.1", policy(&[])),
    ] {
        let refused = dialer(link, options).dial(&target(host)).await.err();
        assert_eq!(refused, Some(DialError(SocketCause::Forbidden)));
    }
    // Before the name is looked up, and before a proxy is asked.
    let nowhere = dialer("visio.example", direct(&[], true)).dial(&target("nowhere.invalid")).await.err();
    assert_eq!(nowhere, Some(DialError(SocketCause::Forbidden)));
    let silent = tokio::time::timeout(std::time::Duration::from_millis(50), listener.accept()).await;
    assert!(silent.is_err(), "somebody came");
    // The policy may change while the session lasts.
    let network = Network::new(policy(&["visio.example"]), |_| None);
    let dialer = Dialer::new(network.clone(), "127.0.0.1");
    assert!(dialer.dial(&target("127.0.0.1")).await.is_err());
    network.set(policy(&["127.0.0.1"]));
    assert!(dialer.dial(&target("127.0.0.1")).await.is_ok());
}

/// A proxy that leads every way to `to`, and tells what it was asked.
async fn proxy(to: u16) -> (u16, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let count = client.read(&mut asked).await.unwrap();
            tell.send(String::from_utf8_lossy(&asked[..count]).into_owned()).unwrap();
            client.write_all(b"HTTP/1.0 200 OK\r\n\r\n").await.unwrap();
            let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    (port, told)
}

fn by(port: u16, authority: &Authority) -> NetworkOptions {
    let proxy =
        ProxyOptions::Fixed { server: Secret::new(format!("alice:s3cret@127.0.0.1:{port}")), exceptions: Vec::new() };
    NetworkOptions { proxy, ..direct(&[&authority.file], false) }
}

#[tokio::test]
async fn a_name_that_only_the_proxy_knows_is_reached_and_verified() {
    let authority = Authority::new();
    let server = authority.server("nowhere.invalid", -1, 1, rustls::ALL_VERSIONS).await;
    let (port, mut told) = proxy(server).await;
    assert!(echoes(dial("wss://nowhere.invalid", by(port, &authority)).await.ok().unwrap()).await);
    let asked = told.recv().await.unwrap();
    assert!(asked.starts_with("CONNECT nowhere.invalid:443 HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("Proxy-Authorization: Basic YWxpY2U6czNjcmV0\r\n"), "{asked}");
    // The proxy is nobody who can vouch for another name.
    let other = dial("wss://other.invalid", by(port, &authority)).await.err();
    assert_eq!(other, Some(SocketCause::Certificate(CertificateFault::OtherName)));
    // What is on this machine is not sent through it.
    let here = dial(&format!("wss://127.0.0.1:{server}"), by(port, &authority)).await.err();
    assert_eq!(here, Some(SocketCause::Certificate(CertificateFault::OtherName)));
    told.recv().await.unwrap();
    assert!(told.try_recv().is_err());
}

/// A proxy that leads to `to` whoever tells it these words, and tells what it was told.
async fn proxy_that_asks(to: u16, right: &'static str) -> (u16, tokio::sync::mpsc::UnboundedReceiver<Option<String>>) {
    use base64::Engine as _;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let mut asked = vec![0; 4096];
            let count = client.read(&mut asked).await.unwrap();
            let asked = String::from_utf8_lossy(&asked[..count]).into_owned();
            let login = asked.lines().find_map(|line| line.strip_prefix("Proxy-Authorization: Basic ")).map(|word| {
                String::from_utf8(base64::engine::general_purpose::STANDARD.decode(word).unwrap()).unwrap()
            });
            tell.send(login.clone()).unwrap();
            if login.as_deref() != Some(right) {
                let no = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"corp\"\r\n\r\n";
                client.write_all(no).await.unwrap();
                continue;
            }
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            let mut server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    (port, told)
}

#[tokio::test]
async fn a_proxy_that_asks_is_told_what_the_person_says_and_remembered() {
    let authority = Authority::new();
    let server = authority.server("nowhere.invalid", -1, 1, rustls::ALL_VERSIONS).await;
    let (port, mut told) = proxy_that_asks(server, "alice:right").await;
    let name = format!("127.0.0.1:{port}");
    let fixed = ProxyOptions::Fixed { server: Secret::new(&name), exceptions: Vec::new() };
    let options = NetworkOptions { proxy: fixed, ..direct(&[&authority.file], false) };
    let secrets = Arc::new(visavis_settings::MemoryStore::default());
    let start = || {
        let logins = ProxyLogins::new(Some(secrets.clone()));
        let network = Network::with_logins(options.clone(), |_| None, logins);
        (network.clone(), Dialer::new(network, "nowhere.invalid"))
    };
    let target = Target { host: "nowhere.invalid".into(), port: 443, secure: true };
    let fault = |outcome: Result<Stream, DialError>| match outcome.err() {
        Some(DialError(SocketCause::Proxy(fault))) => Some(fault),
        _ => None,
    };

    let (network, dialer) = start();
    assert_eq!(fault(dialer.dial(&target).await), Some(ProxyFault::AuthenticationRequired));
    assert_eq!(network.logins().asking(), Some(name.clone()));
    network.logins().say(&name, "alice", "wrong");
    assert_eq!(fault(dialer.dial(&target).await), Some(ProxyFault::AuthenticationRefused));
    // A wrong one is not tried again by itself: directories lock accounts.
    assert_eq!(fault(dialer.dial(&target).await), Some(ProxyFault::AuthenticationRequired));
    network.logins().say(&name, "alice", "right");
    for _ in 0..2 {
        assert!(echoes(dialer.dial(&target).await.ok().unwrap()).await);
    }
    assert_eq!(network.logins().asking(), None);
    let logins: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).collect();
    let said = |words: &str| Some(words.to_owned());
    assert_eq!(logins, [None, said("alice:wrong"), None, said("alice:right"), said("alice:right")]);

    // The next start asks the keyring where the proxy asks, and nobody else.
    for _ in 0..200 {
        if visavis_settings::SecretStore::get(&*secrets, "proxies").unwrap().is_some() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let (network, dialer) = start();
    for _ in 0..2 {
        assert!(echoes(dialer.dial(&target).await.ok().unwrap()).await);
    }
    let logins: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).collect();
    assert_eq!((logins, network.logins().asking()), (vec![None, said("alice:right"), said("alice:right")], None));
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_and_not_gone_round() {
    let authority = Authority::new();
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let silent = Some(SocketCause::Proxy(ProxyFault::Unreachable));
    assert_eq!(dial("wss://localhost.example", by(gone, &authority)).await.err(), silent);
    // One that is written with `https` and speaks none is no server's fault.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 1024]).await;
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await;
    });
    let options = NetworkOptions {
        proxy: ProxyOptions::Fixed { server: Secret::new(plain), exceptions: Vec::new() },
        ..NetworkOptions::default()
    };
    assert_eq!(dial("wss://a.example", options).await.err(), Some(SocketCause::Proxy(ProxyFault::Nonsense)));
    let options = NetworkOptions {
        proxy: ProxyOptions::Fixed { server: Secret::new("socks5://127.0.0.1:1"), exceptions: Vec::new() },
        ..NetworkOptions::default()
    };
    assert_eq!(dial("wss://a.example", options).await.err(), Some(SocketCause::Proxy(ProxyFault::Nonsense)));
}

#[tokio::test]
async fn what_ice_looks_up_is_what_the_gate_allows() {
    use visavis_transport::Contacts as _;
    let ice = dialer("localhost", direct(&[], true));
    assert!(ice.resolve("localhost", 3478).await.is_ok() && ice.resolve("127.0.0.1", 3478).await.is_ok());
    for (link, host) in [("visio.example", "localhost"), ("visio.example", "127.0.0.1"), ("localhost", "stun.example")]
    {
        let refused = dialer(link, direct(&[], true)).resolve(host, 3478).await.unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied, "{host}");
    }
    // An address that the policy names no more, which was let in with its url before.
    let named = |hosts: &[&str]| {
        let allowed = AllowedHosts::only(hosts.iter().copied()).0;
        dialer("visio.example", NetworkOptions { allowed, ..direct(&[], true) })
    };
    assert!(named(&["visio.example", "198.51.100.7:3478"]).resolve("198.51.100.7", 3478).await.is_ok());
    assert!(named(&["visio.example"]).resolve("198.51.100.7", 3478).await.is_err());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sfu = listener.local_addr().unwrap();
    assert!(ice.connect(sfu).await.is_ok());
    let relay = NetworkOptions { ice: IcePolicy::Relay, ..direct(&[], true) };
    for refusing in [dialer("localhost", relay), dialer("visio.example", direct(&[], true))] {
        assert_eq!(refusing.connect(sfu).await.unwrap_err().kind(), std::io::ErrorKind::PermissionDenied);
    }
}
