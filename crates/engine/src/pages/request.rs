//! What a web view asks of its proxy: pure.

use super::Target;
use url::Url;

/// Largest head of a request, in octets: long cookies are in it where it is not encrypted.
const LARGEST: usize = 64 * 1024;
const MOST_HEADERS: usize = 128;
/// What is between the web view and its proxy, and nobody else's (RFC 9110 §7.6.1).
const BETWEEN_US: [&str; 4] = ["connection", "proxy-connection", "proxy-authorization", "keep-alive"];

/// The head of a request, with what came behind it.
#[derive(Debug)]
pub(super) struct Head {
    method: String,
    address: String,
    headers: Vec<(String, Vec<u8>)>,
    rest: Vec<u8>,
}

/// To whom a request leads.
#[derive(Debug, PartialEq)]
pub(super) struct Asked {
    pub target: Target,
    /// What the host is told first; `None`: a tunnel, in which the web view says everything.
    pub opening: Option<Vec<u8>>,
}

impl Head {
    /// `None`: more is to come.
    ///
    /// Errors: it is none, or too large.
    pub fn of(octets: &[u8]) -> Result<Option<Self>, ()> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut request = httparse::Request::new(&mut headers);
        match request.parse(octets) {
            Ok(httparse::Status::Complete(end)) if end <= LARGEST => Ok(Some(Self {
                method: request.method.unwrap_or_default().to_owned(),
                address: request.path.unwrap_or_default().to_owned(),
                headers: request.headers.iter().map(|one| (one.name.to_owned(), one.value.to_vec())).collect(),
                rest: octets[end..].to_vec(),
            })),
            Ok(httparse::Status::Partial) if octets.len() <= LARGEST => Ok(None),
            _ => Err(()),
        }
    }

    /// What came behind the head.
    pub fn rest(&self) -> &[u8] {
        &self.rest
    }

    /// `None` where it leads nowhere that a proxy leads.
    pub fn asked(&self) -> Option<Asked> {
        if self.method == "CONNECT" {
            // Whatever is spoken in it: what a proxy is asked for as `https` is a tunnel.
            let url = Url::parse(&format!("https://{}/", self.address)).ok()?;
            let is_authority = url.path() == "/" && url.query().is_none() && url.username().is_empty();
            return Target::of(&url).filter(|_| is_authority).map(|target| Asked { target, opening: None });
        }
        let url = Url::parse(&self.address).ok().filter(|url| url.scheme() == "http")?;
        let target = Target::of(&url)?;
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut opening = format!("{} {path} HTTP/1.1\r\n", self.method).into_bytes();
        for (name, value) in &self.headers {
            if !BETWEEN_US.iter().any(|ours| name.eq_ignore_ascii_case(ours)) {
                opening.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
            }
        }
        // One request a connection: the next one may lead to another host.
        opening.extend(b"Connection: close\r\n\r\n");
        Some(Asked { target, opening: Some(opening) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn asked(text: &str) -> Option<Asked> {
        Head::of(text.as_bytes()).ok()??.asked()
    }

    fn target(host: &str, port: u16, secure: bool) -> Target {
        Target { host: host.into(), port, secure }
    }

    #[test]
    fn a_tunnel_is_asked_for_by_host_and_port() {
        let head =
            Head::of(b"CONNECT auth.example:8443 HTTP/1.1\r\nHost: auth.example:8443\r\n\r\nhello").unwrap().unwrap();
        assert_eq!(head.asked(), Some(Asked { target: target("auth.example", 8443, true), opening: None }));
        assert_eq!(head.rest(), b"hello");
        assert_eq!(asked("CONNECT [::1]:443 HTTP/1.1\r\n\r\n").unwrap().target, target("::1", 443, true));
        for bad in ["a:b@c.example:443", "a.example:443/x", "", "/", "a.example:x", "a.example:443?x"] {
            assert_eq!(asked(&format!("CONNECT {bad} HTTP/1.1\r\n\r\n")), None, "{bad}");
        }
    }

    #[test]
    fn a_whole_address_goes_on_as_its_host_expects_it() {
        let text = "POST http://localhost:8071/a?b=c HTTP/1.1\r\nHost: localhost:8071\r\nProxy-Connection: keep-alive\r\nCookie: d=e\r\n\r\n";
        let Asked { target: to, opening } = asked(text).unwrap();
        assert_eq!(to, target("localhost", 8071, false));
        let opening = String::from_utf8(opening.unwrap()).unwrap();
        assert_eq!(opening, "POST /a?b=c HTTP/1.1\r\nHost: localhost:8071\r\nCookie: d=e\r\nConnection: close\r\n\r\n");
        for bad in ["/a", "https://a.example/", "ftp://a.example/", "*", "file:///etc/passwd"] {
            assert_eq!(asked(&format!("GET {bad} HTTP/1.1\r\nHost: a\r\n\r\n")), None, "{bad}");
        }
    }

    #[test]
    fn a_head_comes_in_pieces_and_has_an_end() {
        assert!(matches!(Head::of(b"GET http://a.example/ HTT"), Ok(None)));
        assert!(Head::of(b"\x16\x03\x01\x02\x00").is_err());
        assert!(Head::of(format!("GET http://a.example/{} HTTP/1.1\r\n", "x".repeat(LARGEST)).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn nothing_is_a_panic(octets in prop::collection::vec(any::<u8>(), 0..200), address in "\\PC{0,40}") {
            let _ = Head::of(&octets).ok().flatten().and_then(|head| head.asked());
            let _ = asked(&format!("CONNECT {address} HTTP/1.1\r\n\r\n"));
            let _ = asked(&format!("GET {address} HTTP/1.1\r\n\r\n"));
        }
    }
}
