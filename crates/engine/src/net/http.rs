//! HTTP for sessions: each request in a task of its own, as `provider::HttpRequest` demands.

use bytes::{Bytes, BytesMut};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use std::error::Error as StdError;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visavis_provider::{Header, HttpRequest, Input, LARGEST_BODY, LONGEST_HEADER, MOST_HEADERS, SocketCause};

/// What of an answer's header a session gets to see.
const TOLD: [&str; 4] = ["content-type", "location", "retry-after", "set-cookie"];

/// Answers that wait for the driver.
const ANSWERS: usize = 16;

/// The HTTP client of one session; dropped, whatever still runs is given up.
///
/// No cookies, no redirections, no proxy of the environment, HTTP/1.1, the system's certificates.
pub(super) struct Http {
    /// Made with the first request: most meetings need none.
    client: Option<reqwest::Client>,
    running: JoinSet<()>,
    sender: mpsc::Sender<Input>,
    answers: mpsc::Receiver<Input>,
}

impl Http {
    pub fn new() -> Self {
        let (sender, answers) = mpsc::channel(ANSWERS);
        Self { client: None, running: JoinSet::new(), sender, answers }
    }

    /// Sends a request that the gate has let through; its one answer comes by [`Http::answer`].
    pub fn execute(&mut self, request: HttpRequest) {
        while self.running.try_join_next().is_some() {}
        let client = match self.client.clone().map_or_else(client, Ok) {
            Ok(client) => self.client.insert(client).clone(),
            Err(error) => {
                tracing::error!(%error, "no HTTP client");
                let failed = Input::HttpFailed { request: request.id, cause: SocketCause::Unreachable };
                let sender = self.sender.clone();
                self.running.spawn(async move { drop(sender.send(failed).await) });
                return;
            }
        };
        let sender = self.sender.clone();
        self.running.spawn(async move {
            let id = request.id;
            let answer = match tokio::time::timeout(request.timeout, exchange(&client, request)).await {
                Ok(Ok((status, headers, body))) => Input::HttpResponse { request: id, status, headers, body },
                Ok(Err(cause)) => Input::HttpFailed { request: id, cause },
                Err(_) => Input::HttpFailed { request: id, cause: SocketCause::Timeout },
            };
            drop(sender.send(answer).await);
        });
    }

    /// The next answer; waits where there is none.
    pub async fn answer(&mut self) -> Option<Input> {
        self.answers.recv().await
    }
}

fn client() -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(rustls::ClientConfig::clone(&crate::tls::config()))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .http1_only()
        .dns_resolver(Arc::new(Resolver))
        .user_agent(concat!("Visavis/", env!("CARGO_PKG_VERSION")))
        .build()
}

type Answer = (u16, Vec<Header>, Bytes);

async fn exchange(client: &reqwest::Client, request: HttpRequest) -> Result<Answer, SocketCause> {
    let method = request.method.parse().map_err(|_| SocketCause::Nonsense)?;
    let mut headers = HeaderMap::new();
    for header in &request.headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| SocketCause::Nonsense)?;
        headers.append(name, secret(header.value.reveal())?);
    }
    if let Some(bearer) = &request.bearer {
        headers.insert(AUTHORIZATION, secret(&format!("Bearer {}", bearer.reveal()))?);
    }
    let mut builder = client.request(method, request.url).headers(headers);
    if let Some(body) = request.body {
        builder = builder.body(body);
    }
    let mut response = builder.send().await.map_err(|error| cause_of(&error))?;
    let status = response.status().as_u16();
    let told = told(response.headers());
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| cause_of(&error))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(SocketCause::Nonsense);
        }
        body.extend_from_slice(&chunk);
    }
    Ok((status, told, body.freeze()))
}

fn secret(value: &str) -> Result<HeaderValue, SocketCause> {
    let mut value = HeaderValue::from_str(value).map_err(|_| SocketCause::Nonsense)?;
    value.set_sensitive(true);
    Ok(value)
}

fn told(headers: &HeaderMap) -> Vec<Header> {
    headers
        .iter()
        .filter(|(name, value)| TOLD.contains(&name.as_str()) && value.len() <= LONGEST_HEADER)
        .filter_map(|(name, value)| Some(Header::new(name.as_str(), value.to_str().ok()?)))
        .take(MOST_HEADERS)
        .collect()
}

/// Why there is no answer, from the innermost cause that says something.
fn cause_of(error: &reqwest::Error) -> SocketCause {
    match innermost(error) {
        Some(cause) => cause,
        None if error.is_timeout() => SocketCause::Timeout,
        // The connection was there: what came over it was no HTTP.
        None => SocketCause::Nonsense,
    }
}

