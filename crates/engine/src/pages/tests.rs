use super::*;
use crate::dial::{NetworkOptions, ProxyOptions};
use std::io::{Read as _, Write as _};
use std::net::TcpStream as Plain;
use std::sync::atomic::{AtomicUsize, Ordering};
use visavis_provider::{AllowedHosts, Secret};

/// A server that counts who comes, says who it is, and gives back what it was told.
struct Server {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                counted.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    let mut told = [0; 4096];
                    let count = stream.read(&mut told).unwrap_or_default();
                    let head = format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {count}\r\n\r\n");
                    let _ = stream.write_all(&[head.as_bytes(), &told[..count]].concat());
                });
            }
        });
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

fn network(pages: AllowedHosts, proxy: ProxyOptions) -> Network {
    Network::new(NetworkOptions { pages, proxy, ..NetworkOptions::default() }, |_| None)
}

fn ask(proxy: &PageProxy, text: &str) -> String {
    let mut stream = Plain::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn a_page_reaches_what_is_allowed_and_nothing_else() {
    let (good, bad) = (Server::start(), Server::start());
    let (pages, _) = AllowedHosts::only([format!("127.0.0.1:{}", good.port).as_str()]);
    let proxy = PageProxy::start(network(pages, ProxyOptions::Direct)).unwrap();
    let tunnel = |port: u16| ask(&proxy, &format!("CONNECT 127.0.0.1:{port} HTTP/1.1\r\n\r\nhello"));
    let whole = |port: u16| ask(&proxy, &format!("GET http://127.0.0.1:{port}/a HTTP/1.1\r\nHost: x\r\n\r\n"));
    let said = tunnel(good.port);
    assert!(said.starts_with("HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 OK"), "{said}");
    assert!(said.ends_with("hello"), "{said}");
    let said = whole(good.port);
    assert!(said.contains("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close"), "{said}");
    for said in [tunnel(bad.port), whole(bad.port)] {
        assert!(said.starts_with("HTTP/1.1 403 "), "{said}");
    }
    assert_eq!((good.visits(), bad.visits()), (2, 0));
    assert!(ask(&proxy, "GET /a HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400 "));
    assert!(ask(&proxy, "\u{16}\u{3}\u{1}").starts_with("HTTP/1.1 400 "));
}

#[test]
fn an_open_window_follows_the_policy() {
    let server = Server::start();
    let network = network(AllowedHosts::any(), ProxyOptions::Direct);
    let proxy = PageProxy::start(network.clone()).unwrap();
    let text = format!("CONNECT 127.0.0.1:{} HTTP/1.1\r\n\r\nhello", server.port);
    assert!(ask(&proxy, &text).contains("hello"));
    let (pages, _) = AllowedHosts::only(["other.example"]);
    network.set(NetworkOptions { pages, ..NetworkOptions::default() });
    assert!(ask(&proxy, &text).starts_with("HTTP/1.1 403 "));
    assert_eq!(server.visits(), 1);
}

#[test]
fn pages_go_by_the_policys_proxy() {
    let upstream = Server::start();
    let fixed = ProxyOptions::Fixed {
        server: Secret::new(format!("http://alice:secret@127.0.0.1:{}", upstream.port)),
        exceptions: Vec::new(),
    };
    let proxy = PageProxy::start(network(AllowedHosts::any(), fixed)).unwrap();
    // What the policy's proxy gives back after its answer is what it was asked.
    let said = ask(&proxy, "CONNECT auth.example:443 HTTP/1.1\r\n\r\n");
    assert!(said.contains("CONNECT auth.example:443 HTTP/1.1\r\nHost: auth.example:443"), "{said}");
    assert!(said.contains("Proxy-Authorization: Basic YWxpY2U6c2VjcmV0"), "{said}");
}

#[test]
fn a_host_that_is_not_there_is_told_and_its_end_ends_all() {
    let proxy = PageProxy::start(network(AllowedHosts::any(), ProxyOptions::Direct)).unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let said = ask(&proxy, &format!("CONNECT 127.0.0.1:{closed} HTTP/1.1\r\n\r\n"));
    assert!(said.starts_with("HTTP/1.1 502 "), "{said}");
    let server = Server::start();
    let mut open = Plain::connect(("127.0.0.1", proxy.port())).unwrap();
    write!(open, "CONNECT 127.0.0.1:{} HTTP/1.1\r\n\r\n", server.port).unwrap();
    let mut first = [0; 12];
    open.read_exact(&mut first).unwrap();
    drop(proxy);
    open.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let ended = open.read_to_end(&mut Vec::new()).map_err(|error| error.kind());
    assert!(!matches!(ended, Err(std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut)), "still open");
}
