//! HTTP for sessions: each request in a task of its own, as `provider::HttpRequest` demands.

use crate::dial::Dialer;
use crate::http::Client;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use visavis_provider::{HttpRequest, Input};

/// Answers that wait for the driver.
const ANSWERS: usize = 16;

/// The requests of one session; dropped, whatever still runs is given up.
pub(super) struct Http {
    client: Client,
    running: JoinSet<()>,
    sender: mpsc::Sender<Input>,
    answers: mpsc::Receiver<Input>,
}

impl Http {
    pub fn new(dialer: Dialer) -> Self {
        let (sender, answers) = mpsc::channel(ANSWERS);
        Self { client: Client::new(dialer), running: JoinSet::new(), sender, answers }
    }

    /// Sends a request; its one answer comes by [`Http::answer`].
    pub fn execute(&mut self, request: HttpRequest) {
        while self.running.try_join_next().is_some() {}
        let client = self.client.clone();
        let sender = self.sender.clone();
        self.running.spawn(async move {
            let id = request.id;
            let answer = match client.exchange(request).await {
                Ok(answer) => Input::HttpResponse {
                    request: id,
                    status: answer.status,
                    headers: answer.headers,
                    body: answer.body,
                },
                Err(cause) => Input::HttpFailed { request: id, cause },
            };
            drop(sender.send(answer).await);
        });
    }

    /// The next answer; waits where there is none.
    pub async fn answer(&mut self) -> Option<Input> {
        self.answers.recv().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dial::{Network, NetworkOptions, ProxyOptions};
    use bytes::Bytes;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use visavis_provider::{Header, LARGEST_BODY, RequestId, Secret, SocketCause, header};

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
        let network = Network::new(NetworkOptions { proxy: ProxyOptions::Direct, ..Default::default() }, |_| None);
        let mut http = Http::new(Dialer::new(network, request.url.host_str().unwrap_or_default()));
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

    #[tokio::test]
    async fn headers_that_break_a_line_are_refused() {
        let mut bad = request("http://127.0.0.1:9/");
        bad.headers.push(Header::new("x", "a\r\nb: c"));
        assert_eq!(failure(answer_to(bad).await), SocketCause::Nonsense);
    }
}
