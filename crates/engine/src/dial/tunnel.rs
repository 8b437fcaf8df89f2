//! A way through an HTTP proxy: `CONNECT` (RFC 9110 §9.3.6), with Basic credentials (RFC 7617).

use super::{DialError, Stream};
use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use visavis_provider::{ProxyFault, Secret, SocketCause};

/// Largest head of a proxy's answer.
const LARGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 64;

/// Asks the proxy at the other end of `stream` for a way to `authority` (`host:port`). `credentials` are `user:password`.
pub(super) async fn open(
    mut stream: Stream,
    authority: &str,
    credentials: Option<&Secret>,
) -> Result<Stream, DialError> {
    let mut request = format!(
        "CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {}\r\n",
        concat!("Visavis/", env!("CARGO_PKG_VERSION"))
    );
    if let Some(credentials) = credentials {
        let basic = base64::engine::general_purpose::STANDARD.encode(credentials.reveal());
        request.push_str(&format!("Proxy-Authorization: Basic {basic}\r\n"));
    }
    request.push_str("\r\n");
    let lost = |_| DialError(SocketCause::Proxy(ProxyFault::Unreachable));
    stream.write_all(request.as_bytes()).await.map_err(lost)?;
    stream.flush().await.map_err(lost)?;
    let mut head = Vec::new();
    loop {
        // One octet more would be the server's own.
        let mut octet = [0];
        if stream.read(&mut octet).await.map_err(lost)? == 0 {
            return Err(DialError(SocketCause::Proxy(ProxyFault::Nonsense)));
        }
        head.extend(octet);
        if head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n") {
            break;
        }
        if head.len() >= LARGEST_HEAD {
            return Err(DialError(SocketCause::Proxy(ProxyFault::Nonsense)));
        }
    }
    match judge(&head) {
        Ok(()) => Ok(stream),
        Err(fault) => {
            let fault = match fault {
                ProxyFault::AuthenticationRequired if credentials.is_some() => ProxyFault::AuthenticationRefused,
                fault => fault,
            };
            tracing::info!(?fault, "the proxy does not lead to the server");
            Err(DialError(SocketCause::Proxy(fault)))
        }
    }
}

/// Whether the answer opens the way.
fn judge(head: &[u8]) -> Result<(), ProxyFault> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut answer = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(_)) = answer.parse(head) else { return Err(ProxyFault::Nonsense) };
    match answer.code {
        Some(200..=299) => Ok(()),
        Some(407) => {
            let mut asked =
                answer.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("proxy-authenticate"));
            let basic =
                asked.any(|header| header.value.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic")));
            Err(if basic { ProxyFault::AuthenticationRequired } else { ProxyFault::AuthenticationUnknown })
        }
        Some(status) => Err(ProxyFault::Refused { status }),
        None => Err(ProxyFault::Nonsense),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    async fn ask(answer: &'static [u8], credentials: Option<Secret>) -> (Result<Stream, DialError>, String) {
        let (near, mut far) = tokio::io::duplex(32 * 1024);
        let proxy = tokio::spawn(async move {
            let mut asked = vec![0; 4096];
            let count = far.read(&mut asked).await.unwrap();
            asked.truncate(count);
            far.write_all(answer).await.unwrap();
            far.shutdown().await.unwrap();
            (String::from_utf8(asked).unwrap(), far)
        });
        let opened = open(Box::new(near), "visio.example:443", credentials.as_ref()).await;
        (opened, proxy.await.unwrap().0)
    }

    #[tokio::test]
    async fn the_way_is_open_and_nothing_of_the_server_is_lost() {
        let answer = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\nhello";
        let (opened, asked) = ask(answer, Some(Secret::new("Aladdin:open sesame"))).await;
        let mut rest = [0; 5];
        opened.ok().unwrap().read_exact(&mut rest).await.unwrap();
        assert_eq!(&rest, b"hello");
        assert!(asked.starts_with("CONNECT visio.example:443 HTTP/1.1\r\nHost: visio.example:443\r\n"), "{asked}");
        assert!(
            asked.contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
            "RFC 7617 §2: {asked}"
        );
    }

    #[tokio::test]
    async fn refusals_are_told_apart() {
        for (answer, fault) in [
            (&b"HTTP/1.1 403 Forbidden\r\n\r\n"[..], ProxyFault::Refused { status: 403 }),
            (
                b"HTTP/1.1 407 No\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: basic realm=\"x\"\r\n\r\n",
                ProxyFault::AuthenticationRequired,
            ),
            (b"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM\r\n\r\n", ProxyFault::AuthenticationUnknown),
            (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", ProxyFault::Nonsense),
            (b"HTTP/1.1 200", ProxyFault::Nonsense),
        ] {
            let (opened, asked) = ask(answer, None).await;
            assert_eq!(opened.err(), Some(DialError(SocketCause::Proxy(fault))));
            assert!(!asked.contains("Authorization"));
        }
        let asks = b"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n";
        let (opened, _) = ask(asks, Some(Secret::new("alice:wrong"))).await;
        assert_eq!(opened.err(), Some(DialError(SocketCause::Proxy(ProxyFault::AuthenticationRefused))));
    }

    proptest! {
        #[test]
        fn any_answer_is_survived(head in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = judge(&head);
            let _ = judge(&[b"HTTP/1.1 407 x\r\nProxy-Authenticate: ", &head[..], b"\r\n\r\n"].concat());
        }
    }
}