fn innermost(error: &(dyn StdError + 'static)) -> Option<SocketCause> {
    let mut source = Some(error);
    let mut cause = None;
    while let Some(inner) = source {
        if inner.is::<NameUnknown>() {
            return Some(SocketCause::NameUnknown);
        }
        if inner.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            // It closed in the middle, without a word of its own: gone, as a server that is started again.
            cause = Some(SocketCause::Reset);
        }
        source = match inner.downcast_ref::<std::io::Error>() {
            Some(error) => {
                cause = Some(crate::socket::of_io_error(error));
                // Its `source` is that of what it holds: it would pass over the refusal of TLS within.
                error.get_ref().map(|held| held as &(dyn StdError + 'static))
            }
            None => inner.source(),
        };
    }
    cause
}

#[derive(Debug, thiserror::Error)]
#[error("the name is not known")]
struct NameUnknown;

/// The system's resolver, whose failures can be told from others.
struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NameUnknown)?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use visavis_provider::{RequestId, Secret, header};

    fn request(url: &str) -> HttpRequest {
        HttpRequest {
            id: RequestId(7),
            method: "POST",
            url: url.parse().expect("a url"),
            bearer: Some(Secret::new("token")),
            headers: vec![Header::new("cookie", "a=b"), Header::new("origin", "https://a.example")],
            body: Some(Bytes::from_static(b"{}")),
            timeout: Duration::from_millis(400),
        }
    }

    async fn answer_to(request: HttpRequest) -> Input {
        let mut http = Http::new();
        http.execute(request);
        http.answer().await.expect("an answer")
    }

    /// What comes back from a server that says `words`, and what it was asked.
    async fn talk(words: &'static [u8]) -> (Input, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let served = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut asked = vec![0; 4096];
            let count = stream.read(&mut asked).await.expect("a request");
            // The client may have had enough before all is written.
            let _ = stream.write_all(words).await;
            asked.truncate(count);
            String::from_utf8(asked).expect("text")
        });
        let answer = answer_to(request(&format!("http://127.0.0.1:{port}/api/x/"))).await;
        (answer, served.await.expect("served"))
    }

    fn failure(answer: Input) -> SocketCause {
        match answer {
            Input::HttpFailed { request: RequestId(7), cause } => cause,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn an_answer_is_handed_in_with_the_headers_that_count() {
        let (answer, asked) = talk(
            b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nServer: x\r\nContent-Length: 2\r\n\r\nok",
        )
        .await;
        let Input::HttpResponse { status: 302, headers, body, .. } = answer else { panic!("{answer:?}") };
        assert_eq!(&body[..], b"ok");
        assert_eq!(header(&headers, "set-cookie").collect::<Vec<_>>(), ["a=1; Path=/", "b=2"]);
        assert_eq!(header(&headers, "location").next(), Some("/elsewhere"));
        assert_eq!(header(&headers, "server").next(), None);
        let asked = asked.to_lowercase();
        for line in ["post /api/x/ http/1.1", "authorization: bearer token", "cookie: a=b", "origin: https://a.example"]
        {
            assert!(asked.contains(line), "{line} in {asked}");
        }
        assert!(!asked.contains("referer") && !asked.contains("accept-language"), "{asked}");
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_nonsense() {
        let (answer, _) = talk(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n").await;
        assert!(matches!(failure(answer), SocketCause::Nonsense | SocketCause::Reset));
        let mut words = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
        words.resize(LARGEST_BODY + 100, b' ');
        let (answer, _) = talk(words.leak()).await;
        assert_eq!(failure(answer), SocketCause::Nonsense);
    }

    #[tokio::test]
    async fn each_way_to_fail_has_its_cause() {
        let (answer, _) = talk(b"SSH-2.0-OpenSSH_9.2\r\n").await;
        assert_eq!(failure(answer), SocketCause::Nonsense);
        let (answer, _) = talk(b"").await;
        assert_eq!(failure(answer), SocketCause::Reset);
        let (answer, _) = talk(b"HTTP/1.1 200 O").await;
        assert_eq!(failure(answer), SocketCause::Reset);
        assert_eq!(failure(answer_to(request("http://nowhere.invalid/")).await), SocketCause::NameUnknown);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        // Nobody accepts: connected, and silent.
        assert_eq!(failure(answer_to(request(&format!("http://127.0.0.1:{port}/"))).await), SocketCause::Timeout);
        drop(listener);
        assert_eq!(failure(answer_to(request(&format!("http://127.0.0.1:{port}/"))).await), SocketCause::Refused);
    }

    #[test]
    fn a_certificate_that_nobody_vouches_for_is_told_as_such() {
        use std::io::{Error, ErrorKind};
        let unknown = rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        let refused = Error::new(ErrorKind::InvalidData, unknown);
        // As hyper wraps it.
        assert_eq!(innermost(&Error::other(refused)), Some(SocketCause::Certificate));
        assert_eq!(innermost(&Error::from(ErrorKind::ConnectionReset)), Some(SocketCause::Reset));
        assert_eq!(innermost(&rustls::Error::DecryptError), None);
    }

    #[tokio::test]
    async fn headers_that_break_a_line_are_refused() {
        let mut bad = request("http://127.0.0.1:9/");
        bad.headers.push(Header::new("x", "a\r\nb: c"));
        assert_eq!(failure(answer_to(bad).await), SocketCause::Nonsense);
    }
}
